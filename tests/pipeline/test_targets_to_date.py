"""Targets of a running period: what its first days are held to, and what is judged whole."""

from pathlib import Path
from typing import Any

import pytest

from kpitree.analysis.results.evaluation import Evaluation
from pipeline.shop import ask, codes, compared, daily, fact, sales, write_csv

RATE = """
[kpi.price]
measure = "mean(amount)"
target = { "2024" = 0.6, "2024-08" = 0.65 }
"""


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"period": "2024"}, 0.6),
        ({"period": "2024", "as_of": "2024-12-31"}, 0.6),
        ({"period": "2024", "as_of": "2024-08-10"}, 0.6),
        ({"period": "2024-08", "as_of": "2024-08-10"}, 0.65),
        ({"period": "2024-07"}, 0.6),
        ({"period": "2024-Q3", "as_of": "2024-09-10"}, None),  # it changes within the quarter
    ],
)
def test_a_rate_has_the_target_of_its_whole_period_while_it_runs(
    question: dict[str, Any], expected: float | None, tmp_path: Path
) -> None:
    found = sales(tmp_path, daily("2024-01-01", "2024-12-31"), RATE, **question)
    assert fact(found, "price")["target"] == expected


def test_a_goal_of_a_rate_likewise(tmp_path: Path) -> None:
    table = "kpi,period,target,region\nprice,2024,0.6,north\nprice,2024-08,0.65,north\n"
    (tmp_path / "goals.csv").write_text(table, "utf-8")
    tables = '[kpi.price]\nmeasure = "mean(amount)"\n[targets]\npath = "goals.csv"\n'
    found = sales(
        tmp_path,
        daily("2024-01-01", "2024-12-31"),
        tables,
        period="2024",
        as_of="2024-12-31",
        by=("region",),
    )
    assert fact(found, "price", region="north")["target"] == 0.6


# --- periods within periods ----------------------------------------------------------------------


def amount(target: str) -> str:
    return f'[kpi.amount]\nlabel = "Amount"\nmeasure = "sum(amount)"\ntarget = {target}\n'


YEAR = daily("2026-01-01", "2026-12-31")


def said(found: Evaluation) -> list[str]:
    return [one.message for one in found.warnings if one.code == "targets_do_not_add_up"]


def test_the_rest_of_a_year_is_spread_over_its_other_days(tmp_path: Path) -> None:
    tables = amount('{ "2026" = 1200, "2026-Q1" = 600 }')
    second = sales(tmp_path, YEAR, tables, period="2026-Q2")
    assert fact(second, "amount")["target"] == pytest.approx(600 * 91 / 275)
    running = ask(tmp_path, tables, period="2026", as_of="2026-12-31")
    assert fact(running, "amount")["target"] == pytest.approx(1200 - 600 / 275)
    assert said(running) == []


def test_periods_that_take_more_than_the_year_has_are_told(tmp_path: Path) -> None:
    tables = amount('{ "2026" = 1200, "2026-Q1" = 1300 }')
    found = sales(tmp_path, YEAR, tables, period="2026-04")
    assert fact(found, "amount")["target"] is None
    assert said(found) == [
        "the targets of Amount for parts of 2026 give 1,300, not 1,200: 100 over"
    ]


def test_months_that_are_not_their_quarter_are_told(tmp_path: Path) -> None:
    tables = amount('{ "2026-Q1" = 900, "2026-01" = 300, "2026-02" = 300, "2026-03" = 200 }')
    found = sales(tmp_path, YEAR, tables, period="2026-Q1")
    assert fact(found, "amount")["target"] == 900
    assert said(found) == [
        "the targets of Amount for parts of 2026-Q1 give 800, not 900: 100 short"
    ]
    later = ask(tmp_path, tables, period="2026-05")
    assert said(later) == []  # nothing of the quarter is shown


def test_goals_for_parts_of_a_period_are_told_once(tmp_path: Path) -> None:
    table = "kpi,period,target,region\n" + "".join(
        f"amount,2026,1200,{region}\namount,2026-Q1,1300,{region}\n"
        for region in ("north", "south")
    )
    (tmp_path / "goals.csv").write_text(table, "utf-8")
    tables = '[kpi.amount]\nlabel = "Amount"\nmeasure = "sum(amount)"\n'
    tables += '[targets]\npath = "goals.csv"\n'
    rows = [*YEAR, "2026-01-01,south,shop,ann,1"]
    found = sales(tmp_path, rows, tables, period="2026-02", by=("region",))
    (told,) = said(found)
    gap = "give 1,300, not 1,200: 100 over (and those of 1 segment more)"
    assert told == f"the goals of Amount for region = north, for parts of 2026 {gap}"


# --- stocks and flows ----------------------------------------------------------------------------

MRR = """
[kpi.mrr]
label = "MRR"
formula = "start + new - gone"
measured = "sum(pay)"
target = 36_000
[kpi.start]
label = "Start"
measure = "sum(pay)"
at = "start"
{start}
[kpi.new]
label = "New"
measure = "sum(pay)"
count_when = "started"
target = 2_000
[kpi.gone]
label = "Gone"
measure = "sum(pay)"
count_when = "ended"
{gone}
"""
STAFF = """
[sources.staff]
path = "staff.csv"
from = "hired"
to = "left"
covers = ["2025-01-01", "2026-01-10"]
"""
ROWS = ["ann,2025-03-01,,34000", "bob,2025-06-15,2026-01-05,400", "cat,2026-01-02,,500"]


def mrr(folder: Path, start: str = "target = 35_000", gone: str = "target = 1_000") -> Evaluation:
    """The first 10 days of January 2026."""
    write_csv(folder, ROWS, "staff.csv", "who,hired,left,pay")
    tables = MRR.format(start=start, gone=gone)
    return ask(folder, tables, source=STAFF, period="2026-01", vs=("target",))


def test_targets_that_agree_for_the_whole_month_do_not_contradict_each_other(
    tmp_path: Path,
) -> None:
    """35,000 + 2,000 - 1,000 = 36,000; of the flows 10/31 are due."""
    found = mrr(tmp_path)
    assert said(found) == []
    assert fact(found, "mrr")["target"] == 36_000
    assert fact(found, "new")["target"] == pytest.approx(2_000 * 10 / 31)
    assert fact(found, "mrr")["target_implied"] == pytest.approx(35_000 + 1_000 * 10 / 31)


def test_those_that_do_are_told_as_of_the_whole_month(tmp_path: Path) -> None:
    """35,000 + 2,000 - 1,500 = 35,500. To close it, start would be +500 (1.4 % of what it was),
    new +500, gone -500: of 500 new and 400 gone in 10 days, 1,550 and 1,240 a month, gone is the
    longest way.
    """
    (found,) = said(mrr(tmp_path, gone="target = 1_500"))
    assert found.startswith(
        "for all of 2026-01, the targets under MRR give 35,500, not 36,000: 500 short"
    )
    assert found.endswith("furthest off is the target of Gone: 1,000 instead of 1,500 (−33.3 %)")


def test_what_a_stock_needs_is_that_of_the_whole_month(tmp_path: Path) -> None:
    found = mrr(tmp_path, start="")
    assert compared(found, "start", "target")["reference"] == pytest.approx(35_000)
    assert said(found) == []


def test_what_a_flow_needs_for_a_stock_is_cut(tmp_path: Path) -> None:
    found = mrr(tmp_path, gone="")
    needed = compared(found, "gone", "target")["reference"]
    assert needed == pytest.approx(1_000 * 10 / 31)


def test_what_is_still_to_come_is_a_line_of_its_own(tmp_path: Path) -> None:
    """36,000 is due at the end of the month: 35,000 + 322.58 is due by its 10th day."""
    (found,) = [one for one in mrr(tmp_path).attributions if one.kpi == "mrr"]
    assert found.reason is None
    last = found.lines[-1]
    assert last.label == "due later in the period"
    assert last.line == pytest.approx(-1_000 * 21 / 31)
    assert sum(one.line for one in found.lines) == pytest.approx(34_500 - 36_000)


def test_flows_keep_the_sums_of_their_days(tmp_path: Path) -> None:
    """In a running year a flow's need is made of the months that have been."""
    tables = """
[kpi.amount]
formula = "orders * basket"
target = 310
[kpi.orders]
measure = "count()"
[kpi.basket]
measure = "mean(amount)"
target = 10
"""
    found = sales(tmp_path, daily("2026-01-01", "2026-02-28"), tables, period="2026")
    assert fact(found, "amount")["target"] == pytest.approx(620)
    assert compared(found, "orders", "target")["reference"] == pytest.approx(62)
    assert codes(found) == []


# --- what is divided by a flow -------------------------------------------------------------------

RUNWAY = """
[kpi.runway]
label = "Runway (months)"
formula = "cash / burn"
[kpi.cash]
value = 1_000
[kpi.burn]
measure = "sum(amount)"
[kpi.share]
formula = "burn / orders"
[kpi.orders]
measure = "count()"
[kpi.top]
formula = "runway * share"
"""


@pytest.mark.parametrize(
    ("question", "per"),
    [
        ({"period": "2026-01"}, None),
        ({"period": "2026-01", "as_of": "2026-01-11"}, "10 days"),  # 1,000 / (10 x 10) = 10
        ({"period": "2026-01", "as_of": "2026-01-02"}, "1 day"),
        ({"period": "2026-Q1"}, "quarter"),
        ({"period": "2026-03", "ytd": True}, "90 days"),
        ({"period": "2026-01..2026-02"}, "59 days"),
        ({"period": "2026-03-05"}, "day"),
    ],
)
def test_what_is_divided_by_a_flow_is_per_period(
    question: dict[str, Any], per: str | None, tmp_path: Path
) -> None:
    rows = daily("2026-01-01", "2026-03-31")
    found = sales(tmp_path, rows, RUNWAY, top='[tree]\nroot = "top"', **question)
    told = {one.kpi: one.message for one in found.warnings if one.code == "not_per_period"}
    assert set(told) == (set() if per is None else {"runway", "top"})
    if per is not None:
        says = f"divides by what adds up over time: here it is per {per}, not per month"
        assert told["runway"] == f"Runway (months) {says}"


# --- a year to date on its way -------------------------------------------------------------------

SO_FAR = """
[kpi.so_far]
formula = "year_to_date(amount)"
target = { value = 3650, by = 2026-12-31, from = 10, since = 2026-01-01 }
[kpi.amount]
measure = "sum(amount)"
"""


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ({"period": "2026-02"}, 59),
        ({"period": "2026-02", "as_of": "2026-02-11"}, 41),
        ({"period": "2026-Q1"}, 90),
    ],
)
def test_a_year_to_date_is_to_be_on_its_way(
    question: dict[str, Any], days: int, tmp_path: Path
) -> None:
    """10 a day are just on it: 10 on 1 January, 3,650 on the 365th day."""
    found = sales(tmp_path, daily("2026-01-01", "2026-03-31"), SO_FAR, **question)
    row = fact(found, "so_far")
    assert row["value"] == pytest.approx(10 * days)
    assert row["target"] == pytest.approx(10 * days)
