"""What two columns of a file say together."""

from datetime import date
from typing import Final

import polars as pl

from kpitree.data.moments import Clock, parser
from kpitree.data.starting.asking import NULL_WORDS
from kpitree.data.starting.looking import opened_at

_SAMPLE: Final = 300  # texts that tell how dates are written


def months_in(location: str, shown: str, year: str, month: str) -> tuple[date, date, int] | None:
    """The first and the last month, and how many, of two columns of numbers. None: no month."""
    opened, _, _ = opened_at(location, shown)
    parts = (pl.col(name).cast(pl.String).cast(pl.Float64, strict=False) for name in (year, month))
    years, months = (part.cast(pl.Int32, strict=False) for part in parts)
    real = years.is_between(1900, 2199) & months.is_between(1, 12)
    day = pl.date(years.filter(real), months.filter(real), 1)
    asked = [day.min().alias("first"), day.max().alias("last"), day.n_unique().alias("months")]
    first, last, many = opened.collect([opened.rows.select(asked)])[0].row(0)
    return None if first is None else (first, last, many)


def turned_in(location: str, shown: str, start: str, end: str, time_format: str | None) -> int:
    """In how many rows the last day is before the first. time_format: of texts; None: ISO 8601."""
    opened, _, _ = opened_at(location, shown)

    def day(name: str) -> pl.Expr:
        if not isinstance(opened.types[name], pl.String):
            return pl.col(name).cast(pl.Date)
        text = pl.col(name).str.strip_chars()
        said = pl.when((text != "") & ~text.is_in(NULL_WORDS)).then(text)
        some = opened.rows.select(said.drop_nulls().head(_SAMPLE))
        texts = opened.collect([some])[0].to_series().to_list()
        parse, _ = parser(texts, time_format, place=lambda _: shown, clock=Clock())
        return parse(said).cast(pl.Date)

    asked = opened.rows.select((day(end) < day(start)).sum())
    return int(opened.collect([asked])[0].item())
