"""Every aggregate: how rows give it, how days and segments add up to it, what no rows give.

A part (measures.Part) is kept in the cube as atoms, small figures that add up over days and
segments: a mean as a sum and a count, a standard deviation as count, mean and M2 (Chan, Golub
and LeVeque, 1979), and as sums that tell M2 exactly, for most values (spread.py). Parts that need
the same atom of the same rows share its column.

Sums are kept as two: each number is cut at a multiple of 2**-12, and the sum of the upper halves
is exact (up to 2**41 = 2.2e12 for each day and segment), hence the same in whatever order threads
add it; the lower halves are too small for their order to show in the total.

Nulls are skipped everywhere. Rows all of whose values are null have no sum: null, not 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data import spread
from kpitree.tree.expressions import Expr
from kpitree.tree.measures import Part

CUT: Final = 1.5 * 2.0**40  # adding it and taking it away rounds to multiples of 2**-12


@dataclass(frozen=True, slots=True)
class RowsOf:
    """What an aggregate sees of the rows.

    every: True for each row that counts (or None for all rows). value: the aggregated value,
    null in rows that do not count (None for count()). moment: the day or instant of the row.
    """

    every: pl.Expr | None
    value: pl.Expr | None
    moment: pl.Expr

    def values(self) -> pl.Expr:
        assert self.value is not None
        return self.value

    def dated(self) -> pl.Expr:
        """The moment of the rows that have a value."""
        return pl.when(self.values().is_not_null()).then(self.moment)


Column = Callable[[str], pl.Expr]  # the column of another atom of the same rows


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a group of rows: an atom, or an aggregate that does not add up.

    kind: a name in OF_ROWS. level: of a quantile.
    """

    kind: str
    rows: RowsOf
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """atoms: what must be kept. value: made of the (merged) atoms. of_none: of no rows at all."""

    atoms: tuple[str, ...]
    value: Callable[[Column], pl.Expr]
    of_none: float | None = None


def _rows(rows: RowsOf) -> pl.Expr:
    return pl.len() if rows.every is None else rows.every.sum()


def _high(rows: RowsOf) -> pl.Expr:
    return ((rows.values() + CUT) - CUT).sum()


def _low(rows: RowsOf) -> pl.Expr:
    value = rows.values()
    return (value - ((value + CUT) - CUT)).sum()


def _squares(column: Column) -> pl.Expr:
    """M2 of the union: the groups' own, and what their means differ from the common one."""
    away = column("mean") - _weighted_mean(column)
    return column("squares").sum() + (column("values") * away**2).sum()


def _weighted_mean(column: Column) -> pl.Expr:
    return (column("values") * column("mean")).sum() / column("values").sum()


def _summed(name: str) -> Callable[[Column], pl.Expr]:
    return lambda column: column(name).sum()


def _total(column: Column) -> pl.Expr:
    return column("high") + column("low")


SUMMED: Final = frozenset({"rows", "values", "high", "low", *spread.SUMS})  # atoms; 0 of no rows
MERGE: Final[dict[str, Callable[[Column], pl.Expr]]] = {  # an atom of several groups together
    **{name: _summed(name) for name in sorted(SUMMED)},
    "min": lambda column: column("min").min(),
    "max": lambda column: column("max").max(),
    "mean": _weighted_mean,
    "squares": _squares,
    "first_at": lambda column: column("first_at").min(),
    "first": lambda column: (
        column("first").filter(column("first_at") == column("first_at").min()).min()
    ),
    "last_at": lambda column: column("last_at").max(),
    "last": lambda column: (
        column("last").filter(column("last_at") == column("last_at").max()).max()
    ),
}
# Of one day whose rows have no time of day, the first value is the smallest, the last the largest.
ON_ONE_DAY: Final = {"first": "min", "last": "max"}

ADDITIVE: Final = {
    "count": Aggregate(("rows",), lambda column: column("rows"), of_none=0.0),
    "count_values": Aggregate(("values",), lambda column: column("values"), of_none=0.0),
    "sum": Aggregate(
        ("high", "low", "values", "rows"),
        lambda column: pl.when((column("values") > 0) | (column("rows") == 0)).then(_total(column)),
        of_none=0.0,
    ),
    "mean": Aggregate(
        ("high", "low", "values"),
        lambda column: pl.when(column("values") > 0).then(_total(column) / column("values")),
    ),
    "min": Aggregate(("min",), lambda column: column("min")),
    "max": Aggregate(("max",), lambda column: column("max")),
    "std": Aggregate(
        ("values", "mean", "squares", *spread.SUMS),
        lambda column: pl.when(column("values") > 1).then(
            (spread.squares(column, column("squares")) / (column("values") - 1)).sqrt()
        ),
    ),
    "first": Aggregate(("first_at", "first"), lambda column: column("first")),
    "last": Aggregate(("last_at", "last"), lambda column: column("last")),
}


def _quantile(rows: RowsOf, level: float | None) -> pl.Expr:
    assert level is not None, "a quantile has a level"
    return rows.values().quantile(level, interpolation="linear")


def _of_values(figure: Callable[[pl.Expr], pl.Expr]) -> Callable[[RowsOf, float | None], pl.Expr]:
    return lambda rows, _: figure(rows.values())


OF_ROWS: Final[dict[str, Callable[[RowsOf, float | None], pl.Expr]]] = {
    "rows": lambda rows, _: _rows(rows),
    "values": lambda rows, _: rows.values().count(),
    "high": lambda rows, _: _high(rows),
    "low": lambda rows, _: _low(rows),
    "min": lambda rows, _: rows.values().min(),
    "max": lambda rows, _: rows.values().max(),
    "mean": lambda rows, _: rows.values().mean(),
    "squares": lambda rows, _: rows.values().var(ddof=0) * rows.values().count(),
    **{name: _of_values(figure) for name, figure in spread.SUMS.items()},
    "first_at": lambda rows, _: rows.dated().min(),
    "first": lambda rows, _: rows.values().filter(rows.dated() == rows.dated().min()).min(),
    "last_at": lambda rows, _: rows.dated().max(),
    "last": lambda rows, _: rows.values().filter(rows.dated() == rows.dated().max()).max(),
    # What does not add up: of the rows of a period, or of those active on a day.
    "n_unique": lambda rows, _: rows.values().drop_nulls().n_unique(),
    "median": lambda rows, _: rows.values().median(),
    "quantile": _quantile,
    "std": lambda rows, _: rows.values().std(),
}
_OF_NO_ROWS_FROM_ROWS: Final = {"n_unique": 0.0}


def aggregate_of(part: Part) -> Aggregate:
    """The aggregate of an additive part; count(x) counts values, count() counts rows."""
    if part.function == "count" and part.argument is not None:
        return ADDITIVE["count_values"]
    return ADDITIVE[part.function]


def value_of_no_rows(part: Part) -> float | None:
    """What a part is where its source covers the days and has no rows: 0 or null.

    0 for count, sum and n_unique, null for every other aggregate. Outside the days that the
    source covers, every part is null: no data is not zero.
    """
    if part.additive:
        return aggregate_of(part).of_none
    return _OF_NO_ROWS_FROM_ROWS.get(part.function)


_LATEST: Final = ("last_at", "last")  # what is carried forward, of a first() too

AtomKey = tuple[str, Expr | None, Expr | None]  # atom, argument, where


def atoms_of(part: Part) -> list[AtomKey]:
    """The atoms that an additive part is made of; equal keys are one column."""
    atoms = (*aggregate_of(part).atoms, *(_LATEST if part.over == "carried" else ()))
    return [(atom, part.argument, part.where) for atom in dict.fromkeys(atoms)]
