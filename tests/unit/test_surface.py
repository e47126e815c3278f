"""The public face is exactly what it says it is, and asking for it costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import film


def test_every_public_name_is_there_and_no_other() -> None:
    assert dir(film) == film.__all__ == sorted(film.__all__)
    for name in film.__all__:
        assert getattr(film, name).__name__ == name


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = ("numpy", "av", "sqlalchemy", "httpx", "pydantic")
    code = f"import sys, film; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(film, "nothing")
