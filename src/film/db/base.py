"""What the tables are built of: naming, exact money, portable ids and UTC times."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, type_coerce
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator

MICROS = Decimal(1_000_000)
_CENT = Decimal("0.01")

BigId = BigInteger().with_variant(Integer, "sqlite")
"""64-bit ids; SQLite numbers its rows only under the exact type name INTEGER."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def to_micros(amount: Decimal) -> int:
    """Dollars as whole micro-dollars, rounded up: an estimate may never be below the price.

    A float is refused: it is not a sum of money.
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        raise TypeError(f"money is Decimal dollars, not {amount!r}")
    return int((amount * MICROS).to_integral_value(ROUND_CEILING))


def from_micros(micros: int) -> Decimal:
    """Dollars, exact, and with their cents at least: 12.50."""
    exact = Decimal(int(micros)) / MICROS
    return exact.quantize(_CENT) if exact == exact.quantize(_CENT) else exact


_INTEGERS: Any = BigInteger.comparator_factory


class _ExactSums(TypeDecorator.Comparator[Decimal], _INTEGERS):
    """Sums and differences of money are money. SQLAlchemy would make plain integers of them, micro-dollars."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return self._as_money(op, super().operate(op, *other, **kwargs))

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        return self._as_money(op, super().reverse_operate(op, other, **kwargs))

    @staticmethod
    def _as_money(op: OperatorType, result: Any) -> Any:
        return type_coerce(result, MicroUSD()) if op in (operators.add, operators.sub) else result


class MicroUSD(TypeDecorator[Decimal]):
    """Dollars in Python, whole micro-dollars in the database: sums are exact in both."""

    impl = BigInteger
    cache_ok = True
    comparator_factory: Any = _ExactSums  # a property in the base class, meant to be overridden by a class

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_micros(value)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on both databases; SQLite has no zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise TypeError("a time needs its zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)
