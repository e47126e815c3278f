"""API keys that a program hands over, by account: those of an account that there is not are refused, not left unused.

    {"fall": "…"}  ──(check_keys)──►  there is no account 'fall'; did you mean fal?

People know vendors by several names, so that a provider's name and the variable that a key usually stands in are told
the account that they mean.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import cast

from film.environment.variables import KEY_NAMES
from film.errors import InputError, ProviderNotFound
from film.models import AssetType
from film.providers.registry import names, provider_class


def check_keys(api_keys: object) -> dict[str, str]:
    """Account → key, without those that are empty. InputError names an account that there is not, and the near one."""
    if api_keys is None:
        return {}
    if not isinstance(api_keys, Mapping):
        raise _refused(f"api_keys are of type {type(api_keys).__name__}, not a mapping of accounts to keys")
    given = cast("Mapping[object, object]", api_keys)
    for account, key in given.items():
        if key is not None and not isinstance(key, str):  # which is not shown, whatever it is
            raise _refused(f"the key of {str(account)[:40]!r} is of type {type(key).__name__}, not text")
        if account not in KEY_NAMES:
            _check_account(str(account))
    return {str(account): str(key).strip() for account, key in given.items() if key and str(key).strip()}


def _check_account(name: str) -> None:
    known = dict.fromkeys(KEY_NAMES)
    meant = next((account for account, variables in KEY_NAMES.items() if name.upper() in variables), None)
    near = meant or next(iter(difflib.get_close_matches(name.lower(), known, n=1)), None)
    if not near:
        accounts = _accounts()
        if name in accounts.values():
            return
        known |= dict.fromkeys(accounts.values())
        near = accounts.get(name)
    told = f"; did you mean {near}?" if near else ""
    raise _refused(f"there is no account {name[:40]!r} to have a key{told}", f"the accounts are {', '.join(known)}")


def _accounts() -> dict[str, str]:
    """Provider → the account that it is paid by, of all that can be loaded."""
    found: dict[str, str] = {}
    for kind in AssetType:
        for name in names(kind):
            try:
                account = provider_class(kind, name).account
            except ProviderNotFound:  # its extra is not installed
                continue
            if account:
                found.setdefault(name, account)
    return found


def _refused(message: str, hint: str = 'write api_keys={"fal": "…", "openai": "…"}') -> InputError:
    return InputError(message, hint=hint, field="api_keys")
