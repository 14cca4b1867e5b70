"""Stocks from the tree file to the answer: every figure can be added up by hand."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import kpitree
from kpitree.analysis.results.change import Change
from kpitree.analysis.results.evaluation import Evaluation
from kpitree.errors import SourceError
from kpitree.tables import SEGMENT
from pipeline.shop import ask, compared, fact, value, write_csv

TOP = "who,hired,left,team,pay"
STAFF = [
    "ann,2025-03-01,,sales,1000",
    "bob,2025-06-15,2026-02-10,sales,800",
    "cat,2026-01-10,2026-03-05,support,500",
    "dan,2026-02-01,,support,600",
    "eve,2026-02-20,,,700",
    "fay,2026-03-31,2026-04-30,sales,900",
    "cat,2026-03-05,,support,550",
]
SOURCE = """
[sources.staff]
path = "staff.csv"
from = "hired"
to = "left"
covers = ["2025-01-01", "2026-03-31"]
[sources.staff.dimensions]
team = "team"
"""
TREE = """
[kpi.pay]
formula = "before + came - went"
measured = "sum(pay)"
unit = "currency"
target = 3000
[kpi.before]
measure = "sum(pay)"
at = "start"
[kpi.came]
measure = "sum(pay)"
count_when = "started"
target = 900
[kpi.went]
measure = "sum(pay)"
count_when = "ended"
[kpi.heads]
measure = "n_unique(who)"
target = 5
[kpi.average]
measure = "count()"
at = "average"
[kpi.churn]
formula = "went / before"
[kpi.mean_pay]
measure = "mean(pay)"
"""
TREE_TOP = '[tree]\nroot = "pay"'


def asked(folder: Path, **question: Any) -> Evaluation:
    write_csv(folder, STAFF, "staff.csv", TOP)
    return ask(folder, TREE, top=TREE_TOP, source=SOURCE, **question)


def changed(folder: Path, kpi: str, **question: Any) -> Change:
    asked(folder)
    return kpitree.load(folder / "tree.toml").drivers(kpi, **question)


def test_a_month(tmp_path: Path) -> None:
    """February: 1000 + 800 + 500 before; dan and eve come; bob goes on the 10th.

    Heads on average: ann 28, cat 28, dan 28, bob 9 and eve 9 of 28 days.
    """
    found = asked(tmp_path, period="2026-02")
    assert value(found, "before") == 2300
    assert value(found, "came") == 1300
    assert value(found, "went") == 800
    assert value(found, "pay") == 2800
    assert value(found, "heads") == 4
    assert value(found, "average") == (3 * 28 + 9 + 9) / 28
    assert value(found, "churn") == 800 / 2300
    assert value(found, "mean_pay") == 700
    assert found.warnings == ()


def test_a_longer_period_has_its_ends_stock_and_its_flows_sums(tmp_path: Path) -> None:
    found = asked(tmp_path, period="2026-Q1")
    assert value(found, "before") == 1800
    assert value(found, "came") == 500 + 1300 + 1450
    assert value(found, "went") == 800 + 500
    assert value(found, "pay") == 3750 == 1800 + 3250 - 1300
    # A stock's target is that of any period; a flow's is that of three months.
    assert fact(found, "heads")["target"] == 5
    assert fact(found, "pay")["target"] == 3000
    assert fact(found, "came")["target"] == 2700


def test_a_running_period_goes_to_the_last_day_covered(tmp_path: Path) -> None:
    """By 10 March: fay is not there yet, cat has come back on the 5th. In February bob has gone."""
    found = asked(tmp_path, period="2026-03", as_of=date(2026, 3, 11))
    assert value(found, "pay") == 1000 + 600 + 700 + 550
    assert value(found, "came") == 550
    assert fact(found, "pay")["target"] == 3000
    assert fact(found, "came")["target"] == pytest.approx(900 * 10 / 31)
    earlier = compared(found, "pay", "previous")
    assert earlier["reference"] == 1000 + 500 + 600


def test_segments_and_who_has_none(tmp_path: Path) -> None:
    found = asked(tmp_path, period="2026-03", by=["team"])
    pay = {team: value(found, "pay", team=team) for team in ("sales", "support", "(none)")}
    assert pay == {"sales": 1900, "support": 1150, "(none)": 700}
    went = {team: value(found, "went", team=team) for team in ("sales", "support", "(none)")}
    assert went == {"sales": 0, "support": 500, "(none)": 0}
    assert fact(found, "churn", team="sales")["value"] == 0


def test_a_question_about_some_rows(tmp_path: Path) -> None:
    found = asked(tmp_path, period="2026-02", where=["team == 'sales' or is_null(team)"])
    assert [value(found, kpi) for kpi in ("before", "came", "went", "pay")] == [
        1800,
        700,
        800,
        1700,
    ]


def test_outside_of_what_is_covered_there_is_nothing(tmp_path: Path) -> None:
    """Though the rows tell of April: that fay will have gone."""
    with pytest.raises(SourceError, match="no data for 2026-04"):
        asked(tmp_path, period="2026-04")


@pytest.mark.parametrize("kpi", ["pay", "before", "churn", "mean_pay", "heads", "average"])
def test_drivers_by_segment_add_up(tmp_path: Path, kpi: str) -> None:
    """The lines of the segments of a driver are its own, and all of them are the change."""
    by_driver = changed(tmp_path, kpi, period="2026-03", vs="previous").lines
    split = changed(tmp_path, kpi, period="2026-03", vs="previous", by=["team"]).lines
    state = asked(tmp_path, period="2026-03")
    change = compared(state, kpi, "previous")["change"]
    assert change
    assert by_driver["line"].sum() == pytest.approx(change, rel=1e-12)
    sums = split.group_by("driver").agg(pl.col("line").sum()).rows()
    assert dict(sums) == pytest.approx(dict(by_driver.select("driver", "line").rows()))
    assert SEGMENT + "team" in split.columns
    assert split.filter(pl.col(SEGMENT + "team") == "support").height > 0


def test_the_rate_of_a_segment_and_its_weight(tmp_path: Path) -> None:
    """The mean pay of the rows there: a ratio whose parts are stocks."""
    lines = changed(tmp_path, "mean_pay", period="2026-03", vs="previous", by=["team"]).lines
    support = lines.filter(pl.col(SEGMENT + "team") == "support", pl.col("effect") == "rate")
    assert support.select("from", "to").row(0) == ((500 + 600) / 2, (600 + 550) / 2)
    assert lines["line"].sum() == pytest.approx(3750 / 5 - 700)


def test_slices_of_a_stock_add_up(tmp_path: Path) -> None:
    asked(tmp_path)
    found = kpitree.load(tmp_path / "tree.toml").segments("pay", period="2026-03", noise=True)
    assert (found.before, found.after) == (2800, 3750)
    assert found.rows["line"].sum() == pytest.approx(950)
    assert found.reason is None


def test_without_covers_the_reader_is_led_to_it(tmp_path: Path) -> None:
    write_csv(tmp_path, STAFF, "staff.csv", TOP)
    source = SOURCE.replace('covers = ["2025-01-01", "2026-03-31"]', "")
    found = ask(tmp_path, TREE, top=TREE_TOP, source=source, period="2026-03")
    assert [one.code for one in found.warnings] == []  # fay started on the 31st
    write_csv(tmp_path, [row for row in STAFF if "fay" not in row], "staff.csv", TOP)
    found = ask(tmp_path, TREE, top=TREE_TOP, source=source, period="2026-03")
    (said,) = found.warnings
    assert said.message.startswith("the last row of 'staff' starts on 2026-03-05, so it counts")
    assert said.message.endswith('covers = ["2025-03-01", "2026-03-31"]')


def test_a_balance_is_carried_to_the_periods_that_have_none(tmp_path: Path) -> None:
    """In February no account is told of; in the south only January's is known."""
    rows = [
        "2026-01-05,north,100",
        "2026-01-31,south,50",
        "2026-03-10,north,70",
        "2026-03-20,north,",
        "2026-04-30,north,60",
    ]
    write_csv(tmp_path, rows, "cash.csv", "day,place,balance")
    source = '[sources.cash]\npath = "cash.csv"\ntime = "day"\n'
    source += 'covers = ["2026-01-01", "2026-05-31"]\ndimensions = { place = "place" }'
    tree = """
    [tree]
    root = "cash"
    [kpi.cash]
    measure = "last(balance)"
    carry = true
    target = 60
    [kpi.told]
    measure = "last(balance)"
    [kpi.opening]
    measure = "first(balance)"
    carry = true
    [kpi.rows]
    measure = "count()"
    """
    found = ask(tmp_path, tree, source=source, last=5, by=["place"])
    months = [f"2026-{month:02}" for month in range(1, 6)]
    north: dict[str, Any] = {"place": "north"}
    south: dict[str, Any] = {"place": "south"}
    for kpi, segment, values in (
        ("cash", {}, [50, 50, 70, 60, 60]),
        ("told", {}, [50, None, 70, 60, None]),
        ("opening", {}, [100, 50, 70, 60, 60]),
        ("cash", north, [100, 100, 70, 60, 60]),
        ("cash", south, [50, 50, 50, 50, 50]),
        ("told", south, [50, None, None, None, None]),
        ("rows", {}, [2, 0, 2, 1, 0]),
        ("rows", south, [1, 0, 0, 0, 0]),
    ):
        assert [value(found, kpi, month, **segment) for month in months] == values, (kpi, segment)
    # By quarter it is the last one's, not a sum, and so is its target.
    quarter = ask(tmp_path, tree, source=source, period="2026-Q1")
    assert (value(quarter, "cash"), fact(quarter, "cash")["target"]) == (70, 60)
    # Only days that are covered have one.
    with pytest.raises(SourceError, match="no data for 2026-06"):
        ask(tmp_path, tree, source=source, period="2026-06")
