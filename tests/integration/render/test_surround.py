"""Films in 5.1: which channel holds what, in every format, at the loudness asked for; a stereo film stays as it was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from cutting_room import FolderStore, make_clip
from numpy.typing import NDArray

from film.render import EncodeSettings, compose, mix, stems
from film.render.sound import SAMPLE_RATE, integrated, write_pcm
from film.render.soundplan import identity
from film.render.surround import CENTRE, Surround
from film.timeline import Bed, Clip, Line, Music, SoundTarget, Source, Timeline, Transition

ORDER = ["FL", "FR", "FC", "LFE", "BL", "BR"]


def noise(seconds: float, seed: int, *, wide: bool) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal((round(seconds * SAMPLE_RATE), 2 if wide else 1)).astype(np.float32) * 0.1
    return samples if wide else np.repeat(samples, 2, axis=1)


def sound_file(path: Path, samples: NDArray[np.float32]) -> Source:
    write_pcm(path, [samples])
    return Source(path.name, path, "audio")


def film_of(folder: Path, channels: int = 6, **target: object) -> Timeline:
    clips = tuple(Clip(name, make_clip(folder / f"{name}.mp4", 80), 72) for name in "ab")
    line = Line(sound_file(folder / "line.mov", noise(2, 1, wide=False)), 24, 48, "Hello.", "emma", "a")
    music = Music(sound_file(folder / "music.mov", noise(7, 2, wide=True)), 0, 144, Decimal(-24), Decimal(-10), 0, 0)
    return Timeline(
        Fraction(24),
        256,
        144,
        clips,
        (Transition(),),
        lines=(line,),
        beds=(Bed("rain", 0, 144, 1),),
        music=music,
        target=SoundTarget(channels=channels, **{"loudness": Decimal(-23), **target}),  # type: ignore[arg-type]
    )


def made(timeline: Timeline, folder: Path, form: str) -> Path:
    settings = replace(EncodeSettings.preview(), format=form)  # type: ignore[arg-type]
    suffix = ".mov" if form in ("prores", "dnxhr") else ".mp4"
    return compose(timeline, FolderStore(folder / "store"), folder / f"film{suffix}", settings=settings).path


def heard(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as file:
        track = file.streams.audio[0]
        assert [channel.name for channel in track.codec_context.layout.channels] == ORDER
        resampler = av.AudioResampler("flt", "5.1", SAMPLE_RATE)
        parts = [m.to_ndarray() for frame in file.decode(track) for m in resampler.resample(frame)]
    return np.concatenate(parts, axis=1).reshape(-1, 6)


def level(samples: NDArray[np.float32]) -> float:
    return 10 * float(np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-20))


@pytest.mark.parametrize("form", ["web", "hevc", "prores", "dnxhr"])
def test_every_channel_holds_what_belongs_there(form: str, tmp_path: Path) -> None:
    sound = heard(made(film_of(tmp_path), tmp_path, form))
    assert abs(len(sound) - 6 * SAMPLE_RATE) <= (1024 if form in ("web", "hevc") else 0)
    alone, spoken = (
        sound[int(4 * SAMPLE_RATE) : int(5.5 * SAMPLE_RATE)],
        sound[int(1.2 * SAMPLE_RATE) : 2 * SAMPLE_RATE],
    )
    assert level(sound[:, 3]) < -90, "nothing is made for low frequencies"
    assert level(alone[:, 2]) < -80, "the centre is for voices"
    assert level(spoken[:, 2]) > level(spoken[:, 0]) + 6
    assert -24 < level(alone[:, 4]) - level(alone[:, 0]) < -3, "behind is lower than in front"
    if form in ("prores", "dnxhr"):  # AAC leaves out the uppermost octave, of which noise has much
        assert abs(integrated([sound], 6) + 23) < 0.3


def test_a_voice_is_as_loud_from_the_centre_as_from_two_sides_and_folds_down_to_them() -> None:
    voice = noise(4, 3, wide=False)
    laid = Surround().laid({"dialogue": voice})
    assert abs(integrated([laid], 6) - integrated([voice])) < 0.05
    np.testing.assert_allclose(laid[:, 2] * CENTRE, voice[:, 0], atol=1e-6)


def test_a_place_is_as_loud_around_as_in_front() -> None:
    place = noise(6, 4, wide=True)
    assert abs(integrated([Surround().laid({"ambience": place})], 6) - integrated([place])) < 0.1


def test_blocks_of_any_length_are_laid_out_alike() -> None:
    groups = {"music": noise(2, 5, wide=True), "ambience": noise(2, 6, wide=True)}
    whole, layout = Surround().laid(groups), Surround()  # type: ignore[arg-type]
    edges = [0, 100, 5000, 5001, 96_000]
    parts = [
        layout.laid({name: block[a:b] for name, block in groups.items()})  # type: ignore[misc]
        for a, b in pairwise(edges)
    ]
    assert np.array_equal(np.concatenate(parts), whole)


def test_the_stems_stay_in_stereo_and_make_up_the_master(tmp_path: Path) -> None:
    timeline = film_of(tmp_path, loudness=Decimal(-30))
    master = heard(made(timeline, tmp_path, "prores"))
    settings = replace(EncodeSettings.preview(), format="prores")
    files = stems.write(timeline, tmp_path / "stems", settings=settings)
    groups = {}
    for group, path in files.items():
        with av.open(str(path)) as file:
            assert file.streams.audio[0].channels == 2
            groups[group] = np.concatenate([f.to_ndarray().reshape(-1, 2) for f in file.decode(audio=0)])
    again = Surround().laid(groups)
    assert level(master - again[: len(master)]) - level(master) < -60


def test_a_stereo_film_has_the_key_that_it_had(tmp_path: Path) -> None:
    stereo, surround = film_of(tmp_path, channels=2), film_of(tmp_path, channels=6)
    assert "channels" not in identity(mix.plan(stereo))
    assert mix.key(mix.plan(stereo), EncodeSettings()) != mix.key(mix.plan(surround), EncodeSettings())
