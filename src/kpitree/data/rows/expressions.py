"""Row expressions as expressions of rows, checked against the columns there are.

What null does: arithmetic, comparisons and text functions of null are null; a condition that is
null does not hold; `and`/`or` know that false-and-null is false and true-or-null is true.
Numbers are Float64. A division by 0, and a power that is no number, is null. weekday is 1 for
Monday to 7 for Sunday; days_between(a, b) is b - a in days, hours_between(a, b) in hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_
from typing import Any, Final

import polars as pl

from kpitree.data.dialect import Dialect
from kpitree.data.dialect import Expr as Compiled
from kpitree.data.files.cleaning import key_of
from kpitree.data.moments import literal
from kpitree.data.rows.columns import PLURALS, Columns, Value
from kpitree.errors import SourceError, TreeError
from kpitree.tree.expressions import Call, Expr, Flag, Name, Number, Text

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge
}  # fmt: skip


def compile_row(expr: Expr, columns: Columns, used: str) -> Value:
    """The value of an expression in each row.

    used: who asks, for messages, such as "sum(amount)".
    Raises SourceError: a column that is not there, or of the wrong kind. TreeError: the
    expression itself cannot be, such as a broken regular expression.
    """
    return _Compiler(columns, used).value(expr)


def compile_number(expr: Expr, columns: Columns, used: str) -> Compiled:
    """As compile_row, as Float64; a condition counts 1 or 0."""
    compiler = _Compiler(columns, used)
    return compiler.number(compiler.value(expr))


def compile_condition(expr: Expr, columns: Columns, used: str) -> Compiled:
    """As compile_row, as Boolean."""
    compiler = _Compiler(columns, used)
    return compiler.condition(compiler.value(expr))


@dataclass(frozen=True, slots=True)
class _Compiler:
    columns: Columns
    used: str

    @property
    def say(self) -> Dialect:
        return self.columns.dialect

    def value(self, expr: Expr) -> Value:
        match expr:
            case Number(value=number):
                return Value(self.say.lit(number), pl.Float64(), f"the number {number:g}")
            case Text(value=text):
                return Value(self.say.lit(text), pl.String(), f"the text {text!r}", text=text)
            case Flag(value=flag):
                return Value(self.say.lit(flag), pl.Boolean(), str(flag).lower())
            case Name(id=name):
                return self.columns.find(name, self.used)
            case Call():
                result = self.call(expr)
                return replace(result, said=f"the result of {_spoken(expr.name)}")

    def call(self, call: Call) -> Value:
        name = call.name
        args = [self.value(arg) for arg in call.args]
        if name in _COMPARE:
            return _flag(self.compare(name, args[0], args[1]))
        if name in _NUMBERS:
            return self.as_number(_NUMBERS[name](self.say, *map(self.number, args)))
        if name in _TEXTS:
            return Value(_TEXTS[name](self.say, self.text(args[0])), pl.String(), "")
        match name:
            case "and" | "or":
                both = and_ if name == "and" else or_
                return _flag(reduce(both, map(self.condition, args)))
            case "not":
                return _flag(~self.condition(args[0]))
            case "in":
                return _flag(self.is_in(args[0], args[1:]))
            case "is_null":
                return _flag(args[0].expr.is_null())
            case "coalesce":
                exprs, dtype = self.alike(args)
                return Value(self.say.coalesce(exprs), dtype, "")
            case "if_else":
                (yes, no), dtype = self.alike(args[1:])
                found = self.say.when(self.condition(args[0])).then(yes).otherwise(no)
                return Value(found, dtype, "")
            case "starts_with" | "contains" | "matches":
                return _flag(self.search(name, args[0], args[1]))
            case "date":
                return Value(self.say.date(*map(self.number, args)), pl.Date(), "")
            case _:
                return self.as_number(self.of_dates(name, args))

    def as_number(self, expr: Compiled) -> Value:
        return Value(self.say.cast(expr, pl.Float64()), pl.Float64(), "")

    # --- one kind or an error ----------------------------------------------------------------

    def number(self, value: Value) -> Compiled:
        if value.number_in_text:
            return self.say.number_in_text(value.expr)
        if value.kind in ("number", "condition", "null"):
            return self.cast(value, pl.Float64())
        hint = ""
        if value.kind in ("date", "instant"):
            hint = "days_between(a, b) gives the days from one date to another"
        elif value.kind == "text" and value.column in self.columns.opened.types:
            clean = f'clean = {{ {key_of(value.column)} = "number" }}'
            hint = f"if the texts are numbers, say so: {clean}"
        raise self.wrong(value, "numbers", hint)

    def text(self, value: Value) -> Compiled:
        if value.kind in ("text", "null"):
            return self.cast(value, pl.String())
        raise self.wrong(value, "texts")

    def condition(self, value: Value) -> Compiled:
        if value.kind in ("condition", "null"):
            return self.cast(value, pl.Boolean())
        raise self.wrong(value, "true or false", "write a comparison, such as: x == 1")

    def cast(self, value: Value, dtype: pl.DataType) -> Compiled:
        return value.expr if value.dtype == dtype else self.say.cast(value.expr, dtype, value.dtype)

    def day(self, value: Value) -> Compiled:
        moment = self.moment(value)
        return self.columns.clock.day(moment.expr, moment.dtype)

    def moment(self, value: Value) -> Value:
        if value.text is None:
            return self.columns.moment(value, self.used)
        return self.written(value)

    def written(self, value: Value) -> Value:
        """A text literal that stands for a date or a time on the tree's clock."""
        moment = literal(value.text or "")
        if moment is None:
            raise SourceError(
                f"{value.said} is no date, and {self.used} needs one there",
                where=self.columns.shown,
                hint="write dates as '2026-01-31'",
            )
        if isinstance(moment, datetime):
            expr, dtype = self.columns.clock.written(moment)
            return replace(value, expr=expr, dtype=dtype)
        return replace(value, expr=self.say.lit(moment), dtype=pl.Date())

    def wrong(self, value: Value, needed: str, hint: str = "") -> SourceError:
        holds = f"{value.said} is" if value.text is not None else f"{value.said} holds"
        return SourceError(
            f"{holds} {PLURALS[value.kind] if value.text is None else 'a text'}, "
            f"and {self.used} needs {needed} there",
            where=self.columns.place_of(value),
            hint=hint,
        )

    # --- several values -----------------------------------------------------------------------

    def compare(self, name: str, left: Value, right: Value) -> Compiled:
        first, second = self.comparable(left, right)
        if name not in ("==", "!=") and {left.kind, right.kind} <= {"text", "null"}:
            first, second = self.say.in_order(first), self.say.in_order(second)
        return _COMPARE[name](first, second)  # type: ignore[no-any-return] # operator's are Any

    def comparable(self, left: Value, right: Value) -> tuple[Compiled, Compiled]:
        kinds = {left.kind, right.kind}
        dated = kinds & {"date", "instant"}
        if dated and kinds <= {"date", "instant", "text", "null"}:
            return self.comparable_dates(left, right)
        if kinds <= {"number", "condition", "null"} and "number" in kinds:
            return self.number(left), self.number(right)
        if kinds <= {"text", "null"}:
            return self.text(left), self.text(right)
        if kinds <= {"condition", "null"}:
            return left.expr, right.expr
        if left.number_in_text or right.number_in_text:
            return self.number(left), self.number(right)
        raise self.mismatch(left, right)

    def comparable_dates(self, left: Value, right: Value) -> tuple[Compiled, Compiled]:
        left, right = self.moment(left), self.moment(right)
        clock = self.columns.clock
        if {left.kind, right.kind} == {"instant"}:
            return clock.local(left.expr, left.dtype), clock.local(right.expr, right.dtype)
        return clock.day(left.expr, left.dtype), clock.day(right.expr, right.dtype)

    def mismatch(self, left: Value, right: Value) -> SourceError:
        column, other = (left, right) if left.column else (right, left)
        if column.kind == "number" and other.kind == "text" and other.column:
            column, other = other, column  # what has to be written otherwise comes first
        hint = ""
        if column.kind == "number" and other.text is not None:
            hint = "numbers stand without quotes"
        elif column.kind == "text" and other.said.startswith("the number "):
            hint = f"texts stand in quotes: '{other.said.removeprefix('the number ')}'"
        elif {left.kind, right.kind} == {"text", "number"}:
            hint = _as_number(left if left.kind == "text" else right)
        return SourceError(
            f"{column.said} holds {PLURALS[column.kind]} and cannot be compared with "
            f"{other.said}, as {self.used} does",
            where=self.columns.place_of(column, other),
            hint=hint,
        )

    def is_in(self, value: Value, items: Sequence[Value]) -> Compiled:
        return reduce(or_, (self.compare("==", value, item) for item in items))

    def alike(self, args: Sequence[Value]) -> tuple[list[Compiled], pl.DataType]:
        """Values of one kind, for coalesce and if_else."""
        kinds = {arg.kind for arg in args} - {"null"}
        if kinds <= {"number", "condition"} and "number" in kinds:
            return [self.number(arg) for arg in args], pl.Float64()
        if kinds == {"condition"}:
            return [self.condition(arg) for arg in args], pl.Boolean()
        if kinds and kinds <= {"date", "instant"}:
            return [self.day(arg) for arg in args], pl.Date()
        if kinds == {"text"}:
            return [self.text(arg) for arg in args], pl.String()
        if any(arg.number_in_text for arg in args):
            return [self.number(arg) for arg in args], pl.Float64()
        if not kinds:
            return [arg.expr for arg in args], pl.Null()
        first = next(arg for arg in args if arg.kind != "null")
        raise self.mismatch(first, next(arg for arg in args if arg.kind != first.kind))

    def search(self, name: str, value: Value, wanted: Value) -> Compiled:
        text, part = self.text(value), self.text(wanted)
        if name == "starts_with":
            return self.say.starts_with(text, part)
        if name == "contains":
            return self.say.contains(text, part)
        if wanted.text is None:
            raise self.wrong(wanted, "a regular expression in quotes")
        try:
            pl.select(pl.lit("").str.contains(wanted.text))
        except pl.exceptions.ComputeError as error:
            reason = str(error).rpartition("\nerror: ")[2].partition("\n")[0]
            raise TreeError(
                f"{wanted.text!r}, used in {self.used}, is no regular expression: {reason}",
                hint="for a plain piece of text use contains(x, '…')",
            ) from None
        return self.say.matches(text, wanted.text)

    def of_dates(self, name: str, args: Sequence[Value]) -> Compiled:
        if name == "days_between":
            return self.say.days_between(self.day(args[0]), self.day(args[1]))
        if name == "hours_between":
            return self.say.hours_between(*map(self.absolute, args))
        day = self.day(args[0])
        if name == "weekday":
            return self.say.weekday(day)
        parts = {"year": day.dt.year, "month": day.dt.month, "day": day.dt.day}
        return parts[name]()

    def absolute(self, value: Value) -> Compiled:
        moment = self.moment(value)
        return self.columns.clock.absolute(moment.expr, moment.dtype)


def _as_number(texts: Value) -> str:
    """The hint for a column of texts that is compared with numbers."""
    if not texts.column:
        return ""
    plain = all(map(str.isidentifier, texts.column.split(".")))
    name = texts.column if plain else f'col("{texts.column}")'
    return f"if the texts are numbers, say so: {name} * 1"


def _flag(expr: Compiled) -> Value:
    return Value(expr, pl.Boolean(), "")


def _spoken(name: str) -> str:
    return f"{name}()" if name.isidentifier() else f"'{name}'"


_NUMBERS: Final[dict[str, Callable[..., Compiled]]] = {
    "+": lambda _, *terms: reduce(add, terms),
    "*": lambda _, *factors: reduce(mul, factors),
    "/": lambda say, number, divisor: say.quotient(number, divisor),
    "**": lambda say, base, exponent: say.power(base, exponent),
    "neg": lambda _, number: -number,
}
_TEXTS: Final[dict[str, Callable[[Dialect, Compiled], Compiled]]] = {
    "lower": lambda say, text: say.lower(text),
    "upper": lambda say, text: say.upper(text),
    "strip": lambda say, text: say.strip(text),
}
