"""A shop's rows, and what is said of them: for all tests of doctor."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from kpitree.analysis.results.doctor import Diagnosis, Finding
from kpitree.pipeline.doctor import doctor
from kpitree.tree.read import load_tree

FIRST = date(2026, 1, 5)  # a Monday
HEADER = ("id", "day", "region", "amount")
KPIS = """
[kpi.amount]
measure = "sum(amount)"
source = "orders"
"""

Row = list[str]


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def shop(days: Iterable[int] = range(140), a_day: int = 12) -> list[Row]:
    """So many orders on each of these days, no two alike."""
    regions = ("north", "south", "west")
    return [
        [f"{n}-{k}", str(day(n)), regions[(n + k) % 3], f"{100 + (7 * n + 13 * k) % 50}.5"]
        for n in days
        for k in range(a_day)
    ]


def write_rows(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def tree_of(folder: Path, *, keys: str = "", kpis: str = KPIS, more: str = "") -> Path:
    """A tree over orders.csv. keys: more of its source. more: other sources."""
    root = kpis.partition("[kpi.")[2].partition("]")[0]
    path = folder / "tree.toml"
    path.write_text(
        f"""
[tree]
name = "Shop"
root = "{root}"
segments = ["region"]
[sources.orders]
path = "orders.csv"
time = "day"
{keys}
[sources.orders.dimensions]
region = "region"
{more}
{kpis}
""",
        "utf-8",
    )
    return path


def diagnosed(
    folder: Path,
    rows: Iterable[Sequence[str]],
    *,
    as_of: date | None = None,
    keys: str = "",
    kpis: str = KPIS,
    more: str = "",
) -> Diagnosis:
    """What doctor says of these rows."""
    write_rows(folder / "orders.csv", rows)
    return doctor(load_tree(tree_of(folder, keys=keys, kpis=kpis, more=more)), as_of=as_of)


def only(found: Diagnosis, code: str) -> Finding:
    """The one finding with this code."""
    [one] = [one for one in found.findings if one.code == code]
    return one


def codes(found: Diagnosis) -> list[str]:
    return [one.code for one in found.findings]
