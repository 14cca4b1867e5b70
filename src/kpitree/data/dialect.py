"""What polars and the engines that run elsewhere do not say alike.

An expression compiled from a tree file is one of polars, or one of narwhals, whose expressions
and frames have the same methods under the same names. Everything is written once against those
methods, and checked against the types of polars; what is said otherwise, or better, by one of
them is a method here. Whatever runs the queries, they give the same numbers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import polars as pl

from kpitree.calendar import Span
from kpitree.data.aggregates import OF_ROWS, Figure
from kpitree.data.files.mistakes import Reading, collect
from kpitree.data.moments import NO_FORM, Clock, Forms, Parse, forms_among, parser

Expr = pl.Expr  # or narwhals' own, which has the methods that are used of it
Frame = pl.LazyFrame  # likewise

_EPOCH = date(1970, 1, 1)
_ROW_NUMBER = "row number:"


class Dialect(Protocol):
    """How one library says what a plan is made of. dtype is always one of polars."""

    def col(self, name: str) -> Expr: ...

    def lit(
        self, value: str | float | date | datetime | None, dtype: pl.DataType | None = None
    ) -> Expr: ...

    def when(self, condition: Expr) -> Any:
        """As pl.when, once: .then(…), and .otherwise(…) or null."""

    def coalesce(self, exprs: Sequence[Expr]) -> Expr: ...

    def cast(self, expr: Expr, dtype: pl.DataType, was: pl.DataType | None = None) -> Expr:
        """As another type; was: the type it has, None for a number of some kind.

        Raises, when it is run, where a text is no number.
        """

    def all_of(self, conditions: Iterable[Expr]) -> Expr:
        """Whether all hold, of which there may be thousands; none of them is ever null."""

    def how_many(self, condition: Expr) -> Expr:
        """How many rows fulfil a condition."""

    def is_finite(self, number: Expr) -> Expr: ...

    def lower(self, text: Expr) -> Expr: ...

    def upper(self, text: Expr) -> Expr: ...

    def strip(self, text: Expr) -> Expr:
        """Without white space, as Unicode has it, on both sides."""

    def number_in_text(self, text: Expr) -> Expr:
        """Texts read as Float64, as the reader of CSV files reads them."""

    def in_order(self, text: Expr) -> Expr:
        """Texts to be compared by the numbers of their characters. Raises where they are not."""

    def starts_with(self, text: Expr, start: Expr) -> Expr: ...

    def contains(self, text: Expr, part: Expr) -> Expr:
        """Whether a text holds another, letter by letter."""

    def matches(self, text: Expr, pattern: str) -> Expr:
        """Whether a regular expression is found in a text."""

    def quotient(self, number: Expr, divisor: Expr) -> Expr:
        """Null where the divisor is 0."""

    def power(self, base: Expr, exponent: Expr) -> Expr:
        """Null where it is no number or infinite."""

    def date(self, year: Expr, month: Expr, day: Expr) -> Expr:
        """The date of three numbers; null for one that the calendar does not have."""

    def weekday(self, day: Expr) -> Expr:
        """1 for Monday to 7 for Sunday."""

    def days_between(self, first: Expr, last: Expr) -> Expr:
        """Of two dates, in days."""

    def hours_between(self, first: Expr, last: Expr) -> Expr:
        """Of two instants as Clock.absolute() gives them, in hours."""

    def clock(self, tree: str | None, source: str | None) -> Clock: ...

    def parser(
        self,
        samples: Sequence[str],
        time_format: str | None,
        *,
        place: Callable[[str], str],
        clock: Clock,
        known: Forms = NO_FORM,
    ) -> tuple[Parse, pl.DataType]:
        """See moments.parser."""

    def forms_among(self, text: Expr) -> list[Expr]:
        """See moments.forms_among."""

    def start_of(self, day: Expr, spans: Sequence[Span]) -> Expr:
        """The first day of the span that holds a day, null outside. spans: one after the other."""

    def grouped(
        self,
        rows: Frame,
        keys: Mapping[str, Expr],
        figures: Mapping[str, Figure],
        more: Iterable[Expr] = (),
    ) -> Frame:
        """One row for each group of rows with the same keys: keys, figures, more (by their names).

        A null key is a group of its own.
        """

    def once(self, rows: Frame, keys: Sequence[str]) -> Frame:
        """Of the rows that have the same keys any one; all of those that have none.

        Null is a key like others where some of a row's keys are.
        """

    def brought(self, rows: pl.DataFrame) -> Frame:
        """A few rows of this process, to be joined to those that are elsewhere."""

    def is_beside(self, other: "Dialect") -> bool:
        """Whether rows can be joined where they are."""

    def collect(self, frames: Sequence[Frame], reading: Reading) -> list[pl.DataFrame]:
        """Run queries together. Raises SourceError for whatever the data makes fail."""


class Polars:
    """In this process, lazily and streaming."""

    def col(self, name: str) -> Expr:
        return pl.col(name)

    def lit(
        self, value: str | float | date | datetime | None, dtype: pl.DataType | None = None
    ) -> Expr:
        return pl.lit(value, dtype=dtype)

    def when(self, condition: Expr) -> Any:
        return pl.when(condition)

    def coalesce(self, exprs: Sequence[Expr]) -> Expr:
        return pl.coalesce(exprs)

    def cast(self, expr: Expr, dtype: pl.DataType, was: pl.DataType | None = None) -> Expr:
        del was
        return expr.cast(dtype)

    def all_of(self, conditions: Iterable[Expr]) -> Expr:
        return pl.all_horizontal(conditions)  # one after the other takes time by their square

    def how_many(self, condition: Expr) -> Expr:
        return condition.sum()

    def is_finite(self, number: Expr) -> Expr:
        return number.is_finite()

    def lower(self, text: Expr) -> Expr:
        return text.str.to_lowercase()

    def upper(self, text: Expr) -> Expr:
        return text.str.to_uppercase()

    def strip(self, text: Expr) -> Expr:
        return text.str.strip_chars()

    def number_in_text(self, text: Expr) -> Expr:
        return text.str.strip_chars_start(" ").cast(pl.Float64)

    def in_order(self, text: Expr) -> Expr:
        return text

    def starts_with(self, text: Expr, start: Expr) -> Expr:
        return text.str.starts_with(start)

    def contains(self, text: Expr, part: Expr) -> Expr:
        return text.str.contains(part, literal=True)

    def matches(self, text: Expr, pattern: str) -> Expr:
        return text.str.contains(pattern)

    def quotient(self, number: Expr, divisor: Expr) -> Expr:
        # Not when/then: each divisor would stand in the plan twice, and nested ones 2**depth times.
        return number / divisor.replace(0.0, None)

    def power(self, base: Expr, exponent: Expr) -> Expr:
        not_numbers = [float("inf"), float("-inf"), float("nan")]
        return base.pow(exponent).replace(not_numbers, None)

    def date(self, year: Expr, month: Expr, day: Expr) -> Expr:
        whole = [part.cast(pl.Int32, strict=False) for part in (year, month, day)]
        exists = (whole[0].is_between(1, 9999)) & (whole[1].is_between(1, 12))
        exists &= whole[2].is_between(1, 31)
        safe = [pl.when(exists).then(part) for part in whole]
        first = pl.date(safe[0], safe[1], 1)
        found = first + pl.duration(days=safe[2] - 1)
        return pl.when(found.dt.month() == safe[1]).then(found)

    def weekday(self, day: Expr) -> Expr:
        return day.dt.weekday()

    def days_between(self, first: Expr, last: Expr) -> Expr:
        return (last - first).dt.total_days()

    def hours_between(self, first: Expr, last: Expr) -> Expr:
        both = (each.cast(pl.Datetime("us")) for each in (last, first))
        return (next(both) - next(both)).dt.total_microseconds() / 3.6e9

    def clock(self, tree: str | None, source: str | None) -> Clock:
        return Clock(tree, source)

    def parser(
        self,
        samples: Sequence[str],
        time_format: str | None,
        *,
        place: Callable[[str], str],
        clock: Clock,
        known: Forms = NO_FORM,
    ) -> tuple[Parse, pl.DataType]:
        return parser(samples, time_format, place=place, clock=clock, known=known)

    def forms_among(self, text: Expr) -> list[Expr]:
        return forms_among(text)

    def start_of(self, day: Expr, spans: Sequence[Span]) -> Expr:
        # Looked up in a table: on 20 M rows a quarter of what dt.truncate takes, for any calendar.
        starts = pl.Series([span.start for span in spans], dtype=pl.Date)
        lengths = [span.days for span in spans]
        lookup = pl.DataFrame({"start": starts, "days": lengths}).select(
            pl.col("start").repeat_by("days").explode()
        )
        position = day.to_physical() - (spans[0].start - _EPOCH).days
        inside = pl.when(position.is_between(0, sum(lengths) - 1)).then(position)
        return pl.lit(lookup.to_series()).gather(inside)

    def grouped(
        self,
        rows: Frame,
        keys: Mapping[str, Expr],
        figures: Mapping[str, Figure],
        more: Iterable[Expr] = (),
    ) -> Frame:
        named = [figure_of(figure).alias(name) for name, figure in figures.items()]
        # A literal as the key of group_by would make a group of no rows.
        keyed = rows.with_columns(key.alias(name) for name, key in keys.items())
        return keyed.group_by(*keys).agg(*named, *more)

    def once(self, rows: Frame, keys: Sequence[str]) -> Frame:
        none = pl.all_horizontal(pl.col(key).is_null() for key in keys)
        numbered = rows.with_row_index(_ROW_NUMBER)
        apart = numbered.with_columns(pl.when(none).then(_ROW_NUMBER).alias(_ROW_NUMBER))
        return apart.unique([*keys, _ROW_NUMBER], keep="any").drop(_ROW_NUMBER)

    def brought(self, rows: pl.DataFrame) -> Frame:
        return rows.lazy()

    def is_beside(self, other: Dialect) -> bool:
        return other is self

    def collect(self, frames: Sequence[Frame], reading: Reading) -> list[pl.DataFrame]:
        return collect(frames, reading)


def figure_of(figure: Figure) -> Expr:
    """A figure of the rows of each group, for polars."""
    return OF_ROWS[figure.kind](figure.rows, figure.level)


POLARS = Polars()
