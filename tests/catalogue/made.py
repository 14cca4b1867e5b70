"""Made-up rows for every table of data that the catalogue needs, and one tree over all of them."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from kpitree.catalogue.entry import Catalogue, Column, Rows
from kpitree.catalogue.extract import source_of
from kpitree.tree.writing import text_of

FIRST: Final = date(2024, 1, 1)
DAYS: Final = 790  # 26 months
ROWS: Final = 900
ROOT: Final = "goal_of_the_test"


def tree_of_everything(catalogue: Catalogue, folder: Path) -> Path:
    """A tree file with all KPIs, under a goal that none of them feeds, and its data beside it."""
    for rows in catalogue.rows.values():
        write_rows(rows, folder)
    tables = {
        "tree": {"root": ROOT},
        "sources": {name: source_of(rows) for name, rows in catalogue.rows.items()},
        "kpi": {ROOT: {"value": 1}, **catalogue.kpis},
    }
    path = folder / "everything.toml"
    path.write_text(text_of(tables), "utf-8")
    return path


def write_rows(rows: Rows, folder: Path) -> None:
    """rows.csv: the same in every run."""
    with (folder / f"{rows.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows.columns))
        writer.writeheader()
        writer.writerows(_made(rows))


def _made(rows: Rows) -> Iterator[dict[str, Any]]:
    chance = random.Random(rows.name)  # noqa: S311 - a seed is what is wanted
    for number in range(ROWS):
        day = FIRST + timedelta(days=number * DAYS // ROWS)
        row: dict[str, Any] = {}
        for column in rows.columns.values():
            if column.type == "date":
                if row and column.name != rows.time:
                    longest = 400 if column.name == rows.to else 25
                    day += timedelta(days=chance.randint(1, longest))
                row[column.name] = day.isoformat()
            else:
                row[column.name] = _value(column, chance)
        for column in rows.columns.values():
            if column.optional and chance.random() < 0.15:
                row[column.name] = ""
        yield row


def _value(column: Column, chance: random.Random) -> str:
    match column.type:
        case "boolean":
            return chance.choice(("true", "false"))
        case "text":
            named = column.values or tuple(f"{column.name} {n}" for n in range(ROWS // 4))
            return chance.choice(named)
        case _:
            low, high = column.range or (1.0, 100.0)
            if low.is_integer() and high.is_integer() and high - low >= 1:
                return str(chance.randint(int(low), int(high)))
            return f"{chance.uniform(low, high):.4f}"
