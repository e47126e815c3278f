"""Compares what the vendors charged with what the gallery says: order by order, and to the micro-dollar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from benchmarks.strangers.galleries import Film, Gallery
from benchmarks.strangers.vendors.books import Line, account
from benchmarks.strangers.vendors.server import KEY

LISTING = ("fal", "replicate", "elevenlabs")
"""Vendors whose lists tell what became of an order."""
DENIED = ("lost", "refused", "failed", "cancelled", "canceled", "rejected", "unsent")
"""States in which a record without a bill says: this was not charged."""
ZERO = Decimal(0)


@dataclass
class Audit:
    """What came out.

    Parameters:
        orders: Lines of the invoice.
        invoice: What they come to.
        ledger: What the gallery says was spent.
        held: What of the invoice is on record as open, held, under review: quoted, not yet booked.
        reserved: What the gallery has set aside.
        lost: Lines that are nowhere on record.
        silent: Lines of a second order that is nowhere on record.
        shown: Lines of a second order that is on record.
        unresolved: Records that wait for a word, by state.
        quoted: What those were quoted at.
        assumed: What was booked for orders that nobody knows of, and that were bought again: it may not be charged.
        odd: What of all that is set aside is neither set aside nor under review, as ``film costs`` tells it.
        unasked: Orders that wait, although the vendor's list would tell what became of them.
        bricked: What does not answer any more; empty where all does.
        notes: What is worth reading.
    """

    orders: int = 0
    invoice: Decimal = ZERO
    ledger: Decimal = ZERO
    held: Decimal = ZERO
    reserved: Decimal = ZERO
    lost: int = 0
    silent: int = 0
    shown: int = 0
    unresolved: dict[str, int] = field(default_factory=dict[str, int])
    quoted: Decimal = ZERO
    assumed: Decimal = ZERO
    odd: Decimal = ZERO
    unasked: int = 0
    bricked: str = ""
    notes: list[str] = field(default_factory=list[str])

    @property
    def difference(self) -> Decimal:
        """What is charged and neither booked nor held."""
        return self.invoice - self.ledger - self.held + self.assumed

    @property
    def idle(self) -> Decimal:
        """What is set aside for nothing: nothing runs, and no order waits for it."""
        return max(ZERO, self.reserved - self.quoted)


def tag_of(line: Line, tags: Iterable[str]) -> str:
    """Find which shot a line of the invoice is about.

    Parameters:
        line: The line.
        tags: Ids of shots, each of which stands in its prompt and its line.
    """
    return next((tag for tag in tags if tag in line.text), "")


def open_of(record: Mapping[str, Any]) -> bool:
    """Say whether a record's bill is not settled.

    Parameters:
        record: A record of ``film jobs --all --json``.
    """
    return record.get("billed_usd") is None and record.get("state") not in DENIED


def admits(record: Mapping[str, Any]) -> bool:
    """Say whether a record says that something was, or may have been, charged.

    Parameters:
        record: A record of ``film jobs --all --json``.
    """
    return open_of(record) or Decimal(str(record.get("billed_usd") or 0)) > 0


def paid_and_lost(records: list[dict[str, Any]], film: str) -> list[dict[str, Any]]:
    """Find what was paid for and is not here, and that nothing else was bought for.

    Parameters:
        records: What ``film jobs --all --json`` says.
        film: Whose.
    """
    done = {(r["shot_id"], r["asset_type"]) for r in records if r["state"] == "done"}
    mine = [r for r in records if r["film_id"] == film and r["state"] != "done" and not open_of(r) and admits(r)]
    return [r for r in mine if (r["shot_id"], r["asset_type"]) not in done]


def compare(lines: list[Line], records: list[dict[str, Any]], tags: set[str], key: str = KEY) -> Audit:
    """Compare an invoice with the records of orders.

    Parameters:
        lines: The invoice.
        records: What ``film jobs --all --json`` says.
        tags: The ids of all shots.
        key: What the keys begin with: an order of another account cannot be asked for with them.
    """
    audit = Audit(orders=len(lines), invoice=sum((line.price for line in lines), ZERO))
    by_id = {str(r["vendor_job_id"]): r for r in records if r.get("vendor_job_id")}
    spare: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        if open_of(record):
            audit.quoted += Decimal(str(record["quoted_usd"] or 0))
            audit.unresolved[record["state"]] = audit.unresolved.get(record["state"], 0) + 1
        if not record.get("vendor_job_id"):
            spare[record["shot_id"], record["asset_type"]].append(record)
    seen: dict[str, int] = defaultdict(int)
    for line in sorted(lines, key=lambda n: n.job not in by_id):
        place = (tag_of(line, tags), line.kind)
        seen[line.digest] += 1
        record = by_id.get(line.job)
        if record is None:
            # Records of lost answers have no id of the vendor's: any that admits a charge will do.
            admitting = [r for r in spare[place] if admits(r)]
            record = admitting[0] if admitting else None
            if record is not None:
                spare[place].remove(record)
        if record is None or not admits(record):
            what = f"{line.vendor} {line.kind} {place[0]} ${line.price} {line.job}"
            if seen[line.digest] > 1 or sum(n.digest == line.digest for n in lines) > 1:
                audit.silent += 1
                audit.notes.append(f"paid twice in silence: {what}")
            else:
                audit.lost += 1
                audit.notes.append(f"charged and nowhere on record: {what}")
            continue
        if seen[line.digest] > 1:
            audit.shown += 1
        if record.get("billed_usd") is None:
            audit.held += line.price
            audit.unasked += line.vendor in LISTING and line.account == account(f"{key}-{line.vendor}")
    left = [record for place in spare.values() for record in place]
    audit.assumed = sum((Decimal(str(r["billed_usd"] or 0)) for r in left if r["state"] == "closed"), ZERO)
    return audit


async def audited(gallery: Gallery, films: list[Film], lines: list[Line]) -> Audit:
    """Compare an invoice with a gallery.

    Parameters:
        gallery: The gallery.
        films: Its films.
        lines: The invoice.
    """
    tags = {tag for film in films for tag in film.tags}
    records = await gallery.jobs()
    if records is None:
        audit = Audit(orders=len(lines), invoice=sum((line.price for line in lines), ZERO), bricked="film jobs")
        audit.lost = len(lines)
        return audit
    audit = compare(lines, records, tags)
    for film in films:
        costs = await gallery.costs(film)
        if costs is None:
            if any(record["film_id"] == film.name for record in records):
                audit.bricked = "film costs"
            continue
        audit.ledger += Decimal(str(costs["total_cost"]))
        audit.reserved += Decimal(str(costs["reserved"]))
        told = [Decimal(str(costs.get(name, 0))) for name in ("set_aside_usd", "under_review_usd")]
        audit.odd += abs(Decimal(str(costs["reserved"])) - sum(told, ZERO))
    checked = await gallery.run("fsck", "--json")
    said = checked.json()
    if not isinstance(said, dict):
        audit.bricked = audit.bricked or "film fsck"
    elif problems := cast("dict[str, Any]", said).get("problems"):
        audit.notes.append(f"fsck: {str(problems)[:300]}")
    return audit
