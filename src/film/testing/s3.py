"""An S3 service on loopback, for as long as a ``with`` block lasts: one bucket in memory, spoken to over HTTP.

    with S3Server() as s3:
        Bucket(s3.url, s3.options)

It checks the signature of every request (AWS Signature Version 4, header and query), reads and writes in ranges and
parts, lists in pages, and can be told to misbehave: ``cut_after`` bytes of each answer, ``refuse`` with a status.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

ACCESS, SECRET, REGION = "AKIDEXAMPLE", "an example of a secret", "eu-test-1"
PAGE = 1000
_ALGORITHM = "AWS4-HMAC-SHA256"


class S3Server:
    """``objects`` maps keys to bytes and may be changed by a test; ``log`` lists (method, key, status)."""

    def __init__(self, bucket: str = "films", prefix: str = "library") -> None:
        self.bucket = bucket
        self.url = f"s3://{bucket}/{prefix}"
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.log: list[tuple[str, str, int]] = []
        self.cut_after: int | None = None
        self.refuse: int | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.s3 = self  # type: ignore[attr-defined]  # for its handlers, which know only the server
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="s3-double", daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def options(self) -> dict[str, str]:
        return {
            "aws_access_key_id": ACCESS,
            "aws_secret_access_key": SECRET,
            "aws_region": REGION,
            "aws_endpoint": self.endpoint,
        }

    def stop(self) -> None:
        """Answer nobody from here on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_alive():
            self.stop()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def s3(self) -> S3Server:
        return self.server.s3  # type: ignore[attr-defined]  # put there by S3Server

    def log_message(self, format: str, *args: Any) -> None:  # the base class's name
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def _serve(self) -> None:
        target = urlsplit(self.path)
        self.query = dict(parse_qsl(target.query, keep_blank_values=True))
        bucket, _, self.key = unquote(target.path).lstrip("/").partition("/")
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.s3.refuse:
            self._answer(self.s3.refuse, _error("Refused"))
        elif not _is_signed(self.command, target.path, self.query, dict(self.headers.items()), self.body):
            self._answer(403, _error("SignatureDoesNotMatch"))
        elif bucket != self.s3.bucket:
            self._answer(404, _error("NoSuchBucket"))
        else:
            getattr(self, f"_{self.command.lower()}")()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  # the base class's names

    def _head(self) -> None:
        self._get()

    def _get(self) -> None:
        if "list-type" in self.query:
            return self._list()
        data = self.s3.objects.get(self.key)
        if data is None:
            return self._answer(404, _error("NoSuchKey"))
        headers = {"ETag": _tag(data), "Last-Modified": "Sun, 22 Nov 2026 12:00:00 GMT"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if not asked:
            return self._answer(200, data, headers)
        start, end = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
        if start > end:
            return self._answer(416, _error("InvalidRange"))
        headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
        return self._answer(206, data[start : end + 1], headers)

    def _list(self) -> None:
        prefix, after = self.query.get("prefix", ""), self.query.get("continuation-token", "")
        keys = sorted(key for key in self.s3.objects if key.startswith(prefix) and key > after)
        page, rest = keys[:PAGE], keys[PAGE:]
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.s3.objects[key])}</Size>"
            f"<LastModified>2026-11-22T12:00:00.000Z</LastModified><ETag>{_tag(self.s3.objects[key])}</ETag></Contents>"
            for key in page
        )
        more = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if rest else ""
        self._answer(
            200,
            f"<ListBucketResult><Name>{self.s3.bucket}</Name><KeyCount>{len(page)}</KeyCount>"
            f"<IsTruncated>{str(bool(rest)).lower()}</IsTruncated>{items}{more}</ListBucketResult>".encode(),
        )

    def _put(self) -> None:
        if "partNumber" in self.query:
            self.s3.parts[self.query["uploadId"]][int(self.query["partNumber"])] = self.body
            return self._answer(200, b"", {"ETag": _tag(self.body)})
        if source := self.headers.get("x-amz-copy-source"):
            data = self.s3.objects.get(unquote(source).lstrip("/").partition("/")[2])
            if data is None:
                return self._answer(404, _error("NoSuchKey"))
            self.s3.objects[self.key] = data
            return self._answer(200, f"<CopyObjectResult><ETag>{_tag(data)}</ETag></CopyObjectResult>".encode())
        self.s3.objects[self.key] = self.body
        return self._answer(200, b"", {"ETag": _tag(self.body)})

    def _post(self) -> None:
        if "delete" in self.query:
            keys = [key.decode() for key in re.findall(rb"<Key>(.*?)</Key>", self.body)]
            for key in keys:
                self.s3.objects.pop(key, None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
        if "uploads" in self.query:
            upload = f"upload-{len(self.s3.parts)}"
            self.s3.parts[upload] = {}
            told = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            return self._answer(200, told.encode())
        parts = self.s3.parts.pop(self.query["uploadId"])
        data = self.s3.objects[self.key] = b"".join(parts[number] for number in sorted(parts))
        told = f"<CompleteMultipartUploadResult><ETag>{_tag(data)}</ETag></CompleteMultipartUploadResult>"
        return self._answer(200, told.encode())

    def _delete(self) -> None:
        self.s3.objects.pop(self.key, None)
        self._answer(204, b"")

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.s3.log.append((self.command, self.key, status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = self.s3.cut_after
        if cut is not None and self.command == "GET" and len(body) > cut:
            self.wfile.write(body[:cut])
            self.wfile.flush()
            self.close_connection = True
        else:
            self.wfile.write(body)


def _is_signed(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> bool:
    """Whether the secret's owner has signed this request, worked out as the service's documentation says."""
    lower = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    rest = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
    if given := re.fullmatch(
        rf"{_ALGORITHM} Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)", lower.get("authorization", "")
    ):
        credential, names, signature = given[1], given[2], given[3]
        moment, digest = lower["x-amz-date"], lower["x-amz-content-sha256"]
        if digest not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            return False
    elif query.get("X-Amz-Algorithm") == _ALGORITHM:
        credential, names, signature = (query[f"X-Amz-{n}"] for n in ("Credential", "SignedHeaders", "Signature"))
        moment, digest = query["X-Amz-Date"], "UNSIGNED-PAYLOAD"
    else:
        return False
    access, _, scope = credential.partition("/")
    canonical = "\n".join(
        [
            method,
            quote(unquote(path), safe="/-_.~"),
            "&".join(f"{quote(n, safe='-_.~')}={quote(v, safe='-_.~')}" for n, v in sorted(rest.items())),
            *(f"{name}:{lower.get(name, '')}" for name in names.split(";")),
            "",
            names,
            digest,
        ]
    )
    to_sign = "\n".join([_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return access == ACCESS and hmac.compare_digest(key.hex(), signature)


def _tag(data: bytes) -> str:
    """What S3 says of an object that came in one piece: its MD5."""
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
