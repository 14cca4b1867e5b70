"""One suite of trees and rows gives the same numbers on every engine: to 1e-9, nulls and all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engines.servers import Postgres
from engines.shop import CASES, Case

NAMES = [case.name for case in CASES]
BY_NAME = {case.name: case for case in CASES}
# Spark takes seconds for each query, and builds large ones slowly: those that differ in kind.
ON_SPARK = [
    "all_by_date",
    "all_by_region",
    "conditions",
    "arithmetic",
    "texts_by_format",
    "rows_that_last",
    "texts_with_zones",
    "not_finite",
]
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


@pytest.mark.parametrize("name", ["two_dimensions", "dates"])
def test_postgres_query(evaluated: Eval, data: Path, server: Postgres, name: str) -> None:
    query = f"select * from {BY_NAME[name].rows} where true; "  # noqa: S608 - a name of ours
    place = f'connection = "{server.url()}"\nquery = "{query}"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", ON_SPARK)
def test_spark(evaluated: Eval, data: Path, cluster: str, name: str) -> None:
    rows = BY_NAME[name].rows
    place = f'path = "{data}/{rows}.parquet"\nengine = "spark"\nconnection = "{cluster}"'
    assert_same(evaluated, data, name, place)


@pytest.mark.parametrize("name", ["two_dimensions", "conditions"])
def test_spark_reads_csv(evaluated: Eval, data: Path, cluster: str, name: str) -> None:
    case = BY_NAME[name]
    want = evaluated(case, f'path = "{data}/{case.rows}.csv"')
    place = f'path = "{data}/{case.rows}.csv"\nengine = "spark"\nconnection = "{cluster}"'
    assert list(differences(want, evaluated(case, place)))[:10] == []
