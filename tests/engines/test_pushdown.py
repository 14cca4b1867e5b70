"""The grouping runs where the rows are: only needed columns are read, and few rows come back."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engines.servers import Postgres
from engines.shop import ORDERS, Case
from kpitree.data.cube.compiling import make_plan
from kpitree.data.cube.cube import read_cube
from kpitree.data.engines.duckdb import DuckDB, _database
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
OF_SUMS = {"ordered_on", "region", "amount"}
DAYS, SEGMENTS = 241, 4  # with no day, and with no region


def asked(folder: Path, place: str, *leaves: str) -> CubeRequest:
    tree = load_tree(CASE.write(folder, place))
    parts = [part for name in leaves for part in parts_of(tree, _leaf(tree.kpis[name]))[1]]
    names = {part: f"part{number}" for number, part in enumerate(parts)}
    return CubeRequest(source=tree.sources["rows"], parts=names, dimensions=("region",))


def _leaf(kpi: object) -> Leaf:
    assert isinstance(kpi, Leaf)
    return kpi


def daily(folder: Path, place: str) -> Any:
    """The engine's own query for the sums of each day and region."""
    frame: Any = make_plan(asked(folder, place, "total", "rows_")).by_day("ordered_on")
    return frame.whole.to_native()


def columns_in(text: str) -> set[str]:
    """Columns of the rows that a text names."""
    return {name for name in ORDERS if re.search(rf"\b{name}\b", text)}


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan of DuckDB, from above."""
    for node in plan:
        yield node
        yield from nodes(node["children"])


def test_duckdb_groups_and_reads_only_what_it_needs(data: Path, tmp_path: Path) -> None:
    place = f'path = "{data}/orders.parquet"\nengine = "duckdb"'
    statement = daily(tmp_path, place).sql_query()
    told = _database().execute(f"explain (format json) {statement}").fetchall()
    *above, scan = nodes(json.loads(told[0][1]))
    assert "HASH_GROUP_BY" in [node["name"] for node in above]
    assert scan["name"] == "PARQUET_SCAN"
    assert set(scan["extra_info"]["Projections"]) == OF_SUMS


@pytest.mark.parametrize("rows", ["table = 'orders'", "query = 'select * from public.orders'"])
def test_postgres_groups_and_reads_only_what_it_needs(
    server: Postgres, tmp_path: Path, rows: str
) -> None:
    place = f'connection = "{server.url()}"\n{rows}'
    frame = daily(tmp_path, place)
    statement = str(frame.compile())
    plan = server.sql(f"explain (verbose, costs off) {statement}")
    aggregate, scan = plan.split("->")
    assert re.match(r"(Hash|Group)Aggregate", aggregate)
    assert re.match(r"\s*Seq Scan on public.orders", scan)
    assert columns_in(scan.replace("public.orders", "")) == OF_SUMS


def test_spark_groups_on_its_executors(data: Path, tmp_path: Path, cluster: str) -> None:
    place = f'path = "{data}/orders.parquet"\nengine = "spark"\nconnection = "{cluster}"'
    frame = daily(tmp_path, place)
    plan = frame._jdf.queryExecution().executedPlan().toString()
    assert "partial_sum" in plan  # on each executor, before anything is sent
    read = re.search(r"ReadSchema: struct<(.*?)>", plan)
    assert read is not None
    assert {field.partition(":")[0] for field in read[1].split(",")} == OF_SUMS
    executors = frame.sparkSession.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert len(executors) == 3  # two and the driver


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_few_rows_come_back(
    engine: str,
    data: Path,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heights: list[int] = []
    kind, place = elsewhere(engine, data, request)
    run = kind.run

    def counted(itself: Any, frame: Any, reading: Any) -> pl.DataFrame:
        found: pl.DataFrame = run(itself, frame, reading)
        heights.append(found.height)
        return found

    monkeypatch.setattr(kind, "run", counted)
    read_cube(asked(tmp_path, place, "total", "rows_", "customers"))
    assert heights
    assert max(heights) <= DAYS * SEGMENTS


def elsewhere(engine: str, data: Path, request: pytest.FixtureRequest) -> tuple[Any, str]:
    """Who runs the queries, and the keys that say so."""
    if engine == "postgres":
        server = request.getfixturevalue("server")
        return Database, f'connection = "{server.url()}"\ntable = "orders"'
    keys = f'path = "{data}/orders.parquet"\nengine = "{engine}"'
    if engine == "duckdb":
        return DuckDB, keys
    spark = import_module("kpitree.data.engines.spark")
    return spark.Spark, f'{keys}\nconnection = "{request.getfixturevalue("cluster")}"'
