"""Row expressions: what each function gives, and what null does to it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cubes import source_of
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube
from kpitree.data.moments import Clock
from kpitree.data.rows.columns import Columns
from kpitree.data.rows.expressions import compile_row
from kpitree.data.sources import open_source
from kpitree.tree.parsing import parse_row

COLUMNS: dict[str, Any] = {
    "n": [1.0, -4.0, None],
    "zero": [0, 0, 0],
    "whole": pl.Series([2, 3, None], dtype=pl.Int32),
    "text": ["Won ", "a.c", None],
    "flag": [True, False, None],
    "day": [date(2026, 11, 22), date(2024, 2, 29), None],
    "due": ["2026-12-01", "2024-03-01", None],
    "at": [datetime(2026, 11, 22, 18, 30), datetime(2024, 2, 29), None],
    "utc": pl.Series([datetime(2026, 11, 22, 23, 30), datetime(2024, 3, 1), None]).dt.replace_time_zone("UTC"),  # noqa: E501 - made aware here
    "y": [2026, 2025, 2026],
    "m": [11, 2, 13],
    "d": [22, 29, 1],
    "nothing": [None, None, None],
    "price": pl.Series(["1.10", "2.25", None]).cast(pl.Decimal(10, 2)),
    "kind": pl.Series(["a", "b", None]).cast(pl.Categorical),
}  # fmt: skip

GIVES: dict[str, list[Any]] = {
    "n + 2 * whole - 1": [4.0, 1.0, None],
    "n / zero": [None, None, None],
    "n / whole": [0.5, -4 / 3, None],
    "1 / (1 / zero)": [None, None, None],
    "n ** 2": [1.0, 16.0, None],
    "n ** 0.5": [1.0, None, None],
    "zero ** n": [0.0, None, None],
    "-n": [-1.0, 4.0, None],
    "flag + 1": [2.0, 1.0, None],
    "price * 2": [2.2, 4.5, None],
    "nothing + 1": [None, None, None],
    "n == 1": [True, False, None],
    "n != 1": [False, True, None],
    "n < whole": [True, True, None],
    "0 < n <= 1": [True, False, None],
    "text == 'a.c'": [False, True, None],
    "kind == 'a'": [True, False, None],
    "flag == true": [True, False, None],
    "flag == 1": [True, False, None],
    "flag and n > 5": [False, False, None],
    "flag or n < 5": [True, True, None],
    "is_null(n) or n > 5": [False, False, True],
    "is_null(n) and n > 5": [False, False, None],
    "not flag": [False, True, None],
    "n in [1, 2]": [True, False, None],
    "n not in [1, 2]": [False, True, None],
    "text in ['a.c', 'x']": [False, True, None],
    "day in ['2024-02-29', due]": [False, True, None],
    "is_null(text)": [False, False, True],
    "coalesce(n, 0)": [1.0, -4.0, 0.0],
    "coalesce(nothing, text, 'none')": ["Won ", "a.c", "none"],
    "coalesce(nothing, nothing)": [None, None, None],
    "if_else(n > 0, 'up', 'down')": ["up", "down", "down"],
    "if_else(flag, whole, n)": [2.0, -4.0, None],
    "lower(text)": ["won ", "a.c", None],
    "upper(strip(text))": ["WON", "A.C", None],
    "starts_with(text, 'a.')": [False, True, None],
    "contains(text, '.')": [False, True, None],
    "matches(text, '^[A-Z].n')": [True, False, None],
    "date(y, m, d)": [date(2026, 11, 22), None, None],
    "date(y, 2, 28.0)": [date(2026, 2, 28), date(2025, 2, 28), date(2026, 2, 28)],
    "year(day)": [2026.0, 2024.0, None],
    "month(at)": [11.0, 2.0, None],
    "day(due)": [1.0, 1.0, None],
    "weekday(day)": [7.0, 4.0, None],
    "weekday('2026-11-23')": [1.0],
    "days_between(day, due)": [9.0, 1.0, None],
    "days_between(due, '2026-12-31')": [30.0, 1035.0, None],
    "hours_between(day, at)": [18.5, 0.0, None],
    "hours_between(at, utc)": [5.0, 24.0, None],
    "day >= '2026-01-01'": [True, False, None],
    "day == at": [True, True, None],
    "at < '2026-11-22T18:31'": [True, True, None],
    "at >= '2026-11-22'": [True, False, None],
    "due > '2025-01-01'": [True, False, None],
    "due > day": [True, True, None],
}


@pytest.mark.parametrize("text", GIVES)
def test_what_an_expression_gives(text: str, parquet: Callable[..., Path]) -> None:
    source = source_of(parquet(COLUMNS))
    columns = Columns(open_source(source), Clock(), "day")
    compiled = compile_row(parse_row(text), columns, "this test")
    found = columns.rows.select(compiled.expr.alias("found")).collect()["found"]
    wanted = GIVES[text]
    if isinstance(wanted[0], float):
        wanted = [value if value is None else pytest.approx(value) for value in wanted]
    assert found.to_list() == wanted
    if compiled.kind == "number":
        assert found.dtype == pl.Float64


def test_instants_are_seen_on_the_trees_clock(parquet: Callable[..., Path]) -> None:
    source = source_of(parquet(COLUMNS), time_zone="UTC")
    columns = Columns(open_source(source), Clock(tree="Europe/Berlin", source="UTC"), "day")

    def found(text: str) -> list[Any]:
        expr = compile_row(parse_row(text), columns, "this test").expr
        return columns.rows.select(expr.alias("x")).collect()["x"].to_list()

    assert found("day(utc)") == [23.0, 1.0, None]
    assert found("weekday(utc)") == [1.0, 5.0, None]
    assert found("at >= '2026-11-22T19:30'") == [True, False, None]
    assert found("hours_between(at, utc)") == [5.0, 24.0, None]


def test_deep_divisions_do_not_blow_up(parquet: Callable[..., Path]) -> None:
    text = "n"
    for _ in range(20):
        text = f"1 / (1 + {text})"
    columns = Columns(open_source(source_of(parquet(COLUMNS))), Clock(), "day")
    expr = compile_row(parse_row(text), columns, "this test").expr
    assert columns.rows.select(expr).collect().to_series()[0] == pytest.approx(0.618034, abs=1e-6)


def test_computed_columns_use_earlier_ones_and_may_shadow(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("y,m,d,day,amount,rate\n2026,1,31,x,10,2\n2026,2,30,x,20,2\n")
    columns = {"amount": "amount * rate", "doubled": "amount * 2", "day": "date(y, m, d)"}
    assert value(path, "sum(doubled)", columns=columns) == 40.0
    assert value(path, "sum(amount)", columns=columns) == 20.0
    assert value(path, "sum(amount)", columns=columns, where="doubled > 50") == "no rows"


def test_a_wrong_computed_column_names_its_place(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("day,amount\n2026-01-31,10\n")
    with pytest.raises(Exception, match=r"'amuont', which \[sources.data.columns\] x names"):
        value(path, "count()", columns={"x": "amuont * 2"})


def test_what_a_csv_column_is_follows_from_its_use(
    csv: Callable[[str], Path], read: Callable[..., Cube], value: Callable[..., Any]
) -> None:
    rows = "\n".join(f"2026-01-05,16,{n:03d},true" for n in range(1_200))
    path = csv(f"day,price,code,test\n{rows}\n2026-01-05,13.25,x7,false\n")
    assert value(path, "sum(price)") == 1_200 * 16 + 13.25
    assert value(path, "n_unique(code)") == 1_201
    assert value(path, "count(where=code == '007')") == 1
    assert value(path, "count(where=test)") == 1_200
    assert value(path, "count(where=test == false)") == 1
    assert value(path, "sum(test)") == 1_200
    span = Span(date(2026, 1, 1), date(2026, 2, 1), "2026-01")
    by_price = read(path, ["count()", "sum(price)"], dimensions=("price",)).roll_up(
        [span], ("price",)
    )
    assert by_price.rows() == [(0, "13.25", 1.0, 13.25), (0, "16", 1_200.0, 19_200.0)]
