"""Who signs: the user's certificate and key, or a local pair that says of itself that it is a test.

The local pair is made once, in one file that only its owner may read, and names no one: a film signed with it can be
shown to be unchanged, and not to be anybody's. A certificate from an authority on the C2PA trust list says whose it is.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from film.errors import ConfigurationError, disk_error
from film.files.bounds import BOUNDS, open_plain
from film.files.own_files import own_folder
from film.provenance.library import INSTALL

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

TEST_ISSUER = "film-generation local test"
LOCAL = "local-test.pem"
_YEARS = timedelta(days=3650)
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Credential:
    """A certificate chain (leaf first) and its key, as PEM; ``algorithm`` is C2PA's name for how the key signs."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    test: bool = False

    @property
    def digest(self) -> str:
        return sha256(self.chain).hexdigest()


def credential_of(certificate: Path, private_key: Path) -> Credential:
    """The user's own. Raises ConfigurationError for a pair that cannot sign, before anything is made."""
    chain, key = (_read(path) for path in (certificate, private_key))
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise ConfigurationError("the library for certificates is not installed", hint=INSTALL) from error
    try:
        leaf = x509.load_pem_x509_certificates(chain)[0]
    except (ValueError, IndexError) as error:
        raise ConfigurationError(
            f"{certificate} holds no certificate", hint="give a PEM file, your certificate first, then its issuers"
        ) from error
    try:
        loaded = load_pem_private_key(key, None)
    except TypeError as error:
        raise ConfigurationError(
            f"{private_key} is locked with a password", hint="unlock it: openssl pkey -in KEY -out UNLOCKED"
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{private_key} holds no private key", hint="give the key's PEM file") from error
    if loaded.public_key() != leaf.public_key():
        raise ConfigurationError(
            f"{private_key.name} is not the key of {certificate.name}", hint="give the pair that was issued together"
        )
    if not leaf.not_valid_before_utc <= datetime.now(UTC) <= leaf.not_valid_after_utc:
        raise ConfigurationError(
            f"{certificate.name} is valid from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}, and not today",
            hint="renew it, or leave it out to sign with the local test certificate",
        )
    return Credential(chain, key, _algorithm(loaded, private_key))


def local_credential(folder: Path) -> Credential:
    """The local test pair in ``folder``, made on first use; of two processes that make it at once, one wins."""
    path = folder / LOCAL
    if not path.exists():
        try:
            _make(path)
        except OSError as error:
            raise disk_error(error, path) from error
    pem = _read(path)
    mark = b"-----BEGIN CERTIFICATE-----"
    at = pem.find(mark)
    if at < 0:
        raise ConfigurationError(f"{path} is damaged", hint="remove it: another one is made for the next film")
    return Credential(pem[at:], pem[:at], "es256", test=True)


def _make(path: Path) -> None:
    own_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{LOCAL}.", dir=path.parent)  # which only its owner may read
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  # it is open already
            file.write(_made())
        with suppress(FileExistsError):
            _appear(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _appear(temporary: Path, path: Path) -> None:
    """Give the file its name unless another has it; some drives know no links, and there the last one wins."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        temporary.replace(path)


def _read(path: Path) -> bytes:
    try:
        with open_plain(path) as file:
            return file.read(BOUNDS["certificate"].bytes)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror or error}", hint="check [provenance] in film.toml"
        ) from error


def _algorithm(key: Any, path: Path) -> str:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(key, EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, RSAPrivateKey):
        return "ps256"
    if isinstance(key, Ed25519PrivateKey):
        return "ed25519"
    raise ConfigurationError(
        f"C2PA cannot sign with the key in {path.name}", hint="use one of P-256, P-384, P-521, RSA or Ed25519"
    )


def _made() -> bytes:
    """A key, its certificate, and the root that issued it, as C2PA wants them, in one PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", root_key, root_key, root=True)
    leaf = _certificate("not a verified identity", key, root_key)
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return encoded + b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (leaf, root))


def _certificate(
    name: str, key: EllipticCurvePrivateKey, issuer_key: EllipticCurvePrivateKey, *, root: bool = False
) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(common: str) -> x509.Name:
        organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, TEST_ISSUER)
        return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, f"{TEST_ISSUER}: {common}")])

    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    issuer = x509.SubjectKeyIdentifier.from_public_key(issuer_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named("root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
    )
    if not root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
