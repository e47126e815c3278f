"""The same film in one pass, as FFmpeg makes it: one filter graph over all clips and sounds, one encoder.

    python -m benchmarks._cut_onepass MATERIAL OUT

The graph is the one that an FFmpeg command for such a film holds (fps, xfade after xfade; adelay, amix,
sidechaincompress, loudnorm). It is given FFmpeg's own threads in decoders, filters and encoder. Clips are fed in the
order of the film, as they are wanted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import av.error
from av.filter import Graph

from benchmarks._cut_ffmpeg import x264_options
from benchmarks._cut_material import FADE, HEIGHT, LINE_AFTER, RATE, WIDTH, Material
from film.render.settings import EncodeSettings

HERTZ = 48_000


def main(folder: str, out: str) -> None:
    material = Material.load(Path(folder))
    settings = EncodeSettings()
    options = x264_options(settings)
    film: Any  # PyAV's overloads per codec are only partly typed
    with av.open(out, "w", options={"movflags": "+faststart"}) as film:
        picture = film.add_stream("libx264", rate=RATE, options=options)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = film.add_stream("aac", rate=HERTZ, layout="stereo", options={"aac_coder": settings.aac_coder})
        sound.bit_rate = settings.audio_bitrate
        heard = _mixed(material)
        for number, frame in enumerate(_faded(material)):
            frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, RATE), 0
            film.mux(picture.encode(frame))
            while heard and heard[0].time <= (number + 1) / RATE:
                film.mux(sound.encode(heard.pop(0)))
        film.mux(picture.encode(None))
        for samples in heard:
            film.mux(sound.encode(samples))
        film.mux(sound.encode(None))


def _faded(material: Material) -> Iterator[Any]:
    """The picture: clips one after the other, each xfaded onto what came before."""
    graph = Graph()
    sources: list[Any] = []
    last: Any = None
    for number in range(len(material.clips)):
        source = graph.add(
            "buffer",
            f"video_size={WIDTH}x{HEIGHT}:pix_fmt=yuv420p:time_base=1/12288:frame_rate={RATE}:pixel_aspect=1/1:colorspace=1:range=1",
        )
        rated = graph.add("fps", f"{RATE}")
        source.link_to(rated)
        sources.append(source)
        if last is None:
            last = rated
            continue
        faded = graph.add("xfade", f"transition=fade:duration={FADE / RATE}:offset={material.start(number) / RATE:.6f}")
        last.link_to(faded, 0, 0)
        rated.link_to(faded, 0, 1)
        last = faded
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    for path, source in zip(material.clips, sources, strict=True):
        with av.open(path) as clip:
            clip.streams.video[0].thread_type = "AUTO"
            for frame in clip.decode(video=0):
                source.push(frame)
                yield from _pulled(sink)
        source.push(None)
        yield from _pulled(sink)


def _mixed(material: Material) -> list[Any]:
    """The sound: lines at their places, music that steps back under them, one loudness."""
    graph = Graph()
    seconds = material.frames / RATE
    lines: list[tuple[Any, str]] = []
    speech = graph.add("amix", f"inputs={len(material.lines)}:normalize=0:duration=longest")
    for place, line in enumerate(material.lines):
        source = graph.add("abuffer", "sample_rate=24000:sample_fmt=s16:channel_layout=mono:time_base=1/24000")
        after = Fraction(material.start(line.clip), RATE) + LINE_AFTER
        chain = [
            source,
            graph.add("aformat", f"sample_rates={HERTZ}:sample_fmts=fltp"),
            graph.add("pan", "stereo|c0=c0|c1=c0"),
            graph.add("adelay", f"{round(after * 1000)}:all=1"),
        ]
        for before, behind in pairwise(chain):
            before.link_to(behind)
        chain[-1].link_to(speech, 0, place)
        lines.append((source, line.path))
    padded = graph.add("apad", f"whole_dur={seconds}")
    speech.link_to(padded)
    twice = graph.add("asplit")
    padded.link_to(twice)
    bed = graph.add("abuffer", f"sample_rate={HERTZ}:sample_fmt=s16:channel_layout=stereo:time_base=1/{HERTZ}")
    chain = [
        bed,
        graph.add("aformat", f"sample_rates={HERTZ}:channel_layouts=stereo:sample_fmts=fltp"),
        graph.add("aloop", f"loop=-1:size={60 * HERTZ}"),
        graph.add("atrim", f"0:{seconds}"),
        graph.add("afade", f"t=out:st={seconds - 3}:d=3"),
        graph.add("volume", f"{material.music_volume:.5f}"),
    ]
    for before, behind in pairwise(chain):
        before.link_to(behind)
    ducked = graph.add("sidechaincompress", "threshold=0.03:ratio=8:attack=20:release=400")
    chain[-1].link_to(ducked, 0, 0)
    twice.link_to(ducked, 0, 1)
    both = graph.add("amix", "inputs=2:normalize=0:duration=first")
    ducked.link_to(both, 0, 0)
    twice.link_to(both, 1, 1)
    end = [
        both,
        graph.add("loudnorm", "I=-14:TP=-1.5:LRA=11"),
        graph.add("aresample", f"{HERTZ}"),
        graph.add("aformat", "sample_fmts=fltp:channel_layouts=stereo"),
        graph.add("asetnsamples", "1024"),
    ]
    sink = graph.add("abuffersink")
    for before, behind in pairwise([*end, sink]):
        before.link_to(behind)
    graph.configure()
    found: list[Any] = []
    for source, path in [*lines, (bed, material.music)]:
        with av.open(path) as file:
            for frame in file.decode(audio=0):
                source.push(frame)
        source.push(None)
        found += _pulled(sink)
    found += _pulled(sink)
    return found


def _pulled(sink: Any) -> Iterator[Any]:
    while True:
        try:
            yield sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
