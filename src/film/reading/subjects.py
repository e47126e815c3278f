"""Noun phrases ─► the people and things of a shot: of its characters first, then of its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from film.reading.catalogue import Catalogue
from film.reading.phrases import INSIDE, NUMBERS, UNSEEN, Phrase, looked_up, phrases_in, row_of, word_set
from film.reading.readings import Person, Thing

_CLOTHES = word_set(
    "coat shirt dress suit jacket robe gown sari saree kimono turban hat cap helmet scarf veil uniform apron hoodie "
    "sweater jumper jeans trousers shorts skirt tie gloves boots shoes glasses spectacles sunglasses wig mask beard "
    "moustache jersey cloak cape hijab headscarf habit armour armor spacesuit crown waistcoat vest overalls tunic "
    "sherwani kurta poncho parka cardigan blouse bonnet beret hair braid braids bun sombrero tiara headdress overcoat "
    "bandana raincoat sombrero fedora wetsuit pyjamas nightgown swimsuit bikini tuxedo trench-coat "
    "leather wool silk linen cotton garland"
)
_GATHERED = word_set(
    "caravan herd flock pack swarm fleet bunch pile school shoal convoy team line row stack pair heap group"
)
"""What others are gathered in: a caravan of camels is camels."""
_NOT_PEOPLE = word_set(
    "professional dragon rover star guide mummy beast monster creature grey rider ghost crane bug bull pig rat"
)
_GENERIC = word_set("man woman boy girl lady gentleman guy child")
"""What somebody is called besides what they are: "the judge, a tall woman"."""


def subjects_in(
    phrases: Sequence[Phrase], names: dict[str, str], banned: set[str], known: Catalogue, prompt: str
) -> tuple[tuple[Person, ...], tuple[Thing, ...]]:
    beasts = {name: row for name in names if (row := _beast(name, prompt, known))}
    things = [
        Thing(known.things[row].name, row, 1, " ".join(_appositions(name, prompt)[:1]), names[name])
        for name, row in beasts.items()
    ]
    people = [Person(name, 1, _told(name, prompt), own) for name, own in names.items() if name not in beasts]
    shown = set(beasts.values())
    for one in phrases:
        last = one.head.rsplit(" ", 1)[-1]
        called = one.head in names or any(one.head in name.split() for name in names)
        if called or one.head in banned or last in UNSEEN or _only_gathers(one, phrases):
            continue
        if looked_up(one.head, known) == "person":
            if not (people and _is_apposition(one)):
                people.append(_person(one, phrases, known))
        elif (thing := _thing(one, known)) and thing.row not in shown:
            things.append(thing)
    unique = {thing.words: thing for thing in reversed(things)}
    return tuple(people), tuple(thing for thing in things if unique[thing.words] is thing)


def _only_gathers(one: Phrase, phrases: Sequence[Phrase]) -> bool:
    gathers = one.head.rsplit(" ", 1)[-1] in _GATHERED
    return gathers and any(other.preposition == "of" and other.leading == one.head for other in phrases)


def _is_apposition(one: Phrase) -> bool:
    """Whether it says more of whom was named right before: "the judge, a tall woman"."""
    return one.head in _GENERIC and one.first and one.determined and one.appended


def _count(one: Phrase) -> int:
    return next((NUMBERS[word] for word in one.before if NUMBERS.get(word)), 1)


def _person(one: Phrase, phrases: Sequence[Phrase], known: Catalogue) -> Person:
    """Somebody, with the words behind them as far as the next person."""
    after = one.after
    for other in phrases:
        if other is one or other.head in UNSEEN or _is_apposition(other):
            continue
        if looked_up(other.head, known) == "person" and f" {other.head}" in f" {after}":
            after = f" {after}".split(f" {other.head}")[0].rsplit(" and ", 1)[0].strip()
    words = " ".join((*(word for word in one.before if word not in NUMBERS), one.head))
    return Person(words, _count(one), " ".join((*one.before, one.head, after)))


def _thing(one: Phrase, known: Catalogue) -> Thing | None:
    """What the phrase shows; None where it is worn, where it is the place itself, or where it only might be a thing."""
    what = looked_up(one.head, known)
    if what not in ("thing", "something", "place"):
        return None
    if one.head.rsplit(" ", 1)[-1] in _CLOTHES and one.preposition in ("in", "with", "wearing", "of", ""):
        return None
    row = row_of(one.head, known)
    if what == "place":
        within = one.preposition in ("in", "inside", "aboard", "into")
        if row is None or within or (one.preposition in INSIDE and one.head not in known.things):
            return None
    if what == "something" and not (one.determined or one.before):
        return None
    return Thing(one.head, row, _count(one), " ".join(one.before))


def _told(name: str, prompt: str) -> str:
    """What a prompt says of this character: behind their name in its cast, beside their name in its text."""
    own = re.escape(name)
    text = prompt.casefold().replace("_", " ")
    found = re.search(rf"(?:^|[.!?] )\s*{own}: ([^.]*)", text)
    near = [m[1] for m in re.finditer(rf"\b{own}\b(?:, | is | \()([^.;)]*)", text)]
    before = [m[1] for m in re.finditer(rf"((?:[\w-]+ ){{1,4}}){own}\b", text)]
    return " ".join(([found[1]] if found else []) + near + before)


def _beast(name: str, prompt: str, known: Catalogue) -> str:
    """The animal that a character is: by its name, or by what stands beside its name."""
    for text in (name, *_appositions(name, prompt)):
        for phrase in phrases_in(text, known)[:1]:
            row = row_of(phrase.head, known)
            if row and known.things[row].kind == "animals" and looked_up(phrase.head, known) == "thing":
                return row
    return ""


def _appositions(name: str, prompt: str) -> list[str]:
    own, text = re.escape(name), prompt.casefold().replace("_", " ")
    after = re.findall(rf"\b{own}(?:,| is|:| \()\s+((?:an?|the) [^.,;)]*)", text)
    before = re.findall(rf"\b((?:an?|the|his|her) (?:[\w-]+ ){{0,2}}[\w-]+),? (?:named |called )?{own}\b", text)
    return [*after, *before]
