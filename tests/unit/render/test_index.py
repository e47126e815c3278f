"""The index has room in front of any film: of one picture a shot, of nothing but words, without sound."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from cutting_room import FolderStore, film_numbers, make_clip, make_speech, voice_like

from film.render import EncodeSettings, compose
from film.timeline import Caption, Clip, Line, Timeline, Transition

COUNT = 60


def film_of(folder: Path, *, spoken: bool, said: str = "") -> Timeline:
    clip = make_clip(folder / "clip.mp4", 4, size=(64, 64))
    shots = tuple(Clip(f"{said[:90]}{n}", clip, 1, source_in=n % 2) for n in range(COUNT))
    line = Line(make_speech(folder / "a.wav", voice_like(1)), 0, 24, "", "", shots[0].shot_id)
    words = tuple(Caption(n, 1, said or "a") for n in range(0, COUNT, 2))
    joins = (Transition(),) * (COUNT - 1)
    laid = Timeline(Fraction(24), 64, 64, shots, joins, captions=words, title=said, comment=said)
    return replace(laid, lines=(line,)) if spoken else replace(laid, captions=())


@pytest.mark.parametrize("spoken", [True, False])
@pytest.mark.parametrize("said", ["", "\N{BEAR FACE}" * 5_000])
def test_the_index_stands_in_front(said: str, spoken: bool, tmp_path: Path) -> None:
    film = film_of(tmp_path, spoken=spoken, said=said)
    made = compose(film, FolderStore(tmp_path / "store"), tmp_path / "film.mp4", settings=EncodeSettings.preview())
    data = made.path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    assert film_numbers(made.path) == [n % 2 for n in range(COUNT)]
    with av.open(str(made.path)) as container:
        assert container.metadata.get("title", "") == said
        assert len(container.streams.subtitles) == spoken
