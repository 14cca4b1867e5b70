"""Dates that no calendar of kpitree has: sentinels, and years of which half the digits are gone."""

from typing import Final

import polars as pl

from kpitree.data.cube.plan import Plan
from kpitree.errors import SourceError

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199


def refuse_impossible(plan: Plan, time: str, days: pl.Series) -> None:
    """Raise SourceError naming the first row whose `time` is outside the years 1900 to 2199.

    days: some days of that column, its first and last among them; only if one is outside are
    the rows looked at. Rows that the source's where leaves out are no rows.
    """
    if days.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR).all():
        return
    outside = ~plan.day(time).dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)
    text = plan.columns.text_of(time)
    shown = plan.columns.text(plan.moments[time]) if text is None else text
    first = plan.rows.filter(outside).select(
        shown.alias("text"), plan.day(time).dt.year().alias("year")
    )
    found, year = plan.opened.collect([first.head(1)])[0].row(0)
    source = plan.request.source
    raise SourceError(
        f"the date {found!r} of [sources.{source.id}] is outside the years "
        f"{_FIRST_YEAR} to {_LAST_YEAR}",
        where=plan.columns.place(time, found),
        hint=_other_rows(time, year) if text is None else _text(found, year, source.time_format),
    )


def _text(text: str, year: int, time_format: str | None) -> str:
    if year < 100 and time_format is not None and "%Y" in time_format:
        return f'a year of two digits is %y: time_format = "{time_format.replace("%Y", "%y")}"'
    return f"if it stands for no date, say so: null_values = [{text!r}]"


def _other_rows(time: str, year: int) -> str:
    column = time if time.isidentifier() else f"col({time!r})"
    bound = f"> {_FIRST_YEAR - 1}" if year < _FIRST_YEAR else f"< {_LAST_YEAR + 1}"
    return f'leave such rows out: where = "year({column}) {bound}" in the source'
