"""What is there on a day: rows that last, and values that hold until the next one is told.

A stock of rows that last is what those that started brought, less what those that ended took:
one frame of days, of which every stock is a sum from the beginning. Counts and the upper halves
of sums (aggregates.py) are exact, so that what has ended leaves nothing behind.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from kpitree.calendar import Span
from kpitree.data.aggregates import AtomKey, Column, aggregate_of, atoms_of, value_of_no_rows
from kpitree.data.cube.facts import Frames
from kpitree.data.cube.plan import DAY, ROWS
from kpitree.data.cube.rollup import (
    before_spans,
    by_key,
    finite,
    grouped,
    in_spans,
    merged,
    spans_of_days,
    tidy,
)
from kpitree.data.request import CubeRequest
from kpitree.tables import SEGMENT, SPAN
from kpitree.tree.measures import Part

_OPENING: Final = "opening:"  # + atom: at the end of the day before the span
_MOVED: Final = "moved:"  # + atom: what came in the span, less what went
_DAYS: Final = "days:"  # + atom: the same, times the days from then to the span's end
_END: Final = "end:"
_LENGTH: Final = "length:"  # days of the span
_ANY: Final = "any:"  # whether anything came or went
_LATEST: Final = "latest:"  # + part: the last value before the span


# --- rows that last ------------------------------------------------------------------------------


def _names(request: CubeRequest) -> dict[AtomKey, str]:
    """The atoms of the stocks that add up, and their columns in the balance."""
    atoms = [atom for part in request.stocks(additive=True) for atom in atoms_of(part)]
    return {atom: f"stock{number}" for number, atom in enumerate(dict.fromkeys(atoms))}


def balance(request: CubeRequest, frames: Frames) -> pl.DataFrame:
    """What came on each day less what went: DAY, the request's dimensions, ROWS, atoms.

    One row per day x segment on which a row started, and one on which a row ended; as tidy()
    leaves them.
    """
    source = request.source
    assert source.until is not None, "the rows of this source do not last"
    came = _signed(request, frames, source.time, 1)
    went = _signed(request, frames, source.until, -1)
    return tidy(pl.concat([came, went]))


def _signed(request: CubeRequest, frames: Frames, time: str, sign: int) -> pl.DataFrame:
    known = request.atom_names(time)
    figures = {ROWS: ROWS} | {name: known[atom] for atom, name in _names(request).items()}
    signed = frames["days", time].with_columns(pl.selectors.unsigned_integer().cast(pl.Int64))
    return signed.select(
        DAY,
        pl.selectors.starts_with(SEGMENT),
        *((pl.col(column) * sign).alias(name) for name, column in figures.items()),
    )


def stocks_of_days(
    request: CubeRequest, days: pl.DataFrame, spans: Sequence[Span], keys: Sequence[str]
) -> pl.DataFrame:
    """The stocks of each span that add up: SPAN and the other keys, one Float64 column each.

    days: the balance. Sorted by the keys. A stock with rows but no values is null, without rows
    what no rows give; no row where nothing was active, came or went.
    """
    names = _names(request)
    columns = [ROWS, *names.values()]
    both = (
        _opening(days, spans, keys, columns)
        .join(_moves(days, spans, keys, columns), on=list(keys), how="full", coalesce=True)
        .with_columns(pl.selectors.starts_with(_OPENING, _MOVED, _DAYS).fill_null(0))
        .join(_lengths(spans), on=SPAN, how="left")
        .filter((pl.col(_OPENING + ROWS) > 0) | pl.col(_ANY))
    )
    return by_key(both, keys).select(
        SPAN,
        *(pl.col(name).cast(pl.String) for name in keys[1:]),
        *(_stock(part, names).alias(request.parts[part]) for part in request.stocks(additive=True)),
    )


def _lengths(spans: Sequence[Span]) -> pl.DataFrame:
    """SPAN, the first day after each, and how many days it has."""
    return pl.DataFrame(
        {
            SPAN: range(len(spans)),
            _END: [span.end for span in spans],
            _LENGTH: [span.days for span in spans],
        },
        schema={SPAN: pl.Int32, _END: pl.Date, _LENGTH: pl.Int64},
    )


def _opening(
    days: pl.DataFrame, spans: Sequence[Span], keys: Sequence[str], columns: Sequence[str]
) -> pl.DataFrame:
    sums = [pl.col(name).sum().alias(_OPENING + name) for name in columns]
    return before_spans(days, spans, keys, sums, lambda each: each.fill_null(0).cum_sum())


def _moves(
    days: pl.DataFrame, spans: Sequence[Span], keys: Sequence[str], columns: Sequence[str]
) -> pl.DataFrame:
    rows = in_spans(days, spans).join(_lengths(spans), on=SPAN, how="left", maintain_order="left")
    left = (pl.col(_END) - pl.col(DAY)).dt.total_days()
    sums = [pl.col(name).sum().alias(_MOVED + name) for name in columns]
    over_days = [(pl.col(name) * left).sum().alias(_DAYS + name) for name in columns]
    there = pl.lit(value=True).alias(_ANY)
    return grouped(rows, keys, [*sums, *over_days, there]).select(
        *keys, pl.selectors.starts_with(_MOVED, _DAYS), _ANY
    )


def _stock(part: Part, names: Mapping[AtomKey, str]) -> pl.Expr:
    column = _at(part, names)
    value = aggregate_of(part).value(column)
    if "rows" in aggregate_of(part).atoms:
        # The lower halves of what came and went need not cancel to the last bit.
        nothing = pl.lit(value_of_no_rows(part), dtype=pl.Float64)
        value = pl.when(column("rows") == 0).then(nothing).otherwise(value)
    return finite(value)


def _at(part: Part, names: Mapping[AtomKey, str]) -> Column:
    """The atoms of a stock, as they are on the day or days that count."""

    def column(atom: str) -> pl.Expr:
        name = names[atom, part.argument, part.where]
        opening = pl.col(_OPENING + name)
        match part.over:
            case "start":
                return opening
            case "end":
                return opening + pl.col(_MOVED + name)
            case _:
                length = pl.col(_LENGTH)
                return (opening * length + pl.col(_DAYS + name)) / length

    return column


# --- values that are carried forward -------------------------------------------------------------


def carried_of_days(
    request: CubeRequest, time: str, days: pl.DataFrame, spans: Sequence[Span], keys: Sequence[str]
) -> pl.DataFrame:
    """The first() and last() of each span, or the last value before it, with their keys.

    days: as tidy() leaves them. Sorted by the keys.
    """
    parts = request.carried(time)
    known = request.atom_names(time)
    latest = [
        merged(("last", part.argument, part.where), known).alias(_LATEST + request.parts[part])
        for part in parts
    ]
    before = before_spans(days, spans, keys, latest, lambda each: each.forward_fill())
    told = before.filter(pl.any_horizontal(pl.selectors.starts_with(_LATEST).is_not_null()))
    own = spans_of_days(request, time, days, spans, keys, parts)
    return (
        told.with_columns(pl.col(keys[1:]).cast(pl.String))
        .join(own, on=list(keys), how="full", coalesce=True)
        .select(*keys, *_either(request.parts[part] for part in parts))
        .sort(keys)
    )


def _either(names: Iterator[str]) -> Iterator[pl.Expr]:
    return (pl.coalesce(name, finite(pl.col(_LATEST + name))).alias(name) for name in names)
