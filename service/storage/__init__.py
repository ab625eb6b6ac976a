"""What the service itself keeps: conversations, feedback, shared answers, jobs, decisions on documents, who is staff,
and who did what."""

from __future__ import annotations

from ingest.settings import Settings
from service.storage.accounts import Accounts
from service.storage.audit import AuditLog
from service.storage.conversations import Conversations
from service.storage.database import close_database, database_url, open_database
from service.storage.decision_log import DecisionLog
from service.storage.feedback import Feedback
from service.storage.shares import Shares
from service.storage.staff import Staff


class Storage:
    """The tables of one database; raises ServiceError where it cannot be opened."""

    def __init__(self, url: str) -> None:
        self.sessions = open_database(url)
        self.conversations = Conversations(self.sessions)
        self.feedback = Feedback(self.sessions)
        self.decisions = DecisionLog(self.sessions)
        self.shares = Shares(self.sessions)
        self.staff = Staff(self.sessions)
        self.accounts = Accounts(self.sessions)
        self.audit = AuditLog(self.sessions)

    @classmethod
    def of_settings(cls, settings: Settings) -> Storage:
        """Open the database that `settings` name."""
        return cls(database_url(settings))

    def close(self) -> None:
        """Close the connections to the database."""
        close_database(self.sessions)
