"""The faults that vendors, and what stands before them, have.

Each says what it is an example of; ✓ says that the document is one that ``README.md`` names, and that was read. The
table there is made of this one: ``python -m benchmarks.strangers.vendors --describe``.
"""

from __future__ import annotations

from dataclasses import dataclass

GATEWAY = "Runway: 502, 503, 504 while shedding load ✓"
LOST = "RFC 9110, 9.2.2: a client cannot know whether a POST that failed was done"
CLOUDFLARE = "a gateway's HTML page in place of JSON"
REDIRECT = "RFC 9110, 15.4: what a gateway or a login wall answers"
FAL_POLL = "FAL: a result that is asked for too early is a 400"
STRANGE = "an unknown state of a queue is no failure"
MALFORMED = "a malformed answer must not end a job"
CDN = "Runway: addresses of results expire ✓"
REPLICATE_LIMIT = "Replicate: 429 with a body that names the wait ✓"
ELEVEN_LIMIT = "ElevenLabs: 429 where too many are under way"
PROXY = "RFC 9110, 15.5: what proxies answer for themselves"


@dataclass(frozen=True)
class Fault:
    """One way in which an answer goes wrong.

    Parameters:
        step: Which request has it: ``submit``, ``poll``, ``list`` or ``result``.
        note: What it is an example of.
        came: For ``submit``: whether the job came about, and is billed.
        status: The HTTP status, or 0 where the connection ends.
        body: What is sent: a name that the server knows.
        repeats: How often it strikes the same job.
        drawn: Whether plans draw it without naming it.
    """

    step: str
    note: str
    came: bool = False
    status: int = 0
    body: str = "json"
    repeats: int = 1
    drawn: bool = True


FAULTS: dict[str, Fault] = {
    # A job that did not come about: the ways out that documents name.
    "submit.500-before": Fault("submit", GATEWAY, False, 500),
    "submit.502-before": Fault("submit", GATEWAY, False, 502, "html"),
    "submit.503-before": Fault("submit", GATEWAY, False, 503),
    "submit.cut-before": Fault("submit", LOST, False, 0),
    "submit.429-before": Fault("submit", f"{REPLICATE_LIMIT}; {ELEVEN_LIMIT}", False, 429),
    "submit.400-before": Fault("submit", "Runway: 400, bad input ✓", False, 400, drawn=False),
    "submit.401-before": Fault("submit", "Runway: 401, bad key ✓", False, 401, drawn=False),
    "submit.402-before": Fault("submit", "Replicate: 402, no credit", False, 402, drawn=False),
    "submit.422-before": Fault("submit", "FAL: 422, bad input", False, 422, drawn=False),
    # A job that came about, and whose answer says something else, or nothing.
    "submit.500-after": Fault("submit", LOST, True, 500),
    "submit.502-after": Fault("submit", GATEWAY, True, 502, "html"),
    "submit.503-after": Fault("submit", GATEWAY, True, 503),
    "submit.504-after": Fault("submit", GATEWAY, True, 504, "html"),
    "submit.cut-after": Fault("submit", LOST, True, 0),
    "submit.half-after": Fault("submit", LOST, True, 200, "half"),
    "submit.303-after": Fault("submit", REDIRECT, True, 303),
    "submit.307-after": Fault("submit", REDIRECT, True, 307),
    "submit.308-after": Fault("submit", REDIRECT, True, 308),
    "submit.408-after": Fault("submit", PROXY, True, 408),
    "submit.409-after": Fault("submit", PROXY, True, 409),
    "submit.418-after": Fault("submit", PROXY, True, 418),
    "submit.423-after": Fault("submit", PROXY, True, 423),
    "submit.425-after": Fault("submit", PROXY, True, 425),
    "submit.499-after": Fault("submit", "499 of nginx", True, 499),
    "submit.html-200-after": Fault("submit", CLOUDFLARE, True, 200, "html"),
    "submit.empty-200-after": Fault("submit", CLOUDFLARE, True, 200, "empty"),
    "submit.array-200-after": Fault("submit", MALFORMED, True, 200, "array"),
    "submit.204-after": Fault("submit", PROXY, True, 204, "empty"),
    "submit.slow": Fault("submit", "latency", True, 200, "slow"),
    "submit.never": Fault("submit", LOST, True, 0, "never", drawn=False),
    # Asking how a job is doing.
    "poll.400-in-progress": Fault("poll", FAL_POLL, status=400, body="in-progress"),
    "poll.302": Fault("poll", REDIRECT, status=302),
    "poll.404-once": Fault("poll", "a replica that has not heard of it", status=404),
    "poll.408": Fault("poll", PROXY, status=408),
    "poll.409": Fault("poll", PROXY, status=409),
    "poll.429": Fault("poll", REPLICATE_LIMIT, status=429),
    "poll.html": Fault("poll", CLOUDFLARE, status=200, body="html"),
    "poll.empty": Fault("poll", MALFORMED, status=200, body="empty"),
    "poll.array": Fault("poll", MALFORMED, status=200, body="array"),
    "poll.half": Fault("poll", MALFORMED, status=200, body="half"),
    "poll.strange-state": Fault("poll", STRANGE, status=200, body="strange"),
    "poll.500": Fault("poll", GATEWAY, status=500),
    "poll.502": Fault("poll", GATEWAY, status=502, body="html", repeats=3),
    "poll.cut": Fault("poll", LOST),
    # Asking what there is.
    "list.500": Fault("list", GATEWAY, status=500),
    "list.403": Fault("list", "FAL: a key without the scope", status=403, drawn=False),
    "list.404": Fault("list", "a gateway without that path", status=404, drawn=False),
    "list.html": Fault("list", CLOUDFLARE, status=200, body="html"),
    "list.detail": Fault("list", "an error with a 200", status=200, body="detail"),
    "list.nothing": Fault("list", "the list lags", status=200, body="none"),
    "list.null": Fault("list", MALFORMED, status=200, body="null"),
    "list.other-form": Fault(
        "list", "an older or newer version of the list: results where items are meant", status=200, body="results"
    ),
    "list.half": Fault("list", MALFORMED, status=200, body="half"),
    "list.cut": Fault("list", LOST),
    "list.loop": Fault(
        "list",
        "a cursor that leads back",
        status=200,
        body="loop",
    ),
    # Fetching what was made.
    "result.404-once": Fault("result", "a CDN's edge that has not heard of it", status=404),
    "result.403-expired": Fault("result", CDN, status=403, body="xml", repeats=2),
    "result.html": Fault("result", CLOUDFLARE, status=200, body="html"),
    "result.empty": Fault("result", "files of no bytes", status=200, body="empty"),
    "result.half": Fault("result", "the last bytes cut off by a CDN, without a word", status=200, body="short"),
    "result.cut": Fault("result", LOST, status=200, body="half"),
    "result.500": Fault("result", GATEWAY, status=500),
    "result.gone": Fault("result", CDN, status=410, body="xml", repeats=10**6, drawn=False),
}
