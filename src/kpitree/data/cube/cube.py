"""The daily cube: the figures of a source by day, and their roll-ups to spans of days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kpitree.calendar import Span
from kpitree.data.aggregates import value_of_no_rows
from kpitree.data.cube.facts import (
    coverage_of,
    known_until_notices,
    not_finite_notices,
    undated_notices,
)
from kpitree.data.cube.rollup import (
    as_parts,
    is_tabled,
    spans_of_days,
    spans_of_periods,
    tidy,
)
from kpitree.data.cube.scan import Figures, Group, figures_of_rows, scan
from kpitree.data.cube.stocks import balance, carried_of_days, stocks_of_days
from kpitree.data.request import CubeRequest
from kpitree.data.rows.lookups import unmatched_notices
from kpitree.data.rows.repeats import copies_notices
from kpitree.errors import Notice
from kpitree.tables import SEGMENT, SPAN
from kpitree.tree.measures import Part

__all__ = ["Cube", "CubeRequest", "Part", "read_cube", "value_of_no_rows"]

Dimensions = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """One source's figures by day, and by period where days do not add up.

    coverage: first and last day (both included) that the source speaks for, or None when none of
    its rows has a date; neither --where nor the request's days narrow it.
    notices: rows left out for want of a date, numbers that are not finite.
    days: CUBE (tables.py) by time column. periods: by time column and dimensions.
    balance: of rows that last, see stocks.balance(); None where nothing is made of it.
    rows: figures of the rows themselves, read when asked for: those that do not add up need them
    for other spans than periods.
    """

    request: CubeRequest
    coverage: tuple[date, date] | None
    notices: tuple[Notice, ...]
    days: dict[str, pl.DataFrame]
    periods: dict[tuple[str, Dimensions], pl.DataFrame]
    balance: pl.DataFrame | None = None
    rows: Figures

    def roll_up(self, spans: Sequence[Span], dimensions: Dimensions = ()) -> pl.DataFrame:
        """PARTS (tables.py): one row per span x segment that has rows, sorted by them.

        Spans may overlap. dimensions: some of the request's; () gives the whole, figured as its
        own group. A part is null where its rows have no value. Where other parts of a row have
        source rows and a part has none (it is placed by another time column), the part is
        value_of_no_rows. Spans without any rows have no row here: the caller puts
        value_of_no_rows inside `coverage` and null outside. A stock has rows where something was
        active at the end of the day before the span, or started or ended in it.
        Raises ValueError: a span reaches beyond the days of the request, or is empty.
        """
        _refuse_beyond(self.request.days, spans)
        keys = [SPAN, *(SEGMENT + name for name in dimensions)]
        parts = self.request.parts
        frames = list(self._frames(spans, dimensions, keys))
        if len(frames) == 1:
            return frames[0].select(*keys, *parts.values())
        return _side_by_side(frames, keys, parts)

    def _frames(
        self, spans: Sequence[Span], dimensions: Dimensions, keys: list[str]
    ) -> Iterator[pl.DataFrame]:
        request = self.request
        for time, days in self.days.items():
            if flows := request.of(time, additive=True):
                yield spans_of_days(request, time, days, spans, keys, flows)
            if request.carried(time):
                yield carried_of_days(request, time, days, spans, keys)
        if self.balance is not None:
            yield stocks_of_days(request, self.balance, spans, keys)
        yield from self._active(dict(enumerate(spans)), dimensions, keys)
        for time in request.other_times:
            yield self._other_parts(time, dict(enumerate(spans)), dimensions, keys)

    def _active(
        self, spans: dict[int, Span], dimensions: Dimensions, keys: list[str]
    ) -> Iterator[pl.DataFrame]:
        """The stocks that must be had from the rows active on a day."""
        time = self.request.source.time
        for over in ("end", "start"):
            stocks = self.request.stocks(additive=False)
            parts = [part for part in stocks if part.over == over]
            if parts:
                groups = [
                    (position, Group(time, None, span.end if over == "end" else span.start))
                    for position, span in spans.items()
                ]
                yield as_parts(self.rows(groups, parts, dimensions), keys).sort(keys)

    def _other_parts(
        self, time: str, spans: dict[int, Span], dimensions: Dimensions, keys: list[str]
    ) -> pl.DataFrame:
        periods = self.periods.get((time, dimensions))
        tabled = {
            position: span
            for position, span in spans.items()
            if periods is not None and is_tabled(self.request, span)
        }
        frames = [] if periods is None else [spans_of_periods(periods, tabled, keys)]
        if len(tabled) < len(spans):
            rest = [
                (position, Group(time, span.start, span.end))
                for position, span in spans.items()
                if position not in tabled
            ]
            parts = self.request.of(time, additive=False)
            frames.append(as_parts(self.rows(rest, parts, dimensions), keys))
        return pl.concat(frames).sort(keys)


def _side_by_side(
    frames: Sequence[pl.DataFrame], keys: list[str], parts: Mapping[Part, str]
) -> pl.DataFrame:
    """The parts of frames that need not have the same rows."""
    whole = pl.DataFrame(schema={SPAN: pl.Int32} | dict.fromkeys(keys[1:], pl.String))
    filled: list[pl.Expr] = []
    for number, frame in enumerate(frames):
        present = f"present{number}"
        there = frame.with_columns(pl.lit(value=True).alias(present))
        whole = whole.join(there, on=keys, how="full", coalesce=True)
        filled += [_filled(part, name, present) for part, name in parts.items() if name in frame]
    return whole.with_columns(filled).select(*keys, *parts.values()).sort(keys)


def _filled(part: Part, name: str, present: str) -> pl.Expr:
    """A part as it is of no rows, where the frame it comes from has none."""
    nothing = pl.lit(value_of_no_rows(part), dtype=pl.Float64)
    return pl.when(pl.col(present)).then(pl.col(name)).otherwise(nothing).alias(name)


def _refuse_beyond(days: tuple[date, date] | None, spans: Sequence[Span]) -> None:
    for span in spans:
        if span.end <= span.start:
            raise ValueError(f"{span} has no days")
        if days is not None and not days[0] <= span.start < span.end <= days[1]:
            raise ValueError(f"{span} reaches beyond the days read, {days}")


def read_cube(request: CubeRequest) -> Cube:
    """Read what a request needs of its source, in one streaming scan.

    Raises SourceError: see scan().
    """
    found = scan(request)
    rows = figures_of_rows(lambda: found.plan, found.watched, request.source.id)
    notices = (*found.notices, *found.grown)
    return cube_of(request, found.figures, found.told, notices, rows)


def cube_of(
    request: CubeRequest,
    figures: Mapping[tuple[str, ...], pl.DataFrame],
    told: pl.DataFrame,
    notices: Sequence[Notice],
    rows: Figures,
) -> Cube:
    """The cube of what a scan gave; see Scan. told: of the source as a whole."""
    coverage = coverage_of(request, told)
    return Cube(
        request=request,
        coverage=coverage,
        notices=(
            *notices,
            *copies_notices(request.source, told),
            *unmatched_notices(request.source, told),
            *undated_notices(request, told),
            *not_finite_notices(request, told),
            *known_until_notices(request, coverage),
        ),
        days={
            time: tidy(figures["days", time])
            for time in request.additive_times
            if request.of(time, additive=True) or request.carried(time)
        },
        balance=balance(request, figures) if request.stocks(additive=True) else None,
        periods={
            (time, dimensions): figures["periods", time, *dimensions]
            for time in request.other_times
            for dimensions in request.groupings()
        },
        rows=rows,
    )
