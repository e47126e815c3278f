"""What the words of a character's name say about them, by one list for the drawn face and for every voice.

    "Mrs Hale", "grandmother", "Emma" ──► feminine ──► True, False, or None where it could be anybody

Titles, family and a few callings say it outright; given names as most people who bear them would. Other callings say
nothing: a captain is whoever the rest of the name says. A name on no list is judged by its ending, and where that is
silent too, by a coin that always falls the same way for one name: so that a character's face and voice agree.
"""

from __future__ import annotations

import hashlib
import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FEMININE_WORDS = _words(
    "woman girl lady mother mom mum grandmother grandma granny sister daughter wife queen princess aunt actress "
    "waitress witch bride she her female nun maid heroine ballerina niece mrs miss ms madam goddess widow mama "
    "nurse"
)
MASCULINE_WORDS = _words(
    "man boy guy father dad grandfather grandpa brother son husband king prince uncle actor waiter wizard groom he "
    "him male gentleman monk mr sir lord nephew hero cowboy fisherman papa"
)

FEMININE_NAMES = _words(
    "abigail agnes aiko aisha alice allison amara amelia amy ananya ann anna anne anya astrid audrey ava avery "
    "bella beth betty bianca bridget camila carla carmen charlotte chloe claire clara daisy dana diana dora dorothy "
    "edith eleanor elena eliza elizabeth ella ellie emily emma esther eva eve evelyn faith fatima fiona flora "
    "florence freya frida gabriela gina gloria grace greta gwen hannah harper hazel heidi helen helena ida ines "
    "ingrid irene iris isabella isla ivy jane jasmine jenny jessica jill joan josephine joy judith julia julie "
    "juliet kara karen kate katherine katya kira laura layla leah leila lena lily lin linda lisa lucy luna margaret "
    "maria marta martha mary maya megan mei mei-lin mia mina miranda molly nadia naomi natalie nia nina noor nora "
    "odette olga olivia paisley paula penelope petra phoebe priya rachel rebecca robin rosa rose ruby ruth sabrina "
    "sally sana sandra sara sarah scarlett selena sienna simone sofia sonia sophia stella susan svetlana sylvia "
    "tara tess tina ursula valerie vera victoria violet vivian wendy willow yasmin yuki zara zoe zoey chantal colette "
    "élodie margot noémie"
)
MASCULINE_NAMES = _words(
    "adam adrian ahmed aiden alan albert alexander alfred ali andre andrea andrew anthony antonio arthur asher ben "
    "benjamin bill blake bob boris brian bruce bruno caleb carl carlos carter cedric charles chen chris christopher "
    "cole colin dale dan daniel dave david dennis derek diego dmitri dylan edgar edward elijah eric ernest ethan "
    "ezekiel ezra felix finn frank fred gabriel george gerald grayson gus hans harold harry hassan hector henry "
    "hiro hudson hugo ian igor ilya isaac isaiah ivan jack jackson jacob jake jamal james jan jason javier jaxon "
    "jayden jeff jim joe john jonas jorge jose joseph josh joshua juan julian karl ken kenji kevin klaus kofi kwame "
    "kyle larry lars lee leo leon levi liam lincoln logan louis luca lucas luke malik marco marcus mario mark "
    "martin mason mateo matthew maverick max michael mike miles milo misha mohamed muhammad nathan nick nikita "
    "nikolai noah oliver omar oscar otto owen pablo patrick paul pedro peter philip pierre rafael raj ralph ravi "
    "ray rick rob robert roger roman ron rudy ryan sam samir samuel sasha scott sean sebastian simon stefan steve "
    "sven takeshi ted theodore thomas tim tobias tom tony victor viktor vincent walter wayne wei william wyatt "
    "yusuf emile françois henri jacques jules lucien marcel rené yves"
)

_ENDS_FEMININE = re.compile(r"..(a|ie|elle|ette|ine|lyn|lynn|isse|ah|trice|ess|а|я|α|η|子)$")


def feminine(word: str) -> bool | None:
    """Whether a case-folded word of a name speaks of a woman (True) or of a man (False); None when of neither."""
    if word in FEMININE_WORDS or word in FEMININE_NAMES:
        return True
    return False if word in MASCULINE_WORDS or word in MASCULINE_NAMES else None


def sounds_feminine(name: str) -> bool | None:
    """What the words of a whole name say, else the ending of its first; None when it could be anybody."""
    words = re.findall(r"[^\W\d_]+", name.casefold())
    for word in words:
        if (told := feminine(word)) is not None:
            return told
    return True if words and _ENDS_FEMININE.search(words[0]) else None


def guessed_feminine(name: str) -> bool:
    """The same, decided in any case."""
    told = sounds_feminine(name)
    return (
        bool(hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).digest()[6] & 1) if told is None else told
    )
