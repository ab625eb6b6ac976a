"""The tables as they were when migrations began, whatever of them is there already.

Versions before wrote no version into the database: they made the tables that were missing and added columns. So does
this step, which thereby fits an empty database and one of any of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

_TABLES = sa.MetaData()
sa.Table(
    "conversations", _TABLES,
    sa.Column("conversation_id", sa.String(32), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("touched", sa.Float, nullable=False),
    sa.Index("conversations_of_owner", "owner", "touched"),
)  # fmt: skip
sa.Table(
    "turns", _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("answer_id", sa.String(32), nullable=False, unique=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.conversation_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)  # fmt: skip
sa.Table(
    "feedback", _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("answer_id", sa.String(32), nullable=False, unique=True),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("given", sa.Float, nullable=False),
    sa.Column("conversation_id", sa.String(32)),
    sa.Column("settled", sa.Float),
)  # fmt: skip
sa.Table(
    "judged", _TABLES,
    sa.Column("answer_id", sa.String(32), primary_key=True),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("judged", sa.Float, nullable=False),
)  # fmt: skip
sa.Table(
    "shares", _TABLES,
    sa.Column("share_id", sa.String(32), primary_key=True),
    sa.Column("answer_id", sa.String(32), nullable=False, unique=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("staff_only", sa.Boolean, nullable=False),
    sa.Column("shared", sa.Float, nullable=False),
)  # fmt: skip
sa.Table(
    "accounts", _TABLES,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("made", sa.Float, nullable=False),
)  # fmt: skip
sa.Table(
    "secrets", _TABLES,
    sa.Column("checksum", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("expires", sa.Float),
    sa.Column("account", sa.String(40)),
    sa.Column("label", sa.String(80)),
)  # fmt: skip
sa.Table(
    "clocks", _TABLES,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("reading", sa.Float, nullable=False),
)  # fmt: skip
sa.Table(
    "decisions", _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("doc_id", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("made", sa.Float, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("job_id", sa.String(32)),
    sa.UniqueConstraint("doc_id", "version"),
)  # fmt: skip
sa.Table(
    "jobs", _TABLES,
    sa.Column("job_id", sa.String(32), primary_key=True),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("touched", sa.Float, nullable=False),
    sa.Column("queued", sa.Float, nullable=False, server_default="0"),
    sa.Column("change", sa.Text, nullable=False, server_default=""),
    sa.Column("begun", sa.Integer, nullable=False, server_default="0"),
)  # fmt: skip


def upgrade() -> None:
    """Make the tables that are missing and add the columns that are; each of these has a default or may be empty."""
    connection = op.get_bind()
    there = sa.inspect(connection)
    known = {name: {column["name"] for column in there.get_columns(name)} for name in there.get_table_names()}
    _TABLES.create_all(connection)
    for table in _TABLES.sorted_tables:
        for column in table.columns:
            if table.name in known and column.name not in known[table.name]:
                op.add_column(
                    table.name,
                    sa.Column(column.name, column.type, nullable=column.nullable, server_default=column.server_default),
                )
