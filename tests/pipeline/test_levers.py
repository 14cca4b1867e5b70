"""Levers end to end: which period, which goal, and what the past is compared with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import kpitree
from kpitree.analysis.results.levers import Levers
from kpitree.errors import SourceError, UsageError
from pipeline.shop import SOURCE, daily, write_csv

TREE = """
[tree]
root = "revenue"
[kpi.revenue]
formula = "sales * basket"
target = {target}
{more}
[kpi.sales]
measure = "count()"
source = "sales"
controllable = true
[kpi.basket]
measure = "sum(amount) / count()"
source = "sales"
controllable = true
"""
# 31 x 10, 28 x 20, 31 x 15 of January, February and March
MONTHS = [
    *daily("2026-01-01", "2026-01-31", 10),
    *daily("2026-02-01", "2026-02-28", 20),
    *daily("2026-03-01", "2026-03-31", 15),
]


def ask(
    folder: Path,
    rows: list[str] | None = None,
    /,
    *,
    target: str = "620",
    more: str = "",
    **question: Any,
) -> Levers:
    write_csv(folder, MONTHS if rows is None else rows)
    file = folder / "tree.toml"
    file.write_text(TREE.format(target=target, more=more) + SOURCE, "utf-8")
    return kpitree.load(file).levers(**question)


def lever(found: Levers, kpi: str) -> Mapping[str, Any]:
    (row,) = found.rows.filter(kpi=kpi).rows(named=True)
    return row


def test_the_last_complete_month(tmp_path: Path) -> None:
    found = ask(tmp_path)
    assert (found.period.span.label, found.value, found.goal.value) == ("2026-03", 465, 620)
    assert (found.goal.label, found.goal.reached) == ("target", False)
    sales, basket = lever(found, "sales"), lever(found, "basket")
    assert (sales["value"], sales["marginal"], sales["elasticity"]) == (31, 15, 1)
    assert sales["needed"] == pytest.approx(620 / 15)
    assert (sales["best"], sales["best_period"], sales["within"]) == (31, "2026-03", False)
    assert basket["needed"] == pytest.approx(20)
    assert (basket["best"], basket["best_period"], basket["within"]) == (20, "2026-02", True)
    assert found.history == ("2026-01", "2026-03")


def test_the_past_ends_with_the_period_shown(tmp_path: Path) -> None:
    found = ask(tmp_path, period="2026-01")
    assert found.history == ("2026-01", "2026-01")
    assert lever(found, "basket")["best"] == 10


def test_the_past_is_as_long_as_the_data(tmp_path: Path) -> None:
    rows = [*daily("2021-05-01", "2021-05-31", 99), *daily("2021-06-01", "2026-03-31", 15)]
    found = ask(tmp_path, rows, period="2026-03")
    assert found.history == ("2021-05", "2026-03")
    assert lever(found, "basket")["best_period"] == "2021-05"


def test_a_running_period_is_compared_with_as_many_days(tmp_path: Path) -> None:
    rows = [*MONTHS, *daily("2026-04-01", "2026-04-10", 15)]
    found = ask(tmp_path, rows, period="latest")
    assert (found.period.covered_days, found.value) == (10, 150)
    assert found.goal.value == pytest.approx(620 * 10 / 30)
    assert (lever(found, "sales")["best"], lever(found, "sales")["best_period"]) == (10, "2026-04")
    assert lever(found, "basket")["best"] == 20


@pytest.mark.parametrize("question", [{"period": "2026-01..2026-02"}, {"ytd": True}])
def test_a_range_has_no_past(tmp_path: Path, question: dict[str, Any]) -> None:
    found = ask(tmp_path, **question)
    assert found.history is None
    assert lever(found, "sales")["best"] is None
    assert lever(found, "sales")["within"] is None
    assert lever(found, "sales")["needed"] is not None


def test_a_quarter(tmp_path: Path) -> None:
    found = ask(tmp_path, grain="quarter")
    assert (found.period.span.label, found.value, found.goal.value) == ("2026-Q1", 1335, 3 * 620)


# --- goals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "goal"), [(930, 930), ("9.3e2", 930), ("+100%", 930), ("+465", 930), ("-65", 400)]
)
def test_another_goal(tmp_path: Path, to: str | float, goal: float) -> None:
    found = ask(tmp_path, to=to)
    assert (found.goal.label, found.goal.value) == ("goal", goal)
    assert lever(found, "sales")["needed"] == pytest.approx(goal / 15)


def test_a_target_that_is_reached(tmp_path: Path) -> None:
    found = ask(tmp_path, target="310")
    assert found.goal.reached
    assert lever(found, "sales")["needed"] == pytest.approx(310 / 15)
    assert not ask(tmp_path, target="310", more='direction = "down"').goal.reached
    assert ask(tmp_path, target="620", more='direction = "down"').goal.reached


def test_no_target(tmp_path: Path) -> None:
    found = ask(tmp_path, more="", target='{ "2025-01" = 5 }')
    assert found.goal.value is None
    assert found.goal.reason == "no target for 2026-03-01 (--to sets another goal)"
    assert lever(found, "sales")["needed_reason"] == found.goal.reason
    assert lever(found, "sales")["marginal"] == 15


def test_of_some_rows_there_is_no_target(tmp_path: Path) -> None:
    found = ask(tmp_path, where="amount > 10")
    assert found.goal.value is None
    assert "not for what --where keeps" in (found.goal.reason or "")
    assert ask(tmp_path, where="amount > 10", to=500).goal.value == 500


def test_a_good_range(tmp_path: Path) -> None:
    about = "range = [500, 700]"
    below = ask(tmp_path, more=about)
    assert (below.goal.label, below.goal.value) == ("good range", 500)
    inside = ask(tmp_path, more=about, period="2026-02")
    assert (inside.goal.value, inside.goal.reached) == (None, True)
    assert lever(inside, "sales")["needed_reason"] == "it is inside its good range"


def test_an_implied_target(tmp_path: Path) -> None:
    write_csv(tmp_path, MONTHS)
    text = TREE.replace("target = {target}", "").replace("{more}", "")
    for kpi, target in (("sales", 40), ("basket", 20)):
        text = text.replace(f"[kpi.{kpi}]", f"[kpi.{kpi}]\ntarget = {target}")
    (tmp_path / "tree.toml").write_text(text + SOURCE, "utf-8")
    found = kpitree.load(tmp_path / "tree.toml").levers()
    assert (found.goal.label, found.goal.value) == ("target (implied)", 800)


# --- what is said --------------------------------------------------------------------------------


def test_nothing_is_controllable(tmp_path: Path) -> None:
    write_csv(tmp_path, MONTHS)
    text = TREE.format(target=620, more="").replace("controllable = true", "")
    (tmp_path / "tree.toml").write_text(text + SOURCE, "utf-8")
    found = kpitree.load(tmp_path / "tree.toml").levers()
    assert [one.code for one in found.warnings] == ["nothing_controllable"]
    assert found.rows["needed"].null_count() == 2


def test_a_kpi_without_a_value(tmp_path: Path) -> None:
    """No sale at all in February: no basket, and no revenue."""
    rows = [*daily("2026-01-01", "2026-01-31"), *daily("2026-03-01", "2026-03-31")]
    found = ask(tmp_path, rows, period="2026-02")
    assert (found.value, found.reason) == (None, "Basket: division by zero")
    row = lever(found, "sales")
    assert (row["value"], row["marginal"], row["needed"]) == (0, None, None)
    assert row["needed_reason"] == "Revenue has no value: Basket: division by zero"


def test_a_formula_over_other_periods_is_one_lever(tmp_path: Path) -> None:
    write_csv(tmp_path, MONTHS)
    tables = """
    [tree]
    root = "total"
    [kpi.total]
    formula = "sales * trend"
    [kpi.trend]
    formula = "rolling_mean(sales, 2)"
    [kpi.sales]
    measure = "count()"
    source = "sales"
    """
    (tmp_path / "tree.toml").write_text(tables + SOURCE, "utf-8")
    found = kpitree.load(tmp_path / "tree.toml").levers(to="+10%")
    assert lever(found, "sales")["marginal"] == 29.5
    assert lever(found, "trend")["flags"] == ["indivisible"]
    assert [one.code for one in found.warnings] == ["indivisible", "nothing_controllable"]


def test_assumptions(tmp_path: Path) -> None:
    (tmp_path / "tree.toml").write_text(
        """
        [tree]
        root = "total"
        [kpi.total]
        formula = "a * b"
        target = 100
        [kpi.a]
        value = 5
        controllable = true
        [kpi.b]
        value = { "2026-01" = 10, "2026-02" = 25, "2026-03" = 12 }
        controllable = true
        """,
        "utf-8",
    )
    tree = kpitree.load(tmp_path / "tree.toml")
    found = tree.levers(period="2026-03")
    assert lever(found, "a")["needed"] == pytest.approx(100 / 12)
    assert (lever(found, "a")["best"], lever(found, "a")["within"]) == (None, None)
    assert (lever(found, "b")["best"], lever(found, "b")["best_period"]) == (25, "2026-02")
    assert lever(tree.levers(period="2026-03", assumptions={"a": 10.0}), "b")["needed"] == 10


@pytest.mark.parametrize(
    ("kpi", "question", "said"),
    [
        ("sales", {}, "'sales' has no formula, so there is nothing under it to pull"),
        ("sale", {}, "there is no KPI 'sale'"),
        (None, {"to": "much"}, "'much' is not a number"),
        (None, {"to": "+3pp"}, "pp is for percentages, and 'revenue' is a number"),
    ],
)
def test_mistakes(tmp_path: Path, kpi: str | None, question: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as error:
        ask(tmp_path, kpi=kpi, **question)
    assert error.value.message == said


def test_a_root_that_looks_at_other_periods(tmp_path: Path) -> None:
    write_csv(tmp_path, MONTHS)
    tables = '[tree]\nroot = "growth"\n[kpi.growth]\nformula = "sales - prev(sales)"\n'
    tables += '[kpi.sales]\nmeasure = "count()"\nsource = "sales"\n'
    (tmp_path / "tree.toml").write_text(tables + SOURCE, "utf-8")
    with pytest.raises(UsageError, match="'growth' looks at other periods"):
        kpitree.load(tmp_path / "tree.toml").levers()


def test_a_period_without_data(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no data for 1999-01"):
        ask(tmp_path, period="1999-01")
