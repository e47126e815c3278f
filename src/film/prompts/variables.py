"""The variables of a template: what a shot or a film may set, of which type, within which bounds.

lens  = "35mm"                                              text, with its default
light = { type = "choice", values = ["side", "back"], default = "side" }
place = { type = "text" }                                   no default: whoever uses the template must say it
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, model_validator

from film.errors import InputError
from film.models import Model

Value = str | bool | int | Decimal
VariableType = Literal["text", "number", "boolean", "choice"]
_NAMES: dict[VariableType, str] = {"text": "text", "number": "a number", "boolean": "true or false", "choice": "text"}


class Variable(Model):
    """``type`` may be left out where the default shows it."""

    type: VariableType
    default: Value | None = None
    values: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    description: Annotated[str, Field(max_length=500)] = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: object) -> object:
        """A bare value is a default; the type follows from it."""
        fields: dict[str, Any] = dict(cast("dict[str, Any]", given)) if isinstance(given, dict) else {"default": given}
        if "type" not in fields:
            fields["type"] = "choice" if "values" in fields else _type_of(fields.get("default"))
        return fields

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if (self.type == "choice") != bool(self.values):
            raise ValueError("a choice has values, and nothing else has; add values = [...]")
        if self.default is not None and (wrong := self.fault(self.default)):
            raise ValueError(f"its default {wrong}")
        return self

    @property
    def is_required(self) -> bool:
        return self.default is None

    def fault(self, value: object) -> str:
        """What is wrong with a value, as the end of a sentence; "" when it fits."""
        if _type_of(value) != ("text" if self.type == "choice" else self.type):
            return f"is not {_NAMES[self.type]}"
        if self.type == "choice" and value not in self.values:
            return f"is {str(value)[:40]!r}, not one of {', '.join(self.values)}"
        if self.type == "number":
            number = Decimal(str(value))
            if self.minimum is not None and number < self.minimum:
                return f"is {number}, allowed {self.minimum} or more"
            if self.maximum is not None and number > self.maximum:
                return f"is {number}, allowed up to {self.maximum}"
        return ""


def checked(name: str, variable: Variable, value: object) -> Value:
    """The value; InputError when it does not fit."""
    if wrong := variable.fault(value):
        about = f" ({variable.description})" if variable.description else ""
        raise InputError(f"variable {name}{about} {wrong}", hint=f"change {name}", field="variables")
    return cast(Value, value)


def _type_of(value: object) -> VariableType:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, Decimal, float)) else "text"
