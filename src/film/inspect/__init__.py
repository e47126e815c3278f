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
from film.inspect.judge_captions import caption_findings
from film.inspect.judge_file import file_findings
from film.inspect.judge_frames import frame_findings
from film.inspect.judge_pictures import picture_findings
from film.inspect.judge_sound import sound_findings, target_of
from film.inspect.profiles import PROFILES, WEB, Profile, profile_named
from film.inspect.report import Facts, Finding, Report, Severity, in_order
from film.inspect.survey import Survey, Tick, survey
from film.media import type_of_film

__all__ = [
    "PROFILES",
    "Expected",
    "Facts",
    "Finding",
    "Profile",
    "Report",
    "Severity",
    "expected",
    "inspect_film",
    "profile_named",
]


def inspect_film(
    path: Path,
    *,
    loudness: float | None = None,
    profile: Profile | None = None,
    thorough: bool = True,
    plan: Expected | None = None,
    tick: Tick | None = None,
) -> Report:
    """Inspect a film file. Raises BadMedia for what is no film at all.

    Args:
        path: The film.
        loudness: The target in LUFS; by default the profile's, what its manifest says, or the web's.
        profile: The desk it goes to (``profile_named``); without one, the web's, with no loudness set.
        thorough: False looks at key frames only, and takes the loudness from the manifest.
        plan: Stands for the manifest beside the film where the caller knows better.
        tick: Called with the seconds that are looked at; raises to stop.
    """
    if not path.is_file():
        type_of_film(path)  # FFmpeg would wait for what a pipe is sent
    known, desk = plan or expected(path), profile or WEB
    try:
        seen = survey(path, thorough=thorough, loudness=thorough, tick=tick)
    except BadMedia:
        type_of_film(path)  # what is no film at all is told in other words than a film with faults
        if not _cut_short(path):
            raise
        what = "its index is not there, as in a file that was never finished: nothing of it can be shown"
        return Report(path, Facts(), (Finding("unreadable", "error", what, "make the film again, or fetch it again"),))
    found = [
        *file_findings(seen, known, desk),
        *frame_findings(seen, known, desk),
        *picture_findings(seen, known),
        *sound_findings(seen, known, target_of(known, loudness, profile), desk),
        *caption_findings(seen, desk),
        *(changes(path, known) if thorough else ()),
    ]
    return Report(
        path,
        _facts(seen, known, thorough),
        in_order(found),
        thorough,
        missing=tuple(shot_id for shot_id, _ in known.missing) if known else (),
        profile=profile.name if profile else "",
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
