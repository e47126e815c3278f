"""Looking over what was newly written: the plan goes into the film's manifest, the verdict too, and one line is told.

    Timeline, Composed ──(sheet)──► manifest: where each shot lies, what is held, how loud the mix is
    film.mp4           ──(check)──► inspect, against that sheet ──► manifest: "checked"

A film of the paid tiers is looked at frame by frame. A draft is made to be looked at now, so only its sound, its
packets and its key frames are. What is unchanged was checked when it was made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from film.errors import BadMedia
from film.planning.params import FilmParams
from film.render import Composed
from film.timeline import Timeline


def sheet(timeline: Timeline, made: Composed) -> dict[str, Any]:
    """What ``film.inspect.expected`` reads beside the film's size and rate."""
    joins = [*timeline.transitions, None]
    sound: dict[str, Any] = {
        "present": made.loudness is not None,
        "true_peak_limit": float(timeline.target.true_peak),
    }
    if timeline.lines:
        sound["spoken"] = True
    if made.loudness:
        sound["integrated"] = round(made.loudness.integrated, 2)
    if timeline.target.loudness is not None:
        sound["target"] = float(timeline.target.loudness)
    spoken = {line.shot_id for line in timeline.lines}
    return {
        "clips": [
            {
                "shot_id": clip.shot_id,
                "start": start,
                "frames": clip.frames,
                **({"hold": clip.hold} if clip.hold else {}),
                "spoken": clip.shot_id in spoken,
                **({"still": True} if clip.source.kind == "image" else {}),
                **({"title": True} if clip.title else {}),
                **({"speed": str(clip.speed)} if clip.speed != 1 else {}),
                **({"join": join.kind, "join_frames": join.frames} if join and join.frames else {}),
            }
            for clip, start, join in zip(timeline.clips, timeline.starts, joins, strict=True)
        ],
        "sound": sound,
    }


def asked(params: FilmParams) -> dict[str, Any]:
    """What the film was asked to be, so that it can be cut again from its id alone; its shots are in the database."""
    wanted = {"tier", "choices", "width", "height", "rate", "auto_rate", "title", "film", "source"}
    document = params.model_dump(mode="json", include=wanted)
    document["film"].pop("provenance")  # who signs is not part of the cut
    return document


def check(path: Path, *, thorough: bool) -> dict[str, Any]:
    """The inspection's document for a film that was just written; what cannot be opened is a finding of it."""
    from film.inspect import inspect_film

    try:
        return inspect_film(path, thorough=thorough).as_document()
    except BadMedia as error:
        return {"clean": False, "errors": 1, "summary": f"1 error: {error.message}"}


def told(manifest: dict[str, Any] | None) -> str:
    """What an earlier check of a film came to, in one line; empty where there was none."""
    verdict: Any = (manifest or {}).get("checked")
    summary: Any = cast("dict[str, Any]", verdict).get("summary") if isinstance(verdict, dict) else ""
    return summary if isinstance(summary, str) else ""
