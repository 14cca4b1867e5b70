"""The whole path, from a CSV file to the answer, on figures small enough to add up by hand."""

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.errors import SourceError, UsageError
from pipeline.shop import ask, codes, compared, daily, days, fact, sales, value, write_csv

# Two months, four segments. Amounts: January 100 + 50 + 30, February 80 + 20 + 60.
ROWS = [
    "2026-01-01,north,shop,ann,100",
    "2026-01-10,south,shop,bob,50",
    "2026-01-31,north,web,ann,30",
    "2026-02-01,south,web,bob,80",
    "2026-02-03,,web,cat,20",
    "2026-02-28,south,shop,bob,60",
]
KPIS = """
[tree]
root = "revenue"
[kpi.revenue]
formula = "orders * price"
[kpi.orders]
measure = "count()"
[kpi.price]
measure = "sum(amount) / count()"
[kpi.buyers]
measure = "n_unique(buyer)"
[kpi.dearest]
measure = "max(amount)"
[kpi.middle]
measure = "median(amount)"
"""


def test_the_values_of_a_month(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, KPIS, last=2)
    names = ["revenue", "orders", "price", "buyers", "dearest", "middle"]
    january = [value(found, name, "2026-01") for name in names]
    february = [value(found, name, "2026-02") for name in names]
    assert january == [180, 3, 60, 2, 100, 50]
    assert february == [160, 3, pytest.approx(160 / 3), 2, 80, 60]
    assert found.kpis["kpi"].unique(maintain_order=True).to_list() == names


def test_segments_and_the_ones_without_a_name_last(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, KPIS, by=["region"], vs=["previous"])
    rows = found.kpis.filter(kpi="revenue")
    assert rows["segment:region"].to_list() == [None, "north", "south", "(none)"]
    assert rows["value"].to_list() == [160, None, 140, 20]
    north = fact(found, "revenue", region="north")
    assert north["reason"] == "Price: division by zero"
    assert value(found, "orders", region="north") == 0
    assert value(found, "dearest", region="north") is None
    assert fact(found, "dearest", region="north")["reason"] == "no rows with a value"
    # The distinct buyers of the whole are its own group, not the sum of the segments.
    assert [value(found, "buyers", region=name) for name in ("north", "south", "(none)")] == [
        0,
        1,
        1,
    ]
    assert value(found, "buyers") == 2
    one = compared(found, "orders", "previous", region="north")
    assert (one["value"], one["reference"], one["change"]) == (0, 2, -2)
    gone = compared(found, "price", "previous", region="north")
    assert (gone["reference"], gone["change"], gone["reason"]) == (65, None, "division by zero")


def test_several_dimensions_make_cells(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, KPIS, period="2026-02", by=["region", "channel"])
    rows = found.kpis.filter(kpi="orders").select("segment:region", "segment:channel", "value")
    assert rows.rows() == [
        (None, None, 3),
        ("north", "shop", 0),
        ("north", "web", 0),
        ("south", "shop", 1),
        ("south", "web", 1),
        ("(none)", "web", 1),
    ]
    assert found.dimensions == ("region", "channel")


def test_a_dimension_asked_for_twice(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, KPIS, by=["region", "region"])
    assert found.dimensions == ("region",)


@pytest.mark.parametrize(
    ("where", "january", "february"),
    [
        ("region == 'south'", 50, 140),
        ("amount > 50", 100, 140),
        ("region != 'south' and channel == 'web'", 30, 0),
        ("is_null(region)", 0, 20),
        ("region in ['north', 'south']", 180, 140),
    ],
)
def test_where(tmp_path: Path, where: str, january: float, february: float) -> None:
    kpi = '[kpi.amount]\nmeasure = "sum(amount)"\ntarget = 1000\n'
    found = sales(tmp_path, ROWS, kpi, where=where, last=2)
    # February: the condition has no row in some cases, and covers it all the same.
    assert value(found, "amount", "2026-01") == january
    assert value(found, "amount", "2026-02") == february
    about = fact(found, "amount")
    assert (about["target"], about["status"]) == (None, "no_target")
    assert about["target_reason"] == "the target is for everything, not for what --where keeps"


def test_only_what_is_asked_for_is_computed(tmp_path: Path) -> None:
    """A column or a source that only other KPIs read may be missing."""
    tables = (
        KPIS
        + '[kpi.margin]\nmeasure = "sum(margin)"\nsource = "sales"\n'
        + '[kpi.visits]\nmeasure = "count()"\nsource = "visits"\n'
    ).replace(
        '[kpi.orders]\nmeasure = "count()"', '[kpi.orders]\nmeasure = "count()"\nsource = "sales"'
    )
    for name in ("price", "buyers", "dearest", "middle"):
        tables = tables.replace(f"[kpi.{name}]", f'[kpi.{name}]\nsource = "sales"')
    source = (
        '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'
        '[sources.visits]\npath = "none.csv"\ntime = "day"\n'
    )
    found = sales(tmp_path, ROWS, tables, source=source, kpis=["price", "revenue"])
    assert found.kpis["kpi"].to_list() == ["revenue", "price"]  # in the order of the file
    assert value(found, "revenue") == 160
    with pytest.raises(SourceError, match="margin"):
        sales(tmp_path, ROWS, tables, source=source, kpis=["margin"])
    with pytest.raises(SourceError):
        sales(tmp_path, ROWS, tables, source=source)


RATES = """
[tree]
root = "in_euro"
[kpi.in_euro]
formula = "amount * rate"
[kpi.amount]
measure = "sum(amount)"
[kpi.rate]
value = { "2026-01" = 0.5, "2026-02" = 0.25 }
"""


def test_constants_by_period_and_assumptions(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, RATES, last=2)
    assert value(found, "in_euro", "2026-01") == 90
    assert value(found, "in_euro", "2026-02") == 40
    quarter = sales(tmp_path, ROWS, RATES, period="2026-01..2026-02")
    assert value(quarter, "amount") == 340
    reason = "the value changes within 2026-01..2026-02"
    assert fact(quarter, "rate")["reason"] == reason
    assert fact(quarter, "in_euro")["reason"] == f"Rate: {reason}"
    assumed = sales(tmp_path, ROWS, RATES, assumptions={"rate": 2}, last=2)
    assert value(assumed, "in_euro", "2026-01") == 360
    assert value(assumed, "in_euro", "2026-02") == 320


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_an_assumption_is_a_number(tmp_path: Path, number: float) -> None:
    with pytest.raises(UsageError, match="not a number to work with"):
        sales(tmp_path, ROWS, RATES, assumptions={"rate": number})


# --- reasons ------------------------------------------------------------------------------------


def test_a_reason_names_where_the_trouble_begins(tmp_path: Path) -> None:
    tables = """
    [tree]
    root = "top"
    [kpi.top]
    formula = "middle + orders"
    [kpi.middle]
    label = "The middle"
    formula = "ratio * 2"
    [kpi.ratio]
    formula = "orders / nothing"
    [kpi.nothing]
    measure = "count(where=region == 'west')"
    [kpi.orders]
    measure = "count()"
    [kpi.guarded]
    formula = "coalesce(ratio, 0) / nothing"
    [kpi.root_of_debt]
    formula = "sqrt(nothing - orders)"
    [kpi.west_price]
    label = "West price"
    measure = "mean(amount, where=region == 'west')"
    [kpi.twice]
    formula = "west_price * 2"
    [kpi.lucky]
    formula = "coalesce(west_price, 7)"
    """
    found = sales(tmp_path, ROWS, tables)
    reasons = {row["kpi"]: row["reason"] for row in found.kpis.iter_rows(named=True)}
    assert reasons == {
        "top": "Ratio: division by zero",
        "middle": "Ratio: division by zero",
        "ratio": "division by zero",
        "nothing": None,
        "orders": None,
        "guarded": "division by zero",  # not for want of the ratio: that one is replaced
        "root_of_debt": "square root of a negative number",
        "west_price": "no rows with a value",
        "twice": "West price: no rows with a value",
        "lucky": None,
    }
    assert value(found, "lucky") == 7
    assert found.kpis["value"].is_nan().sum() == 0


def test_a_chain_of_a_thousand_formulas(tmp_path: Path) -> None:
    chain = "\n".join(f'[kpi.k{n}]\nformula = "k{n + 1} + 1"' for n in range(1000))
    tables = f"{chain}\n[kpi.k1000]\nmeasure = \"mean(amount, where=region == 'west')\"\n"
    found = sales(tmp_path, ROWS, tables, kpis=["k0"])
    assert fact(found, "k0")["reason"] == "K1000: no rows with a value"


def test_names_that_the_frames_use_themselves(tmp_path: Path) -> None:
    names = ["span", "cell", "kpi", "value", "period", "order", "start", "reason", "label", "row"]
    tables = '[tree]\nroot = "span"\n' + "".join(
        f'[kpi.{name}]\nmeasure = "count()"\n' for name in names
    )
    tables += '[kpi.total]\nformula = "span + prev(order) + 0 * cell"\n'
    found = sales(tmp_path, ROWS, tables, by=["region"], last=2)
    assert [value(found, name, "2026-02") for name in names] == [3] * len(names)
    assert value(found, "total", "2026-02") == 6
    assert found.history.filter(kpi="period")["value"].to_list() == [3, 3, 2, 0, 1, 2, 0, 1]


# --- looking at other periods -----------------------------------------------------------------

# One sale a day; the amount of a day is the number of its month counted from January 2025 = 1.
STEPS = [
    f"{day},{'north' if day.endswith('1') else 'south'},shop,ann,"
    f"{(int(day[:4]) - 2025) * 12 + int(day[5:7])}"
    for day in days("2025-01-01", "2026-03-12")
]
OVER_TIME = """
[tree]
root = "top"
[kpi.top]
formula = "level + before + third + year_before + window + mean_of_three + so_far"
[kpi.level]
measure = "max(amount)"
[kpi.orders]
measure = "count()"
[kpi.before]
formula = "prev(level)"
[kpi.third]
formula = "prev(level, 3)"
[kpi.year_before]
formula = "prev(level, 12)"
[kpi.window]
formula = "rolling_sum(level, 3)"
[kpi.mean_of_three]
formula = "rolling_mean(level, 3)"
[kpi.so_far]
formula = "year_to_date(level)"
[kpi.so_far_before]
formula = "year_to_date(before)"
[kpi.before_of_before]
formula = "prev(before)"
[kpi.growth]
formula = "orders / prev(orders) - 1"
"""


def test_other_periods_across_the_end_of_a_year(tmp_path: Path) -> None:
    found = sales(tmp_path, STEPS, OVER_TIME, period="2026-02")  # month 14
    expected = {
        "level": 14,
        "before": 13,
        "third": 11,
        "year_before": 2,
        "window": 14 + 13 + 12,
        "mean_of_three": 13,
        "so_far": 14 + 13,
        "so_far_before": 13 + 12,  # January looks back to December
        "before_of_before": 12,
        "growth": 28 / 31 - 1,
    }
    assert {name: value(found, name) for name in expected} == pytest.approx(expected)


def test_other_periods_of_a_running_one(tmp_path: Path) -> None:
    found = sales(tmp_path, STEPS, OVER_TIME, period="latest", by=["region"])  # 12 days of March
    assert value(found, "orders") == 12
    assert value(found, "growth") == 0  # 12 days against the first 12 of February
    assert value(found, "window") == 15 + 14 + 13
    assert value(found, "so_far") == 15 + 14 + 13
    # Days that end in 1: the 1st and 11th (of 12 days), the 21st and 31st where the month has one.
    assert value(found, "orders", region="north") == 2
    assert value(found, "growth", region="north") == 0
    assert value(found, "so_far", region="north") == 42


def test_a_period_looked_back_to_that_has_no_value(tmp_path: Path) -> None:
    found = sales(tmp_path, STEPS, OVER_TIME, period="2025-02")
    assert (value(found, "before"), value(found, "window")) == (1, None)
    assert fact(found, "window")["reason"] == "Level: no value in an earlier period"
    assert fact(found, "year_before")["reason"] == "Level: no value in an earlier period"
    assert fact(found, "top")["reason"].endswith("Level: no value in an earlier period")
    assert value(found, "so_far") == 3


def test_growth_from_nothing_is_a_division_by_zero(tmp_path: Path) -> None:
    source = (
        '[sources.sales]\npath = "sales.csv"\ntime = "day"\ncovers = ["2025-01-01","2026-12-31"]'
    )
    rows = ["2026-10-05,north,shop,ann,1"]
    found = sales(tmp_path, rows, OVER_TIME, source=source, period="2026-10", kpis=["growth"])
    assert (value(found, "growth"), fact(found, "growth")["reason"]) == (None, "division by zero")


def test_weeks_of_a_year_to_date(tmp_path: Path) -> None:
    """The weeks of 2026 are those called so: W01 begins on 29 December, W53 ends on 3 January."""
    rows = daily("2025-01-01", "2027-01-31")
    top = '[calendar]\ngrain = "week"\n'
    tables = '[kpi.so_far]\nformula = "year_to_date(orders)"\n[kpi.orders]\nmeasure = "count()"\n'
    for period, expected in {"2026-W01": 7, "2026-W03": 21, "2026-W53": 371, "2027-W01": 7}.items():
        found = sales(tmp_path, rows, tables, top=top, period=period)
        assert value(found, "so_far") == expected, period


def test_the_year_to_date_of_a_range(tmp_path: Path) -> None:
    tables = '[kpi.so_far]\nformula = "year_to_date(orders)"\n[kpi.orders]\nmeasure = "count()"\n'
    rows = daily("2025-01-01", "2026-10-31")
    for period, expected in {
        "2026-03..2026-06": 181,
        "2026-01..2026-06": 181,
        "2026-06-10": 161,
        "2026-Q2": 181,
        "2026": None,
    }.items():
        if expected is not None:
            assert value(sales(tmp_path, rows, tables, period=period), "so_far") == expected, period


def test_many_kpis_that_look_back_do_not_look_back_further(tmp_path: Path) -> None:
    growths = "\n".join(f'[kpi.g{n}]\nformula = "orders / prev(orders, 12)"' for n in range(300))
    tables = f'[tree]\nroot = "g0"\n{growths}\n[kpi.orders]\nmeasure = "count()"\n'
    found = sales(tmp_path, daily("2025-01-01", "2026-10-31"), tables, period="2026-10")
    assert value(found, "g299") == 1


def test_first_and_last(tmp_path: Path) -> None:
    tables = """
    [tree]
    root = "closing"
    [kpi.opening]
    measure = "first(amount)"
    [kpi.closing]
    measure = "last(amount)"
    """
    rows = ["2026-01-31,north,shop,ann,7", *ROWS[::-1]]
    quarter = sales(tmp_path, ROWS, tables, period="2026-01..2026-02")
    assert (value(quarter, "opening"), value(quarter, "closing")) == (100, 60)
    february = sales(tmp_path, rows, tables, period="2026-02", by=["region"])
    assert (value(february, "opening"), value(february, "closing")) == (80, 60)
    assert value(february, "closing", region="(none)") == 20
    assert value(february, "closing", region="north") is None


# --- targets, benchmarks, statuses ----------------------------------------------------------------


TARGETS = """
[tree]
root = "revenue"
[kpi.revenue]
formula = "orders * price"
target = 200
[kpi.orders]
measure = "count()"
target = { "2026-01" = 3, "2026-02" = 4 }
benchmark = { value = 31, source = "survey" }
[kpi.price]
measure = "sum(amount) / count()"
target = 45
benchmark = { value = 40 }
[kpi.north_share]
measure = "count(where=region == 'north') / count()"
range = [0.5, 0.7]
[kpi.amount]
measure = "sum(amount)"
range = [150, 170]
"""


def test_targets_by_period_and_what_they_imply(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, TARGETS, last=2)
    assert [fact(found, "orders", f"2026-0{n}")["target"] for n in (1, 2)] == [3, 4]
    assert [fact(found, "orders", f"2026-0{n}")["status"] for n in (1, 2)] == [
        "on_track",
        "off_track",
    ]
    assert fact(found, "orders")["attainment"] == 0.75
    revenue = fact(found, "revenue")
    assert (revenue["target"], revenue["target_implied"]) == (200, 180)
    assert fact(found, "price")["status"] == "on_track"
    (notice,) = [one for one in found.warnings if one.code == "targets_do_not_add_up"]
    assert notice.kpi == "revenue"
    # Of February: 4 x 45, and 200 is promised. Orders would have to be 200 / 45.
    assert notice.message == (
        "the targets under Revenue give 180, not 200: 20 short;"
        " furthest off is the target of Orders: 4.44 instead of 4 (+11.1 %)"
    )


def test_an_implied_target_gives_a_status(tmp_path: Path) -> None:
    tables = TARGETS.replace("target = 200\n", "")
    found = sales(tmp_path, ROWS, tables)
    revenue = fact(found, "revenue")  # 160 against 4 x 45
    assert (revenue["target"], revenue["target_implied"]) == (None, 180)
    assert (revenue["status"], revenue["attainment"]) == ("off_track", pytest.approx(160 / 180))
    one = compared(found, "revenue", "target")
    assert (one["label"], one["reference"], one["change"]) == ("target (implied)", 180, -20)
    assert compared(found, "north_share", "target")["label"] == "target"
    assert codes(found) == []


def test_ranges_hold_for_the_whole(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, TARGETS, last=2, by=["region"], vs=["previous", "target"])
    share = [fact(found, "north_share", f"2026-0{n}") for n in (1, 2)]
    assert [one["status"] for one in share] == ["on_track", "off_track"]  # 2/3, then 0
    assert [one["attainment"] for one in share] == [None, None]
    assert compared(found, "north_share", "previous")["favourable"] is False
    amount = [fact(found, "amount", f"2026-0{n}")["status"] for n in (1, 2)]
    assert amount == ["off_track", "on_track"]  # 180 is 5.9 % above 170
    assert compared(found, "amount", "previous")["favourable"] is True
    south = fact(found, "amount", region="south")
    assert (south["status"], south["target"]) == ("no_target", None)
    assert compared(found, "amount", "previous", region="south")["favourable"] is None
    price = compared(found, "price", "target", region="south")
    assert price["reason"] == "the target is for the whole, not for a segment"


def test_ranges_and_benchmarks_of_what_adds_up_are_pro_rata(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-03-12", 5)
    found = sales(tmp_path, rows, TARGETS, period="latest", vs=["benchmark"])
    amount = fact(found, "amount")  # 60 in 12 of 31 days; the range is 58.1 to 65.8 by then
    assert (amount["value"], amount["status"]) == (60, "on_track")
    assert compared(found, "orders", "benchmark")["reference"] == pytest.approx(12)
    assert compared(found, "price", "benchmark")["reference"] == 40
    none = compared(found, "amount", "benchmark")
    assert (none["reference"], none["reason"]) == (None, "no benchmark")
    assert found.references == ("benchmark",)


def test_a_benchmark_of_part_of_the_rows(tmp_path: Path) -> None:
    asked = {"vs": ["benchmark"], "where": "region == 'south'"}
    found = sales(tmp_path, ROWS, TARGETS, **asked)
    assert compared(found, "price", "benchmark")["change"] == 30  # 140 / 2 against 40
    one = compared(found, "orders", "benchmark")
    assert one["reason"] == "the benchmark is for everything, not for what --where keeps"


def test_segments_have_no_target_of_the_whole(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, TARGETS, by=["region"])
    statuses = found.kpis.filter(found.kpis["segment:region"].is_not_null())["status"].unique()
    assert set(statuses) == {"no_target", "no_data"}


@pytest.mark.parametrize(
    ("question", "references"),
    [
        ({}, ("target", "previous")),  # there is no last year
        ({"kpis": ["north_share"]}, ("previous",)),
        ({"period": "2026-01"}, ("target",)),
        ({"vs": ["last-year"]}, ("last-year",)),
        ({"vs": ["benchmark", "2026-01", "target"]}, ("benchmark", "period", "target")),
    ],
)
def test_references_that_exist(
    tmp_path: Path, question: dict[str, Any], references: tuple[str, ...]
) -> None:
    found = sales(tmp_path, ROWS, TARGETS, **question)
    assert found.references == references
    assert set(found.comparisons["vs"]) == set(references)


def explained(found: Evaluation) -> list[tuple[str, str]]:
    return [(one.kpi, one.vs) for one in found.attributions]


def test_drivers_of_missed_formulas_and_of_what_is_asked_for(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, TARGETS)
    # Orders missed too, but has no formula; price and north_share are no formulas either.
    assert explained(found) == [("revenue", "target"), ("revenue", "previous")]
    met = TARGETS.replace("target = 200", "target = 100")
    assert explained(sales(tmp_path, ROWS, met)) == []
    asked = sales(tmp_path, ROWS, met, explain=["revenue", "orders"], vs=["previous"])
    assert explained(asked) == [("revenue", "previous"), ("orders", "previous")]
    revenue, orders = asked.attributions
    # orders stay 3, the price goes from 60 to 160 / 3
    assert {line.kpi: line.line for line in revenue.lines} == pytest.approx(
        {"orders": 0.0, "price": -20.0}
    )
    assert revenue.change == pytest.approx(-20)
    assert [(line.kpi, line.line) for line in orders.lines] == [("orders", 0.0)]


def test_a_formula_beside_what_is_measured(tmp_path: Path) -> None:
    tables = """
    [kpi.revenue]
    formula = "orders * 50"
    measured = "sum(amount)"
    [kpi.orders]
    measure = "count()"
    """
    found = sales(tmp_path, ROWS, tables)
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("unexplained", "revenue")
    assert notice.message == ("Revenue is measured as 160, its formula gives 150: 10 unexplained")
    exact = tables.replace("orders * 50", "orders * 160 / 3")
    assert codes(sales(tmp_path, ROWS, exact)) == []


def test_a_shared_driver_is_one_kpi(tmp_path: Path) -> None:
    tables = """
    [tree]
    root = "profit"
    [kpi.profit]
    formula = "revenue - cost"
    [kpi.revenue]
    formula = "orders * price"
    [kpi.cost]
    formula = "orders * 10"
    [kpi.orders]
    measure = "count()"
    [kpi.price]
    measure = "mean(amount)"
    """
    found = sales(tmp_path, ROWS, tables, period="2026-01")
    assert found.kpis["kpi"].to_list() == ["profit", "revenue", "cost", "orders", "price"]
    assert value(found, "profit") == 150
    assert found.parents["orders"] == ("revenue", "cost")
    assert found.depths == {"profit": 0, "revenue": 1, "cost": 1, "orders": 2, "price": 2}


def test_history_ends_with_the_period_shown(tmp_path: Path) -> None:
    rows = daily("2023-06-15", "2026-10-20")
    tables = '[kpi.orders]\nmeasure = "count()"\n'
    found = sales(tmp_path, rows, tables)
    assert found.history["period"].to_list()[-2:] == ["2026-08", "2026-09"]
    assert found.history.height == 25
    early = sales(tmp_path, rows, tables, period="2023-09")
    assert early.history["period"].to_list() == ["2023-07", "2023-08", "2023-09"]
    assert early.history["value"].to_list() == [31, 31, 30]


def test_a_signal_needs_twelve_periods_before(tmp_path: Path) -> None:
    # Orders a month: 30 and 31 in turn, and 5 in the last one.
    def month(at: int, count: int) -> list[str]:
        first = date(2025 + (at // 12), at % 12 + 1, 1)
        return [f"{first + timedelta(days=n % 28)},north,shop,ann,1" for n in range(count)]

    for months, signal in ((12, "signal"), (11, None)):
        rows = [row for at in range(months) for row in month(at, 30 + at % 2)]
        rows += month(months, 5)
        last = month(months, 1)[0][:7]
        source = (
            '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'
            'covers = ["2025-01-01", "2026-12-31"]\n'
        )
        tables = '[kpi.orders]\nmeasure = "count()"\ntarget = 30\n'
        found = sales(tmp_path, rows, tables, source=source, period=last)
        assert compared(found, "orders", "previous")["signal"] == signal


# --- laws ---------------------------------------------------------------------------------------

LAW = (
    OVER_TIME
    + """
[kpi.buyers]
measure = "n_unique(buyer)"
[kpi.middle]
measure = "median(amount)"
[kpi.last_price]
measure = "last(amount)"
[kpi.per_buyer]
formula = "prev(orders) / buyers"
"""
)
sold = st.lists(
    st.tuples(
        st.integers(0, 500),
        st.sampled_from(["north", "south", ""]),
        st.sampled_from(["ann", "bob", "cat"]),
        st.integers(1, 999),
    ),
    min_size=3,
    max_size=40,
)


@settings(max_examples=15)
@given(sold, st.sampled_from(["month", "week", "quarter"]))
def test_a_named_period_reads_only_its_days_and_finds_the_same(
    records: list[tuple[int, str, str, int]], grain: str
) -> None:
    start = date(2025, 1, 1)
    text = StringIO()
    csv.writer(text).writerows(
        (start + timedelta(days=day), region, "shop", buyer, amount)
        for day, region, buyer, amount in records
    )
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_csv(folder, text.getvalue().split())
        top = f'[calendar]\ngrain = "{grain}"\n'
        source = (
            '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'
            'covers = ["2025-01-01", "2026-05-15"]\n'
            '[sources.sales.dimensions]\nregion = "region"\n'
        )
        asked: dict[str, Any] = {"top": top, "source": source, "by": ["region"]}
        everything = ask(folder, LAW, last=6, **asked)
        for period in everything.periods:
            label = period.span.label
            one = ask(folder, LAW, period=label, **asked)
            assert _values(one, label) == _values(everything, label)


def _values(found: Evaluation, label: str) -> dict[tuple[str, str | None], float | None]:
    """Segments that only older rows have are no matter."""
    rows = found.kpis.filter(period=label).select("kpi", "segment:region", "value")
    return {
        (kpi, region): number
        for kpi, region, number in rows.iter_rows()
        if number is not None and number != 0
    }
