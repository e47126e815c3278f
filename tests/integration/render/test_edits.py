"""A film of nineteen clips, no two of one make, with every kind of transition: whole, exact, and cheap to edit.

The film is cut once. Every edit then starts from a copy of what that cut left in the store, and says to the piece what
had to be made again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import av
import numpy as np
import pytest
from cutting_room import FolderStore, film_frames, make_clip, make_speech, source_of, voice_like
from PIL import Image

from film.render import Composed, EncodeSettings, compose
from film.timeline import Caption, EffectCue, Grade, Music, ShotCut, SoundTarget, Source, Timeline, build_timeline
from film.transitions import TransitionKind

KINDS: tuple[TransitionKind, ...] = tuple(kind for kind in get_args(TransitionKind) if kind != "blinds")
"""As many as this film has joins."""
RATE = Fraction(24)
SIZE = (128, 72)
FRAMES, FADE = 24, 8
SPEAKS, SOUNDS = 3, 17
"""The shot with a line, and the one whose clip brings its own sound."""


@dataclass(frozen=True)
class Room:
    """What the film is made of, and what an edit may bring in."""

    folder: Path
    clips: list[Source]
    spare: Source
    lines: dict[str, Source]
    music: dict[str, Source]
    effect: Source

    def cuts(self) -> list[ShotCut]:
        fits = ("fit", "fill", "blur")
        found = [
            ShotCut(
                f"s{number:02}",
                clip,
                FRAMES,
                None if clip.kind == "image" else 30,
                transition=KINDS[number] if number < len(KINDS) else None,
                fit=fits[number % 3],
            )
            for number, clip in enumerate(self.clips)
        ]
        return spoken(found, self.lines["as it was"], 6)

    def film(self, cuts: list[ShotCut] | None = None) -> Timeline:
        """The shots laid out, with an effect, music, and the sound that one clip brings along."""
        width, height = SIZE
        laid = build_timeline(
            cuts or self.cuts(), rate=RATE, width=width, height=height, transition_seconds=Fraction(FADE, 24),
            line_tail=Fraction(1, 5),
        )  # fmt: skip
        clips = tuple(
            replace(clip, sound=clip.source) if clip.source == self.clips[SOUNDS] else clip for clip in laid.clips
        )
        music = Music(self.music["as it was"], 0, laid.frames, Decimal(-20), Decimal(-10), 6, 12)
        effect = EffectCue(self.effect, laid.starts[1], Decimal(-22), "s01")
        return replace(laid, clips=clips, music=music, effects=(effect,))


def spoken(cuts: list[ShotCut], line: Source, frames: int) -> list[ShotCut]:
    said = replace(cuts[SPEAKS], dialogue="Hello.", speech=line, speech_samples=frames * 2000)
    return [*cuts[:SPEAKS], said, *cuts[SPEAKS + 1 :]]


def uneven(count: int) -> list[Fraction]:
    """Moments as a phone takes them: now quicker, now slower."""
    return [Fraction(n, 30) + Fraction(n % 3, 200) for n in range(count)]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """Clips of other sizes, rates, formats and shapes, and a still; dark ones and bright ones in turn."""
    folder = tmp_path_factory.mktemp("mixed")
    makes: list[dict[str, Any]] = [
        {"rate": 24},
        {"rate": 25},
        {"rate": 30},
        {"rate": 60, "frames": 80},
        {"rate": 30, "times": uneven(40)},
        {"size": (72, 128)},
        {"size": (100, 100)},
        {"size": (190, 80)},
        {"pixels": "yuv444p"},
        {"pixels": "yuv422p"},
        {"turned": 90, "size": (72, 128)},
        {"codec": "mjpeg", "pixels": "yuvj420p", "name": "m.mov"},
        {"codec": "libvpx-vp9", "name": "v.webm"},
        {"codec": "prores_ks", "pixels": "yuv422p10le", "name": "p.mov"},
        {"codec": "qtrle", "pixels": "rgb24", "name": "q.mov"},
        {"preset": "veryfast"},
        {"sound": True},
        {"rate": Fraction(24_000, 1001)},
    ]
    clips: list[Source] = []
    for number, make in enumerate(makes):
        name = f"{number}-{make.pop('name', 'c.mp4')}"
        colour = (200, 190 - 4 * number, 120) if number % 2 else (30, 40, 60 + 4 * number)
        options = {"frames": 40, "size": SIZE, "paint": flat(colour, make.get("size", SIZE)), **make}
        clips.append(make_clip(folder / name, container=name.rsplit(".", maxsplit=1)[-1], **options))
    Image.new("RGB", (300, 200), (30, 200, 60)).save(folder / "still.png")
    clips.insert(1, source_of(folder / "still.png", "image"))
    spare = make_clip(folder / "spare.mp4", 40, size=SIZE, paint=flat((90, 20, 200), SIZE))

    def sound(name: str, seconds: float, seed: int) -> Source:
        return make_speech(folder / f"{name}.wav", voice_like(seconds, seed=seed))

    lines = {
        "as it was": sound("line", 0.25, 1),
        "other words": sound("words", 0.25, 2),
        "longer": sound("long", 0.375, 3),
    }
    music = {"as it was": sound("music", 3, 4), "another": sound("another", 3, 5)}
    return Room(folder, clips, spare, lines, music, sound("effect", 0.3, 6))


def flat(colour: tuple[int, int, int], size: tuple[int, int]) -> Callable[[int], np.ndarray]:
    picture = np.full((size[1], size[0], 3), colour, np.uint8)
    return lambda _: picture


@pytest.fixture(scope="module")
def store(room: Room) -> FolderStore:
    return FolderStore(room.folder / "store")


@pytest.fixture(scope="module")
def whole(room: Room, store: FolderStore) -> Composed:
    return compose(room.film(), store, room.folder / "film.mp4", settings=EncodeSettings.preview())


@pytest.fixture
def again(whole: Composed, store: FolderStore, tmp_path: Path) -> Callable[[Timeline], Composed]:
    """Cuts an edited film with what the whole one left, and with nothing that another edit made."""
    copy = FolderStore(tmp_path / "store")
    for path in store.folder.iterdir():
        os.link(path, copy.folder / path.name)
    return lambda film: compose(film, copy, tmp_path / "film.mp4", settings=EncodeSettings.preview())


def test_the_film_is_whole_exact_and_without_a_flaw(whole: Composed, room: Room) -> None:
    film = room.film()
    assert [join.kind for join in film.transitions] == list(KINDS)
    room_for_the_line = 3  # speech is over before the fade
    assert whole.frames == film.frames == 19 * FRAMES + room_for_the_line - 17 * FADE
    assert len(film_frames(whole.path)) == whole.frames  # strictly decoded
    with av.open(str(whole.path)) as container:
        video = [(p.pts or 0, p.dts or 0) for p in container.demux(video=0) if p.size]
    shown = sorted(pts for pts, _ in video)
    assert shown[0] == 0 and {b - a for a, b in pairwise(shown)} == {shown[1]}
    assert all(a < b for a, b in pairwise(dts for _, dts in video))
    assert whole.segments_made == 19 + 17 and whole.pieces[-1] == "mix"
    assert whole.encoded_frames == whole.frames


def test_every_transition_moves_from_one_shot_to_the_other(whole: Composed, room: Room) -> None:
    film = room.film()
    pictures = [picture.astype(float) for picture in film_frames(whole.path)]

    def apart(one: int, other: int) -> float:
        return float(np.abs(pictures[one] - pictures[other]).mean())

    for start, join in zip(film.starts[1:], film.transitions, strict=True):
        before, after = start - 1, start + join.frames
        assert apart(before, after) > 20, f"{join.kind}: shots that cannot be told apart show nothing"
        if not join.frames:
            continue
        first, middle, last = start, start + join.frames // 2, after - 1
        assert apart(first, before) < apart(first, after), join.kind
        assert apart(last, after) < apart(last, before), join.kind
        assert min(apart(middle, before), apart(middle, after)) > 5, join.kind
        if join.kind.startswith("dip"):
            dark = join.kind == "dip-to-black"
            level = np.mean([pictures[at].mean() for at in (middle - 1, middle)])
            assert level < 45 if dark else level > 210, join.kind


def test_nothing_changed_means_nothing_made(again: Callable[[Timeline], Composed], room: Room) -> None:
    made = again(room.film())
    assert (made.pieces, made.encoded_frames, made.segments_reused) == ((), 0, 36)


def swapped(room: Room) -> Timeline:
    """Two shots change places; the joins stay where they are in the film."""
    cuts = room.cuts()
    kinds = [cut.transition for cut in cuts]
    cuts[8], cuts[9] = cuts[9], cuts[8]
    return room.film([replace(cut, transition=kind) for cut, kind in zip(cuts, kinds, strict=True)])


def shot(number: int, **changes: Any) -> Callable[[Room], Timeline]:
    def edit(room: Room) -> Timeline:
        cuts = room.cuts()
        cuts[number] = replace(cuts[number], **changes)
        return room.film(cuts)

    return edit


def clip(number: int, **changes: Any) -> Callable[[Room], Timeline]:
    def edit(room: Room) -> Timeline:
        film = room.film()
        clips = list(film.clips)
        clips[number] = replace(clips[number], **changes)
        return replace(film, clips=tuple(clips))

    return edit


def music(room: Room, **changes: Any) -> Timeline:
    film = room.film()
    assert film.music
    return replace(film, music=replace(film.music, **changes))


def effect(room: Room, **changes: Any) -> Timeline:
    film = room.film()
    return replace(film, effects=(replace(film.effects[0], **changes),))


def appended(room: Room) -> Timeline:
    cuts = room.cuts()
    cuts[-1] = replace(cuts[-1], transition="crossfade")
    return room.film([*cuts, ShotCut("s19", room.spare, FRAMES, 30)])


def removed(room: Room) -> Timeline:
    cuts = room.cuts()
    del cuts[6]
    return room.film(cuts)


EDITS: dict[str, tuple[Callable[[Room], Timeline], tuple[str, ...]]] = {
    "the title and the comment": (lambda room: replace(room.film(), title="Other", comment="words"), ()),
    "a caption": (lambda room: replace(room.film(), captions=(Caption(60, 20, "Hello there."),)), ()),
    "a burnt caption within a shot": (clip(5, captions=(Caption(10, 4, "Hello."),)), ("s05",)),
    "a burnt caption that ends in a join": (clip(5, captions=(Caption(10, 9, "Hello."),)), ("s05", "s05 > s06")),
    "other words, as long": (lambda room: room.film(spoken(room.cuts(), room.lines["other words"], 6)), ("mix",)),
    "a line that outlasts its shot": (
        lambda room: room.film(spoken(room.cuts(), room.lines["longer"], 9)),
        ("s03", "s03 > s04", "mix"),
    ),
    "the order of two shots": (swapped, ("s07 > s09", "s09 > s08", "s08 > s10")),
    "the kind of a transition": (shot(6, transition="iris"), ("s06 > s07",)),
    "the length of a transition": (
        shot(6, transition_seconds=Fraction(10, 24)),
        ("s06", "s06 > s07", "s07", "mix"),
    ),
    "a transition that becomes a cut": (shot(6, transition="cut"), ("s06", "s07", "mix")),
    "the clip of a shot": (
        lambda room: shot(11, source=room.spare)(room),
        ("s10 > s11", "s11", "s11 > s12"),
    ),
    "the length of a shot": (shot(11, frames=20), ("s11", "s11 > s12", "mix")),
    "how a shot fills the screen": (shot(11, fit="fit"), ("s10 > s11", "s11", "s11 > s12")),
    "the grade of a shot beside a cut": (clip(0, grade=Grade(gain=(Fraction(5, 4),) * 3)), ("s00",)),
    "the level of the music": (lambda room: music(room, level=Decimal(-26)), ("mix",)),
    "how far the music steps back": (lambda room: music(room, duck=Decimal(-16)), ("mix",)),
    "other music": (lambda room: music(room, source=room.music["another"]), ("mix",)),
    "the level of an effect": (lambda room: effect(room, level=Decimal(-28)), ("mix",)),
    "the place of an effect": (lambda room: effect(room, start_frame=40), ("mix",)),
    "the level of the clips' own sound": (
        lambda room: replace(room.film(), target=SoundTarget(clips_level=Decimal(-32))),
        ("mix",),
    ),
    "the loudness of the film": (lambda room: replace(room.film(), target=SoundTarget(Decimal(-23))), ("mix",)),
    "a shot at the end": (appended, ("s18", "s18 > s19", "s19", "mix")),
    "a shot less": (removed, ("s05 > s07", "mix")),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_makes_only_what_it_changes(name: str, again: Callable[[Timeline], Composed], room: Room) -> None:
    edit, expected = EDITS[name]
    film = edit(room)
    made = again(film)
    assert made.pieces == expected
    segments = len(film.clips) + sum(1 for join in film.transitions if join.frames)
    assert made.frames == film.frames
    assert made.segments_made + made.segments_reused == segments
    assert made.segments_made == sum(1 for piece in expected if piece != "mix")
