"""Whose an order is, when it was sent by the machine's uptime, what is disputed; who set money aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    recreate = "auto" if op.get_bind().dialect.name == "postgresql" else "always"
    with op.batch_alter_table("jobs", recreate=recreate) as jobs:
        jobs.add_column(sa.Column("account", sa.String(80), nullable=False, server_default=""))
        jobs.add_column(sa.Column("clock", sa.String(80), nullable=False, server_default=""))
        jobs.add_column(sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.false()))
        jobs.add_column(sa.Column("claimed_micros", sa.BigInteger()))
    with op.batch_alter_table("reservations", recreate=recreate) as reservations:
        reservations.add_column(sa.Column("owner", sa.String(80), nullable=False, server_default=""))
    # Until now a second purchase was told by being under review without money of its own.
    op.execute(sa.text("UPDATE jobs SET second = true WHERE state = 'review' AND reservation_id IS NULL"))
