"""Captions of whole films: in time, one at a time, in exact frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st
from spoken import RATE, film, lines_of, shot

from film.captions import captioned
from film.captions.cues import GAP, READING_SPEED, captions_of
from film.captions.text import LINE, clean, width
from film.models import SpokenWord
from film.shots.filmfile import CaptionSettings
from film.timeline import Line, Timeline

LONG = (
    "I haven't been up here in years... The dust, the boxes, all of it exactly where she left it, as if she'd only "
    "gone down to make tea."
)
talk = st.lists(
    st.tuples(
        st.one_of(st.just(""), st.text("abc def. ghi, jkl! 明日", max_size=180)),
        st.floats(0.1, 12),
        st.floats(1, 8),
        st.sampled_from(["emma", "old_keeper", ""]),
    ),
    min_size=1,
    max_size=6,
)
rates = st.sampled_from([Fraction(24), Fraction(25), Fraction(30_000, 1001), Fraction(60), Fraction(8)])


@settings(max_examples=120, deadline=None)
@given(talk, rates, st.booleans())
def test_captions_of_any_film_can_be_read_one_after_the_other(
    said: list[tuple[str, float, float, str]], rate: Fraction, speakers: bool
) -> None:
    cuts = [
        shot(n, text, said_in=takes, seconds=seconds, character=who)
        for n, (text, takes, seconds, who) in enumerate(said)
    ]
    timeline = film(*cuts, rate=rate)
    found = captions_of(timeline, speakers=speakers)
    at = -GAP
    for number, caption in enumerate(found):
        assert caption.start_frame >= at + GAP
        at = caption.start_frame + caption.frames
        assert at <= timeline.frames
        later = found[number + 1].start_frame if number + 1 < len(found) else timeline.frames + GAP
        room = later - GAP - caption.start_frame
        assert caption.frames >= min(ceil(rate), room)
        assert len(caption.text.split("\n")) <= 2
        assert all(width(line) <= LINE for line in caption.text.split("\n"))
    if not speakers:
        shown = "".join("".join(lines_of([c.text for c in found])).replace("- ", "").split())
        assert shown.replace("-", "") == "".join("".join(clean(text) for text, *_ in said).split())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.text("ab ", max_size=20)), max_size=8))
def test_lines_that_overlap_are_still_read_one_at_a_time(placed: list[tuple[int, int, str]]) -> None:
    timeline = film(shot(1, "", seconds=5))
    line = film(shot(1, "x")).lines[0]
    lines = tuple(replace(line, start_frame=at, frames=length, text=text) for at, length, text in placed)
    found = captions_of(replace(timeline, lines=lines))
    for before, after in pairwise(found):
        assert before.start_frame + before.frames + GAP <= after.start_frame
    assert all(c.frames >= 1 and c.start_frame + c.frames <= timeline.frames for c in found)


def test_a_caption_begins_with_its_first_word() -> None:
    spoken = (SpokenWord(word="Now.", start=1.5, end=2),)
    timeline = film(shot(1, "Now.", said_in=4, seconds=6, words=spoken))
    (caption,) = captions_of(timeline)
    assert caption.start_frame == timeline.lines[0].start_frame + 36


def test_it_stays_long_enough_to_be_read_where_there_is_silence_after_it() -> None:
    text = "Everybody out, the roof is coming down right now, run!"
    (caption,) = captions_of(film(shot(1, text, said_in=1, seconds=8)))
    assert caption.frames >= ceil(width(text) * RATE / READING_SPEED)


def test_it_does_not_hang_over_a_cut_without_need() -> None:
    timeline = film(shot(1, LONG[:34], said_in=2.4, seconds=2.95), shot(2, "", seconds=4))
    (caption,) = captions_of(timeline)
    assert caption.start_frame + caption.frames == timeline.starts[1] - GAP


def test_short_gaps_are_closed() -> None:
    first, second, *_ = captions_of(film(shot(1, LONG, seconds=4)))
    assert second.start_frame - first.start_frame - first.frames == GAP


def test_two_short_lines_that_follow_each_other_at_once_stand_together() -> None:
    timeline = film(
        shot(1, "Now?", said_in=0.3, seconds=1), shot(2, "Now.", said_in=0.3, character="tom"), shot(3, "", seconds=3)
    )
    together = captions_of(timeline)
    assert [caption.text for caption in together] == ["- Now?\n- Now."]
    assert together[0].speaker == ""


def test_speakers_are_named_when_they_change() -> None:
    timeline = film(
        shot(1, "They should be back.", seconds=3),
        shot(2, "By now, yes.", seconds=3),
        shot(3, "They will come.", seconds=3, character="old_keeper"),
    )
    assert [c.text for c in captions_of(timeline, speakers=True)] == [
        "EMMA: They should be back.",
        "By now, yes.",
        "OLD KEEPER: They will come.",
    ]


def test_markup_in_dialogue_is_text() -> None:
    text = r"{\an8}<b>Why</b> --> & that?"
    assert captions_of(film(shot(1, text, seconds=4)))[0].text.replace("\n", " ") == text


def slated(text: str = LONG, **more: object) -> Timeline:
    return film(shot(1, text, seconds=4, slated=True, **more), shot(2, "Yes.", seconds=3, slated=True))  # pyright: ignore


def test_dialogue_that_a_slate_cannot_hold_is_paged_over_the_whole_shot() -> None:
    timeline = captioned(slated(), CaptionSettings())
    clip, short = timeline.clips
    assert clip.slate and short.slate
    pages = clip.slate.pages
    assert pages[0].start_frame == 0
    assert pages[-1].start_frame + pages[-1].frames == clip.frames
    assert " ".join(page.text for page in pages) == f"“{LONG}”"
    assert pages[1].start_frame == timeline.captions[1].start_frame
    assert short.slate.pages == ()


def test_a_slate_without_speech_turns_its_pages_over_the_shot() -> None:
    clip = captioned(slated(spoken=False), CaptionSettings()).clips[0]
    assert clip.slate
    assert [page.start_frame > 0 for page in clip.slate.pages] == [False, True]


def test_burnt_in_captions_stand_in_the_clips_and_slates_leave_the_words_to_them() -> None:
    timeline = captioned(slated(), CaptionSettings(burn_in=True))
    clip = timeline.clips[0]
    assert [c.text for c in clip.captions] == [c.text for c in timeline.captions[:2]]
    assert clip.slate and clip.slate.dialogue is None and clip.slate.pages == ()
    assert all(c.start_frame + c.frames <= clip.frames for c in clip.captions)


def test_what_is_burnt_in_over_a_transition_stands_in_both_clips() -> None:
    timeline = film(shot(1, LONG, seconds=4), shot(2, "", seconds=4))
    line: Line = timeline.lines[0]
    late = replace(timeline, lines=(replace(line, start_frame=timeline.starts[1] - 20, shot_id="shot_1"),))
    first, second = captioned(late, CaptionSettings(burn_in=True)).clips
    assert first.captions[-1].start_frame + first.captions[-1].frames == first.frames
    assert second.captions[0].start_frame == 0
    assert second.captions[0].text == first.captions[-1].text


def test_without_captions_there_are_none() -> None:
    timeline = captioned(slated(), CaptionSettings(files=False, track=False))
    assert timeline.captions == ()
    assert timeline.clips[0].captions == ()


def test_burning_in_alone_leaves_no_soft_captions() -> None:
    timeline = captioned(slated(), CaptionSettings(files=False, track=False, burn_in=True))
    assert timeline.captions == ()
    assert timeline.clips[0].captions
