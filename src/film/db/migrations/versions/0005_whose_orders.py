"""Whose an order is, when it was sent by the machine's uptime, what is disputed; who set money aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    for column in (
        sa.Column("account", sa.String(80), nullable=False, server_default=""),
        sa.Column("clock", sa.String(80), nullable=False, server_default=""),
        sa.Column("second", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("claimed_micros", sa.BigInteger()),
    ):
        op.add_column("jobs", column)
    op.add_column("reservations", sa.Column("owner", sa.String(80), nullable=False, server_default=""))
    # Until now a second purchase was told by being under review with its vendor's answer.
    op.execute("UPDATE jobs SET second = true WHERE state = 'review' AND reservation_id IS NULL")
