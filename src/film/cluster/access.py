"""Who may give work to a cluster: those who show its token, and nobody else.

Whoever may give a cluster work runs programs on it, as the user that it belongs to. So ours

    of this machine alone   listens on the loopback address only, with a token made for the occasion, in a folder that
                            nobody else enters: its sockets, its logs and the token's file
    at an address           must ask for a token (``RAY_AUTH_MODE=token``); one that takes work from anybody is refused
                            before it is told anything
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from film.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
MODE = "RAY_AUTH_MODE"
TOKEN_NAMES = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
SOCKET_ROOM = 107
"""Bytes that the path of a socket may have."""
_SESSION = len("/r/session_2026-11-30_19-05-02_852162_4194304/sockets/plasma_store.longer")
_PROBE = "/ray.rpc.NodeInfoGcsService/CheckAlive"
HOW = (
    "on one machine: ray get-auth-token --generate; copy ~/.ray/auth_token (mode 0600) to all others; then on each:"
    " ray stop, export RAY_AUTH_MODE=token, and ray start again: docs/how-to/cluster.md"
)


@dataclass(frozen=True)
class Room:
    """A folder that only this user enters, for a cluster of this machine alone."""

    folder: Path
    environment: Mapping[str, str]
    """What the cluster's processes find in theirs; the token is in a file and not in it."""


@contextmanager
def private_room() -> Generator[Room]:
    """A room of this cluster's own with a token that was never used before; it is removed at the end."""
    place = tempfile.gettempdir()
    if len(place) + len("/film-ray-12345678") + _SESSION > SOCKET_ROOM:
        place = "/tmp"  # noqa: S108  # the folder in it has a name that nobody can know before, and is ours alone
    folder = Path(tempfile.mkdtemp(prefix="film-ray-", dir=place))
    try:
        token = folder / "token"
        token.touch(0o600)
        token.write_text(secrets.token_urlsafe(32), encoding="ascii")
        yield Room(folder, {MODE: "token", "RAY_AUTH_TOKEN_PATH": str(token)})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def demand_token() -> None:
    """Have Ray show a token wherever it connects, and ask for it whoever connects.

    It reads the environment once, when it is loaded, which may have been before ours was set.
    """
    raylet: Any = sys.modules.get("ray._raylet")
    if raylet is None:
        return
    try:
        raylet.AuthenticationTokenLoader.instance().reset_cache()
        raylet.Config.initialize("")
        is_on = raylet.get_authentication_mode() == raylet.AuthenticationMode.TOKEN
    except AttributeError:
        is_on = False
    if not is_on:
        raise ConfigurationError(
            "this Ray asks nobody for a token: whoever reaches its ports could run programs here",
            hint="install Ray 2.52 or newer: pip install -U 'film-generation[ray]'",
        )


def has_token() -> bool:
    """Whether this user has one to show."""
    raylet: Any = sys.modules.get("ray._raylet")
    return raylet is None or bool(raylet.AuthenticationTokenLoader.instance().has_token(ignore_auth_mode=True))


def is_open(host: str, port: int, *, patience: float = 5.0) -> bool:
    """Whether a cluster's head does what it is told by somebody who shows no token."""
    if "ray._raylet" not in sys.modules:
        return False
    grpc: Any = import_module("grpc")
    with grpc.insecure_channel(f"{_bracketed(host)}:{port}", options=(("grpc.enable_http_proxy", 0),)) as channel:
        try:
            channel.unary_unary(_PROBE)(b"", timeout=patience)
        except grpc.RpcError as error:
            refusals = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
            silent = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}  # TLS, or no head at all
            return error.code() not in refusals | silent
        return True


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def open_to_all(address: str) -> ConfigurationError:
    """The refusal of a cluster that asks nobody for a token."""
    return ConfigurationError(
        f"the cluster at {address} takes work from anybody who reaches it: it asks for no token", hint=HOW
    )


@contextmanager
def environment_with(values: Mapping[str, str | None]) -> Generator[None]:
    """Within it the environment has these values, also for programs that are begun, and nothing where one is None."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def on_loopback() -> Generator[None]:
    """Within it a cluster that is started keeps to this machine, as Ray does of itself on macOS and Windows.

    On Linux it would take the address of the network, even if it is told 127.0.0.1.
    """
    constants: Any = sys.modules.get("ray._private.ray_constants")
    was = getattr(constants, "ENABLE_RAY_CLUSTER", None)
    if was is not None:
        constants.ENABLE_RAY_CLUSTER = False
    try:
        yield
    finally:
        if was is not None:
            constants.ENABLE_RAY_CLUSTER = was


def _bracketed(host: str) -> str:
    host = host.strip("[]")
    return f"[{host}]" if ":" in host else host
