"""``film doctor``: is everything there? Keys are told present or missing, and online working or not, never shown."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from film.cli.console import file_size, one_line, print_json
from film.cli.options import as_json, option
from film.environment.env_trust import shown_url
from film.errors import FilmError, ProviderUnavailable
from film.settings import Settings, load_settings
from film.vendors import accounts

LEAST_SPACE = 2_000_000_000


@dataclass(frozen=True)
class Finding:
    state: str
    """ok | note | problem."""
    what: str
    help: str = ""


@click.command(name="doctor")
@option("online", is_flag=True, help="Ask each vendor, by a call that costs nothing, whether its key works.")
@as_json
def command(online: bool, json: bool) -> int:
    """Check keys, gallery, database, and what the draft tier needs. Exit code 1 when something is broken."""
    findings = list(examine(load_settings(), online=online))
    if json:
        print_json([vars(finding) for finding in findings])
    else:
        colours = {"ok": "green", "note": "yellow", "problem": "red"}
        for finding in findings:
            click.echo(click.style(f"{finding.state:8}", fg=colours[finding.state]) + one_line(finding.what))
            if finding.help:
                click.echo(f"{'':8}{one_line(finding.help)}")
    return 1 if any(finding.state == "problem" for finding in findings) else 0


def examine(settings: Settings, *, online: bool = False) -> Iterator[Finding]:
    """Every check in turn; without ``online`` nothing leaves this machine."""
    yield Finding("ok", f"film-generation {_version('film-generation')}, Python {platform.python_version()}")
    yield from _keys(settings)
    yield from _endings()
    if online:
        yield from asyncio.run(_accounts(settings))
    yield from _dotenv(settings.dotenv_path)
    for told in settings.notes:
        yield Finding("problem", told)
    for name in settings.unread:
        yield Finding(
            "note", f"{name} is set and nothing reads it", "settings are listed in docs/reference/files-and-settings.md"
        )
    yield from _gallery(settings.gallery)
    yield from _database(settings)
    yield from _local_work()
    yield from _writing()
    yield from _signing(settings)
    yield from _publishing(settings)


def _keys(settings: Settings) -> Iterator[Finding]:
    from film.models import AssetType
    from film.providers.registry import TIERS, provider_class
    from film.providers.tiers import by_price
    from film.rates import RateCard, days

    for name, known in accounts().items():
        if name in settings.keys:
            yield Finding("ok", f"{known.key} is set")
        else:
            yield Finding("note", f"{known.key} is not set")
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
            yield Finding("note", f"tier {tier.name} needs {', '.join(missing)}", "add it to .env, see .env_template")
        else:
            yield Finding("ok", f"tier {tier.name} is ready")


def _endings() -> Iterator[Finding]:
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
                yield Finding("note", ending.words(today), "what was made with it is reused all the same")


async def _accounts(settings: Settings) -> list[Finding]:
    from film.providers.accounts import check_account
    from film.providers.base import ProviderContext
    from film.providers.http import make_client

    async def ask(account: str) -> Finding:
        where = f" at {shown_url(settings.base_urls[account])}" if account in settings.base_urls else ""
        try:
            return Finding("ok", f"{account}{where}: {await check_account(account, context)}")
        except ProviderUnavailable as error:
            return Finding("note", f"{account}{where}: {error}", "check the connection, then ask again")
        except FilmError as error:
            return Finding("problem", f"{account}{where}: {error}", error.hint)

    async with make_client() as http:
        context = ProviderContext(
            keys={name: key.get_secret_value() for name, key in settings.keys.items()},
            base_urls=settings.base_urls,
            http=http,
        )
        return list(await asyncio.gather(*(ask(account) for account in accounts() if account in settings.keys)))


def _dotenv(path: Path | None) -> Iterator[Finding]:
    if path is None:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield Finding("problem", f"{path} may be read by others ({mode:o})", f"run: chmod 600 {path}")
    else:
        yield Finding("ok", f"{path} is yours alone")


def _gallery(gallery: Path) -> Iterator[Finding]:
    from film.db.drives import can_write

    there = next(place for place in (gallery, *gallery.parents) if os.path.lexists(place))
    if not there.is_dir() or not can_write(there):
        why = f"{there} cannot be written to" if there.is_dir() else f"{there} is no folder"
        yield Finding("problem", f"the gallery {gallery}: {why}", "set FILM_GALLERY_DIR to a folder of yours")
        return
    yield from _rights(gallery)
    free = shutil.disk_usage(there).free
    state = "ok" if free > LEAST_SPACE else "note"
    yield Finding(
        state,
        f"gallery {gallery}{'' if there == gallery else ' (made with the first film)'}, {file_size(free)} free",
        "" if state == "ok" else "films need room: free some",
    )


def _rights(gallery: Path) -> Iterator[Finding]:
    """Whether others on this machine may look into the gallery; new ones are closed to them."""
    if os.name != "posix" or not gallery.is_dir():
        return
    mode = stat.S_IMODE(gallery.stat().st_mode)
    if mode & 0o022:
        yield Finding(
            "note", f"others may write into {gallery} ({mode:o})", f"run: chmod go-w {gallery}, unless you share it"
        )
    elif mode & 0o077:
        yield Finding("note", f"others may look into {gallery} ({mode:o})", f"run: chmod 700 {gallery}")


def _database(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.engine import make_url

    from film.db.address import address
    from film.db.looking import look

    try:
        engine = look(settings.database_url)
    except FilmError as error:
        yield Finding("problem", str(error), error.hint)
        return
    except Exception as error:  # noqa: BLE001  # any driver's any error is the finding
        yield Finding(
            "problem", f"the database does not answer: {str(error).splitlines()[0]}", "check FILM_DATABASE_URL"
        )
        return
    url = make_url(settings.database_url)
    absent = "" if engine else ", made with the first film"
    if engine:
        engine.dispose()
    if url.get_backend_name() == "sqlite":
        import sqlite3

        yield Finding("ok", f"database {url.database} (SQLite {sqlite3.sqlite_version}{absent})")
        if sqlite3.sqlite_version_info < (3, 51, 3):
            yield Finding(
                "note",
                "this SQLite has a rare fault when its log is reset by two writing processes",
                "run one film at a time in this gallery, or use PostgreSQL (FILM_DATABASE_URL)",
            )
    else:
        yield Finding("ok", f"database {address(url)} (PostgreSQL{absent})")


def _local_work() -> Iterator[Finding]:
    import av

    from film.providers.registry import local_providers

    codecs = {"libx264", "aac"} - av.codecs_available
    if codecs:
        yield Finding("problem", f"this PyAV has no {', '.join(sorted(codecs))}", "reinstall av from its wheels")
    else:
        yield Finding("ok", f"encoders libx264 and aac (PyAV {av.__version__})")
    for provider in local_providers():
        try:
            if words := provider.try_out():
                yield Finding("ok", words)
        except FilmError as error:
            yield Finding("problem", str(error), error.hint)


def _writing() -> Iterator[Finding]:
    """Slates and burnt-in captions are drawn with the fonts that are here."""
    from film.render import scripts

    lacking = scripts.lacking()
    for package, names in lacking.items():
        yield Finding(
            "note",
            f"no font here has letters for {', '.join(names)}: slates and burnt-in captions show boxes",
            f"install {package} (sudo apt install {package})",
        )
    if not lacking:
        yield Finding("ok", "fonts for Latin, Greek, Cyrillic, CJK, Arabic, Hebrew, Devanagari and Thai")
    if not scripts.sets_right_to_left():
        yield Finding(
            "note",
            "Arabic and Hebrew are drawn without their layout: letters unjoined, from left to right",
            "install libfribidi0 (sudo apt install libfribidi0)",
        )


def _signing(settings: Settings) -> Iterator[Finding]:
    from film.provenance import INSTALL, available, credential_of

    if not available():
        yield Finding("note", "films carry no signed manifest of their origin", INSTALL)
        return
    certificate, key = settings.signing_certificate, settings.signing_key
    if not (certificate and key):
        yield Finding("ok", f"films are signed (C2PA {_version('c2pa-python')}), with a local test certificate")
        return
    try:
        credential_of(certificate, key)
    except FilmError as error:
        yield Finding("problem", str(error), error.hint)
        return
    if os.name == "posix" and key.stat().st_mode & 0o077:
        yield Finding("problem", f"{key} may be read by others", f"run: chmod 600 {key}")
    else:
        yield Finding("ok", f"films are signed (C2PA {_version('c2pa-python')}) with {certificate.name}")


def _publishing(settings: Settings) -> Iterator[Finding]:
    """Whether somebody is signed in to YouTube, and what will end that; targets of plug-ins that do not load."""
    from film.publish.targets import broken
    from film.publish.youtube.signin import findings

    for state, what, help in findings(settings):
        yield Finding(state, what, help)
    for name, why in broken().items():
        yield Finding("problem", f"publishing to {name}: {why}", "reinstall or remove that plug-in")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
