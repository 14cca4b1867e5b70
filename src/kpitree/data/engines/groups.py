"""Figures of groups of rows, for engines: one query, and one more for each distinct count.

A row's value is made a column first, so that a query names it rather than repeats it. What is
first or last is found with a window: engines have no filter inside an aggregate in common.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from kpitree.data.aggregates import CUT, Figure, RowsOf
from kpitree.data.dialect import Expr, Frame
from kpitree.data.engines.words import col, lit, rows, when, whole
from kpitree.data.spread import SUMS

_GROUPS: Final = "groups:"
_WINDOWED: Final = frozenset({"first", "last"})
Run = Callable[[Any], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Joined:
    """Queries with one row for each group, to be joined by their keys once they have run.

    whole: every group. counts: those with any value, and how many different ones there are.
    """

    keys: tuple[str, ...]
    whole: Any
    counts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The columns that hold what an aggregate sees of the rows: see RowsOf."""

    number: int
    rows: RowsOf

    @property
    def value(self) -> Expr:
        return col(f"value:{self.number}")

    @property
    def moment(self) -> Expr:
        return col(f"moment:{self.number}")

    def columns(self) -> list[Expr]:
        """The moment only of rows that have a value."""
        if self.rows.value is None:
            return []
        dated = when(~self.rows.value.is_null()).then(self.rows.moment)
        named = {f"value:{self.number}": self.rows.value, f"moment:{self.number}": dated}
        return [expr.alias(name) for name, expr in named.items()]

    def edges(self, keys: Iterable[str]) -> list[Expr]:
        """The first and the last moment of each group, beside each of its rows."""
        edges = {"first": self.moment.min(), "last": self.moment.max()}
        return [edge.over(*keys).alias(f"{end}:{self.number}") for end, edge in edges.items()]

    def at(self, end: str) -> Expr:
        """The values at the first or at the last moment."""
        there: Expr = when(self.moment == col(f"{end}:{self.number}")).then(self.value)
        return there


def how_many(condition: Expr) -> Expr:
    """How many rows fulfil a condition."""
    counted: Expr = when(condition).then(whole(1)).count()
    return counted


def grouped(
    frame: Frame,
    keys: Mapping[str, Expr],
    figures: Mapping[str, Figure],
    more: Iterable[Expr],
) -> Frame:
    """See Dialect.grouped."""
    seen = {
        key: _Seen(number, each)
        for number, (key, each) in enumerate({id(f.rows): f.rows for f in figures.values()}.items())
    }
    columns = [expr.alias(name) for name, expr in keys.items()]
    columns += [column for each in seen.values() for column in each.columns()]
    keyed = frame.with_columns(*columns)
    edged = {id(f.rows): seen[id(f.rows)] for f in figures.values() if f.kind in _WINDOWED}
    if edged:
        keyed = keyed.with_columns(*(edge for each in edged.values() for edge in each.edges(keys)))
    plain, distinct = {}, {}
    for name, figure in figures.items():
        if figure.kind == "n_unique":
            distinct[name] = _distinct(keyed, keys, seen[id(figure.rows)].value)
        else:
            plain[name] = _FIGURES[figure.kind](seen[id(figure.rows)], figure.level)
    named = [expr.alias(name) for name, expr in plain.items()]
    whole_frame = keyed.group_by(*keys).agg(rows().alias(_GROUPS), *named, *more)
    joined: Any = Joined(tuple(keys), whole_frame, distinct)
    return joined  # type: ignore[no-any-return] # it goes to collected(), and nowhere else


def _distinct(keyed: Frame, keys: Iterable[str], value: Expr) -> Any:
    # No engine's count of distinct values is said alike by narwhals: some count null as one.
    values = keyed.select(*keys, value.alias(_GROUPS)).filter(~col(_GROUPS).is_null())
    return values.unique().group_by(*keys).agg(rows().alias(_GROUPS))


def collected(frame: Any, run: Run) -> pl.DataFrame:
    """What a query gives, in types that polars' own queries have."""
    if not isinstance(frame, Joined):
        return _plain(run(frame))
    found = _plain(run(frame.whole)).drop(_GROUPS)
    for name, counts in frame.counts.items():
        counted = _plain(run(counts)).rename({_GROUPS: name})
        found = found.join(counted, on=list(frame.keys), how="left", nulls_equal=True)
    return found.with_columns(pl.col(*frame.counts).fill_null(0)) if frame.counts else found


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Whole decimals, as which engines give sums of integers, as integers; others as floats."""
    types = {
        name: pl.Int64() if dtype.scale == 0 else pl.Float64()
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Decimal)
    }
    return frame.with_columns(pl.col(name).cast(dtype) for name, dtype in types.items())


def _rows(seen: _Seen, _: float | None) -> Expr:
    return rows() if seen.rows.every is None else how_many(seen.rows.every)


def _quantile(seen: _Seen, level: float | None) -> Expr:
    assert level is not None, "a quantile has a level"
    return seen.value.quantile(level, interpolation="linear")


def _upper_half(value: Expr) -> Expr:
    return (value + lit(CUT)) - lit(CUT)


_FIGURES: Final[dict[str, Callable[[_Seen, float | None], Expr]]] = {
    "rows": _rows,
    "values": lambda seen, _: seen.value.count(),
    "high": lambda seen, _: _upper_half(seen.value).sum(),
    "low": lambda seen, _: (seen.value - _upper_half(seen.value)).sum(),
    "min": lambda seen, _: seen.value.min(),
    "max": lambda seen, _: seen.value.max(),
    "mean": lambda seen, _: seen.value.mean(),
    "squares": lambda seen, _: seen.value.var(ddof=0) * seen.value.count(),
    # Whole numbers of 128 bits, which engines lack: "squares" it is.
    **dict.fromkeys(SUMS, lambda seen, _: when(seen.value.is_null()).then(whole(0)).max()),
    "first_at": lambda seen, _: seen.moment.min(),
    "first": lambda seen, _: seen.at("first").min(),
    "last_at": lambda seen, _: seen.moment.max(),
    "last": lambda seen, _: seen.at("last").max(),
    "median": lambda seen, _: seen.value.median(),
    "quantile": _quantile,
    "std": lambda seen, _: seen.value.std(ddof=1),
}
