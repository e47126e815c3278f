"""Puts the signed manifest into a film, last of all: whatever writes the file again afterwards would strip it.

film ──► copy with the manifest ──► read back: valid? ──► takes the film's place
"""

from __future__ import annotations

import json
from pathlib import Path

from film.errors import ComposeError
from film.provenance.claims import Claim, manifest
from film.provenance.credentials import Credential
from film.provenance.library import MIME, c2pa, context
from film.provenance.reading import verify


def sign(film: Path, claim: Claim, credential: Credential) -> None:
    """Sign ``film`` in place. It is what it was before until the signed copy has been verified."""
    library = c2pa()
    signed = film.with_name(f"{film.name.removesuffix('.part')}.signed.part")
    info = library.C2paSignerInfo(credential.algorithm, credential.chain, credential.key, None)
    try:
        with (
            context() as chosen,
            library.Signer.from_info(info) as signer,
            library.Builder(json.dumps(manifest(claim)), context=chosen) as builder,
            film.open("rb") as source,
            signed.open("w+b") as target,
        ):
            builder.sign(signer, MIME, source, target)
        verdict = verify(signed)
        if not verdict.valid:
            raise ComposeError(
                f"the film's signature does not hold: {'; '.join(verdict.problems)}",
                hint="check that the certificate may sign (C2PA's profile), or use --no-provenance",
            )
        signed.replace(film)
    except library.C2paError as error:
        raise ComposeError(
            f"the film could not be signed: {error}",
            hint="check the certificate and the space on the disk, or use --no-provenance",
        ) from error
    finally:
        signed.unlink(missing_ok=True)
