"""Where a database is, as people are told it: never who may enter it, or how."""

from __future__ import annotations

from sqlalchemy import URL


def address(url: URL) -> str:
    """A SQLite file's path; of a server's database its name and host. A URL's other parts may be secret."""
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    named = url.query.get("host", ())
    hosts = [named] if isinstance(named, str) else list(named)
    if url.host:
        hosts = [f"{url.host}:{url.port}" if url.port else url.host]
    return f"{url.database or 'without a name'} on {', '.join(hosts) or 'the local server'}"
