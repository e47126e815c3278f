"""Looks a finished film over as a careful editor would, and says what is wrong, where, and what to do about it.

    inspect_film(path) ──► survey      one pass: packets, pictures, sound
                       ──► expected    what the build manifest beside it says it should be
                       ──► judge       findings: error, warning, note
                       ──► Report      a line, a page, or JSON

Any film that ``film.media`` opens can be inspected; one that ``film make`` wrote is held against its plan as well.
"""

from __future__ import annotations

from pathlib import Path

from film.errors import BadMedia
from film.inspect.boxes import layout
from film.inspect.changes import changes
from film.inspect.expected import Expected, expected
from film.inspect.judge_file import file_findings
from film.inspect.judge_pictures import picture_findings
from film.inspect.judge_sound import sound_findings, target_of
from film.inspect.report import Facts, Finding, Report, Severity, in_order
from film.inspect.survey import Survey, Tick, survey
from film.media import type_of_film

__all__ = ["Expected", "Facts", "Finding", "Report", "Severity", "expected", "inspect_film"]


def inspect_film(
    path: Path,
    *,
    loudness: float | None = None,
    thorough: bool = True,
    plan: Expected | None = None,
    tick: Tick | None = None,
) -> Report:
    """Inspect a film file. ``loudness`` is the target in LUFS, by default what its manifest says, or the web's.

    ``thorough=False`` looks at key frames only and takes the loudness from the manifest. ``plan`` stands for the
    manifest beside the film where the caller knows better. Raises BadMedia for what is no film at all.
    """
    if not path.is_file():
        type_of_film(path)  # FFmpeg would wait for what a pipe is sent
    known = plan or expected(path)
    try:
        seen = survey(path, thorough=thorough, loudness=thorough, tick=tick)
    except BadMedia:
        type_of_film(path)  # what is no film at all is told in other words than a film with faults
        if not _cut_short(path):
            raise
        what = "its index is not there, as in a file that was never finished: nothing of it can be shown"
        return Report(path, Facts(), (Finding("unreadable", "error", what, "make the film again, or fetch it again"),))
    found = [
        *file_findings(seen, known),
        *picture_findings(seen, known),
        *sound_findings(seen, known, target_of(known, loudness)),
        *(changes(path, known) if thorough else ()),
    ]
    return Report(
        path,
        _facts(seen, known, thorough),
        in_order(found),
        thorough,
        missing=tuple(shot_id for shot_id, _ in known.missing) if known else (),
    )


def _cut_short(path: Path) -> bool:
    """Whether what cannot be opened was once an MP4."""
    try:
        boxes = layout(path)
    except OSError:
        return False
    return boxes is not None and (not boxes.has_index or boxes.short_by > 0)


def _facts(seen: Survey, known: Expected | None, thorough: bool) -> Facts:
    heard = seen.heard
    integrated = heard.integrated if heard else None
    if heard and not thorough and known:
        integrated = known.mixed
    return Facts(
        width=seen.width,
        height=seen.height,
        rate=seen.timing.rate,
        frames=seen.timing.frames,
        seconds=seen.timing.stop - seen.timing.start,
        video_codec=seen.video_codec,
        audio_codec=seen.audio_codec,
        sample_rate=seen.sample_rate,
        channels=seen.channels,
        integrated=integrated,
        loudness_range=heard.loudness_range if heard else None,
        true_peak=heard.true_peak if heard else None,
        container=seen.container,
    )
