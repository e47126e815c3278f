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
    from film.inspect import Finding, Report

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
    from film.inspect import inspect_film, profile_named

    profile = profile_named(options["profile"]) if options["profile"] else None
    if options["html"]:
        from film.files.written import check

        check(options["html"], force=options["force"])
    target = _loudness(options["loudness"])
    with _progress(options["film"]) as tick:
        report = inspect_film(
            options["film"], loudness=target, profile=profile, thorough=not options["quick"], tick=tick
        )
    if options["html"]:
        from film.inspect.page import write_page

        write_page(report, options["html"], force=options["force"])
    if options["json"]:
        print_json(report.as_document())
    else:
        _print(report)
    failed = not report.clean or (options["strict"] and report.of("warning"))
    return 1 if failed else 0


def _loudness(text: str | None) -> float | None:
    from film.errors import InputError
    from film.shots.filmfile import LOUDNESS

    if text is None:
        return None
    if text in LOUDNESS:
        return float(LOUDNESS[text])
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not -70 <= value < 0:
        names = ", ".join(LOUDNESS)
        raise InputError(f"--loudness is {text!r}", hint=f"give LUFS, like -16, or one of {names}")
    return value


def _print(report: Report) -> None:
    facts = report.facts
    sound = f"{facts.audio_codec} {facts.sample_rate / 1000:g} kHz" if facts.audio_codec else "no sound"
    rate = f"{float(facts.rate):.5g} fps" if facts.rate else "variable frame rate"
    if facts.frames:
        size = f"{facts.width}x{facts.height}"
        click.echo(
            "  ".join([length(facts.seconds), f"{facts.frames} frames", rate, size, f"{facts.video_codec}, {sound}"])
        )
    if facts.integrated is not None:
        peak = "" if facts.true_peak is None else f", true peak {facts.true_peak:.1f} dBTP"
        span = "" if facts.loudness_range is None else f", range {facts.loudness_range:.1f} LU"
        click.echo(f"{facts.integrated:.1f} LUFS{span}{peak}")
    for found in report.findings:
        _print_finding(found, report)
    click.echo(f"{'fine' if report.clean and not report.of('warning') else 'found'}: {one_line(report.summary)}")


def _print_finding(found: Finding, report: Report) -> None:
    word = click.style(f"{found.severity:<7}", fg=_COLOURS[found.severity], bold=True)
    place = report.place(found.start) or "whole film"
    lasts = "" if not found.seconds else _length(found.seconds)
    click.echo(f"{word}  {place:<11}  {lasts:>6}  {one_line(f'{found.name}: {found.what}')}")
    click.echo(f"{'':7}  {'':11}  {'':6}  help: {one_line(found.fix)}")


def _length(seconds: Fraction) -> str:
    """A flash of a frame lasts no 0.0 s."""
    return length(seconds) if seconds >= Fraction(1, 10) else f"{float(1000 * seconds):.0f} ms"


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
