"""Every error this package raises on purpose, one tree, each message ending with the next step.

FilmError                         .hint: what to do next; .exit_code: what the CLI returns
├── InputError                    shots, ids, numbers, options (file, line, field)      exit 2
├── ConfigurationError            settings that cannot work                             exit 2
│   └── MissingKeyError           an API key is missing or was rejected                 exit 4
├── BudgetExceededError           a limit would be passed; nothing was sent             exit 3
├── UnknownPriceError             no price known: refused, never taken as zero          exit 3
├── ConsentDeclined               the spending question was answered with no            exit 5
├── ProviderError                 a vendor or a plug-in failed                          exit 1
│   ├── ProviderNotFound          no such provider, or its extra is not installed       exit 2
│   ├── ProviderRefused           moderation: the provider's own words; never retried
│   ├── ProviderUnavailable       retry later; carries retry_after seconds
│   ├── OutOfCredit               the account has no credit: the provider pauses        exit 4
│   ├── BadMedia                  what came back is not the media asked for
│   ├── PaidLost                  paid for, and the result has expired at the vendor
│   ├── OutcomeUnknown            sent, and no answer tells whether it was accepted
│   └── PollingNotSupported       the provider answers at once; there is nothing to poll
├── StoreError                    the gallery's files or database
│   └── IntegrityError            bytes do not match their hash
├── ComposeError                  the cut could not be made
├── PublishError                  a place to publish at failed, or declined             exit 1
│   ├── PublishRefused            the film is not fit to go out as it was asked         exit 2
│   ├── PublishUnsure             it may be out, and nobody can tell: a person looks
│   ├── NotSignedIn               no sign-in, or one that ended                         exit 4
│   └── QuotaExceeded             the day's calls are used up; nothing was sent         exit 3
└── Interrupted                   stopped on request; run again to resume               exit 130
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class FilmError(Exception):
    """Base of all deliberate errors. ``str(error)`` is one line; ``hint`` is the next step."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, to another process too, whatever its constructor asks for."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[FilmError], args: tuple[Any, ...], told: dict[str, Any]) -> FilmError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(told)
    return error


class InputError(FilmError):
    """Something the user wrote is wrong. Knows file, line and field where there are any."""

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
    ) -> None:
        self.file, self.line, self.field = file, line, field
        self.others: tuple[InputError, ...] = ()
        """What else is wrong with the same files, in their order."""
        where = "" if file is None else f"{file}:{line} " if line else f"{file}: "
        super().__init__(where + message, hint=hint)


def all_of(errors: Sequence[InputError]) -> InputError:
    """The first of them, which holds the others by file and line; each once."""
    every = [one for error in errors for one in (error, *error.others)]
    for one in every:
        one.others = ()
    first, *others = {(str(one), one.hint): one for one in every}.values()
    first.others = tuple(sorted(others, key=lambda one: (str(one.file) != str(first.file), one.line or 0)))
    return first


class ConfigurationError(FilmError):
    exit_code = 2


class MissingKeyError(ConfigurationError):
    exit_code = 4


class BudgetExceededError(FilmError):
    """A reservation would pass a limit. ``needed`` is what the total would become, in dollars.

    ``scope`` is whose limit it is: the film's where it is empty, else ``today``, all films' of a day, or ``this run``.
    """

    exit_code = 3

    def __init__(self, needed: Decimal, limit: Decimal, *, scope: str = "", hint: str = "") -> None:
        self.needed, self.limit, self.scope = needed, limit, scope
        total, most = told_apart(needed, limit)
        raised = _RAISED.get(scope, f"raise the limit of {scope}")
        super().__init__(
            f"Budget exceeded: {total} > {most}" + (f" ({scope})" if scope else ""),
            hint=hint or f"{raised}, use cheaper providers, or see it first at $0 with --tier draft",
        )


_RAISED = {
    "": "raise --budget_limit",
    "today": "raise FILM_DAILY_BUDGET_USD, go on tomorrow (days are UTC)",
    "this run": "raise run_limit_usd, the limit of this run alone",
}
"""Whose limit → how there comes to be more room under it."""


class UnknownPriceError(FilmError):
    exit_code = 3


class ConsentDeclined(FilmError):
    exit_code = 5


class ProviderError(FilmError):
    """A vendor or plug-in failed. ``provider`` names it; ``charged`` is None when not known."""

    def __init__(self, message: str, *, hint: str = "", provider: str = "", charged: bool | None = False) -> None:
        super().__init__(message, hint=hint)
        self.provider, self.charged = provider, charged


class ProviderNotFound(ProviderError):
    exit_code = 2


class ProviderRefused(ProviderError):
    pass


class ProviderUnavailable(ProviderError):
    """``retry_after`` is in seconds, None when the vendor did not say."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        provider: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint, provider=provider)
        self.retry_after = retry_after


class OutOfCredit(ProviderError):
    exit_code = 4


class BadMedia(ProviderError):
    pass


class PaidLost(ProviderError):
    pass


class OutcomeUnknown(ProviderError):
    pass


class PollingNotSupported(ProviderError):
    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} answers at once: it has no job to poll",
            hint="call generate(); only queued providers need poll_status()",
            provider=provider,
        )


class StoreError(FilmError):
    pass


class IntegrityError(StoreError):
    pass


def disk_error(error: OSError, place: Path | str = "") -> StoreError:
    """What the operating system says of the gallery's disk, with the way out. ``place`` is what was being written."""
    where = place or error.filename
    if error.errno in _FULL:
        return StoreError(
            f"the gallery's disk is full ({where or 'while writing'})",
            hint="free some space and run again: what is paid for and waits at its vendor is fetched, not bought again",
        )
    told = f"{error.strerror or error} ({where})" if where else str(error)
    if error.errno in _FORBIDDEN:
        return StoreError(
            f"the gallery cannot be written: {told}",
            hint="make it writable, or set FILM_GALLERY_DIR to a folder of yours",
        )
    return StoreError(f"the gallery's disk failed: {told}", hint="check the disk, then the gallery with: film fsck")


class ComposeError(FilmError):
    pass


class PublishError(FilmError):
    pass


class PublishRefused(PublishError):
    exit_code = 2


class PublishUnsure(PublishError):
    pass


class NotSignedIn(PublishError):
    exit_code = 4


class QuotaExceeded(PublishError):
    exit_code = 3


class Interrupted(FilmError):
    exit_code = 130


def usd(amount: Decimal, *, at_most: bool = False) -> str:
    """For people: ``$12.50``, whole cents; below a cent up to four places, ``$0.0032``, and ``<$0.0001`` below those.

    What is told as ``at_most`` is rounded up, so that no bill under it is ever higher than what was said.
    """
    if amount < 0:
        return f"-{usd(-amount)}"
    if not amount.is_finite():
        return f"${amount}"
    if 0 < amount < _LEAST:
        return f"<${_LEAST}"
    places = _LEAST if amount < _CENT else _CENT
    return usd_exact(amount.quantize(places, ROUND_CEILING if at_most else ROUND_HALF_UP))


def usd_exact(amount: Decimal) -> str:
    """With every digit that it has, cents at least: unit prices, which are multiplied, and sums that must agree."""
    exact = amount.normalize()
    exponent = exact.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"${amount:.{places}f}" if amount >= 0 else f"-${-amount:.{places}f}"


def told_apart(one: Decimal, other: Decimal) -> tuple[str, str]:
    """Two amounts beside each other: as ``usd`` has them, unless they differ and would look alike."""
    told = usd(one), usd(other)
    return (usd_exact(one), usd_exact(other)) if told[0] == told[1] and one != other else told


_CENT, _LEAST = Decimal("0.01"), Decimal("0.0001")
