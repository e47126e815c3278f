"""How the code is built: lengths, names used twice, words, circles, what a change touches.

Read from the source, nothing is run. With ``--list`` each place that a figure counts is printed.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median, quantiles

from benchmarks.figure import Figure

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
FILM = "film"
DOORS_AND_MAKERS = ("cli", "app", "planning", "production")
"""Rooms in which a type is to say what a value is."""

FORCED: Mapping[str, str] = {
    "film.cli.asset_filters": "click hands a command's options over as a dict of anything",
    "film.cli.assets": "click: the same",
    "film.cli.export": "click: the same",
    "film.cli.inspect": "click: the same",
    "film.cli.main": "click: what a command returns",
    "film.cli.options": "click: what a converter is given, and what a decorator decorates",
    "film.cli.read": "click: options as a dict",
    "film.cli.templates": "click: options as a dict",
    "film.cli.units": "click: what a converter is given",
    "film.cli.vocabulary": "click: options as a dict",
    "film.cli.jobs": "click: what a converter is given",
    "film.cli.console": "json: what can be printed is anything",
    "film.cli.publish": "click: what a decorator decorates",
    "film.cli.similar": "click: options as a dict",
    "film.app.rehearsals": "asyncio: what a coroutine yields and is sent",
    "film.app.running": "asyncio: the same",
    "film.production.stop": "asyncio: the same",
    "film.production.engines.ray.away": "ray: handles of actors have no types",
    "film.production.engines.ray.driver": "ray: the same",
    "film.production.engines.zenml": "zenml: its decorators take away what a function returns",
    "film.production.engines.zenml.flows": "zenml: the same",
    "film.production.engines.zenml.house": "zenml: the same",
    "film.production.engines.zenml.steps": "zenml: the same",
    "film.production.engines.zenml.views": "zenml: the same",
    "film.production.engines.zenml.workshop": "zenml: the same",
}
"""Module → the library whose own types say ``Any`` there."""

RETIRED: Mapping[str, str] = {
    "asker": "request builder",
    "obtainer": "resolver",
    "errand": "purchase",
    "cutting_room": "finisher",
    "hands": "encode backend",
    "Asker": "RequestBuilder",
    "Bought": "BillableUnits",
    "CuttingRoom": "Finisher",
    "Errand": "Purchase",
    "Hands": "EncodeBackend",
    "House": "ClusterHandle",
    "Obtainer": "AssetResolver",
    "Patience": "RetryPolicy",
    "Shelf": "ResultStore, TemplateLibrary",
    "Wire": "VendorClient",
    "Workshop": "RemoteWorkers",
    "house": "cluster handle",
    "in_hand": "from library",
    "outlook": "fit warnings",
    "patience": "retry policy",
    "shelf": "template library, result store, exported media",
    "shelf_for": "templates_for",
    "spots": "effects",
    "tones": "colours",
    "unbroken": "shield",
    "wire": "vendor client",
    "workshop": "remote workers",
}
"""Name → what the glossary says instead. Seen where a name is given: to a module, class, function, variable."""

SPOKEN_TO_OTHERS = {("film.app.plans", "outlook"): "a field of film plan --json, which stays as it is"}

KINDS = {"IMAGE": "image", "VIDEO": "video", "AUDIO": "audio"}


@dataclass(frozen=True)
class Place:
    """Somewhere in the source."""

    module: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Source:
    """A module, read."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def room(self) -> str:
        return f"{self.name}..".split(".")[1]


def sources(package: str) -> list[Source]:
    """All modules of a package in ``src``."""
    found: list[Source] = []
    for path in sorted((SOURCE / package).rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        found.append(Source(name, path, path.read_text("utf-8")))
    return found


def names_used_twice(modules: Sequence[Source]) -> list[Place]:
    """Public classes whose name another one has, too."""
    classes: dict[str, list[Place]] = defaultdict(list)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(Place(module.name, node.lineno, node.name))
    return [place for places in classes.values() if len(places) > 1 for place in places]


def recipes(modules: Sequence[Source]) -> list[Place]:
    """Functions that name picture, clip and speech, each by its kind: the recipe, written out."""
    found: list[Place] = []
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _kinds(node) == set(KINDS):
                found.append(Place(module.name, node.lineno, node.name))
    return found


def _kinds(function: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and node.attr in KINDS and ast.unparse(node.value) == "AssetType"
    }


def anys(modules: Sequence[Source]) -> list[Place]:
    """Each ``Any`` in a type."""
    return [
        Place(module.name, node.lineno, "Any")
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name) and node.id == "Any"
    ]


def retired(modules: Sequence[Source]) -> list[Place]:
    """Names that the glossary has another one for."""
    found: list[Place] = []
    for module in modules:
        own = [(1, module.name.rsplit(".", 1)[-1]), *_defined(module.tree)]
        for line, name in dict.fromkeys(own):
            plain = name.strip("_")
            if plain in RETIRED and (module.name, plain) not in SPOKEN_TO_OTHERS:
                found.append(Place(module.name, line, f"{name}: {RETIRED[plain]}"))
    return found


def _defined(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that is given here."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case _:
                pass


def in_circles(modules: Sequence[Source]) -> list[Place]:
    """Modules that import each other, by whatever way round; imports that only name types do not count."""
    known = {module.name for module in modules}
    imports = {module.name: _imports(module, known) - {module.name} for module in modules}
    while imports:  # whoever imports nobody of those left, or is imported by none, is in no circle
        imported = set[str]().union(*imports.values())
        left = {name: to & imports.keys() for name, to in imports.items() if to & imports.keys() and name in imported}
        if left == imports:
            break
        imports = left
    return [Place(name, 1, f"imports {', '.join(sorted(to))}") for name, to in imports.items()]


def _imports(module: Source, known: set[str]) -> set[str]:
    """The modules that are loaded with it."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(module.tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                waiting += node.orelse
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                continue
            case ast.Import():
                found |= {alias.name for alias in node.names} & known
            case ast.ImportFrom(module=str(source)):
                inner = {f"{source}.{alias.name}" for alias in node.names} & known
                found |= inner or ({source} & known)
            case _:
                waiting += ast.iter_child_nodes(node)
    return found


def naming(modules: Sequence[Source], *words: str) -> list[Place]:
    """Modules in which one of ``words`` is written: as a name or part of one, a text, a module's name."""
    pattern = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words))
    found: list[Place] = []
    for module in modules:
        for node in ast.walk(module.tree):
            said = _said(node)
            if said and pattern.fullmatch(said):
                found.append(Place(module.name, getattr(node, "lineno", 1), said))
                break
        else:
            if module.name.rsplit(".", 1)[-1] in words:
                found.append(Place(module.name, 1, "its name"))
    return found


def _said(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Attribute(value=value):
            return f"{ast.unparse(value)}.{node.attr}" if node.attr in KINDS else node.attr
        case ast.Name() | ast.arg() | ast.keyword():
            return str(getattr(node, "id", getattr(node, "arg", "")) or "")
        case _:
            return ""


def trials(modules: Sequence[Source]) -> dict[str, tuple[list[Place], str | None]]:
    """What was added to try the code, or stands for it → the modules that name it, and the goal."""
    return {
        "a paid vendor in a package of its own (acme)": (naming(modules, "acme"), "= 0"),
        "a transition (blinds)": (naming(modules, "blinds"), "<= 2"),
        "an export format (edl)": (naming(modules, "edl"), "<= 2"),
        "a film option (burn_in)": (naming(modules, "burn_in"), "<= 2"),
        "a command (vocabulary)": (naming(modules, "vocabulary"), "<= 2"),
        "an asset kind (speech)": (naming(modules, "AssetType.AUDIO"), "<= 3"),
    }


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list", action="store_true", help="print each place that is counted")


def figures(given: argparse.Namespace | None = None) -> list[Figure]:
    film, drawn = sources(FILM), sources("animatic")
    makers = [module for module in film if module.room in DOORS_AND_MAKERS]
    lengths = sorted(module.lines for module in film if module.lines)
    forced = [place for place in anys(makers) if place.module in FORCED]
    counted = {
        "class names used twice, places": (names_used_twice(film), "= 0"),
        "functions that write picture, clip and speech out": (recipes(film), "<= 1"),
        "modules in circles": (in_circles(film), "= 0"),
        "modules in circles, the drawings": (in_circles(drawn), "= 0"),
        "Any in doors, planning, production": ([p for p in anys(makers) if p.module not in FORCED], "= 0"),
        "Any that a library forces there": (forced, None),
        "names with a word that the glossary has another for": (retired(film), "= 0"),
        **{f"places of {name}": found for name, found in trials(film).items()},
    }
    vendor = (ROOT / "tests/plugins/acme/acme_video.py").read_text("utf-8").count("\n")
    if given and given.list:
        for name, (places, _) in counted.items():
            print(f"{name}:", *(f"    {place}" for place in places), sep="\n")
    return [
        Figure("modules", len(film), "modules"),
        Figure("median length", median(lengths), "lines"),
        Figure("95th percentile", quantiles(lengths, n=20)[-1], "lines"),
        Figure("longest", lengths[-1], "lines"),
        Figure("somebody's paid vendor, whole", vendor, "lines", "<= 90"),
        *(Figure(name, len(places), "places", goal) for name, (places, goal) in counted.items()),
    ]
