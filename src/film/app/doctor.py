"""``film doctor``: is everything there? Keys are told present or missing, and online working or not, never shown."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from film.app.models import UseCaseResult
from film.app.running import blocking
from film.app.wording import file_size
from film.environment.env_trust import shown_url
from film.errors import FilmError, ProviderUnavailable
from film.settings import Settings
from film.vendors import accounts

LEAST_SPACE = 2_000_000_000


class HealthNote(UseCaseResult):
    """What a check found, and what helps."""

    state: Literal["ok", "note", "problem"]
    what: str
    help: str = ""
    """The next step, where there is one."""


def examine(settings: Settings, *, online: bool = False) -> Iterator[HealthNote]:
    """Every check in turn; without ``online`` nothing leaves this machine."""
    yield _note("ok", f"film-generation {_version('film-generation')}, Python {platform.python_version()}")
    yield from _keys(settings)
    yield from _endings()
    if online:
        yield from blocking(lambda _stop: check_accounts(settings))
    yield from _dotenv(settings.dotenv_path)
    for told in settings.notes:
        yield _note("problem", told)
    for name in settings.unread:
        yield _note(
            "note", f"{name} is set and nothing reads it", "settings are listed in docs/reference/files-and-settings.md"
        )
    yield from _gallery(settings.gallery)
    yield from _database(settings)
    yield from _local_work()
    yield from _writing()
    yield from _signing(settings)
    yield from _publishing(settings)


def _note(state: Literal["ok", "note", "problem"], what: str, helps: str = "") -> HealthNote:
    return HealthNote(state=state, what=what, help=helps)


def _keys(settings: Settings) -> Iterator[HealthNote]:
    from film.models import AssetType
    from film.providers.registry import TIERS, provider_class
    from film.providers.tiers import by_price
    from film.rates import RateCard, days

    for name, known in accounts().items():
        if name in settings.keys:
            yield _note("ok", f"{known.key} is set")
        else:
            yield _note("note", f"{known.key} is not set")
    card, today = RateCard.load(settings), days.today()
    for tier in TIERS.values():
        speaker = by_price(tier.voices, card, today)[0][0] if tier.voices else tier.audio
        paid = {
            provider_class(AssetType.IMAGE, tier.image).account,
            provider_class(AssetType.VIDEO, tier.video).account,
            provider_class(AssetType.AUDIO, speaker).account,
        }
        missing = [accounts()[a].key for a in sorted(filter(None, paid)) if a not in settings.keys]
        if missing:
            yield _note("note", f"tier {tier.name} needs {', '.join(missing)}", "add it to .env, see .env_template")
        else:
            yield _note("ok", f"tier {tier.name} is ready")


def _endings() -> Iterator[HealthNote]:
    """The vendors' default models that end soon, or have ended."""
    from film.models import AssetType
    from film.providers.endings import Ending
    from film.providers.registry import names, provider_class
    from film.rates import days
    from film.vendors import vendors

    today, paid = days.today(), [row for row in vendors().values() if row.account]
    for kind in AssetType:
        known = {name for row in paid for name in row.providers(kind.value)}
        for found in (provider_class(kind, name) for name in names(kind) if name in known):
            facts = found.models.get(found.default_model)
            if facts and facts.gone_after and days.is_soon(facts.gone_after, today):
                ending = Ending(found.name, found.default_model, "model", facts.gone_after, facts.instead)
                yield _note("note", ending.words(today), "what was made with it is reused all the same")


async def check_accounts(settings: Settings) -> list[HealthNote]:
    """Whether each key works, by calls that cost nothing."""
    from film.providers.accounts import check_account
    from film.providers.base import ProviderContext
    from film.providers.http import make_client

    async def ask(account: str) -> HealthNote:
        where = f" at {shown_url(settings.base_urls[account])}" if account in settings.base_urls else ""
        try:
            return _note("ok", f"{account}{where}: {await check_account(account, context)}")
        except ProviderUnavailable as error:
            return _note("note", f"{account}{where}: {error}", "check the connection, then ask again")
        except FilmError as error:
            return _note("problem", f"{account}{where}: {error}", error.hint)

    async with make_client() as http:
        context = ProviderContext(
            keys={name: key.get_secret_value() for name, key in settings.keys.items()},
            base_urls=settings.base_urls,
            http=http,
        )
        return list(await asyncio.gather(*(ask(account) for account in accounts() if account in settings.keys)))


def _dotenv(path: Path | None) -> Iterator[HealthNote]:
    if path is None:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield _note("problem", f"{path} may be read by others ({mode:o})", f"run: chmod 600 {path}")
    else:
        yield _note("ok", f"{path} is yours alone")


def _gallery(gallery: Path) -> Iterator[HealthNote]:
    from film.db.drives import can_write

    there = next(place for place in (gallery, *gallery.parents) if os.path.lexists(place))
    if not there.is_dir() or not can_write(there):
        why = f"{there} cannot be written to" if there.is_dir() else f"{there} is no folder"
        yield _note("problem", f"the gallery {gallery}: {why}", "set FILM_GALLERY_DIR to a folder of yours")
        return
    yield from _rights(gallery)
    free = shutil.disk_usage(there).free
    is_enough = free > LEAST_SPACE
    yield _note(
        "ok" if is_enough else "note",
        f"gallery {gallery}{'' if there == gallery else ' (made with the first film)'}, {file_size(free)} free",
        "" if is_enough else "films need room: free some",
    )


def _rights(gallery: Path) -> Iterator[HealthNote]:
    """Whether others on this machine may look into the gallery; new ones are closed to them."""
    if os.name != "posix" or not gallery.is_dir():
        return
    mode = stat.S_IMODE(gallery.stat().st_mode)
    if mode & 0o022:
        yield _note(
            "note", f"others may write into {gallery} ({mode:o})", f"run: chmod go-w {gallery}, unless you share it"
        )
    elif mode & 0o077:
        yield _note("note", f"others may look into {gallery} ({mode:o})", f"run: chmod 700 {gallery}")


def _database(settings: Settings) -> Iterator[HealthNote]:
    from sqlalchemy.engine import make_url

    from film.db.address import address
    from film.db.looking import look

    try:
        engine = look(settings.database_url)
    except FilmError as error:
        yield _note("problem", str(error), error.hint)
        return
    except Exception as error:  # noqa: BLE001  # any driver's any error is the finding
        yield _note("problem", f"the database does not answer: {str(error).splitlines()[0]}", "check FILM_DATABASE_URL")
        return
    url = make_url(settings.database_url)
    absent = "" if engine else ", made with the first film"
    if engine:
        engine.dispose()
    if url.get_backend_name() == "sqlite":
        import sqlite3

        yield _note("ok", f"database {url.database} (SQLite {sqlite3.sqlite_version}{absent})")
        if sqlite3.sqlite_version_info < (3, 51, 3):
            yield _note(
                "note",
                "this SQLite has a rare fault when its log is reset by two writing processes",
                "run one film at a time in this gallery, or use PostgreSQL (FILM_DATABASE_URL)",
            )
    else:
        yield _note("ok", f"database {address(url)} (PostgreSQL{absent})")


def _local_work() -> Iterator[HealthNote]:
    import av

    from film.providers.registry import local_providers

    codecs = {"libx264", "aac"} - av.codecs_available
    if codecs:
        yield _note("problem", f"this PyAV has no {', '.join(sorted(codecs))}", "reinstall av from its wheels")
    else:
        yield _note("ok", f"encoders libx264 and aac (PyAV {av.__version__})")
    for provider in local_providers():
        try:
            if words := provider.try_out():
                yield _note("ok", words)
        except FilmError as error:
            yield _note("problem", str(error), error.hint)


def _writing() -> Iterator[HealthNote]:
    """Slates and burnt-in captions are drawn with the fonts that are here."""
    from film.render import scripts

    lacking = scripts.lacking()
    for package, names in lacking.items():
        yield _note(
            "note",
            f"no font here has letters for {', '.join(names)}: slates and burnt-in captions show boxes",
            f"install {package} (sudo apt install {package})",
        )
    if not lacking:
        yield _note("ok", "fonts for Latin, Greek, Cyrillic, CJK, Arabic, Hebrew, Devanagari and Thai")
    if not scripts.sets_right_to_left():
        yield _note(
            "note",
            "Arabic and Hebrew are drawn without their layout: letters unjoined, from left to right",
            "install libfribidi0 (sudo apt install libfribidi0)",
        )


def _signing(settings: Settings) -> Iterator[HealthNote]:
    from film.provenance import INSTALL, available, credential_of

    if not available():
        yield _note("note", "films carry no signed manifest of their origin", INSTALL)
        return
    certificate, key = settings.signing_certificate, settings.signing_key
    if not (certificate and key):
        yield _note("ok", f"films are signed (C2PA {_version('c2pa-python')}), with a local test certificate")
        return
    try:
        credential_of(certificate, key)
    except FilmError as error:
        yield _note("problem", str(error), error.hint)
        return
    if os.name == "posix" and key.stat().st_mode & 0o077:
        yield _note("problem", f"{key} may be read by others", f"run: chmod 600 {key}")
    else:
        yield _note("ok", f"films are signed (C2PA {_version('c2pa-python')}) with {certificate.name}")


def _publishing(settings: Settings) -> Iterator[HealthNote]:
    """Whether somebody is signed in to YouTube, and what will end that; targets of plug-ins that do not load."""
    from film.publish.targets import broken
    from film.publish.youtube.signin import findings

    for state, what, helps in findings(settings):
        yield _note(state, what, helps)
    for name, why in broken().items():
        yield _note("problem", f"publishing to {name}: {why}", "reinstall or remove that plug-in")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
