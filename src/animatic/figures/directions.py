"""Directions: the words of a prompt that ask somebody to do, hold or look at something.

prompt (or the clause of it that names this person) ──► pose_of ──► Pose with its prop and the head's turn
"""

from __future__ import annotations

import re
from dataclasses import replace

from animatic.figures.parties import parties_of
from animatic.figures.poses import POSES, Pose

_PROPS = {
    "lantern": "lantern",
    "torch": "lantern",
    "flashlight": "lantern",
    "candle": "lantern",
    "lamp": "lantern",
    "letter": "letter",
    "note": "letter",
    "map": "letter",
    "photo": "letter",
    "photograph": "letter",
    "paper": "letter",
    "newspaper": "letter",
    "book": "book",
    "diary": "book",
    "journal": "book",
    "phone": "phone",
    "telephone": "phone",
    "cellphone": "phone",
    "smartphone": "phone",
    "gun": "gun",
    "pistol": "gun",
    "revolver": "gun",
    "rifle": "gun",
    "umbrella": "umbrella",
    "box": "box",
    "flowers": "flowers",
    "flower": "flowers",
    "bouquet": "flowers",
    "cup": "cup",
    "mug": "cup",
    "coffee": "cup",
    "glass": "cup",
}
_HOLDING = (
    r"hold\w*|clutch\w*|carr(?:y|ies|ying)|grip\w*|read\w*|rais\w*|with an?|aim\w*|drink\w*|sip\w*|under an?|open\w*"
)

_POSTURES = ("walk", "run", "sit", "lie", "kneel", "crouch", "raise", "grieve", "hug", "drive")
_ALL = re.compile(
    r"\bthey\b|\bboth\b|\ball (?:of them|the|two|three|four|five)\b|\beveryone\b|\beverybody\b|\beach of\b"
    r"|\b(?:two|three|four|five) of them\b|\bthe (?:group|gang|crew|band|team|family|couple|pair)\b"
)

# The first that is found decides; a word that only looks like a pose ("running water") is ruled out by its neighbour.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"\bl(?:ies|ying|ay|aid) (?:down|on|in|dead|asleep|still|there|flat)|\basleep\b|\bsleep(?:s|ing)?\b", "lie"),
    (r"\bkneel\w*|\bknelt\b|\bon (?:his|her|their|one) knees?\b|\bpray(?:s|ing)\b|\bpropos\w+ to\b", "kneel"),
    (r"\bcrouch\w*|\bsquat\w*|\bhid(?:es?|ing)\b|\bsneak\w*", "crouch"),
    (r"\bsit(?:s|ting)?\b|\bsat\b|\bseated\b", "sit"),
    (r"\brun(?:s|ning)?\b(?! water| late| out| low| down the (?:wall|window))", "run"),
    (r"\bsprint\w*|\bchas\w+|\bflee\w*|\brac(?:es|ing)\b", "run"),
    (r"\bembrac\w+|\bhug\w*|\bkiss\w*|\bdanc(?:es|ing) together\b", "hug"),
    (r"\bhold(?:ing|s)? hands\b|\bhand in hand\b", "hand_in_hand"),
    (r"\barms? (?:crossed|folded)|\bcross(?:es|ed|ing) (?:his|her|their) arms", "crossed"),
    (r"\bhands? on (?:his|her|their) hips?\b", "hips"),
    (r"\bweep\w*|\bsob\w*|\bcr(?:ies|ying)\b|\bhead in (?:his|her|their) hands|\bgriev\w+", "grieve"),
    (r"\bpoint(?:s|ing|ed)\b(?! (?:of|out that))", "point"),
    (r"\bwav(?:es|ing)\b(?! crash| break| roll| lap| of| on)|\bbeckon\w*|\bgreet\w*", "wave"),
    (r"\bcheer\w*|\bcelebrat\w+|\barms? (?:raised|outstretched|wide|up)\b", "raise"),
    (r"\brais\w+ (?:his|her|their) (?:arms|hands)", "raise"),
    (r"\bopen(?:s|ing|ed)?\b[^.,;]{0,28}\b(?:door|gate|window|drawer|hatch|chest|box|curtains?)\b", "reach"),
    (r"\breach(?:es|ing|ed)?\b|\btouch(?:es|ing|ed)?\b|\bknock\w*|\bpush(?:es|ing)\b", "reach"),
    (r"\bthink(?:s|ing)\b|\bponder\w*|\bwonder(?:s|ing)\b|\bcontemplat\w+", "think"),
    (r"\bwalk\w*|\bstrid\w+|\bwander\w*|\bstep(?:s|ping)\b|\bapproach(?:es|ing)\b|\bmarch\w*|\bstroll\w*", "walk"),
    (r"\bleav(?:es|ing)\b", "walk"),
)  # fmt: skip


def prop_of(prompt: str) -> str | None:
    """What somebody holds, if the prompt says so."""
    text = prompt.casefold()
    found = re.search(rf"\b(?:{_HOLDING})\b[^.;]{{0,30}}?\b({'|'.join(_PROPS)})s?\b", text)
    if found:
        return _PROPS[found.group(1)]
    return "gun" if re.search(r"\b(?:gun|pistol|revolver) (?:drawn|raised|in hand)\b", text) else None


def clause_of(prompt: str, name: str, names: tuple[str, ...] = ()) -> str | None:
    """The part of a prompt that speaks of this person, if it says their name.

    What is said of a list of people ("Ana, Bo and Cy crouch") is said of each; ``names`` are all who may be in one.
    """
    word = re.escape(_last(name))
    for clause in re.split(r"[.;,]| and | while | as | then ", _joined(prompt.casefold(), names)):
        if word and re.search(rf"\b{word}s?\b", clause):
            return clause
    return None


def _last(name: str) -> str:
    """The word by which a prompt would call them."""
    return name.casefold().replace("_", " ").split()[-1] if name.split() else ""


def _joined(text: str, names: tuple[str, ...]) -> str:
    """The text with lists of these people as one subject, without the commas and words that would part it."""
    one = "|".join(re.escape(_last(name)) for name in names if name.split())
    if not one:
        return text
    between = rf"\b((?:{one})s?)(?:,? and |, | & | et | y | und )((?:(?:the|an?|old|young|little) )*(?:{one})s?\b)"
    while (joined := re.sub(between, r"\1 + \2", text)) != text:
        text = joined
    return text


def is_shared(prompt: str, pose: Pose) -> bool:
    """Whether what a prompt asks of nobody in particular is for all: a posture is, a gesture when it says so."""
    if pose.name in _POSTURES:
        return True
    return bool(_ALL.search(prompt.casefold())) or bool(parties_of(prompt.casefold())[0])


def asks(prompt: str) -> bool:
    """Whether a text asks for any pose at all."""
    return any(re.search(pattern, prompt.casefold()) for pattern, _ in _WORDS) or prop_of(prompt) is not None


def pose_of(prompt: str, fallback: str = "stand") -> Pose:
    """The pose that a prompt asks for, with what is held and where the head looks."""
    text = prompt.casefold()
    name = next((pose for pattern, pose in _WORDS if re.search(pattern, text)), fallback)
    pose = POSES[name]
    prop = prop_of(text)
    if prop and name not in ("lie", "hug", "run", "grieve"):
        pose = holding(pose, prop)
    yaw, pitch, roll = pose.head
    if re.search(
        r"\blook(?:s|ing|ed)? up\b|\bgaz(?:es|ing|e) (?:up|at the (?:sky|stars|moon))|\bstar(?:es|ing) up",
        text,
    ):
        pitch = 0.34
    elif re.search(r"\blook(?:s|ing|ed)? down\b|\bbow(?:s|ed|ing) (?:his|her|their) head|\bhead (?:down|bowed)", text):
        pitch = -0.36
    if re.search(r"\b(?:look|glanc|turn)(?:s|es|ing|ed|e)? (?:back|over (?:his|her|their) shoulder|around)", text):
        yaw = 0.95
    elif re.search(r"\blook(?:s|ing|ed)? away\b", text):
        yaw, pitch = 0.6, pitch - 0.06
    return replace(pose, head=(yaw, pitch, roll))


def holding(pose: Pose, prop: str) -> Pose:
    """The pose with something in hand; the legs stay as they are."""
    upper = {
        "lantern": POSES["carry_light"],
        "phone": POSES["phone"],
        "gun": POSES["aim"],
        "umbrella": POSES["umbrella"],
    }.get(prop, POSES["hold"])
    hands, elbows, grips = upper.hands, upper.elbows, upper.grips
    head = upper.head
    if prop == "cup":
        hands, grips = (pose.hands[0], (-0.18, -0.22, 0.60)), (pose.grips[0], "fist")
        head = (0.0, -0.06, 0.0)
    return replace(pose, hands=hands, elbows=elbows, grips=grips, head=head, prop=prop)
