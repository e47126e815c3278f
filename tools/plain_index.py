"""A package index on this machine that answers as the configured one does, but without upload times, as mirrors do.

python tools/plain_index.py COMMAND …     runs COMMAND with that index as uv's only one, and ends as it ends
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

_JSON = "application/vnd.pypi.simple.v1+json"
_PROBE = """
[project]
name = "probe"
version = "0"
requires-python = ">=3.11"
dependencies = ["iniconfig"]
"""


@cache
def behind() -> str:
    """The address of the index that uv is set up with, wherever that is said: it writes it into each lock."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pyproject.toml").write_text(_PROBE)
        subprocess.run(["uv", "lock", "--quiet"], cwd=folder, check=True)
        found = re.search(r'registry = "([^"]+)"', (folder / "uv.lock").read_text("utf-8"))
    assert found is not None
    return found[1].rstrip("/") + "/"


class Index(BaseHTTPRequestHandler):
    """Answers /NAME/ with what the index behind it has on NAME, less the times of upload."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        page = urljoin(behind(), self.path.lstrip("/"))
        request = urllib.request.Request(page, headers={"Accept": _JSON, "User-Agent": "uv"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                if _JSON not in answer.headers.get("Content-Type", ""):
                    self._send(307, b"", Location=page)  # HTML has no upload times to take away
                    return
                project = json.load(answer)
        except urllib.error.HTTPError as error:
            self._send(error.code, b"")
            return
        for file in project["files"]:
            file.pop("upload-time", None)
            file["url"] = urljoin(page, file["url"])
        self._send(200, json.dumps(project).encode(), **{"Content-Type": _JSON})

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: uv's own messages are what is wanted."""


def main() -> int:
    behind()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = f"http://127.0.0.1:{server.server_address[1]}/"
    return subprocess.run(sys.argv[1:], env={**os.environ, "UV_DEFAULT_INDEX": own}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
