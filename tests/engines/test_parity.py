"""One suite of trees and rows gives the same numbers on every engine: to 1e-9, nulls and all."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines.places import without_places
from engines.servers import Postgres
from engines.shop import CASES, Case

NAMES = [case.name for case in CASES]
BY_NAME = {case.name: case for case in CASES}
TOLERANCE = 1e-9

Eval = Callable[[Case, str], Any]


def differences(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two answers are not the same, numbers compared by their size."""
    match one, other:
        case dict(), dict():
            for key in one.keys() | other.keys():
                yield from differences(one.get(key, "-"), other.get(key, "-"), f"{path}.{key}")
        case list(), list() if len(one) == len(other):
            for number, pair in enumerate(zip(one, other, strict=True)):
                yield from differences(*pair, f"{path}[{number}]")
        case (float() | int(), float() | int()) if not isinstance(one, bool):
            if abs(one - other) > TOLERANCE * max(abs(one), abs(other)):
                yield path, one, other
        case _ if one != other:
            yield path, one, other


def assert_same(evaluated: Eval, data: Path, name: str, place: str) -> None:
    case = BY_NAME[name]
    want = evaluated(case, f'path = "{data}/{case.rows}.parquet"')
    got = evaluated(case, place)
    assert list(differences(want, got))[:10] == []


def test_differences_are_seen() -> None:
    assert list(differences({"a": [1.0, None]}, {"a": [1.0, None]})) == []
    assert list(differences({"a": [1.0, None]}, {"a": [1.0 + 1e-8, 0.0]})) == [
        (".a[0]", 1.0, 1.0 + 1e-8),
        (".a[1]", None, 0.0),
    ]
    assert list(differences([1], [1, 2])) == [("", [1], [1, 2])]


@pytest.mark.parametrize("name", NAMES)
def test_the_suite_has_values(evaluated: Eval, data: Path, name: str) -> None:
    """A parity of nulls would show nothing."""
    case = BY_NAME[name]
    answer = evaluated(case, f'path = "{data}/{case.rows}.parquet"')
    if case.command != "eval":
        assert len(re.findall(r"\d\.\d", json.dumps(answer))) > 5
        return
    values = [kpi.get("value") for kpi in answer["kpis"] if kpi["kpi"] in case.kpis]
    assert sum(value is not None for value in values) > len(values) / 2


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_reads_parquet(evaluated: Eval, data: Path, name: str) -> None:
    rows = BY_NAME[name].rows
    place = f'path = "{data}/{rows}.parquet"\nengine = "duckdb"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_reads_csv(evaluated: Eval, data: Path, name: str) -> None:
    case = BY_NAME[name]
    want = evaluated(case, f'path = "{data}/{case.rows}.csv"')
    got = evaluated(case, f'path = "{data}/{case.rows}.csv"\nengine = "duckdb"')
    assert list(differences(want, got))[:10] == []


@pytest.mark.parametrize("name", NAMES)
def test_postgres(evaluated: Eval, data: Path, server: Postgres, name: str) -> None:
    rows = BY_NAME[name].rows
    place = f'connection = "{server.url()}"\ntable = "public.{rows}"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", ["two_dimensions", "dates", "looked_up", "once_each", "doctor"])
def test_postgres_query(evaluated: Eval, data: Path, server: Postgres, name: str) -> None:
    query = f"select * from {BY_NAME[name].rows} where true; "  # noqa: S608 - a name of ours
    place = f'connection = "{server.url()}"\nquery = "{query}"'
    assert_same(evaluated, data, name, place)


# Of ibis, when it asks DuckDB 2: nothing of kpitree's.
@pytest.mark.filterwarnings("ignore:fetch_arrow_table")
@pytest.mark.parametrize(
    "name", ["all_by_region", "conditions", "dates", "looked_up", "once_each", "drivers"]
)
def test_a_file_of_duckdb(evaluated: Eval, data: Path, files: Path, name: str) -> None:
    place = f'connection = "duckdb://{files}/shop.db"\ntable = "{BY_NAME[name].rows}"'
    assert_same(evaluated, data, name, place)


# Of pandas 3, when ibis asks SQLite through it: nothing of kpitree's.
@pytest.mark.filterwarnings("ignore:.*future.infer_string")
@pytest.mark.parametrize("name", ["plain", "plain_looked_up"])
def test_a_file_of_sqlite(evaluated: Eval, data: Path, files: Path, name: str) -> None:
    place = f'connection = "sqlite://{files}/shop.sqlite"\ntable = "{BY_NAME[name].rows}"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", ["looked_up"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_rows_of_a_database_looked_up_in_a_file(
    evaluated: Eval, data: Path, server: Postgres, name: str, suffix: str
) -> None:
    place = f'connection = "{server.url()}"\ntable = "orders"'
    case = BY_NAME[name]
    here = case.keys.replace("{people}", f'path = "{data}/people.{suffix}"')
    beside = replace(case, keys=here, name=f"{name}_in_{suffix}")
    want = evaluated(beside, f'path = "{data}/orders.parquet"')
    assert list(differences(want, evaluated(beside, place)))[:10] == []


@pytest.mark.parametrize("name", NAMES)
def test_spark(evaluated: Eval, data: Path, cluster: str, name: str) -> None:
    rows = BY_NAME[name].rows
    place = f'path = "{data}/{rows}.parquet"\nengine = "spark"\nconnection = "{cluster}"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", ["conditions"])
def test_spark_reads_csv(evaluated: Eval, data: Path, cluster: str, name: str) -> None:
    case = BY_NAME[name]
    want = evaluated(case, f'path = "{data}/{case.rows}.csv"')
    place = f'path = "{data}/{case.rows}.csv"\nengine = "spark"\nconnection = "{cluster}"'
    assert list(differences(want, evaluated(case, place)))[:10] == []


@pytest.mark.parametrize("name", ["only_some", "looked_up"])
def test_spark_connect(
    evaluated: Eval, data: Path, short_folder: Path, connect: str, name: str
) -> None:
    """A program of its own: a process has either a Spark of its own or a connection to one."""
    case = BY_NAME[name]
    place = f'path = "{data}/{case.rows}.parquet"\nengine = "spark"\nconnection = "{connect}"'
    tree = replace(case, name=f"{name}_connect").write(short_folder, place)
    done = subprocess.run(
        [sys.executable, "-m", "kpitree", case.command, str(tree), *case.args, "-f", "json"],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    got = without_places(json.loads(done.stdout))
    want = evaluated(case, f'path = "{data}/{case.rows}.parquet"')
    assert list(differences(want, got))[:10] == []
