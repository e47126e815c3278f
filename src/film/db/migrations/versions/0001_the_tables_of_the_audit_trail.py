"""The tables of the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_INSERT_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER ledger_entries_no_{action.lower()} BEFORE {action} ON ledger_entries\n"
        f"BEGIN SELECT RAISE(ABORT, 'ledger_entries is insert-only'); END"
        for action in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS\n"
        "$$ BEGIN RAISE EXCEPTION 'ledger_entries is insert-only'; END $$",
        "CREATE TRIGGER ledger_entries_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries\n"
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse()",
    ],
}


def upgrade() -> None:
    op.create_table(
        "assets",
        sa.Column("id", _ID, nullable=False),
        sa.Column("asset_id", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("asset_type", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("negative_prompt", sa.Text(), nullable=False),
        sa.Column("film_id", sa.String(length=100), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("reuse_count", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.UniqueConstraint("asset_id", name="uq_assets_asset_id"),
    )
    op.create_index("ix_assets_key", "assets", ["key"])
    op.create_index("ix_assets_most_reused", "assets", ["reuse_count", "id"])
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quarantined_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.create_table(
        "budgets",
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("limit_micros", sa.BigInteger(), nullable=True),
        sa.Column("reserved_micros", sa.BigInteger(), nullable=False),
        sa.Column("spent_micros", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved_micros >= 0", name=op.f("ck_budgets_reserved")),
        sa.CheckConstraint("spent_micros >= 0", name=op.f("ck_budgets_spent")),
        sa.PrimaryKeyConstraint("scope", name="pk_budgets"),
    )
    op.create_table(
        "cache_counts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("misses", sa.BigInteger(), nullable=False),
        sa.Column("saved_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "provider", name="pk_cache_counts"),
    )
    op.create_table(
        "films",
        sa.Column("film_id", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("output_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("film_id", name="pk_films"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("film_id", sa.String(length=100), nullable=False),
        sa.Column("shot_id", sa.String(length=100), nullable=False),
        sa.Column("asset_type", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ticket", sa.JSON(), nullable=False),
        sa.Column("reservation_id", sa.String(length=36), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("quoted_micros", sa.BigInteger(), nullable=False),
        sa.Column("billed_micros", sa.BigInteger(), nullable=True),
        sa.Column("blob_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_film_id", "jobs", ["film_id"])
    op.create_index("ix_jobs_key", "jobs", ["key"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("idem", sa.String(length=160), nullable=False),
        sa.Column("film_id", sa.String(length=100), nullable=False),
        sa.Column("shot_id", sa.String(length=100), nullable=False),
        sa.Column("asset_type", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("estimated_micros", sa.BigInteger(), nullable=False),
        sa.Column("actual_micros", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("overrun", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reservations"),
        sa.UniqueConstraint("idem", name="uq_reservations_idem"),
    )
    op.create_index("ix_reservations_film_id", "reservations", ["film_id"])
    op.create_table(
        "tags",
        sa.Column("id", _ID, nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("n_assets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("dimension", "value", name="uq_tags_dimension"),
    )
    op.create_table(
        "actions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blob_sha256", sa.String(length=64), nullable=True),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'ready', 'failed')", name=op.f("ck_actions_state")),
        sa.ForeignKeyConstraint(["blob_sha256"], ["blobs.sha256"], name="fk_actions_blob_sha256_blobs"),
        sa.PrimaryKeyConstraint("key", name="pk_actions"),
    )
    op.create_index("ix_actions_blob_sha256", "actions", ["blob_sha256"])
    op.create_table(
        "asset_tags",
        sa.Column("tag_id", _ID, nullable=False),
        sa.Column("asset_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_asset_tags_asset_id_assets", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_asset_tags_tag_id_tags"),
        sa.PrimaryKeyConstraint("tag_id", "asset_id", name="pk_asset_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asset_tags_asset_id_tag_id", "asset_tags", ["asset_id", "tag_id"])
    op.create_table(
        "ledger_entries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("reservation_id", sa.String(length=36), nullable=True),
        sa.Column("film_id", sa.String(length=100), nullable=False),
        sa.Column("shot_id", sa.String(length=100), nullable=False),
        sa.Column("asset_type", sa.String(length=10), nullable=False),
        sa.Column("provider", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name="fk_ledger_entries_reservation_id_reservations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
        sa.UniqueConstraint("reservation_id", "kind", name="uq_ledger_entries_reservation_id"),
    )
    op.create_index("ix_ledger_entries_at", "ledger_entries", ["at"])
    op.create_index("ix_ledger_entries_film_id", "ledger_entries", ["film_id"])
    op.create_table(
        "reservation_scopes",
        sa.Column("reservation_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=160), nullable=False),
        sa.Column("limit_micros", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name="fk_reservation_scopes_reservation_id_reservations"
        ),
        sa.ForeignKeyConstraint(["scope"], ["budgets.scope"], name="fk_reservation_scopes_scope_budgets"),
        sa.PrimaryKeyConstraint("reservation_id", "scope", name="pk_reservation_scopes"),
    )
    op.create_index("ix_reservation_scopes_scope", "reservation_scopes", ["scope"])
    op.create_table(
        "shots",
        sa.Column("id", _ID, nullable=False),
        sa.Column("film_id", sa.String(length=100), nullable=False),
        sa.Column("shot_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["film_id"], ["films.film_id"], name="fk_shots_film_id_films", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shots"),
        sa.UniqueConstraint("film_id", "shot_id", name="uq_shots_film_id"),
    )
    op.create_table(
        "takes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("shot_pk", _ID, nullable=False),
        sa.Column("asset_type", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shot_pk"], ["shots.id"], name="fk_takes_shot_pk_shots", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_takes"),
        sa.UniqueConstraint("shot_pk", "asset_type", "number", "tier", "key", name="uq_takes_shot_pk"),
    )
    op.create_index("ix_takes_key", "takes", ["key"])
    for statement in _INSERT_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
