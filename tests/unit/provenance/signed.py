"""Films to sign, and somebody to sign them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from film.provenance import Claim, Origin, ShotOrigin
from film.testing import synthetic

PAID = Claim(
    "The Attic <b>",
    "budget",
    "24",
    (
        ShotOrigin(
            "shot_001",
            0,
            48,
            (
                Origin("picture", "fal", "fal-ai/flux/schnell", "a" * 64),
                Origin("clip", "minimax", "hailuo-02", "b" * 64),
                Origin("speech", "openai", "gpt-4o-mini-tts", "c" * 64),
            ),
        ),
        ShotOrigin("shot_002", 48, 24, (Origin("picture", "fal", "fal-ai/flux/schnell", "d" * 64),), missing=True),
    ),
    given=(("music", "e" * 64),),
)
DRAFT = replace(
    PAID,
    tier="draft",
    shots=(ShotOrigin("shot_001", 0, 48, (Origin("picture", "draft", "panel/1", "a" * 64, by_rules=True),)),),
)


def unsigned(path: Path, seconds: float = 1) -> Path:
    path.write_bytes(synthetic.clip(seconds, 160, 90, 1))
    return path


def pair(folder: Path, kind: str = "p256", *, days: int = 30, name: str = "Studio") -> tuple[Path, Path, str]:
    """A certificate (leaf and root) and its key as files, and the root alone."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = {
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }[kind]()
    now = datetime.now(UTC)

    def certificate(subject: str, of: object, root: bool) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name(
                [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, text)]
            )

        false = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
             "decipher_only"), False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("Root"))
            .public_key(of.public_key())  # pyright: ignore
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(root, None), True)
            .add_extension(x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **false), True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(of.public_key()), False)  # pyright: ignore
        )
        if not root:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
        return builder.sign(root_key, hashes.SHA256())

    def pem(one: x509.Certificate) -> bytes:
        return one.public_bytes(serialization.Encoding.PEM)

    root = certificate("Root", root_key, True)
    (folder / "chain.pem").write_bytes(pem(certificate("Jane Doe", key, False)) + pem(root))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "chain.pem", folder / "key.pem", pem(root).decode()
