"""Fields and prompt of a shot ──► Reading.

text ─► tokens ─► phrases (preposition, words before the head, head) ─► people, things, setting, unplaced
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from film.reading.catalogue import Catalogue, PlaceRow, catalogue
from film.reading.looks import roles

LONGEST = 4
"""Words in the longest phrase that is looked up."""


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INSIDE = _set("in inside at into through within aboard across along on outside onto interior")
_PREPOSITIONS = _INSIDE | _set(
    "of to from with without by near over under above below beside behind between against around about for toward "
    "towards past off up down before after upon beneath among during wearing holding riding carrying like as than"
)
_DETERMINERS = _set(
    "a an the his her their its my our your this that these those some any each every another no one two three four "
    "five six seven eight nine ten several many few both"
)
_NUMBERS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten".split())}
_STOP = _set(
    "and or but while who whom which where when then he she they it him them we us you i is are was were be been being "
    "has have had do does did not can will would there here just only also very too so if because until"
)
_UNSEEN = _set(
    "shot shots view close-up closeup camera lens frame frames scene scenes film films cinematography production "
    "grading color colour light lights lighting sunlight moonlight lamplight candlelight shadow shadows background "
    "foreground distance side front back middle center centre corner edge top bottom way floor wall walls ceiling "
    "beam beams ground surface air sky night day morning evening afternoon dusk dawn rain snow wind fog mist storm sun "
    "cloud clouds particles dust depth focus field point detail details style interior exterior room place world part "
    "piece pair group row line end shoulder waist hand hands face eyes head left right quality hollywood resolution "
    "documentary drama comedy action mood atmosphere tone texture angle wide medium people person crowd somebody "
    "something thing things someone nothing everything home dialogue video picture image set "
    "paw paws tail beak wing wings sideline core cores witness evidence "
    "red blue green yellow white black grey gray brown pink purple orange gold silver golden dark bright blonde blond"
)
_BROAD = _set("city town home house sea island ice sand path village")
"""Fields that say where a more exact one is: "city", "rooftop"."""
_CLOTHES = _set(
    "coat shirt dress suit jacket robe gown sari saree kimono turban hat cap helmet scarf veil uniform apron hoodie "
    "sweater jumper jeans trousers shorts skirt tie gloves boots shoes glasses spectacles sunglasses wig mask beard "
    "moustache jersey cloak cape hijab headscarf habit armour armor spacesuit crown waistcoat vest overalls tunic "
    "sherwani kurta poncho parka cardigan blouse bonnet beret hair braid braids bun sombrero tiara headdress overcoat "
    "bandana raincoat sombrero fedora wetsuit pyjamas nightgown swimsuit bikini tuxedo trench-coat "
    "leather wool silk linen cotton garland"
)
_VIEWS = _set("shot view image up window interior inside middle corner heart centre center surface hall")
_BESIDE = _set("past by near over under beneath around from above through")
_GATHERED = _set(
    "caravan herd flock pack swarm fleet bunch pile school shoal convoy team line row stack pair heap group"
)
"""What others are gathered in: a caravan of camels is camels."""
_NOT_PEOPLE = _set(
    "professional dragon rover star guide mummy beast monster creature grey rider ghost crane bug bull pig rat"
)
_CALLINGS = ("ologist", "ician", "smith", "wright", "maker", "keeper", "monger", "woman", "man", "ographer", "ist")
"""Endings by which an unknown word is somebody's calling."""
_GENERIC = _set("man woman boy girl lady gentleman guy child")
"""What somebody is called besides what they are: "the judge, a tall woman"."""
_PEOPLE = _set("robot android cyborg alien")
_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "geese": "goose",
    "feet": "foot", "teeth": "tooth", "wolves": "wolf", "knives": "knife", "leaves": "leaf", "loaves": "loaf",
    "shelves": "shelf", "thieves": "thief", "wives": "wife", "oxen": "ox", "policemen": "policeman",
    "firemen": "fireman", "fishermen": "fisherman", "dice": "dice", "glasses": "glasses",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[.;:!?,()]")
_ABSENT = re.compile(r"\b(?:no|without|empty of|not a|nobody with)\s*$")


@dataclass(frozen=True)
class Thing:
    """Something to see: the words for it, how many, and its row of the catalogue; None where it is not known."""

    words: str
    row: str | None
    count: int = 1
    said: str = ""
    """The words before it: its colour, its state."""
    name: str = ""
    """Of a named animal or thing, the character it is."""


@dataclass(frozen=True)
class Person:
    """Somebody: the words for them, how many, and what the shot says of their looks."""

    words: str
    count: int = 1
    said: str = ""
    name: str = ""


@dataclass(frozen=True)
class Setting:
    """Where it is: the words for it and its row; no row, no words: nothing is said of it."""

    words: str = ""
    row: str | None = None
    indoors: bool | None = None


@dataclass(frozen=True)
class Reading:
    """What a shot shows."""

    setting: Setting
    people: tuple[Person, ...]
    things: tuple[Thing, ...]

    @property
    def unplaced(self) -> tuple[str, ...]:
        """What is said and cannot be drawn, by name."""
        place = (self.setting.words,) if self.setting.words and self.setting.row is None else ()
        return (*place, *dict.fromkeys(thing.words for thing in self.things if thing.row is None))


@dataclass(frozen=True)
class _Phrase:
    """A noun phrase: its preposition, the words before its head, the head and the words behind it in its clause."""

    preposition: str
    before: tuple[str, ...]
    head: str
    after: str
    first: bool
    """Whether it opens its clause."""
    determined: bool
    leading: str
    """The head of the phrase that it hangs on."""
    appended: bool
    """Whether only a comma parts it from the phrase before it."""
    proper: bool
    """Whether it is written as a name."""


def singulars(word: str) -> Iterator[str]:
    """The word, and what it may be the plural of."""
    yield word
    last = word.rsplit(" ", 1)
    stem, prefix = last[-1], f"{last[0]} " if len(last) > 1 else ""
    if stem in _IRREGULAR:
        yield prefix + _IRREGULAR[stem]
    if stem.endswith("ies") and len(stem) > 4:
        yield f"{prefix}{stem[:-3]}y"
    if stem.endswith(("ses", "xes", "ches", "shes", "oes")):
        yield prefix + stem[:-2]
    if stem.endswith("s") and not stem.endswith("ss") and len(stem) > 3:
        yield prefix + stem[:-1]


def read(
    prompt: str,
    *,
    characters: Sequence[str] = (),
    landscapes: Sequence[str] = (),
    negative_prompt: str = "",
) -> Reading:
    """Read one shot.

    ``prompt`` is its text, with the cast's descriptions behind it ("Emma: copper hair."); ``characters`` and
    ``landscapes`` are its fields, which outrank the prompt; what ``negative_prompt`` names is not shown.
    """
    known = catalogue()
    phrases = _phrases(prompt, known)
    banned = {one.head for one in _phrases(negative_prompt, known)}
    names = {name.replace("_", " ").casefold(): name for name in characters}
    people, things = _subjects(phrases, names, banned, known, prompt)
    return Reading(_setting(landscapes, phrases, known, negative_prompt.casefold()), people, things)


# -- phrases


def _words(text: str) -> list[str]:
    plain = text.casefold().replace("’", "'").replace("_", " ")
    plain = re.sub(r"\b(int|ext|i/e)\.", r"\1 :", plain)
    out: list[str] = []
    for token in _TOKEN.findall(plain):
        out.append(token[:-2] if token.endswith("'s") else token)
    return out


def _looked_up(word: str, known: Catalogue) -> str:
    """``place``, ``thing``, ``person``, ``somewhere``, ``something`` or nothing."""
    for one in singulars(word):
        if one in known.place_words:
            return "place"
        if one in known.thing_words:
            return "thing"
        if one in _PEOPLE or one in roles():
            return "person"
        if noun := known.nouns.get(one):
            if noun.what == "p" and one in _NOT_PEOPLE:
                return "something"
            return {"p": "person", "l": "somewhere"}.get(noun.what, "thing" if noun.row else "something")
        if len(one) > 6 and " " not in one and one.endswith(_CALLINGS):
            return "person"
    return ""


def _is_verb(word: str, known: Catalogue) -> bool:
    for end, add in (("", ""), ("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ies", "y")):
        stem = word[: -len(end)] + add if end and word.endswith(end) else word if not end else ""
        if stem and stem in known.verbs:
            return True
        doubled = end in ("ed", "ing") and word.endswith(end) and len(stem) > 3 and stem[-1] == stem[-2]
        if doubled and stem[:-1] in known.verbs:
            return True
    return False


def _phrases(text: str, known: Catalogue) -> list[_Phrase]:
    tokens = _words(text)
    out: list[_Phrase] = []
    k = 0
    preposition, determined, first, leading = "", False, True, ""
    run: list[str] = []

    def close(until: int) -> None:
        nonlocal run, preposition, determined, first, leading
        if run and (found := _headed(run, known)):
            end = next((n for n in range(until, len(tokens)) if tokens[n] in ".;!?"), len(tokens))
            out.append(
                _Phrase(
                    preposition,
                    found[0],
                    found[1],
                    " ".join(tokens[until:end]),
                    first,
                    determined,
                    leading,
                    (begun > 1 and tokens[begun - 2] == ",") or (begun > 0 and tokens[begun - 1] == ","),
                    re.search(rf"\w[ ,]+{re.escape(found[1].title())}\b", text) is not None and not determined,
                )
            )
            leading, first = found[1], False
        elif run:
            leading = run[-1]
        run, determined, preposition = [], False, ""

    begun = 0
    while k < len(tokens):
        word = tokens[k]
        following = tokens[k + 1] if k + 1 < len(tokens) else ""
        if not word[0].isalnum():
            close(k)
            first, leading = True, ""
        elif word in _PREPOSITIONS and not (run and word == "like"):
            close(k)
            preposition = word
        elif word in _DETERMINERS:
            kept = preposition
            close(k)
            preposition, determined = kept, True
            run = [word] if word in _NUMBERS else []
        elif word in _STOP:
            close(k)
            preposition = ""
        elif _breaks(word, following, run, determined, known):
            close(k)
            first = False
        else:
            begun = begun if run else k
            run.append(word)
        k += 1
    close(k)
    return out


def _breaks(word: str, following: str, run: list[str], determined: bool, known: Catalogue) -> bool:
    """Whether a word is the verb that ends a phrase."""
    if not run and (determined or word in known.place_words):
        return False
    joined = f"{run[-1]} {word}" if run else word
    if _looked_up(joined, known) and run:
        return False
    nominal = any(_looked_up(one, known) for one in run)
    if word.endswith("s") and not word.endswith("ss") and run and _looked_up(run[-1], known) in ("person", "thing"):
        row = next((known.thing_words[one] for one in singulars(run[-1]) if one in known.thing_words), "")
        alive = _looked_up(run[-1], known) == "person" or (row and known.things[row].kind == "animals")
        if alive:
            return True
    if following in _DETERMINERS and nominal and not _looked_up(joined, known):
        return True
    if following in _DETERMINERS and word.endswith(("s", "ed", "ing")) and (run or not determined):
        return word.endswith(("ed", "ing")) or _is_verb(word, known) or not _looked_up(word, known) or not run
    if not _is_verb(word, known):
        return False
    return nominal or not determined


def _headed(run: list[str], known: Catalogue) -> tuple[tuple[str, ...], str] | None:
    """The words before the head, and the head: the longest phrase known that ends the run; else what stands there."""
    for end in range(len(run), 0, -1):
        for start in range(max(0, end - LONGEST), end):
            phrase = " ".join(run[start:end]).replace("-", " ")
            if _looked_up(phrase, known):
                return tuple(run[:start]), phrase
        if "-" in run[end - 1]:
            continue
    return None


# -- subjects


def _subjects(
    phrases: Sequence[_Phrase], names: dict[str, str], banned: set[str], known: Catalogue, prompt: str
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
        if called or one.head in banned or last in _UNSEEN or _only_gathers(one, phrases):
            continue
        if _looked_up(one.head, known) == "person":
            if not (people and _is_apposition(one)):
                people.append(_person(one, phrases, known))
        elif (thing := _thing(one, known)) and thing.row not in shown:
            things.append(thing)
    unique = {thing.words: thing for thing in reversed(things)}
    return tuple(people), tuple(thing for thing in things if unique[thing.words] is thing)


def _only_gathers(one: _Phrase, phrases: Sequence[_Phrase]) -> bool:
    gathers = one.head.rsplit(" ", 1)[-1] in _GATHERED
    return gathers and any(other.preposition == "of" and other.leading == one.head for other in phrases)


def _is_apposition(one: _Phrase) -> bool:
    """Whether it says more of whom was named right before: "the judge, a tall woman"."""
    return one.head in _GENERIC and one.first and one.determined and one.appended


def _count(one: _Phrase) -> int:
    return next((_NUMBERS[word] for word in one.before if _NUMBERS.get(word)), 1)


def _person(one: _Phrase, phrases: Sequence[_Phrase], known: Catalogue) -> Person:
    """Somebody, with the words behind them as far as the next person."""
    after = one.after
    for other in phrases:
        if other is one or other.head in _UNSEEN or _is_apposition(other):
            continue
        if _looked_up(other.head, known) == "person" and f" {other.head}" in f" {after}":
            after = f" {after}".split(f" {other.head}")[0].rsplit(" and ", 1)[0].strip()
    words = " ".join((*(word for word in one.before if word not in _NUMBERS), one.head))
    return Person(words, _count(one), " ".join((*one.before, one.head, after)))


def _thing(one: _Phrase, known: Catalogue) -> Thing | None:
    """What the phrase shows; None where it is worn, where it is the place itself, or where it only might be a thing."""
    what = _looked_up(one.head, known)
    if what not in ("thing", "something", "place"):
        return None
    if one.head.rsplit(" ", 1)[-1] in _CLOTHES and one.preposition in ("in", "with", "wearing", "of", ""):
        return None
    row = _row(one.head, known)
    if what == "place":
        within = one.preposition in ("in", "inside", "aboard", "into")
        if row is None or within or (one.preposition in _INSIDE and one.head not in known.things):
            return None
    if what == "something" and not (one.determined or one.before):
        return None
    return Thing(one.head, row, _count(one), " ".join(one.before))


def _row(head: str, known: Catalogue) -> str | None:
    for one in singulars(head):
        if one in known.thing_words:
            return known.thing_words[one]
        if (noun := known.nouns.get(one)) and noun.row:
            return noun.row
    return None


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
        for phrase in _phrases(text, known)[:1]:
            row = _row(phrase.head, known)
            if row and known.things[row].kind == "animals" and _looked_up(phrase.head, known) == "thing":
                return row
    return ""


def _appositions(name: str, prompt: str) -> list[str]:
    own, text = re.escape(name), prompt.casefold().replace("_", " ")
    after = re.findall(rf"\b{own}(?:,| is|:| \()\s+((?:an?|the) [^.,;)]*)", text)
    before = re.findall(rf"\b((?:an?|the|his|her) (?:[\w-]+ ){{0,2}}[\w-]+),? (?:named |called )?{own}\b", text)
    return [*after, *before]


# -- setting


_INDOORS = {"interior": True, "indoors": True, "inside": True, "int": True, "exterior": False, "outdoors": False,
            "outside": False, "ext": False}  # fmt: skip
_NOWHERE = _set("somewhere anywhere unknown various none")


def _setting(landscapes: Sequence[str], phrases: Sequence[_Phrase], known: Catalogue, banned: str) -> Setting:
    """The place that a field names exactly, else broadly; an unknown one of a field; else the best of the prompt."""
    indoors: bool | None = None
    weak: Setting | None = None
    broad: Setting | None = None
    unknown: Setting | None = None
    for text in (text.replace("_", " ").strip() for text in landscapes):
        plain = text.casefold()
        if plain in _INDOORS:
            indoors = _INDOORS[plain]
        if not plain or plain in _INDOORS or plain in _NOWHERE or plain in banned.split():
            continue
        row = known.places.get(_place(text, known) or "")
        if row is None:
            unknown = unknown or Setting(text, None)
        elif row.name in banned:
            continue
        elif row.weak:
            weak = weak or Setting(text, row.name, row.indoors)
        elif plain in _BROAD:
            broad = broad or Setting(text, row.name, row.indoors)
        else:
            return Setting(text, row.name, row.indoors)
    if broad or (unknown and weak is None):
        return broad or Setting(unknown.words if unknown else "", None, indoors)
    candidates = [found for at, one in enumerate(phrases) if (found := _candidate(at, one, known))]
    if weak is not None:
        candidates.append((2, -1, weak))
    found = min(candidates, key=lambda one: one[:2])[2] if candidates else Setting()
    return found if found.indoors is not None else Setting(found.words, found.row, indoors)


def _candidate(at: int, one: _Phrase, known: Catalogue) -> tuple[int, int, Setting] | None:
    """The place that a phrase of the prompt may set, and how sure that is: 0 is surest."""
    what = _looked_up(one.head, known)
    whole = " ".join((*one.before, one.head))
    if one.head == "snow" and one.preposition in _INSIDE:
        return 0, at, Setting(whole, "snow", False)
    unseen = one.head.rsplit(" ", 1)[-1] in _UNSEEN and one.head not in known.place_words
    if unseen or what not in ("place", "somewhere"):
        return None
    row = known.places.get(_place(whole, known) or "") if what == "place" else None
    rank = _rank(one, row, also_a_thing=_row(one.head, known) is not None)
    if row is not None and rank is not None:
        return (
            rank + (3 if row.weak else 0) + (one.preposition in ("on", "across")),
            at,
            Setting(whole, row.name, row.indoors),
        )
    named = what == "somewhere" and one.proper  # Lagos, Kabul: where in the world, not what kind of place
    if row is None and one.preposition in _INSIDE and one.preposition != "on" and not named:
        return 5, at, Setting(whole, None)
    return None


def _rank(one: _Phrase, row: PlaceRow | None, *, also_a_thing: bool) -> int | None:
    """How surely a phrase says where it is; None when it does not."""
    if row is None:
        return None
    if one.preposition == "outside" and row.indoors:
        return None  # before the mosque: it is a thing to see, and no room
    if one.preposition in _INSIDE:
        return 0
    if one.preposition == "of" and one.leading.rsplit(" ", 1)[-1] in _VIEWS:
        return 4 if one.leading else 1
    if one.preposition in _BESIDE and not row.indoors:
        return 3
    if one.preposition or (also_a_thing and one.determined):
        return None
    return 1 if one.first or one.determined else None


def _place(text: str, known: Catalogue) -> str | None:
    """The row of a place's words: of the longest phrase that ends them, unless a noun before it makes it another."""
    words = [w for w in _words(text.replace("-", " ")) if w[0].isalnum()]
    if " ".join(words) in known.place_words:
        return known.place_words[" ".join(words)]
    while words and words[-1] in ("interior", "exterior", "night", "day", "morning", "evening", "dusk", "dawn"):
        words.pop()
    whole = " ".join(words)
    if whole in known.place_words:
        return known.place_words[whole]
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - LONGEST), end):
            phrase = " ".join(words[start:end])
            for one in singulars(phrase):
                if one in known.place_words:
                    row = known.places[known.place_words[one]]
                    other = start > 0 and _looked_up(words[start - 1], known) and row.modified
                    tail = words[end] if end < len(words) else ""
                    if other or (tail and tail not in _PREPOSITIONS and _looked_up(tail, known)):
                        return None
                    return row.name
    return None
