"""The ledger is insert-only, and the database itself holds to it: changing or deleting an entry fails."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

SQLITE = tuple(
    f"CREATE TRIGGER ledger_entries_no_{action.lower()} BEFORE {action} ON ledger_entries\n"
    f"BEGIN SELECT RAISE(ABORT, 'ledger_entries is insert-only'); END"
    for action in ("UPDATE", "DELETE")
)

POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS\n"
    "$$ BEGIN RAISE EXCEPTION 'ledger_entries is insert-only'; END $$",
    "CREATE TRIGGER ledger_entries_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries\n"
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse()",
)


def make_insert_only(ledger: Table) -> None:
    """Have the triggers created wherever the ledger is."""
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for statement in statements:
            event.listen(ledger, "after_create", DDL(statement).execute_if(dialect=dialect))
