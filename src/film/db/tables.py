"""Every table, in the order in which a film comes about.

films ─< shots ─< takes ─────────┐ (which assets a take uses: the roots that keep assets alive)
                                 ▼
library                          whose files these are       lost_blobs, strays: rows without files, files without rows

blobs ◄── actions (key → blob)   assets ─< asset_tags >─ tags        the library: its words are indexed by film.db.words
                                 ▲  └── embeddings ─ embedding_models  and what they mean
jobs  (one paid submission) ─────┘
  │
reservations ─< reservation_scopes >─ budgets                        what may still be spent
  └─< ledger_entries                  (insert-only)                  what was
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from film.db.base import Base, BigId, MicroUSD, UtcDateTime, now
from film.db.triggers import make_insert_only
from film.db.version import stamp_when_whole
from film.db.words import index_words


class Film(Base):
    """The description's project."""

    __tablename__ = "films"
    film_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    title: Mapped[str] = mapped_column(Text, default="")
    tier: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[str] = mapped_column(String(20), default="new")
    """new | making | done | partial | failed | interrupted."""
    output_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class ShotRow(Base):
    __tablename__ = "shots"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    film_id: Mapped[str] = mapped_column(ForeignKey("films.film_id", ondelete="CASCADE"))
    shot_id: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(Integer)
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (UniqueConstraint("film_id", "shot_id"),)


class Take(Base):
    """One asset of a shot as it stands: what was asked (``request``) and what answers it."""

    __tablename__ = "takes"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    shot_pk: Mapped[int] = mapped_column(ForeignKey("shots.id", ondelete="CASCADE"))
    asset_type: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer, default=1)
    tier: Mapped[str] = mapped_column(String(20), default="")
    key: Mapped[str] = mapped_column(String(64))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    """provider, model, params, inputs: compared with the next plan's to say which field made it stale."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (
        UniqueConstraint("shot_pk", "asset_type", "number", "tier", "key"),
        Index("ix_takes_key", "key"),
    )


class Blob(Base):
    """Bytes in the store: ``blobs/sha256/ab/cd/<hex>``."""

    __tablename__ = "blobs"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    quarantined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Library(Base):
    """Whose files these are: one row (``id`` 1). The gallery and the bucket say the same of themselves."""

    __tablename__ = "library"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    library_id: Mapped[str] = mapped_column(String(32))
    generation: Mapped[int] = mapped_column(BigInteger, default=0)
    """Rises with every process that writes and with every backup; a copy stays behind."""
    gallery_id: Mapped[str] = mapped_column(String(32), default="")
    """The one gallery of a library without a bucket."""
    bucket: Mapped[str] = mapped_column(Text, default="")
    """Where the files lie, once they lie in a bucket."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LostBlob(Base):
    """A blob whose file was missing or damaged when it was wanted: set aside, not forgotten."""

    __tablename__ = "lost_blobs"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    why: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Stray(Base):
    """A file without a row, from the moment at which it was first seen."""

    __tablename__ = "strays"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided: Mapped[bool] = mapped_column(default=False)
    """A collection has taken its row away and is about to remove it: the next one finishes what was cut short."""


class Action(Base):
    """What a request's key came to. ``pending`` is leased to one owner, so that two never make the same."""

    __tablename__ = "actions"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """image | video | audio | segment | mix | film."""
    provider: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(10))
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    cost: Mapped[Decimal] = mapped_column("cost_micros", MicroUSD, default=Decimal(0))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    hits: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    __table_args__ = (CheckConstraint("state IN ('pending', 'ready', 'failed')", name="state"),)


class CacheCount(Base):
    """Hits, misses and money saved, a row a kind and provider: statistics without a scan."""

    __tablename__ = "cache_counts"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    provider: Mapped[str] = mapped_column(String(60), primary_key=True)
    hits: Mapped[int] = mapped_column(BigInteger, default=0)
    misses: Mapped[int] = mapped_column(BigInteger, default=0)
    saved: Mapped[Decimal] = mapped_column("saved_micros", MicroUSD, default=Decimal(0))


class AssetRow(Base):
    __tablename__ = "assets"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    asset_id: Mapped[str] = mapped_column(String(100), unique=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    asset_type: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(120), default="")
    prompt: Mapped[str] = mapped_column(Text, default="")
    negative_prompt: Mapped[str] = mapped_column(Text, default="")
    dialogue: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What is said in the shot of a picture or clip; of a line of speech that is the prompt."""
    film_id: Mapped[str | None] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    mime: Mapped[str] = mapped_column(String(100), default="")
    cost: Mapped[Decimal] = mapped_column("cost_micros", MicroUSD, default=Decimal(0))
    reuse_count: Mapped[int] = mapped_column(BigInteger, default=0)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    __table_args__ = (Index("ix_assets_most_reused", "reuse_count", "id"),)


class Tag(Base):
    """A word in a dimension: character, landscape, style, mood, time_of_day, shot_type, asset_type, provider, film."""

    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dimension: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(120))
    """The word without regard to case, Unicode form or the kind of space: what is compared."""
    label: Mapped[str] = mapped_column(String(120))
    """The word as it was first written: what is shown."""
    n_assets: Mapped[int] = mapped_column(BigInteger, default=0)
    __table_args__ = (UniqueConstraint("dimension", "value"),)


class AssetTag(Base):
    __tablename__ = "asset_tags"
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    __table_args__ = (
        Index("ix_asset_tags_asset_id_tag_id", "asset_id", "tag_id"),
        {"sqlite_with_rowid": False},
    )


class TagPostings(Base):
    """The links of a block of assets (16,384 row ids) in one value, made of ``asset_tags`` once the block is full.

    Counting over a million assets reads sixty of these instead of ten million links.
    """

    __tablename__ = "tag_postings"
    block: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class TagPlaces(Base):
    """The links of a block again, a row a tag: what finding assets reads, which asks for three tags and not for all."""

    __tablename__ = "tag_places"
    block: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    tag_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    places: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = ({"sqlite_with_rowid": False},)


class UnpackedAsset(Base):
    """The row id of an asset whose tags changed, or that went, after its block was packed: there it does not count."""

    __tablename__ = "unpacked_assets"
    asset_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)


class LibraryCount(Base):
    """What all assets come to, in one row (``id`` 1) that moves with them: statistics without a scan."""

    __tablename__ = "library_counts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    assets: Mapped[int] = mapped_column(BigInteger, default=0)
    size: Mapped[int] = mapped_column("size_bytes", BigInteger, default=0)
    cost: Mapped[Decimal] = mapped_column("cost_micros", MicroUSD, default=Decimal(0))
    reuses: Mapped[int] = mapped_column(BigInteger, default=0)
    saved: Mapped[Decimal] = mapped_column("saved_micros", MicroUSD, default=Decimal(0))
    """What the uses after the first would have cost."""


class EmbeddingModel(Base):
    """Who turned the prompts into vectors. ``change`` grows with every write, so that an index knows what it lacks."""

    __tablename__ = "embedding_models"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    dim: Mapped[int] = mapped_column(Integer)
    token: Mapped[str] = mapped_column(String(32))
    """Names what is derived from these vectors, files above all: no other library's has the same."""
    change: Mapped[int] = mapped_column(BigInteger, default=0)


class Embedding(Base):
    """A prompt as a vector of half floats, little-endian, of length 1."""

    __tablename__ = "embeddings"
    asset_id: Mapped[int] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("embedding_models.id"))
    change: Mapped[int] = mapped_column(BigInteger, index=True)
    """The model's ``change`` as of this row."""
    vec: Mapped[bytes] = mapped_column(LargeBinary)


class EmbeddingQueue(Base):
    """Assets whose prompt is not embedded, or was when it was another."""

    __tablename__ = "embedding_queue"
    asset_id: Mapped[int] = mapped_column(
        ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class JobRow(Base):
    """One paid order and its state (``film.jobs.State``): intent → submitted → done, or one of the other ends.

    Written before the POST, so that whatever instant the program dies at, the next run knows what may have been bought.
    Rows are never deleted.
    """

    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    film_id: Mapped[str] = mapped_column(String(100), index=True)
    shot_id: Mapped[str] = mapped_column(String(100), default="")
    asset_type: Mapped[str] = mapped_column(String(10))
    provider: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(120), default="")
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), index=True)
    ticket: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The vendor's job id and every URL it answered with."""
    reservation_id: Mapped[str | None] = mapped_column(String(36))
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    quoted: Mapped[Decimal] = mapped_column("quoted_micros", MicroUSD, default=Decimal(0))
    billed: Mapped[Decimal | None] = mapped_column("billed_micros", MicroUSD)
    blob_sha256: Mapped[str | None] = mapped_column(String(64))
    account: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """Whose order it is: the account's name and a fingerprint of its key; see ``film.jobs.origin``."""
    clock: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """When it was sent, by the machine's uptime: a wall clock may be moved between sending and asking."""
    second: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Bought beside another of its key, by a process that had been taken for dead."""
    claimed: Mapped[Decimal | None] = mapped_column("claimed_micros", MicroUSD)
    """What the vendor claims where that is disputed: far more than was quoted, and so not booked."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Budget(Base):
    """A scope's counter row (``film:<id>``, ``day:<date>``, ``run:<id>``): the one place where a limit is decided."""

    __tablename__ = "budgets"
    scope: Mapped[str] = mapped_column(String(160), primary_key=True)
    limit: Mapped[Decimal | None] = mapped_column("limit_micros", MicroUSD)
    reserved: Mapped[Decimal] = mapped_column("reserved_micros", MicroUSD, default=Decimal(0))
    spent: Mapped[Decimal] = mapped_column("spent_micros", MicroUSD, default=Decimal(0))
    __table_args__ = (
        CheckConstraint("reserved_micros >= 0", name="reserved"),
        CheckConstraint("spent_micros >= 0", name="spent"),
    )


class ReservationRow(Base):
    __tablename__ = "reservations"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    idem: Mapped[str] = mapped_column(String(160), unique=True)
    """Asked twice under one name, it is reserved once."""
    film_id: Mapped[str] = mapped_column(String(100), index=True)
    shot_id: Mapped[str] = mapped_column(String(100), default="")
    asset_type: Mapped[str] = mapped_column(String(10), default="")
    provider: Mapped[str] = mapped_column(String(60), default="")
    key: Mapped[str] = mapped_column(String(64), default="")
    estimated: Mapped[Decimal] = mapped_column("estimated_micros", MicroUSD)
    actual: Mapped[Decimal | None] = mapped_column("actual_micros", MicroUSD)
    state: Mapped[str] = mapped_column(String(12))
    """held | submitted | settled | released | unknown."""
    overrun: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str] = mapped_column(String(80), default="", server_default="")
    """The process that set it aside (``film.db.owner``): what a dead one holds is free at once."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReservationScope(Base):
    __tablename__ = "reservation_scopes"
    reservation_id: Mapped[str] = mapped_column(ForeignKey("reservations.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(ForeignKey("budgets.scope"), primary_key=True, index=True)
    limit: Mapped[Decimal | None] = mapped_column("limit_micros", MicroUSD)
    """The limit under which it was granted: limits change later, and the grant stays provable."""


class LedgerEntry(Base):
    """Insert-only: triggers refuse UPDATE and DELETE. ``kind`` is reserve | settle | release | overrun | saved."""

    __tablename__ = "ledger_entries"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reservation_id: Mapped[str | None] = mapped_column(ForeignKey("reservations.id"))
    film_id: Mapped[str] = mapped_column(String(100), index=True)
    shot_id: Mapped[str] = mapped_column(String(100), default="")
    asset_type: Mapped[str] = mapped_column(String(10), default="")
    provider: Mapped[str] = mapped_column(String(60), default="")
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal] = mapped_column("amount_micros", MicroUSD)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    __table_args__ = (UniqueConstraint("reservation_id", "kind"),)


class PublicationRow(Base):
    """A film that goes out, or went, to one place: written before anything is sent there. Rows are never deleted."""

    __tablename__ = "publications"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    """Film, target and place: what may stand there once, and no more."""
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    """Above one only where a person said that the one before is gone."""
    film_id: Mapped[str] = mapped_column(String(100), index=True)
    film_sha256: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(Text)
    """Channel, folder, bucket or address."""
    state: Mapped[str] = mapped_column(String(12), index=True)
    """``film.publish.journal.State``."""
    remote_id: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(Text, default="")
    metadata_hash: Mapped[str] = mapped_column(String(64), default="")
    """Of what the place says of the film now; empty until it was sent."""
    said: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The metadata of that hash."""
    memo: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the target needs to go on: the upload's address, which parts are there."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it goes without its disclosure, or out once more."""
    owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)
    __table_args__ = (UniqueConstraint("key", "attempt"),)


class QuotaCount(Base):
    """What a day's calls of a publishing account came to, a row a bucket: the one place where its limit is decided."""

    __tablename__ = "quota_counts"
    account: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(20), primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0)


index_words(Base.metadata.tables[AssetRow.__tablename__])
make_insert_only(Base.metadata.tables[LedgerEntry.__tablename__])
stamp_when_whole(Base.metadata)
