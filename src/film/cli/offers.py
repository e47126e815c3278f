"""Near matches, as ``film plan`` and the spending question show them: a line to copy, never taken here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from film.cli.console import dollars, shorten

if TYPE_CHECKING:
    from film.app.offers import Offer, Offers

LINES = 8


def offer_lines(near: Offers) -> list[str]:
    """The best for each picture, clip and line, those that save most; and how many are left out, for room or time."""
    best = list(near.best())
    dearest = sorted(best, key=lambda offer: offer.instead_of_usd, reverse=True)[:LINES]
    lines = [_line(offer) for offer in best if offer in dearest]
    if len(near.matches) > len(lines):
        lines.append(f"{len(near.matches) - len(lines)} more are listed by film plan --json")
    if lines:
        lines = ["near to it in the library, and used only if a shot says so:", *(f"  {line}" for line in lines)]
    if near.unseen:
        lines.append(
            f"the time for looking was over before {near.unseen} cheaper ones had their turn: "
            "film assets similar SHOT --shots FILE looks for one"
        )
    return lines


def _line(offer: Offer) -> str:
    from film.app.models import KIND_WORDS

    shows = offer.shows or shorten(offer.prompt, 40)
    alike = "" if offer.alike is None else f", {offer.alike:.2f} alike"
    where = f"{offer.shot_id} {KIND_WORDS[offer.asset_type]}"
    return f'{where}: $0 instead of {dollars(offer.instead_of_usd)}: {shows}{alike} → "reuse": "{offer.reuse}"'
