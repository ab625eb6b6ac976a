"""What Alembic runs to migrate: the steps, over the connection and in the transaction that `service.storage.schema`
began."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
