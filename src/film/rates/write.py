"""A rate card as a file: the form that ``read_card`` reads, written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from film.errors import StoreError
from film.files.own_files import fresh_beside, own_folder
from film.rates.card import RateCard
from film.rates.rate import Rate


def write_card(card: RateCard, path: Path, *, heading: str) -> None:
    """Replace the file at ``path``; ``heading`` becomes its first comment. StoreError when it cannot be written."""
    temporary: Path | None = None
    try:
        own_folder(path.parent)
        temporary = fresh_beside(path)
        with temporary.open("w", encoding="utf-8") as file:
            file.write("\n".join(_lines(card, heading)))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise StoreError(
            f"{path} cannot be written: {error.strerror}", hint="check the folder and the space on its disk"
        ) from error


def _lines(card: RateCard, heading: str) -> Iterator[str]:
    yield f"# {heading}"
    yield ""
    yield f"as_of = {card.as_of}"
    for rate in card.rates:
        yield ""
        yield from _entry(rate, card)
    yield ""


def _entry(rate: Rate, card: RateCard) -> Iterator[str]:
    yield "[[rate]]"
    yield f"provider = {_text(rate.provider)}"
    yield f"model = {_text(rate.model)}"
    if rate.variant:
        yield f"variant = {_text(rate.variant)}"
    yield f"unit = {_text(rate.unit)}"
    if rate.lengths:
        yield f"lengths = [{', '.join(f'{length:f}' for length in rate.lengths)}]"
    if rate.clips:
        priced = ", ".join(f'{_key(f"{length:f}")} = "{price:f}"' for length, price in rate.clips.items())
        yield f"clips = {{ {priced} }}"
    else:
        yield f'price = "{rate.price:f}"'
    if rate.first is not None:
        yield f'first = "{rate.first:f}"'
    if rate.as_of != card.as_of:
        yield f"as_of = {rate.as_of}"
    yield f"source = {_text(rate.source)}"
    if rate.ends:
        yield f"ends = {rate.ends}"
    if rate.instead:
        yield f"instead = {_text(rate.instead)}"


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's too, but for the one control code that JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(value: str) -> str:
    return value if value.isdigit() else _text(value)
