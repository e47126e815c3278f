"""Start a studio: where it listens, who may come in, what it prints; its end leaves paid orders collectable.

On this machine alone it needs nothing: a token is made for each start, and stands in the address that is printed.
Beyond it nothing is served without a file that says who may come in.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from film.errors import ConfigurationError
from film.studio.access import Tokens

LOOPBACK = "127.0.0.1"


def serve(
    root: Path,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    token_file: Path | None = None,
    names: Sequence[str] = (),
    https: bool = False,
    ready: Callable[[str, str], None],
) -> None:
    """Serve until Ctrl-C.

    Args:
        root: A film's folder, or one with several films.
        host: Where to listen; anything but this machine needs a ``token_file``.
        port: 0 for a free one.
        token_file: Who may come in, a line each: name, role, token.
        names: Further names, with ports where they have them, under which it is reached, through a proxy.
        https: Whether it is reached over HTTPS, through a proxy: then the cookie is sent over nothing else.
        ready: Told the address without and with the token of this start, once it listens.
    """
    check_place(host, token_file)
    import uvicorn

    from film.studio.app import studio_app
    from film.studio.state import Studio

    listening = _listen(host, port)
    port = listening.getsockname()[1]
    tokens, token = (Tokens.of_file(token_file), "") if token_file else Tokens.of_this_start()
    shown = f"[{host}]" if ":" in host else host
    app = studio_app(
        Studio(root),
        tokens=tokens,
        hosts=[*hosts_of(host, port), *names],
        cookie=f"film_studio_{port}",
        https=https,
    )
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,  # streams of events have no end of their own
        ws="none",
    )

    class Server(uvicorn.Server):
        """Says when it listens."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready(f"http://{shown}:{port}/", token)

    Server(config).run(sockets=[listening])


def hosts_of(host: str, port: int) -> list[str]:
    """The names that a browser may say for it."""
    same = ["127.0.0.1", "localhost", "[::1]"] if _is_loopback(host) else [f"[{host}]" if ":" in host else host]
    return [f"{name}:{port}" for name in same] + ([*same] if port == 80 else [])


def check_place(host: str, token_file: Path | None) -> None:
    """ConfigurationError for a place that strangers reach, where nothing says who may come in."""
    if not _is_loopback(host) and token_file is None:
        raise ConfigurationError(
            f"{host} is reached by other machines, and nothing says who may come in",
            hint="name a file with --token-file (a line each: name role token), or leave --host out",
        )
    if host in ("0.0.0.0", "::"):  # noqa: S104  # it is refused
        raise ConfigurationError(
            f"{host} has no name that a browser could be held to", hint="name the address that others reach you at"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"{host}:{port} cannot be listened at: {error.strerror or error}", hint="leave --port out for a free one"
        ) from error
    return listening
