"""The words of prompts and dialogue, indexed by the database itself, so that they never differ from the assets.

    SQLite       the FTS5 table ``asset_words`` over ``assets``, which triggers keep
    PostgreSQL   the generated column ``assets.words`` with a GIN index

Both stem English, ignore case and keep every word: "who are you" is a line of dialogue, not three words to leave out.
Neither is known to SQLAlchemy, which has no form for them. A migration that rebuilds ``assets`` on SQLite must make
``SQLITE``'s triggers again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import DDL, Table, event

CONFIGURATION = "film_words"
"""PostgreSQL's text search configuration: a stemmer without stop words."""

GLUE = "/_.-@:&%#~+=\\\\"
"""What PostgreSQL's parser takes for a part of a path, an address or a number, as it stands in an E'' string; here a
word ends at it."""

SQLITE = (
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
)

POSTGRESQL_BEFORE = (
    f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = '{CONFIGURATION}'"
    " AND cfgnamespace = current_schema()::regnamespace) THEN\n"
    "CREATE TEXT SEARCH DICTIONARY film_stem (TEMPLATE = pg_catalog.snowball, Language = 'english');\n"
    f"CREATE TEXT SEARCH CONFIGURATION {CONFIGURATION} (COPY = pg_catalog.simple);\n"
    f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} ALTER MAPPING FOR asciiword, word, numword, asciihword, hword,"
    " numhword, hword_asciipart, hword_part, hword_numpart WITH film_stem;\n"
    "END IF; END $$",
)

POSTGRESQL = (
    "ALTER TABLE assets ADD COLUMN words tsvector GENERATED ALWAYS AS"
    f" (to_tsvector('{CONFIGURATION}', translate(prompt || ' ' || dialogue, E'{GLUE}', '{' ' * 13}'))) STORED",
    "CREATE INDEX ix_assets_words ON assets USING gin (words)",
)


def index_words(assets: Table) -> None:
    """Have the words indexed wherever the table of assets is made."""
    for moment, dialect, statements in (
        ("before_create", "postgresql", POSTGRESQL_BEFORE),
        ("after_create", "postgresql", POSTGRESQL),
        ("after_create", "sqlite", SQLITE),
    ):
        for statement in statements:
            event.listen(assets, moment, DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))
    drop = DDL("DROP TABLE IF EXISTS asset_words").execute_if(dialect="sqlite")
    event.listen(assets, "after_drop", drop)


def is_ours(name: str | None, kind: str, _parents: Any = None) -> bool:
    """For Alembic's comparisons: whether SQLAlchemy's models speak of this table, column or index at all.

    ``meaning_…`` are the tables of ``film.search.pgvector``.
    """
    unknown = {"column": ("words",), "index": ("ix_assets_words",)}
    return name is None or not (name.startswith(("asset_words", "meaning_")) or name in unknown.get(kind, ()))
