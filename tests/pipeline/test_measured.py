"""`measured` beside a formula: the measured value counts, the formula explains it."""

from pathlib import Path

import pytest

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.results.evaluation import Evaluation
from pipeline.shop import compared, fact, sales, value

# January 100 + 50 + 30, February 80 + 20 + 60.
ROWS = [
    "2026-01-01,north,shop,ann,100",
    "2026-01-10,south,shop,bob,50",
    "2026-01-31,north,web,ann,30",
    "2026-02-01,south,web,bob,80",
    "2026-02-03,,web,cat,20",
    "2026-02-28,south,shop,bob,60",
]
TREE = """
[tree]
root = "profit"
[kpi.profit]
formula = "revenue - orders * 20"
target = 150
[kpi.revenue]
formula = "orders * price"
measured = "sum(amount)"
[kpi.orders]
measure = "count()"
[kpi.price]
value = 50
"""


def explained(found: Evaluation, vs: str) -> Attribution:
    return next(one for one in found.attributions if one.vs == vs)


def lines(found: Attribution) -> list[tuple[str, str, str, float]]:
    assert found.reason is None, found.reason
    return [(one.kpi, one.label, one.effect, one.line) for one in found.lines]


def test_the_measured_value_counts_everywhere(tmp_path: Path) -> None:
    found = sales(tmp_path, ROWS, TREE, last=2, by=["region"], vs=["previous"])
    assert [value(found, "revenue", one) for one in ("2026-01", "2026-02")] == [180, 160]
    assert [value(found, "profit", one) for one in ("2026-01", "2026-02")] == [120, 100]
    assert value(found, "revenue", region="south") == 140
    assert compared(found, "revenue", "previous")["change"] == -20
    (notice,) = [one for one in found.warnings if one.code == "unexplained"]
    assert notice.message == "Revenue is measured as 160, its formula gives 150: 10 unexplained"


def test_the_gap_is_a_line_of_its_own(tmp_path: Path) -> None:
    found = explained(sales(tmp_path, ROWS, TREE, vs=["previous"], explain=["profit"]), "previous")
    assert lines(found) == [
        ("orders", "Orders", "driver", 0.0),
        ("price", "Price", "driver", 0.0),
        ("revenue", "Revenue: unexplained", "unexplained", pytest.approx(-20)),  # from 30 to 10
    ]
    assert (found.before, found.after, found.residual) == (120, 100, 0)


def test_a_target_has_no_gap(tmp_path: Path) -> None:
    tables = TREE.replace(
        '[kpi.orders]\nmeasure = "count()"', '[kpi.orders]\nmeasure = "count()"\ntarget = 5'
    )
    found = explained(sales(tmp_path, ROWS, tables, vs=["target"]), "target")
    assert lines(found) == [
        ("orders", "Orders", "driver", pytest.approx(-2 * 50 + 2 * 20)),
        ("price", "Price", "driver", 0.0),
        ("revenue", "Revenue: unexplained", "unexplained", pytest.approx(10)),
    ]
    assert found.change == -50


def test_without_a_measured_value_there_is_none(tmp_path: Path) -> None:
    tables = TREE.replace("sum(amount)", "max(amount)")
    rows = [*ROWS, "2026-03-01,south,shop,bob,60", "2026-05-31,south,shop,bob,60"]
    found = sales(tmp_path, rows, tables, period="2026-04", vs=[])
    assert value(found, "orders") == 0
    assert (value(found, "revenue"), value(found, "profit")) == (None, None)
    assert fact(found, "revenue")["reason"] == "no rows with a value"
    assert fact(found, "profit")["reason"] == "Revenue: no rows with a value"
