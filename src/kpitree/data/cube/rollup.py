"""Days into spans: the figures that add up from the daily frame, the others from the rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Final

import polars as pl

from kpitree.calendar import Grain, Span
from kpitree.data.aggregates import MERGE, SUMMED, AtomKey, Column, aggregate_of, atoms_of
from kpitree.data.cube.codes import coded, packed
from kpitree.data.cube.plan import DAY, Plan
from kpitree.data.dialect import Expr, Frame
from kpitree.data.request import CubeRequest
from kpitree.tables import NONE, SEGMENT, SPAN
from kpitree.tree.measures import Part

START: Final = "start:"  # the first day of a period
_AT: Final = "at:"  # which start of a span is the next after a row
_WHOLE: Final = "whole:"  # a key that is there even without dimensions
# Making the table takes time: periods outside these years are figured one by one.
_TABLE: Final = (date(1990, 1, 1), date(2050, 1, 1))


def tidy(days: pl.DataFrame) -> pl.DataFrame:
    """CUBE as collected: rows without a day dropped, segments as Enum, in a fixed order."""
    segments = [name for name in days.columns if name.startswith(SEGMENT)]
    dated = days.filter(pl.col(DAY).is_not_null()).with_columns(
        pl.col(segments).fill_null(NONE), pl.selectors.unsigned_integer().cast(pl.Int64)
    )
    return by_key(coded(dated, segments), [DAY, *segments])


def by_key(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Sorted by columns that packed() takes, of which no two rows have the same."""
    numbers = packed(frame, keys)
    names = [number.meta.output_name() for number in numbers]
    return frame.with_columns(numbers).sort(names).drop(names)


def spans_of_days(
    request: CubeRequest,
    time: str,
    days: pl.DataFrame,
    spans: Sequence[Span],
    keys: Sequence[str],
    parts: Sequence[Part],
) -> pl.DataFrame:
    """Additive parts of the rows of each span: SPAN and the other keys, one Float64 column each.

    days: as tidy() leaves them. Sorted by the keys.
    """
    known = request.atom_names(time)
    names = {atom: known[atom] for part in parts for atom in atoms_of(part)}
    rows = in_spans(days.select(DAY, *keys[1:], *names.values()), spans)
    merged = by_key(_merged(rows, names, keys), keys)
    found = merged.select(SPAN, *(pl.col(name).cast(pl.String) for name in keys[1:]))
    return found.hstack(list(_figures(merged, names, parts, request.parts)))


def _figures(
    merged: pl.DataFrame,
    names: Mapping[AtomKey, str],
    parts: Sequence[Part],
    columns: Mapping[Part, str],
) -> Iterator[pl.Series]:
    """Every part, in their order; those of one kind reckoned as one column below the other.

    An expression for each would take longer than all that they are made of.
    """
    alike: dict[tuple[str, bool], list[Part]] = {}
    for part in parts:
        alike.setdefault((part.function, part.argument is None), []).append(part)
    found: dict[Part, pl.Series] = {}
    for those in alike.values():
        aggregate = aggregate_of(those[0])
        atoms = {
            atom: pl.concat([merged[names[atom, one.argument, one.where]] for one in those])
            for atom in aggregate.atoms
        }
        figures = pl.DataFrame(atoms).select(finite(aggregate.value(pl.col))).to_series()
        for at, part in enumerate(those):
            found[part] = figures.slice(at * merged.height, merged.height)
    return (found[part].alias(columns[part]) for part in parts)


def _merged(rows: pl.DataFrame, names: Mapping[AtomKey, str], keys: Sequence[str]) -> pl.DataFrame:
    """The atoms of each group of rows, added up in their order: it is always the same."""
    sums = [name for atom, name in names.items() if atom[0] in SUMMED]
    others = [
        merged(atom, names).alias(name) for atom, name in names.items() if atom[0] not in SUMMED
    ]
    return grouped(rows, keys, [pl.col(sums).sum(), *others]).select(*keys, *names.values())


def grouped(rows: pl.DataFrame, keys: Sequence[str], figures: Sequence[pl.Expr]) -> pl.DataFrame:
    """Figures of each group of rows, which keep their order in it; keys: as packed() takes them."""
    groups = rows.group_by(packed(rows, keys), maintain_order=True)
    return groups.agg(pl.col(keys).first(), *figures)


def merged(atom: AtomKey, names: Mapping[AtomKey, str]) -> pl.Expr:
    """The same atom of several groups together; names: the columns of all atoms."""
    return MERGE[atom[0]](_others(names, atom))


def before_spans(
    days: pl.DataFrame,
    spans: Sequence[Span],
    keys: Sequence[str],
    figures: Sequence[pl.Expr],
    onward: Callable[[pl.Expr], pl.Expr],
) -> pl.DataFrame:
    """What the rows before each span come to: SPAN and the other keys, and the figures.

    figures: of the rows between one start of a span and the next. onward: how they go on from
    start to start, null where there are no rows in between, such as a cumulative sum.
    One row per span x segment that has rows before the last span.
    """
    starts = sorted({span.start for span in spans})
    at = pl.Series(starts, dtype=pl.Date).search_sorted(days[DAY], side="right")
    early = days.with_columns(at.cast(pl.Int32).alias(_AT), pl.lit(0, pl.Int32).alias(_WHOLE))
    segments = [_WHOLE, *keys[1:]]
    met = grouped(early.filter(pl.col(_AT) < len(starts)), [_AT, *segments], figures)
    names = [figure.meta.output_name() for figure in figures]
    moments = pl.DataFrame({_AT: range(len(starts))}, schema={_AT: pl.Int32})
    gone_on = (
        met.select(segments)
        .unique(maintain_order=True)
        .join(moments, how="cross", maintain_order="left_right")
        .join(met, on=[_AT, *segments], how="left", maintain_order="left")
        .with_columns(onward(pl.col(names)).over(segments))
    )
    places = {start: place for place, start in enumerate(starts)}
    wanted = pl.DataFrame(
        {SPAN: range(len(spans)), _AT: [places[span.start] for span in spans]},
        schema={SPAN: pl.Int32, _AT: pl.Int32},
    )
    return wanted.join(gone_on, on=_AT, how="inner").select(*keys, *names)


def in_spans(days: pl.DataFrame, spans: Sequence[Span]) -> pl.DataFrame:
    """The rows of each span, one span after the other, with SPAN."""
    starts, ends = (
        days[DAY].search_sorted(pl.Series(found, dtype=pl.Date), side="left").to_list()
        for found in ([span.start for span in spans], [span.end for span in spans])
    )
    rows = pl.concat([days.clear(), *_slices(days, starts, ends)])
    # The n-th row is of the first span that ends after n rows.
    last = pl.Series(accumulate(e - s for s, e in zip(starts, ends, strict=True)), dtype=pl.Int64)
    places = last.search_sorted(pl.int_range(rows.height, eager=True), side="right")
    return rows.with_columns(places.cast(pl.Int32).alias(SPAN))


def _slices(
    days: pl.DataFrame, starts: Sequence[int], ends: Sequence[int]
) -> Iterator[pl.DataFrame]:
    """The rows from each start to its end; those that follow each other as one, not copied."""
    runs: list[tuple[int, int]] = []
    for start, end in zip(starts, ends, strict=True):
        follows = runs and runs[-1][1] == start
        first = runs.pop()[0] if follows else start
        runs.append((first, end))
    return (days.slice(first, end - first) for first, end in runs)


def _others(names: Mapping[AtomKey, str], key: AtomKey) -> Column:
    _, argument, where = key
    return lambda atom: pl.col(names[atom, argument, where])


def _of_part(names: Mapping[AtomKey, str], part: Part) -> Column:
    return lambda atom: pl.col(names[atom, part.argument, part.where])


def finite(value: pl.Expr) -> pl.Expr:
    """Float64, never NaN or infinite: a total past the largest number has no value."""
    number = value.cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def by_period(plan: Plan, time: str, dimensions: tuple[str, ...]) -> Frame:
    """The other parts by START of the period and dimensions (null START: outside the table)."""
    request = plan.request
    start = _period_start(plan, time)
    rows = plan.dated(time, request.days)
    return plan.from_rows(rows, request.of(time, additive=False), (START, start), dimensions)


def _period_start(plan: Plan, time: str) -> Expr:
    """The first day of the period of each row, null outside the table."""
    request = plan.request
    if request.grain is Grain.DAY:
        return plan.day(time)
    first, last = table(request)
    spans = [request.calendar.period_of(first, request.grain)]
    while spans[-1].end < last:
        spans.append(request.calendar.shift(spans[-1], 1))
    return plan.dialect.start_of(plan.day(time), spans)


def table(request: CubeRequest) -> tuple[date, date]:
    """The days, half-open, whose periods by_period knows."""
    return request.days or _TABLE


def is_tabled(request: CubeRequest, span: Span) -> bool:
    """Whether a span is one whole period of the request's grain that by_period has in full."""
    first, last = table(request)
    return (
        span.grain is request.grain
        and first <= span.start
        and span.end <= last
        and request.calendar.period_of(span.start, request.grain) == span
    )


def spans_of_periods(
    periods: pl.DataFrame, spans: Mapping[int, Span], keys: Sequence[str]
) -> pl.DataFrame:
    """The other parts of spans that are whole periods, by their position."""
    wanted = pl.DataFrame(
        {SPAN: list(spans), START: [span.start for span in spans.values()]},
        schema={SPAN: pl.Int32, START: pl.Date},
    )
    return as_parts(wanted.join(periods, on=START, how="inner").drop(START), keys)


def as_parts(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The keys as PARTS has them, and every other column as finite Float64."""
    figures = [name for name in frame.columns if name not in keys]
    return frame.select(
        pl.col(SPAN).cast(pl.Int32), *keys[1:], *(finite(pl.col(name)) for name in figures)
    )
