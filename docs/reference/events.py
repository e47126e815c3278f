"""Writes events.md and events.schema.json beside it, from the models. ``just docs`` runs it, a test compares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from film.production.event_models import event_schema

HEAD = """\
# Events

Written by `just docs` from the models in `film.production.event_models`.

`film make --events FILE` (or `-` for stdout) writes what happens as lines of JSON, as it happens. Progress bars, logs
and spans read the same stream. Each line has `event`, which tells them apart, and `at`, seconds since the run began.
Money is text, exact, in dollars. [The JSON Schema](events.schema.json) says the same for programs.

```sh
film make examples/attic/shots.json --tier draft --size 320x180 --quiet --events events.jsonl
```

`schema_version` in `film_started` rises when a fact goes or changes its meaning. New events and new facts come without
that: read what you know, and ignore the rest.

In Python the lines are models: `film.app.events.read_line(line)` gives a `FilmStarted`, a `StepDone` …
"""


def page(schema: dict[str, Any]) -> str:
    models: dict[str, Any] = schema["$defs"]
    parts = [HEAD]
    for one in schema["oneOf"]:
        parts.append(section(models[one["$ref"].rsplit("/", 1)[-1]], models))
    return "\n".join(parts)


def section(model: dict[str, Any], models: dict[str, Any]) -> str:
    facts = {name: fact for name, fact in model["properties"].items() if name not in ("event", "at")}
    rows = [f"| `{name}` | {kind(fact, models)} | {sentence(fact)} |" for name, fact in facts.items()]
    title = model["properties"]["event"]["const"]
    return "\n".join([f"## {title}", "", sentence(model), "", "| fact | | |", "|---|---|---|", *rows, ""])


def sentence(told: dict[str, Any]) -> str:
    return " ".join(told.get("description", "").replace("``", "`").split())


def kind(fact: dict[str, Any], models: dict[str, Any]) -> str:
    """The type of a fact, in a word or by its values."""
    if "$ref" in fact:
        return kind(models[fact["$ref"].rsplit("/", 1)[-1]], models)
    if "anyOf" in fact:
        return " or ".join(kind(one, models) for one in fact["anyOf"])
    if "enum" in fact:
        return ", ".join(f"`{value}`" for value in fact["enum"])
    if fact["type"] == "array":
        return f"list of {kind(fact['items'], models)}"
    if "pattern" in fact:
        return "dollars"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return names.get(fact["type"], fact["type"])


def files() -> dict[str, str]:
    """File name → what belongs in it."""
    schema = event_schema()
    return {
        "events.md": page(schema),
        "events.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n",
    }


if __name__ == "__main__":
    for name, text in files().items():
        Path(__file__).with_name(name).write_text(text, "utf-8")
