"""Sound through FFmpeg: measure loudness, limit peaks, write AAC.

Everything in between is NumPy: float32 at 48 kHz, one row per sample, left and right. Long sound passes through the
filters block by block, so that nothing here holds a film in memory.
"""
# pyright: reportUnknownMemberType=false
# PyAV types neither its packets' streams nor **kwargs.

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.filter.context import FilterContext
from av.filter.graph import Graph
from numpy.typing import NDArray

from film.media.opening import url
from film.render.media import open_media

SAMPLE_RATE = 48_000
SILENT = -70.0
"""LUFS: the gate of EBU R 128; what is quieter counts as silence."""
_TICK = Fraction(1, SAMPLE_RATE)
_PIECE = SAMPLE_RATE // 2
_EXACT = {"movie_timescale": str(SAMPLE_RATE)}
"""Edit lists count in it: what they cut off is counted in samples."""
_AAC = {"aac_tns": "0"}
"""FFmpeg's temporal noise shaping makes a peak now and then that was not there, by up to 3 dB."""
FLOAT_STEREO = ("aformat", "sample_fmts=flt:channel_layouts=stereo")
"""The filter that ends every chain."""

Samples = NDArray[np.float32]
"""Shape (n, 2); (n, 6) for a mix in 5.1."""
LAYOUTS = {2: "stereo", 6: "5.1"}
"""FFmpeg's names; 5.1 is left, right, centre, low frequencies and two surrounds, in this order."""


@dataclass(frozen=True)
class Loudness:
    """LUFS, dBTP and LU, by EBU R 128."""

    integrated: float
    true_peak: float
    range: float


def measure(blocks: Iterable[Samples], channels: int = 2) -> Loudness:
    """Loudness and true peak of a whole, given in blocks."""
    found = _measurements(blocks, "metadata=1:framelog=quiet:peak=true", channels)
    peaks = [float(v) for k, v in found.items() if ".true_peaks_ch" in k]
    return Loudness(
        integrated=_integrated(found),
        true_peak=20 * float(np.log10(max(1e-6, *peaks))) if peaks else -120.0,
        range=float(found.get("lavfi.r128.LRA", 0)),
    )


def integrated(blocks: Iterable[Samples], channels: int = 2) -> float:
    """Loudness alone, at a third of the work. What is shorter than 0.4 s, or silent, comes out at -70 LUFS."""
    return _integrated(_measurements(blocks, "metadata=1:framelog=quiet", channels))


def _measurements(blocks: Iterable[Samples], options: str, channels: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for frame in filtered(blocks, ("ebur128", options), channels=channels):
        found = dict(frame.metadata) or found
    return found


def _integrated(found: dict[str, str]) -> float:
    return max(SILENT, float(found.get("lavfi.r128.I", SILENT)))


def limited(blocks: Iterable[Samples], ceiling_db: float) -> Iterator[Samples]:
    """Holds sample peaks under a ceiling, looking ahead; what it delays it also takes back."""
    ceiling = 10 ** (ceiling_db / 20)
    scale = f"limit=1:level_in={1 / ceiling:.6f}:level_out={ceiling:.6f}"  # as a limit, it takes -24 to 0 dB only
    limit = f"{scale}:level=0:attack=5:release=60:latency=1"
    for frame in filtered(blocks, ("alimiter", limit), FLOAT_STEREO):
        yield samples_of(frame)


def write_aac(path: Path, blocks: Iterable[Samples], *, bitrate: int, coder: str, channels: int = 2) -> None:
    """AAC-LC in an mp4, whose edit list takes back the encoder's priming samples."""
    with av.open(url(path), "w", format="mp4", options=_EXACT) as container:
        stream = container.add_stream(
            "aac", rate=SAMPLE_RATE, layout=LAYOUTS[channels], options={"aac_coder": coder, **_AAC}
        )
        stream.bit_rate = bitrate
        for frame in frames_of(blocks):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_pcm(path: Path, blocks: Iterable[Samples], channels: int = 2) -> None:
    """24 bits in a QuickTime file: every sample as it is."""
    with av.open(url(path), "w", format="mov", options=_EXACT) as container:
        stream = container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout=LAYOUTS[channels])
        for frame in frames_of(blocks):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_comment(path: Path, commented: Path, comment: str, *, container: str = "mp4") -> None:
    """A copy of a sound file with a comment in it; the packets stay as they are."""
    with (
        av.open(url(path), "r", format="mov") as made,
        av.open(url(commented), "w", format=container, options=_EXACT) as copy,
    ):
        copy.metadata["comment"] = comment
        source = made.streams.audio[0]
        stream = copy.add_stream_from_template(source)
        for packet in made.demux(source):
            if packet.size:
                packet.stream = stream
                copy.mux(packet)


def comment_of(path: Path) -> str:
    with open_media(path, "audio") as container:
        return container.metadata.get("comment", "")


def filtered(blocks: Iterable[Samples], *filters: tuple[str, str], channels: int = 2) -> Iterator[AudioFrame]:
    """Blocks through a chain of FFmpeg's filters, each a name and its options."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=SAMPLE_RATE, format="flt", layout=LAYOUTS[channels], time_base=_TICK)
    sink = graph.add("abuffersink")
    graph.link_nodes(source, *(graph.add(name, options) for name, options in filters), sink)
    graph.configure()
    for frame in frames_of(blocks):
        source.push(frame)
        yield from _available(sink)
    source.push(None)
    yield from _available(sink)


def _available(sink: FilterContext) -> Iterator[AudioFrame]:
    while True:
        try:
            frame = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, AudioFrame):
            yield frame


def frames_of(blocks: Iterable[Samples]) -> Iterator[AudioFrame]:
    """Blocks as FFmpeg takes them, in short pieces, each with its time: its filters hold many times what they get."""
    written = 0
    for block in blocks:
        for start in range(0, len(block), _PIECE):
            piece = block[start : start + _PIECE]
            frame = AudioFrame.from_ndarray(piece.reshape(1, -1), format="flt", layout=LAYOUTS[piece.shape[1]])
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, written, _TICK
            written += len(piece)
            yield frame


def samples_of(frame: AudioFrame, channels: int = 2) -> Samples:
    """What a frame of interleaved floats holds."""
    return frame.to_ndarray().reshape(-1, channels).astype(np.float32, copy=False)
