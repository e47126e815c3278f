"""Jinja for templates that anybody may have written: what they can do is little, and how much of it is counted.

    a step      a round of a loop, a call, an include, an operation on values
    STEPS       of them in one text; whoever needs more does not describe a picture
    LARGEST     characters or entries that a value may have; what would be larger is refused before it is made

Macros, captures, imports and loops that call themselves are not known: they multiply work, and no prompt needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from typing import Any, cast

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

STEPS = 20_000
LARGEST = 40_000
_ROUNDS = 1000
_DIGITS = 40
_FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "join", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select",
    "selectattr", "sort", "string", "sum", "title", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
_METHODS = (
    "capitalize", "count", "endswith", "find", "index", "items", "keys", "lower", "lstrip", "removeprefix",
    "removesuffix", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper", "values",
)  # fmt: skip
_LONG = (str, list, tuple)
_JINJAS = (Context, Environment, EvalContext)
"""What filters may be handed besides their value."""
_UNKNOWN = (nodes.Macro, nodes.CallBlock, nodes.FilterBlock, nodes.AssignBlock, nodes.Block)
"""Imports are refused where includes are looked for."""


class CountedEnvironment(ImmutableSandboxedEnvironment):
    """Renders text in the steps that ``begin`` has allowed; SecurityError past them, and for what is not known here."""

    intercepted_binops = frozenset({"+", "*", "**", "%", "/", "//", "-"})

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(
            loader=loader, undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
        )
        self._left = STEPS
        known_globals = cast("dict[str, Any]", self.globals)
        known_globals.clear()
        known_globals["range"] = _range
        plain = cast("dict[str, Callable[..., Any]]", self.filters)
        known = {name: self._filter(name, plain[name]) for name in _FILTERS if name in plain}
        plain.clear()
        plain.update(known)
        plain["counted"] = self._counted
        plain["joined"] = self._joined
        self.concat = self._concat

    def begin(self) -> None:
        """From here on it is another text's turn."""
        self._left = STEPS

    def step(self, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise SecurityError(f"takes more than {STEPS} steps")

    def _made(self, value: Any) -> Any:
        """What a step has made; a long one counts for several."""
        if isinstance(value, _LONG):
            self.step(len(cast("Sized", value)) // 100)
        return _bounded(value)

    # -- what Jinja calls

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((*_UNKNOWN, nodes.For)):
            if not isinstance(node, nodes.For):
                raise SecurityError(
                    f"line {node.lineno} of its text: it has a macro, a block or a capture: not known here"
                )
            if node.recursive:
                raise SecurityError(f"line {node.lineno} of its text: it has a loop that calls itself")
        return cast("nodes.Template", _Counting().visit(tree))

    def _load_template(self, *about: Any, **more: Any) -> Template:
        self.step()
        return super()._load_template(*about, **more)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        self.step()
        _check_operation(operator, left, right)
        return self._made(super().call_binop(context, operator, left, right))

    def call(self, *about: Any, **more: Any) -> Any:
        self.step()
        return self._made(super().call(*about, **more))

    def is_safe_callable(self, obj: Any) -> bool:
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if obj is _range:
            return True
        if isinstance(owner, LoopContext):
            return name in ("cycle", "changed")
        return isinstance(owner, (str, dict, tuple, list)) and name in _METHODS

    # -- what texts call

    def _filter(self, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        """The filter, counted; what Jinja hands to it besides its value stays the same."""

        def counted(*about: Any, **more: Any) -> Any:
            self.step()
            _check_filter(name, [one for one in about if not isinstance(one, _JINJAS)], more)
            made = plain(*about, **more)
            if isinstance(made, Iterator):
                made = list(self._counted(cast("Iterator[Any]", made)))
            return self._made(made)

        counted.__dict__.update(getattr(plain, "__dict__", {}))  # Jinja notes there what it is to be handed
        return counted

    def _counted(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self.step()
            yield value

    def _joined(self, parts: list[Any]) -> str:
        return self._concat(str(part) for part in parts)

    def _concat(self, parts: Iterable[str]) -> str:
        pieces: list[str] = []
        size = 0
        for part in parts:
            pieces.append(part)
            size += len(part)
            if size > LARGEST:
                raise SecurityError(f"makes a text of over {LARGEST} characters")
        return "".join(pieces)


class _Counting(NodeTransformer):
    """Has every loop count its rounds, and ``~`` look at how long the text becomes."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  # Jinja's names
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, "counted", [], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        return nodes.Filter(
            nodes.List(node.nodes, lineno=node.lineno), "joined", [], [], None, None, lineno=node.lineno
        )


def _range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > _ROUNDS:
        raise SecurityError(f"a loop of {len(found)} rounds, allowed {_ROUNDS}")
    return found


def _bounded(value: Any) -> Any:
    if isinstance(value, Sized) and not isinstance(value, range) and len(value) > LARGEST:
        raise SecurityError(f"makes a value of over {LARGEST} characters or entries")
    if isinstance(value, int) and abs(value) >= 10**_DIGITS:
        raise SecurityError(f"makes a number of over {_DIGITS} digits")
    return value


def _check_operation(operator: str, left: Any, right: Any) -> None:
    """What would be too large is not made first."""
    both: tuple[Any, ...] = (left, right)
    sized = [len(cast("Sized", value)) for value in both if isinstance(value, _LONG)]
    if operator == "*" and sized:
        times: Any = right if isinstance(left, _LONG) else left
        if isinstance(times, int) and sized[0] * max(0, times) > LARGEST:
            raise SecurityError(f"makes a value of over {LARGEST} characters or entries")
    if operator == "**" and any(isinstance(value, (int, float)) and abs(value) > 1000 for value in both):
        raise SecurityError("raises a number to a power that is out of all bounds")
    if operator == "%" and isinstance(left, str):
        raise SecurityError("formats text with %, which is not known here")


def _check_filter(name: str, given: list[Any], more: dict[str, Any]) -> None:
    if name == "replace" and len(given) > 2:
        text, old, new = (str(one) for one in given[:3])
        if text.count(old) * len(new) + len(text) > LARGEST:
            raise SecurityError(f"makes a text of over {LARGEST} characters")
    if name == "join" and given and isinstance(given[0], Sized):
        separator = str(given[1] if len(given) > 1 else more.get("d", ""))
        if len(separator) * len(given[0]) > LARGEST:
            raise SecurityError(f"makes a text of over {LARGEST} characters")
    if name in ("round", "int", "float", "truncate"):
        numbers = [one for one in (*given[1:], *more.values()) if isinstance(one, int)]
        if any(abs(number) > LARGEST for number in numbers) or (name == "round" and any(n > 20 for n in numbers)):
            raise SecurityError(f"gives {name} a number that is out of all bounds")
