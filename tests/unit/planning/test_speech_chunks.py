"""Long lines in parts: every part fits, no word is cut, and an edit moves no boundary but its own."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from film.errors import InputError
from film.planning.speech_chunks import PAUSES, Rank, passages
from film.providers.base import text_length


def texts(text: str, limit: int) -> list[str]:
    return [passage.text for passage in passages(text, limit)]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def monologue(characters: int, seed: int = 0) -> list[str]:
    """Sentences, each with the blank or the paragraph break behind it."""
    dice = random.Random(seed)
    words = "the sea was grey and nobody had climbed these stairs since my brother left with oil in his hands".split()
    sentences: list[str] = []
    while sum(map(len, sentences)) < characters:
        sentence = " ".join(dice.choice(words) for _ in range(dice.randint(4, 22))).capitalize()
        sentences.append(sentence + dice.choice(".....!?") + ("\n\n" if dice.random() < 0.05 else " "))
    return sentences


def test_what_fits_stays_whole() -> None:
    assert texts("One. Two. Three.", 16) == ["One. Two. Three."]
    assert texts("x" * 10_000, 10_000) == ["x" * 10_000]
    assert [p.text for p in passages("whatever " * 5000, None)] == ["whatever " * 5000]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("The light is out. Nobody comes up here.", 25, ["The light is out.", "Nobody comes up here."]),
        ("He asked “Why?” She left the room.", 20, ["He asked “Why?”", "She left the room."]),
        ("Dr. Hale came to see Mr. Pym. They sat.", 30, ["Dr. Hale came to see Mr. Pym.", "They sat."]),
        ("“Stop!” he cried to us, and they ran on", 25, ["“Stop!” he cried to us,", "and they ran on"]),
        ("once upon a time there was a lighthouse", 20, ["once upon a time", "there was a", "lighthouse"]),
        ("灯台の火が消えた。誰も階段を上らない。", 10, ["灯台の火が消えた。", "誰も階段を上らない。"]),
        ("灯台の火が消え、誰も階段を上らない", 10, ["灯台の火が消え、", "誰も階段を上らない"]),
        ("我们今天去看海吗？好，我们现在就走！", 10, ["我们今天去看海吗？", "好，我们现在就走！"]),
        ("هل أنت هنا؟ لا أحد يصعد.", 14, ["هل أنت هنا؟", "لا أحد يصعد."]),
        ("दीपक बुझ गया। कोई नहीं आया।", 16, ["दीपक बुझ गया।", "कोई नहीं आया।"]),
        ("First part here.\n\nSecond. Third one.", 20, ["First part here.", "Second. Third one."]),
        ("[whispers very softly] who is there", 24, ["[whispers very softly]", "who is there"]),
        ("so [whispers, as if to nobody] he said", 20, ["so", "[whispers,", "as if to nobody]", "he said"]),
    ],
)
def test_sentences_come_before_clauses_and_clauses_before_words(text: str, limit: int, expected: list[str]) -> None:
    assert texts(text, limit) == expected


def test_a_speaker_pauses_longer_after_a_sentence_than_within_one() -> None:
    sentence, last = passages("The light is out. Nobody comes up here.", 25)
    assert (sentence.pause, last.pause) == (PAUSES[Rank.SENTENCE], 0)
    (clause, _) = passages("the light went out, nobody is up here", 20)
    assert 0 < clause.pause == PAUSES[Rank.CLAUSE] < PAUSES[Rank.SENTENCE] < PAUSES[Rank.PARAGRAPH]


def test_chinese_without_a_mark_is_parted_between_its_characters() -> None:
    text = "海" * 95
    assert "".join(texts(text, 40)) == text


def test_a_word_is_never_cut() -> None:
    with pytest.raises(InputError, match="a word of 50 characters") as refused:
        texts("so " + "a" * 50 + " it goes", 40)
    assert refused.value.field == "dialogue"


def test_characters_beyond_the_first_plane_count_twice() -> None:
    assert all(text_length(part) <= 40 for part in texts("🌊🌊🌊 " * 40, 40))


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters="\u200b"), min_size=1, max_size=12
        ),
        min_size=1,
        max_size=120,
    ),
    st.integers(24, 200),
)
@example(["00000000[\U00010000\U00010000\U00010000", "000000]\U00010000"], 24)  # brackets need not be a direction's
def test_nothing_is_lost_every_part_fits_and_every_word_is_in_one_piece(words: list[str], limit: int) -> None:
    text = " ".join(words)
    parts = texts(text, limit)
    assert squeezed("".join(parts)) == squeezed(text)
    assert all(part and text_length(part) <= limit for part in parts)


@given(
    st.lists(st.from_regex(r"[a-zé]{1,15}[.,!?;:]?", fullmatch=True), min_size=1, max_size=200), st.integers(16, 200)
)
def test_words_between_blanks_stay_words(words: list[str], limit: int) -> None:
    assert [word for part in texts(" ".join(words), limit) for word in part.split()] == words


@pytest.mark.parametrize("limit", [4096, 5000])
def test_an_edit_changes_its_own_part_and_no_other(limit: int) -> None:
    changed: list[int] = []
    for seed in range(12):
        sentences = monologue(12_000, seed)
        before = set(texts("".join(sentences).strip(), limit))
        assert 3 <= len(before) <= 6
        for edit in range(8):
            edited = list(sentences)
            edited[random.Random(100 * seed + edit).randrange(len(edited))] = (
                "I never told you, Mara, and I never will. "
            )
            changed.append(len(set(texts("".join(edited).strip(), limit)) - before))
    assert changed.count(1) > 0.9 * len(changed) and max(changed) <= 3
