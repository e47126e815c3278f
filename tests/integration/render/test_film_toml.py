"""docs/reference/film-toml.md against the settings: none is missing, and a change makes again what the page says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Gt, Le
from cutting_room import make_clip, make_speech, voice_like
from pipeline_room import Room, shot
from pydantic.fields import FieldInfo

from film.models import AssetType, Model
from film.planning.params import FilmParams
from film.planning.results import CompletedShot
from film.production.finishing.cut import film_key, timeline_of
from film.render import EncodeSettings, mix, segments
from film.settings import Settings
from film.shots.filmfile import FilmFile, MusicFile
from film.timeline import Timeline

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "film-toml.md"
_ROW = re.compile(r"^\| `([a-z_.]+)` \| (.*) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)
ROWS = {name: (form, default, cost) for name, form, default, _, cost in _ROW.findall(PAGE.read_text("utf-8"))}


def settings_of(model: type[Model], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        group = MusicFile if name == "music" else field.annotation
        if isinstance(group, type) and issubclass(group, Model):
            yield from settings_of(group, f"{prefix}{name}.")
        else:
            yield prefix + name, field


FIELDS = dict(settings_of(FilmFile))


def test_the_page_has_every_setting_in_the_order_of_the_model() -> None:
    assert list(ROWS) == list(FIELDS)


@pytest.mark.parametrize("name", [name for name, (_, default, _) in ROWS.items() if default[:1] in '`"-0123456789tf'])
def test_defaults_are_as_the_page_says(name: str) -> None:
    text = ROWS[name][1].strip("`")
    if re.fullmatch(r'[-\d.]+|"\S*"|true|false', text) is None:
        assert FIELDS[name].default in (None, ""), f"{name}: {text} is no value, so it should stand for none"
        return
    said = tomllib.loads(f"value = {text}", parse_float=Decimal)["value"]
    default = FIELDS[name].default
    assert said == default or (said, default, name) == ("auto", None, "frame_rate")


def bounds(field: FieldInfo) -> set[str]:
    """The limits of a number, as people write them."""
    found: set[str] = set()
    marks = list(field.metadata)
    for part in get_args(field.annotation):  # an Annotated number that may be left out
        if get_origin(part) is Annotated:
            marks += [mark for arg in get_args(part)[1:] for mark in getattr(arg, "metadata", [arg])]
    for mark in marks:
        for kind, side in ((Ge, "ge"), (Gt, "gt"), (Le, "le")):
            if isinstance(mark, kind):
                found.add(f"{getattr(mark, side):g}")
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_ranges_and_choices_are_as_the_page_says(name: str) -> None:
    form, field = ROWS[name][0], FIELDS[name]
    if name == "transition_seconds":  # whose own limits are narrower than those of all seconds
        assert "over 0, to 10" in form
        return
    assert bounds(field) <= set(re.findall(r"-?[\d.]+", form))
    if get_origin(field.annotation) is Literal and name != "transition":
        assert set(get_args(field.annotation)) == set(re.findall(r'`"([a-z0-9.-]+)"`', form))


# ---- what a change makes


SHOTS = [
    shot(1, landscapes=["harbour"], dialogue="Hello there.", characters=["mara"]),
    shot(2, landscapes=["harbour"]),
    shot(3, landscapes=["attic"]),
]
TOML = """
title = "A film"
[music]
file = "song.wav"
[look]
lut = "half.cube"
"""
CHANGES: dict[str, str] = {
    "title": '"Other"',
    "comment": '"Words"',
    "size": '"128x160"',
    "frame_rate": "25",
    "format": '"hevc"',
    "start_timecode": '"01:00:00:00"',
    "transition": '"iris"',
    "transition_seconds": "0.25",
    "long_dialogue": '"hold"',
    "line_tail": "1.2",
    "music.file": '"other.wav"',
    "music.level": "-25",
    "music.duck": "-5",
    "music.fade_in": "0.5",
    "music.fade_out": "0.5",
    "music.start": "0.5",
    "music.offset": "0.5",
    "music.loop": "false",
    "sound.channels": '"5.1"',
    "sound.loudness": '"cinema"',
    "sound.true_peak": "-2",
    "sound.clips": '"drop"',
    "sound.clips_level": "-30",
    "sound.dialogue": "true",
    "sound.ambience": "false",
    "look.fit": '"blur"',
    "look.match": "true",
    "look.grain": "0.2",
    "look.lut": '"other.cube"',
    "look.lut_strength": "0.5",
    "captions.files": "false",
    "captions.track": "false",
    "captions.burn_in": "true",
    "captions.speakers": "true",
    "captions.language": '"de"',
}
ELSEWHERE = {"template", "variables", "provenance", "publish"}
"""Settings of which the cut reads nothing; tests of templates and of provenance hold them."""


class Desk:
    """Three finished shots, one with a line that outlasts its clip, and the film that any settings make of them."""

    def __init__(self, folder: Path) -> None:
        gallery = folder / "gallery"
        self._room = Room(Settings(gallery=gallery, database_url=f"sqlite:///{gallery / 'film.db'}"), folder)
        make_speech(folder / "song.wav", voice_like(2, seed=3))
        make_speech(folder / "other.wav", voice_like(2, seed=4))
        for name, share in (("half", 0.5), ("other", 0.8)):
            rows = [f"{r} {g} {b * share}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
            (folder / f"{name}.cube").write_text("LUT_3D_SIZE 2\n" + "\n".join(rows))
        self._folder = folder
        self.write(TOML)
        made = self._room.make(SHOTS).shots
        self._shots = [self._filmed(done, number) for number, done in enumerate(made)]

    def write(self, text: str) -> None:
        (self._folder / "film.toml").write_text(text)

    def _filmed(self, done: CompletedShot, number: int) -> CompletedShot:
        """The shot with a clip of its own brightness and sound, and its line longer than that."""
        colour = (70 + 40 * number, 90, 80)
        clip = make_clip(self._folder / f"{number}.mp4", 24, size=(128, 128), colour=colour, sound=True)
        assets = dict(done.assets)
        for kind, path, digest, details in (
            (AssetType.VIDEO, clip.path, clip.sha256, {"seconds": "1", "frame_rate": "24"}),
            (AssetType.AUDIO, None, None, {"samples": 60_000, "sample_rate": 48_000}),
        ):
            if kind in assets:
                old = assets[kind].asset
                new = replace(old, details={**old.details, **details})
                if path and digest:
                    new = replace(new, sha256=digest, location=str(path))
                assets[kind] = replace(assets[kind], asset=new)
        return replace(done, assets=assets)

    def params(self) -> FilmParams:
        return self._room.params(SHOTS, size=None)

    def film(self) -> tuple[set[str], str, str]:
        """The keys of a film's pieces, of its sound, and of itself."""
        params = self.params()
        laid: Timeline = timeline_of(params, self._shots)
        how = replace(EncodeSettings.preview(), format=params.film.format)
        pieces = {segment.key for segment in segments.plan(laid, how)}
        return pieces, mix.key(mix.plan(laid), how), film_key(laid, how)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


def changed(name: str, value: str) -> str:
    """TOML with one more setting, or with another value of one."""
    group, _, key = name.rpartition(".")
    document: dict[str, Any] = tomllib.loads(TOML)
    lines = {"": [f'title = "{document["title"]}"'], "music": ['file = "song.wav"'], "look": ['lut = "half.cube"']}
    wanted = lines.setdefault(group, [])
    wanted[:] = [line for line in wanted if not line.startswith(f"{key} =")] + [f"{key} = {value}"]
    return "\n".join("\n".join([f"[{part}]" if part else "", *text]) for part, text in lines.items())


def test_every_setting_that_the_cut_reads_is_changed_here() -> None:
    assert set(CHANGES) == {name for name in FIELDS if name.split(".")[0] not in ELSEWHERE}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_setting_makes_what_the_page_says(name: str, desk: Desk) -> None:
    desk.write(TOML)
    pieces, sound, film = desk.film()
    desk.write(changed(name, CHANGES[name]))
    now_pieces, now_sound, now_film = desk.film()
    cost = re.split("[:;]", ROWS[name][2])[0]
    assert bool(now_pieces - pieces) == (cost == "pictures")
    assert cost == "pictures" or (now_sound != sound) == (cost == "sound")
    assert (now_film != film) == (cost != "nothing")
    if re.match("pictures: all(;|$)", ROWS[name][2]):
        assert not now_pieces & pieces
