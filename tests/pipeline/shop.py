"""A small shop on disk, and how to ask it: one row a sale, every figure easy to add up by hand."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import kpitree
from kpitree.analysis.results.evaluation import Evaluation

Row = tuple[str, ...]

HEADER = "day,region,channel,buyer,amount"
SOURCE = """
[sources.sales]
path = "sales.csv"
time = "day"
[sources.sales.dimensions]
region = "region"
channel = "channel"
"""


def days(first: str, last: str) -> list[str]:
    """All days from first to last, both included."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]


def daily(first: str, last: str, amount: float = 10) -> list[str]:
    """One sale a day of the same amount, in the north, in the shop."""
    return [f"{day},north,shop,ann,{amount}" for day in days(first, last)]


def write_csv(
    folder: Path, rows: Iterable[str], name: str = "sales.csv", top: str = HEADER
) -> None:
    (folder / name).write_text("\n".join([top, *rows]) + "\n", "utf-8")


def ask(
    folder: Path, tables: str, /, *, top: str = "", source: str = SOURCE, **question: Any
) -> Evaluation:
    """tables: the [kpi.*] ones; top: [tree] and [calendar], when they matter."""
    file = folder / "tree.toml"
    file.write_text(f"{top}\n{source}\n{tables}\n", "utf-8")
    return kpitree.load(file).evaluate(**question)


def sales(folder: Path, rows: Iterable[str], tables: str, /, **question: Any) -> Evaluation:
    """Write the rows, and ask."""
    write_csv(folder, rows)
    return ask(folder, tables, **question)


def value(found: Evaluation, kpi: str, period: str | None = None, **segment: str) -> float | None:
    """A KPI's value in the period shown (the last one by default), of the whole or a segment."""
    return fact(found, kpi, period, **segment)["value"]  # type: ignore[no-any-return]  # a row is Any


def fact(
    found: Evaluation, kpi: str, period: str | None = None, **segment: str
) -> Mapping[str, Any]:
    """The row of KPIS."""
    label = period or found.period.span.label
    rows = found.kpis.filter(kpi=kpi, period=label).rows(named=True)
    return _of_segment(found, rows, segment)


def compared(
    found: Evaluation, kpi: str, vs: str, period: str | None = None, **segment: str
) -> Mapping[str, Any]:
    """The row of COMPARISONS."""
    label = period or found.period.span.label
    rows = found.comparisons.filter(kpi=kpi, period=label, vs=vs).rows(named=True)
    return _of_segment(found, rows, segment)


def _of_segment(
    found: Evaluation, rows: list[dict[str, Any]], segment: Mapping[str, str]
) -> Mapping[str, Any]:
    wanted = {f"segment:{name}": segment.get(name) for name in found.dimensions}
    (row,) = (row for row in rows if wanted.items() <= row.items())
    return row


def codes(found: Evaluation) -> list[str]:
    return [notice.code for notice in found.warnings]
