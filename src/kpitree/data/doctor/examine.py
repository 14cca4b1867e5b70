"""One look at all rows of a source: what they are like by day, and by column in use.

Whatever is wrong with them is told, not refused: what every other command stops at is a Mistake
here, and the rest is still looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import polars as pl

from kpitree.calendar import FIRST_YEAR, LAST_YEAR
from kpitree.data.aggregates import Figure, RowsOf
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.plan import BLANK_ROW, DAY, ROWS, Plan
from kpitree.data.cube.spans import BACKWARDS, backwards
from kpitree.data.dialect import Expr, Frame
from kpitree.data.doctor.asked import Examination, Looked, looked_at, range_of, without_lookups
from kpitree.data.doctor.matching import unmatched, unmatched_key
from kpitree.data.doctor.refused import OUTSIDE, Frames, mistakes, other_times, outside
from kpitree.data.doctor.repeated import alike, repeated_days
from kpitree.data.doctor.seen import Mistake, Seen
from kpitree.data.files.delimited import BLANK
from kpitree.data.files.uses import Use, uses_of
from kpitree.data.moments import Forms
from kpitree.data.rows.repeats import copies_notices
from kpitree.errors import Notice, SourceError
from kpitree.tables import NULLS, SEEN_COLUMNS, SEEN_LOOKUPS, WANTED

_WILD: Final = "wild:"  # NaN and infinities
_BELOW: Final = "below:"
_ABOVE: Final = "above:"
_LEAST: Final = "least:"
_GREATEST: Final = "greatest:"
_WITHOUT_KEY: Final = "without key:"
_UNMATCHED: Final = "unmatched:"
_NO_DATE: Final = "no date:"  # texts among dates


def examine(asked: Examination) -> Seen:
    """Look at the rows of a source. Never raises SourceError: that is what is told.

    Where a text stands among numbers, or a lookup cannot be had, the rest is looked at.
    """
    try:
        return _Look(asked).seen()
    except SourceError as error:
        unreadable = Mistake(code=error.code, error=error)
    mistakes = [unreadable]
    try:
        rest = _Look(replace(asked, parts=(), source=without_lookups(asked.source))).seen()
        mistakes += _no_numbers(asked)
    except SourceError:
        rest = Seen(asked=asked, shown=asked.override or asked.source.path)
    once = {str(one.error): one for one in reversed((*mistakes, *rest.mistakes))}
    return replace(rest, asked=asked, mistakes=tuple(reversed(once.values())))


def _no_numbers(asked: Examination) -> Iterator[Mistake]:
    """What is wrong with each of the columns that are read as numbers, by itself."""
    source = without_lookups(asked.source)
    request = asked.request()
    uses = uses_of(request.source, request.parts, request.dimensions, None)
    for column in (name for name, use in uses.items() if Use.NUMBER in use):
        part = range_of(column, source)
        try:
            _Look(replace(asked, parts=(part,), source=source)).seen()
        except SourceError as error:
            yield Mistake(code=error.code, error=error)


@dataclass(frozen=True)
class _Look:
    """One way of looking at a source.

    forms: in what forms its texts say a date, beyond the first ones. blank: leave blank lines out.
    """

    asked: Examination
    forms: Mapping[str, Forms] = field(default_factory=dict)
    blank: bool = False

    @cached_property
    def plan(self) -> Plan:
        plan = make_plan(self.asked.request(), forms=self.forms)
        rows = plan.rows.filter(~plan.dialect.col(BLANK_ROW)) if self.blank else plan.rows
        return replace(plan, rows=rows)

    @cached_property
    def looked(self) -> list[Looked]:
        return looked_at(self.plan, self.asked.parts)

    @property
    def time(self) -> str:
        return self.asked.source.time

    # --- one scan -----------------------------------------------------------------------------

    def seen(self) -> Seen:
        """Raises SourceError: nothing can be said of these rows."""
        frames = self._collected()
        if "unread" in frames:
            met = self.plan.columns.forms_unread(frames["unread"])
            if met != self.forms:
                return replace(self, forms=met).seen()
        if not self.blank and self._has_blank_lines(frames):
            return replace(self, blank=True).seen()
        opened = self.plan.opened
        by_day = frames["days"]
        return Seen(
            asked=self.asked,
            shown=opened.shown,
            files=len(opened.reading.files.paths) or None,
            days=self._days(by_day),
            columns=self._columns(by_day),
            rows=int(by_day[ROWS].sum()),
            undated=self._undated(by_day),
            lookups=self._lookups(by_day),
            repeated=repeated_days(self.plan, by_day, self._columns_in_use()),
            mistakes=tuple(mistakes(self.plan, frames)),
            notices=tuple(self._notices(frames)),
        )

    def _collected(self) -> Frames:
        plan = self.plan
        queries: dict[str, Frame] = {"days": self._by_day()}
        if plan.columns.unread:
            queries["unread"] = plan.columns.rows.select(
                unread.count(plan.dialect) for unread in plan.columns.unread
            )
        if plan.opened.suspicious is not None:
            queries["suspicious"] = plan.opened.suspicious
        if plan.repeats is not None:
            queries["repeats"] = plan.repeats.counted()
        return dict(zip(queries, plan.opened.collect(list(queries.values())), strict=True))

    def _by_day(self) -> Frame:
        """One row a day (null, too): everything that is counted."""
        plan = self.plan
        every = Figure("rows", RowsOf(None, None, plan.moments[self.time].expr))
        counts = [*self._counts(), *self._of_ranges(), *alike(plan, self._columns_in_use())]
        return plan.dialect.grouped(plan.rows, {DAY: plan.day(self.time)}, {ROWS: every}, counts)

    def _columns_in_use(self) -> list[str]:
        request = self.plan.request
        uses = uses_of(request.source, request.parts, request.dimensions, None)
        return [name for name in uses if name in self.plan.opened.types]

    def _counts(self) -> Iterator[Expr]:
        dialect = self.plan.dialect
        for one in self.looked:
            missing = one.missing if one.every is None else one.missing & one.every
            yield dialect.how_many(missing).alias(NULLS + one.column)
            if one.every is not None:
                yield dialect.how_many(one.every).alias(WANTED + one.column)
        for joined in self.plan.joined:
            yield dialect.how_many(~joined.keyed).alias(_WITHOUT_KEY + joined.lookup.name)
            yield dialect.how_many(unmatched(joined)).alias(_UNMATCHED + joined.lookup.name)
        for name, raw in self.plan.floats.items():
            wild = ~dialect.is_finite(dialect.col(raw))
            yield dialect.how_many(wild).alias(_WILD + name)
        if self.asked.source.until is not None:
            yield dialect.how_many(backwards(self.plan)).alias(BACKWARDS)
        for unread in self.plan.columns.unread:
            if unread.column == self.time:
                yield dialect.how_many(unread.bad(dialect)).alias(_NO_DATE)
        for time in other_times(self.plan):
            yield dialect.how_many(outside(self.plan, time)).alias(OUTSIDE + time)

    def _of_ranges(self) -> Iterator[Expr]:
        plan = self.plan
        dialect = plan.dialect
        for column, (low, high) in self.asked.source.ranges.items():
            number = plan.parts[range_of(column, self.asked.source)].values()
            finite = dialect.when(dialect.is_finite(number)).then(number)
            yield dialect.how_many(finite < low).alias(_BELOW + column)
            yield dialect.how_many(finite > high).alias(_ABOVE + column)
            yield finite.min().alias(_LEAST + column)
            yield finite.max().alias(_GREATEST + column)

    def _has_blank_lines(self, frames: Frames) -> bool:
        """Whether rows without a date may be lines without anything."""
        return bool(
            self._undated(frames["days"])
            and "suspicious" in frames
            and frames["suspicious"][BLANK].item()
        )

    # --- what was counted ---------------------------------------------------------------------

    def _days(self, by_day: pl.DataFrame) -> pl.DataFrame:
        possible = pl.col(DAY).dt.year().is_between(FIRST_YEAR, LAST_YEAR)
        counts = {
            name + one.column: pl.col(name + one.column if name + one.column in by_day else ROWS)
            for one in self.looked
            for name in (WANTED, NULLS)
        }
        found = by_day.filter(possible).select(day=DAY, rows=ROWS, **counts).sort("day")
        return found.cast({pl.UInt32: pl.Int64})

    def _undated(self, by_day: pl.DataFrame) -> int:
        """Those with a text that is no date are told as such."""
        undated = by_day.filter(pl.col(DAY).is_null())
        texts = int(undated[_NO_DATE].sum()) if _NO_DATE in undated.columns else 0
        return int(undated[ROWS].sum()) - texts

    def _columns(self, by_day: pl.DataFrame) -> pl.DataFrame:
        rows = [self._column(one, by_day) for one in self.looked]
        known = {one.column for one in self.looked}
        ranged = (column for column in self.asked.source.ranges if column not in known)
        rows += [{"column": column} | self._range(column, by_day) for column in ranged]
        return pl.DataFrame(rows, schema=SEEN_COLUMNS)

    def _column(self, one: Looked, by_day: pl.DataFrame) -> dict[str, object]:
        wanted = ROWS if one.every is None else WANTED + one.column
        wild = _WILD + one.column
        return {
            "column": one.column,
            "roles": list(one.roles),
            "rows": int(by_day[wanted].sum()),
            "nulls": int(by_day[NULLS + one.column].sum()),
            "expected": one.expected,
            "non_finite": int(by_day[wild].sum()) if wild in by_day.columns else None,
        } | self._range(one.column, by_day)

    def _range(self, column: str, by_day: pl.DataFrame) -> dict[str, object]:
        if column not in self.asked.source.ranges:
            return {}
        low, high = self.asked.source.ranges[column]
        return {
            "low": low,
            "high": high,
            "below": int(by_day[_BELOW + column].sum()),
            "above": int(by_day[_ABOVE + column].sum()),
            "least": by_day[_LEAST + column].min(),
            "greatest": by_day[_GREATEST + column].max(),
        }

    def _lookups(self, by_day: pl.DataFrame) -> pl.DataFrame:
        rows: list[dict[str, object]] = []
        for one in self.plan.joined:
            name = one.lookup.name
            unmatched = int(by_day[_UNMATCHED + name].sum())
            found: dict[str, object] = {
                "lookup": name,
                "path": one.lookup.rows.path,
                "rows": int(by_day[ROWS].sum()),
                "without_key": int(by_day[_WITHOUT_KEY + name].sum()),
                "unmatched": unmatched,
                "example": unmatched_key(self.plan, one) if unmatched else None,
            }
            rows.append(found)
        return pl.DataFrame(rows, schema=SEEN_LOOKUPS)

    def _notices(self, frames: Frames) -> Iterator[Notice]:
        yield from self.plan.opened.notices
        for one in self.plan.joined:
            yield from one.notices
        if "repeats" in frames:
            yield from copies_notices(self.asked.source, frames["repeats"])
