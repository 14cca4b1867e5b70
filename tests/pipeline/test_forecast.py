"""Forecasts end to end: which period, how it goes on, how far off the same rule was before."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpitree
from kpitree.analysis import course
from kpitree.analysis.moments import Moment
from kpitree.analysis.promise import Held
from kpitree.analysis.results.forecast import Forecast
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline import courses
from kpitree.pipeline.states import Moments
from pipeline.shop import SOURCE, daily, write_csv

TREE = """
[tree]
root = "revenue"
[kpi.revenue]
formula = "sales * basket"
target = 620
[kpi.sales]
measure = "count()"
source = "sales"
[kpi.basket]
measure = "sum(amount) / count()"
source = "sales"
"""


def ask(folder: Path, rows: list[str], tables: str = TREE, /, **question: Any) -> Forecast:
    write_csv(folder, rows)
    file = folder / "tree.toml"
    file.write_text(tables + SOURCE, "utf-8")
    return kpitree.load(file).forecast(**question)


def row(found: Forecast, kpi: str, horizon: str = "period") -> Mapping[str, Any]:
    (one,) = found.rows.filter(kpi=kpi, horizon=horizon).rows(named=True)
    return one


def landing(found: Forecast, kpi: str) -> float:
    value: float = row(found, kpi)["landing"]
    return value


def codes(found: Forecast) -> list[str]:
    return [notice.code for notice in found.warnings]


def months(first: str, count: int, amount: float = 10) -> list[str]:
    """One sale a day of so many whole months, and of no more."""
    start = date.fromisoformat(first)
    end = date(start.year + (start.month + count - 1) // 12, (start.month + count - 1) % 12 + 1, 1)
    return daily(first, (end - timedelta(days=1)).isoformat(), amount)


# --- which period --------------------------------------------------------------------------------


def test_a_running_month(tmp_path: Path) -> None:
    """Ten a day in January to March, 20 a day in the first ten days of April.

    The days left are as the first ones were before, so 200 become 600; 620 needs 420 in 20 days.
    """
    rows = [*months("2026-01-01", 3), *daily("2026-04-01", "2026-04-10", 20)]
    found = ask(tmp_path, rows)
    revenue = row(found, "revenue")
    assert (found.period.span.label, found.period.covered_days) == ("2026-04", 10)
    assert found.past == ("2026-01", "2026-03", 3)
    assert (revenue["value"], revenue["landing"]) == (200, pytest.approx(600))
    assert (revenue["method"], revenue["periods"]) == ("course", 3)
    assert (revenue["gap"], revenue["left"]) == (pytest.approx(-20), 420)
    assert (revenue["pace"], revenue["needed"], revenue["ratio"]) == (20, 21, pytest.approx(1.05))
    assert revenue["target_to_date"] == pytest.approx(620 / 3)
    assert (revenue["by"], revenue["days_left"]) == (date(2026, 4, 30), 20)
    assert revenue["status"] == "at_risk"
    assert revenue["interval_reason"].startswith("history too short for an interval: 2 past")


def test_what_usually_comes_late(tmp_path: Path) -> None:
    """Thirty days of 10, of which the last twenty have 30: 100 of 700 by then, a seventh."""
    past = [
        line
        for month, days in (("2026-01", 31), ("2026-03", 31))
        for line in (
            *daily(f"{month}-01", f"{month}-10"),
            *daily(f"{month}-11", f"{month}-{days}", 30),
        )
    ]
    february = [*daily("2026-02-01", "2026-02-10"), *daily("2026-02-11", "2026-02-28", 30)]
    rows = [*past, *february, *daily("2026-04-01", "2026-04-10", 12)]
    found = ask(tmp_path, rows, kpis=["revenue", "sales"])
    # Three months do not show that it is the day of the month and not the weekday that counts.
    assert landing(found, "revenue") == pytest.approx(120 * 7, rel=0.03)
    assert landing(found, "sales") == pytest.approx(30, rel=1e-9)


def test_the_first_period_goes_on_at_its_pace(tmp_path: Path) -> None:
    found = ask(tmp_path, daily("2026-04-01", "2026-04-10", 20))
    revenue = row(found, "revenue")
    assert (revenue["landing"], revenue["method"], revenue["periods"]) == (
        pytest.approx(600),
        "run_rate",
        0,
    )
    assert found.past is None
    assert "no past periods to judge by" in revenue["interval_reason"]


def test_a_complete_month_has_landed(tmp_path: Path) -> None:
    found = ask(tmp_path, months("2026-01-01", 2))
    revenue = row(found, "revenue")
    assert (found.period.span.label, revenue["method"]) == ("2026-02", "complete")
    assert (revenue["value"], revenue["landing"]) == (280, 280)
    assert (revenue["low"], revenue["needed"], revenue["left"]) == (None, None, 340)
    assert codes(found) == ["complete"]
    [notice] = found.warnings
    assert notice.message == (
        "2026-02 is complete, so it lands where it is; still running: --period 2026-Q1"
    )


def test_a_complete_year_has_nothing_running(tmp_path: Path) -> None:
    [notice] = ask(tmp_path, months("2025-01-01", 12)).warnings
    assert notice.message == "2025-12 is complete, so it lands where it is"


def test_a_day_ago(tmp_path: Path) -> None:
    found = ask(tmp_path, months("2026-01-01", 4), as_of="2026-04-11")
    assert (found.period.covered_days, found.as_of) == (10, date(2026, 4, 11))
    assert landing(found, "revenue") == pytest.approx(300)


def test_a_year_of_months(tmp_path: Path) -> None:
    """Last year 10 a day in the first half and 20 in the second; this year 12 so far.

    181 days of 10 and 184 of 20: 5,490, of which 1,810 by the end of June. 181 x 12 = 2,172 of a
    year lands at 2,172 x 5,490 / 1,810, and 620 a month are 7,440 a year.
    """
    last_year = [*daily("2025-01-01", "2025-06-30", 10), *daily("2025-07-01", "2025-12-31", 20)]
    found = ask(tmp_path, [*last_year, *daily("2026-01-01", "2026-06-30", 12)], period="2026")
    revenue = row(found, "revenue")
    assert revenue["landing"] == pytest.approx(2_172 * 5_490 / 1_810, rel=1e-3)
    assert (revenue["target"], revenue["periods"]) == (pytest.approx(12 * 620), 1)
    assert revenue["target_to_date"] == pytest.approx(6 * 620)
    assert revenue["needed"] == pytest.approx((7_440 - 2_172) / 184)


def test_a_yearly_target(tmp_path: Path) -> None:
    tables = TREE.replace("target = 620", 'target = { value = 3650, per = "year" }')
    found = ask(tmp_path, months("2026-01-01", 3), tables, period="2026")
    revenue = row(found, "revenue")
    assert (revenue["target"], revenue["target_to_date"]) == (3650, pytest.approx(900))
    assert (revenue["left"], revenue["needed"]) == (2750, 10)


def test_a_range_goes_on_as_the_one_a_year_before(tmp_path: Path) -> None:
    rows = [
        *daily("2025-01-01", "2025-02-28", 10),
        *daily("2025-03-01", "2025-12-31", 30),
        *daily("2026-01-01", "2026-02-28", 10),
    ]
    found = ask(tmp_path, rows, period="2026-01..2026-03")
    assert found.past == ("2025-01..2025-03", "2025-01..2025-03", 1)
    assert landing(found, "revenue") == pytest.approx(590 + 31 * 30, rel=0.02)


@pytest.mark.parametrize("grain", ["week", "quarter"])
def test_another_grain(tmp_path: Path, grain: str) -> None:
    found = ask(tmp_path, daily("2025-01-01", "2026-05-13"), grain=grain)
    days = {"week": 7, "quarter": 91}[grain]
    assert found.period.days == days
    assert landing(found, "revenue") == pytest.approx(10 * days)


# --- which KPIs ----------------------------------------------------------------------------------

MANY = """
[tree]
root = "top"
[kpi.top]
formula = "sales + basket"
[kpi.sales]
measure = "count()"
source = "sales"
deadline = 2020-01-01
[kpi.basket]
measure = "mean(amount)"
source = "sales"
range = [5, 15]
[kpi.plain]
measure = "max(amount)"
source = "sales"
[kpi.aimed]
measure = "sum(amount)"
source = "sales"
target = 1
"""


def test_by_default_those_with_something_to_reach(tmp_path: Path) -> None:
    found = ask(tmp_path, daily("2026-01-01", "2026-01-10"), MANY)
    assert found.rows["kpi"].to_list() == ["top", "sales", "basket", "aimed"]


def test_those_named_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = ask(tmp_path, daily("2026-01-01", "2026-01-10"), MANY, kpis=["aimed", "plain"])
    assert found.rows["kpi"].to_list() == ["plain", "aimed"]
    assert (row(found, "plain")["method"], row(found, "plain")["landing"]) == ("carried", 10)


# --- how it goes on ------------------------------------------------------------------------------


def test_branches_follow_from_their_operands(tmp_path: Path) -> None:
    rows = [*daily("2026-01-01", "2026-03-31", 10), *daily("2026-04-01", "2026-04-12", 14)]
    found = ask(tmp_path, rows, kpis=["revenue", "sales", "basket"])
    revenue = landing(found, "revenue")
    assert revenue == pytest.approx(landing(found, "sales") * landing(found, "basket"), rel=1e-12)
    assert landing(found, "basket") == pytest.approx(14)


OVER_TIME = """
[tree]
root = "growth"
[kpi.growth]
formula = "amount - prev(amount)"
[kpi.so_far]
formula = "year_to_date(amount)"
[kpi.smooth]
formula = "rolling_mean(amount, 3)"
[kpi.amount]
measure = "sum(amount)"
source = "sales"
"""


def test_formulas_over_time_look_at_what_was(tmp_path: Path) -> None:
    """310, 280 and 310 in the first quarter; April lands at 20 x 30."""
    rows = [*months("2026-01-01", 3), *daily("2026-04-01", "2026-04-10", 20)]
    found = ask(tmp_path, rows, OVER_TIME, kpis=["growth", "so_far", "smooth"])
    assert landing(found, "growth") == pytest.approx(600 - 310)
    assert landing(found, "so_far") == pytest.approx(310 + 280 + 310 + 600)
    assert landing(found, "smooth") == pytest.approx((280 + 310 + 600) / 3)


def test_distinct_counts_go_on_as_they_used_to(tmp_path: Path) -> None:
    """Ten buyers come in the first ten days of every month, and nobody new after that."""
    tables = TREE.replace("count()", "n_unique(buyer)", 1).replace(
        'measure = "sum', 'measure = "sum'
    )
    rows = [
        f"2026-{month:02}-{day:02},north,shop,buyer {day % 10},10"
        for month in (1, 2, 3)
        for day in range(1, 29)
    ]
    rows += [f"2026-04-{day:02},north,shop,buyer {day},10" for day in range(1, 11)]
    found = ask(tmp_path, rows, tables, kpis=["sales"])
    sales = row(found, "sales")
    assert (sales["value"], sales["landing"], sales["pace"]) == (10, pytest.approx(10), 1)


STOCK = """
[tree]
root = "cash"
[kpi.cash]
measure = "last(amount)"
source = "sales"
deadline = 2026-06-30
"""


def test_a_stock_moves_on_as_it_used_to(tmp_path: Path) -> None:
    """From the tenth to the end of a month it grew by 20 %, 10 % and 20 %, then 100 was there.

    Month by month it went 120, 165, 240: by 37.5 % and 45.5 %, usually by (3/8 + 5/11) / 2.
    """
    levels = [("01", 100, 120), ("02", 150, 165), ("03", 200, 240), ("04", 100, None)]
    rows = []
    for month, tenth, last in levels:
        rows.append(f"2026-{month}-10,north,shop,ann,{tenth}")
        if last is not None:
            rows.append(f"2026-{month}-28,north,shop,ann,{last}")
    found = ask(tmp_path, ["2026-01-01,north,shop,ann,5", *rows], STOCK)
    cash = row(found, "cash")
    assert (cash["value"], cash["landing"]) == (100, pytest.approx(120))
    assert (cash["method"], cash["periods"], cash["pace"]) == ("course", 3, None)
    later = row(found, "cash", "deadline")
    growth = 1 + (3 / 8 + 5 / 11) / 2
    assert later["landing"] == pytest.approx(120 * growth**2)


def test_a_stock_below_0_moves_by_differences(tmp_path: Path) -> None:
    rows = []
    for month, tenth, last in (("01", -10, 5), ("02", 20, 30), ("03", 50, 55), ("04", 7, None)):
        rows.append(f"2026-{month}-10,north,shop,ann,{tenth}")
        if last is not None:
            rows.append(f"2026-{month}-28,north,shop,ann,{last}")
    found = ask(tmp_path, ["2026-01-01,north,shop,ann,5", *rows], STOCK)
    assert landing(found, "cash") == pytest.approx(7 + 10)


def test_a_formula_goes_before_what_is_measured_beside_it(tmp_path: Path) -> None:
    """The balance of a month is the last one and what came in it; the highest is measured."""
    tables = """
    [tree]
    root = "balance"
    [kpi.balance]
    formula = "prev(balance_before) + came"
    measured = "max(amount)"
    source = "sales"
    [kpi.balance_before]
    measure = "max(amount)"
    source = "sales"
    [kpi.came]
    measure = "count()"
    source = "sales"
    """
    rows = [*months("2026-01-01", 3, 500), *daily("2026-04-01", "2026-04-10", 400)]
    balance = row(ask(tmp_path, rows, tables), "balance")
    assert (balance["value"], balance["landing"]) == (400, pytest.approx(500 + 30))


def test_assumptions_hold(tmp_path: Path) -> None:
    tables = """
    [tree]
    root = "per_day"
    [kpi.per_day]
    formula = "amount / days_open"
    [kpi.amount]
    measure = "sum(amount)"
    source = "sales"
    [kpi.days_open]
    value = { "2026-03" = 20, "2026-04" = 25 }
    """
    rows = [*months("2026-03-01", 1), *daily("2026-04-01", "2026-04-10", 20)]
    found = ask(tmp_path, rows, tables)
    assert landing(found, "per_day") == pytest.approx(600 / 25)


def test_nothing_but_assumptions(tmp_path: Path) -> None:
    file = tmp_path / "tree.toml"
    file.write_text('[tree]\nroot = "a"\n[kpi.a]\nvalue = 5\ntarget = 6\n', "utf-8")
    found = kpitree.load(file).forecast(period="2026-04", as_of="2026-04-11")
    assert (row(found, "a")["method"], row(found, "a")["landing"]) == ("carried", 5)
    with pytest.raises(UsageError, match="there is no last period"):
        kpitree.load(file).forecast()


def test_where_nothing_comes_before_the_end(tmp_path: Path) -> None:
    """The invoice is of the 28th: by the tenth nothing is there, and no share of it."""
    tables = """
    [tree]
    root = "invoices"
    [kpi.invoices]
    measure = "sum(amount)"
    source = "sales"
    where = "buyer == 'bob'"
    """
    rows = daily("2026-01-01", "2026-04-10", 1)
    rows += [f"2026-{month:02}-28,north,shop,bob,500" for month in (1, 2, 3)]
    invoices = row(ask(tmp_path, rows, tables), "invoices")
    assert (invoices["value"], invoices["landing"]) == (0, None)
    assert invoices["landing_reason"] == (
        "in the past periods nothing came by then, so there is no usual course"
    )
    assert invoices["status"] == "no_data"


def test_no_value_to_date(tmp_path: Path) -> None:
    tables = TREE.replace(
        'measure = "count()"', 'measure = "max(amount)"\nwhere = "buyer == \'bob\'"'
    )
    revenue = row(ask(tmp_path, daily("2026-01-01", "2026-02-10"), tables), "revenue")
    assert (revenue["value"], revenue["landing"]) == (None, None)
    assert revenue["reason"] == revenue["landing_reason"] == "Sales: no rows with a value"


def test_a_formula_without_a_value_at_the_end_only(tmp_path: Path) -> None:
    """100 after ten days, 300 at the end of April."""
    tables = TREE.replace("sales * basket", "1 / max(sales * basket - 300, 0 - 1 / 1)")
    tables = tables.replace("max(sales * basket - 300, 0 - 1 / 1)", "if_else(sales > 20, 0, 1)")
    revenue = row(ask(tmp_path, daily("2026-03-01", "2026-04-10"), tables), "revenue")
    assert (revenue["value"], revenue["landing"]) == (1, None)
    assert revenue["landing_reason"] == "division by zero"


# --- targets -------------------------------------------------------------------------------------


def test_a_growth_target_is_of_the_whole_period(tmp_path: Path) -> None:
    tables = TREE.replace("target = 620", 'target = { growth = 0.2, over = "previous" }')
    found = ask(tmp_path, [*months("2026-01-01", 3), *daily("2026-04-01", "2026-04-10")], tables)
    assert row(found, "revenue")["target"] == pytest.approx(310 * 1.2)


def test_a_part_of_the_rows_has_no_target(tmp_path: Path) -> None:
    found = ask(tmp_path, daily("2026-01-01", "2026-02-10"), where="region == 'north'")
    revenue = row(found, "revenue")
    assert (revenue["target"], revenue["status"]) == (None, "no_target")
    assert revenue["target_reason"] == "the target is for everything, not for what --where keeps"
    assert revenue["landing"] == pytest.approx(280)


# --- errors of the past --------------------------------------------------------------------------


def busy_weeks(count: int, days: int) -> list[str]:
    """One sale a day from Monday to Thursday; from Friday on one, and two in every second week."""
    rows = []
    for week in range(count):
        for day in range(days if week == count - 1 else 7):
            when = date(2026, 1, 5) + timedelta(days=7 * week + day)
            sales = 2 if day >= 4 and week % 2 else 1
            rows += [f"{when.isoformat()},north,shop,ann,10"] * sales
    return rows


def told_of_weeks(count: int) -> list[float]:
    """What every week but the first would have been said to land at on its Friday morning.

    Weighed by their weekdays, 4 sales stand against the mean of the weekends before: the pace
    share of a past week is 1 / (1 + weekend / mean), and the median of them counts.
    """
    told = []
    for week in range(1, count):
        weekends = [6 if one % 2 else 3 for one in range(week)][-12:]
        mean = sum(weekends) / len(weekends)
        share = median(1 / (1 + weekend / mean) for weekend in weekends)
        told.append(4 + mean * (1 - share) / share)
    return told


def test_the_past_is_told_by_what_was_known_then(tmp_path: Path) -> None:
    """The second week was told as 7 and came to 10; the third as 8.5 or so, and came to 7."""
    sales = row(ask(tmp_path, busy_weeks(3, 4), kpis="sales", grain="week"), "sales")
    assert told_of_weeks(3)[0] == 7
    assert sales["landing"] == pytest.approx(told_of_weeks(3)[1])
    assert (sales["errors"], sales["periods"]) == (1, 2)


def test_the_interval_comes_from_the_errors(tmp_path: Path) -> None:
    sales = row(ask(tmp_path, busy_weeks(13, 4), kpis="sales", grain="week"), "sales")
    *before, landed = told_of_weeks(13)
    came_to = [10 if week % 2 else 7 for week in range(1, 12)]
    errors = sorted(was / told - 1 for told, was in zip(before, came_to, strict=True))
    assert sales["landing"] == pytest.approx(landed)
    assert sales["errors"] == len(errors) == 11
    # Places 1.2 and 10.8 of eleven.
    low = errors[0] + 0.2 * (errors[1] - errors[0])
    high = errors[9] + 0.8 * (errors[10] - errors[9])
    assert sales["low"] == pytest.approx(landed * (1 + low))
    assert sales["high"] == pytest.approx(landed * (1 + high))


# --- deadlines -----------------------------------------------------------------------------------

DEADLINE = TREE.replace("target = 620", "target = 620\ndeadline = 2026-06-15")


def test_a_deadline_after_the_period(tmp_path: Path) -> None:
    """At the pace of April, 20 a day, June has 600."""
    rows = [*months("2026-01-01", 3), *daily("2026-04-01", "2026-04-10", 20)]
    found = ask(tmp_path, rows, DEADLINE)
    later = row(found, "revenue", "deadline")
    assert (later["period"], later["by"]) == ("2026-06", date(2026, 6, 15))
    assert (later["landing"], later["method"]) == (pytest.approx(600), "carried")
    assert (later["target"], later["gap"]) == (620, pytest.approx(-20))
    assert (later["days_left"], later["needed"], later["errors"]) == (66, None, 0)


def test_a_deadline_in_a_complete_period_goes_on_from_there(tmp_path: Path) -> None:
    found = ask(tmp_path, months("2026-01-01", 4, 20), DEADLINE)
    assert row(found, "revenue")["method"] == "complete"
    later = row(found, "revenue", "deadline")
    assert later["landing"] == pytest.approx(600)
    assert later["errors"] == 1  # January told March


@pytest.mark.parametrize("day", ["2026-04-30", "2020-01-01"])
def test_a_deadline_within_the_period_or_before_it_is_no_other_period(
    tmp_path: Path, day: str
) -> None:
    tables = DEADLINE.replace("2026-06-15", day)
    found = ask(tmp_path, daily("2026-03-01", "2026-04-10"), tables)
    assert found.rows["horizon"].to_list() == ["period"]


def test_the_end_of_a_path_is_a_deadline(tmp_path: Path) -> None:
    path = 'target = { value = 900, by = "2026-06-30", from = 300, since = "2026-03-31" }'
    tables = TREE.replace("target = 620", path)
    later = row(ask(tmp_path, daily("2026-03-01", "2026-04-10"), tables), "revenue", "deadline")
    assert (later["period"], later["by"]) == ("2026-06", date(2026, 6, 30))


def test_a_deadline_of_another_generation(tmp_path: Path) -> None:
    tables = DEADLINE.replace("2026-06-15", "2199-12-31")
    found = ask(tmp_path, daily("2026-03-01", "2026-04-10"), tables)
    assert found.rows["horizon"].to_list() == ["period"]
    assert "deadline_too_far" in codes(found)


def test_a_deadline_far_away_needs_no_more_than_one_in_sight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 250 days between, nothing is computed: the day after is looked at for prev() alone."""
    tables = DEADLINE.replace("2026-06-15", "2026-12-16").replace(
        "sales * basket", "sales * basket + 0 * prev(sales)"
    )
    held, counted = Moments.held, Counter[str]()

    def held_once_more(read: Moments, moment: Moment | None = None) -> Held:
        counted["held"] += 1
        return held(read, moment)

    def carried_once_more(*figures: Any) -> float | None:
        counted["carried"] += 1
        return course.carried_on(*figures)

    monkeypatch.setattr(Moments, "held", held_once_more)
    monkeypatch.setattr(courses, "carried_on", carried_once_more)
    rows = daily("2026-03-01", "2026-04-10", 20)
    found = ask(tmp_path, rows, tables, grain="day", as_of="2026-04-11")
    later = row(found, "revenue", "deadline")
    assert (later["period"], later["landing"]) == ("2026-12-16", pytest.approx(20))
    assert counted["held"] <= 3  # standing, the day, the deadline
    # Rows and amounts, each on the day of the deadline and on the one before.
    assert counted["carried"] == 2 * 2


def test_places_between_are_carried_where_a_formula_looks_back(tmp_path: Path) -> None:
    """20 a day: May has 620, June 600; so June is worth 1,220 with the month before."""
    tables = DEADLINE.replace("sales * basket", "sales * basket + prev(sales) * basket")
    rows = [*months("2026-01-01", 3, 20), *daily("2026-04-01", "2026-04-10", 20)]
    later = row(ask(tmp_path, rows, tables), "revenue", "deadline")
    assert later["landing"] == pytest.approx(600 + 620)


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "error", "said"),
    [
        ({"kpis": "revenu"}, UsageError, "there is no KPI 'revenu'"),
        ({"period": "soon"}, UsageError, "'soon' is not a period"),
        ({"period": "2031"}, SourceError, "there is no data for 2031"),
        ({"where": "amount >"}, UsageError, ""),
        ({"as_of": "2020-01-01"}, SourceError, "there is no day before 2020-01-01"),
    ],
)
def test_bad_input(
    tmp_path: Path, question: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as raised:
        ask(tmp_path, daily("2026-03-01", "2026-04-10"), **question)
    assert said in str(raised.value)


# --- laws ----------------------------------------------------------------------------------------

weeks = st.lists(st.integers(1, 50), min_size=7, max_size=7)


def weekly(amounts: list[float], days: int) -> list[str]:
    """The same week over and over, from Monday, 5 January 2026."""
    start = date(2026, 1, 5)
    return [
        f"{(start + timedelta(days=n)).isoformat()},north,shop,ann,{amounts[n % 7]}"
        for n in range(days)
    ]


@settings(max_examples=15)
@given(weeks, st.integers(1, 6), st.sampled_from(["week", "month"]))
def test_a_history_that_repeats_itself_leaves_no_error(
    amounts: list[float], days: int, grain: str
) -> None:
    """Twelve weeks, and the first days of the next: it lands where every week landed."""
    with TemporaryDirectory() as folder:
        found = ask(Path(folder), weekly(amounts, 84 + days), kpis="revenue", grain=grain)
    revenue = row(found, "revenue")
    period = found.period.span
    start = date(2026, 1, 5)
    first = (period.start - start).days
    whole = sum(amounts[(first + n) % 7] for n in range(period.days))
    assert revenue["landing"] == pytest.approx(whole, rel=1e-9)
    if grain == "week":
        assert (revenue["low"], revenue["high"]) == pytest.approx((whole, whole), rel=1e-9)


@settings(max_examples=15)
@given(
    st.lists(st.integers(1, 99), min_size=7 * 11, max_size=7 * 12 - 1),
    st.sampled_from([2.0, 10.0, 0.25]),
)
def test_k_times_the_data_is_k_times_the_forecast(amounts: list[int], k: float) -> None:
    start = date(2026, 1, 5)

    def forecast(times: float) -> Mapping[str, Any]:
        rows = [
            f"{(start + timedelta(days=n)).isoformat()},north,shop,ann,{amount * times}"
            for n, amount in enumerate(amounts)
        ]
        with TemporaryDirectory() as folder:
            return row(ask(Path(folder), rows, kpis="revenue", grain="week"), "revenue")

    one, other = forecast(1.0), forecast(k)
    assert one["method"] == other["method"]
    assert one["errors"] == other["errors"]
    for name in ("value", "landing", "low", "high", "pace", "expected"):
        if one[name] is None:
            assert other[name] is None
        else:
            assert other[name] == pytest.approx(k * one[name], rel=1e-9)
    assert other["share"] == pytest.approx(one["share"], rel=1e-9)


# --- what cannot be ------------------------------------------------------------------------------


def _sparse(seed: int, amount: float = 10) -> list[str]:
    """Two years and 25 days with a sale on about every seventh day."""
    chance = Random(seed)  # noqa: S311 - made-up data, not secrets
    days = (date(2024, 1, 1) + timedelta(days=n) for n in range(731 + 25))
    return [f"{day},north,shop,ann,{amount}" for day in days if chance.random() < 0.15]


@pytest.mark.parametrize("seed", range(6))
def test_no_interval_lies_below_what_was_counted(tmp_path: Path, seed: int) -> None:
    found = ask(tmp_path, _sparse(seed), as_of="2026-01-26", kpis=["revenue", "sales"])
    for kpi in ("revenue", "sales"):
        one = row(found, kpi)
        assert one["low"] is None or one["low"] >= one["value"]


def test_what_is_taken_off_on_some_days_may_end_lower(tmp_path: Path) -> None:
    """Ten a day, and from the 21st on ten less a day: it ends below what is there on the 20th."""
    rows = [
        f"{day},north,shop,ann,{10 if day.day <= 20 else -10}"
        for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(731 + 20))
    ]
    revenue = row(ask(tmp_path, rows), "revenue")
    assert revenue["value"] == 200
    assert revenue["high"] < 200


def test_a_month_that_begins_at_a_weekend(tmp_path: Path) -> None:
    """Ten on every working day and nothing else; 1 February 2026 is a Sunday, of 20 such days."""
    days = (date(2025, 1, 1) + timedelta(days=n) for n in range(31 + 366))
    rows = [f"{day},north,shop,ann,{10 if day.weekday() < 5 else 0}" for day in days]
    revenue = row(ask(tmp_path, rows, as_of="2026-02-02"), "revenue")
    assert (revenue["value"], revenue["method"]) == (0, "course")
    assert revenue["landing"] == pytest.approx(200, rel=0.01)


LARGE = (
    TREE.replace("target = 620", "")
    + """
[kpi.large]
measure = "sum(amount)"
source = "sales"
"""
)


def test_a_landing_too_large_for_a_number(tmp_path: Path) -> None:
    """1e308 a day is too much for a number within two days, whatever was before."""
    rows = [*months("2026-01-01", 3), *daily("2026-04-01", "2026-04-01", 1e308)]
    large = row(ask(tmp_path, rows, LARGE, kpis=["large"]), "large")
    assert (large["value"], large["landing"]) == (1e308, None)
    assert large["landing_reason"] == "the landing is too large for a number"


@pytest.mark.parametrize("amount", [1e308, -1e308])
def test_past_sums_too_large_for_a_number(tmp_path: Path, amount: float) -> None:
    past = [line for n in range(1, 5) for line in daily(f"2026-0{n}-05", f"2026-0{n}-05", amount)]
    large = row(ask(tmp_path, past, LARGE, kpis=["large"]), "large")
    assert large["value"] == amount
    assert large["landing"] is not None or large["landing_reason"]


def test_a_month_that_ended_long_ago_has_no_days_left(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-03-20")
    found = ask(tmp_path, rows, as_of="2027-06-01")
    revenue = row(found, "revenue")
    assert (found.period.span.label, revenue["days_left"]) == ("2026-03", 0)
    assert (revenue["left"], revenue["needed"], revenue["ratio"]) == (420, None, None)
    [notice] = [each for each in found.warnings if each.code == "ended"]
    assert notice.message.startswith(
        "the data ends on 2026-03-20, and 2026-03 ended on 2026-03-31: no day of it is left"
    )


def test_on_its_last_day_a_month_has_days_left(tmp_path: Path) -> None:
    found = ask(tmp_path, daily("2026-01-01", "2026-03-20"), as_of="2026-03-31")
    assert (row(found, "revenue")["days_left"], codes(found)) == (11, [])
