"""The face that is drawn and the voices that speak go by one reading of a name."""

from __future__ import annotations

import pytest

from animatic.casting import VoiceCast
from animatic.figures import appearance
from film.providers.casting import Voice, cast
from film.providers.given_names import (
    FEMININE_NAMES,
    FEMININE_WORDS,
    MASCULINE_NAMES,
    MASCULINE_WORDS,
    feminine,
    guessed_feminine,
    sounds_feminine,
)


def drafted(name: str) -> str:
    return VoiceCast().voice_for(name, None, "Hello.").name


VOICES = (Voice("high", "high", high=True), Voice("low", "low", high=False))


def test_no_word_says_both() -> None:
    assert not (FEMININE_WORDS | FEMININE_NAMES) & (MASCULINE_WORDS | MASCULINE_NAMES)
    assert all(word == word.casefold() for word in FEMININE_WORDS | FEMININE_NAMES | MASCULINE_WORDS | MASCULINE_NAMES)


def test_what_could_be_anybody_is_left_open() -> None:
    assert feminine("captain") is feminine("zorblax") is feminine("") is None


@pytest.mark.parametrize(
    "name", ["Emma", "Robin", "Mrs Hale", "Captain Maria Vega", "Nurse Agnes", "Mama", "old Olga", "Margot"]
)
def test_a_woman_is_drawn_and_heard_as_one(name: str) -> None:
    assert appearance.of(name).lean < 0
    assert cast(name, VOICES).high
    assert drafted(name) not in {drafted(f"man {n}") for n in range(60)}


@pytest.mark.parametrize("name", ["Marcus", "Luca", "Mr Hale", "Captain John Vega", "Papa", "Nikita", "Sasha", "Henri"])
def test_a_man_is_drawn_and_heard_as_one(name: str) -> None:
    assert appearance.of(name).lean > 0
    assert not cast(name, VOICES).high
    assert drafted(name) not in {drafted(f"woman {n}") for n in range(60)}


def test_a_name_on_no_list_is_judged_by_its_ending() -> None:
    assert sounds_feminine("Marlina") is sounds_feminine("Rosabelle Okafor") is True
    assert sounds_feminine("Zorblax") is None and sounds_feminine("Mr Marlina") is False


def test_a_guess_is_always_the_same_and_falls_both_ways() -> None:
    guesses = {name: guessed_feminine(name) for name in (f"zorblax {n}" for n in range(40))}
    assert set(guesses.values()) == {True, False}
    assert all(guessed_feminine(name) is told for name, told in guesses.items())


@pytest.mark.parametrize(
    "name", ["Lina", "Zorblax", "Quill", "Tarek", "Nuria", "stranger", "Xu", "Okonkwo", "Mr Blank"]
)
def test_face_and_voice_of_a_character_agree(name: str) -> None:
    womens = {drafted(f"woman {n}") for n in range(80)}
    assert (appearance.of(name).lean < 0) is (drafted(name) in womens)
