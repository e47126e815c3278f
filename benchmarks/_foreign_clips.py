"""Clips as strangers make them: pixel formats, rates, turns, containers, orders of fields, tracks, tags."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks._foreign import Case, Colours, shown
from benchmarks._foreign_stills import QUADRANTS, quadrants
from film.media import Probe

os.environ.setdefault("SVT_LOG", "1")  # the encoder would speak of each clip at length
SIZE = (192, 128)
ONE = 1 << 16
GREY: Colours = tuple((round(0.2126 * r + 0.7152 * g + 0.0722 * b),) * 3 for r, g, b in QUADRANTS)
Paint = Callable[[int], Any]

_TURNS: dict[str, tuple[tuple[int, int, int, int], Callable[[Any], Any]]] = {
    "as it is": ((1, 0, 0, 1), lambda p: p),
    "quarter": ((0, 1, -1, 0), lambda p: np.rot90(p, 1)),
    "half": ((-1, 0, 0, -1), lambda p: np.rot90(p, 2)),
    "three quarters": ((0, -1, 1, 0), lambda p: np.rot90(p, -1)),
    "mirrored": ((-1, 0, 0, 1), lambda p: p[:, ::-1]),
    "upside down mirrored": ((1, 0, 0, -1), lambda p: p[::-1]),
    "transposed": ((0, 1, 1, 0), lambda p: p.transpose(1, 0, 2)),
    "transversed": ((0, -1, -1, 0), lambda p: p[::-1, ::-1].transpose(1, 0, 2)),
}
"""Display matrices, and what a camera that writes one has stored of an upright picture."""
_RATES = ("8", "10", "12", "12.5", "15", "24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60",
          "90", "100", "120")  # fmt: skip
_BITS = 8


def cases() -> Iterator[Case]:
    yield from _pixel_formats()
    yield from _turned()
    yield from _timed()
    yield from _containers()
    yield from _coloured()
    yield from _woven()
    yield from _see_through()
    yield from _tracks()
    yield from _broken()


def _clip(group: str, name: str, make: Callable[[Path], None], colours: Colours = QUADRANTS, **more: Any) -> Case:
    more.setdefault("tolerance", 12)
    more.setdefault("size", SIZE)
    return Case("clip", group, name, make, colours=colours, **more)


def write(
    path: Path,
    paint: Paint,
    *,
    frames: int = 6,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    size: tuple[int, int] = SIZE,
    rate: Fraction | int = 24,
    options: dict[str, str] | None = None,
    matrix: tuple[int, ...] | None = None,
    tags: tuple[int, int, int] | None = (1, 1, 1),
    full: bool = False,
    aspect: Fraction | None = None,
    times: Sequence[int] | None = None,
    source: str = "rgb24",
    before: Callable[[Any], None] | None = None,
) -> None:
    """A clip of painted frames. ``tags`` are matrix, primaries and transfer; ``times`` are milliseconds."""
    container: Any
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        context = stream.codec_context
        context.thread_count = 1
        if tags:
            context.colorspace, context.color_primaries, context.color_trc = tags
        context.color_range = 2 if full else 1
        if aspect:
            context.sample_aspect_ratio = aspect
        if matrix:
            a, b, c, d = matrix
            stream.set_display_matrix([a * ONE, b * ONE, 0, c * ONE, d * ONE, 0, 0, 0, 1 << 30])
        if times:
            context.time_base = Fraction(1, 1000)
        if before:
            before(container)
        for number in range(frames):
            frame: Any = av.VideoFrame.from_ndarray(np.ascontiguousarray(paint(number)), format=source)
            frame = frame.reformat(
                format=pixels,
                dst_colorspace=tags[0] if tags and tags[0] in (1, 5, 6, 7) else 5,
                src_color_range=2,
                dst_color_range=2 if full else 1,
            )
            frame.pts = times[number] if times else number
            frame.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _still(*_: int) -> Any:
    return quadrants(size=SIZE)


def _pixel_formats() -> Iterator[Case]:
    encoders = {"ffv1": "mkv", "libx264": "mp4", "libx265": "mp4", "prores_ks": "mov", "libvpx-vp9": "webm",
                "libsvtav1": "mp4", "mjpeg": "mov", "qtrle": "mov", "png": "mov", "utvideo": "mkv", "huffyuv": "mkv",
                "mpeg4": "mp4", "mpeg2video": "mkv", "rawvideo": "mov", "libx264rgb": "mkv"}  # fmt: skip
    for encoder, suffix in encoders.items():
        try:
            formats = [f.name for f in av.Codec(encoder, "w").video_formats or ()]
        except ValueError:
            continue
        for pixels in formats or ["yuv420p"]:
            if pixels.startswith(("vaapi", "cuda", "bayer", "pal8", "mono", "d3d")) or _cannot(encoder, pixels):
                continue
            tags, full = (1, 1, 1), pixels.startswith("yuvj") or encoder == "mjpeg"
            colours = GREY if pixels.startswith(("gray", "ya")) else QUADRANTS
            if encoder == "mjpeg":
                tags = (5, 1, 1)
            if encoder == "libx264rgb":
                tags = (0, 1, 1)

            def make(path: Path, how: tuple[Any, ...] = (encoder, pixels, tags, full)) -> None:
                paint = _grey if how[1].startswith(("gray", "ya")) else _still
                write(
                    path,
                    paint,
                    frames=3,
                    codec=how[0],
                    pixels=how[1],
                    tags=how[2],
                    full=how[3],
                    options=_options(how[0]),
                )

            tolerance = 26 if encoder in ("mpeg4", "mpeg2video", "mjpeg", "dnxhd") or pixels in _COARSE else 14
            bare = encoder == "rawvideo"  # QuickTime does not say in which order such bytes are
            yield _clip("pixels", f"{encoder}-{pixels}.{suffix}", make, colours, tolerance=tolerance, refused=bare)


_COARSE = frozenset(("rgb555be", "rgb555le", "yuv410p", "yuv411p", "rgb565le", "rgb565be"))


def _grey(*_: int) -> Any:
    return quadrants(GREY, SIZE)


def _cannot(encoder: str, pixels: str) -> bool:
    """What the encoder offers, and refuses at this size or profile; or cannot be painted here."""
    return (
        (encoder == "libx265" and "gray" in pixels and "12" in pixels)
        or pixels in ("nv20le", "gray32le", "grayf32le", "yaf32le")
        or "f16" in pixels
        or "f32" in pixels
    )


def _options(encoder: str) -> dict[str, str]:
    return {
        "libx264": {"crf": "8", "preset": "ultrafast"},
        "libx264rgb": {"crf": "8", "preset": "ultrafast"},
        "libx265": {"crf": "8", "preset": "ultrafast", "x265-params": "log-level=none"},
        "libvpx-vp9": {"crf": "10", "b": "0", "cpu-used": "8"},
        "libsvtav1": {"crf": "15", "preset": "12"},
        "mpeg4": {"qscale": "2", "flags": "+qscale", "global_quality": "236"},
        "mpeg2video": {"flags": "+qscale", "global_quality": "236"},
        "mjpeg": {"flags": "+qscale", "global_quality": "236"},
    }.get(encoder, {})


def _turned() -> Iterator[Case]:
    for suffix in ("mp4", "mov", "mkv"):
        for name, (matrix, stored) in _TURNS.items():
            if suffix == "mkv" and name not in ("as it is", "quarter", "half", "three quarters"):
                continue  # Matroska says a turn as an angle
            picture = stored(_still())
            size = picture.shape[1], picture.shape[0]

            def make(path: Path, how: Any = (picture, size, matrix)) -> None:
                write(
                    path,
                    lambda _: how[0],
                    size=how[1],
                    matrix=how[2] if how[2] != (1, 0, 0, 1) else None,
                    options=_options("libx264"),
                )

            yield _clip("turned", f"{name}.{suffix}", make)
    for aspect, size in ((Fraction(4, 3), (144, 128)), (Fraction(3, 4), (256, 128))):

        def narrow(path: Path, how: Any = (aspect, size)) -> None:
            write(path, lambda _: quadrants(size=how[1]), size=how[1], aspect=how[0], options=_options("libx264"))

        yield _clip("turned", f"pixels {aspect.numerator}x{aspect.denominator}.mp4", narrow)


# -- times


def numbered(number: int) -> Any:
    """Quarters whose top row of cells shows a number."""
    picture = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    for bit in range(_BITS):
        picture[32:96, 16 + 20 * bit : 36 + 20 * bit] = 235 if number >> bit & 1 else 20
    return picture


def number_in(picture: Any) -> int:
    return sum(1 << bit for bit in range(_BITS) if picture[56:72, 22 + 20 * bit : 30 + 20 * bit].mean() > 127)


def _timed() -> Iterator[Case]:
    for text in _RATES:
        rate = Fraction(text)
        for suffix in ("mp4", "mkv"):

            def make(path: Path, rate: Fraction = rate) -> None:
                write(path, numbered, frames=round(rate), rate=rate, options=_options("libx264"))

            def judge(path: Path, found: Probe, rate: Fraction = rate, suffix: str = suffix) -> str:
                seen = [number_in(p) for p in shown(path, found, rate=Fraction(24), frames=24)]
                due = [
                    min(round(rate) - 1, int((k + Fraction(1, 2)) / 24 * rate - Fraction(1, 10**6))) for k in range(24)
                ]
                near = all(
                    abs(a - b) <= (1 if suffix == "mkv" and rate > 24 else 0) for a, b in zip(seen, due, strict=True)
                )
                return "" if near else f"frames {seen} and not {due}"

            yield _clip("rate", f"{text.replace('/', '-')}.{suffix}", make, (), judge=judge)
    rng = np.random.default_rng(3)
    for name in ("jitter", "pauses", "late"):
        steps = {
            "jitter": rng.integers(25, 60, 24),
            "pauses": np.array([40] * 8 + [700] + [40] * 15),
            "late": np.full(24, 40),
        }[name]
        times = [int(v) for v in np.concatenate([[0], np.cumsum(steps)])[:24] + (500 if name == "late" else 0)]

        def uneven(path: Path, times: list[int] = times) -> None:
            write(path, numbered, frames=24, times=times, options=_options("libx264"))

        def at_times(path: Path, found: Probe, times: list[int] = times) -> str:
            seen = [number_in(p) for p in shown(path, found, rate=Fraction(25), frames=20)]
            due = [max(n for n, at in enumerate(times) if n == 0 or at - times[0] < 40 * k + 20) for k in range(20)]
            return "" if seen == due else f"frames {seen} and not {due}"

        yield _clip("rate", f"{name}.mkv", uneven, (), judge=at_times)


def _containers() -> Iterator[Case]:
    for codec, suffixes in {
        "libx264": ("mp4", "mov", "mkv"),
        "libx265": ("mp4", "mov", "mkv"),
        "libsvtav1": ("mp4", "mkv", "webm"),
        "libvpx-vp9": ("webm", "mp4", "mkv"),
        "libvpx": ("webm", "mkv"),
        "mpeg4": ("mp4", "mkv"),
        "mpeg2video": ("mkv", "mp4"),
        "ffv1": ("mkv",),
        "mjpeg": ("mov", "mkv"),
    }.items():
        for suffix in suffixes:

            def make(path: Path, codec: str = codec) -> None:
                jpeg = codec == "mjpeg"
                pixels, tags = ("yuvj420p", (5, 1, 1)) if jpeg else ("yuv420p", (1, 1, 1))
                write(path, _still, codec=codec, pixels=pixels, full=jpeg, tags=tags, options=_options(codec))

            yield _clip("container", f"{codec}.{suffix}", make, tolerance=26)


def _coloured() -> Iterator[Case]:
    for name, tags, full, size, told in (
        ("601", (5, 5, 6), False, SIZE, False),
        ("170m", (6, 6, 6), False, SIZE, False),
        ("709", (1, 1, 1), False, SIZE, False),
        ("601 full", (5, 5, 6), True, SIZE, False),
        ("709 full", (1, 1, 1), True, SIZE, False),
        ("240m", (7, 7, 7), False, SIZE, False),
        ("untagged small", None, False, (720, 576), True),
        ("untagged tiny", None, False, SIZE, True),
    ):

        def make(path: Path, how: Any = (tags, full, size)) -> None:
            write(
                path,
                lambda _: quadrants(size=how[2]),
                frames=2,
                tags=how[0],
                full=how[1],
                size=how[2],
                options=_options("libx264"),
            )

        yield _clip("colour", f"{name}.mp4", make, tolerance=8, size=size, told=told)


# -- fields


def moving(at: float) -> Any:
    """Grey bars that go to the right, fast enough to comb."""
    x = np.arange(SIZE[0])
    row = 128 + 90 * np.sin(2 * np.pi * (x - 5 * at) / 48)
    return np.repeat(np.rint(row).astype(np.uint8)[None, :, None], SIZE[1], axis=0).repeat(3, axis=2)


def fields(number: int, top_first: bool) -> Any:
    first, second = moving(2 * number), moving(2 * number + 1)
    frame = (second if top_first else first).copy()
    frame[0::2] = (first if top_first else second)[0::2]
    return frame


def telecined(number: int) -> Any:
    """Four film frames on five of video, as 3:2 pulldown does."""
    group, place = divmod(number, 5)
    top, bottom = ((0, 0), (1, 1), (1, 2), (2, 3), (3, 3))[place]
    frame = moving(5 * (4 * group + top) / 2).copy()
    frame[1::2] = moving(5 * (4 * group + bottom) / 2)[1::2]
    return frame


def combed(picture: Any) -> float:
    """By how much lines differ from both neighbours more than those from each other."""
    y = picture[..., 1].astype(float)[16:-16]
    return float(np.abs(y[1:-1] - (y[:-2] + y[2:]) / 2).mean())


def _woven() -> Iterator[Case]:
    def no_combs(path: Path, found: Probe) -> str:
        worst = max(combed(picture) for picture in shown(path, found)[1:-1])
        return "" if worst < 4 else f"combs of {worst:.1f}"

    flags = {"tff": "tff=1", "bff": "bff=1"}
    paints: dict[str, tuple[Paint, str]] = {
        "top field first": (lambda n: fields(n, True), flags["tff"]),
        "bottom field first": (lambda n: fields(n, False), flags["bff"]),
        "unsaid, top": (lambda n: fields(n, True), ""),
        "unsaid, bottom": (lambda n: fields(n, False), ""),
        "said wrongly": (lambda n: fields(n, False), flags["tff"]),
        "mixed with whole frames": (lambda n: fields(n, True) if n < 20 else moving(2 * n), flags["tff"]),
        "mixed, unsaid": (lambda n: moving(2 * n) if n < 20 else fields(n, True), ""),
        "both orders": (lambda n: fields(n, n < 20), flags["tff"]),
        "telecined": (telecined, flags["tff"]),
        "telecined, unsaid": (telecined, ""),
    }
    for name, (paint, params) in paints.items():
        for suffix in ("mp4", "mkv"):

            def make(path: Path, how: Any = (paint, params)) -> None:
                options = {"crf": "6", "preset": "ultrafast", **({"x264-params": how[1]} if how[1] else {})}
                write(path, how[0], frames=40, rate=25, pixels="yuv420p", options=options)

            yield _clip("interlaced", f"{name}.{suffix}", make, (), judge=no_combs, told=True)

    def kept(path: Path, found: Probe) -> str:
        return "taken for interlaced" if found.told else ""

    def whole(path: Path) -> None:
        write(path, lambda n: moving(2 * n), frames=40, rate=25, options=_options("libx264"))

    yield _clip("interlaced", "not at all.mp4", whole, (), judge=kept)


def _see_through() -> Iterator[Case]:
    picture = np.dstack([quadrants(size=SIZE), quadrants((0, 255, 255, 255), SIZE)])
    seen = ((0, 0, 0), *QUADRANTS[1:])
    for codec, pixels, suffix in (
        ("libvpx-vp9", "yuva420p", "webm"),
        ("libvpx-vp9", "yuva420p", "mkv"),
        ("libvpx", "yuva420p", "webm"),
        ("prores_ks", "yuva444p10le", "mov"),
        ("qtrle", "argb", "mov"),
        ("png", "rgba", "mov"),
        ("ffv1", "bgra", "mkv"),
        ("ffv1", "yuva420p", "mkv"),
    ):

        def make(path: Path, how: Any = (codec, pixels)) -> None:
            options = {**_options(how[0]), **({"auto-alt-ref": "0"} if "vpx" in how[0] else {})}
            write(path, lambda _: picture, codec=how[0], pixels=how[1], source="rgba", options=options)

        yield _clip("alpha", f"{codec}-{pixels}.{suffix}", make, seen, tolerance=20, told=True)


def _tracks() -> Iterator[Case]:
    from av.stream import Disposition

    other = np.full((SIZE[1], SIZE[0], 3), 9, np.uint8)

    def two(path: Path, *, cover: bool) -> None:
        container: Any
        with av.open(str(path), "w") as container:
            streams: list[Any] = []
            for codec, disposition in (
                ("mjpeg" if cover else "libx264", Disposition.attached_pic if cover else 0),
                ("libx264", Disposition.default),
            ):
                stream: Any = container.add_stream(codec, rate=24, options=_options(codec))
                stream.width, stream.height = SIZE
                stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
                stream.disposition = disposition
                if codec != "mjpeg":
                    stream.codec_context.colorspace = 1
                streams.append(stream)
            for stream, picture, count in ((streams[0], other, 1 if cover else 6), (streams[1], _still(), 6)):
                for number in range(count):
                    frame: Any = av.VideoFrame.from_ndarray(picture, format="rgb24")
                    frame = frame.reformat(
                        format=stream.pix_fmt, dst_colorspace=1, src_color_range=2, dst_color_range=1
                    )
                    frame.pts, frame.time_base = number, Fraction(1, 24)
                    container.mux(stream.encode(frame))
                container.mux(stream.encode(None))

    yield _clip("tracks", "second is the default.mkv", lambda p: two(p, cover=False), told=True)
    yield _clip("tracks", "a cover first.mp4", lambda p: two(p, cover=True))


def _broken() -> Iterator[Case]:
    noise = np.random.default_rng(1).integers(0, 255, (24, SIZE[1], SIZE[0], 3)).astype(np.uint8)

    for suffix in ("mp4", "mov", "mkv"):
        for share in (0.3, 0.7):

            def make(path: Path, share: float = share) -> None:
                write(path, lambda n: noise[n], frames=24, options={"crf": "20", "preset": "ultrafast"})
                whole = path.read_bytes()
                path.write_bytes(whole[: int(len(whole) * share)])

            if suffix != "mkv":  # a Matroska that ends early is how recorders leave it: what is there is whole
                yield _clip("broken", f"cut-{share}.{suffix}", make, (), refused=True, size=None)
    for name, content in (
        ("page.mp4", b"<html>moved</html>"),
        ("list.mp4", b"#EXTM3U\n/etc/passwd\n"),
        ("empty.mov", b""),
    ):
        yield _clip("broken", name, lambda p, c=content: _put(p, c), (), refused=True, size=None)


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
