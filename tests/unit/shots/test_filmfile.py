"""film.toml and the settings beside the shots: read alike, each refusal with its file, line and field."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from film.errors import InputError
from film.shots.filmfile import FilmFile, with_flags
from film.shots.shotfile import load_shots, parse_size, standard_rate

GOOD = {"shot_id": "shot_001", "enhanced_prompt": "an attic"}


def read(folder: Path, toml: str, beside: dict[str, object] | None = None) -> FilmFile:
    (folder / "shots.json").write_text(json.dumps([GOOD] if beside is None else {**beside, "shots": [GOOD]}))
    (folder / "film.toml").write_text(toml)
    return load_shots(folder / "shots.json").film


def refusal(folder: Path, toml: str, beside: dict[str, object] | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        read(folder, toml, beside)
    assert caught.value.hint, "an error must end with the next step"
    return caught.value


def test_every_setting_has_a_default() -> None:
    film = FilmFile()
    assert (film.transition, film.long_dialogue, film.look.fit, film.sound.loudness) == ("auto", "extend", "fit", None)


def test_sections_are_read_and_files_found_beside_it(tmp_path: Path) -> None:
    (tmp_path / "bed.ogg").touch()
    (tmp_path / "warm.cube").touch()
    film = read(
        tmp_path,
        'title = "Attic"\nsize = "1080p 2.39:1"\nframe_rate = 25\ntransition = "whip"\ntransition_seconds = 0.4\n'
        '[music]\nfile = "bed.ogg"\nlevel = -22.5\n[sound]\nloudness = "ebu-r128"\n'
        '[look]\ngrain = 0.2\nlut = "warm.cube"\n[captions]\nburn_in = true\n[provenance]\nmanifest = false\n',
    )
    assert (film.title, film.frame_rate, film.transition) == ("Attic", "25", "whip")
    assert film.transition_seconds == Decimal("0.4")
    assert film.music and film.music.file == tmp_path / "bed.ogg" and film.music.level == Decimal("-22.5")
    assert film.sound.loudness == -23 and film.look.lut == tmp_path / "warm.cube"
    assert film.captions.burn_in and not film.provenance.manifest


def test_the_same_keys_may_stand_beside_the_shots_and_both_files_add_up(tmp_path: Path) -> None:
    film = read(tmp_path, 'title = "Attic"', {"look": {"grain": 0.25}, "music": None})
    assert film.title == "Attic" and film.look.grain == Decimal("0.25") and film.music is None


def test_a_key_in_both_files_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, 'size = "1280x720"\ntitle = "A"', {"title": "B"})
    assert str(error).startswith(f"{tmp_path / 'film.toml'}:2 title is given here and in shots.json:1")


@pytest.mark.parametrize(
    ("toml", "line", "says", "field"),
    [
        ('titel = "x"', 1, "did you mean title?", "titel"),
        ("\nfoo = 1", 2, "foo is not a setting of a film", "foo"),
        ('transition = "wipe"', 1, "transition is 'wipe'", "transition"),
        ("transition_seconds = 0", 1, "allowed more than 0", "transition_seconds"),
        ("[look]\n\ngrian = 0.3", 3, "did you mean grain?", "look.grian"),
        ("[look]\ncolour = 0.3", 2, "look.colour is not a field", "look.colour"),
        ("[look]\n# how rough\ngrain = 3", 3, "look.grain is 3, allowed up to 1", "look.grain"),
        ("sound.loudness = -14\nlook = {grain = 2.5}", 2, "look.grain is 2.5", "look.grain"),
        ('[sound]\nloudness = "loud"', 2, "is no level", "sound.loudness"),
        ("[music]\nlevel = -20", 1, "music.file is missing", "music.file"),
        ("music = 3", 1, "music is a number, not a group of settings", "music"),
        ('title = """a\nb\n"""\n[music]\nfile = "none.mp3"', 5, "there is no file", "music.file"),
        ('title = "a"\nsize = [1,\n2\n', 4, "is not valid TOML", None),
        ('[music]\nfile = "x"\n[music]', 3, "is not valid TOML", None),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, toml: str, line: int, says: str, field: str) -> None:
    error = refusal(tmp_path, toml)
    assert says in str(error) and (error.line, error.field) == (line, field)


def test_effects_are_found_from_the_shots_folder(tmp_path: Path) -> None:
    (tmp_path / "door.wav").touch()
    shot = {**GOOD, "effects": [{"file": "door.wav", "at": 1.5}]}
    (tmp_path / "shots.json").write_text(json.dumps([shot]))
    (effect,) = load_shots(tmp_path / "shots.json").shots[0].effects
    assert effect.file == tmp_path / "door.wav" and effect.at == Decimal("1.5")


@pytest.mark.parametrize(
    ("effects", "says", "field"),
    [
        ([{"file": "none.wav"}], "effects[0].file: there is no file", "effects[0].file"),
        ([{"at": 1}], "effects[0].file is missing", "effects[0].file"),
        ([{"file": "a.wav", "volume": 1}], "effects[0].volume is not a field", "effects[0].volume"),
    ],
)
def test_a_wrong_effect_stops_before_anything_is_made(
    tmp_path: Path, effects: list[dict[str, object]], says: str, field: str
) -> None:
    (tmp_path / "shots.json").write_text(json.dumps([{**GOOD, "effects": effects}]))
    with pytest.raises(InputError) as caught:
        load_shots(tmp_path / "shots.json")
    assert says in str(caught.value) and caught.value.field == field


def test_an_unknown_setting_beside_the_shots_is_told(tmp_path: Path) -> None:
    (tmp_path / "shots.json").write_text(json.dumps({"colour_depth": 8, "shots": [GOOD]}))
    assert load_shots(tmp_path / "shots.json").warnings == (
        "shots.json:1 colour_depth is not a setting of a film: ignored",
    )


def test_flags_go_over_the_file_and_leave_the_rest_of_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.mp3").touch()
    film = FilmFile.model_validate({"look": {"grain": "0.3"}, "transition": "iris"})
    changed = with_flags(film, transition="cut", look={"fit": "blur"}, music={"file": Path("other.mp3")}, size=None)
    assert (changed.transition, changed.look.fit, changed.look.grain) == ("cut", "blur", Decimal("0.3"))
    assert changed.music and changed.music.file == tmp_path / "other.mp3"
    with pytest.raises(InputError, match="--music: there is no file"):
        with_flags(film, music={"file": Path("none.mp3")})
    with pytest.raises(InputError, match="--loudness 'abc' is no level; write a number of LUFS"):
        with_flags(film, sound={"loudness": "abc"})
    with pytest.raises(InputError, match="--loudness is '5', allowed up to -5"):
        with_flags(film, sound={"loudness": "5"})
    with pytest.raises(InputError, match="--transition_seconds is NaN"):
        with_flags(film, transition_seconds=Decimal("NaN"))


@pytest.mark.parametrize(
    ("text", "short", "size"),
    [
        ("1280x720", 540, (1280, 720)),
        ("1080p", 720, (1920, 1080)),
        ("9:16", 720, (720, 1280)),
        ("1:1", 540, (540, 540)),
        ("2.39:1", 720, (1720, 720)),
        ("1080p 9:16", 720, (1080, 1920)),
        ("4k", 720, (3840, 2160)),
        ("4k 2.39:1", 720, (4096, 1714)),
    ],
)
def test_sizes_have_names(text: str, short: int, size: tuple[int, int]) -> None:
    assert parse_size(text, short) == size


@pytest.mark.parametrize(
    ("measured", "meant"),
    [("24", "24"), ("2997/100", "30000/1001"), ("119/4", "30"), ("2500/101", "25"), ("60", "60")],
)
def test_a_clips_rate_is_taken_as_the_standard_one_it_was_meant_to_be(measured: str, meant: str) -> None:
    assert standard_rate(Fraction(measured)) == Fraction(meant)
