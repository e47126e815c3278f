"""The cache key as a promise: what must not change it does not, and whatever may change the result does."""

from __future__ import annotations

import hashlib
import unicodedata
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from film.files.digests import sha256_of, sha256_of_file
from film.hashing import asset_key, canonical, content_key
from film.models import MAX_SEED, AssetRequest, AssetType, InputBlob, Shot

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**70), 2**70) | st.decimals(
    min_value=-1000, max_value=1000, places=3, allow_nan=False, allow_infinity=False
)
plain = st.none() | st.booleans() | words | numbers
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)
params = st.dictionaries(words, values, max_size=6)


def request(given_params: dict[str, Any] | None = None, **fields: Any) -> AssetRequest:
    base: dict[str, Any] = {
        "asset_type": AssetType.IMAGE,
        "provider": "fal",
        "model": "flux",
        "params": {"prompt": "a lighthouse at dusk", "seed": 7} if given_params is None else given_params,
        "inputs": (InputBlob(role="picture", sha256="a" * 64),),
        "take": 1,
    }
    return AssetRequest(**(base | fields))


def respelled(value: Any) -> Any:
    """The same content, written otherwise: order, kind of number, Unicode form, absent for None."""
    match value:
        case dict():
            members = {unicodedata.normalize("NFD", k): respelled(v) for k, v in reversed(value.items())}
            return members | {"an absent member": None}
        case list():
            return tuple(respelled(v) for v in value)
        case str():
            return unicodedata.normalize("NFD", value)
        case int() if not isinstance(value, bool):
            return Decimal(f"{value}.00")
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case Decimal():
            return float(value)
        case _:
            return value


def distinct_names(value: Any) -> bool:
    """Two names of one object that are one in NFC would be a different content."""
    match value:
        case dict():
            names = {unicodedata.normalize("NFC", name) for name in value}
            return len(names) == len(value) and all(map(distinct_names, value.values()))
        case list():
            return all(map(distinct_names, value))
        case _:
            return True


# -- what does not count


@examples(max_examples=300, deadline=None)
@given(params.filter(distinct_names))
def test_another_spelling_of_the_same_is_the_same(content: dict[str, Any]) -> None:
    assert asset_key(request(content)) == asset_key(request(respelled(content)))


@pytest.mark.parametrize("five", [5, 5.0, Decimal(5), Decimal("5.00"), Decimal("5E0")])
def test_five_is_five(five: object) -> None:
    assert asset_key(request({"duration": five})) == asset_key(request({"duration": 5}))


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"prompt": "caf\u00e9"}, {"prompt": "cafe\u0301"}),
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": None}}),
        ({"a": [1, 2]}, {"a": (1, 2)}),
        ({"a": 0.5}, {"a": Decimal("0.50")}),
        ({"a": 0}, {"a": -0.0}),
    ],
)
def test_what_is_the_same(one: dict[str, Any], same: dict[str, Any]) -> None:
    assert asset_key(request(one)) == asset_key(request(same))


def test_no_salt_is_the_empty_salt() -> None:
    assert asset_key(request()) == asset_key(request(), salt="")


# -- what counts


@examples(max_examples=300, deadline=None)
@given(params, params)
def test_different_content_has_different_keys(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (asset_key(request(one)) == asset_key(request(other))) == (canonical(one) == canonical(other))


@examples(max_examples=200, deadline=None)
@given(params, words, words)
def test_any_changed_word_changes_the_key(content: dict[str, Any], before: str, after: str) -> None:
    same = unicodedata.normalize("NFC", before) == unicodedata.normalize("NFC", after)
    keys = {asset_key(request({"others": content, "word": word})) for word in (before, after)}
    assert len(keys) == (1 if same else 2)


@examples(max_examples=200, deadline=None)
@given(params, numbers, numbers)
def test_any_changed_number_changes_the_key(content: dict[str, Any], before: Any, after: Any) -> None:
    keys = {asset_key(request({"others": content, "number": number})) for number in (before, after)}
    assert len(keys) == (1 if before == after else 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"asset_type": AssetType.VIDEO},
        {"provider": "replicate"},
        {"model": "flux-pro"},
        {"take": 2},
        {"inputs": ()},
        {"inputs": (InputBlob(role="picture", sha256="b" * 64),)},
        {"inputs": (InputBlob(role="last frame", sha256="a" * 64),)},
        {"given_params": {"prompt": "a lighthouse at dawn", "seed": 7}},
        {"given_params": {"prompt": "a lighthouse at dusk", "seed": 8}},
        {"given_params": {"prompt": "A lighthouse at dusk", "seed": 7}},
        {"given_params": {"prompt": "a lighthouse at dusk"}},
        {"given_params": {"prompt": "a lighthouse at dusk", "seed": "7"}},
        {"given_params": {"prompt": "a lighthouse at dusk", "seed": 7, "negative": ""}},
    ],
)
def test_any_part_of_a_request_counts(changed: dict[str, Any]) -> None:
    assert asset_key(request(**changed)) != asset_key(request())


def test_the_order_of_inputs_counts() -> None:
    first, second = InputBlob(role="frame", sha256="a" * 64), InputBlob(role="frame", sha256="b" * 64)
    assert asset_key(request(inputs=(first, second))) != asset_key(request(inputs=(second, first)))


def test_a_salt_disowns_what_was_made_before() -> None:
    assert len({asset_key(request(), salt=salt) for salt in ("", "2026", "2027")}) == 3


@pytest.mark.parametrize("seed", [MAX_SEED - 1, MAX_SEED, 2**53, 2**53 + 1, 2**64])
def test_large_seeds_are_told_apart(seed: int) -> None:
    assert asset_key(request({"seed": seed})) != asset_key(request({"seed": seed + 1}))


def test_recipes_never_meet() -> None:
    assert content_key("asset/1", {"a": 1}) != content_key("segment/1", {"a": 1})


# -- shots


def asked(film_id: str, *shots: Shot) -> list[str]:
    """The keys of each shot's picture, clip and line in a film of these shots."""
    from film.planning.params import FilmParams, ProviderChoice
    from film.planning.requests import ProviderSet, RequestBuilder

    params = FilmParams(
        film_id=film_id,
        shots=shots,
        tier="draft",
        choices={kind: ProviderChoice(provider="draft") for kind in AssetType},
        width=320,
        height=180,
        rate=Fraction(24),
    )
    builder = RequestBuilder(params, ProviderSet())
    asks = [ask for s in shots for ask in (builder.image(s), builder.video(s, "a" * 64), builder.audio(s)) if ask]
    return [asset_key(ask.request) for ask in asks]


def shot(**fields: Any) -> Shot:
    base = {"shot_id": "shot_001", "enhanced_prompt": "Emma opens the attic door", "dialogue": "Hello?", "duration": 5}
    return Shot.model_validate(base | fields)


def test_a_shots_id_and_place_do_not_count() -> None:
    there = asked("film", shot())
    assert len(set(there)) == 3
    assert asked("film", shot(shot_id="another")) == there
    assert asked("film", shot(shot_number=12, meta={"note": "mine"}, transition="cut")) == there
    assert asked("another_film", shot(shot_id="first", enhanced_prompt="else"), shot())[3:] == there
    assert asked("film", shot(duration=5.0, characters=[], negative_prompt="")) == there


def test_what_is_seen_and_the_take_count() -> None:
    there = asked("film", shot())
    assert not set(asked("film", shot(enhanced_prompt="Emma shuts the attic door"))[:2]) & set(there)
    assert not set(asked("film", shot(take=2))) & set(there)
    assert asked("film", shot(dialogue="Is anyone there?"))[2] != there[2]


# -- refusals, files, the recipe


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_numbers_without_a_value_are_refused(number: object) -> None:
    with pytest.raises(ValueError, match="no place in a cache key"):
        asset_key(request({"a": [number]}))


@pytest.mark.parametrize("thing", [b"bytes", {1, 2}, object(), Path("x")])
def test_what_json_has_no_form_for_is_refused(thing: object) -> None:
    with pytest.raises(TypeError, match="no place in a cache key"):
        asset_key(request({"a": thing}))


def test_files_are_hashed_as_their_bytes(tmp_path: Path) -> None:
    data = b"0123456789" * 100_000
    (tmp_path / "file").write_bytes(data)
    assert sha256_of_file(tmp_path / "file") == sha256_of(data) == hashlib.sha256(data).hexdigest()


def test_the_recipe_is_what_it_says() -> None:
    """A key written down: if this changes, every asset that anyone has paid for is lost to the cache."""
    members = (
        '{"asset_type":"image","film":"asset/1","inputs":[{"role":"picture","sha256":"' + "a" * 64 + '"}],'
        '"model":"flux","params":{"prompt":"a lighthouse at dusk","seed":7},"provider":"fal","take":1}'
    )
    assert asset_key(request()) == hashlib.sha256(members.encode()).hexdigest()
