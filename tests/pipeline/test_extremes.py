"""Numbers at the edge of what a number can be: said, never infinite, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import kpitree
from kpitree.cli.app import app

TREE = """
[tree]
root = "total"
[kpi.total]
formula = "{formula}"
target = {target}
[kpi.a]
value = {{ "2026-01" = 1e308, "2026-02" = -1e308 }}
[kpi.b]
value = 0.5e308
"""
FORMATS = ("table", "plain", "json", "jsonl", "csv", "tsv", "markdown")
Write = Callable[[str, str], Path]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("formula", "target"),
    [("a + 0 * b", "1e-310"), ("a + 0 * b", "1e308"), ("a + b", "1"), ("a * b", "1"), ("b", "0")],
)
def test_no_infinity_gets_out(form: str, formula: str, target: str, write: Write) -> None:
    tree = write("tree.toml", TREE.format(formula=formula, target=target))
    asked = ["eval", str(tree), "--period", "2026-02", "--last", "2", "--format", form]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "inf" not in done.stdout.lower().replace("information", "")
    assert "nan" not in done.stdout.lower()


def test_a_change_that_is_too_large_says_so(write: Write) -> None:
    tree = write("tree.toml", TREE.format(formula="a", target="1e308"))
    done = CliRunner().invoke(app, ["eval", str(tree), "--period", "2026-02", "-f", "json"])
    (compared,) = [
        one
        for kpi in json.loads(done.stdout)["kpis"]
        for one in kpi["comparisons"]
        if (kpi["kpi"], one["vs"]) == ("total", "target")
    ]
    assert compared["change"] is None
    assert compared["reason"] == "the change is too large for a number"


def test_process_limits_of_huge_values(write: Write, tmp_path: Path) -> None:
    days = pl.date_range(pl.date(2025, 1, 1), pl.date(2026, 12, 31), eager=True)
    amounts = [9e306 * (1 + day % 3) for day in range(len(days))]
    pl.DataFrame({"day": days, "amount": amounts}).write_csv(tmp_path / "sales.csv")
    tree = write(
        "tree.toml",
        """
        [sources.sales]
        path = "sales.csv"
        time = "day"
        [kpi.most]
        measure = "max(amount)"
        """,
    )
    found = kpitree.load(tree).evaluate(vs=["previous"]).comparisons
    assert found["signal"].to_list() == ["noise"]


def test_a_period_is_as_complete_as_its_stalest_source(write: Write) -> None:
    write("a.csv", "day,n\n2026-01-01,1\n2026-02-28,2\n")
    write("b.csv", "day,n\n2026-01-01,1\n2026-01-31,2\n")
    tree = write(
        "tree.toml",
        """
        [tree]
        root = "both"
        [sources.a]
        path = "a.csv"
        time = "day"
        [sources.b]
        path = "b.csv"
        time = "day"
        [kpi.both]
        formula = "x + y"
        [kpi.x]
        measure = "sum(n)"
        source = "a"
        [kpi.y]
        measure = "sum(n)"
        source = "b"
        """,
    )
    found = kpitree.load(tree).evaluate(period="2026-02")
    assert (found.period.complete, found.period.covered_days) == (False, 0)
    assert dict(found.kpis.select("kpi", "value").iter_rows()) == {"both": None, "x": 2, "y": None}
    assert [notice.code for notice in found.warnings] == ["no_data"]


def test_lines_as_a_frame() -> None:
    root = Path(__file__).parents[2]
    found = kpitree.load(root / "trees/sales.toml").evaluate(vs="target")
    (attribution,) = found.attributions
    assert found.lines["driver"].to_list() == ["deals", "close_rate", "order_value", "revenue"]
    assert found.lines["line"].sum() == pytest.approx(attribution.change, rel=1e-12)
    assert found.lines.schema["flags"] == pl.List(pl.String)
    assert kpitree.load(root / "trees/sales.toml").evaluate(vs="benchmark").lines.is_empty()
