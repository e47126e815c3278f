"""What captions show is what is spoken, to the word; stage directions are neither, and told; two voices are two."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from film.app.films import make_film
from film.dialogue import said
from film.errors import InputError
from film.hashing import asset_key
from film.models import AssetType, Shot
from film.planning.params import film_params
from film.planning.requests import ProviderSet, RequestBuilder
from film.settings import load_settings
from film.shots.shotfile import load_shots


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Do *not* open that door.", "Do not open that door."),
        ("I **never** said that, and I **always** meant it.", "I never said that, and I always meant it."),
        ("It is **locked**.", "It is locked."),
        ("It is _under_ the __bed__.", "It is under the bed."),
        ("***Stop*** it!", "Stop it!"),
        ("*Never* again.", "Never again."),
        ("*Run!*", "Run!"),
        ("<b>Never</b> again.", "Never again."),
    ],
)
def test_emphasis_is_said_without_its_marks(written: str, heard: str) -> None:
    assert said(written).text == heard and said(written).directions == ()


@pytest.mark.parametrize(
    "text",
    [
        "He left (again).",
        "Room [five], please.",
        "Two plus 2*3 is 8, and 2*4 is ten.",
        "(I know you can hear me.)",
        "(I know you can hear me)",
        "He (the king) left. And she (his wife) stayed.",
        "M*A*S*H, f**k, snake_case_name and 5 * 3 * 2.",
        "if a <b and c> d",
        "*",
        "Plain words.",
        "  Two  blanks stay.",
    ],
)
def test_what_belongs_to_a_sentence_stays_as_it_is(text: str) -> None:
    assert said(text).text == text and said(text).directions == ()


@pytest.mark.parametrize(
    ("written", "heard", "direction"),
    [
        ("(whispers) Come here.", "Come here.", "(whispers)"),
        ("*sighs* I know.", "I know.", "*sighs*"),
        ("Go home. [laughs] Really.", "Go home. Really.", "[laughs]"),
        ("Go. (She turns to the window) Now.", "Go. Now.", "(She turns to the window)"),
        ("I am late.\n(beat)\nAgain.", "I am late.\n\nAgain.", "(beat)"),
        ("[door slams]", "", "[door slams]"),
        ("(小声で)来て", "来て", "(小声で)"),
    ],
)
def test_a_stage_direction_on_its_own_is_not_said_and_is_told(written: str, heard: str, direction: str) -> None:
    if direction == "(She turns to the window)":
        written, direction = written.replace("She", "she"), direction.replace("She", "she")
    assert said(written).text == heard and said(written).directions == (direction,)


def shots_file(folder: Path, *shots: dict[str, Any]) -> Path:
    path = folder / "shots.json"
    path.write_text(
        json.dumps(
            [{"shot_id": f"e{n}", "enhanced_prompt": "A plain room", "duration": 2} | s for n, s in enumerate(shots)]
        )
    )
    return path


def test_what_is_not_said_is_told_with_its_shot(tmp_path: Path) -> None:
    path = shots_file(tmp_path, {"dialogue": "(whispers) Come here."}, {"dialogue": "He left (again)."})
    (told,) = film_params(path, load_settings()).warnings
    assert told == "e0: (whispers) is a stage direction: not spoken, and in no caption"


def test_a_shot_of_directions_alone_is_silent(tmp_path: Path) -> None:
    params = film_params(shots_file(tmp_path, {"dialogue": "[door slams]"}), load_settings())
    assert params.shots[0].spoken is None and RequestBuilder(params, ProviderSet()).audio(params.shots[0]) is None


# -- voices


@pytest.mark.parametrize(
    ("dialogue", "characters", "turns"),
    [
        ("MARA: Where is he? TOM: Gone.", ["mara", "tom"], [("mara", "Where is he?"), ("tom", "Gone.")]),
        ("MARA: Where is he? TOM: Gone.", ["mara"], [("mara", "Where is he?"), ("Tom", "Gone.")]),
        ("MARA: Where is he?\nTOM: Gone.", [], [("Mara", "Where is he?"), ("Tom", "Gone.")]),
        ("Mara: Hi.\nTom: Hello.", ["mara_lind", "tom"], [("mara_lind", "Hi."), ("tom", "Hello.")]),
        ("Hello. TOM: Hi.", ["mara", "tom"], [("mara", "Hello."), ("tom", "Hi.")]),
        ("MARA (softly): Come. TOM: No.", ["mara", "tom"], [("mara", "Come."), ("tom", "No.")]),
        ("OLD MAN: *Who* goes there? MARA: I do.", ["mara"], [("Old Man", "Who goes there?"), ("mara", "I do.")]),
        ("WARNING: do not enter.", ["mara"], [("mara", "WARNING: do not enter.")]),
        ("Time: 5 o'clock. Place: here.", ["mara"], [("mara", "Time: 5 o'clock. Place: here.")]),
        ("NOTE: one. NOTE: two.", ["mara"], [("mara", "NOTE: one. NOTE: two.")]),
    ],
)
def test_names_before_a_colon_are_voices(dialogue: str, characters: list[str], turns: list[tuple[str, str]]) -> None:
    shot = Shot.model_validate({"shot_id": "a", "enhanced_prompt": "x", "dialogue": dialogue, "characters": characters})
    assert [(turn.character, turn.text) for turn in shot.turns] == turns


def asks(tmp_path: Path, shot: dict[str, Any], **options: Any) -> Any:
    params = film_params(shots_file(tmp_path, shot), load_settings(), **options)
    return RequestBuilder(params, ProviderSet()).audio(params.shots[0])


@pytest.mark.parametrize("provider", ["openai", "elevenlabs", "draft"])
def test_a_text_of_one_speaker_keeps_the_key_it_had(tmp_path: Path, provider: str) -> None:
    ask = asks(tmp_path, {"dialogue": "They should be back.", "characters": ["mara"]}, audio_provider=provider)
    told = ask.request.params
    assert not ask.parts and "turns" not in told and "joined" not in told and "brackets" not in told
    assert told.get("text", told.get("input")) == "They should be back."
    if provider == "draft":
        assert dict(told) == {"text": "They should be back.", "voice": None, "character": "mara"}
    listed = {"dialogue": [{"character": "mara", "text": "They should be back."}], "characters": ["mara"]}
    assert asset_key(asks(tmp_path, listed, audio_provider=provider).request) == asset_key(ask.request)


@pytest.mark.parametrize("provider", ["openai", "elevenlabs", "draft"])
def test_two_voices_are_two_orders_and_one_line(tmp_path: Path, provider: str) -> None:
    lines = [{"character": "mara", "text": "Where is he?"}, {"character": "tom", "text": "Gone."}]
    listed = asks(tmp_path, {"dialogue": lines, "characters": ["mara", "tom"]}, audio_provider=provider)
    text = {"dialogue": "MARA: Where is he? TOM: Gone.", "characters": ["mara", "tom"]}
    typed = asks(tmp_path, text, audio_provider=provider)
    assert asset_key(listed.request) == asset_key(typed.request), "two ways to write one dialogue"
    assert [part.config.text for part in listed.parts] == ["Where is he?", "Gone."]
    assert [part.config.character for part in listed.parts] == ["mara", "tom"]
    voices = [part.request.params.get("voice", part.request.params.get("voice_id")) for part in listed.parts]
    assert provider == "draft" or voices[0] != voices[1]
    alone = asks(tmp_path, {"dialogue": "Gone.", "characters": ["tom"]}, audio_provider=provider)
    assert asset_key(listed.parts[1].request) == asset_key(alone.request), "a turn is the asset that it is elsewhere"


def test_what_is_sent_to_a_vendor_is_what_captions_show(tmp_path: Path) -> None:
    shot = {"dialogue": "(whispers) Do *not* open that door [again]."}
    assert asks(tmp_path, shot, audio_provider="openai").request.params["input"] == "Do not open that door [again]."
    v3 = asks(tmp_path, {"dialogue": "[whispers] Come."}, audio_provider="elevenlabs", audio_model="eleven_v3")
    assert v3.request.params["text"] == "[whispers] Come.", "it acts on it, and says nothing of it"


@pytest.mark.parametrize(
    ("dialogue", "field"),
    [
        ([], "dialogue"),
        ([{"character": "mara"}], "dialogue[0].text"),
        ([{"character": "", "text": "x"}], "dialogue[0].character"),
        ([{"character": "mara", "text": "x", "mood": "sad"}], "dialogue[0].mood"),
        (["Hello."], "dialogue"),
        (5, "dialogue"),
    ],
)
def test_a_dialogue_that_is_none_is_refused_by_its_place(tmp_path: Path, dialogue: object, field: str) -> None:
    with pytest.raises(InputError) as refused:
        load_shots(shots_file(tmp_path, {"dialogue": dialogue}))
    assert refused.value.field == field and "lines" not in str(refused.value)


# -- the whole way


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.casefold())


def test_a_draft_shows_and_says_the_same_words_of_every_line(tmp_path: Path) -> None:
    lines = [
        "Do *not* open that door.",
        "I **never** said that, and I **always** meant it.",
        "He left (again).",
        "Room [five], please.",
        "(I know you can hear me.)",
        "(whispers) It is _locked_.",
        "MARA: Where is he? TOM: Gone.",
    ]
    path = shots_file(
        tmp_path, *({"dialogue": line, "characters": ["mara", "tom"], "transition": "cut"} for line in lines)
    )
    settings = load_settings()
    params = film_params(path, settings, tier="draft", size="128x128", output=tmp_path / "film.mp4")
    params = params.model_copy(
        update={
            "film": params.film.model_copy(
                update={"captions": params.film.captions.model_copy(update={"speakers": True})}
            )
        }
    )
    result = asyncio.run(make_film(params, settings))
    shown = (tmp_path / "film.srt").read_text("utf-8")
    text = " ".join(line for line in shown.splitlines() if line and not line.isdigit() and "-->" not in line)
    heard = [w["word"] for s in result.shots for w in s.assets[AssetType.AUDIO].asset.details["words"]]
    wanted = [
        "do not open that door", "i never said that and i always meant it", "he left again", "room five please",
        "i know you can hear me", "it is locked", "where is he", "gone",
    ]  # fmt: skip
    assert words(" ".join(heard)) == words(" ".join(wanted))
    assert words(text.replace("MARA:", "").replace("TOM:", "")) == words(" ".join(wanted))
    assert "\nTOM: Gone." in shown and "\nWhere is he?" in shown and shown.count("MARA:") == 1, "named as voices change"
    talk = result.shots[-1].assets[AssetType.AUDIO].asset
    assert len(talk.details["turns"]) == 2 and talk.details["turns"][0] == 0 < talk.details["turns"][1]
