"""Every error that the project raises on purpose.

    KnowledgeBaseError
    ├── InputError               what somebody gave cannot be used
    │   ├── QuestionError        a question or a search query
    │   ├── DocumentError        a file that should become a document
    │   │   └── SecrecyError         one that bears the mark of a state secret
    │   ├── PartError            a part of a file, raised where it is not known which file it is
    │   │   ├── PictureError         a picture that is broken or too large
    │   │   └── TableSizeError       a table that is too large
    │   ├── LexiconError         the list of everyday words
    │   ├── HomeError            the places and offices of a corpus's home
    │   ├── BenefitError         a rule about who has a right to what, or the list of facts
    │   │   └── UnfoundedError       one whose document, clause or quote is not there
    │   ├── FactError            what somebody said about themselves
    │   ├── DatasetError         an evaluation set or a batch file
    │   └── SettingError         a setting or an option
    ├── SnapshotError            the index folder cannot be used
    │   ├── SnapshotMissingError     nothing was built there yet
    │   ├── SnapshotDamagedError     a file is missing or was changed
    │   ├── SnapshotMismatchError    built with another encoder or schema
    │   ├── IndexLockedError         another process writes to it
    │   └── StoreError               the engine that keeps its words and vectors cannot be reached or used
    ├── ClusterError             the cluster that ingestion runs on cannot be reached or used
    ├── BackupError              a backup that cannot be written, read or put back
    ├── AuditError               the audit record is not as it was written
    ├── EncoderError             an encoder cannot be loaded or used
    ├── ModelError               a transformer that ships with the library is missing, damaged or of another version
    ├── RerankerError            a reranker cannot be loaded or used
    ├── LanguageModelError       a language model cannot be reached, or writes no usable text
    ├── NotFoundError            no such document, clause or page
    ├── ConflictError            somebody else was first
    ├── ForbiddenError           whoever asks may not do it
    ├── LoginError               a login by OpenID Connect that opens nothing
    └── ServiceError             the service cannot start or carry on
        ├── DiskFullError            no room for what is to be kept
        ├── DiskReadOnlyError        the folder of the index takes no changes
        ├── ProviderError            the provider of OpenID Connect cannot be reached or used
        └── BusyError                more is asked of it at once than it can do

An error is data: the key of its sentence in `kb.error_sentences`, the place and the values. Its message is written from
these, in English for logs and terminals, in Chinese for pages, and names the thing, the place, the value and the
remedy, on one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from kb.error_sentences import SENTENCES


@dataclass(frozen=True, slots=True)
class Location:
    """Where something is wrong: a file, its page or line (from 1), and the field of a request or of front matter."""

    file: str | None = None
    page: int | None = None
    line: int | None = None
    field: str | None = None

    @property
    def english(self) -> str:
        """
        >>> Location("a.md", line=4).english, Location("a.pdf", page=3).english
        ('a.md:4: ', 'a.pdf: page 3: ')
        """
        line = f":{self.line}" if self.line is not None else ""
        return (f"{self.file}{line}: " if self.file else "") + (f"page {self.page}: " if self.page else "")

    def __str__(self) -> str:
        """
        >>> str(Location("queries.jsonl", line=4))
        'queries.jsonl:4'
        """
        return self.english.rstrip(": ")

    @property
    def chinese(self) -> str:
        """The page or line within the file; whoever is told knows which file it was, and no path leaves the machine."""
        where = f"第{self.page}页" if self.page else f"第{self.line}行" if self.line is not None else ""
        return f"{where}：" if where else ""


class KnowledgeBaseError(Exception):
    """Root of the tree; `code` is the stable name of the kind of error in JSON.

    `sentence` is the key of the error in `SENTENCES`, and `values` are what stands in that sentence.
    """

    code = "error"

    def __init__(self, place: Location, sentence: str, values: Mapping[str, Any]) -> None:
        super().__init__(place, sentence, values)
        self.place, self.sentence, self.values = place, sentence, values

    @classmethod
    def of(
        cls,
        sentence: str,
        *,
        place: Location | None = None,
        file: object = None,
        page: int | None = None,
        line: int | None = None,
        field: str | None = None,
        **values: object,
    ) -> Self:
        """Make an error of a sentence, its place (whole, or by its parts) and its values.

        >>> error = NotFoundError.of("job_unknown", job_id="q7")
        >>> error.message, error.chinese
        ("there is no job 'q7'", '没有这个任务。')
        """
        return cls(place or Location(str(file) if file is not None else None, page, line, field), sentence, values)

    def __str__(self) -> str:
        return self.message

    @property
    def field(self) -> str | None:
        """The field of a request or of front matter that is wrong, where it is one."""
        return self.place.field

    @property
    def english(self) -> tuple[str, str]:
        """Reason and remedy without the place."""
        return SENTENCES[self.sentence].english(self.values)

    @property
    def chinese(self) -> str:
        """The sentence for pages."""
        reason, remedy = SENTENCES[self.sentence].chinese(self.values)
        return self.place.chinese + reason + (f"，{remedy}" if remedy else "") + "。"

    @property
    def message(self) -> str:
        """The whole sentence in English, its place before it, on one line."""
        reason, remedy = self.english
        return " ".join((self.place.english + reason + (f"; {remedy}" if remedy else "")).split("\n"))


class InputError(KnowledgeBaseError):
    """What somebody gave cannot be used as it is; they can mend it."""

    code = "bad_input"


class QuestionError(InputError):
    """What somebody typed; its message is Chinese everywhere, since nobody but them is told, and a part of a
    sentence."""

    code = "bad_question"

    @property
    def chinese(self) -> str:
        """Reason and remedy, without a full stop."""
        return "，".join(filter(None, SENTENCES[self.sentence].chinese(self.values)))

    @property
    def message(self) -> str:
        """The same."""
        return self.chinese


class DocumentError(InputError):
    """A file that cannot be read as a document; its place names the file."""

    code = "bad_document"

    @property
    def path(self) -> str:
        """The file, as it was given."""
        return self.place.file or ""

    def on_page(self, number: int) -> Self:
        """Give the same, told of a page."""
        return type(self)(replace(self.place, page=number), self.sentence, self.values)


class SecrecyError(DocumentError):
    """A file that bears the mark of a state secret and may not be here."""

    code = "state_secret"


class PartError(InputError):
    """Something in a file, found by code that is not told which file it reads."""

    code = "bad_part"

    def of_file(self, path: object, page: int | None = None) -> DocumentError:
        """Give the same as the error of a file, on a page of it."""
        return DocumentError(Location(str(path), page), self.sentence, self.values)


class PictureError(PartError):
    """A picture that is broken or has too many dots."""

    code = "bad_picture"


class TableSizeError(PartError):
    """A table of more places than are read."""

    code = "table_too_large"


class LexiconError(InputError):
    """A lexicon that cannot be used."""

    code = "bad_lexicon"


class HomeError(InputError):
    """A `home.toml` that cannot be used."""

    code = "bad_home"


class BenefitError(InputError):
    """A rule, or the list of facts, that cannot be used."""

    code = "bad_benefit"


class UnfoundedError(BenefitError):
    """A rule that names a document, a clause or a quote (`missing`) that is not there."""

    code = "unfounded_benefit"

    @property
    def missing(self) -> str:
        """The whole document, clause or quote as the rule names it, which a message may cut."""
        return str(self.values["missing"])


class FactError(InputError):
    """A fact about oneself that cannot be taken; `field` names it."""

    code = "bad_fact"


class DatasetError(InputError):
    """An evaluation set or a batch file that cannot be used."""

    code = "bad_dataset"


class SettingError(InputError):
    """A setting or an option that cannot be used; `field` names it."""

    code = "bad_setting"


class SnapshotError(KnowledgeBaseError):
    """An index folder that cannot be read or written."""

    code = "index_unusable"


class SnapshotMissingError(SnapshotError):
    """No index was built in the folder yet."""

    code = "index_missing"


class SnapshotDamagedError(SnapshotError):
    """A file of the index is missing or was changed since it was written."""

    code = "index_damaged"


class SnapshotMismatchError(SnapshotError):
    """The index was built by another encoder, analyzer or schema than it is opened with."""

    code = "index_mismatch"


class IndexLockedError(SnapshotError):
    """Another process writes to the index; it can be tried again."""

    code = "index_locked"


class StoreError(SnapshotError):
    """The engine that keeps an index's words and vectors does not answer, or holds something else than the index."""

    code = "store_unusable"


class ClusterError(KnowledgeBaseError):
    """A cluster for ingestion that does not answer, has no room, or runs another version."""

    code = "cluster_unusable"


class BackupError(KnowledgeBaseError):
    """A backup that cannot be written, is none or damaged, or cannot be put back."""

    code = "backup_unusable"


class AuditError(KnowledgeBaseError):
    """Something of the audit record was changed, removed, inserted or moved."""

    code = "audit_damaged"


class EncoderError(KnowledgeBaseError):
    """An encoder that is not there or gives no usable vectors."""

    code = "encoder_unusable"


class ModelError(KnowledgeBaseError):
    """Weights of a transformer that are not those that this version ships."""

    code = "model_unusable"


class RerankerError(KnowledgeBaseError):
    """A reranker that is not there or gives no usable scores."""

    code = "reranker_unusable"


class LanguageModelError(KnowledgeBaseError):
    """A language model that does not answer, or not with text that can be used."""

    code = "language_model_unusable"


class NotFoundError(KnowledgeBaseError):
    """What is asked for is not there, or not for whoever asks: both are told alike."""

    code = "not_found"


class ConflictError(KnowledgeBaseError):
    """Somebody else decided first; look again before deciding."""

    code = "conflict"


class ForbiddenError(KnowledgeBaseError):
    """Whoever asks is known and may not do it."""

    code = "role_too_low"


class LoginError(KnowledgeBaseError):
    """Whoever comes back from the provider of OpenID Connect is not let in; the sentence says what to do instead."""

    code = "login_refused"


class ServiceError(KnowledgeBaseError):
    """The service cannot do it now; the log says why."""

    code = "service_unusable"


class DiskFullError(ServiceError):
    """There is no room beside the index for another snapshot or upload."""

    code = "disk_full"


class DiskReadOnlyError(ServiceError):
    """The folder of the index takes no changes."""

    code = "disk_read_only"


class ProviderError(ServiceError):
    """The provider of OpenID Connect does not answer, or not as it should; passwords go on to work."""

    code = "provider_unusable"


class BusyError(ServiceError):
    """More is asked of the service at once than it can do; it can be tried again in `seconds`."""

    code = "busy"
