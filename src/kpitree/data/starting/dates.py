"""Which columns are dates, in which formats, and which days they hold."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from kpitree.data.files.written import possible_formats
from kpitree.data.moments import PATTERNS, Clock, parser
from kpitree.data.starting.asking import MARK, NULL_WORDS, SHOWN, Asking

_FRINGE: Final = 0.02  # of the days, at either end, may lie far from all others
_ENOUGH: Final = 50  # rows, below which none does
_FAR: Final = 366  # days
_DATES: Final = 0.97  # the share of texts that are dates, from which on a column is one of dates


def formats_of(asking: Asking, seen: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """By column of texts, the formats by which nearly all of its texts are dates."""
    likely = {
        name: formats
        for name, facts in seen.items()
        if facts["kind"] == "text" and (formats := _likely(asking, facts["whole_sample"]))
    }
    asked = [
        _parsed(asking, name, form, seen[name]["whole_sample"]).count().alias(f"{name}{MARK}{form}")
        for name, formats in likely.items()
        for form in formats
    ]
    asked += [asking.said(name).count().alias(f"{name}{MARK}{MARK}") for name in likely]
    got = asking.collect(asked)
    found = {}
    for name, formats in likely.items():
        said = got[f"{name}{MARK}{MARK}"]
        shares = {form: got[f"{name}{MARK}{form}"] / said if said else 0 for form in formats}
        best = max(shares.values())
        if best >= _DATES:
            found[name] = [form for form, share in shares.items() if share == best]
    return found


def _likely(asking: Asking, sample: list[str]) -> list[str]:
    texts = _dates(sample)
    if not texts:
        return []
    iso = sum(any(form.fullmatch(text) for form in PATTERNS.values()) for text in texts)
    if iso >= _DATES * len(texts):
        return [""]
    if asking.time_format is not None:
        return [asking.time_format]
    return _likely_of(possible_formats(texts))


def _parsed(asking: Asking, name: str, form: str, sample: list[str]) -> pl.Expr:
    texts = _dates(sample)
    parse, _ = parser(texts, form or None, place=lambda _: asking.opened.shown, clock=Clock())
    return parse(asking.said(name))


def days_of(
    asking: Asking, seen: Mapping[str, Mapping[str, Any]], dates: Mapping[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Of columns that can say when, and in one way: over all rows."""
    found: dict[str, dict[str, Any]] = {}
    for name, facts in seen.items():
        if facts["kind"] in ("date", "instant"):
            found[name] = _spread(asking, pl.col(name).cast(pl.Date))
        elif len(dates.get(name, ())) == 1:
            day = _parsed(asking, name, dates[name][0], facts["whole_sample"]).cast(pl.Date)
            found[name] = _spread(asking, day) | _no_dates(asking, name, day)
    return found


def _spread(asking: Asking, day: pl.Expr) -> dict[str, Any]:
    """The days as they are, but for those far away from nearly all others."""
    number = day.cast(pl.Int32)
    ends = asking.collect(
        [
            number.quantile(_FRINGE, "nearest").alias("early"),
            number.quantile(1 - _FRINGE, "nearest").alias("late"),
            number.count().alias("count"),
        ],
        asking.rows,
    )
    near = pl.lit(value=True)
    if ends["count"] >= _ENOUGH:
        room = max(_FAR, ends["late"] - ends["early"])
        near = number.is_between(ends["early"] - room, ends["late"] + room)
    days = day.filter(near)
    ends_of_months = (days == days.dt.month_start()) | (days == days.dt.month_end())
    return asking.collect(
        [
            days.min().alias("first"),
            days.max().alias("last"),
            days.drop_nulls().n_unique().alias("days"),
            ends_of_months.all().alias("month_starts"),
            days.dt.weekday().drop_nulls().n_unique().alias("weekdays"),
            day.filter(~near).unique().sort().head(SHOWN).implode().alias("far"),
        ],
        asking.rows,
    )


def _no_dates(asking: Asking, name: str, day: pl.Expr) -> dict[str, Any]:
    """The texts in a column of dates that are none, where they are a few words."""
    words = asking.said(name).filter(day.is_null()).drop_nulls().unique().sort()
    found = asking.collect([words.head(SHOWN + 1).implode().alias("words")], asking.rows)
    return {"no_dates": found["words"] if len(found["words"]) <= SHOWN else []}


def _likely_of(formats: list[str]) -> list[str]:
    """With points between them, the day comes first wherever it can."""
    return [one for one in formats if one.startswith("%d.")] or formats


def _dates(sample: list[str]) -> list[str]:
    """Those that may be dates: words such as Total and unknown are none in any spelling."""
    return [
        text.strip()
        for text in sample
        if text.strip() not in NULL_WORDS and any(map(str.isdigit, text))
    ]
