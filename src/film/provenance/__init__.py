"""Where a film comes from, said in the film itself and signed: a C2PA manifest (Content Credentials).

    claims        what is said: how the film was made, by which providers and models, shot by shot
    credentials   who signs: the user's certificate, or a local one that is marked as a test
    signing       the signature in the file, verified at once
    reading       what a film says of itself, and whether it still is the film that was signed

    Claim + Credential ──(sign)──► film.mp4 with its manifest ──(verify)──► Verdict

The library for it is an extra, imported when it is first needed: ``available`` says whether it is there.
"""

from film.provenance.claims import Claim, Origin, ShotOrigin
from film.provenance.credentials import Credential, credential_of, local_credential
from film.provenance.library import INSTALL, available
from film.provenance.reading import Verdict, verify
from film.provenance.signing import sign

__all__ = [
    "INSTALL",
    "Claim",
    "Credential",
    "Origin",
    "ShotOrigin",
    "Verdict",
    "available",
    "credential_of",
    "local_credential",
    "sign",
    "verify",
]
