"""What a shot says is read before it is drawn: heads of phrases, never a stray word; and what is not known is told."""

from __future__ import annotations

import pytest

from film.reading import Reading, catalogue, read
from film.reading.looks import looks


def things(reading: Reading) -> set[str | None]:
    return {thing.row for thing in reading.things}


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("An old fisherman stands up in a wood-panelled courtroom", "courtroom"),
        ("Emperor penguins waddle across the ice", "snow"),
        ("He parks the car outside the bank", None),
        ("A bride walks through the wedding hall", "ballroom"),
        ("Wide shot of an Antarctic research station at dusk", "research station"),
        ("INT. KITCHEN - NIGHT. Rosa stirs a pot of soup", "kitchen"),
        ("Dusty Victorian attic interior, wooden beams, afternoon sunlight", "attic"),
        ("A nurse pushes a wheelchair along the hospital corridor", "corridor"),
        ("A giant squid floats past the window of an underwater habitat", "submarine"),
        ("A fox runs across the snow under the stars", "snow"),
        ("The king of the mountain", None),
        ("A capacitor hums in the machine hall", None),
        ("Two boys kick a football in a dusty street", "street"),
        ("They play cards in a casino", "casino"),
    ],
)
def test_the_place_is_that_of_a_phrase_and_never_of_a_stray_word(prompt: str, place: str | None) -> None:
    assert read(prompt).setting.row == place


@pytest.mark.parametrize(
    ("prompt", "row"),
    [
        ("Emperor penguins waddle across the ice", "penguin"),
        ("Close-up of a gavel on the judge's desk", "gavel"),
        ("A dhow sails into the harbour", "sailing boat"),
        ("A terrier barks at the postman", "dog"),
        ("Three cows in a meadow", "cow"),
        ("A round lamp hangs over the table", "desk lamp"),
        ("He parks the car outside the bank", "car"),
        ("She opens a sealed letter", "sealed letter"),
        ("A viola on a chair", "violin"),
    ],
)
def test_a_thing_is_the_head_of_its_phrase(prompt: str, row: str) -> None:
    assert row in things(read(prompt))


@pytest.mark.parametrize("prompt", ["Emperor penguins waddle across the ice", "A king prawn on a plate"])
def test_no_king_comes_of_a_word_before_the_head(prompt: str) -> None:
    assert read(prompt).people == ()


def test_what_is_not_known_is_told_by_name() -> None:
    assert read("A king prawn on a plate").unplaced == ("prawn",)
    assert "squid farm" in read("Fog", landscapes=("squid farm",)).unplaced


def test_fields_outrank_the_prompt() -> None:
    assert read("They sit in a kitchen", landscapes=("attic",)).setting.row == "attic"


def test_a_character_that_is_an_animal_is_one() -> None:
    found = read("Biscuit, a small terrier, rides on a motorbike", characters=("Biscuit",))
    assert found.people == ()
    assert next(thing for thing in found.things if thing.name == "Biscuit").row == "dog"


def test_people_are_counted_and_an_apposition_is_no_second_one() -> None:
    assert [person.count for person in read("Three old women sew").people] == [3]
    assert len(read("The judge, a Black woman with short grey hair, listens").people) == 1


def test_the_cast_is_read() -> None:
    told = read("Emma waits. Emma: copper hair, green wool coat.", characters=("Emma",)).people[0].said
    assert looks(told).hair_colour == "copper"
    assert (looks(told).cut, looks(told).colour) == ("coat", "green")


def test_looks_are_read_and_what_is_not_said_stays_open() -> None:
    found = looks("an indian man of 65 with a grey moustache and a white turban")
    assert (found.skin, found.feminine, found.beard, found.beard_colour) == (6, False, "moustache", "silver")
    assert (found.hat, found.hat_colour) == ("turban", "white")
    assert looks("a fat man in a dark suit").build == 1.0
    assert looks("a woman with short black hair").skin is None
    assert looks("a black woman in a white dress").skin == 8
    assert looks("a judge").cut == "robe"
    assert looks("") == looks("somebody")


def test_all_rows_of_places_name_things_that_are_rows() -> None:
    known = catalogue()
    for row in known.places.values():
        for text in row.things:
            assert text.partition(":")[0].partition("@")[0] in known.things, (row.name, text)
        assert bool(row.scene) + bool(row.walls) + bool(row.ground) == 1, row.name


def test_there_is_much_to_draw() -> None:
    assert catalogue().names() >= 6000
