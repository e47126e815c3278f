"""Time codes against the published behaviour of drop-frame counting, and against OpenTimelineIO's own."""

from __future__ import annotations

from fractions import Fraction

import pytest

from film.errors import InputError
from film.timecode import clock, drops, nominal, timecode

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("frame", "rate", "drop", "code"),
    [
        (0, 24, False, "00:00:00:00"),
        (23, 24, False, "00:00:00:23"),
        (24, 24, False, "00:00:01:00"),
        (90_000, 25, False, "01:00:00:00"),
        (1799, NTSC, True, "00:00:59;29"),
        (1800, NTSC, True, "00:01:00;02"),
        (17_981, NTSC, True, "00:09:59;29"),
        (17_982, NTSC, True, "00:10:00;00"),
        (107_892, NTSC, True, "01:00:00;00"),
        (1800, NTSC, False, "00:01:00:00"),
        (3600, Fraction(60000, 1001), True, "00:01:00;04"),
        (1800, 30, True, "00:01:00:00"),  # no such code at a true 30
    ],
)
def test_codes(frame: int, rate: Fraction | int, drop: bool, code: str) -> None:
    assert timecode(frame, Fraction(rate), drop=drop) == code


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(24000, 1001), NTSC, Fraction(60000, 1001)])
@pytest.mark.parametrize("drop", [False, True])
def test_opentimelineio_counts_the_same(rate: Fraction, drop: bool) -> None:
    otio = pytest.importorskip("opentimelineio")
    for frame in (0, 1, 1797, 1798, 1799, 1800, 1801, 3599, 3600, 17_981, 17_982, 35_964, 107_892, 123_456):
        at = otio.opentime.RationalTime(frame, float(rate))
        assert timecode(frame, rate, drop=drop) == otio.opentime.to_timecode(at, float(rate), drop and drops(rate))


def test_what_counts_as_a_second() -> None:
    assert [nominal(Fraction(r)) for r in (Fraction(24000, 1001), Fraction(24), Fraction("12.5"))] == [24, 24, 13]


def test_a_clock() -> None:
    assert clock(Fraction(1248, 100)) == "0:12.480"
    assert clock(3723.004) == "1:02:03.004"
    assert clock(-0.021) == "-0:00.021"


def test_frames_are_counted_from_0() -> None:
    with pytest.raises(InputError):
        timecode(-1, Fraction(24))
