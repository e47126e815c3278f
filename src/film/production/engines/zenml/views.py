"""What ZenML's dashboard shows of a film: its facts, its costs as a table, its shots on a sheet.

HTML without scripts; names are shown as they are written. Prompts are in none of it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from html import escape
from typing import Any

from film.errors import usd
from film.export.contact_sheet import contact_sheet
from film.planning.params import FilmParams
from film.planning.results import FilmResult
from film.production.engines.zenml.work import Costs
from film.production.finishing.cut import timeline_of

MOST_SHOTS = 120
"""On a sheet: of a longer film ``film export`` makes the pages."""
_STYLE = (
    "<style>body{font:14px system-ui,sans-serif;margin:24px}table{border-collapse:collapse;margin:0 0 24px}"
    "caption{text-align:left;font-weight:600;padding:0 0 6px}td,th{padding:3px 18px 3px 0;text-align:left}"
    "td:last-child{text-align:right;font-variant-numeric:tabular-nums}tr+tr{border-top:1px solid #8884}"
    "img{width:100%;max-width:1200px}</style>"
)


def facts(result: FilmResult) -> dict[str, Any]:
    """The film in numbers, as JSON can carry them."""
    return {
        "path": str(result.path),
        "film_id": result.film_id,
        "seconds": round(float(result.seconds), 3),
        "shots": len(result.shots),
        "shots_made": result.shots_made,
        "shots_reused": result.shots_reused,
        "missing": {shot.shot_id: str(shot.error) for shot in result.failed},
        "cost_usd": str(result.cost_usd),
        "saved_usd": str(result.saved_usd),
        "segments_made": result.segments_made,
        "segments_reused": result.segments_reused,
        "unchanged": result.unchanged,
        "checked": result.checked,
    }


def cost_table(film_id: str, costs: Costs) -> str:
    """What the film has cost so far, by provider and by shot."""
    limit = "none" if costs.limit is None else usd(costs.limit)
    sums = {"spent": usd(costs.total), "set aside": usd(costs.reserved), "saved by reuse": usd(costs.saved)}
    return _STYLE + "".join(
        [
            _table(film_id, {**sums, "limit": limit}),
            _table("By provider", {name: usd(amount) for name, amount in costs.by_provider.items()}),
            _table("By shot", {name: usd(amount) for name, amount in costs.by_shot.items()}),
        ]
    )


def sheet(params: FilmParams, result: FilmResult) -> str:
    """A picture of each shot as the film shows it, missing ones marked; blocks."""
    if len(result.shots) > MOST_SHOTS:
        return f"{_STYLE}<p>{len(result.shots)} shots are too many for a page: film export makes the sheets."
    pages: list[str] = []
    for page in contact_sheet(timeline_of(params, result.shots), draft=params.is_draft):
        out = io.BytesIO()
        page.save(out, "JPEG", quality=85)
        pages.append(f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}">')
    missing = {shot.shot_id: str(shot.error) for shot in result.failed}
    return _STYLE + (_table("Missing", missing) if missing else "") + "".join(pages)


def _table(caption: str, rows: Mapping[str, str]) -> str:
    if not rows:
        return ""
    lines = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows.items())
    return f"<table><caption>{escape(caption)}</caption>{lines}</table>"
