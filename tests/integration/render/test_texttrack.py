"""The soft track plays, says what is said when it is said, stays off, and costs the picture nothing."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from cutting_room import FolderStore, film_frames, make_clip
from hypothesis import given
from hypothesis import strategies as st

from film.render import compose
from film.render.texttrack import language_code
from film.timeline import Caption, Clip, Source, Timeline, Transition

RATE = Fraction(24)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 60, sound=True)


def film_of(clip: Source, *captions: Caption, rate: Fraction = RATE, **more: object) -> Timeline:
    clips = (Clip("a", clip, 40), Clip("b", clip, 40))
    return Timeline(rate, 320, 180, clips, (Transition("crossfade", 6),), captions=captions, **more)


def read(path: Path) -> list[tuple[int, int, str]]:
    """(first frame, frames, text) of the track's samples that say something."""
    with av.open(str(path)) as film:
        rate = film.streams.video[0].average_rate
        return [
            (round(p.pts * p.time_base * rate), round(p.duration * p.time_base * rate), bytes(p)[2:].decode())
            for p in film.demux(subtitles=0)
            if p.size > 2
        ]


@pytest.mark.parametrize("rate", ["24", "30000/1001"])
def test_the_track_says_what_is_said_to_the_frame(clip: Source, tmp_path: Path, rate: str) -> None:
    captions = (Caption(0, 10, "At once,"), Caption(12, 20, "two lines\nof it…"), Caption(60, 14, "映画 שלום"))
    film = compose(
        film_of(clip, *captions, rate=Fraction(rate), captions_language="de-AT"),
        FolderStore(tmp_path / "store"),
        tmp_path / "film.mp4",
    ).path
    assert read(film) == [(c.start_frame, c.frames, c.text) for c in captions]
    with av.open(str(film)) as container:
        track = container.streams.subtitles[0]
        assert (track.codec_context.name, track.language) == ("mov_text", "deu")
        assert not track.disposition & av.stream.Disposition.default
        assert not track.disposition & av.stream.Disposition.forced
        assert len(track.codec_context.extradata or b"") > 38, "strict players want a style"
        samples = [(p.pts, p.duration) for p in container.demux(track) if p.size]
        assert all(duration for _, duration in samples)
        assert [a + d for a, d in samples[:-1]] == [b for b, _ in samples[1:]], "one sample after the other"
    assert len(film_frames(film)) == 74


def test_only_the_text_track_is_switched_off(clip: Source, tmp_path: Path) -> None:
    film = compose(film_of(clip, Caption(3, 9, "hi")), FolderStore(tmp_path / "store"), tmp_path / "film.mp4").path
    data = film.read_bytes()
    at = [i for i in range(len(data)) if data.startswith(b"tkhd", i)]
    flags = [struct.unpack(">I", data[i + 4 : i + 8])[0] & 1 for i in at]
    assert flags == [1, 0, 0], "picture, captions, and the chapters, which never show"


def test_markup_in_a_caption_is_shown_as_text(clip: Source, tmp_path: Path) -> None:
    text = r"{\an8}<b>a</b> --> b\Nc & d"
    film = compose(film_of(clip, Caption(3, 9, text)), FolderStore(tmp_path / "store"), tmp_path / "film.mp4").path
    ((_, _, written),) = read(film)
    assert written.replace("\u2060", "") == text
    with av.open(str(film)) as container:
        events = [s.ass.decode() for p in container.demux(subtitles=0) if p.size > 2 for s in p.decode()]
    assert "{\\an8}" not in events[0]
    assert "b\\Nc" not in events[0]


def test_an_edited_caption_encodes_nothing(clip: Source, tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    film = film_of(clip, Caption(3, 9, "before"))
    compose(film, store, tmp_path / "film.mp4")
    again = compose(replace(film, captions=(Caption(3, 30, "after"),)), store, tmp_path / "film.mp4")
    assert (again.segments_made, again.encoded_frames) == (0, 0)
    assert read(again.path) == [(3, 30, "after")]


@pytest.mark.parametrize("more", [{"captions": ()}, {"captions_track": False}])
def test_a_film_without_a_track_has_none(clip: Source, tmp_path: Path, more: dict[str, object]) -> None:
    film = replace(film_of(clip, Caption(3, 9, "hi")), **more)
    made = compose(film, FolderStore(tmp_path / "store"), tmp_path / "film.mp4")
    with av.open(str(made.path)) as container:
        assert not container.streams.subtitles


def test_what_finishes_a_film_gets_it_whole_before_it_has_its_name(clip: Source, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    seen: list[tuple[bool, int]] = []

    def finish(whole: Path) -> None:
        with av.open(str(whole), format="mov") as container:
            seen.append((out.exists(), len([p for p in container.demux(video=0) if p.size])))

    compose(film_of(clip, Caption(3, 9, "hi")), FolderStore(tmp_path / "store"), out, finish=finish)
    assert seen == [(False, 74)]


def test_when_finishing_fails_the_film_is_what_it_was(clip: Source, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    out.write_bytes(b"the film that was there")

    def finish(whole: Path) -> None:
        raise RuntimeError(whole.name)

    with pytest.raises(RuntimeError):
        compose(film_of(clip), FolderStore(tmp_path / "store"), out, finish=finish)
    assert out.read_bytes() == b"the film that was there"
    assert [p.name for p in tmp_path.iterdir() if p.name != "store"] == ["film.mp4"]


@pytest.mark.parametrize(
    ("tag", "code"), [("en", "eng"), ("en-GB", "eng"), ("DE", "deu"), ("yue", "yue"), ("qq", "und"), ("zh-Hant", "zho")]
)
def test_languages_have_three_letters(tag: str, code: str) -> None:
    assert language_code(tag) == code


@given(st.from_regex(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", fullmatch=True))
def test_any_tag_has_a_code(tag: str) -> None:
    assert len(language_code(tag)) == 3
