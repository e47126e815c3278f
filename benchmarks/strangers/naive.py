"""A control: a film command that buys as one would without thinking of kills. The attack must find it out.

It speaks as much of film's command as ``kills.py`` uses, and buys everything at FAL and OpenAI. Its journal is written
when an order is done, so what is killed before is charged and nowhere on record, and bought again by the next run. Its
budget is a sum that is read before each order, so two processes each see room.

``python -m benchmarks.strangers.kills --control`` attacks it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

PICTURE, SECOND, CHARACTER = Decimal("0.003"), Decimal("0.045"), Decimal("0.000015")
CLIP = 6
OVER = 3


@dataclass(frozen=True)
class Order:
    """What is to be bought.

    Parameters:
        shot: The shot's id.
        kind: ``image``, ``video`` or ``audio``.
        text: The prompt, or the words.
    """

    shot: str
    kind: str
    text: str

    @property
    def price(self) -> Decimal:
        """What it costs."""
        return {"image": PICTURE, "video": SECOND * CLIP, "audio": CHARACTER * len(self.text)}[self.kind]

    @property
    def file(self) -> Path:
        """Where its result is kept."""
        return gallery() / "files" / hashlib.sha256(f"{self.kind}/{self.text}".encode()).hexdigest()[:24]


def gallery() -> Path:
    """Give the gallery's folder."""
    return Path(os.environ["FILM_GALLERY_DIR"])


def orders(path: Path) -> list[Order]:
    """Read what a film needs.

    Parameters:
        path: Its shots.json.
    """
    needed: list[Order] = []
    for shot in json.loads(path.read_text("utf-8")):
        needed += [Order(shot["shot_id"], kind, shot["enhanced_prompt"]) for kind in ("image", "video")]
        if shot.get("dialogue"):
            needed.append(Order(shot["shot_id"], "audio", shot["dialogue"]))
    return needed


def journal() -> list[dict[str, Any]]:
    """Read what was bought."""
    path = gallery() / "jobs.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else []


def note(film: str, order: Order, job: str) -> None:
    """Write down what was bought, once it is here.

    Parameters:
        film: For which film.
        order: What.
        job: The vendor's id.
    """
    done = {"film_id": film, "shot_id": order.shot, "asset_type": order.kind, "state": "done", "vendor_job_id": job}
    money = {"quoted_usd": str(order.price), "billed_usd": str(order.price)}
    records = [*journal(), {"id": job} | done | money]
    (gallery() / "jobs.json").write_text(json.dumps(records), "utf-8")


def call(url: str, key: str, payload: dict[str, Any] | None = None) -> tuple[bytes, str]:
    """Ask a vendor; give the answer and the vendor's id of the request.

    Parameters:
        url: Where.
        key: The value of ``Authorization``.
        payload: What is POSTed; none for a GET.
    """
    body = json.dumps(payload).encode() if payload is not None else None
    headers = {"Authorization": key, "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        return answer.read(), answer.headers.get("x-request-id", "")


def buy(order: Order) -> str:
    """Buy one thing; give the vendor's id.

    Parameters:
        order: What.
    """
    if order.kind == "audio":
        payload = {"model": "tts-1", "input": order.text, "voice": "nova", "response_format": "wav"}
        key = f"Bearer {os.environ['OPEN_AI_API_KEY']}"
        body, job = call(os.environ["FILM_OPENAI_URL"] + "/v1/audio/speech", key, payload)
    else:
        model = "fal-ai/flux/schnell" if order.kind == "image" else "fal-ai/minimax/hailuo-02/standard/image-to-video"
        key = f"Key {os.environ['FAL_API_KEY']}"
        said = json.loads(
            call(f"{os.environ['FILM_FAL_URL']}/{model}", key, {"prompt": order.text, "duration": CLIP})[0]
        )
        while json.loads(call(said["status_url"], key)[0])["status"] != "COMPLETED":
            time.sleep(0.2)
        made = json.loads(call(said["response_url"], key)[0])
        url = made["images"][0]["url"] if order.kind == "image" else made["video"]["url"]
        body, job = call(url, key)[0], said["request_id"]
    order.file.parent.mkdir(parents=True, exist_ok=True)
    order.file.write_bytes(body)
    return job


def make(given: argparse.Namespace) -> int:
    """Make a film, or what there is money for.

    Parameters:
        given: The command line.
    """
    for order in orders(given.shots):
        if order.file.exists():
            continue
        spent = sum((Decimal(r["billed_usd"]) for r in journal() if r["film_id"] == given.film_id), Decimal(0))
        if spent + order.price > given.budget_limit:
            print(f"over budget: {spent} + {order.price} > {given.budget_limit}", file=sys.stderr)
            return OVER
        note(given.film_id, order, buy(order))
    return 0


def main() -> int:
    """Read the command line, and do what it says."""
    verb, rest = sys.argv[1], sys.argv[2:]
    if verb == "jobs":
        print("--rebuy --not_charged" if "resolve" in rest else json.dumps(journal()))
        return 0
    if verb == "fsck":
        print(json.dumps({"problems": []}))
        return 0
    if verb == "costs":
        spent = sum((Decimal(r["billed_usd"]) for r in journal() if r["film_id"] == rest[0]), Decimal(0))
        print(json.dumps({"total_cost": str(spent), "reserved": "0", "set_aside_usd": "0", "under_review_usd": "0"}))
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("shots", type=Path)
    parser.add_argument("--film_id", default="film")
    parser.add_argument("--budget_limit", type=Decimal, default=Decimal(10))
    given, _ = parser.parse_known_args(rest)
    if verb == "plan":
        print(json.dumps({"total_at_most_usd": str(sum((order.price for order in orders(given.shots)), Decimal(0)))}))
        return 0
    return make(given)


if __name__ == "__main__":
    sys.exit(main())
