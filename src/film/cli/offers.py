"""Near matches, as ``film plan`` and the spending question show them: a line to copy, never taken here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from film.cli.console import dollars, shorten

if TYPE_CHECKING:
    from film.planning.near_matches import NearMatch, NearMatches
    from film.planning.plan import FilmPlan
    from film.planning.services import Services

LINES = 8
_KINDS = {"image": "picture", "video": "clip", "audio": "speech"}


def offers(plan: FilmPlan, services: Services) -> NearMatches | None:
    """What comes near to the shots about to be bought; where nothing is bought, None, and nothing is loaded."""
    if not plan.at_most:
        return None
    from film.planning.near_matches import near_matches

    return near_matches(plan, services)


def offer_lines(near: NearMatches | None) -> list[str]:
    """The best for each picture, clip and line, those that save most; and how many are left out, for room or time."""
    if near is None:
        return []
    best: dict[tuple[str, str], NearMatch] = {}
    for match in near:
        best.setdefault((match.shot_id, match.asset.asset_type), match)
    dearest = sorted(best.values(), key=lambda match: match.instead_of, reverse=True)[:LINES]
    lines = [_line(match) for match in best.values() if match in dearest]
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


def offer_document(match: NearMatch) -> dict[str, Any]:
    asset = match.asset
    return {
        "reuse": asset.asset_id,
        "instead_of_usd": str(match.instead_of),
        "alike": None if match.alike is None else round(match.alike, 4),
        "same_scene": match.same_scene,
        "prompt": asset.prompt,
        "characters": list(asset.characters),
        "landscapes": list(asset.landscapes),
        "shot_type": asset.shot_type,
        "time_of_day": asset.time_of_day,
    }


def _line(match: NearMatch) -> str:
    asset = match.asset
    shows = match.shows or shorten(asset.prompt, 40)
    alike = "" if match.alike is None else f", {match.alike:.2f} alike"
    where = f"{match.shot_id} {_KINDS[asset.asset_type]}"
    return f'{where}: $0 instead of {dollars(match.instead_of)}: {shows}{alike} → "reuse": "{asset.asset_id}"'
