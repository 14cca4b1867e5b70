"""Texts and instants become days: which formats are read, and in which zone a day begins.

A moment is a Date, or a Datetime with or without a zone. Its day is that of the tree's timezone;
without one, that of the data's own clock.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import Flag, auto
from functools import reduce
from operator import or_
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from kpitree.data.files.written import by_python_habit, unknown_form

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?")
_ZONED: Final = re.compile(_CLOCK.pattern + r" ?(Z|[+-]\d{2}(:?\d{2})?)")
_ZONE_AT_END: Final = r" ?(Z|[+-]\d{2}(:?\d{2})?)$"

Parse = Callable[[pl.Expr], pl.Expr]


class Forms(Flag):
    """The forms of ISO 8601 that stand in one column: dates, clock times, those with a zone."""

    DATE = auto()
    CLOCK = auto()
    ZONED = auto()


NO_FORM: Final = Forms(0)
PATTERNS: Final = {Forms.DATE: _DATE, Forms.CLOCK: _CLOCK, Forms.ZONED: _ZONED}


@dataclass(frozen=True, slots=True)
class Clock:
    """What instants mean. tree: the zone in which days begin. source: the zone of naive instants.

    None for tree: days are those of the data's own clock; None for source: taken as they are.
    """

    tree: str | None = None
    source: str | None = None

    def local(self, moment: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """The naive wall-clock time in the tree's zone."""
        if _zone(dtype):
            there = moment if self.tree is None else moment.dt.convert_time_zone(self.tree)
            return there.dt.replace_time_zone(None)
        if self.source is None or self.tree is None or self.source == self.tree:
            return moment
        zoned = _with_zone(moment, self.source).dt.convert_time_zone(self.tree)
        return zoned.dt.replace_time_zone(None)

    def absolute(self, moment: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """The time in UTC, without its zone, for differences.

        Naive times are those of the source's zone, else of the tree's, else stay as they are;
        a date is its midnight in the tree's zone.
        """
        if _zone(dtype) is not None:
            return moment.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        zone = self.tree if dtype == pl.Date else self.source or self.tree
        naive = moment.cast(pl.Datetime("us"))
        if zone is None:
            return naive
        return _with_zone(naive, zone).dt.convert_time_zone("UTC").dt.replace_time_zone(None)

    def written(self, moment: datetime) -> tuple[pl.Expr, pl.DataType]:
        """A time written in an expression: on the tree's clock, unless it says its zone."""
        if moment.tzinfo is None and self.tree is not None:
            moment = moment.replace(tzinfo=ZoneInfo(self.tree))
        if moment.tzinfo is None:
            return pl.lit(moment), pl.Datetime("us")
        return pl.lit(moment.astimezone(UTC)), pl.Datetime("us", "UTC")

    def day(self, moment: pl.Expr, dtype: pl.DataType) -> pl.Expr:
        """The day, a Date."""
        return moment if dtype == pl.Date else self.local(moment, dtype).dt.date()

    def within(self, moment: pl.Expr, dtype: pl.DataType, start: date, end: date) -> pl.Expr:
        """Whether the day is in [start, end), said of the raw column where that is possible.

        A bound on the raw column is one that a Parquet reader can skip row groups by.
        """
        found, first = self._bound(moment, dtype, start)
        _, last = self._bound(moment, dtype, end)
        return (found >= first) & (found < last)

    def before(self, moment: pl.Expr, dtype: pl.DataType, end: date) -> pl.Expr:
        """Whether the day is before `end`; see within()."""
        found, last = self._bound(moment, dtype, end)
        return found < last

    def _bound(self, moment: pl.Expr, dtype: pl.DataType, day: date) -> tuple[pl.Expr, pl.Expr]:
        """What to compare with the beginning of a day, and that beginning."""
        zone = _zone(dtype)
        if dtype == pl.Date:
            return moment, pl.lit(day)
        if zone is None and self.local(moment, dtype) is not moment:
            return self.day(moment, dtype), pl.lit(day)
        if zone is None:
            return moment, pl.lit(datetime.combine(day, time()))
        # In UTC, as polars refuses a midnight that a clock put forward has not.
        midnight = datetime.combine(day, time(), ZoneInfo(self.tree or zone)).astimezone(UTC)
        return moment, pl.lit(midnight).dt.convert_time_zone(zone)


def _zone(dtype: pl.DataType) -> str | None:
    return dtype.time_zone if isinstance(dtype, pl.Datetime) else None


def _with_zone(moment: pl.Expr, zone: str) -> pl.Expr:
    """Naive times as instants: the earlier one where a clock shows a time twice.

    A time that the clock skips is read as if it had not been put forward: 02:30 becomes 03:30.
    What is skipped is an hour, and now and then a whole day, where the date line moves.
    """

    def placed(naive: pl.Expr) -> pl.Expr:
        return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")

    day = pl.duration(hours=24)
    return pl.coalesce(placed(moment), placed(moment - day) + day)


def parser(
    samples: Sequence[str],
    time_format: str | None,
    *,
    place: Callable[[str], str],
    clock: Clock,
    known: Forms = NO_FORM,
) -> tuple[Parse, pl.DataType]:
    """Find out how texts say a time, from the first of them.

    time_format: strptime's, and then nothing else is read; None for ISO 8601. place: where a text
    stands, for messages. clock: zones in the text matter when it has a zone of the tree; otherwise
    the clock as written is taken. known: forms met beyond the samples.
    Returns the parse (unreadable texts, and those of another form, become null) and what it gives.
    Both follow from the forms alone: once all are known, the order of the texts does not matter.
    Raises SourceError: the first text is of no known format, or can be read two ways.
    """
    if time_format is not None:
        return _by_format(time_format, zoned=clock.tree is not None)
    return _by_forms(forms_of(samples, place, known), clock)


def forms_of(samples: Sequence[str], place: Callable[[str], str], known: Forms) -> Forms:
    """The forms of the samples, and those known. Raises SourceError: see parser."""
    texts = [sample.strip() for sample in samples]
    if texts and not _form(texts[0]):
        raise unknown_form(samples[0], texts, place)
    return reduce(or_, map(_form, texts), known)


def forms_met(texts: Sequence[str]) -> Forms:
    """The forms of these texts; what is of none has none."""
    return reduce(or_, (_form(text.strip()) for text in texts), NO_FORM)


def forms_among(text: pl.Expr) -> list[pl.Expr]:
    """Whether any text is of a form, one Boolean for each of Forms."""
    plain = text.str.strip_chars()
    return [
        plain.str.contains(f"^(?:{PATTERNS[form].pattern})$").any().alias(str(form.name))
        for form in Forms
    ]


def _form(text: str) -> Forms:
    return next((form for form in Forms if PATTERNS[form].fullmatch(text)), NO_FORM)


def _by_format(time_format: str, *, zoned: bool) -> tuple[Parse, pl.DataType]:
    time_format = by_python_habit(time_format)
    if not re.search(r"%[dejDFxcsU]", time_format):  # a month has no day: take its first
        return (
            lambda text: (text + " 01").str.to_date(f"{time_format} %d", strict=False),
            pl.Date(),
        )
    if not re.search(r"%[HIkTRXcsr]", time_format):
        return lambda text: text.str.to_date(time_format, strict=False), pl.Date()
    if not re.search(r"%[:#]?z", time_format):
        return lambda text: text.str.to_datetime(time_format, strict=False), pl.Datetime("us")
    if zoned:
        return (
            lambda text: text.str.to_datetime(time_format, time_zone="UTC", strict=False),
            pl.Datetime("us", "UTC"),
        )
    bare = re.sub(r"\s*%[:#]?z", "", time_format)
    return (
        lambda text: text.str.replace(_ZONE_AT_END, "").str.to_datetime(bare, strict=False),
        pl.Datetime("us"),
    )


def _by_forms(forms: Forms, clock: Clock) -> tuple[Parse, pl.DataType]:
    """Each row is read by its own form; forms that are not there cost nothing."""
    if not forms & (Forms.CLOCK | Forms.ZONED):
        return _iso_date, pl.Date()
    # A date is a day of the tree, a clock time one of the source: only instants can be both.
    two_clocks = Forms.DATE in forms and clock.source is not None
    if clock.tree is not None and (Forms.ZONED in forms or two_clocks):
        return lambda text: _instant(text, forms, clock), pl.Datetime("us", "UTC")
    return lambda text: _naive(text, forms), pl.Datetime("us")


def _iso_date(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.to_date("%Y-%m-%d", strict=False)


def _naive(text: pl.Expr, forms: Forms) -> pl.Expr:
    """The clock as written; zones are left off."""
    plain = _plain(text)
    bare = plain.str.replace(_ZONE_AT_END, "") if Forms.ZONED in forms else plain
    read = [_either(bare, "", None)]
    if Forms.DATE in forms:
        read.append(_iso_date(text).cast(pl.Datetime("us")))
    return pl.coalesce(read)


def _instant(text: pl.Expr, forms: Forms, clock: Clock) -> pl.Expr:
    plain = _plain(text)
    read: list[pl.Expr] = []
    if Forms.ZONED in forms:
        read.append(_either(plain, "%#z", "UTC"))
    if Forms.CLOCK in forms:
        read.append(_utc(clock, _either(plain, "", None), pl.Datetime("us")))
    if Forms.DATE in forms:
        read.append(_utc(clock, _iso_date(text), pl.Date()))
    return pl.coalesce(read)


def _utc(clock: Clock, naive: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return clock.absolute(naive, dtype).dt.replace_time_zone("UTC")


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.replace(r"[T ]", " ").str.replace(",", ".", literal=True)


def _either(text: pl.Expr, zone: str, time_zone: str | None) -> pl.Expr:
    return pl.coalesce(
        text.str.to_datetime(
            shape + zone, time_unit="us", time_zone=time_zone, strict=False, ambiguous="earliest"
        )
        for shape in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
    )


def literal(text: str) -> date | datetime | None:
    """A date or time written out in an expression, or None when it is not ISO 8601."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        return None
