"""Pages keep every word, fit their lines, and break where a reader would breathe."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.captions.moments import SECOND, heard
from film.captions.pages import Page, pages
from film.captions.text import LINE, clean, width
from film.models import SpokenWord

LONG = (
    "When the train leaves at dawn, nobody on the platform will remember who we were, or what we promised. "
    "Mr. Hale knew. He always knew."
)
JAPANESE = (
    "明日の朝、列車が出るころには、駅にいる誰も私たちのことを覚えていないでしょう。約束したことも忘れてしまうのです。"
)
words = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=12)
sentences = st.lists(words, min_size=1, max_size=40).map(" ".join)


def paged(text: str, seconds: float | None = None) -> list[Page]:
    text = clean(text)
    return pages(text, heard(text, (), Fraction(seconds if seconds is not None else len(text) / 15)))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), sentences, st.text("明日の朝、列車がfilm 。「」", max_size=120)))
def test_nothing_is_lost_and_every_line_fits(text: str) -> None:
    found = paged(text)
    assert "".join("".join(page.lines) for page in found).replace(" ", "") == clean(text).replace(" ", "")
    for page in found:
        assert 1 <= len(page.lines) <= 2
        for line in page.lines:
            assert line == line.strip() != ""
            assert width(line) <= LINE


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text("abcdefghij", min_size=2, max_size=12), min_size=4, max_size=40).map(" ".join))
def test_no_line_is_a_lone_word(text: str) -> None:
    for page in paged(text):
        assert all(" " in line for line in page.lines)


def test_lines_break_at_sense() -> None:
    assert [page.text for page in paged(LONG)] == [
        "When the train leaves at dawn, nobody\non the platform will remember who we were,",
        "or what we promised.\nMr. Hale knew. He always knew.",
    ]


def test_a_page_ends_with_a_sentence_rather_than_full() -> None:
    found = paged(f"{LONG[:-1]}, and he never said a word about it to anyone in this town.")
    assert found[1].text == "or what we promised. Mr. Hale knew."


def test_a_line_does_not_end_with_an_article() -> None:
    found = paged(
        "She walked all the way down to the harbour with the lamp and the old dog that never barked at the sea"
    )
    for page in found:
        for line in page.lines:
            assert line.split()[-1] not in ("the", "a", "to", "with", "and")


def test_ideographs_fit_sixteen_to_a_line_and_no_line_begins_with_a_mark() -> None:
    lines = [line for page in paged(JAPANESE, 14) for line in page.lines]
    assert max(map(len, lines)) <= 16
    assert not any(line[0] in "、。」" for line in lines)
    assert "".join(lines) == JAPANESE


def test_a_word_that_no_line_holds_is_torn_and_accents_stay_with_their_letters() -> None:
    thai = "เมื่อรถไฟออกเดินทางตอนรุ่งสางจะไม่มีใครจำได้ว่าเราเป็นใครหรือเราสัญญาอะไรไว้ในคืนนั้นที่สถานีเก่าริมทะเล"
    for text in ("https://example.com/" + "x" * 150, thai):
        lines = [line for page in paged(text, 12) for line in page.lines]
        assert "".join(lines) == text
        assert max(map(width, lines)) <= LINE
    assert all(line[0] not in "่้๊๋ัิีึืุู์" for line in lines)


def test_a_page_is_not_over_before_it_can_be_read() -> None:
    quick = paged("No. No. No. No. No. I said no.", 1.6)
    assert len(quick) == 1


def test_a_sentence_of_one_word_may_stand_alone() -> None:
    found = paged(
        "Yes. " + "And when they come for you, there will be nothing that anybody in this whole town can do.", 9
    )
    assert found[0].text.startswith("Yes.")


def test_a_speakers_name_takes_its_room_on_the_first_line() -> None:
    text = "They should have been back by now, Tom."
    assert len(pages(text, heard(text, (), Fraction(3)))[0].lines) == 1
    assert len(pages(text, heard(text, (), Fraction(3)), prefix=width("OLD KEEPER: "))[0].lines) == 2


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u202e"])
def test_of_nothing_there_are_no_pages(text: str) -> None:
    assert paged(text, 2) == []


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=80),
    st.lists(
        st.builds(SpokenWord, word=st.text(max_size=8), start=st.floats(), end=st.floats()),
        max_size=12,
    ),
    st.fractions(0, 60),
)
def test_moments_never_fall_and_never_leave_the_speech(text: str, spoken: list[SpokenWord], seconds: Fraction) -> None:
    text = clean(text)
    moments = heard(text, spoken, seconds)
    assert len(moments) == len(text) + 1
    assert moments == sorted(moments)
    assert moments[-1] == int(seconds * SECOND)
    assert not text or moments[0] >= 0


def test_words_are_heard_when_the_voice_says_so() -> None:
    text = "[whispers] Not here, Tom."
    spoken = [
        SpokenWord(word="Not", start=0.5, end=0.7),
        SpokenWord(word="here,", start=2.0, end=2.25),
        SpokenWord(word="Tom.", start=3.5, end=4),
    ]
    moments = heard(text, spoken, Fraction(5))
    assert [moments[text.index(word)] / SECOND for word in ("Not", "here", "Tom")] == [0.5, 2, 3.5]


def test_without_words_a_full_stop_is_a_pause() -> None:
    with_stop, without = "One. Two", "One, Two"
    at = [heard(text, (), Fraction(4))[text.index("Two")] for text in (with_stop, without)]
    assert at[0] > at[1]
