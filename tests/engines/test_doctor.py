"""Wherever the rows are, the same is said of them."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from doctor.shops import codes, day, diagnosed, shop
from kpitree.analysis.results.doctor import Diagnosis, Finding
from kpitree.pipeline.doctor import doctor
from kpitree.tree.read import load_tree


def planted() -> list[list[str]]:
    """Something of everything that rows are counted for."""
    rows = [*shop([n for n in range(140) if not 50 <= n < 57]), *shop([20, 21])]
    rows[3][2] = rows[90][2] = ""
    rows[5][1] = ""
    rows[7][3] = "-3"
    return [*rows, ["far", "2062-03-01", "north", "1"]]


RANGES = "ranges = { amount = [0, 10_000] }"
FOUND = ["stray_dates", "repeated_days", "gaps", "out_of_range", "null_dates", "nulls"]


def of_polars(folder: Path) -> Diagnosis:
    found = diagnosed(folder, planted(), keys=RANGES)
    assert codes(found) == FOUND
    return found


def elsewhere(folder: Path, path: str) -> Diagnosis:
    """The tree with another place for the rows."""
    tree = folder / "tree.toml"
    tree.write_text(tree.read_text("utf-8").replace('path = "orders.csv"', path), "utf-8")
    return doctor(load_tree(tree))


def without_place(found: Diagnosis) -> list[Finding]:
    return [replace(one, where="") for one in found.findings]


def test_duckdb(tmp_path: Path) -> None:
    expected = of_polars(tmp_path)
    found = elsewhere(tmp_path, 'path = "orders.csv"\nengine = "duckdb"')
    assert without_place(found) == without_place(expected)
    assert found.sources[0].columns.equals(expected.sources[0].columns)
    assert found.sources[0].days.equals(expected.sources[0].days)


# Of pandas 3, when ibis asks SQLite through it: nothing of kpitree's.
@pytest.mark.filterwarnings("ignore:.*future.infer_string")
def test_a_database(tmp_path: Path) -> None:
    expected = of_polars(tmp_path)
    with sqlite3.connect(tmp_path / "orders.db") as database:
        database.execute("create table orders (id text, day text, region text, amount real)")
        rows = [(a, b or None, c or None, float(d)) for a, b, c, d in planted()]
        database.executemany("insert into orders values (?, ?, ?, ?)", rows)
    found = elsewhere(
        tmp_path, f'connection = "sqlite:///{tmp_path / "orders.db"}"\ntable = "orders"'
    )
    assert without_place(found) == without_place(expected)
    [orders] = found.sources
    assert (orders.files, orders.rows, orders.last) == (None, len(planted()), day(139))
