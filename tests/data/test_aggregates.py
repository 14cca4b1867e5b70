"""Every aggregate against plain Python, over days, months, segments, and split files."""

import math
import statistics
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.cubes import part_of
from kpitree.calendar import Calendar, Grain, Span
from kpitree.data.aggregates import OF_ROWS, RowsOf, value_of_no_rows
from kpitree.data.cube.cube import Cube
from kpitree.tables import SEGMENT, SPAN

Row = tuple[date, str | None, float | None]

START = date(2026, 1, 1)
MEASURES: dict[str, Callable[[Sequence[Row]], Any]] = {
    "count()": len,
    "count(x)": lambda rows: len(filled(rows)),
    "n_unique(x)": lambda rows: len(set(filled(rows))),
    "sum(x)": lambda rows: exact_sum(filled(rows)) if filled(rows) else None,
    "mean(x)": lambda rows: exact_sum(filled(rows)) / len(filled(rows)) if filled(rows) else None,
    "median(x)": lambda rows: statistics.median(filled(rows)) if filled(rows) else None,
    "quantile(x, 0.3)": lambda rows: quantile(sorted(filled(rows)), 0.3),
    "min(x)": lambda rows: min(filled(rows), default=None),
    "max(x)": lambda rows: max(filled(rows), default=None),
    "std(x)": lambda rows: statistics.stdev(filled(rows)) if len(filled(rows)) > 1 else None,
    "first(x)": lambda rows: min(of_day(rows, min), default=None),
    "last(x)": lambda rows: max(of_day(rows, max), default=None),
    "count(where=g == 'a')": lambda rows: len(of_a(rows)),
    "sum(x, where=g == 'a')": lambda rows: MEASURES["sum(x)"](of_a(rows)) if of_a(rows) else 0.0,
    "mean(x, where=g == 'a')": lambda rows: MEASURES["mean(x)"](of_a(rows)),
    "n_unique(x, where=g == 'a')": lambda rows: MEASURES["n_unique(x)"](of_a(rows)),
    "last(x, where=g == 'a')": lambda rows: MEASURES["last(x)"](of_a(rows)),
}  # fmt: skip


def filled(rows: Sequence[Row]) -> list[float]:
    return [x for _, _, x in rows if x is not None]


def of_a(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[1] == "a"]


def exact_sum(numbers: Sequence[float]) -> float:
    return float(sum(map(Fraction, numbers)))


def of_day(rows: Sequence[Row], which: Callable[..., Any]) -> list[float]:
    day = which((day for day, _, x in rows if x is not None), default=START)
    return [x for at, _, x in rows if at == day and x is not None]


def quantile(ordered: Sequence[float], level: float) -> float | None:
    """Linear between the two nearest of n values at positions 0 ... n - 1."""
    if not ordered:
        return None
    at = level * (len(ordered) - 1)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


rows_of_90_days = st.lists(
    st.tuples(
        st.integers(0, 89).map(lambda n: START + timedelta(days=n)),
        st.sampled_from(["a", "b", None]),
        st.none() | st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=60,
)


def spans() -> list[Span]:
    calendar = Calendar()
    january = calendar.period_of(START, Grain.MONTH)
    months = [calendar.shift(january, n) for n in range(3)]
    first_days = calendar.first_days(months[1], 10)
    return [*months, calendar.period_of(START, Grain.QUARTER), first_days]


def write(path: Path, rows: Sequence[Row]) -> Path:
    schema = {"day": pl.Date, "g": pl.String, "x": pl.Float64}
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path)
    return path


def expected(rows: Sequence[Row], span: Span, group: str | None = None) -> dict[str, Any]:
    inside = [row for row in rows if span.start <= row[0] < span.end]
    if group is not None:
        inside = [row for row in inside if (row[1] or "(none)") == group]
    return {text: compute(inside) for text, compute in MEASURES.items()} if inside else {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@given(rows=rows_of_90_days)
def test_aggregates_are_those_of_plain_python(
    rows: list[Row], folder: Path, read: Callable[..., Cube]
) -> None:
    cube = read(write(folder / "a.parquet", rows), list(MEASURES), dimensions=("g",))
    days = [day for day, _, _ in rows]
    assert cube.coverage == (min(days), max(days))
    whole = {row[SPAN]: row for row in cube.roll_up(spans()).to_dicts()}
    split = {
        (row[SPAN], row[SEGMENT + "g"]): row for row in cube.roll_up(spans(), ("g",)).to_dicts()
    }
    for number, span in enumerate(spans()):
        assert_alike(whole.get(number), expected(rows, span))
        for group in ("a", "b", "(none)"):
            assert_alike(split.get((number, group)), expected(rows, span, group))


def assert_alike(found: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    if found is None or not wanted:
        assert not found
        assert not wanted
        return
    for text, value in wanted.items():
        rounding = 1e-6 if "std" in text else 1e-9  # of values up to 1e4 with cents
        close = value if value is None else pytest.approx(value, rel=1e-12, abs=rounding)
        assert found[text] == close, text


@given(rows=rows_of_90_days, order=st.randoms(use_true_random=False), cut=st.integers(0, 60))
@settings(max_examples=30)
def test_order_of_rows_and_columns_and_splitting_do_not_matter(
    rows: list[Row], order: Any, cut: int, folder: Path, read: Callable[..., Cube]
) -> None:
    one = read(write(folder / "one.parquet", rows), list(MEASURES), dimensions=("g",))
    shuffled = sorted(rows, key=lambda _: order.random())
    path = write(folder / "two.parquet", shuffled)
    frame = pl.read_parquet(path).select("x", "day", "g")
    frame.head(cut).write_parquet(folder / "part-1.parquet")
    frame.tail(max(0, frame.height - cut)).write_parquet(folder / "part-2.parquet")
    two = read(folder / "part-*.parquet", list(MEASURES), dimensions=("g",))
    for dimensions in ((), ("g",)):
        first, second = one.roll_up(spans(), dimensions), two.roll_up(spans(), dimensions)
        exact = [column for column in first.columns if not column.startswith("std")]
        assert first.select(exact).equals(second.select(exact))  # to the last bit
        for a, b in zip(first["std(x)"], second["std(x)"], strict=True):
            assert a == (b if b is None else pytest.approx(b, rel=1e-9, abs=1e-6))


@given(rows=rows_of_90_days)
@settings(max_examples=25)
def test_months_add_up_to_their_quarter(
    rows: list[Row], folder: Path, read: Callable[..., Cube]
) -> None:
    cube = read(write(folder / "q.parquet", rows), ["count()", "sum(x)", "count(x)", "max(x)"])
    quarter = Calendar().period_of(START, Grain.QUARTER)
    months = cube.roll_up(Calendar().periods_in(quarter, Grain.MONTH))
    days = cube.roll_up(Calendar().periods_in(quarter, Grain.DAY))
    whole = cube.roll_up([quarter]).row(0, named=True)
    for parts in (months, days):
        assert whole["count()"] == parts["count()"].sum()
        assert whole["count(x)"] == parts["count(x)"].sum()
        assert (whole["sum(x)"] or 0.0) == pytest.approx(parts["sum(x)"].sum(), abs=1e-6)
        assert whole["max(x)"] == parts["max(x)"].max()


def test_a_sum_of_only_nulls_is_null_and_of_no_rows_0(
    parquet: Callable[..., Path], value: Callable[..., Any]
) -> None:
    path = parquet({"day": [START, START], "g": ["a", "a"], "x": [None, None]})
    assert value(path, "sum(x)") is None
    assert value(path, "sum(x, where=g == 'b')") == 0.0
    assert value(path, "sum(x, where=g == 'a')") is None
    assert value(path, "mean(x, where=g == 'b')") is None
    assert value(path, "count(x)") == 0.0


def test_what_no_rows_give() -> None:
    zero = {text for text in MEASURES if value_of_no_rows(part_of(text, "day")) == 0.0}
    assert {text.partition("(")[0] for text in zero} == {"count", "sum", "n_unique"}
    others = set(MEASURES) - zero
    assert all(value_of_no_rows(part_of(text, "day")) is None for text in others)


def test_first_and_last_go_by_the_time_of_day(
    parquet: Callable[..., Path], read: Callable[..., Cube], months: Callable[..., list[Span]]
) -> None:
    at: list[Any] = [datetime(2026, 1, 5, hour) for hour in (9, 17, 17)]
    at += [None, at[2] + timedelta(hours=1)]
    path = parquet({"at": at, "g": ["a", "b", "a", "a", "a"], "x": [9.0, 1.0, 2.0, 7.0, None]})
    cube = read(path, ["first(x)", "last(x)"], dimensions=("g",), time="at")
    assert cube.roll_up(months(2026, 1)).rows() == [(0, 9.0, 2.0)]
    assert cube.roll_up(months(2026, 1), ("g",)).rows() == [(0, "a", 9.0, 2.0), (0, "b", 1.0, 1.0)]


def test_a_literal_counts_in_every_row(
    parquet: Callable[..., Path], value: Callable[..., Any]
) -> None:
    path = parquet({"day": [START] * 3, "x": [1, None, 3]})
    assert value(path, "sum(1)") == 3.0
    assert value(path, "count(where=true)") == 3.0
    assert value(path, "count(1)") == 3.0
    assert value(path, "sum(2, where=x == 1)") == 2.0
    assert value(path, "count(where=1 == 2)") == 0.0


def test_whole_numbers_do_not_overflow(
    parquet: Callable[..., Path], value: Callable[..., Any]
) -> None:
    many = pl.Series([2**31 - 1] * 4, dtype=pl.Int32)
    huge = pl.Series([2**62] * 4, dtype=pl.Int64)
    path = parquet({"day": [START] * 4, "many": many, "huge": huge})
    assert value(path, "sum(many)") == 4.0 * (2**31 - 1)
    assert value(path, "sum(huge)") == 2.0**64
    assert value(path, "sum(many * many)") == pytest.approx(4.0 * (2**31 - 1) ** 2)


def test_a_standard_deviation_far_from_0_is_stable(
    parquet: Callable[..., Path], value: Callable[..., Any]
) -> None:
    numbers = [1e9 + n % 7 for n in range(1_000)]
    days = [START + timedelta(days=n % 31) for n in range(1_000)]
    found = value(parquet({"day": days, "x": numbers}), "std(x)")
    assert found == pytest.approx(statistics.stdev(map(Fraction, numbers)), rel=1e-9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_are_null_and_told(
    bad: float, parquet: Callable[..., Path], read: Callable[..., Cube],
    months: Callable[..., list[Span]],
) -> None:  # fmt: skip
    columns = {"day": [START] * 3, "x": [1.0, bad, 3.0], "y": [5.0, 6.0, 7.0]}
    measures = ["sum(x)", "mean(x)", "max(x)", "min(x)", "median(x)", "count(x)", "sum(y)"]
    for texts in (measures, ["max(x)"], ["n_unique(x)"], ["count(where=x > 2)"], ["sum(x)"]):
        cube = read(parquet(columns), texts)
        assert [(n.code, n.message, n.source) for n in cube.notices] == [
            ("non_finite", "1 value of 'x' NaN or infinite: taken as no value", "data")
        ]
        row = cube.roll_up(months(2026, 1)).row(0, named=True)
        wanted = {"sum(x)": 4.0, "mean(x)": 2.0, "max(x)": 3.0, "min(x)": 1.0, "median(x)": 2.0}
        wanted |= {"count(x)": 2.0, "sum(y)": 18.0, "n_unique(x)": 2.0, "count(where=x > 2)": 1.0}
        assert {text: row[text] for text in texts} == {text: wanted[text] for text in texts}


def test_sums_are_the_same_to_the_last_bit_every_time(
    tmp_path: Path, value: Callable[..., Any]
) -> None:
    """200,000 amounts with cents: threads add them in another order each time."""
    number = pl.int_range(200_000, eager=True)
    frame = pl.DataFrame({"n": number, "x": (number.hash(seed=1) % 10_000_019) / 100})
    frame = frame.with_columns(day=pl.lit(START) + pl.duration(days=pl.col("n") % 28))
    for chunk in range(8):
        frame.filter(number % 8 == chunk).write_parquet(tmp_path / f"{chunk}.parquet")
    cents = int(((number.hash(seed=1)) % 10_000_019).sum())
    found = {value(tmp_path, "sum(x)") for _ in range(10)}
    assert len(found) == 1
    assert found.pop() == pytest.approx(cents / 100, rel=1e-15)


def test_a_quantile_without_a_level_is_no_minimum() -> None:
    with pytest.raises(AssertionError, match="a quantile has a level"):
        OF_ROWS["quantile"](RowsOf(None, pl.col("x"), pl.col("x")), None)
    values = pl.lit(pl.Series([1.0, 3.0]))
    assert pl.select(OF_ROWS["quantile"](RowsOf(None, values, values), 0.0)).item() == 1.0
