"""The door to single shots: what it is given is looked at before anything is made."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from film.app.task import FilmGenerationTask
from film.errors import InputError
from film.models import AssetType
from film.planning.api_keys import check_keys
from film.providers import registry
from film.testing.doubles import FakeVideoProvider


@pytest.mark.parametrize(
    ("keys", "told", "hint"),
    [
        ({"fall": "k"}, "there is no account 'fall' to have a key; did you mean fal?", "fal, openai, replicate"),
        ({"OpenAI": "k"}, "did you mean openai?", "openai"),
        ({"FAL_API_KEY": "k"}, "did you mean fal?", "fal"),
        ({"OPENAI_API_KEY": "k"}, "did you mean openai?", "openai"),
        ({"kling": "k"}, "there is no account 'kling' to have a key; did you mean fal?", "fal"),
        ({"midjourney": "k"}, "there is no account 'midjourney'", "elevenlabs"),
        ({"fal": 7}, "the key of 'fal' is of type int, not text", '"fal": "…"'),
        (["k"], "api_keys are of type list", '"fal": "…"'),
        ("k", "api_keys are of type str", '"fal": "…"'),
    ],
)
def test_a_key_of_no_account_is_refused_with_the_near_one(keys: Any, told: str, hint: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        FilmGenerationTask("film", keys)
    assert hint in caught.value.hint and caught.value.field == "api_keys"


def test_a_key_is_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        check_keys({"fall": "secret-1", "fal": b"secret-2"})
    assert "secret" not in str(caught.value) + caught.value.hint


def test_keys_of_accounts_are_taken_and_empty_ones_left_out() -> None:
    assert check_keys({"fal": " k1 ", "openai": "", "runway": None}) == {"fal": "k1"}


def test_a_providers_own_account_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Acme(FakeVideoProvider):
        name = "acme-video"
        account = "acme"

    monkeypatch.setitem(registry._registered, ("acme-video", AssetType.VIDEO), Acme)
    registry._plugins.cache_clear()
    try:
        assert check_keys({"acme": "k"}) == {"acme": "k"}
        with pytest.raises(InputError, match="did you mean acme"):
            check_keys({"acme-video": "k"})
    finally:
        monkeypatch.undo()
        registry._plugins.cache_clear()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"default_video_provider": "kling"}, "did you mean video_provider?"),
        ({"film_id": "other"}, "film_id is not an option"),
        ({"order": "fastest"}, "order is 'fastest', not one of"),
    ],
)
def test_a_wrong_option_is_told_when_the_task_is_made(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        FilmGenerationTask("film", **options)


@pytest.mark.parametrize("project", [None, 7, "", "a/b"])
def test_a_shot_of_no_film_is_refused(project: Any) -> None:
    with pytest.raises(InputError, match="film_id"):
        asyncio.run(FilmGenerationTask(project, tier="draft").generate_shot({"shot_id": "a", "prompt": "an attic"}))


@pytest.mark.parametrize("shot", [None, 7, "shots.json", [{"shot_id": "a", "prompt": "an attic"}]])
def test_what_is_no_shot_is_refused(shot: Any) -> None:
    with pytest.raises(InputError, match="not a Shot or an entry of shots"):
        asyncio.run(FilmGenerationTask("film", tier="draft").generate_shot(shot))
