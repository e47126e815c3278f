"""The word of a film's user about orders of which only the vendor's page can tell."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from benchmarks.strangers.audit import ZERO, open_of, paid_and_lost, tag_of
from benchmarks.strangers.galleries import MADE, Ended, Film, Gallery
from benchmarks.strangers.vendors.books import Books, Line


class Word:
    """Gives it truthfully.

    Parameters:
        gallery: The gallery.
        books: The vendors' books, which their pages show.
        films: All films of the gallery.
    """

    def __init__(self, gallery: Gallery, books: Books, films: Sequence[Film]) -> None:
        self.gallery = gallery
        self.books = books
        self.tags = {tag for film in films for tag in film.tags}

    async def given(self, film: Film, limit: Decimal) -> Ended | None:
        """Settle each order that waits, and make the film; none where it is finished then, else how the last run ended.

        What is bought again by that word is paid twice, so the limit is raised by it.

        Parameters:
            film: The film.
            limit: What it may cost without.
        """
        records = await self.gallery.jobs() or []
        known = {str(record["vendor_job_id"]) for record in records if record.get("vendor_job_id")}
        spare = [line for line in self.books.invoice() if line.job not in known]
        more = ZERO
        for record in records:
            if not open_of(record):
                if record.get("billed_usd") is not None and not record.get("vendor_job_id"):
                    self._take(spare, record)
                continue
            line = next((n for n in self.books.invoice() if n.job == record.get("vendor_job_id")), None)
            line = line or self._take(spare, record)
            more += line.price if line else ZERO
            await self._say(record["id"], line)
        for record in paid_and_lost(records, film.name):
            more += Decimal(str(record["quoted_usd"]))
            await self.gallery.run("jobs", "resolve", record["id"], "--rebuy")
        ended = Ended(1)
        for _ in range(2):
            ended = await self.gallery.run(*self.gallery.making(film, limit + more))
            if ended.code in MADE:
                return None
        return ended

    async def _say(self, record: str, line: Line | None) -> None:
        """Say of an order what the vendor's page shows: made, to be fetched or bought again; or not made.

        Parameters:
            record: Its id.
            line: What was charged for it; none where nothing was.
        """
        for word in ("--fetch", "--rebuy") if line else ("--not_charged",):
            if (await self.gallery.run("jobs", "resolve", record, word)).code == 0:
                return

    def _take(self, spare: list[Line], record: dict[str, Any]) -> Line | None:
        for line in spare:
            if line.kind == record["asset_type"] and tag_of(line, self.tags) == record["shot_id"]:
                spare.remove(line)
                return line
        return None
