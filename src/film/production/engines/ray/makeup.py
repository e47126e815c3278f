"""What a program is made of, as far as the bytes that it makes hang on it: compared before a cluster works for a film.

    drafts      the recipes by which panels are drawn, moved and spoken, and a digest of the code that does so
    cut         the same of pieces, sound and lines that are joined
    libraries   what decodes, draws, speaks and encodes underneath

A node of another version would draw other pictures under the same keys, and whoever shares the library would have
them. So drafts, cut and version must be one everywhere. Other libraries are told only: what they make is as good, and
pieces of a cut are keyed by their encoder as it is.

The code is in it so that a recipe whose name somebody forgot to change is noticed, too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import film
from film.cluster import node_name
from film.environment.variables import SECRET_NAMES
from film.errors import ConfigurationError
from film.files.digests import code_digest
from film.providers.registry import local_providers

PACKAGE = "film-generation"
LIBRARIES = "libraries"
KEYS = "keys in its environment"
"""Names of variables with keys that everything finds which runs on a node: told, and compared with nothing."""
_CUT = ("render", "timeline", "media")
_UNDERNEATH = ("av", "numpy", "pillow", "espeakng-loader", "fontpkg-noto-sans")

Makeup = Mapping[str, str]
"""What of → which one. Plain words, so that any version can read any other's."""


@cache
def own_version() -> str:
    return version(PACKAGE)


@cache
def own_makeup() -> Makeup:
    """This program's; its files are read once."""
    from film.planning.requests import JOINED
    from film.render import mix, segments

    return {
        PACKAGE: own_version(),
        "drafts": "; ".join(sorted({provider.workings() for provider in local_providers()} - {""})),
        "cut": f"{segments.RECIPE}, {mix.RECIPE}, {JOINED}, code {code_digest(Path(film.__file__).parent, _CUT)}",
        LIBRARIES: ", ".join(f"{name} {_version_of(name)}" for name in _UNDERNEATH),
    }


def travelling_question() -> Callable[[], Makeup]:
    """A function that answers with the makeup of where it runs.

    It travels as it stands, and not by its name: a node whose version lacks this module answers as well.
    """

    def ask() -> Makeup:
        try:
            from film.production.engines.ray.makeup import own_makeup, with_keys
        except ImportError:
            from importlib.metadata import PackageNotFoundError, version

            try:
                return {"film-generation": version("film-generation")}
            except PackageNotFoundError:
                return {"film-generation": "none"}
        return with_keys(own_makeup())

    return ask


def with_keys(makeup: Makeup) -> Makeup:
    """The makeup of a node, and which keys its environment holds; their names, never themselves."""
    found = ", ".join(sorted(name for name in SECRET_NAMES if os.environ.get(name) and not _is_harmless(name)))
    return {**makeup, KEYS: found} if found else makeup


def _is_harmless(name: str) -> bool:
    return "REGION" in name or "ENDPOINT" in name or (name == "FILM_DATABASE_URL" and "@" not in os.environ[name])


def difference(ours: Makeup, theirs: Makeup) -> tuple[str, str] | None:
    """What differs first of what must not, in our words and in theirs; None for two that work alike."""
    for name in ours:
        if name != LIBRARIES and theirs.get(name) != ours[name]:
            said = theirs.get(name, "nothing that it can tell")
            return f"{name} {ours[name]}", f"{name} {said}"
    return None


def check_alike(asked: Makeup) -> None:
    """Refuse to work on this node for a program of another makeup: a node may join when a film has long begun."""
    if found := difference(asked, own_makeup()):
        raise unlike(node_name(), *found)


def check_nodes(answers: Mapping[str, Makeup | Exception], tell: Callable[[str], None]) -> None:
    """Refuse a cluster of which a node would work otherwise than this program; ``tell`` what it can live with.

    ``answers`` are the nodes' to ``travelling_question``. Raises ConfigurationError.
    """
    ours = own_makeup()
    wrong = {node: found for node, answer in answers.items() if (found := _difference(ours, answer))}
    if wrong:
        node, found = next(iter(wrong.items()))
        raise unlike(node, *found, others=len(wrong) - 1)
    keys = {
        node: found for node, answer in answers.items() if isinstance(answer, Mapping) and (found := answer.get(KEYS))
    }
    if keys:
        node, names = next(iter(keys.items()))
        more = f" (and {len(keys) - 1} more nodes)" if len(keys) > 1 else ""
        tell(
            f"node {node}{more} was started with {names} in its environment, where all that runs there can read them;"
            " only coordinators need them: put them into a .env in the folder that ray start is run in, and start it"
            " again"
        )
    told = {node: answer.get(LIBRARIES) for node, answer in answers.items() if not isinstance(answer, Exception)}
    other = {node: theirs for node, theirs in told.items() if theirs != ours[LIBRARIES]}
    if other:
        node, theirs = next(iter(other.items()))
        more = f" (and {len(other) - 1} more nodes)" if len(other) > 1 else ""
        tell(f"node {node}{more} has {theirs}, this program {ours[LIBRARIES]}: drafts may differ in their bytes")


def unlike(node: str, ours: str, theirs: str, *, others: int = 0) -> ConfigurationError:
    """The refusal of a node; ``others`` are as wrong."""
    more = f" ({others} more nodes differ, too)" if others else ""
    return ConfigurationError(
        f"node {node} has {theirs}, and this program has {ours}{more}",
        hint=f"install the same {PACKAGE} on every machine, here it is {own_version()}; then on that node: ray stop,"
        " and start it again",
    )


def _difference(ours: Makeup, answer: Makeup | Exception) -> tuple[str, str] | None:
    if isinstance(answer, Exception):
        return f"{PACKAGE} {ours[PACKAGE]}", f"nothing to say of its version ({type(answer).__name__}: {answer})"
    return difference(ours, answer)


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
