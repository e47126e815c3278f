"""Which network addresses a vendor's answer may send us to.

A result URL is text that somebody else wrote. Followed blindly it would let them read what only this machine can reach:
a router, a cloud's metadata service, a database on localhost. So results are fetched from public addresses only.

    URL ──► check_outside (scheme, user info, literal address) ──► the resolver of ``http`` (every address of the name)
"""

from __future__ import annotations

import ipaddress
import socket

import httpx

from film.errors import BadMedia

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_RELAYS_6TO4 = ipaddress.ip_network("192.88.99.0/24")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


Place = tuple[str, int]
"""A host and its port."""
_FIRST_FREE_PORT = 1024
"""Below it are mail, remote shells and the like, which take what is sent to them for something else."""
_INSIDE = ("local", "localhost", "internal", "intranet", "lan", "home", "corp", "private", "arpa")
"""How names end that only a network's own servers know."""


def place_of(url: httpx.URL) -> Place:
    """Where a URL leads; what another port of the same machine answers is somebody else's."""
    return url.host, url.port or (443 if url.scheme == "https" else 80)


def is_inside(name: str) -> bool:
    """Whether a name that cannot be looked up here means, by itself, something of a network's own."""
    labels = name.rstrip(".").lower().split(".")
    return len(labels) < 2 or labels[-1] in _INSIDE


def is_public(address: Address) -> bool:
    """Whether the open internet may answer there. Addresses that wrap another one are judged by what they wrap.

    ``is_global`` alone will not do: Python 3.11 calls NAT64, 6to4 and multicast addresses global.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address.sixtofour is not None or address.teredo is not None or address in _NAT64_LOCAL:
            return False
    elif address in _RELAYS_6TO4:
        return False
    return address.is_global and not address.is_multicast


def literal_address(host: str) -> Address | None:
    """The address that a host spells out, in the old forms too (``2130706433``, ``0x7f.1``); None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def check_outside(url: httpx.URL, provider: str, what: str = "a result") -> None:
    """Refuse a URL that is not a plain ``https`` one to the open internet; raises BadMedia.

    ``what`` is to be found, or put, there.
    """
    if url.scheme != "https":
        raise refused(provider, f"{what} at a {url.scheme or 'schemeless'} address")
    if url.userinfo:
        raise refused(provider, f"{what} at an address that carries a user name")
    if url.port and url.port != 443 and url.port < _FIRST_FREE_PORT:
        raise refused(provider, f"{what} at port {url.port}, where something else than the web answers")
    address = literal_address(url.host)
    if address is not None and not is_public(address):
        raise refused(provider, f"{what} at the private address {address}")


def refused(provider: str, what: str) -> BadMedia:
    return BadMedia(
        f"{provider} named {what}: refused",
        hint="report it to the vendor; behind a gateway of your own, set its FILM_…_URL",
        provider=provider,
        charged=True,
    )
