"""Large buffers go back to the system, where it can be asked for that."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from film.render.memory import give_back_large_buffers

HELD = """
import ctypes, sys
from film.render.memory import give_back_large_buffers
if sys.argv[1] == "asked":
    assert give_back_large_buffers()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
size = 8 << 20
libc.free(libc.malloc(size))  # from which the library learns
one, small, other = libc.malloc(size), libc.malloc(64), libc.malloc(size)
print(abs(one - small) < 4 * size)  # both in one arena
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc learns")
@pytest.mark.parametrize(("asked", "beside"), [("asked", False), ("", True)])
def test_large_buffers_do_not_lie_among_small_ones(asked: str, beside: bool) -> None:
    done = subprocess.run([sys.executable, "-c", HELD, asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(beside)


def test_elsewhere_there_is_nothing_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    give_back_large_buffers.cache_clear()
    assert not give_back_large_buffers()
    give_back_large_buffers.cache_clear()
