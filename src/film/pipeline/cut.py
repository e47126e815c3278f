"""From finished shots to the film's file: a timeline of what was made, composed, and left alone when unchanged.

Beside ``attic-draft.mp4`` lies ``attic-draft.build.json``: what the film is made of, and its key. When the key
of what is asked for now is the same and the file is still the one that was written, nothing is encoded or joined.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any, cast

from film.cache import AssetCache, CachedAsset
from film.compose import Composed, ComposeProgress, EncodeSettings, compose, mix, segments
from film.compose.ambience import kind_for
from film.errors import StoreError
from film.hashing import content_key, sha256_of_file
from film.pipeline.params import FilmParams
from film.pipeline.results import CompletedShot
from film.timeline import ShotCut, Slate, Source, Timeline, TransitionDefault, build_timeline

MANIFEST = "film/1"


def timeline_of(params: FilmParams, shots: Sequence[CompletedShot]) -> Timeline:
    """The cut list of a film's shots, each with the clip, or the still that stands in for it."""
    return build_timeline(
        [_cut(params, shot) for shot in shots],
        rate=params.rate,
        width=params.width,
        height=params.height,
        transition_default=cast(TransitionDefault, params.transition),
        title=params.title or params.film_id,
        comment="Animatic: storyboard panels, drawn and spoken by film-generation" if params.is_draft else "",
    )


def film_path(params: FilmParams, films: Path) -> Path:
    """Where the film goes; a link in the gallery is refused, since it would lead out of it."""
    if params.output:
        return params.output.expanduser().absolute()
    for folder in (films, films / params.film_id):
        if folder.is_symlink():
            raise StoreError(f"{folder} is a link, where the gallery keeps a folder", hint="remove it, or use --output")
    return (films / params.film_id / params.file_name).absolute()


def unchanged(timeline: Timeline, settings: EncodeSettings, path: Path) -> dict[str, Any] | None:
    """The manifest of the film at ``path`` when that is, to the byte, the film of ``timeline``; else None."""
    try:
        manifest: dict[str, Any] = json.loads(_manifest_path(path).read_text("utf-8"))
        stat = path.stat()
    except (OSError, ValueError):
        return None
    if manifest.get("key") != film_key(timeline, settings) or manifest.get("size") != stat.st_size:
        return None
    if manifest.get("modified_ns") != stat.st_mtime_ns and manifest.get("sha256") != sha256_of_file(path):
        return None
    return manifest


def compose_film(
    timeline: Timeline,
    cache: AssetCache,
    path: Path,
    settings: EncodeSettings,
    *,
    on_progress: Callable[[ComposeProgress], None],
    should_stop: Callable[[], bool],
    facts: dict[str, Any],
) -> Composed:
    """Compose the film and write its manifest; blocks, so call it in a thread."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = compose(
        timeline, cache.segments(), path, settings=settings, on_progress=on_progress, should_stop=should_stop
    )
    stat = path.stat()
    manifest = {
        "key": film_key(timeline, settings),
        "sha256": sha256_of_file(path),
        "size": stat.st_size,
        "modified_ns": stat.st_mtime_ns,
        "frames": made.frames,
        "frame_rate": str(timeline.rate),
        "width": timeline.width,
        "height": timeline.height,
        **facts,
    }
    temporary = _manifest_path(path).with_suffix(".tmp")
    temporary.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")
    temporary.replace(_manifest_path(path))
    return made


def film_key(timeline: Timeline, settings: EncodeSettings) -> str:
    """The key of a finished film: its pieces, its sound and the words it carries."""
    sound = mix.plan(timeline)
    return content_key(
        MANIFEST,
        {
            "segments": [segment.key for segment in segments.plan(timeline, settings)],
            "mix": None if sound.silent else mix.key(sound, settings),
            "rate": str(timeline.rate),
            "title": timeline.title,
            "comment": timeline.comment,
            "chapters": [[c.title, c.start_frame, c.frames] for c in timeline.chapters],
        },
    )


def _cut(params: FilmParams, done: CompletedShot) -> ShotCut:
    shot = done.shot
    picture = done.video or done.stand_in
    assert picture is not None  # every shot has at least its stand-in by now
    number = f"{shot.shot_number:03d}" if shot.shot_number is not None else ""
    slate_number = number or shot.shot_id[:16]
    label = "  ".join(filter(None, (shot.shot_type.replace("-", " ").upper(), (shot.time_of_day or "").upper())))
    badge = "" if done.complete else "MISSING"
    if params.is_draft:
        badge = badge or "ANIMATIC"
    slate = Slate(slate_number, f"{label} · {shot.mood}" if shot.mood else label, shot.spoken, badge)
    speech = done.audio
    return ShotCut(
        shot_id=shot.shot_id,
        source=_source(picture),
        frames=max(1, round(Fraction(str(shot.duration)) * params.rate)) if not done.video else _frames(params, done),
        source_frames=_source_frames(picture, params.rate),
        number=number,
        landscapes=shot.landscapes,
        time_of_day=shot.time_of_day or "",
        dialogue=shot.spoken or "",
        character=shot.speaker or "",
        speech=_source(speech) if speech else None,
        speech_samples=int(speech.details["samples"]) if speech else 0,
        speech_rate=int(speech.details["sample_rate"]) if speech else 48_000,
        ambience=kind_for(shot.landscapes, shot.enhanced_prompt, shot.time_of_day),
        transition=shot.transition,
        slate=slate if badge else None,
    )


def _frames(params: FilmParams, done: CompletedShot) -> int:
    """How long the shot wants to be: as asked for, or as long as a clip that was made here to fit its line."""
    wanted = max(1, round(Fraction(str(done.shot.duration)) * params.rate))
    return max(wanted, _stretched(params, done) or 0)


def _stretched(params: FilmParams, done: CompletedShot) -> int | None:
    """The frames of a clip that was made here, longer than asked for, to fit its line."""
    clip = done.video
    return _source_frames(clip, params.rate) if clip and clip.provider == "draft" and done.audio else None


def stretched(params: FilmParams, shots: Sequence[CompletedShot]) -> list[str]:
    """What to tell of shots that got the time their line takes."""
    return [
        f"{s.shot_id}: {float(s.shot.duration):g} s were asked for, its line takes {frames / float(params.rate):.1f} s"
        for s in shots
        if (frames := _stretched(params, s)) and frames > float(s.shot.duration) * float(params.rate) + 1
    ]


def _source_frames(asset: CachedAsset, rate: Fraction) -> int | None:
    """How many frames of the film a clip lasts; None for a still."""
    if asset.kind == "image":
        return None
    return max(1, floor(Fraction(asset.details["seconds"]) * rate + Fraction(1, 2)))


def _source(asset: CachedAsset) -> Source:
    kind = cast("Any", asset.kind)
    return Source(asset.sha256, asset.path, kind)


def _manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.build.json")
