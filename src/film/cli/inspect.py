"""``film inspect``: what is wrong with a film file, where, and what to do about it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from film.cli.console import length, one_line, print_json, watched
from film.cli.options import as_json, option

if TYPE_CHECKING:
    from film.app.inspections import FoundFault, InspectedFilm

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@click.command(name="inspect")
@click.argument("film", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "loudness",
    metavar="LUFS",
    help="Target for the loudness: a number, web, podcast, ebu-r128 or cinema; by default what the film was made for.",
)
@option(
    "profile",
    type=click.Choice(("web", "youtube", "ebu", "netflix")),
    help="The desk that it goes to: its loudness, peaks, rates, captions.",
)
@option("html", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as one page, with pictures.")
@option("force", is_flag=True, help="Let --html replace a file that this program did not write.")
@option("quick", is_flag=True, help="Decode key frames only: stretches shorter than their distance are missed.")
@option("strict", is_flag=True, help="Fail for warnings, too.")
@as_json
def command(**options: Any) -> int:
    """Look FILM (any film file) over as a quality-control desk does: black and frozen pictures, slips of a frame,
    flashes, fields, bars, levels, stutter; silence, loudness, overload, breaks, hum, channels; captions, timestamps,
    damage, tags, missing shots.

    Exit code 1 where something is an error; each finding comes with its time code, its length and what to do.
    """
    from film.app.inspections import InspectFilm, inspect_film

    json, strict = options.pop("json"), options.pop("strict")
    asked = InspectFilm.model_validate(options)
    with _progress(asked.film) as tick:
        found = inspect_film(asked, tick=tick)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        _print(found)
    return 1 if not found.clean or (strict and found.warnings) else 0


def _print(film: InspectedFilm) -> None:
    rate = Fraction(film.frame_rate)
    sound = f"{film.audio_codec} {film.sample_rate / 1000:g} kHz" if film.audio_codec else "no sound"
    frames = f"{float(rate):.5g} fps" if rate else "variable frame rate"
    if film.frames:
        size = f"{film.width}x{film.height}"
        click.echo(
            "  ".join([length(film.seconds), f"{film.frames} frames", frames, size, f"{film.video_codec}, {sound}"])
        )
    if film.integrated_lufs is not None:
        peak = "" if film.true_peak_dbtp is None else f", true peak {film.true_peak_dbtp:.1f} dBTP"
        span = "" if film.loudness_range_lu is None else f", range {film.loudness_range_lu:.1f} LU"
        click.echo(f"{film.integrated_lufs:.1f} LUFS{span}{peak}")
    for found in film.findings:
        _print_finding(found)
    click.echo(f"{'fine' if film.clean and not film.warnings else 'found'}: {one_line(film.summary)}")


def _print_finding(found: FoundFault) -> None:
    word = click.style(f"{found.severity:<7}", fg=_COLOURS[found.severity], bold=True)
    place = found.timecode or "whole film"
    lasts = "" if not found.seconds else _length(found.seconds)
    click.echo(f"{word}  {place:<11}  {lasts:>6}  {one_line(f'{found.name}: {found.what}')}")
    click.echo(f"{'':7}  {'':11}  {'':6}  help: {one_line(found.fix)}")


def _length(seconds: float) -> str:
    """A flash of a frame lasts no 0.0 s."""
    return length(seconds) if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


@contextmanager
def _progress(film: Path) -> Generator[Callable[[Fraction], None] | None]:
    """How far it is, where somebody watches."""
    if not watched():
        yield None
        return

    def tick(at: Fraction) -> None:
        sys.stderr.write(f"\rinspecting {one_line(film.name)}: {length(at)}  ")
        sys.stderr.flush()

    try:
        yield tick
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
