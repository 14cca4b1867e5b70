"""Unit algebra: what formulas and measures are counted in, and where they add unlike things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Final

from kpitree.advice.dimensions import (
    COUNT,
    DAYS,
    HOURS,
    RATIO,
    UNKNOWN,
    Dimension,
    in_words,
    of_unit,
)
from kpitree.tree.expressions import AGGREGATES, CONDITIONS, Call, Expr, Name, Number
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Constant, Leaf, Tree
from kpitree.tree.unparsing import spelled

# Factors that only change the scale: another number may be a price per ticket or a ticket's hours.
_SCALES: Final = frozenset({7, 12, 24, 30, 52, 60, 360, 365, *(10**n for n in range(13))})
_COUNTS: Final = frozenset({"count", "n_unique"})
_SPREAD: Final = 64  # exponents beyond it say nothing of units


@dataclass(slots=True)
class Units:
    """of: what each KPI is counted in, as written, or else as its formula or measure gives it.

    given: what the formula or measure of each gives. unlike: KPI -> what cannot be added in it.
    """

    of: dict[str, Dimension] = field(default_factory=dict)
    given: dict[str, Dimension] = field(default_factory=dict)
    unlike: dict[str, list[str]] = field(default_factory=dict)


def units_of(tree: Tree) -> Units:
    """The units of all KPIs of a tree, operands before the formulas that need them."""
    units = Units()
    for generation in operands_first(tree):
        for kpi_id in generation:
            kpi = tree.kpis[kpi_id]
            written = of_unit(kpi.unit, tree.currency)
            if isinstance(kpi, Constant):
                units.of[kpi_id] = written
                continue
            known = _of_kpi(units.of) if isinstance(kpi, Branch) else _of_aggregate(tree, kpi)
            reader = _Reader(known, _unit_of_kpi(tree, kpi))
            given = reader.read(kpi.formula if isinstance(kpi, Branch) else kpi.measure)
            units.given[kpi_id] = given
            units.of[kpi_id] = given if kpi.unit == "number" else written
            if reader.unlike:
                units.unlike[kpi_id] = reader.unlike
    return units


def _of_kpi(known: Mapping[str, Dimension]) -> Callable[[Expr], Dimension | None]:
    return lambda expr: known[expr.id] if isinstance(expr, Name) else None


def _unit_of_kpi(tree: Tree, kpi: Branch | Leaf) -> Callable[[Expr], str]:
    """The unit that is written for a KPI in a formula, "" for anything else."""

    def read(expr: Expr) -> str:
        if isinstance(kpi, Leaf) or not isinstance(expr, Name):
            return ""
        unit = tree.kpis[expr.id].unit
        return "" if unit == "number" else unit

    return read


def _of_aggregate(tree: Tree, leaf: Leaf) -> Callable[[Expr], Dimension | None]:
    """What an aggregate over rows gives; None for what is no aggregate."""
    columns = tree.sources[leaf.source].columns

    def read(expr: Expr) -> Dimension | None:
        match expr:
            case Call(name="/", args=(Call() as above, Call() as below)):
                alike = above.name in AGGREGATES and (above.name, above.args) == (
                    below.name,
                    below.args,
                )
                return RATIO if alike else None
            case Call(name=name) if name in _COUNTS:
                return COUNT
            case Call(name=name, args=(of, *_)) if name in AGGREGATES:
                return _Reader(_of_column(columns)).read(of)
            case _:
                return None

    return read


def _of_column(columns: Mapping[str, Expr]) -> Callable[[Expr], Dimension | None]:
    def read(expr: Expr) -> Dimension | None:
        match expr:
            case Call(name="days_between"):
                return DAYS
            case Call(name="hours_between"):
                return HOURS
            case Name(id=name) if name in columns:
                earlier = dict(list(columns.items())[: list(columns).index(name)])
                return _Reader(_of_column(earlier)).read(columns[name])
            case _:
                return None

    return read


@dataclass(slots=True)
class _Reader:
    """Reads one expression. known: what a part of it is counted in, where that is settled.

    written: the unit that a part of it has by its own words, or "".
    unlike: what is added or compared and cannot be, in words.
    """

    known: Callable[[Expr], Dimension | None]
    written: Callable[[Expr], str] = lambda _: ""
    unlike: list[str] = field(default_factory=list)

    def read(self, expr: Expr) -> Dimension:
        if (settled := self.known(expr)) is not None:
            return settled
        return self._call(expr) if isinstance(expr, Call) else UNKNOWN

    def _call(self, expr: Call) -> Dimension:
        match expr:
            case Call(name="*", args=factors):
                return self._product(factors)
            case Call(name="/", args=(above, below)):
                return self._quotient(above, below)
            case Call(name="**", args=(base, exponent)):
                return self._power(self.read(base), exponent)
            case Call(name="sqrt", args=(inside,)):
                return self.read(inside).power(Fraction(1, 2))
            case Call(name="log" | "exp", args=(inside,)):
                self.read(inside)
                return UNKNOWN
            case Call(name="if_else", args=(condition, *branches)):
                self._condition(condition)
                return self._alike(branches, "chooses between")
            case Call(name="+" | "min" | "max" | "coalesce" as name, args=terms):
                return self._alike(list(terms), "adds" if name == "+" else "compares")
            case Call(args=(inside, *_)):  # neg, abs, and those over time
                return self.read(inside)
            case _:
                return UNKNOWN

    def _product(self, factors: tuple[Expr, ...]) -> Dimension:
        found = RATIO
        for factor in factors:
            if not _is_one(factor) and not isinstance(factor, Number):
                found = found.times(self.read(factor))
        numbers = [factor for factor in factors if isinstance(factor, Number)]
        return found if all(map(_is_one, numbers)) else _scaled_by_number(found)

    def _quotient(self, above: Expr, below: Expr) -> Dimension:
        if isinstance(below, Number):
            found = self.read(above)
            if _is_one(below):
                return found
            return _scaled_by_number(found) if abs(below.value) in _SCALES else UNKNOWN
        divisor = self.read(below).power(Fraction(-1))
        if isinstance(above, Number):
            return _scaled_by_number(divisor)
        if isinstance(above, Name) and above == below:
            return RATIO
        return self.read(above).times(divisor)

    @staticmethod
    def _power(base: Dimension, exponent: Expr) -> Dimension:
        match exponent:
            case Number(value=value):
                power = value
            case Call(name="neg", args=(Number(value=value),)):
                power = -value
            case _:
                return UNKNOWN
        if not isfinite(power) or abs(power) > _SPREAD:
            return UNKNOWN
        return base.power(Fraction(power).limit_denominator(_SPREAD))

    def _alike(self, terms: list[Expr], verb: str) -> Dimension:
        """What stands side by side must be alike; a bare number may be in any unit."""
        found, first = UNKNOWN, ""
        for term in terms:
            if isinstance(term, Number):
                continue
            one = self.read(term)
            if found.contradicts(one):
                self.unlike.append(f"{verb} {first} and {self._told(term, one)}")
                return UNKNOWN
            if found == UNKNOWN or not first:
                first = self._told(term, one)
            found = one if found == UNKNOWN else found.beside(one)
        return found

    def _told(self, term: Expr, dimension: Dimension) -> str:
        """A term and its unit: cost (currency)."""
        term = _unsigned(term)
        unit = self.written(term) or ("a number" if dimension == COUNT else in_words(dimension))
        return f"{_short(spelled(term))} ({unit})"

    def _condition(self, expr: Expr) -> None:
        if not isinstance(expr, Call):
            return
        if expr.name in {"and", "or", "not"}:
            for arg in expr.args:
                self._condition(arg)
        elif expr.name in CONDITIONS:
            self._alike(list(expr.args), "compares")


def _scaled_by_number(found: Dimension) -> Dimension:
    """Times a number written out: money stays money; 50 * tickets may be money as well."""
    return Dimension(found.currency) if found.currency else UNKNOWN


def _is_one(expr: Expr) -> bool:
    return isinstance(expr, Number) and abs(expr.value) == 1


def _unsigned(expr: Expr) -> Expr:
    match expr:
        case Call(name="neg", args=(inside,)):
            return inside
        case _:
            return expr


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
