"""What a film says of itself: pure data, and the C2PA manifest definition that it becomes.

    Claim (title, shots, who made what) ──(manifest)──► actions · ingredients · an assertion of our own, shot by shot

The action is C2PA's ``c2pa.created``, its source type one of IPTC's: ``trainedAlgorithmicMedia`` as soon as one model
that was trained had a hand in the film, ``algorithmicMedia`` for a draft, which is drawn by rules, ``composite`` where
all that is seen and heard was given. The ingredients are
the models, named by provider. Prompts and dialogue are in it only when asked for: a manifest travels with the film, and
with it goes whatever it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

SHOTS = "org.film-generation.shots"
"""Label of our own assertion."""
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
ALGORITHMIC = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"
COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"
GENERATOR = "film-generation"


@dataclass(frozen=True)
class Origin:
    """One asset of a shot: a ``picture``, ``clip`` or ``speech``, known by its bytes."""

    kind: str
    provider: str
    model: str
    sha256: str
    by_rules: bool = False

    @property
    def trained(self) -> bool:
        return not self.by_rules


@dataclass(frozen=True)
class ShotOrigin:
    """A shot, in whole frames of the film. ``missing`` shots are shown by a stand-in."""

    shot_id: str
    start_frame: int
    frames: int
    origins: tuple[Origin, ...]
    missing: bool = False
    prompt: str | None = None
    dialogue: str | None = None


@dataclass(frozen=True)
class Claim:
    """``given`` names files that the user put in, such as music: (role, SHA-256)."""

    title: str
    tier: str
    rate: str
    shots: tuple[ShotOrigin, ...]
    given: tuple[tuple[str, str], ...] = ()

    @property
    def origins(self) -> tuple[Origin, ...]:
        return tuple(origin for shot in self.shots for origin in shot.origins)

    @property
    def trained(self) -> bool:
        return any(origin.trained for origin in self.origins)

    @property
    def animatic(self) -> bool:
        return bool(self.origins) and not self.trained

    @property
    def source_type(self) -> str:
        if not self.origins:
            return COMPOSITE
        return TRAINED if self.trained else ALGORITHMIC


def sentence(origins: Sequence[Origin]) -> str:
    """What a film of these is, for people, and for players that show a file's comment."""
    if not origins:
        return "Cut by film-generation from pictures and sounds that were given to it"
    if not any(origin.trained for origin in origins):
        return "Animatic: storyboard panels, drawn and spoken by film-generation"
    makers = [
        f"{what} by {' and '.join(names)}"
        for kind, what in (("picture", "pictures"), ("clip", "motion"), ("speech", "voices"))
        if (names := sorted({_maker(o) for o in origins if o.kind == kind}))
    ]
    return f"AI-generated: {', '.join(makers)}; made with film-generation"


def manifest(claim: Claim) -> dict[str, Any]:
    """The manifest's definition as the C2PA library takes it."""
    agent = {"name": GENERATOR, "version": _version()}
    ingredients = [_ingredient(*model) for model in _models(claim)]
    created: dict[str, Any] = {
        "action": "c2pa.created",
        "digitalSourceType": claim.source_type,
        "softwareAgent": agent,
        "description": sentence(claim.origins),
        "parameters": {"ingredientIds": [ingredient["instance_id"] for ingredient in ingredients]},
    }
    return {
        "claim_generator_info": [agent],
        "title": claim.title,
        "format": "video/mp4",
        "ingredients": ingredients,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": SHOTS, "data": _shots(claim)},
        ],
    }


def _shots(claim: Claim) -> dict[str, Any]:
    return {
        "tier": claim.tier,
        "animatic": claim.animatic,
        "frame_rate": claim.rate,
        "shots": [
            {
                "shot_id": shot.shot_id,
                "start_frame": shot.start_frame,
                "frames": shot.frames,
                **{o.kind: {"provider": o.provider, "model": o.model, "sha256": o.sha256} for o in shot.origins},
                **({"missing": True} if shot.missing else {}),
                **({"prompt": shot.prompt} if shot.prompt else {}),
                **({"dialogue": shot.dialogue} if shot.dialogue else {}),
            }
            for shot in claim.shots
        ],
        "given": [{"role": role, "sha256": sha256} for role, sha256 in claim.given],
    }


def _models(claim: Claim) -> list[tuple[str, str, str, bool]]:
    """(kind, provider, model, by rules) of each maker, each once, in the order of first use."""
    return list(dict.fromkeys((o.kind, o.provider, o.model, o.by_rules) for o in claim.origins))


def _ingredient(kind: str, provider: str, model: str, by_rules: bool) -> dict[str, Any]:
    return {
        "title": f"{provider}: {model}" if model else provider,
        "format": "application/octet-stream",
        "relationship": "inputTo",
        "instance_id": f"urn:film-generation:{kind}:{provider}:{model}",
        "description": f"made every {kind} by rules" if by_rules else f"generated {kind}s",
    }


def _maker(origin: Origin) -> str:
    return f"{origin.provider} ({origin.model})" if origin.model else origin.provider


def _version() -> str:
    try:
        return version(GENERATOR)
    except PackageNotFoundError:
        return "0"
