"""Leaves of which a sheet says nothing but the name: their values come from a table of actuals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from kpitree.calendar import Span
from kpitree.tree.sheets.protected import protected

SOURCE: Final = "actuals"
_RATES: Final = ("percent", "days", "hours")  # such values do not add up over time


@dataclass(frozen=True, slots=True)
class Actual:
    """A line of the table. day: the first of its period; None where it is not known yet."""

    kpi: str
    day: date | None
    value: int | float | None


def leaf_keys(name: str, unit: str, *, each: bool) -> dict[str, Any]:
    """What reads a leaf's values from the table: the sum of a period, or its last value.

    each: it is a price, an amount for each of something else, which does not add up either.
    """
    measure = "last(value)" if unit in _RATES or each else "sum(value)"
    return {"measure": measure, "source": SOURCE, "where": f"kpi == '{name}'"}


def source_table(path: str, period: Span | None) -> dict[str, Any]:
    """The source of such leaves. A line stands for its whole period, of which it names a day."""
    covers = [] if period is None else [period.start, period.end - timedelta(days=1)]
    return {"path": path, "time": "period", **({"covers": covers} if covers else {})}


def with_remark(text: str) -> str:
    """The text of the tree file, with a word about the table where its source stands."""
    head = f"[sources.{SOURCE}]\n"
    remark = (
        "# One line a KPI and period, dated with its first day. covers: the first and the last day"
        " of\n# the periods that are filled in; move its end with every period that you add.\n"
    )
    return text.replace(head, remark + head, 1)


def csv_of(actuals: Sequence[Actual]) -> str:
    """The table as CSV, with a header, one line a leaf."""
    lines = [
        f"{protected(one.kpi)},{one.day or ''},{'' if one.value is None else one.value}\n"
        for one in actuals
    ]
    return "kpi,period,value\n" + "".join(lines)
