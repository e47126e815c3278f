"""The report as one page that needs nothing else: figures, a line of time, and each finding with the picture there.

Its style and its pictures are in it, it runs no script, and asks nobody for anything: it can be sent by mail.
"""

from __future__ import annotations

from fractions import Fraction
from html import escape
from pathlib import Path

from film.errors import ComposeError
from film.files.own_files import fresh_beside
from film.files.written import check, remember
from film.inspect.report import SEVERITIES, Facts, Finding, Report, decibels
from film.inspect.stills_at import places, stills_at

_MOST_PICTURES = 120
_STYLE = """
:root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d1c1a;--dim:#6b6862;--line:#e3dfd8;
--error:#b3261e;--warning:#a15c00;--note:#2f6690}
@media(prefers-color-scheme:dark){:root{--bg:#161513;--card:#201f1c;--ink:#ece9e3;--dim:#a09b92;--line:#35322d;
--error:#ff8a80;--warning:#ffb74d;--note:#8ec5f0}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:62rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}
.verdict{margin:.25rem 0 1.5rem;color:var(--dim)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:0 0 1.75rem}
dt{font-size:.8rem;color:var(--dim)}dd{margin:0;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:3.25rem;margin:0 0 1.75rem}svg .film{fill:var(--line)}
.error{--tone:var(--error)}.warning{--tone:var(--warning)}.note{--tone:var(--note)}svg rect.mark{fill:var(--tone)}
article{display:grid;grid-template-columns:15rem 1fr;gap:1.25rem;background:var(--card);border:1px solid var(--line);
border-left:4px solid var(--tone);border-radius:6px;padding:1rem;margin:0 0 .9rem;break-inside:avoid}
article img{width:100%;border-radius:3px;display:block;background:#000}h2{font-size:1.05rem;margin:0}
h2 b{color:var(--tone);font-weight:600}p{margin:.3rem 0}.where{color:var(--dim);font-variant-numeric:tabular-nums}
.fix::before{content:"→ ";color:var(--tone)}a{color:inherit}@media(max-width:40rem){article{grid-template-columns:1fr}}
"""


def write_page(report: Report, path: Path, *, force: bool = False) -> Path:
    """Write the report of a film to ``path``. Raises ComposeError where a file is there that is not this program's.

    Args:
        report: What an inspection found; its film is read again for the pictures.
        path: The page.
        force: Replace whatever lies there.
    """
    check(path, force=force)
    text = page(report)
    try:
        fresh = fresh_beside(path)
        fresh.write_text(text, "utf-8")
        remember((fresh, path))
        fresh.replace(path)
    except OSError as error:
        raise ComposeError(
            f"{path} cannot be written: {error.strerror or error}", hint="name a file in a folder that is there"
        ) from error
    return path


def page(report: Report) -> str:
    """The page itself."""
    shown = places([found.start for found in report.findings], report.facts.seconds)
    pictures = stills_at(report.path, shown[:_MOST_PICTURES]) if report.facts.frames else {}
    name = escape(report.path.name)
    cards = "".join(_card(found, report, pictures.get(at)) for found, at in zip(report.findings, shown, strict=True))
    desk = f" for {escape(report.profile)}" if report.profile else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}: inspection</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'unsafe-inline'\"><style>{_STYLE}</style></head><body><main>"
        f'<h1>{name}</h1><p class="verdict">{escape(_verdict(report))}{desk}</p>{_figures(report.facts)}'
        f"{_line(report)}{cards or '<p>Nothing was found.</p>'}</main></body></html>\n"
    )


def _verdict(report: Report) -> str:
    how = "" if report.thorough else ", at a glance: key frames only"
    counts = [f"{len(report.of(s))} {s}{'' if len(report.of(s)) == 1 else 's'}" for s in SEVERITIES if report.of(s)]
    return f"{', '.join(counts) or 'fine'}{how}"


def _figures(facts: Facts) -> str:
    rate = f"{float(facts.rate):.5g} fps" if facts.rate else "no constant rate"
    rows = [
        ("length", f"{float(facts.seconds):.2f} s, {facts.frames} frames"),
        ("picture", f"{facts.width}×{facts.height}, {rate}, {facts.video_codec}"),
        ("sound", f"{facts.audio_codec} {facts.sample_rate / 1000:g} kHz" if facts.audio_codec else "none"),
    ]
    if facts.integrated is not None:
        rows.append(("loudness", f"{decibels(facts.integrated)} LUFS"))
    if facts.loudness_range is not None:
        rows.append(("range", f"{facts.loudness_range:.1f} LU"))
    if facts.true_peak is not None:
        rows.append(("true peak", f"{decibels(facts.true_peak)} dBTP"))
    return "<dl>" + "".join(f"<div><dt>{k}</dt><dd>{escape(v)}</dd></div>" for k, v in rows) + "</dl>"


def _line(report: Report) -> str:
    """The film from left to right, with a mark for each finding that has a place."""
    whole = float(report.facts.seconds)
    if whole <= 0:
        return ""
    marks: list[str] = []
    for number, found in enumerate(report.findings, 1):
        if found.start is None:
            continue
        left = 1000 * min(1.0, max(0.0, float(found.start) / whole))
        wide = max(2.0, min(1000 - left, 1000 * float(found.seconds or 0) / whole))
        top = 4 + 12 * SEVERITIES.index(found.severity)
        told = escape(f"{report.place(found.start)} {found.name}")
        marks.append(
            f'<a href="#f{number}"><rect class="mark {found.severity}" x="{left:.1f}" y="{top}" width="{wide:.1f}" '
            f'height="10" rx="1"><title>{told}</title></rect></a>'
        )
    return (
        '<svg viewBox="0 0 1000 52" preserveAspectRatio="none" role="img" aria-label="where the findings lie">'
        f'<rect class="film" x="0" y="42" width="1000" height="6" rx="3"/>{"".join(marks)}</svg>'
    )


def _card(found: Finding, report: Report, picture: str | None) -> str:
    number = report.findings.index(found) + 1
    place = report.place(found.start) or "whole film"
    lasts = f", {_length(found.seconds)}" if found.seconds else ""
    shot = f", {escape(found.shot_id)}" if found.shot_id else ""
    image = f'<img src="{picture}" alt="the film at {escape(place)}" loading="lazy">' if picture else "<div></div>"
    return (
        f'<article id="f{number}" class="{found.severity}">{image}<div><h2><b>{found.severity}</b> '
        f'{escape(found.name)}</h2><p class="where">{escape(place)}{lasts}{shot}</p>'
        f'<p>{escape(found.what)}</p><p class="fix">{escape(found.fix)}</p></div></article>'
    )


def _length(seconds: Fraction) -> str:
    return f"{float(seconds):.1f} s" if seconds >= 1 else f"{float(1000 * seconds):.0f} ms"
