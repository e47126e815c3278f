"""What cannot be opened is a reason why the film cannot be cut, and named with its next step."""

from __future__ import annotations

from pathlib import Path

import pytest
from cutting_room import make_clip
from PIL import Image

from film.errors import ComposeError
from film.render.media import open_media, read_still
from film.render.reading import decode


def test_what_is_no_media_stops_the_cut(tmp_path: Path) -> None:
    page = tmp_path / "clip.mp4"
    page.write_text("<html>no</html>")
    with (
        pytest.raises(ComposeError, match=r"clip\.mp4 is no video file but HTML") as refused,
        open_media(page, "video"),
    ):
        pass
    assert refused.value.hint
    with pytest.raises(ComposeError, match=r"clip\.mp4 is no image file"):
        read_still(page)


def test_damage_found_while_decoding_stops_the_cut(tmp_path: Path) -> None:
    Image.effect_noise((64, 64), 80).save(tmp_path / "s.png")
    (tmp_path / "s.png").write_bytes((tmp_path / "s.png").read_bytes()[:500])
    with pytest.raises(ComposeError, match=r"s\.png cannot be decoded"):
        read_still(tmp_path / "s.png")


def test_a_line_without_sound_stops_the_cut(tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"c\.mp4 has no sound"):
        decode(make_clip(tmp_path / "c.mp4", 3).path)
