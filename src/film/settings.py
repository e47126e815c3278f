"""The only reader of the environment and of ``.env``; everything else is handed a ``Settings``.

A value in the environment wins over ``.env`` (``film.environment.env_files`` says which one is read).
Keys are ``SecretStr``: printing or logging settings never shows them, nor a password in the database's address.

A ``.env`` may come with a stranger's project: ``film.environment.env_trust`` says what of it is believed.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from film.environment import env_files
from film.environment.env_trust import (
    check_cluster,
    check_database,
    is_here,
    is_of_project,
    rates_note,
    real_key,
    store_options,
    why_withheld,
)
from film.errors import ConfigurationError
from film.variables import PATH_NAMES, STORE_NAMES
from film.vendors import accounts, found, setting_names

TIERS = ("draft", "budget", "premium", "ultra")
OBSERVERS = frozenset({"log", "otlp"})
OWN_RATES = "rates.toml"
FASTEST = 10_000.0
"""Seconds of a simulated vendor's time that may pass in one."""


class Settings(BaseModel):
    """Everything that the environment may say. Amounts in dollars; a limit of None is no limit."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    gallery: Path
    database_url: str = Field(repr=False)
    default_budget: Decimal = Decimal("10.00")
    daily_budget: Decimal | None = None
    default_tier: str = "budget"
    keys: Mapping[str, SecretStr] = {}
    base_urls: Mapping[str, str] = Field(default={}, repr=False)
    speeds: Mapping[str, float] = {}
    """Account → how many seconds of its time pass in one of ours: of vendors that are simulated on this machine."""
    rate_card: Path | None = None
    rates_only_raise: bool = False
    """Whether the card's prices count only where they are no lower than the shipped ones: it may be a stranger's."""
    signing_certificate: Path | None = None
    signing_key: Path | None = None
    cache_salt: str = ""
    store_url: str = Field(default="", repr=False)
    """The bucket behind the gallery, where there is one."""
    store_options: Mapping[str, SecretStr] = {}
    """What opens it, by the names of the variables that the service's own tools read, in small letters."""
    ray_address: str = ""
    """The cluster that the engine ray works on; without one it starts one of this machine."""
    observe: frozenset[str] = frozenset()
    """Where a run's events go besides the terminal: ``log``, ``otlp``."""
    observe_prompts: bool = False
    """Whether prompts and dialogue may go there too."""
    webhook_secret: SecretStr | None = None
    """What signs the messages that webhooks are sent."""
    spend_allowed: bool = True
    """False forbids every paid call, whatever else is asked for: the switch that tests pull. Any word but a no does."""
    dotenv_path: Path | None = None
    withheld: Mapping[str, str] = {}
    """Account → why its key is not used, though there is one."""
    notes: tuple[str, ...] = ()
    """What people should know of a ``.env`` before they rely on it."""
    unread: tuple[str, ...] = ()
    """Variables that begin as ours do and are none of them."""

    @property
    def own_rates(self) -> Path:
        """The user's prices where ``FILM_RATE_CARD`` names no other file: what ``film prices --refresh`` writes."""
        return self.gallery / OWN_RATES

    @property
    def cost_reports(self) -> Path:
        return self.gallery / "cost_tracking"

    @property
    def films(self) -> Path:
        return self.gallery / "films"

    def key(self, account: str) -> str | None:
        secret = self.keys.get(account)
        return secret.get_secret_value() if secret else None


def load_settings(
    environ: Mapping[str, str] | None = None, *, folder: Path | None = None, project: Path | None = None
) -> Settings:
    """Settings from the environment and a ``.env``; raises ConfigurationError naming the variable.

    ``folder`` is where one is, the current folder if it is not given; ``project`` the folder of the shots.json.
    """
    environment = os.environ if environ is None else environ
    dotenv, passed_by = env_files.find(folder or Path.cwd(), project)
    from_file = _from_dotenv(dotenv) if dotenv else {}
    said = {k: v for k, v in environment.items() if v.strip()}
    values = {**from_file, **said}
    only_in_file = {name: value for name, value in from_file.items() if name not in said}
    unread = _unread(values, environment, dotenv)
    if dotenv:
        check_cluster(only_in_file, dotenv)
        check_database(only_in_file, said, dotenv)
        env_files.check_places(only_in_file, dotenv)
    keys = {
        name: SecretStr(key.strip())
        for name, account in accounts().items()
        if (key := next((values[n] for n in account.keys if real_key(values.get(n))), None))
    }
    withheld = {name: why for name in keys if (why := why_withheld(accounts()[name], values, only_in_file, dotenv))}
    opens_store, store_note = store_options(values, only_in_file, dotenv)

    _check_drive(values.get("FILM_GALLERY_DIR", ""))
    gallery = Path(values.get("FILM_GALLERY_DIR") or _default_gallery(values)).expanduser().absolute()
    rate_card = _rate_card(values.get("FILM_RATE_CARD"), gallery)
    is_theirs = is_of_project(only_in_file, said, gallery, lambda: _default_gallery(said))
    only_raise = rate_card is not None and (bool(values.get("FILM_RATES_ONLY_RAISE")) or is_theirs)
    tier = values.get("FILM_TIER", "budget").strip().lower()
    if tier not in TIERS:
        raise ConfigurationError(f"FILM_TIER is {tier!r}", hint=f"set it to one of {', '.join(TIERS)}")
    return Settings(
        gallery=gallery,
        database_url=values.get("FILM_DATABASE_URL") or f"sqlite:///{gallery / 'film.db'}",
        default_budget=Decimal("10.00") if (limit := _amount(values, "FILM_DEFAULT_BUDGET_USD")) is None else limit,
        daily_budget=_amount(values, "FILM_DAILY_BUDGET_USD"),
        default_tier=tier,
        keys={account: key for account, key in keys.items() if account not in withheld},
        base_urls={name: values[a.url].rstrip("/") for name, a in accounts().items() if values.get(a.url)},
        speeds=_speeds(values),
        rate_card=rate_card,
        rates_only_raise=only_raise,
        signing_certificate=_path(values.get("FILM_SIGNING_CERTIFICATE")),
        signing_key=_path(values.get("FILM_SIGNING_KEY")),
        cache_salt=values.get("FILM_CACHE_SALT", ""),
        store_url=_store(values.get("FILM_STORE_URL", "")),
        store_options=opens_store,
        ray_address=values.get("FILM_RAY_ADDRESS", "").strip(),
        observe=_observe(values.get("FILM_OBSERVE", "")),
        observe_prompts=values.get("FILM_OBSERVE_PROMPTS", "").lower() in ("1", "true", "yes"),
        webhook_secret=SecretStr(values["FILM_WEBHOOK_SECRET"].strip()) if values.get("FILM_WEBHOOK_SECRET") else None,
        spend_allowed=values.get("FILM_NO_SPEND", "").strip().lower() in ("", "0", "false", "no", "off"),
        dotenv_path=dotenv,
        withheld=withheld,
        notes=(
            *passed_by,
            *withheld.values(),
            *store_note,
            *rates_note(rate_card, only_raise, dotenv),
            *found().broken.values(),
        ),
        unread=unread,
    )


def as_environment(settings: Settings) -> dict[str, str]:
    """What ``load_settings`` makes the same settings of: for programs that are started on somebody's behalf.

    It holds the keys. It is meant for the environment of a process, and for nothing that is written or sent.
    """
    known = accounts()
    secrets = {known[name].key: key for name, key in settings.keys.items() if name in known}
    secrets |= {STORE_NAMES[option][0]: value for option, value in settings.store_options.items()}
    speeds = set(settings.speeds.values())
    said = {
        "FILM_GALLERY_DIR": str(settings.gallery),
        "FILM_DATABASE_URL": settings.database_url,
        "FILM_DEFAULT_BUDGET_USD": f"{settings.default_budget:f}",
        "FILM_DAILY_BUDGET_USD": "" if settings.daily_budget is None else f"{settings.daily_budget:f}",
        "FILM_TIER": settings.default_tier,
        "FILM_RATE_CARD": str(settings.rate_card or ""),
        "FILM_RATES_ONLY_RAISE": "1" if settings.rates_only_raise else "",
        "FILM_SIGNING_CERTIFICATE": str(settings.signing_certificate or ""),
        "FILM_SIGNING_KEY": str(settings.signing_key or ""),
        "FILM_CACHE_SALT": settings.cache_salt,
        "FILM_STORE_URL": settings.store_url or "none",
        "FILM_WEBHOOK_SECRET": settings.webhook_secret.get_secret_value() if settings.webhook_secret else "",
        "FILM_NO_SPEND": "" if settings.spend_allowed else "1",
        "FILM_SIMULATED_SPEED": f"{max(speeds):g}" if speeds else "",
        **{known[name].url: url for name, url in settings.base_urls.items() if name in known},
    }
    return said | {name: secret.get_secret_value() for name, secret in secrets.items()}


def parse_budget(given: object, name: str) -> Decimal:
    """A limit in dollars as a user wrote it, exact; raises ConfigurationError for what is no sum of money.

    A float, which was calculated, is a limit to the millionth of a dollar.
    """
    text = str(round(given, 6) if isinstance(given, float) else given)
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation as error:
        raise ConfigurationError(f"{name} is not a number: {text[:40]!r}", hint="write dollars, like 10.00") from error
    if not amount.is_finite() or amount < 0 or amount > 1_000_000 or amount != round(amount, 6):
        raise ConfigurationError(
            f"{name} is {text[:40]}, allowed 0 to 1000000 with up to 6 decimals", hint="write dollars, like 10.00"
        )
    return amount


def _from_dotenv(dotenv: Path) -> dict[str, str]:
    """What the file says; its paths count from its own folder, so that they mean one place wherever one stands."""
    values = env_files.read(dotenv)
    for name in PATH_NAMES:
        if name in values:
            values[name] = str(dotenv.parent / Path(values[name]).expanduser())
    return values


def _unread(values: Mapping[str, str], environment: Mapping[str, str], dotenv: Path | None) -> tuple[str, ...]:
    """The variables named like ours that nothing reads; ConfigurationError for one that is a slip of one that is.

    Left unsaid, FILM_NO_SPENT would let a film be paid for.
    """
    known = setting_names() | {f"FILM_{name.upper().replace('-', '_')}_URL" for name in found().broken}
    unknown = tuple(sorted(name for name in values if name.upper().startswith("FILM_") and name not in known))
    for name in unknown:
        near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
        if near:
            where = f"{dotenv}: " if dotenv and name not in environment else ""
            raise ConfigurationError(
                f"{where}{name[:60]} is no setting; did you mean {near[0]}?",
                hint=f"rename it to {near[0]}, or unset it",
            )
    return unknown


def _amount(values: Mapping[str, str], name: str) -> Decimal | None:
    return parse_budget(values[name], name) if values.get(name) else None


def _rate_card(named: str | None, gallery: Path) -> Path | None:
    if named:
        return Path(named).expanduser()
    own = gallery / OWN_RATES
    return own if own.is_file() else None


def _speeds(values: Mapping[str, str]) -> dict[str, float]:
    """A vendor that is not on this machine keeps its own time, whatever a simulator's setting says."""
    text = values.get("FILM_SIMULATED_SPEED", "")
    try:
        speed = float(text or 1)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise ConfigurationError(
            f"FILM_SIMULATED_SPEED is {text[:40]!r}", hint="film simulate sets it; leave it out otherwise"
        )
    return {name: speed for name, account in accounts().items() if text and is_here(values.get(account.url, ""))}


def _store(text: str) -> str:
    """``none`` takes back what ``.env`` names."""
    text = text.strip()
    return "" if text.lower() == "none" else text


def _observe(text: str) -> frozenset[str]:
    asked = frozenset(word.strip().lower() for word in text.split(",")) - {"", "0", "off", "no"}
    if unknown := asked - OBSERVERS:
        raise ConfigurationError(
            f"FILM_OBSERVE names {min(unknown)[:40]!r}", hint=f"set it to {', '.join(sorted(OBSERVERS))}, or both"
        )
    return asked


def _path(named: str | None) -> Path | None:
    return Path(named).expanduser().absolute() if named else None


def _check_drive(gallery: str) -> None:
    """On Linux and macOS ``E:/films`` would be a folder of that name, here."""
    if os.name != "nt" and re.match(r"[A-Za-z]:(?:[/\\]|$)", gallery.strip()):
        raise ConfigurationError(
            f"FILM_GALLERY_DIR is {gallery[:80]!r}, a drive of Windows, which this system does not have",
            hint="give the folder as it is called here, like /mnt/e/films",
        )


def _default_gallery(values: Mapping[str, str]) -> Path:
    """In the home folder, the account's own where no variable names one; never where one happens to be."""
    home = values.get("HOME") or values.get("USERPROFILE")
    if home:
        return Path(home) / "FilmGallery"
    try:
        found = Path("~").expanduser()
    except RuntimeError:
        found = Path("~")
    if not found.is_absolute() or not found.is_dir():
        raise ConfigurationError(
            "there is no home folder to keep a gallery in: HOME is not set, and this account has none",
            hint="set FILM_GALLERY_DIR to the folder that the gallery shall be",
        )
    return found / "FilmGallery"
