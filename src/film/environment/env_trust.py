"""What of a ``.env`` is believed: it may have come with a stranger's project.

An endpoint, a database or a store that it names gets no key that came from elsewhere; a cluster it may not name at all,
since that runs what it likes; prices that only it leads to may be higher than ours, and not lower.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from film.environment.variables import KEY_NAMES, STORE_NAMES, URL_NAMES
from film.errors import ConfigurationError

_OTHER_FILES = frozenset({"passfile", "service", "servicefile", "sslkeylogfile"})
"""Parameters of PostgreSQL's addresses that name a file of the user, to take a password from or to write to."""


def why_withheld(
    account: str, values: Mapping[str, str], only_in_file: Mapping[str, str], dotenv: Path | None
) -> str | None:
    """Why an account's key is not sent to where its API is said to be; None where it may be."""
    name = URL_NAMES[account]
    url = values.get(name)
    if not url:
        return None
    key = next(n for n in KEY_NAMES[account] if real_key(values.get(n)))
    if name in only_in_file and key not in only_in_file:
        return (
            f"{dotenv} moves {account} to {shown_url(url)} ({name}), so it does not get the {key} of your environment:"
            f" put the key into that file too, or {name} into your environment"
        )
    if not is_here(url) and urlsplit(url).scheme.lower() != "https":
        return f"{name} is {shown_url(url)}: over plain http everybody on the way would read {key}; write https://"
    return None


def store_options(
    values: Mapping[str, str], only_in_file: Mapping[str, str], dotenv: Path | None
) -> tuple[dict[str, SecretStr], tuple[str, ...]]:
    """What opens the bucket, and a note where keys are held back: from one that only ``.env`` names, or in clear."""
    endpoints = ("FILM_STORE_URL", *STORE_NAMES["aws_endpoint"])
    is_moved = any(name in only_in_file for name in endpoints)
    found = {option: next((n for n in names if values.get(n)), None) for option, names in STORE_NAMES.items()}
    public = {"aws_region", "aws_endpoint"}
    endpoint = values.get(found["aws_endpoint"] or "", "").strip()
    in_clear = endpoint.lower().startswith("http:") and not is_here(endpoint)
    held_back = {
        name
        for option, name in found.items()
        if name and option not in public and (in_clear or (is_moved and name not in only_in_file))
    }
    options = {
        option: SecretStr(values[name].strip()) for option, name in found.items() if name and name not in held_back
    }
    store = values.get("FILM_STORE_URL", "")
    if not (is_moved or in_clear) or not store or store.startswith("file:") or "aws_secret_access_key" in options:
        return options, ()
    options["skip_signature"] = SecretStr("true")  # or the library would find the keys by itself
    if in_clear:
        where = shown_url(endpoint)
        return options, (f"the store's endpoint is {where}: over plain http it gets no keys; write https://",)
    names = f" the {', '.join(sorted(held_back))} of your environment" if held_back else " keys of yours"
    note = (
        f"{dotenv} names the store {shown_url(store)}, so it does not get{names}: put the keys into that file too,"
        " or what names the store into your environment"
    )
    return options, (note,)


def check_cluster(only_in_file: Mapping[str, str], dotenv: Path) -> None:
    if only_in_file.get("FILM_RAY_ADDRESS", "").strip():
        raise ConfigurationError(
            f"{dotenv} names a cluster (FILM_RAY_ADDRESS): it would be shown your token, and run what it likes here",
            hint="take it out of that file; if the cluster is yours, set FILM_RAY_ADDRESS in the environment",
        )


def check_database(only_in_file: Mapping[str, str], environment: Mapping[str, str], dotenv: Path) -> None:
    """PostgreSQL's own library would send a password that it finds elsewhere to whatever host is named."""
    url = only_in_file.get("FILM_DATABASE_URL", "")
    if not url or url.startswith("sqlite"):
        return
    try:
        parts = urlsplit(url)
        has_password, asked = bool(parts.password), parse_qs(parts.query, keep_blank_values=True)
    except ValueError:
        return  # whoever opens it says so
    if led_to := sorted(_OTHER_FILES.intersection(name.lower() for name in asked)):
        raise ConfigurationError(
            f"{dotenv} names a database by way of a file of yours ({led_to[0]}), which may hold other passwords",
            hint="put the whole address into that file, or FILM_DATABASE_URL into your environment",
        )
    hosts = [host for text in asked.get("host", []) for host in text.split(",")]
    is_socket = not parts.hostname and "hostaddr" not in asked and hosts and all(h.startswith("/") for h in hosts)
    home = environment.get("HOME") or environment.get("USERPROFILE")
    elsewhere = [name for name in ("PGPASSWORD", "PGPASSFILE", "PGSERVICEFILE", "PGSERVICE") if environment.get(name)]
    if home and (Path(home) / ".pgpass").exists():
        elsewhere.append("~/.pgpass")
    if not has_password and elsewhere and not is_socket:
        raise ConfigurationError(
            f"{dotenv} names a database without a password: it does not get the one of {elsewhere[0]}",
            hint="put the password into that file, or FILM_DATABASE_URL into your environment",
        )


def shown_url(url: str) -> str:
    """An address as people are told it: no password in it, nothing that follows a ``?``."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "what is no URL"
    return f"{parts.scheme}://{host}{parts.path}"[:100]


def is_of_project(
    only_in_file: Mapping[str, str], said: Mapping[str, str], gallery: Path, own: Callable[[], Path]
) -> bool:
    """Whether it is a ``.env`` alone that leads to the card that counts. ``own`` is the user's own gallery."""
    if "FILM_RATE_CARD" in said:
        return False
    if "FILM_RATE_CARD" in only_in_file:
        return True
    if "FILM_GALLERY_DIR" not in only_in_file:
        return False
    try:
        return gallery.resolve() != own().resolve()
    except ConfigurationError:  # there is no other gallery to be the user's own
        return True


def rates_note(card: Path | None, only_raise: bool, dotenv: Path | None) -> tuple[str, ...]:
    if not only_raise or dotenv is None:
        return ()
    return (
        f"{dotenv} leads to the prices of {card}: they count where they are no lower than those of film prices"
        " without them; if they are yours, name that file FILM_RATE_CARD in your environment",
    )


def real_key(value: str | None) -> bool:
    """The template's placeholders are no keys."""
    return bool(value and value.strip() and not (value.startswith("your_") and "key" in value))


def is_here(url: str) -> bool:
    try:
        return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
