"""Targets of less than a period of the tree: a mistake, unless the KPI adds up over time."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import kpitree
from kpitree.cli.app import app
from pipeline.shop import SOURCE, ask, daily, write_csv

KPIS = """
[kpi.sales]
measure = "sum(amount)"
source = "sales"
{sales}
[kpi.basket]
measure = "mean(amount)"
source = "sales"
{basket}
[kpi.buyers]
measure = "n_unique(buyer)"
source = "sales"
"""
TABLE = '[targets]\npath = "targets.csv"\n[tree]\nroot = "sales"\n'


def kpis(sales: str = "", basket: str = "") -> str:
    return KPIS.format(sales=sales, basket=basket)


def test_weeks_of_what_adds_up_make_a_month(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-06-01", "2026-06-30"))
    weeks = ", ".join(f'"2026-W{week}" = 70' for week in (23, 24, 25, 26, 27))
    tables = kpis(sales=f"target = {{ {weeks} }}")
    found = ask(tmp_path, tables, top='[tree]\nroot = "sales"\n')
    row = found.kpis.filter(kpi="sales").row(0, named=True)
    assert row["target"] == pytest.approx(300)  # 30 days of 10; June 2026 begins on a Monday


@pytest.mark.parametrize(
    ("kpi", "label"), [("basket", "2026-W23"), ("basket", "2026-06-01..2026-06-15")]
)
def test_a_rate_has_no_target_of_a_week_in_a_tree_of_months(
    tmp_path: Path, kpi: str, label: str
) -> None:
    write_csv(tmp_path, daily("2026-06-01", "2026-06-30"))
    tables = kpis(**{kpi: f'target = {{ "{label}" = 9, "2026-06" = 10 }}'})
    with pytest.raises(kpitree.TreeError, match=f"the target for {label} is of less than a month"):
        ask(tmp_path, tables, top='[tree]\nroot = "sales"\n')


def test_in_a_tree_of_weeks_it_has(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-06-01", "2026-06-30"))
    tables = kpis(basket='target = { "2026-W26" = 9 }')
    found = ask(tmp_path, tables, top='[tree]\nroot = "sales"\n[calendar]\ngrain = "week"\n')
    assert found.kpis.filter(kpi="basket")["target"].item() == 9


@pytest.mark.parametrize("command", ["check", "eval", "trend", "forecast"])
def test_rows_of_a_table_are_told_with_their_lines(tmp_path: Path, command: str) -> None:
    write_csv(tmp_path, daily("2026-06-01", "2026-06-30"))
    rows = "kpi,period,target\nsales,2026-W23,70\nbasket,2026-W23,9\nbuyers,2026-06-01,1\n"
    (tmp_path / "targets.csv").write_text(rows, "utf-8")
    file = tmp_path / "tree.toml"
    file.write_text(TABLE + SOURCE + kpis(), "utf-8")
    done = CliRunner().invoke(app, [command, str(file)])
    assert done.exit_code == 2
    told = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert [line.split("targets.csv:")[1].split(":")[0] for line in told] == ["3", "4"]
    assert "Basket does not add up over time" in told[0]
    assert "give it for a whole month, or set a finer [calendar] grain" in done.stderr


def test_check_says_that_the_table_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "tree.toml"
    file.write_text(TABLE + SOURCE + kpis(), "utf-8")
    done = CliRunner().invoke(app, ["check", str(file)])
    assert done.exit_code == 3
    assert "targets.csv" in done.stderr
