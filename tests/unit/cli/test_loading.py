"""Loading a command leaves garbage collection as it was."""

from __future__ import annotations

import gc

import pytest

from film.cli.loading import loading


def test_nothing_is_collected_meanwhile_and_all_is_as_before_afterwards() -> None:
    with loading():
        assert not gc.isenabled()
        with loading():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_module_that_cannot_be_loaded_changes_nothing_either() -> None:
    with pytest.raises(ImportError), loading():
        import film.not_there  # noqa: F401  # pyright: ignore[reportMissingImports]
    assert gc.isenabled()
