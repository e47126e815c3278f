"""Whole films, cut from clips that show their own frame numbers, and decoded again to the last frame."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
from cutting_room import (
    FolderStore,
    film_frames,
    film_numbers,
    film_sound,
    make_clip,
    make_speech,
    number_in,
    onsets,
    source_of,
    voice_like,
)
from PIL import Image

from film.errors import ComposeError, Interrupted
from film.render import Composed, ComposeProgress, EncodeSettings, compose
from film.render.settings import Preset
from film.timeline import Bed, Clip, Line, ShotCut, Slate, Source, Timeline, Transition, build_timeline

RATE = Fraction(24)
Cut = Callable[..., Composed]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    folder = tmp_path_factory.mktemp("clips")
    return [make_clip(folder / f"{n}.mp4", 30, first=100 * n, colour=(40 * n, 90, 60)) for n in range(5)]


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def film_of(sources: Sequence[Source], frames: int = 24, fade: int = 6, **more: object) -> Timeline:
    """One shot after the other, each ``frames`` long, with a fade between each two."""
    fades = tuple(Transition("crossfade", fade) if fade else Transition() for _ in sources[1:])
    shots = tuple(Clip(f"shot_{n}", source, frames) for n, source in enumerate(sources, 1))
    return Timeline(RATE, 320, 180, shots, fades, **more)


def packets(path: Path, kind: str) -> list[tuple[int, int, int]]:
    with av.open(str(path)) as film:
        return [(p.pts or 0, p.dts or 0, p.duration or 0) for p in film.demux(**{kind: 0}) if p.size]


def test_a_film_shows_what_was_planned_to_the_frame(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    film = film_of(clips[:3])
    made = compose(film, store, tmp_path / "film.mp4")

    shown = film_numbers(made.path)
    assert len(shown) == made.frames == film.frames == 3 * 24 - 2 * 6
    assert made.seconds == Fraction(60, 24)
    assert shown[:18] == list(range(18))
    assert shown[24:36] == list(range(106, 118))
    assert shown[42:] == list(range(206, 224))
    assert (made.segments_made, made.segments_reused, made.encoded_frames) == (5, 0, 60)
    assert store.leftovers() == []


def test_every_packet_stands_where_the_plan_puts_it(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    made = compose(film_of(clips), store, tmp_path / "film.mp4")
    picture = packets(made.path, "video")

    step = picture[0][2]
    assert len(picture) == made.frames
    assert sorted(pts for pts, _, _ in picture) == [n * step for n in range(made.frames)]
    assert all(a[1] + step == b[1] for a, b in pairwise(picture))
    assert all(pts >= dts for pts, dts, _ in picture)


def test_a_crossfade_goes_from_one_shot_into_the_other(store: FolderStore, tmp_path: Path) -> None:
    sides = [
        make_clip(tmp_path / f"{level}.mp4", 24, paint=lambda _, level=level: np.full((180, 320, 3), level, np.uint8))
        for level in (40, 200)
    ]
    made = compose(film_of(sides, fade=7), store, tmp_path / "film.mp4")
    levels = [float(frame.mean()) for frame in film_frames(made.path)][16:25]
    expected = [40 + 160 * step / 8 for step in range(9)]
    assert levels == pytest.approx(expected, abs=2)


def test_nothing_changed_encodes_nothing(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    film = film_of(clips, beds=(Bed("room", 0, 96, 1),))
    first = compose(film, store, tmp_path / "film.mp4")
    put = list(store.put)
    again = compose(film, store, tmp_path / "again.mp4")

    assert (again.segments_made, again.segments_reused, again.encoded_frames) == (0, 9, 0)
    assert store.put == put
    assert again.loudness == first.loudness
    assert film_numbers(tmp_path / "again.mp4") == film_numbers(first.path)


def test_one_changed_shot_encodes_its_body_and_the_joins_beside_it(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    compose(film_of(clips[:4]), store, tmp_path / "film.mp4")
    changed = compose(film_of([clips[0], clips[4], clips[2], clips[3]]), store, tmp_path / "film.mp4")

    assert (changed.segments_made, changed.segments_reused) == (3, 4)
    assert changed.encoded_frames == (24 - 12) + 6 + 6
    assert film_numbers(changed.path)[24:36] == list(range(406, 418))


def test_shots_that_change_places_keep_their_bodies(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    compose(film_of(clips), store, tmp_path / "film.mp4")
    moved = compose(film_of([clips[0], clips[2], clips[1], clips[3], clips[4]]), store, tmp_path / "film.mp4")
    assert (moved.segments_made, moved.encoded_frames) == (3, 18)  # the three joins around them


def test_a_renamed_or_renumbered_shot_encodes_nothing(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    film = film_of(clips)
    compose(film, store, tmp_path / "film.mp4")
    renamed = replace(film, clips=tuple(replace(c, shot_id=f"take_{c.shot_id}", number="9") for c in film.clips))
    assert compose(renamed, store, tmp_path / "film.mp4").segments_made == 0


def test_the_same_shot_twice_is_encoded_once(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    made = compose(film_of([clips[0]] * 4, fade=0), store, tmp_path / "film.mp4")
    assert (made.segments_made, made.encoded_frames) == (1, 24)
    assert film_numbers(made.path) == list(range(24)) * 4


def test_pieces_of_a_single_frame_join_without_a_flaw(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    lengths, fades = (3, 4, 2, 5, 1), (1, 1, 0, 0)
    shots = (Clip(f"s{n}", source, length) for n, (source, length) in enumerate(zip(clips, lengths, strict=True)))
    joins = (Transition("crossfade", n) if n else Transition() for n in fades)
    made = compose(Timeline(RATE, 320, 180, tuple(shots), tuple(joins)), store, tmp_path / "film.mp4")
    shown = film_numbers(made.path)
    assert len(shown) == 13
    assert [shown[n] for n in (0, 1, 3, 4, 6)] == [0, 1, 101, 102, 201]
    assert shown[7:] == [300, 301, 302, 303, 304, 400]
    assert [pts for pts, _, _ in sorted(packets(made.path, "video"))] == [512 * n for n in range(13)]


def test_clips_of_every_kind_become_frames_of_the_film(store: FolderStore, tmp_path: Path) -> None:
    uneven = [Fraction(n * n, 400) for n in range(30)]  # slower and slower
    picture = tmp_path / "still.png"
    Image.fromarray(np.full((90, 160, 3), (200, 40, 40), np.uint8)).save(picture)
    sources = [
        make_clip(tmp_path / "25.mp4", 40, rate=25),
        make_clip(tmp_path / "30.mp4", 40, rate=30, sound=True),
        make_clip(tmp_path / "60.mp4", 80, rate=60, size=(640, 360)),
        make_clip(tmp_path / "vfr.mp4", 30, times=uneven),
        make_clip(tmp_path / "odd.mkv", 30, size=(319, 179), container="matroska", pixels="yuv444p"),
        make_clip(tmp_path / "turned.mov", 30, size=(180, 320), turned=90, container="mov", paint=turned_counter),
        source_of(picture, "image"),
    ]
    made = compose(film_of(sources, frames=24, fade=0), store, tmp_path / "film.mp4")
    shown = film_frames(made.path)
    assert len(shown) == 7 * 24
    numbers = [number_in(frame) for frame in shown[: 6 * 24]]
    assert numbers[:24] == [nearest(n, [Fraction(i, 25) for i in range(40)]) for n in range(24)]
    assert numbers[24:48] == [nearest(n, [Fraction(i, 30) for i in range(40)]) for n in range(24)]
    assert numbers[48:72] == [nearest(n, [Fraction(i, 60) for i in range(80)]) for n in range(24)]
    assert numbers[72:96] == [nearest(n, uneven) for n in range(24)]
    assert numbers[96:120] == list(range(24))
    assert numbers[120:144] == list(range(24))
    assert shown[-1][90, 160] == pytest.approx((200, 40, 40), abs=6)


def nearest(n: int, times: Sequence[Fraction]) -> int:
    """The last source frame that begins before the middle of film frame ``n``."""
    return max(i for i, t in enumerate(times) if t * RATE < n + Fraction(1, 2))


def turned_counter(number: int) -> np.ndarray:
    """A counter filmed with the camera on its side: upright again once turned by a quarter."""
    from cutting_room import numbered

    return np.rot90(numbered(number, 320, 180), -1).copy()


def test_what_does_not_fill_the_screen_is_padded_and_hairlines_are_not(store: FolderStore, tmp_path: Path) -> None:
    def white(width: int, height: int) -> Source:
        full = np.full((height, width, 3), 255, np.uint8)
        return make_clip(tmp_path / f"{width}.mp4", 4, size=(width, height), paint=lambda _: full)

    made = compose(film_of([white(180, 180), white(318, 180)], frames=4, fade=0), store, tmp_path / "film.mp4")
    square, almost = film_frames(made.path)[0], film_frames(made.path)[-1]
    assert square[:, :66].max() < 10
    assert square[:, -66:].max() < 10
    assert square[:, 75:245].min() > 245
    assert almost.min() > 245


def test_a_source_that_ends_early_goes_on_with_its_last_picture(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    made = compose(film_of([clips[0]], frames=40), store, tmp_path / "film.mp4")
    assert film_numbers(made.path) == [*range(30), *[29] * 10]


def test_a_slowed_and_held_clip(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    clip = Clip("slow", clips[0], 30, source_in=5, speed=Fraction(4, 5), hold=5)
    made = compose(Timeline(RATE, 320, 180, (clip,), ()), store, tmp_path / "film.mp4")
    steps = [Fraction(4 * k, 5) for k in range(25)]
    expected = [5 + max(n for n in range(30) if n < step + Fraction(1, 2)) for step in steps]
    assert film_numbers(made.path) == [*expected, *[expected[-1]] * 5]


def test_sound_and_picture_stay_together_from_the_first_second_to_the_last(store: FolderStore, tmp_path: Path) -> None:
    clicks = [0, 10, 241, 479]
    long = make_clip(
        tmp_path / "long.mp4", 480, paint=lambda n: np.full((180, 320, 3), 255 if n in clicks else 20, np.uint8)
    )
    burst = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(1920) / 48_000)
    speech = make_speech(tmp_path / "click.wav", burst)
    film = film_of(
        [long, long],
        frames=480,
        fade=0,
        lines=tuple(Line(speech, at, 1, "", "", "shot_1") for at in (*clicks, 480 + 479)),
    )
    made = compose(film, store, tmp_path / "film.mp4")
    flashes = [n for n, frame in enumerate(film_frames(made.path)) if frame.mean() > 120]
    assert flashes == [*clicks, *(480 + n for n in clicks)]
    heard = onsets(film_sound(made.path), 0.05, apart=4800)
    assert heard == pytest.approx([n * 2000 for n in (*clicks, 959)], abs=96)  # 2 ms


@pytest.mark.parametrize("rate", [RATE, Fraction(24000, 1001), Fraction(30)])
def test_sound_is_as_long_as_the_picture(
    rate: Fraction, clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    film = replace(film_of(clips[:3], frames=23, beds=(Bed("room", 0, 57, 1),)), rate=rate)
    made = compose(film, store, tmp_path / "film.mp4")
    with av.open(str(made.path)) as container:
        sound, picture = container.streams.audio[0], container.streams.video[0]
        assert (sound.start_time, picture.start_time) == (0, 0)
        assert (sound.duration or 0) * sound.time_base == made.seconds
        assert (picture.duration or 0) * picture.time_base == made.seconds


def test_sound_and_picture_are_woven_so_that_players_need_not_seek(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    made = compose(film_of(clips, beds=(Bed("room", 0, 96, 1),)), store, tmp_path / "film.mp4")
    with av.open(str(made.path)) as container:
        order = [(p.pos or 0, p.dts * p.time_base) for p in container.demux() if p.size and p.dts is not None]
    times = [time for _, time in sorted(order)]
    assert all(later > earlier - Fraction(1, 2) for earlier, later in pairwise(times))


def test_the_film_plays_everywhere_and_tells_its_chapters(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    film = film_of(clips[:2], title="The attic", comment="a draft", beds=(Bed("room", 0, 42, 1),))
    film = replace(film, clips=tuple(replace(c, number=f"00{n}") for n, c in enumerate(film.clips, 1)))
    made = compose(film, store, tmp_path / "film.mp4")
    data = made.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"avc1" in data
    assert b"mp4a" in data
    with av.open(str(made.path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.profile, picture.codec_context.pix_fmt) == ("High", "yuv420p")
        assert (picture.average_rate, picture.width, picture.height) == (24, 320, 180)
        assert (sound.profile, sound.codec_context.sample_rate) == ("LC", 48_000)
        assert container.metadata["title"] == "The attic"
        assert container.metadata["comment"] == "a draft"
        chapters = container.chapters()
    assert [c["metadata"]["title"] for c in chapters] == ["001 shot_1", "002 shot_2"]
    assert [Fraction(c["start"]) * (c["time_base"] or 1) for c in chapters] == [0, Fraction(18, 24)]


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(25), Fraction(60)])
def test_any_rate(rate: Fraction, clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    film = replace(film_of(clips[:3]), rate=rate)
    made = compose(film, store, tmp_path / "film.mp4")
    with av.open(str(made.path)) as container:
        times = [f.pts * f.time_base for f in container.decode(video=0) if f.pts is not None and f.time_base]
    assert times == [n / rate for n in range(60)]


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_joins_as_exactly(preset: Preset, clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    made = compose(film_of(clips[:3], fade=3), store, tmp_path / "film.mp4", settings=EncodeSettings(preset))
    picture = packets(made.path, "video")
    assert sorted(pts for pts, _, _ in picture) == [n * 512 for n in range(made.frames)]
    assert all(pts >= dts for pts, dts, _ in picture)
    assert film_numbers(made.path)[3:21] == list(range(3, 21))
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].profile == "High"


def test_a_slate_is_on_every_frame_and_the_picture_between(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    slate = Slate("003", "WIDE  AFTERNOON · nostalgic", "Who is there?", "ANIMATIC")
    film = film_of(clips[:2])
    film = replace(film, clips=tuple(replace(c, slate=slate) for c in film.clips))
    made = compose(film, store, tmp_path / "film.mp4")
    frames = film_frames(made.path)
    for frame in frames:
        assert frame[1, :10].max() < 12
        assert frame[-2, :10].max() < 12
        assert frame[:16, 16:60].max() > 120  # the number
        assert frame[-16:, 120:200].max() > 120  # the words
    assert [number_in(frame) for frame in frames[:18]] == list(range(18))
    other = replace(film, clips=(film.clips[0], replace(film.clips[1], slate=replace(slate, number="004"))))
    assert compose(other, store, tmp_path / "film.mp4").segments_made == 2


def test_slates_change_at_the_middle_of_a_join_and_do_not_melt(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    film = film_of(clips[:2])
    slates = Slate("1", "", "i"), Slate("1", "", "MMMMMMMM")
    film = replace(film, clips=tuple(replace(c, slate=s) for c, s in zip(film.clips, slates, strict=True)))
    frames = film_frames(compose(film, store, tmp_path / "film.mp4").path)
    lit = [int((frame[-16:, 100:220] > 100).sum()) for frame in frames]
    many = [count > (lit[0] + lit[-1]) / 2 for count in lit]
    assert lit[-1] > 4 * lit[0]
    assert many == [n >= 18 + 3 for n in range(len(frames))]
    assert max(lit[:21]) < 2 * lit[0]


def test_a_film_from_a_shot_list(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    voice = make_speech(tmp_path / "voice.wav", voice_like(1.0, 22_050), 22_050)
    cuts = [
        ShotCut("shot_1", clips[0], 24, 30, "001", ("attic",), "day", ambience="room"),
        ShotCut(
            "shot_2",
            clips[1],
            24,
            30,
            "002",
            ("attic",),
            "day",
            "Hello.",
            "emma",
            voice,
            22_050,
            22_050,
            ambience="room",
        ),
        ShotCut("shot_3", clips[2], 24, 30, "003", ("sea",), "night", ambience="sea"),
    ]
    film = build_timeline(cuts, rate=RATE, width=320, height=180)
    made = compose(film, store, tmp_path / "film.mp4")
    assert made.frames == film.frames == len(film_numbers(made.path))
    assert made.warnings == film.warnings
    assert made.loudness is not None
    assert made.loudness.integrated == pytest.approx(-14, abs=0.5)
    sound = film_sound(made.path)
    assert np.abs(sound).max() < 10 ** (-0.8 / 20)
    quietest = min(float(np.abs(block).max()) for block in np.array_split(sound[: len(sound) - 2400], 60))
    assert quietest > 10 ** (-80 / 20), "no dead silence"


def test_progress_counts_every_frame_and_ends_at_the_plan(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    seen: list[ComposeProgress] = []
    threads: set[int] = set()

    def watch(progress: ComposeProgress) -> None:
        seen.append(progress)
        threads.add(threading.get_ident())

    film = film_of(clips[:3], beds=(Bed("room", 0, 60, 1),))
    compose(film, store, tmp_path / "film.mp4", on_progress=watch)
    assert {p.piece for p in seen} >= {"shot_1", "shot_1 > shot_2", "shot_3", "mix", "join"}
    assert (seen[-1].frames, seen[-1].planned) == (60, 60)
    assert [p.frames for p in seen] == sorted(p.frames for p in seen)
    assert threads == {threading.get_ident()}


def test_a_stop_keeps_what_is_finished_and_leaves_nothing_else(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    out = tmp_path / "film" / "film.mp4"
    out.parent.mkdir()
    out.write_bytes(b"the film of yesterday")
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 60

    with pytest.raises(Interrupted):
        compose(film_of(clips), store, out, should_stop=stop, workers=1)
    finished = len(store.put)
    assert 0 < finished < 9
    assert store.leftovers() == []
    assert out.read_bytes() == b"the film of yesterday"
    assert list(out.parent.iterdir()) == [out]

    made = compose(film_of(clips), store, out)
    assert (made.segments_made, made.segments_reused) == (9 - finished, finished)


def test_a_callback_that_fails_stops_the_cut(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    def fail(_: ComposeProgress) -> None:
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        compose(film_of(clips), store, tmp_path / "film.mp4", on_progress=fail)
    assert store.leftovers() == []
    assert not (tmp_path / "film.mp4").exists()


def test_a_join_that_cannot_be_finished_leaves_the_old_film(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    film = film_of(clips[:2])
    out = tmp_path / "out" / "film.mp4"
    compose(film, store, out)
    before = out.read_bytes()
    for path in store.folder.iterdir():
        path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ComposeError, match="encoded piece"):
        compose(film, store, out)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_what_a_killed_run_left_is_swept_and_a_running_one_is_not(
    clips: list[Source], store: FolderStore, tmp_path: Path
) -> None:
    old, fresh = tmp_path / ".film [1].mp4.1.part", tmp_path / ".film [1].mp4.2.part"
    for part in (old, fresh):
        part.write_bytes(b"half a film")
    os.utime(old, (0, 0))
    compose(film_of(clips[:1]), store, tmp_path / "film [1].mp4")
    assert not old.exists()
    assert fresh.exists()


class FullDisk(FolderStore):
    """Everything of one kind that is written here meets a disk without space."""

    def __init__(self, folder: Path, suffix: str) -> None:
        super().__init__(folder)
        self.suffix = suffix

    def temporary(self, suffix: str) -> Path:
        path = super().temporary(suffix)
        if suffix == self.suffix:
            path.symlink_to("/dev/full")
        return path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("suffix", [".mp4", ".f32", ".m4a"])
def test_a_full_disk_is_said_and_leaves_nothing(suffix: str, clips: list[Source], tmp_path: Path) -> None:
    store = FullDisk(tmp_path / "store", suffix)
    film = film_of(clips[:1], beds=(Bed("room", 0, 24, 1),))
    with pytest.raises(ComposeError, match=r"film\.mp4 could not be written: No space left") as refused:
        compose(film, store, tmp_path / "film.mp4")
    assert "space on the disk" in refused.value.hint
    assert store.leftovers() == []
    assert not (tmp_path / "film.mp4").exists()


def test_a_folder_that_cannot_be_written_to_is_said(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ComposeError, match="could not be written"):
        compose(film_of(clips[:1]), store, tmp_path / "file" / "film.mp4")


PLAYLISTS = {
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "dash": b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
    "html": b"<html>502 Bad Gateway</html>",
    "empty": b"",
}


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_dressed_up_as_a_clip_is_refused(kind: str, store: FolderStore, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(PLAYLISTS[kind])
    with pytest.raises(ComposeError, match=r"clip\.mp4 is no video file") as refused:
        compose(film_of([source_of(path, "video")]), store, tmp_path / "film.mp4")
    assert "mp4, mov, webm or mkv" in refused.value.hint
    assert store.put == []
    assert store.leftovers() == []


def test_a_damaged_clip_is_named(clips: list[Source], store: FolderStore, tmp_path: Path) -> None:
    path = tmp_path / "damaged.mp4"
    path.write_bytes(clips[0].path.read_bytes()[:400])
    with pytest.raises(ComposeError, match=r"damaged\.mp4"):
        compose(film_of([clips[0], source_of(path, "video")]), store, tmp_path / "film.mp4")
    assert store.leftovers() == []


def test_encoding_again_gives_the_same_bytes(clips: list[Source], tmp_path: Path) -> None:
    # x264's AVX-512 code reads stray memory in pictures narrower than these
    film = replace(film_of(clips[:2], frames=12), width=640, height=360)
    stores = [FolderStore(tmp_path / name) for name in ("one", "two")]
    for each in stores:
        compose(film, each, tmp_path / "film.mp4", workers=1 if each is stores[0] else 2)
    one, two = ({p.name: p.read_bytes() for p in each.folder.iterdir()} for each in stores)
    assert one == two
