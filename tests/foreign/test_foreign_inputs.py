"""Files that strangers had, and that came out wrong: upright, in their colours, in step; told when they come in."""

from __future__ import annotations

import hashlib
import io
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from film.app.imports import import_assets
from film.errors import BadMedia
from film.export.stills import as_image
from film.media import as_sent, check, read_still
from film.media.chunks import bare
from film.media.filetypes import JPEG, PNG, WEBP, FileType
from film.models import AssetType
from film.providers.base import VideoConfig
from film.providers.kling import KlingVideoProvider
from film.providers.media import data_uri, fit_picture
from film.providers.vendor_kinds import PictureFile
from film.render import conform
from film.render.conform import Screen, Stretch
from film.render.reading import Excerpt, read
from film.settings import Settings
from film.timeline import Clip, Source

DATA = Path(__file__).parent / "data"
RED, SKIN = (200, 30, 30), (220, 170, 140)


def at(picture: NDArray[np.uint8], across: int, down: int) -> tuple[int, ...]:
    return tuple(int(v) for v in picture[down - 4 : down + 4, across - 4 : across + 4].mean(axis=(0, 1)))


def frames(path: Path, count: int) -> list[NDArray[np.uint8]]:
    found = check(path, AssetType.VIDEO)
    source = Source(hashlib.sha256(path.read_bytes()).hexdigest(), path, "video", found.reading)
    screen = Screen(found.width, found.height, found.rate)
    with closing(conform.frames(Stretch(Clip("s", source, count), 0, count), screen)) as made:
        return [np.asarray(as_image(frame)) for frame in made]


@pytest.mark.parametrize("name", ["s03_exif6.jpg", "s04_exif6.png", "s11_p3.jpg", "s12_adobe.jpg", "s19.avif"])
def test_a_picture_is_upright_and_in_its_colours_in_drafts_and_in_orders(name: str) -> None:
    content = (DATA / name).read_bytes()
    sent, file_type = as_sent(content)
    with Image.open(io.BytesIO(sent)) as ordered:
        assert not ordered.getexif() and "icc_profile" not in ordered.info
        obeying_no_tag = np.asarray(ordered.convert("RGB"))
    assert file_type in (PNG, JPEG)
    for picture in (np.asarray(read_still(DATA / name)), obeying_no_tag):
        assert picture.shape == (360, 640, 3)
        assert at(picture, 100, 300) == pytest.approx(RED, abs=3)
        assert at(picture, 540, 300) == pytest.approx(SKIN, abs=3)


def test_deep_grey_keeps_its_ramp() -> None:
    row = np.asarray(read_still(DATA / "s01_gray16.png"))[180, :, 0].astype(int)
    assert (row[0], row[-1]) == (0, 255) and np.abs(row - np.linspace(0, 255, 640)).max() <= 1


def test_what_is_hidden_stays_hidden() -> None:
    with Image.open(DATA / "s08_la.png") as picture:
        level, cover = (np.asarray(band, float) for band in picture.split())
    expected = np.rint(level * cover / 255 + 255 * (1 - cover / 255))
    for seen in (
        read_still(DATA / "s08_la.png"),
        Image.open(io.BytesIO(as_sent((DATA / "s08_la.png").read_bytes())[0])),
    ):
        assert np.abs(np.asarray(seen.convert("L"), float) - expected).max() <= 1


def test_fields_become_whole_pictures() -> None:
    for picture in frames(DATA / "v05_interlaced.mp4", 20)[2:]:
        y = picture[..., 1].astype(float)
        apart = np.abs(y[2:] - y[1:-1]).mean() + np.abs(y[1:-1] - y[:-2]).mean()
        assert apart < 2.2 * np.abs(y[2:] - y[:-2]).mean() + 1  # combs differ from both their neighbours


def test_a_clip_that_is_seen_through_shows_what_is_behind() -> None:
    import av

    decoder = av.codec.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(DATA / "v11_alpha.webm")) as container:
        packet = next(p for p in container.demux(video=0) if p.size)
        (frame,) = decoder.decode(packet) or decoder.decode(None)
    cover = np.frombuffer(bytes(frame.planes[3]), np.uint8).reshape(-1, frame.planes[3].line_size)[:360, :640]
    assert (cover < 8).mean() > 0.05
    picture = frames(DATA / "v11_alpha.webm", 1)[0]
    assert picture[cover < 8].max() < 12 < picture[cover > 250].max()


@pytest.mark.parametrize("with_picture", [False, True])
@pytest.mark.parametrize("name", ["g1_opus.mkv", "g4_aac.mp4"])
def test_holes_in_sound_are_silence(name: str, with_picture: bool) -> None:
    sound = np.concatenate(list(read(Excerpt(DATA / name, with_picture=with_picture))))
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 0.05)
    beeps = [n for place, n in enumerate(loud) if place == 0 or n - loud[place - 1] > 4800]
    assert np.array(beeps) / 48_000 == pytest.approx([0.5, 2.5, 3.5], abs=0.002)


def test_an_import_says_what_it_changed_and_the_library_keeps_it(settings: Settings) -> None:
    files = sorted(DATA.iterdir())
    assets = dict(zip((f.name for f in files), import_assets(files, settings=settings), strict=True))
    told = {name: " ".join(asset.details.get("told", ())) for name, asset in assets.items()}
    for name, words in {
        "s03_exif6.jpg": "upright",
        "s04_exif6.png": "upright",
        "s08_la.png": "white",
        "s01_gray16.png": "8 bits",
        "s11_p3.jpg": "sRGB",
        "v05_interlaced.mp4": "interlaced",
        "v11_alpha.webm": "seen through",
        "v25_two_tracks.mkv": "second is heard",
        "n6_silent.wav": "silent",
        "g1_opus.mkv": "a hole of 1.00 s",
        "g4_aac.mp4": "a hole of 1.00 s",
    }.items():
        assert words in told[name], name
    assert told["s19.avif"] == "" and assets["s19.avif"].asset_type is AssetType.IMAGE
    assert assets["a12_cover_isom.m4a"].asset_type is AssetType.AUDIO


def test_a_heic_is_called_by_its_name() -> None:
    with pytest.raises(BadMedia, match="HEIC picture") as told:
        check(b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(64), AssetType.IMAGE)
    assert "JPEG" in (told.value.hint or "")


# -- orders


def photograph(suffix: str, **how: object) -> bytes:
    rng = np.random.default_rng(1)
    picture = Image.fromarray(rng.integers(0, 255, (48, 64, 3)).astype(np.uint8)).resize((640, 480))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    picture.save(out, suffix, exif=exif, **how)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(("suffix", "file_type"), [("PNG", PNG), ("JPEG", JPEG), ("WEBP", WEBP)])
def test_where_a_picture_was_taken_stays_at_home_and_every_pixel_goes(suffix: str, file_type: FileType) -> None:
    content = photograph(suffix)
    sent, kind = as_sent(content)
    assert kind is file_type and b"A camera" in content and b"A camera" not in sent
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(sent)) as after:
        assert not after.getexif() and np.array_equal(np.asarray(before), np.asarray(after))
    assert as_sent(sent) == (sent, file_type) and bare(sent, file_type) is None  # a plain one keeps its bytes


@pytest.mark.parametrize("limit", [None, 100], ids=["inline", "uploaded"])
def test_an_order_of_before_is_found_by_the_picture_it_went_with(
    limit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit:
        monkeypatch.setattr(KlingVideoProvider, "inline_limit", limit)
    provider = KlingVideoProvider()
    config = VideoConfig(prompt="p", duration=Decimal(5), width=1280, height=720)
    content = photograph("JPEG")
    url = data_uri(content, "image/jpeg")
    as_before = url if limit is None else f"https://files.example/{PictureFile(content, 'image/jpeg').name}"
    now = provider.packed(url)
    as_now = now if isinstance(now, str) else f"https://files.example/{now.name}"
    assert as_now != as_before
    field = provider.model(config).picture_field
    for place, is_ours in ((as_before, True), (as_now, True), (data_uri(photograph("PNG"), "image/png"), False)):
        assert provider.is_order({**provider.request_params(config), field: place}, config, url) is is_ours


def test_a_picture_that_is_too_large_is_shrunk_upright() -> None:
    content = (DATA / "s03_exif6.jpg").read_bytes()
    packed, mime = fit_picture(content, "image/jpeg", len(content) // 2)
    with Image.open(io.BytesIO(packed)) as picture:
        assert (picture.size, mime) == ((640, 360), "image/jpeg")
    assert len(packed) <= len(content) // 2
