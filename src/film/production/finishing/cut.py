"""From finished shots to the film's file: a timeline of what was made, composed, and left alone when unchanged.

Beside ``attic-draft.mp4`` lies ``attic-draft.build.json``: what the film is made of, and its key. When the key
of what is asked for now is the same and the file is still the one that was written, nothing is encoded or joined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from film.cache import AssetCache, CachedAsset
from film.errors import ComposeError
from film.files.digests import sha256_of_file
from film.hashing import content_key
from film.models import SpokenWord
from film.planning.params import FilmParams
from film.planning.readings import reading_of, says, voice_of
from film.planning.results import CompletedShot
from film.production.finishing.captioning import with_captions, write_beside
from film.production.finishing.checking import check, sheet, told
from film.production.finishing.film_lock import turn_at
from film.production.finishing.look import with_look
from film.production.finishing.outputs import announce, read_manifest, write_manifest
from film.production.finishing.sealing import Seal, comment_of
from film.production.finishing.soundtrack import with_soundtrack
from film.production.finishing.titles import carried_over
from film.render import Composed, ComposeProgress, EncodeSettings, compose, mix, segments
from film.render.ambience import kind_for
from film.shots.shotfile import standard_rate
from film.timecode import first_timecode
from film.timeline import ShotCut, Slate, Source, SpokenTurn, Timeline, build_timeline

if TYPE_CHECKING:
    from film.render.encode import Encoder

MANIFEST = "film/1"


@dataclass(frozen=True)
class EncodeBackend:
    """Who encodes a film's pieces, and how many at once: this machine on all its cores, unless it says otherwise."""

    encoder: Encoder | None = None
    number: int | None = None


THIS_MACHINE = EncodeBackend()


def timeline_of(params: FilmParams, shots: Sequence[CompletedShot]) -> Timeline:
    """The cut list of a film's shots, each with the clip, or the still that stands in for it."""
    rate = film_rate(params, shots)
    cuts = carried_over([_cut(params, shot, rate) for shot in shots])
    timeline = build_timeline(
        cuts,
        rate=rate,
        width=params.width,
        height=params.height,
        transition_default=params.film.transition,
        transition_seconds=Fraction(params.film.transition_seconds),
        long_dialogue=params.film.long_dialogue,
        line_tail=Fraction(params.film.line_tail),
        title=params.title or params.film_id,
        comment=comment_of(params, shots),
    )
    timeline = replace(timeline, start_timecode=first_timecode(params.film.start_timecode, rate))
    return with_captions(with_soundtrack(with_look(timeline, params, cuts), params, shots), params)


def film_rate(params: FilmParams, shots: Sequence[CompletedShot]) -> Fraction:
    """The film's frames a second: as asked for, or as most of what is seen was made, so that least of it judders."""
    if not params.auto_rate:
        return params.rate
    seconds: dict[Fraction, Decimal] = {}
    for shot in shots:
        if shot.video and (made := Fraction(shot.video.details.get("frame_rate", 0))):
            rate = standard_rate(made)
            seconds[rate] = seconds.get(rate, Decimal(0)) + shot.shot.duration
    return max(seconds, key=lambda rate: (seconds[rate], -rate), default=params.rate)


def unchanged(
    timeline: Timeline, settings: EncodeSettings, path: Path, seal: Seal | None = None
) -> dict[str, Any] | None:
    """The manifest of the film at ``path`` when that is, to the byte, the film of ``timeline``; else None."""
    manifest = read_manifest(path)
    try:
        stat = path.stat()
    except OSError:
        return None
    if manifest is None:
        return None
    if manifest.get("key") != film_key(timeline, settings, seal) or manifest.get("size") != stat.st_size:
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
    on_wait: Callable[[], None],
    facts: dict[str, Any],
    seal: Seal | None = None,
    encoders: EncodeBackend = THIS_MACHINE,
) -> Composed | None:
    """Compose the film and write its manifest; blocks, so call it in a thread.

    None when another process, which was waited for after ``on_wait``, has just made this very film.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with turn_at(path, cache.gallery / "locks", should_stop=should_stop, on_wait=on_wait) as alive:
        if unchanged(timeline, settings, path, seal):
            return None

        def progress(at: ComposeProgress) -> None:
            alive()
            on_progress(at)

        announce(path)
        made = compose(
            timeline,
            cache.segments(),
            path,
            settings=settings,
            on_progress=progress,
            should_stop=should_stop,
            finish=seal.sign if seal else None,
            encoder=encoders.encoder,
            workers=encoders.number,
        )
        written = (read_manifest(path) or {}).get("captions", {})
        write_manifest(path, _manifest(timeline, settings, path, made, seal) | facts | {"captions": written})
    return made


def captions_beside(timeline: Timeline, path: Path, *, wanted: bool) -> list[str]:
    """Bring the captions' files beside a finished film up to date; what to tell."""
    manifest = read_manifest(path) or {}
    before: dict[str, str] = manifest.get("captions", {})
    try:
        written, notes = write_beside(path, timeline, wanted=wanted, written=before)
        if written != before:
            write_manifest(path, manifest | {"captions": written})
    except OSError as error:
        raise ComposeError(
            f"the captions could not be written beside {path.name}: {error.strerror or error}",
            hint="check the folder and the space on its disk, then run again: the film itself is done",
        ) from error
    return notes


def checked(path: Path, *, thorough: bool) -> str:
    """Look a newly written film over; what it came to, in one line, stands in the manifest from then on."""
    verdict = check(path, thorough=thorough)
    if manifest := read_manifest(path):
        write_manifest(path, manifest | {"checked": verdict})
    return told({"checked": verdict})


def was_checked(path: Path) -> str:
    """What it came to when the film was made."""
    return told(read_manifest(path))


def _manifest(
    timeline: Timeline, settings: EncodeSettings, path: Path, made: Composed, seal: Seal | None
) -> dict[str, Any]:
    stat = path.stat()
    return {
        "key": film_key(timeline, settings, seal),
        "sha256": sha256_of_file(path),
        "size": stat.st_size,
        "modified_ns": stat.st_mtime_ns,
        "frames": made.frames,
        "frame_rate": str(timeline.rate),
        "width": timeline.width,
        "height": timeline.height,
        **sheet(timeline, made),
    }


def film_key(timeline: Timeline, settings: EncodeSettings, seal: Seal | None = None) -> str:
    """The key of a finished film: its pieces, its sound, the words it carries, and what it says of itself."""
    sound = mix.plan(timeline)
    return content_key(
        MANIFEST,
        {
            "segments": [segment.key for segment in segments.plan(timeline, settings)],
            "mix": mix.key(sound, settings) if not sound.silent or settings.format != "web" else None,
            "rate": str(timeline.rate),
            "captions": [[c.start_frame, c.frames, c.text] for c in timeline.captions if timeline.captions_track],
            "language": timeline.captions_language if timeline.captions_track or timeline.lines else None,
            **({"timecode": timeline.start_timecode} if timeline.start_timecode else {}),
            "provenance": seal.key if seal else None,
            "title": timeline.title,
            "comment": timeline.comment,
            "chapters": [[c.title, c.start_frame, c.frames] for c in timeline.chapters],
        },
    )


def _cut(params: FilmParams, done: CompletedShot, rate: Fraction) -> ShotCut:
    shot = done.shot
    picture = done.shown
    assert picture is not None  # every shot has at least its stand-in by now
    number = f"{shot.shot_number:03d}" if shot.shot_number is not None else ""
    slate_number = number or shot.shot_id[:16]
    label = "  ".join(filter(None, (shot.shot_type.replace("-", " ").upper(), (shot.time_of_day or "").upper())))
    badge = "" if done.complete else "MISSING"
    if params.is_draft and not shot.title:  # a draft's words are as final as the film's
        badge = badge or "ANIMATIC"
    slate = Slate(slate_number, f"{label} · {shot.mood}" if shot.mood else label, shot.spoken, badge)
    speech = done.audio
    return ShotCut(
        shot_id=shot.shot_id,
        source=_source(picture),
        frames=max(1, round(Fraction(shot.duration) * rate)),
        seconds=Fraction(shot.duration),
        made_to_fit=bool(done.video) and says(picture, "made_to_fit"),
        source_frames=_source_frames(picture, rate),
        number=number,
        landscapes=shot.landscapes,
        time_of_day=shot.time_of_day or "",
        dialogue=shot.spoken or "",
        character=", ".join(dict.fromkeys(turn.character or "" for turn in shot.turns)) or shot.speaker or "",
        speech=_source(speech) if speech else None,
        speech_samples=int(speech.details["samples"]) if speech else 0,
        speech_rate=int(speech.details["sample_rate"]) if speech else 48_000,
        spoken=voice_of(speech) if speech else (),
        words=tuple(SpokenWord.model_validate(word) for word in speech.details.get("words", ())) if speech else (),
        turns=_turns(done),
        ambience=kind_for(shot.landscapes, "" if shot.title else shot.enhanced_prompt, shot.time_of_day),
        transition=shot.transition,
        transition_seconds=Fraction(shot.transition_seconds) if shot.transition_seconds else None,
        slate=slate if badge else None,
        fit=shot.fit or params.film.look.fit,
        title=shot.title.text if shot.title else "",
    )


def _turns(done: CompletedShot) -> tuple[SpokenTurn, ...]:
    """Who says what from when on, where the sound was joined from several voices."""
    starts: list[float] = done.audio.details.get("turns", []) if done.audio else []
    turns = done.shot.turns
    if len(starts) != len(turns):
        return ()
    return tuple(
        SpokenTurn(turn.character or "", turn.text, Fraction(start)) for turn, start in zip(turns, starts, strict=True)
    )


def _source_frames(asset: CachedAsset, rate: Fraction) -> int | None:
    """How many frames of the film a clip lasts; None for a still."""
    if asset.kind == "image":
        return None
    return max(1, floor(Fraction(asset.details["seconds"]) * rate + Fraction(1, 2)))


def _source(asset: CachedAsset) -> Source:
    kind = cast("Any", asset.kind)
    return Source(asset.sha256, asset.path, kind, reading_of(asset))
