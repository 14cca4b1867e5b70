"""The words of a plan for engines, through narwhals: see kpitree.data.dialect."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any, Final

import polars as pl

from kpitree.calendar import Span
from kpitree.data.aggregates import Figure
from kpitree.data.dialect import POLARS, Dialect, Expr, Frame
from kpitree.data.engines import days, groups, texts, words
from kpitree.data.engines.clock import EngineClock
from kpitree.data.engines.contract import Engine
from kpitree.data.engines.patterns import portable
from kpitree.data.files.mistakes import Reading
from kpitree.data.moments import NO_FORM, PATTERNS, Clock, Forms, Parse, forms_of
from kpitree.errors import SourceError

# Of the types of polars, those that every engine has.
_PLAIN: Final[dict[Any, Any]] = {
    pl.selectors.by_dtype(pl.UInt64, pl.Int128, pl.UInt128): pl.Decimal(38, 0),
    pl.selectors.by_dtype(pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32): pl.Int64,
    pl.selectors.by_dtype(pl.Categorical, pl.Enum, pl.Null): pl.String,
    pl.selectors.by_dtype(pl.Float32): pl.Float64,
}
_LARGEST = 1e15  # beyond it every float is a whole number


@dataclass(frozen=True, slots=True)
class Narwhals:
    """Queries that an engine runs where the rows are."""

    engine: Engine

    def col(self, name: str) -> Expr:
        return words.col(name)

    def lit(
        self, value: str | float | date | datetime | None, dtype: pl.DataType | None = None
    ) -> Expr:
        return words.lit(value, dtype)

    def when(self, condition: Expr) -> Any:
        return words.when(condition)

    def coalesce(self, exprs: Sequence[Expr]) -> Expr:
        return words.coalesce(exprs)

    def cast(self, expr: Expr, dtype: pl.DataType, was: pl.DataType | None = None) -> Expr:
        if was == pl.Boolean and dtype.is_numeric():
            return _number_of(expr)
        if was is not None and was.is_float() and dtype == pl.String:
            return _text_of(expr)
        return words.cast(expr, dtype)

    def all_of(self, conditions: Iterable[Expr]) -> Expr:
        return reduce(and_, conditions)

    def how_many(self, condition: Expr) -> Expr:
        return groups.how_many(condition)

    def is_finite(self, number: Expr) -> Expr:
        return words.finite(number)

    def lower(self, text: Expr) -> Expr:
        self._need_letters()
        return text.str.to_lowercase()

    def upper(self, text: Expr) -> Expr:
        self._need_letters()
        return text.str.replace_all("ß", "SS", literal=True).str.to_uppercase()

    def _need_letters(self) -> None:
        if not self.engine.knows_letters():
            raise SourceError(
                f"{self.engine.name} lowers and raises the letters of English only",
                hint="make the texts alike there: a view, or a query instead of the table",
            )

    def strip(self, text: Expr) -> Expr:
        return texts.stripped(text)

    def number_in_text(self, text: Expr) -> Expr:
        return texts.number(text)

    def in_order(self, text: Expr) -> Expr:
        if not self.engine.orders_letters():
            raise SourceError(
                f"{self.engine.name} puts texts in an order of its own: < <= > >= between them"
                " would hold for other rows than elsewhere",
                hint="compare them there: a column of a query, such as (name < 'm') as early",
            )
        return text

    def starts_with(self, text: Expr, start: Expr) -> Expr:
        return text.str.starts_with(start)

    def contains(self, text: Expr, part: Expr) -> Expr:
        return text.str.contains(part, literal=True)

    def matches(self, text: Expr, pattern: str) -> Expr:
        return text.str.contains(portable(pattern, self.engine.text_end))

    def quotient(self, number: Expr, divisor: Expr) -> Expr:
        quotient: Expr = number / words.when(divisor != words.lit(0.0)).then(divisor)
        return quotient

    def power(self, base: Expr, exponent: Expr) -> Expr:
        # Databases end the query over a power that is no number.
        small = words.when(exponent.abs() < words.lit(_LARGEST)).then(exponent)
        fraction = (small != words.cast(small.floor(), pl.Float64())).fill_null(value=False)
        zero = words.lit(0.0)
        bad = ((base < zero) & fraction) | ((base == zero) & (exponent < zero))
        found = words.when(~bad).then(base) ** exponent
        power: Expr = words.when(words.finite(found)).then(found)
        return power

    def date(self, year: Expr, month: Expr, day: Expr) -> Expr:
        numbers = (days.truncated(part, 10_000) for part in (year, month, day))
        return days.of_numbers(*numbers)

    def weekday(self, day: Expr) -> Expr:
        return days.weekday(day)

    def days_between(self, first: Expr, last: Expr) -> Expr:
        return days.ordinal(last) - days.ordinal(first)

    def hours_between(self, first: Expr, last: Expr) -> Expr:
        return words.cast(last - first, pl.Float64()) / words.lit(3.6e9)

    def clock(self, tree: str | None, source: str | None) -> Clock:
        return EngineClock(tree, source)

    def parser(
        self,
        samples: Sequence[str],
        time_format: str | None,
        *,
        place: Callable[[str], str],
        clock: Clock,
        known: Forms = NO_FORM,
    ) -> tuple[Parse, pl.DataType]:
        if time_format is not None:
            return texts.by_format(time_format, self.engine.text_end)
        return texts.by_forms(forms_of(samples, place, known), clock)

    def forms_among(self, text: Expr) -> list[Expr]:
        plain = texts.stripped(text)
        return [
            (
                groups.how_many(self.matches(plain, f"^(?:{PATTERNS[form].pattern})$"))
                > words.whole(0)
            ).alias(str(form.name))
            for form in Forms
        ]

    def start_of(self, day: Expr, spans: Sequence[Span]) -> Expr:
        inside = (day >= words.lit(spans[0].start)) & (day < words.lit(spans[-1].end))
        start: Expr = words.when(inside).then(_start_of(day, spans))
        return start

    def grouped(
        self,
        rows: Frame,
        keys: Mapping[str, Expr],
        figures: Mapping[str, Figure],
        more: Iterable[Expr] = (),
    ) -> Frame:
        return groups.grouped(rows, keys, figures, more)

    def once(self, rows: Frame, keys: Sequence[str]) -> Frame:
        none = reduce(and_, (words.col(key).is_null() for key in keys))
        known = rows.filter(~none).unique(list(keys), keep="any")
        return words.stacked([known, rows.filter(none)])

    def brought(self, rows: pl.DataFrame) -> Frame:
        frame: Frame = self.engine.upload(rows.cast(_PLAIN))
        return frame

    def is_beside(self, other: Dialect) -> bool:
        return isinstance(other, Narwhals) and other.engine.place == self.engine.place

    def collect(self, frames: Sequence[Frame], reading: Reading) -> list[pl.DataFrame]:
        return [self._collected(frame, reading) for frame in frames]

    def _collected(self, frame: Any, reading: Reading) -> pl.DataFrame:
        if isinstance(frame, pl.LazyFrame):  # of the files themselves, such as their lines
            return POLARS.collect([frame], reading)[0]
        return groups.collected(frame, lambda query: self.engine.run(query, reading))


def _number_of(condition: Expr) -> Expr:
    no = words.when(~condition).then(words.lit(0.0))
    number: Expr = words.when(condition).then(words.lit(1.0)).otherwise(no)
    return number


def _text_of(number: Expr) -> Expr:
    """A float as polars writes it: 1.0, not 1."""
    whole = (number.abs() < words.lit(_LARGEST)) & (number == number.round(0))
    digits = words.cast(words.cast(words.when(whole).then(number), pl.Int64()), pl.String())
    text: Expr = (
        words.when(whole)
        .then(words.joined(digits, words.lit(".0")))
        .otherwise(words.cast(number, pl.String()))
    )
    return text


def _start_of(day: Expr, spans: Sequence[Span]) -> Expr:
    first = spans[0].start
    if all(span.days == 7 for span in spans):
        return days.week_start(day, first.isoweekday())
    for length, is_one in _CALENDAR.items():
        if all(map(is_one, spans)):
            return words.cast(day.dt.truncate(length), pl.Date())
    return _start_among(day, [span.start for span in spans])


_CALENDAR: Final[dict[str, Callable[[Span], bool]]] = {
    "1mo": lambda span: span.start.day == 1 and 28 <= span.days <= 31,
    "1q": lambda span: (span.start.day, span.start.month % 3) == (1, 1) and 90 <= span.days <= 92,
    "1y": lambda span: (span.start.day, span.start.month) == (1, 1) and 365 <= span.days <= 366,
}


def _start_among(day: Expr, starts: Sequence[date]) -> Expr:
    """The last of the dates that a day has reached: a tree of comparisons."""
    if len(starts) == 1:
        return words.lit(starts[0])
    middle = len(starts) // 2
    early, late = _start_among(day, starts[:middle]), _start_among(day, starts[middle:])
    start: Expr = words.when(day < words.lit(starts[middle])).then(early).otherwise(late)
    return start
