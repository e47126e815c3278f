"""Voices belong to names, for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from film.providers.casting import Voice, cast

VOICES = tuple(Voice(n, n, high=True) for n in "abcd") + tuple(Voice(n, n, high=False) for n in "wxyz")


@given(st.text())
def test_a_name_always_gets_the_same_voice_in_any_case_and_form(name: str) -> None:
    assert cast(name, VOICES) == cast(name, tuple(reversed(VOICES))) if name else True
    assert cast(f" {name.strip()} ", VOICES) == cast(name.strip(), VOICES) if name.strip() else True


@pytest.mark.parametrize("name", ["emma", "Grandmother", "old_woman", "Mrs Hale", "the queen", "Maria", "Hannah"])
def test_names_that_sound_high(name: str) -> None:
    assert cast(name, VOICES).high


@pytest.mark.parametrize("name", ["Grandfather", "old man", "Mr Hale", "King of Spades", "John", "Josh"])
def test_names_that_sound_low(name: str) -> None:
    assert not cast(name, VOICES).high


def test_a_voice_that_is_added_recasts_only_those_it_takes_over() -> None:
    names = [f"person {n}" for n in range(200)]
    more = (*VOICES, Voice("new", "new", high=True))
    moved = [n for n in names if cast(n, more) != cast(n, VOICES)]
    assert all(cast(n, more).id == "new" for n in moved)
    assert len(moved) < 60


def test_a_narrator_gets_the_first_voice() -> None:
    assert cast(None, VOICES) == VOICES[0]
