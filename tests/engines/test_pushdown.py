"""The grouping runs where the rows are: only needed columns are read, and few rows come back."""

import re
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from engines.servers import Postgres
from engines.shop import ORDERS, Case
from kpitree.data.compiling import make_plan
from kpitree.data.cube import read_cube
from kpitree.data.engines.duckdb import DuckDB
from kpitree.data.engines.ibis import Database
from kpitree.data.request import CubeRequest
from kpitree.tree.measures import parts_of
from kpitree.tree.model import Leaf
from kpitree.tree.read import load_tree

CASE = Case(
    "pushdown",
    'time = "ordered_on"\n[sources.rows.dimensions]\nregion = "region"',
    {"total": "sum(amount)", "rows_": "count()", "customers": "n_unique(customer)"},
)
NEEDED = {"ordered_on", "region", "amount", "customer"}
DAYS, SEGMENTS = 241, 4  # with no day, and with no region


def request(folder: Path, place: str, *leaves: str) -> CubeRequest:
    tree = load_tree(CASE.write(folder, place))
    parts = [part for name in leaves for part in parts_of(tree, _leaf(tree.kpis[name]))[1]]
    names = {part: f"part{number}" for number, part in enumerate(parts)}
    return CubeRequest(source=tree.sources["rows"], parts=names, dimensions=("region",))


def _leaf(kpi: object) -> Leaf:
    assert isinstance(kpi, Leaf)
    return kpi


def daily(folder: Path, place: str) -> Any:
    """The engine's own query for the sums of each day and region."""
    frame: Any = make_plan(request(folder, place, "total", "rows_")).by_day("ordered_on")
    return frame.whole.to_native()


def others_in(text: str) -> list[str]:
    """Columns of the rows that a text names, and that no figure needs."""
    unneeded = ORDERS.keys() - NEEDED
    return [name for name in unneeded if re.search(rf"\b{name}\b", text)]


def test_duckdb_groups_and_reads_only_what_it_needs(data: Path, tmp_path: Path) -> None:
    place = f'path = "{data}/orders.parquet"\nengine = "duckdb"'
    plan = daily(tmp_path, place).explain()
    assert re.search(r"(?i)hash.group.by|aggregate", plan)
    assert re.search(r"PARQUET", plan)
    assert others_in(plan) == []


def test_postgres_groups(server: Postgres, tmp_path: Path) -> None:
    place = f'connection = "{server.url()}"\ntable = "orders"'
    statement = str(ibis.to_sql(daily(tmp_path, place), dialect="postgres"))
    plan = server.sql(f"explain {statement}")
    assert re.search(r"(Hash|Group)Aggregate", plan)
    assert re.search(r"Seq Scan on orders", plan)


def test_spark_groups_on_its_executors(data: Path, tmp_path: Path, cluster: str) -> None:
    place = f'path = "{data}/orders.parquet"\nengine = "spark"\nconnection = "{cluster}"'
    frame = daily(tmp_path, place)
    plan = frame._jdf.queryExecution().executedPlan().toString()
    assert "partial_sum" in plan  # on each executor, before anything is sent
    read = re.search(r"ReadSchema: struct<(.*?)>", plan)
    assert read is not None
    assert {field.partition(":")[0] for field in read[1].split(",")} <= NEEDED
    executors = frame.sparkSession.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert len(executors) == 3  # two and the driver


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_few_rows_come_back(
    engine: str,
    data: Path,
    server: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heights: list[int] = []
    kind: Any = DuckDB if engine == "duckdb" else Database
    run = kind.run

    def counted(itself: Any, frame: Any, reading: Any) -> pl.DataFrame:
        found: pl.DataFrame = run(itself, frame, reading)
        heights.append(found.height)
        return found

    monkeypatch.setattr(kind, "run", counted)
    place = (
        f'path = "{data}/orders.parquet"\nengine = "duckdb"'
        if engine == "duckdb"
        else f'connection = "{server.url()}"\ntable = "orders"'
    )
    read_cube(request(tmp_path, place, "total", "rows_", "customers"))
    assert heights
    assert max(heights) <= DAYS * SEGMENTS
