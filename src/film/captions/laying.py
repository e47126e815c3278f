"""Lays captions on a timeline: for the files and the soft track, burnt into its clips, and on the slates of a draft.

    Timeline + CaptionSettings ──(captioned)──► Timeline.captions, Clip.captions, Slate.pages

A slate shows its shot's dialogue as long as the shot lasts. Dialogue that does not fit on it at once is paged like
captions; where captions are burnt in, the slate leaves the words to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from film.captions.cues import captions_of, cues_of
from film.captions.moments import SECOND, heard
from film.captions.pages import pages
from film.captions.text import clean
from film.shots.filmfile import CaptionSettings
from film.timeline import Caption, Clip, Line, Timeline


def captioned(timeline: Timeline, settings: CaptionSettings) -> Timeline:
    """The timeline with its words to read, wherever ``settings`` want them."""
    wanted = settings.files or settings.track or settings.burn_in
    captions = captions_of(timeline, speakers=settings.speakers) if wanted else ()
    lines = {line.shot_id: line for line in timeline.lines}
    clips = tuple(
        _burnt(clip, start, captions) if settings.burn_in else _paged(clip, start, lines.get(clip.shot_id), timeline)
        for clip, start in zip(timeline.clips, timeline.starts, strict=True)
    )
    return replace(
        timeline,
        clips=clips,
        captions=captions if settings.files or settings.track else (),
        captions_track=settings.track,
        captions_language=settings.language,
    )


def _burnt(clip: Clip, start: int, captions: Sequence[Caption]) -> Clip:
    """The clip with what is read while it is on screen, counted from its first frame."""
    return replace(
        clip,
        captions=tuple(_within(captions, start, clip.frames)),
        slate=replace(clip.slate, dialogue=None, pages=()) if clip.slate else None,
    )


def _within(captions: Sequence[Caption], start: int, frames: int) -> Iterator[Caption]:
    for caption in captions:
        first = max(caption.start_frame - start, 0)
        stop = min(caption.start_frame + caption.frames - start, frames)
        if first < stop:
            yield replace(caption, start_frame=first, frames=stop - first)


def _paged(clip: Clip, start: int, line: Line | None, timeline: Timeline) -> Clip:
    if not (clip.slate and clip.slate.dialogue):
        return clip
    turned = _turns(clip, start, line, timeline)
    if len(turned) < 2:
        return clip
    begins = [0, *(first for first, _ in turned[1:]), clip.frames]
    texts = [text for _, text in turned]
    texts[0], texts[-1] = f"“{texts[0]}", f"{texts[-1]}”"
    shown = tuple(
        Caption(first, stop - first, text)
        for (first, stop), text in zip(pairwise(begins), texts, strict=True)
        if first < stop
    )
    return replace(clip, slate=replace(clip.slate, pages=shown))


def _turns(clip: Clip, start: int, line: Line | None, timeline: Timeline) -> list[tuple[int, str]]:
    """The pages of a clip's dialogue, and the frame of the clip that each begins at: as heard, or evenly in silence."""
    if line:
        cues = cues_of(line, timeline.rate, (start, start + clip.frames))
        return [(min(cue.start - start, clip.frames), cue.plain) for cue in cues]
    text = clean((clip.slate and clip.slate.dialogue) or "")
    moments = heard(text, (), clip.frames / timeline.rate)
    return [
        (int(moments[page.start] * timeline.rate / SECOND), text[page.start : page.stop].strip())
        for page in pages(text, moments)
    ]
