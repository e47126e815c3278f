"""What Alembic runs: the revisions, on the connection and in the transaction that it was handed."""

from alembic import context

from film.db.tables import Base
from film.db.words import is_ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=is_ours,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite changes a column by rebuilding its table
)
with context.begin_transaction():
    context.run_migrations()
