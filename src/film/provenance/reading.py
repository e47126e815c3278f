"""What a film says of itself, and whether it is still the film that was signed. Nothing is fetched from anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from film.errors import InputError
from film.media import type_of_film
from film.provenance.claims import SHOTS
from film.provenance.credentials import TEST_ISSUER
from film.provenance.library import MIME, c2pa, context

State = Literal["trusted", "valid", "invalid", "none"]
"""``valid``: unchanged since it was signed, by whom nobody vouches for. ``none``: the film carries no manifest."""
CARRIER = "mov"
"""Of the types of film files, by their reader, those that carry a manifest: MP4 and its kin."""
_UNTRUSTED = "signingCredential.untrusted"
_SOURCES = {
    "trainedAlgorithmicMedia": "AI-generated",
    "compositeWithTrainedAlgorithmicMedia": "partly AI-generated",
    "algorithmicMedia": "made by rules, without AI",
    "digitalCapture": "filmed",
}


@dataclass(frozen=True)
class Verdict:
    """``problems`` are C2PA's own words for what does not hold; ``source`` is what the film says it is, in ours."""

    state: State
    problems: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    source_type: str = ""
    generator: str = ""
    signer: str = ""
    signed_at: str = ""
    test: bool = False
    """Signed with a local test certificate, which is nobody's."""
    animatic: bool = False
    description: str = ""
    ingredients: tuple[str, ...] = ()
    shots: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    @property
    def valid(self) -> bool:
        """Whether the film is, to the byte, what was signed."""
        return self.state in ("valid", "trusted")


def verify(film: Path, *, anchors: str = "") -> Verdict:
    """The verdict on ``film``; ``anchors`` is a PEM of authorities whose word is good.

    Raises BadMedia for what is no film or is not there, InputError where reading it breaks off, ConfigurationError
    without the library.
    """
    library = c2pa()
    if type_of_film(film).reader != CARRIER:
        return Verdict("none")
    try:
        with context(anchors) as chosen, film.open("rb") as file:
            reader = library.Reader.try_create(MIME, file, context=chosen)
            if reader is None:
                return Verdict("none")
            with reader:
                return _verdict(json.loads(reader.json()))
    except OSError as error:
        raise InputError(f"{film} cannot be read: {error.strerror or error}", hint="check the path") from error
    except library.C2paError as error:
        return Verdict("invalid", (str(error),))


def _verdict(document: dict[str, Any]) -> Verdict:
    manifests = cast("dict[str, dict[str, Any]]", document.get("manifests") or {})
    active = manifests.get(str(document.get("active_manifest")), {})
    state = str(document.get("validation_state", "Invalid"))
    found = cast("list[dict[str, Any]]", document.get("validation_status") or [])
    failures = [status for status in found if status.get("code") != _UNTRUSTED]
    signature = cast("dict[str, Any]", active.get("signature_info") or {})
    stated = cast("list[dict[str, Any]]", active.get("assertions") or [])
    assertions = {str(a.get("label")): cast("dict[str, Any]", a.get("data") or {}) for a in stated}
    actions = cast("list[dict[str, Any]]", assertions.get("c2pa.actions.v2", {}).get("actions") or [{}])
    own = assertions.get(SHOTS, {})
    source_type = str(actions[0].get("digitalSourceType", ""))
    generators = cast("list[dict[str, Any]]", active.get("claim_generator_info") or [{}])
    return Verdict(
        state=cast("State", {"Trusted": "trusted", "Valid": "valid"}.get(state, "invalid")),
        problems=tuple(dict.fromkeys(str(f.get("explanation") or f.get("code")) for f in failures)),
        title=str(active.get("title", "")),
        source=_SOURCES.get(source_type.rsplit("/", maxsplit=1)[-1], ""),
        source_type=source_type,
        generator=" ".join(str(generators[0].get(part, "")) for part in ("name", "version")).strip(),
        signer=str(signature.get("common_name") or signature.get("issuer") or ""),
        signed_at=str(signature.get("time", "")),
        test=signature.get("issuer") == TEST_ISSUER,
        animatic=own.get("animatic") is True,
        description=str(actions[0].get("description", "")),
        ingredients=tuple(str(i.get("title", "")) for i in cast("list[dict[str, Any]]", active.get("ingredients", []))),
        shots=tuple(cast("list[dict[str, Any]]", own.get("shots") or [])),
    )
