"""The words to read: laid on the timeline, and as files beside the film.

    Timeline.lines ──(with_captions)──► Timeline.captions, Clip.captions ──► film
                                              └──(write_beside)──► film.srt, film.vtt

A file that somebody has edited is theirs: it is told from ours by the digest of what was written last, and left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from film.captions import captioned, srt, vtt
from film.files.bounds import open_plain
from film.files.own_files import fresh_beside
from film.models import Shot
from film.planning.params import FilmParams
from film.render.scripts import complaint
from film.timeline import Timeline

_LARGEST = 64 << 20
"""Bytes of captions that are read: those of 20,000 shots are a few million."""
_NO_FILE = b"\0"
"""Stands for what is no file: no captions begin so."""


def with_captions(timeline: Timeline, params: FilmParams) -> Timeline:
    """The timeline with what its lines are read as."""
    return captioned(timeline, params.film.captions)


def unwritable(timeline: Timeline, shots: Sequence[Shot] = ()) -> str | None:
    """What to tell of writing in the picture that no font here has letters for; titles may bring their own."""
    titles = (shot.title for shot in shots if shot.title)
    said = complaint("".join(dict.fromkeys(char for text in _drawn(timeline) for char in text)))
    return said or next(filter(None, (complaint(t.text, str(t.font) if t.font else "") for t in titles)), None)


def write_beside(
    film: Path, timeline: Timeline, *, wanted: bool, written: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Bring the files beside ``film`` up to date; what was written now, by name and digest, and what to tell.

    ``written`` is what an earlier call returned. Files of a film that has no captions any more are removed.
    """
    now: dict[str, str] = {}
    notes: list[str] = []
    for path, text in _files(film, timeline, wanted=wanted):
        before = _bytes_of(path)
        is_ours = before is None or _digest(before) == written.get(path.name)
        if text is None:
            if is_ours and before is not None:
                path.unlink()
            continue
        data = text.encode("utf-8")
        if data != before and not is_ours:
            notes.append(f"{path.name} was not written by this program, or edited since: it is left as it is")
            continue
        if data != before:
            temporary = fresh_beside(path)
            try:
                temporary.write_bytes(data)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
        now[path.name] = _digest(data)
    return now, notes


def _files(film: Path, timeline: Timeline, *, wanted: bool) -> Iterator[tuple[Path, str | None]]:
    there = wanted and timeline.captions
    yield film.with_suffix(".srt"), srt(timeline.captions, timeline.rate) if there else None
    language = timeline.captions_language
    yield film.with_suffix(".vtt"), vtt(timeline.captions, timeline.rate, language=language) if there else None


def _drawn(timeline: Timeline) -> Iterator[str]:
    for clip in timeline.clips:
        yield from (caption.text for caption in clip.captions)
        if clip.slate:
            yield from filter(None, (clip.slate.number, clip.slate.label, clip.slate.dialogue, clip.slate.badge))


def _bytes_of(path: Path) -> bytes | None:
    """None where there is nothing. What is no file, or far larger than captions are, is not ours, whatever it holds."""
    try:
        with open_plain(path) as file:
            return file.read(_LARGEST)
    except FileNotFoundError:
        return None
    except OSError:
        return _NO_FILE


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
