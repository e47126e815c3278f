"""Who sounds how: a character's name becomes one voice for the whole film, on every machine, in any order of lines.

    character, wanted voice, text ──► language (of the text's script and small words)
                                  ──► part (what was wanted, else what the name suggests, else its hash)
                                  ──► VoiceSpec: an espeak voice, its rate, pitch and liveliness

The palette holds the variants that measured well on the same line: no clipping, no piercing highs, pitch of a
person. Two characters who share a variant still differ by pitch and pace, which come from the hash of the name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace

from film.errors import InputError
from film.providers.given_names import guessed_feminine


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True)
class VoiceSpec:
    """A voice as espeak knows it (``en-us+f3``), words a minute, and pitch and its range on 0..99."""

    name: str
    rate: int = 156
    pitch: int = 50
    spread: int = 58


_FEMALE = (
    VoiceSpec("en-us+f2"),
    VoiceSpec("en-gb-x-rp+f3", pitch=47),
    VoiceSpec("en-us+f4"),
    VoiceSpec("en+f1", pitch=52),
    VoiceSpec("en-us+belinda", pitch=42),
    VoiceSpec("en-gb-x-rp+f2"),
    VoiceSpec("en-us+f5", pitch=47),
    VoiceSpec("en-us+aunty", pitch=52),
)
_MALE = (
    VoiceSpec("en-us+Michael", pitch=46),
    VoiceSpec("en-gb-x-rp+m7"),
    VoiceSpec("en-us+m3"),
    VoiceSpec("en+robert", pitch=46),
    VoiceSpec("en-us+adam"),
    VoiceSpec("en-gb-scotland+m3"),
    VoiceSpec("en-us+max"),
    VoiceSpec("en-gb-x-rp+m1", pitch=54),
)
NARRATOR = VoiceSpec("en-gb-x-rp+m7", rate=152, pitch=48, spread=52)

_PARTS: dict[str, tuple[VoiceSpec, ...]] = {
    "female": _FEMALE,
    "male": _MALE,
    "girl": (VoiceSpec("en-us+Annie", 164, 62, 66), VoiceSpec("en-gb-x-rp+f5", 162, 76, 66)),
    "boy": (VoiceSpec("en-us+f4", 166, 76, 62), VoiceSpec("en+f1", 164, 80, 62)),
    "child": (VoiceSpec("en-us+Annie", 164, 60, 66), VoiceSpec("en-us+f4", 166, 76, 62)),
    "old woman": (VoiceSpec("en-us+grandma", 138, 46, 62), VoiceSpec("en+aunty", 136, 48, 62)),
    "old man": (VoiceSpec("en-us+grandpa", 136, 36, 60), VoiceSpec("en-gb-x-rp+m3", 134, 38, 62)),
    "deep": (VoiceSpec("en-us+david", 148, 50, 50), VoiceSpec("en-gb-x-rp+announcer", 148, 50, 50)),
    "whisper": (VoiceSpec("en-us+whisper", 148), VoiceSpec("en-us+whisperf", 148)),
    "robot": (VoiceSpec("en-us+robosoft", 146, 50, 8), VoiceSpec("en-us+UniRobot", 140, 46, 8)),
    "narrator": (NARRATOR,),
}
_SAME: dict[str, str] = {
    **dict.fromkeys(_words("woman women feminine lady she her f"), "female"),
    **dict.fromkeys(_words("man men masculine guy he him m"), "male"),
    **dict.fromkeys(("kid", "young", "toddler"), "child"),
    **dict.fromkeys(("low", "bass", "giant", "monster", "demon"), "deep"),
    **dict.fromkeys(("whispering", "ghost"), "whisper"),
    **dict.fromkeys(("android", "computer", "machine", "ai"), "robot"),
    **dict.fromkeys(("narration", "voiceover", "default"), "narrator"),
    **dict.fromkeys(("elderly", "aged", "ancient"), "old"),
    "grandma": "old woman", "grandmother": "old woman", "granny": "old woman", "crone": "old woman",
    "grandpa": "old man", "grandfather": "old man",
}  # fmt: skip
_ACCENTS = {
    "american": "en-us", "british": "en", "english": "en-gb-x-rp", "posh": "en-gb-x-rp",
    "scottish": "en-gb-scotland", "caribbean": "en-029",
    "french": "fr", "german": "de", "spanish": "es", "italian": "it", "portuguese": "pt", "russian": "ru",
    "greek": "el", "dutch": "nl", "polish": "pl", "swedish": "sv", "turkish": "tr", "chinese": "cmn",
    "mandarin": "cmn", "japanese": "ja", "korean": "ko", "arabic": "ar", "hindi": "hi", "ukrainian": "uk",
}  # fmt: skip
_VENDORS = {
    **dict.fromkeys(("alloy", "coral", "nova", "sage", "shimmer", "marin"), "female"),
    **dict.fromkeys(("ash", "ballad", "echo", "fable", "onyx", "verse", "cedar"), "male"),
}
"""Voices of paid providers, so that a film cast for one of them can be tried in draft as it stands."""

LANGUAGES = _words(
    "af am an ar as az ba be bg bn bs ca cmn cs cv cy da de el en en-029 en-gb en-gb-scotland en-gb-x-gbclan "
    "en-gb-x-gbcwmd en-gb-x-rp en-us en-us-nyc eo es es-419 et eu fa fi fr fr-be fr-ch fr-fr ga gd gu he hi hr "
    "ht hu hy ia id is it ja ka kk kl kn ko ku ky la lb lt lv mi mk ml mr ms mt my nb ne nl om or pa pl pt pt-br "
    "ro ru sd si sk sl sq sr sv sw ta te th tk tr tt ug uk ur uz vi yue zh"
)
_FILES = {"en-gb": "en", "fr-fr": "fr", "zh": "cmn"}
"""Languages whose voice the engine keeps under another name."""

_VARIANTS = _words(
    "adam Alex Andy Annie announcer aunty belinda david f1 f2 f3 f4 f5 grandma grandpa Lee linda m1 m2 m3 m4 m5 "
    "m6 m7 m8 Mario max Michael Mike quincy rob robert robosoft shelby travis UniRobot whisper whisperf"
)

_SCRIPTS = {
    "CYRILLIC": "ru", "GREEK": "el", "CJK": "cmn", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko",
    "ARABIC": "ar", "HEBREW": "he", "DEVANAGARI": "hi", "BENGALI": "bn", "GUJARATI": "gu", "GURMUKHI": "pa",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "ORIYA": "or", "SINHALA": "si", "THAI": "th",
    "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "MYANMAR": "my",
}  # fmt: skip
_SMALL_WORDS = {
    "en": "the and you is are was to of it that what we he she not have do for this with in my i on",
    "fr": "le la les je tu il elle nous vous est pas ne une des et que qui mais pour avec bonjour oui "
    "mon ma mes ton dans vite amour",
    "de": "der die das ich du er sie wir ihr ist nicht ein eine und mit auf aber wie was ja nein",
    "es": "el los las yo tú es no una y que pero por con está muy qué hola sí señor",
    "it": "il gli io tu è non una e che ma per con sono sei questo perché ciao sì mio mia niente cosa",
    "pt": "os as eu você é não uma e que mas por com está muito isso sim olá",
    "nl": "het een ik jij is niet en met maar wat hoe ja nee van zijn wij",
    "pl": "nie to jest się i w na że co jak tak ja ty ale",
    "sv": "och jag du är inte en ett det som men vad hur ja nej",
}
_NAMED_PARTS = {
    "girl": "girl", "boy": "boy", "child": "child", "kid": "child", "baby": "child", "son": "boy",
    "robot": "robot", "android": "robot", "computer": "robot", "ai": "robot", "narrator": "narrator",
    "grandma": "old woman", "grandmother": "old woman", "granny": "old woman", "crone": "old woman",
    "grandpa": "old man", "grandfather": "old man", "monster": "deep", "demon": "deep", "dragon": "deep",
    "giant": "deep", "ghost": "whisper",
}  # fmt: skip
_LETTERS = {"es": "¿¡ñ", "fr": "œçêùàè", "de": "ßäöü", "pt": "ãõ", "it": "ìò", "pl": "łąęśż", "tr": "ğış"}
"""Letters that English words do not have, by the language that they are likeliest in."""


class VoiceCast:
    """Casts voices. It keeps nothing, so the voice of a character never depends on who spoke before."""

    def voice_for(self, character: str | None, wanted: str | None, text: str) -> VoiceSpec:
        """The voice of ``character`` for ``text``; ``wanted`` is an espeak voice or plain words, and wins."""
        language = language_of(text)
        name = " ".join((character or "").split())
        if wanted and wanted.strip():
            exact = _espeak_voice(wanted.strip())
            if exact:
                return exact
            part, accent = _described(wanted)
            spec = _choose(_PARTS.get(part) or _palette(name), name or wanted)
        else:
            part, accent = _suggested(name), None
            spec = _choose(_PARTS[part] if part else _palette(name), name) if name else NARRATOR
        if accent or language != "en":
            spec = replace(spec, name=f"{accent if language == 'en' else language}+{spec.name.partition('+')[2]}")
        return spec


def language_of(text: str) -> str:
    """An espeak language for the text's script and, among Latin ones, its commonest small words; ``en`` in doubt."""
    scripts = Counter(
        name for char in text if char.isalpha() for name in [unicodedata.name(char, "").split(" ")[0].split("-")[0]]
    )
    if not scripts:
        return "en"
    if scripts["HIRAGANA"] or scripts["KATAKANA"]:
        return "ja"
    common = scripts.most_common(1)[0][0]
    if common != "LATIN":
        if common == "CYRILLIC" and re.search(r"[іїєґ]", text.lower()):
            return "uk"
        if common == "ARABIC" and re.search(r"[پچژگ]", text):
            return "fa"
        return _SCRIPTS.get(common, "en")
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {code: sum(word in small.split() for word in words) for code, small in _SMALL_WORDS.items()}
    for code, letters in _LETTERS.items():
        scores[code] = scores.get(code, 0) + 2 * any(letter in text.lower() for letter in letters)
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] >= 2 and scores[best] > scores["en"] else "en"


def _espeak_voice(wanted: str) -> VoiceSpec | None:
    """``fr``, ``en-gb+f3`` or a bare variant such as ``f3``; None when it is not espeak's way of speaking."""
    language, plus, variant = wanted.partition("+")
    variants = {known.lower(): known for known in _VARIANTS}
    if not plus and language.lower() in variants and language.lower() not in {*_SAME, *_PARTS}:
        return VoiceSpec(f"en-us+{variants[language.lower()]}")
    code = language.lower().replace("_", "-")
    if code not in LANGUAGES or (plus and variant.lower() not in variants):
        if plus:
            raise _unknown(wanted)
        return None
    code = _FILES.get(code, code)
    return VoiceSpec(f"{code}+{variants[variant.lower()]}" if plus else code)


def _described(wanted: str) -> tuple[str, str | None]:
    """Plain words such as ``old british woman`` → (part, accent)."""
    if re.fullmatch(r"[A-Za-z0-9]{20}", wanted.strip()):
        return "", None  # a vendor's voice id: any voice will do, as long as it stays the same
    accent: str | None = None
    said: set[str] = set()
    for word in re.findall(r"[a-z]+", wanted.lower().replace("voice over", "voiceover")):
        if word in _ACCENTS:
            accent = _ACCENTS[word]
        elif word in _VENDORS or word in _SAME or word in _PARTS or word == "old":
            said.add(_VENDORS.get(word) or _SAME.get(word, word))
        elif word not in ("voice", "a", "an", "the", "with", "accent", "speaker", "middle", "adult"):
            raise _unknown(wanted)
    if not said and accent is None:
        raise _unknown(wanted)
    female = bool(said & {"female", "girl", "old woman"})
    if "old" in said:
        return ("old woman" if female else "old man"), accent
    if "child" in said:
        return ("girl" if female else "boy" if "male" in said else "child"), accent
    manners = [part for part in _PARTS if part in said and part not in ("female", "male")]
    if manners and not (female and manners[0] == "deep"):
        return manners[0], accent
    return next(iter(sorted(said - {"deep"})), ""), accent


def _unknown(wanted: str) -> InputError:
    return InputError(
        f"unknown voice {wanted!r}",
        hint=f"use words such as {', '.join(sorted({*_PARTS, 'old'}))}, with an accent if you like "
        f"({', '.join(sorted(_ACCENTS))}), or an espeak voice: en-us, en-gb-x-rp, fr, en-gb+f3, en-us+m7 …",
        field="voice",
    )


def _suggested(name: str) -> str:
    """The part a character's name speaks of: ``Old Tom``, ``the little girl``, ``Grandma Rose``; "" for none."""
    words = re.findall(r"[^\W\d_]+", name.lower())
    female = guessed_feminine(name)
    if "old" in words:
        return "old woman" if female else "old man"
    for word in words:
        if word in _NAMED_PARTS:
            return _NAMED_PARTS[word]
    return ""


def _palette(name: str) -> tuple[VoiceSpec, ...]:
    if not re.search(r"[^\W\d_]", name):
        return _FEMALE + _MALE
    return _FEMALE if guessed_feminine(name) else _MALE


def _choose(specs: tuple[VoiceSpec, ...], name: str) -> VoiceSpec:
    digest = hashlib.sha256(name.casefold().encode("utf-8", "surrogatepass")).digest()
    spec = specs[int.from_bytes(digest[:4], "big") % len(specs)]
    return replace(spec, pitch=spec.pitch + digest[4] % 11 - 5, rate=spec.rate + digest[5] % 9 - 4)
