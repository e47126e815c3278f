"""Whose an order is: an account by its name, its address and its key, none of which can be read from it.

An order whose answer was lost is looked for in the list of the account that it was sent to. Another account's list says
nothing about it, however complete it is.
"""

from __future__ import annotations

import hashlib

from film.jobs.limits import account_of
from film.providers.base import BaseProvider


def origin_of(provider: BaseProvider) -> str:
    """``fal 3f9c12ab54de``: the account's name, and a fingerprint of address and key."""
    name = account_of(provider)
    key = (provider.context.keys or {}).get(provider.account or "", "")
    said = f"{name}\n{provider.base_url('')}\n{key}".encode()
    return f"{name[:60]} {hashlib.blake2b(said, digest_size=6, person=b'film-account').hexdigest()}"


def is_anothers(account: str, provider: BaseProvider) -> bool:
    """Whether an order is known to have been sent with another key than the provider has now, or to another address."""
    return bool(account) and account != origin_of(provider)
