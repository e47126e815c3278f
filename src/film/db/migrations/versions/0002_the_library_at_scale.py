"""The library at scale: words, counters, meaning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_SQLITE = [
    "CREATE VIRTUAL TABLE asset_words USING fts5(prompt, dialogue, content='assets', content_rowid='id',\n"
    "tokenize='porter unicode61 remove_diacritics 0')",
    "CREATE TRIGGER asset_words_insert AFTER INSERT ON assets BEGIN\n"
    "INSERT INTO asset_words(rowid, prompt, dialogue) VALUES (new.id, new.prompt, new.dialogue);\n"
    "END",
    "CREATE TRIGGER asset_words_delete AFTER DELETE ON assets BEGIN\n"
    "INSERT INTO asset_words(asset_words, rowid, prompt, dialogue)\n"
    "VALUES ('delete', old.id, old.prompt, old.dialogue);\n"
    "END",
    "CREATE TRIGGER asset_words_update AFTER UPDATE OF prompt, dialogue ON assets\n"
    "WHEN old.prompt <> new.prompt OR old.dialogue <> new.dialogue BEGIN\n"
    "INSERT INTO asset_words(asset_words, rowid, prompt, dialogue)\n"
    "VALUES ('delete', old.id, old.prompt, old.dialogue);\n"
    "INSERT INTO asset_words(rowid, prompt, dialogue) VALUES (new.id, new.prompt, new.dialogue);\n"
    "END",
    "INSERT INTO asset_words(asset_words) VALUES ('rebuild')",
]

_POSTGRESQL = [
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'film_words'"
    " AND cfgnamespace = current_schema()::regnamespace) THEN\n"
    "CREATE TEXT SEARCH DICTIONARY film_stem (TEMPLATE = pg_catalog.snowball, Language = 'english');\n"
    "CREATE TEXT SEARCH CONFIGURATION film_words (COPY = pg_catalog.simple);\n"
    "ALTER TEXT SEARCH CONFIGURATION film_words ALTER MAPPING FOR asciiword, word, numword, asciihword, hword,"
    " numhword, hword_asciipart, hword_part, hword_numpart WITH film_stem;\n"
    "END IF; END $$",
    "ALTER TABLE assets ADD COLUMN words tsvector GENERATED ALWAYS AS"
    " (to_tsvector('film_words', translate(prompt || ' ' || dialogue, E'/_.-@:&%#~+=\\\\', '             '))) STORED",
    "CREATE INDEX ix_assets_words ON assets USING gin (words)",
]


def upgrade() -> None:
    with op.batch_alter_table("assets", recreate="auto" if _postgresql() else "always") as assets:
        assets.add_column(sa.Column("dialogue", sa.Text(), server_default="", nullable=False))
    for statement in _POSTGRESQL if _postgresql() else _SQLITE:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%") if _postgresql() else statement)
    op.create_table(
        "tag_postings",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", name="pk_tag_postings"),
    )
    op.create_table(
        "unpacked_assets",
        sa.Column("asset_id", _ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("asset_id", name="pk_unpacked_assets"),
    )
    op.create_table(
        "library_counts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("reuses", sa.BigInteger(), nullable=False),
        sa.Column("saved_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_counts"),
    )
    op.execute(
        "INSERT INTO library_counts (id, assets, size_bytes, cost_micros, reuses, saved_micros)"
        " SELECT 1, count(*), coalesce(sum(size), 0), coalesce(sum(cost_micros), 0), coalesce(sum(reuse_count), 0),"
        " coalesce(sum(cost_micros * reuse_count), 0) FROM assets"
    )
    op.create_table(
        "embedding_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_embedding_models"),
        sa.UniqueConstraint("name", name="uq_embedding_models_name"),
    )
    op.create_table(
        "embeddings",
        sa.Column("asset_id", _ID, nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("vec", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_embeddings_asset_id_assets", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["model_id"], ["embedding_models.id"], name="fk_embeddings_model_id_embedding_models"),
        sa.PrimaryKeyConstraint("asset_id", name="pk_embeddings"),
    )
    op.create_index("ix_embeddings_change", "embeddings", ["change"])
    op.create_table(
        "embedding_queue",
        sa.Column("asset_id", _ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["assets.id"], name="fk_embedding_queue_asset_id_assets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asset_id", name="pk_embedding_queue"),
    )
    op.execute("INSERT INTO embedding_queue (asset_id) SELECT id FROM assets WHERE prompt <> ''")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
