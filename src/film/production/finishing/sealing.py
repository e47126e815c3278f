"""What a film says of where it comes from: its comment, and the signed manifest that is put into it last.

params, settings ──(credential_for)──► who signs, or nobody
timeline, shots ──(seal_of)──► Seal ──► key: part of the film's   ──► sign: what finishes the cut
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from film.errors import ConfigurationError
from film.hashing import content_key
from film.models import AssetType
from film.planning.params import FilmParams
from film.planning.readings import says
from film.planning.results import OWN, CompletedShot
from film.provenance import (
    INSTALL,
    Claim,
    Credential,
    Origin,
    ShotOrigin,
    available,
    credential_of,
    local_credential,
    sign,
)
from film.provenance.claims import manifest, sentence
from film.render.last_frame import FRAMES
from film.settings import Settings
from film.timeline import Timeline

RECIPE = "provenance/1"
UNSIGNED = f"the film carries no signed manifest of its origin: {INSTALL}, or --no-provenance"
_KINDS = {AssetType.IMAGE: "picture", AssetType.VIDEO: "clip", AssetType.AUDIO: "speech"}


@dataclass(frozen=True)
class Seal:
    """What is said of a film, and who signs it."""

    claim: Claim
    credential: Credential

    @cached_property
    def key(self) -> str:
        """Changes when the film would say something else, or someone else would sign it."""
        return content_key(RECIPE, {"manifest": manifest(self.claim), "certificate": self.credential.digest})

    def sign(self, film: Path) -> None:
        sign(film, self.claim, self.credential)


def credential_for(params: FilmParams, settings: Settings) -> Credential | None:
    """Who signs this film: the film's own certificate, the settings', or the gallery's test one.

    None where no manifest is wanted, or the library for it is not there. Raises ConfigurationError for a certificate
    that cannot sign.
    """
    wanted = params.film.provenance
    if not wanted.manifest:
        return None
    certificate, key = wanted.certificate, wanted.private_key
    if not certificate and not key:
        certificate, key = settings.signing_certificate, settings.signing_key
    if bool(certificate) != bool(key):
        raise ConfigurationError(
            f"to sign films {'a private key is' if certificate else 'a certificate is'} missing",
            hint="give both in film.toml under [provenance], or FILM_SIGNING_CERTIFICATE and FILM_SIGNING_KEY",
        )
    if certificate and key:
        return credential_of(certificate, key)
    return local_credential(settings.gallery / "provenance") if available() else None


def seal_of(
    params: FilmParams, timeline: Timeline, shots: Sequence[CompletedShot], credential: Credential | None
) -> Seal | None:
    return Seal(_claim(params, timeline, shots), credential) if credential else None


def comment_of(params: FilmParams, shots: Sequence[CompletedShot]) -> str:
    """The film's comment: the user's words, if any, and always what the film is."""
    said = sentence(tuple(origin for shot in shots for origin in _origins(shot)))
    return " · ".join(filter(None, (params.film.comment, said)))


def _claim(params: FilmParams, timeline: Timeline, shots: Sequence[CompletedShot]) -> Claim:
    tells = params.film.provenance.prompts
    return Claim(
        title=timeline.title,
        tier=params.tier,
        rate=str(timeline.rate),
        shots=tuple(
            ShotOrigin(
                shot.shot_id,
                start,
                clip.frames,
                tuple(_origins(shot)),
                missing=not shot.complete,
                prompt=shot.shot.enhanced_prompt if tells else None,
                dialogue=shot.shot.spoken if tells else None,
            )
            for shot, clip, start in zip(shots, timeline.clips, timeline.starts, strict=True)
        ),
        given=tuple(dict.fromkeys((*_given(timeline), *(own for shot in shots for own in _own(shot))))),
    )


def _origins(shot: CompletedShot) -> Iterator[Origin]:
    for kind, made in shot.assets.items():
        if made.request.provider in (OWN, FRAMES):
            continue
        rules = says(made.asset, "by_rules")
        yield Origin(_KINDS[kind], made.request.provider, made.request.model, made.asset.sha256, rules)
    if shot.stand_in and not shot.video:
        yield Origin("stand_in", shot.stand_in.provider, "", shot.stand_in.sha256, says(shot.stand_in, "by_rules"))


def _own(shot: CompletedShot) -> Iterator[tuple[str, str]]:
    """What the user made and put into the library: no provider answers for it."""
    for kind, asset in shot.assets.items():
        if asset.request.provider == OWN:
            yield _KINDS[kind], asset.asset.sha256


def _given(timeline: Timeline) -> Iterator[tuple[str, str]]:
    if timeline.music:
        yield "music", timeline.music.source.sha256
    yield from (("effect", cue.source.sha256) for cue in timeline.effects)
    yield from (("lut", clip.grade.lut.sha256) for clip in timeline.clips if clip.grade and clip.grade.lut)
