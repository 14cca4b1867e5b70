"""Leaves into KPIs: operands first, null in null out, and looks at other periods by segment."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import branch, constant, leaf
from kpitree.analysis.moments import Moment, Timeline, timeline
from kpitree.analysis.nodes import looked_back, looked_up_column, node_values
from kpitree.calendar import Calendar
from kpitree.tables import MOMENT
from kpitree.tree.expressions import Call, calls_in
from kpitree.tree.model import Node
from kpitree.tree.parsing import parse_formula

CALENDAR = Calendar()
REGION = "segment:region"
Generations = list[list[Node]]
NO_TIME = Timeline((), {}, ())


def frame(**columns: list[float | None]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    schema = {MOMENT: pl.Int32, **dict.fromkeys(columns, pl.Float64)}
    return pl.DataFrame({MOMENT: range(height), **columns}, schema=schema)


def months(*labels: str) -> list[Moment]:
    return [Moment(CALENDAR.parse(label)) for label in labels]


def calls(*formulas: str) -> list[Call]:
    return [call for text in formulas for call in calls_in(parse_formula(text))]


def test_operands_come_before_what_needs_them() -> None:
    generations: Generations = [
        [leaf("won"), leaf("all"), constant("price", 2.0)],
        [branch("rate", "won / all")],
        [branch("revenue", "all * rate * price")],
    ]
    values = node_values(
        frame(won=[1, 2, None], all=[4, 0, 5]), generations, {"price": [2.0, 2.0, None]}, NO_TIME
    )
    assert values["rate"].to_list() == [0.25, None, None]
    assert values["revenue"].to_list() == [2, None, None]
    assert values.columns == [MOMENT, "won", "all", "price", "rate", "revenue"]


def test_what_is_measured_beside_a_formula_is_the_value() -> None:
    hidden = leaf("revenue:measured")
    generations: Generations = [
        [leaf("won"), leaf("price")],
        [branch("revenue", "won * price", measured=hidden)],
        [branch("double", "revenue * 2")],
    ]
    measured: list[float | None] = [5, None, 7]
    rows = frame(won=[1, 2, None], price=[4, 5, 6], **{"revenue:measured": measured})
    values = node_values(rows, generations, {}, NO_TIME)
    assert values["revenue"].to_list() == [5, None, 7]
    assert values["double"].to_list() == [10, None, 14]


def test_a_constant_formula_fills_every_row() -> None:
    values = node_values(frame(a=[1, 2]), [[leaf("a"), branch("two", "1 + 1")]], {}, NO_TIME)
    assert values["two"].to_list() == [2, 2]


# Two segments of four months; the south has ten times the north.
LEVELS: list[float | None] = [1, 2, 4, 8, 10, 20, 40, 80]
TIMES = timeline(
    months("2025-11", "2025-12", "2026-01", "2026-02"),
    CALENDAR,
    frozenset({1, 2}),
    0,
    year=True,
)


def over_time(formula: str) -> list[float | None]:
    schema = {MOMENT: pl.Int32, REGION: pl.String, "x": pl.Float64}
    data = {MOMENT: [0, 1, 2, 3] * 2, REGION: ["north"] * 4 + ["south"] * 4, "x": LEVELS}
    found = node_values(
        pl.DataFrame(data, schema=schema), [[leaf("x")], [branch("y", formula)]], {}, TIMES
    )
    assert found[REGION].to_list() == data[REGION]
    values: list[float | None] = found["y"].to_list()
    return values


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("prev(x)", [None, 1, 2, 4, None, 10, 20, 40]),
        ("prev(x, 2)", [None, None, 1, 2, None, None, 10, 20]),
        ("rolling_sum(x, 2)", [None, 3, 6, 12, None, 30, 60, 120]),
        ("rolling_sum(x, 3)", [None, None, 7, 14, None, None, 70, 140]),
        ("rolling_mean(x, 2)", [None, 1.5, 3, 6, None, 15, 30, 60]),
        ("rolling_sum(x, 1)", [1, 2, 4, 8, 10, 20, 40, 80]),
        ("year_to_date(x)", [1, 3, 4, 12, 10, 30, 40, 120]),
        ("x / prev(x) - 1", [None, 1, 1, 1, None, 1, 1, 1]),
        ("prev(x) + prev(x, 2) + rolling_sum(x, 3)", [None, None, 10, 20, None, None, 100, 200]),
        ("coalesce(prev(x), 0)", [0, 1, 2, 4, 0, 10, 20, 40]),
    ],
)
def test_looks_at_other_periods_stay_in_their_segment(
    formula: str, expected: list[float | None]
) -> None:
    # Nothing before November was computed here, so its year to date is its own.
    assert over_time(formula) == expected


def test_a_null_in_the_window_makes_it_null() -> None:
    times = timeline(
        months("2026-01", "2026-02", "2026-03"), CALENDAR, frozenset({1}), 0, year=True
    )
    generations: Generations = [
        [leaf("x")],
        [branch("sum", "rolling_sum(x, 2)"), branch("year", "year_to_date(x)")],
    ]
    values = node_values(frame(x=[None, 2, 4]), generations, {}, times)
    assert values["sum"].to_list() == [None, None, 6]
    assert values["year"].to_list() == [None, None, None]


def test_sums_too_large_have_no_value() -> None:
    times = timeline(months("2026-01", "2026-02"), CALENDAR, frozenset({1}), 0, year=False)
    values = node_values(
        frame(x=[1e308, 1e308]), [[leaf("x")], [branch("y", "rolling_sum(x, 2)")]], {}, times
    )
    assert values["y"].to_list() == [None, None]


def test_what_is_looked_up_is_kept_for_the_reasons() -> None:
    times = timeline(months("2026-01", "2026-02"), CALENDAR, frozenset({1}), 0, year=False)
    generations: Generations = [[leaf("x")], [branch("y", "x / prev(x)")]]
    values = node_values(frame(x=[0, 5]), generations, {}, times)
    (call,) = calls("prev(x)")
    assert values[looked_up_column(call)].to_list() == [None, 0]
    assert values["y"].to_list() == [None, None]


@pytest.mark.parametrize(
    ("formula", "steps"),
    [
        ("x + 1", set()),
        ("prev(x)", {1}),
        ("prev(x, 12) + prev(x, 3)", {3, 12}),
        ("rolling_sum(x, 3)", {1, 2}),
        ("rolling_mean(x, 1)", set()),
        ("year_to_date(x)", set()),
    ],
)
def test_how_far_formulas_look_back(formula: str, steps: set[int]) -> None:
    assert looked_back(calls(formula)) == steps


numbers = st.lists(st.integers(-1000, 1000), min_size=8, max_size=8)


@given(numbers, st.integers(1, 4))
def test_windows_are_sums_of_earlier_values(levels: list[int], n: int) -> None:
    labels = [f"2026-0{month}" for month in range(1, 9)]
    times = timeline(months(*labels), CALENDAR, frozenset(range(1, n)), 0, year=True)
    generations: Generations = [
        [leaf("x")],
        [branch("window", f"rolling_sum(x, {n})"), branch("so_far", "year_to_date(x)")],
    ]
    values = node_values(frame(x=[float(one) for one in levels]), generations, {}, times)
    windows = [sum(levels[at - n + 1 : at + 1]) if at >= n - 1 else None for at in range(8)]
    assert values["window"].to_list() == windows
    assert values["so_far"].to_list() == [sum(levels[: at + 1]) for at in range(8)]
