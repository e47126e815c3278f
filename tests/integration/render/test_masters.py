"""Masters: each format decodes to the film's frames, joins from segments of its own, and an edit keeps the rest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import FolderStore, make_clip, number_in

from film.render import EncodeSettings, compose
from film.timeline import Bed, Clip, Timeline, Transition

FORMS = {
    "hevc": ("hevc", "yuv420p10le", "aac"),
    "av1": ("libdav1d", "yuv420p10le", "aac"),
    "prores": ("prores", "yuv422p10le", "pcm_s24le"),
    "dnxhr": ("dnxhd", "yuv422p10le", "pcm_s24le"),
}


def film_of(folder: Path, **more: object) -> Timeline:
    clips = tuple(
        Clip(name, make_clip(folder / f"{name}.mp4", 40, first=first), 30)
        for name, first in (("a", 0), ("b", 100), ("c", 200))
    )
    joins = (Transition("crossfade", 6), Transition())
    return Timeline(Fraction(24), 320, 180, clips, joins, beds=(Bed("rain", 0, 84, 1),), **more)  # type: ignore[arg-type]


def suffix(form: str) -> str:
    return ".mov" if form in ("prores", "dnxhr") else ".mp4"


@pytest.mark.parametrize("form", FORMS)
def test_a_master_shows_every_frame_and_an_edit_encodes_only_what_it_touched(form: str, tmp_path: Path) -> None:
    timeline, store = film_of(tmp_path), FolderStore(tmp_path / "store")
    settings = replace(EncodeSettings.preview(), format=form)  # type: ignore[arg-type]
    out = tmp_path / f"film{suffix(form)}"
    made = compose(timeline, store, out, settings=settings)
    codec, pixels, sound = FORMS[form]
    with av.open(str(out)) as film:
        picture, voice = film.streams.video[0], film.streams.audio[0]
        assert (picture.codec_context.name, picture.codec_context.pix_fmt) == (codec, pixels)
        assert voice.codec_context.name == sound
        assert int(picture.codec_context.colorspace) == 1
        frames = list(film.decode(picture))
        tags = {(int(f.colorspace), int(f.color_primaries), int(f.color_trc)) for f in frames}
        assert tags == {(1, 1, 1)}, "what its own pictures say"
        assert [frame.pts * picture.time_base * 24 for frame in frames] == list(range(84))
        shown = [number_in(frame.to_ndarray(format="rgb24")) for frame in frames]
    assert shown[:24] == list(range(24))
    assert shown[30:54] == list(range(106, 130))
    assert shown[54:] == list(range(200, 230))
    assert made.segments_made == 4
    again = compose(timeline, store, out, settings=settings)
    assert again.segments_made == 0
    edited = replace(timeline, clips=(*timeline.clips[:2], replace(timeline.clips[2], source_in=2)))
    assert compose(edited, store, out, settings=settings).pieces == ("c",)
    web = compose(timeline, store, tmp_path / "web.mp4", settings=EncodeSettings.preview())
    assert web.segments_made == 4, "of its own"


def test_pcm_is_the_mix_and_stems_sum_to_it(tmp_path: Path) -> None:
    from film.render import stems

    timeline = film_of(tmp_path)
    settings = replace(EncodeSettings.preview(), format="prores")
    out = compose(timeline, FolderStore(tmp_path / "store"), tmp_path / "film.mov", settings=settings).path
    heard = sound_of(out)
    total = sum(sound_of(path) for path in stems.write(timeline, tmp_path / "stems", settings=settings).values())
    assert heard.shape == total.shape
    assert 10 * np.log10(np.mean((heard - total) ** 2) / np.mean(heard**2)) < -60


def sound_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        resampler = av.AudioResampler("flt", "stereo", 48_000)
        parts = [made.to_ndarray() for frame in file.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate(parts, axis=1).reshape(-1, 2).astype(np.float64)


@pytest.mark.parametrize("form", ["prores", "hevc"])
def test_a_silent_master_has_a_silent_track(form: str, tmp_path: Path) -> None:
    settings = replace(EncodeSettings.preview(), format=form)  # type: ignore[arg-type]
    timeline = replace(film_of(tmp_path), beds=())
    made = compose(timeline, FolderStore(tmp_path / "store"), tmp_path / f"film{suffix(form)}", settings=settings)
    assert made.loudness is None
    assert np.abs(sound_of(made.path)).max() < 1e-6


@pytest.mark.parametrize(("said", "rate"), [("01:00:00:00", "24"), ("00:59:58;02", "30000/1001")])
def test_it_begins_at_its_time_code(said: str, rate: str, tmp_path: Path) -> None:
    timeline = replace(film_of(tmp_path, start_timecode=said), rate=Fraction(rate), beds=())
    settings = replace(EncodeSettings.preview(), format="prores")
    out = compose(timeline, FolderStore(tmp_path / "store"), tmp_path / "film.mov", settings=settings).path
    with av.open(str(out)) as film:
        assert film.streams.video[0].metadata["timecode"] == said
