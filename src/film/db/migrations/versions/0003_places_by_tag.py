"""What packed blocks hold, by tag: finding assets reads the tags that it asks for, and not whole blocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    places = op.create_table(
        "tag_places",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tag_id", _ID, autoincrement=False, nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", "tag_id", name="pk_tag_places"),
        sqlite_with_rowid=False,
    )
    packed = sa.table("tag_postings", sa.column("block", sa.Integer), sa.column("data", sa.LargeBinary))
    db = op.get_bind()
    for block in db.scalars(sa.select(packed.c.block).order_by(packed.c.block)).all():
        data = db.scalars(sa.select(packed.c.data).where(packed.c.block == block)).one()
        rows = [{"block": block, "tag_id": tag_id, "places": some} for tag_id, some in _unpacked(data)]
        if rows:
            db.execute(sa.insert(places), rows)


def _unpacked(data: bytes) -> list[tuple[int, bytes]]:
    """How many tags (4 bytes), their ids (8 each), where the places of each begin and end (4), the places (2)."""

    def numbers(start: int, count: int, width: int) -> list[int]:
        return [int.from_bytes(data[at : at + width], "little") for at in range(start, start + count * width, width)]

    (count,) = numbers(0, 1, 4)
    tags, bounds = numbers(4, count, 8), numbers(4 + 8 * count, count + 1, 4)
    first = 4 + 8 * count + 4 * (count + 1)
    return [(tag, data[first + 2 * bounds[n] : first + 2 * bounds[n + 1]]) for n, tag in enumerate(tags)]
