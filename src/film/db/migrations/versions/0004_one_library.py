"""Whose the files are, what was set aside, and files without a row: so that absence never deletes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from film.db.base import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "library",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("library_id", sa.String(32), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("gallery_id", sa.String(32), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library"),
    )
    op.create_table(
        "lost_blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_lost_blobs"),
    )
    op.create_table(
        "strays",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("marked_at", UtcDateTime(), nullable=True),
        sa.Column("decided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_strays"),
    )
