"""Sounds as strangers make them: codecs, rates, layouts and containers, holes, late starts, sides, covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks._foreign import Case, beeps_in
from film.media import Probe
from film.render.conditioning import conditioned
from film.render.reading import decode

BEEPS = (0.5, 1.5, 2.5)
LENGTH = 3.0
_LOSSY = 0.03
_CODECS = {
    "pcm_u8": ("wav",),
    "pcm_s16le": ("wav", "mkv", "mov"),
    "pcm_s24le": ("wav", "mov"),
    "pcm_s32le": ("wav",),
    "pcm_f32le": ("wav", "mov"),
    "pcm_f64le": ("wav",),
    "pcm_s16be": ("aiff", "mov"),
    "pcm_s24be": ("aiff",),
    "pcm_alaw": ("wav",),
    "pcm_mulaw": ("wav",),
    "adpcm_ima_wav": ("wav",),
    "adpcm_ms": ("wav",),
    "flac": ("flac", "ogg", "mkv", "mp4"),
    "alac": ("m4a", "mov"),
    "aac": ("m4a", "aac", "mp4", "mkv", "mov"),
    "libmp3lame": ("mp3", "mp4", "mkv"),
    "libopus": ("ogg", "webm", "mkv", "mp4"),
    "libvorbis": ("ogg", "webm"),
    "vorbis": ("ogg",),
    "opus": ("webm",),
    "ac3": ("mp4", "mkv"),
    "eac3": ("mp4", "mkv"),
    "mp2": ("mkv",),
    "wavpack": ("mkv",),
    "tta": ("mkv",),
}
_RATES = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)
_LAYOUTS = ("mono", "stereo", "2.1", "3.0", "4.0", "quad", "5.0", "5.1", "6.1", "7.1", "hexadecagonal", "downmix")


def cases() -> Iterator[Case]:
    yield from _codecs()
    yield from _rates()
    yield from _layouts()
    yield from _holes()
    yield from _sides()
    yield from _covers()
    yield from _broken()


def _sound(group: str, name: str, make: Callable[[Path], None], **more: Any) -> Case:
    more.setdefault("beeps", BEEPS)
    return Case("sound", group, name, make, **more)


def signal(rate: int, channels: int = 2, *, on: Sequence[float] | None = None) -> Any:
    """Beeps of a tenth of a second, a row each channel; ``on`` is the level of each."""
    time = np.arange(round(LENGTH * rate)) / rate
    wave = np.zeros(len(time))
    for at in BEEPS:
        part = (time >= at) & (time < at + 0.1)
        wave[part] = 0.5 * np.cos(2 * np.pi * 1000 * (time[part] - at))
    levels = np.asarray(on if on is not None else [1.0] * channels)
    return (levels[:, None] * wave).astype(np.float32)


def write(
    path: Path,
    samples: Any,
    codec: str,
    *,
    rate: int = 48_000,
    layout: str = "stereo",
    without: tuple[float, float] | None = None,
    late: float = 0.0,
    picture: str = "",
    container_format: str | None = None,
) -> None:
    """``without``: packets between these seconds are lost. ``late``: it begins after so many. ``picture``: a track."""
    from av.stream import Disposition

    container: Any
    with av.open(str(path), "w", format=container_format) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout=layout)
        video: Any = None
        if picture:
            video = container.add_stream("mjpeg" if picture == "cover" else "libx264", rate=24)
            video.width, video.height = 64, 48
            video.pix_fmt = "yuvj420p" if picture == "cover" else "yuv420p"
            if picture == "cover":
                video.disposition = Disposition.attached_pic
            for number in range(1 if picture == "cover" else round(24 * LENGTH)):
                frame: Any = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24")
                frame = frame.reformat(format=video.pix_fmt)
                frame.pts, frame.time_base = number, Fraction(1, 24)
                container.mux(video.encode(frame))
            container.mux(video.encode(None))
        packed = np.ascontiguousarray(samples.T).reshape(1, -1)
        whole: Any = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        whole.sample_rate, whole.pts, whole.time_base = rate, 0, Fraction(1, rate)
        resampler: Any = av.AudioResampler(
            stream.codec_context.format, layout, rate, stream.codec_context.frame_size or 1024
        )
        packets: list[Any] = []
        for frame in (*resampler.resample(whole), *resampler.resample(None)):
            packets += stream.encode(frame)
        for packet in (*packets, *stream.encode(None)):
            begins = float(packet.pts * packet.time_base) if packet.pts is not None else 0.0
            if without and without[0] <= begins < without[1]:
                continue
            if late and packet.pts is not None:
                shift = round(Fraction(late).limit_denominator(1000) / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
            container.mux(packet)


def _codecs() -> Iterator[Case]:
    for codec, suffixes in _CODECS.items():
        for suffix in suffixes:

            def make(path: Path, codec: str = codec) -> None:
                write(path, signal(48_000), codec)

            yield _sound("codec", f"{codec}.{suffix}", make, apart=_LOSSY)


def _rates() -> Iterator[Case]:
    for rate in _RATES:
        for codec, suffix in (("pcm_s16le", "wav"), ("flac", "flac"), ("aac", "m4a"), ("libmp3lame", "mp3")):

            def make(path: Path, rate: int = rate, codec: str = codec) -> None:
                write(path, signal(rate), codec, rate=rate)

            lossless = suffix in ("wav", "flac")
            yield _sound("rate", f"{codec}-{rate}.{suffix}", make, apart=0.002 if lossless else _LOSSY)


def _layouts() -> Iterator[Case]:
    for layout in _LAYOUTS:
        channels = av.AudioLayout(layout).nb_channels
        for codec, suffix in (("pcm_s16le", "wav"), ("flac", "flac"), ("aac", "m4a"), ("libopus", "mkv")):

            def make(path: Path, layout: str = layout, codec: str = codec, channels: int = channels) -> None:
                write(path, signal(48_000, channels), codec, layout=layout)

            yield _sound("layout", f"{codec}-{layout}.{suffix}", make, apart=_LOSSY)


def _holes() -> Iterator[Case]:
    for codec, suffix in (
        ("libopus", "mkv"),
        ("libopus", "webm"),
        ("aac", "mp4"),
        ("aac", "m4a"),
        ("aac", "mkv"),
        ("flac", "mkv"),
        ("libmp3lame", "mkv"),
        ("pcm_s16le", "mkv"),
        ("ac3", "mkv"),
    ):
        for name, without, beeps in (
            ("one", (0.8, 1.3), BEEPS),
            ("a beep too", (1.2, 1.9), (BEEPS[0], BEEPS[2])),
            ("long", (0.8, 2.3), (BEEPS[0], BEEPS[2])),
        ):

            def make(path: Path, how: Any = (codec, without)) -> None:
                write(path, signal(48_000), how[0], without=how[1])

            yield _sound("holes", f"{name}-{codec}.{suffix}", make, beeps=beeps, apart=_LOSSY, told=True)

            def beside(path: Path, how: Any = (codec, without)) -> None:
                write(path, signal(48_000), how[0], without=how[1], picture="clip")

            if suffix in ("mkv", "mp4"):
                yield Case(
                    "clip",
                    "sound",
                    f"{name}-{codec}.{suffix}",
                    beside,
                    beeps=beeps,
                    apart=_LOSSY,
                    with_picture=True,
                    told=True,
                )
    for codec, suffix in (("aac", "m4a"), ("aac", "mp4"), ("libopus", "mkv"), ("flac", "mkv")):

        def late(path: Path, codec: str = codec) -> None:
            write(path, signal(48_000), codec, late=0.4)

        yield _sound("late", f"{codec}.{suffix}", late, beeps=tuple(at + 0.4 for at in BEEPS), apart=_LOSSY, told=True)

        def late_beside(path: Path, codec: str = codec) -> None:
            write(path, signal(48_000), codec, late=0.4, picture="clip")

        if suffix != "m4a":
            beeps = tuple(at + 0.4 for at in BEEPS)
            yield Case(
                "clip", "sound", f"late-{codec}.{suffix}", late_beside, beeps=beeps, apart=_LOSSY, with_picture=True
            )


def _sides() -> Iterator[Case]:
    def in_the_middle(path: Path, _: Probe) -> str:
        left, right = conditioned(decode(path)).T
        loud = float(np.abs(left).max())
        return "" if loud > 0.2 and float(np.abs(left - right).max()) < 0.02 * loud else "not in the middle"

    for name, on in (("left", (1, 0)), ("right", (0, 1)), ("against itself", (1, -1)), ("left, and hum", (1, 0.004))):
        for codec, suffix in (("pcm_s16le", "wav"), ("flac", "flac"), ("aac", "m4a"), ("libmp3lame", "mp3")):

            def make(path: Path, how: Any = (codec, on)) -> None:
                write(path, signal(48_000, on=how[1]), how[0])

            yield _sound(
                "voice", f"{name}-{codec}.{suffix}", make, apart=_LOSSY, voice=True, judge=in_the_middle, told=True
            )

    def as_it_was(path: Path, _: Probe) -> str:
        left, right = decode(path).T
        return "" if abs(float(np.abs(right).max() / np.abs(left).max()) - 0.4) < 0.02 else "its sides were changed"

    yield _sound(
        "voice",
        "to the left a little.wav",
        lambda p: write(p, signal(48_000, on=(1, 0.4)), "pcm_s16le"),
        judge=as_it_was,
    )
    for name, level in (("silent", 0.0), ("nearly", 0.001)):

        def quiet(path: Path, level: float = level) -> None:
            write(path, signal(48_000, on=(level, level)), "pcm_s16le")

        yield _sound("voice", f"{name}.wav", quiet, beeps=(), told=True)


def _covers() -> Iterator[Case]:
    for codec, suffix, form in (
        ("aac", "m4a", "mp4"),
        ("alac", "m4a", None),
        ("aac", "mp4", None),
        ("libmp3lame", "mp3", None),
        ("flac", "flac", None),
    ):

        def make(path: Path, how: Any = (codec, form)) -> None:
            write(path, signal(48_000), how[0], picture="cover", container_format=how[1])

        yield _sound("cover", f"{codec}-{form or suffix}.{suffix}", make, apart=_LOSSY)

    def second(path: Path) -> None:
        from av.stream import Disposition

        container: Any
        with av.open(str(path), "w") as container:
            quiet, loud = (container.add_stream("flac", rate=48_000, layout="stereo") for _ in range(2))
            quiet.disposition, loud.disposition = 0, Disposition.default
            for stream, samples in ((quiet, signal(48_000, on=(0, 0))), (loud, signal(48_000))):
                frame: Any = av.AudioFrame.from_ndarray(
                    (samples * 32767).astype(np.int16).T.reshape(1, -1).copy(), format="s16", layout="stereo"
                )
                frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
                resampler: Any = av.AudioResampler("s16", "stereo", 48_000, 4096)
                for part in (*resampler.resample(frame), *resampler.resample(None)):
                    container.mux(stream.encode(part))
                container.mux(stream.encode(None))

    yield _sound("tracks", "second is the default.mkv", second, told=True)


def _broken() -> Iterator[Case]:
    for codec, suffix in (("pcm_s16le", "wav"), ("flac", "flac"), ("libopus", "ogg"), ("aac", "m4a")):

        def make(path: Path, codec: str = codec) -> None:
            write(path, signal(48_000), codec)
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])

        yield _sound("broken", f"cut.{suffix}", make, refused=True, beeps=())
    yield _sound("broken", "page.mp3", lambda p: _put(p, b"<html>not found</html>"), refused=True, beeps=())
    yield _sound("broken", "empty.wav", lambda p: _put(p, b""), refused=True, beeps=())

    def not_numbers(path: Path) -> None:
        samples = signal(48_000)
        samples[:, 1000:1100] = np.nan
        write(path, samples, "pcm_f32le")

    def finite(path: Path, _: Probe) -> str:
        sound = decode(path)
        return "" if np.isfinite(sound).all() and beeps_in(sound) else "lost"

    yield _sound("broken", "not numbers.wav", not_numbers, judge=finite)


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
