"""Cuts the benchmark's film as the program does: timeline, key, segments, mix, join; a process of its own.

python -m benchmarks._cut_ours MATERIAL GALLERY OUT
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from film.cli.loading import loading

with loading():
    from benchmarks._cut_material import BED, FADE, HEIGHT, RATE, SECONDS, WIDTH, Material
    from film.files.digests import sha256_of_file
    from film.production.finishing.cut import compose_film, unchanged
    from film.render import EncodeSettings
    from film.settings import Settings
    from film.timeline import Music, ShotCut, Source, SourceKind, Timeline, build_timeline


def timeline(material: Material) -> Timeline:
    spoken = {line.clip: line for line in material.lines}
    rate = Fraction(RATE)
    cuts = [
        ShotCut(
            f"shot_{number:03}",
            _source(path, "video"),
            SECONDS * RATE,
            SECONDS * RATE,
            dialogue=spoken[number].text if number in spoken else "",
            speech=_source(spoken[number].path, "audio") if number in spoken else None,
            speech_samples=spoken[number].samples if number in spoken else 0,
            speech_rate=24_000,
        )
        for number, path in enumerate(material.clips)
    ]
    laid = build_timeline(
        cuts,
        rate=rate,
        width=WIDTH,
        height=HEIGHT,
        transition_default="crossfade",
        transition_seconds=Fraction(FADE, RATE),
    )
    bed = Music(_source(material.music, "audio"), 0, laid.frames, BED.level, BED.duck, RATE, 3 * RATE)
    return replace(laid, music=bed)


def _source(path: str, kind: SourceKind) -> Source:
    known = Path(path).with_suffix(".sha256")
    return Source(known.read_text() if known.exists() else sha256_of_file(Path(path)), Path(path), kind)


def main(material: str, gallery: str, out: str) -> None:
    settings = Settings(gallery=Path(gallery), database_url=f"sqlite:///{Path(gallery) / 'film.db'}")
    laid, how, path = timeline(Material.load(Path(material))), EncodeSettings(), Path(out)
    if unchanged(laid, how, path) is not None:
        print(json.dumps({"segments_made": 0, "frames": laid.frames}))
        return
    with loading():
        from film.planning.services import open_services

        cache = open_services(settings).cache
    made = compose_film(
        laid,
        cache,
        path,
        how,
        on_progress=lambda _: None,
        should_stop=lambda: False,
        on_wait=lambda: None,
        facts={},
    )
    print(json.dumps({"segments_made": made.segments_made if made else 0, "frames": laid.frames}))


if __name__ == "__main__":
    main(*sys.argv[1:])
