"""What is measured beside a formula: the gap is a driver of its own, in every method."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from attribution.trees import Values, grow, line_of
from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.tree.expressions import Call
from kpitree.tree.model import Branch, Leaf, Tree

FORMULAS = {"profit": "revenue - cost", "revenue": "orders * price"}
BEFORE = {"orders": 10, "price": 5, "cost": 20, "revenue": 52, "profit": 32}
AFTER = {"orders": 12, "price": 6, "cost": 25, "revenue": 71, "profit": 46}


def measured(tree: Tree, *names: str) -> Tree:
    kpis = dict(tree.kpis)
    for name in names:
        node = kpis[name]
        assert isinstance(node, Branch)
        leaf = Leaf(
            id=f"{name}:measured", label=node.label, measure=Call("count", ()), source="rows"
        )
        kpis[name] = replace(node, measured=leaf)
    return replace(tree, kpis=kpis)


def explain(
    tree: Tree,
    before: Values,
    after: Values,
    kpi: str = "profit",
    *,
    promised: bool = False,
    method: str = "path",
    order: tuple[str, ...] = (),
    gradients: bool = False,
) -> Attribution:
    return attribute(
        tree,
        kpi,
        State(label="before", values=dict(before), measured=not promised),
        State(label="after", values=dict(after)),
        vs="target" if promised else "previous",
        method=method,
        order=order,
        gradients=gradients,
    )


def facts(found: Attribution) -> list[tuple[str, str, str, float]]:
    assert found.reason is None, found.reason
    return [(one.kpi, one.label, one.effect, round(one.line, 9)) for one in found.lines]


def test_a_gap_below_the_kpi_explained() -> None:
    found = explain(measured(grow(FORMULAS), "revenue"), BEFORE, AFTER, gradients=True)
    assert facts(found) == [
        ("orders", "ORDERS", "driver", 11.0),
        ("price", "PRICE", "driver", 11.0),
        ("revenue", "REVENUE: unexplained", "unexplained", -3.0),  # from 2 to -1
        ("cost", "COST", "driver", -5.0),
    ]
    gap = next(one for one in found.lines if one.effect == "unexplained")
    assert (gap.before, gap.after, gap.flags) == (2.0, -1.0, ())
    assert (found.before, found.after, found.change) == (32, 46, 14)
    assert found.residual == pytest.approx(0, abs=1e-12)
    assert found.warnings == ()
    # No KPI has the gap for an id; it is a part of revenue's own line.
    assert found.nodes == pytest.approx({"revenue": 19, "orders": 11, "price": 11, "cost": -5})
    assert set(found.flows) == {
        ("profit", "revenue"),
        ("profit", "cost"),
        ("revenue", "orders"),
        ("revenue", "price"),
    }
    assert set(found.gradients) == {"orders", "price", "cost"}


def test_a_gap_of_the_kpi_explained_comes_last() -> None:
    found = explain(measured(grow(FORMULAS), "revenue"), BEFORE, AFTER, "revenue")
    assert facts(found)[-1] == ("revenue", "unexplained", "unexplained", -3.0)
    assert found.change == 19
    assert found.nodes == pytest.approx({"orders": 11, "price": 11})


def test_gaps_on_several_levels() -> None:
    """What is measured on the lower level is what the upper formula is held against."""
    tree = measured(grow(FORMULAS), "profit", "revenue")
    found = explain(tree, {**BEFORE, "profit": 30}, {**AFTER, "profit": 47})
    assert [fact[1:] for fact in facts(found) if fact[2] == "unexplained"] == [
        ("REVENUE: unexplained", "unexplained", -3.0),
        ("unexplained", "unexplained", 3.0),  # from 30 - 32 to 47 - 46
    ]
    assert found.change == 17


def test_a_gap_counts_as_any_operand_further_up() -> None:
    tree = measured(grow({"margin": "(revenue - cost) / revenue", **FORMULAS}), "revenue")
    found = explain(tree, BEFORE, AFTER, "margin")
    # revenue = (10 + 2 t) (5 + t) + 2 - 3 t, cost = 20 + 5 t; the slope is cost / revenue ** 2
    by_revenue = _integral(lambda t: (20 + 5 * t) / (52 + 17 * t + 2 * t * t) ** 2)
    assert line_of(found, "revenue").line == pytest.approx(-3 * by_revenue, rel=1e-9)
    assert math.fsum(line.line for line in found.lines) == pytest.approx(
        (71 - 25) / 71 - (52 - 20) / 52
    )


def _integral(function: Callable[[float], float]) -> float:
    """Over (0, 1), by Simpson's rule."""
    steps = 2_000
    weights = [1, 4, *([2, 4] * (steps // 2 - 1)), 1]
    values = [weight * function(i / steps) for i, weight in enumerate(weights)]
    return math.fsum(values) / (3 * steps)


@pytest.mark.parametrize("method", ["path", "sequential", "shapley", "levels"])
def test_every_method_has_the_line(method: str) -> None:
    tree = measured(grow(FORMULAS), "revenue")
    order = ("cost", "price", "orders") if method == "sequential" else ()
    found = explain(tree, BEFORE, AFTER, method=method, order=order)
    assert ("revenue", "REVENUE: unexplained", "unexplained", -3.0) in facts(found)
    assert found.order == order
    assert found.residual == pytest.approx(0, abs=1e-12)


def test_no_gap_no_line() -> None:
    tree = measured(grow(FORMULAS), "revenue")
    exact = explain(
        tree, {**BEFORE, "revenue": 50 + 1e-9, "profit": 30}, {**AFTER, "revenue": 72, "profit": 47}
    )
    assert [line.effect for line in exact.lines] == ["driver"] * 3
    unmoved = explain(
        tree, {**BEFORE, "revenue": 53, "profit": 33}, {**AFTER, "revenue": 75, "profit": 50}
    )
    assert ("revenue", "REVENUE: unexplained", "unexplained", 0.0) in facts(unmoved)


def test_against_targets_only_what_is_measured_has_a_gap() -> None:
    tree = measured(grow(FORMULAS), "revenue")
    promised = {"orders": 11, "price": 5, "cost": 20, "revenue": 60, "profit": 37}
    found = explain(tree, promised, AFTER, promised=True)
    assert facts(found)[2] == ("revenue", "REVENUE: unexplained", "unexplained", -1.0)
    # The targets of orders and price give 55 of revenue, 35 of profit; 37 was promised.
    assert facts(found)[-1] == ("profit", "targets that do not add up", "unexplained", -2.0)
    assert found.residual == pytest.approx(0, abs=1e-12)


def test_where_nothing_was_measured_there_is_no_attribution() -> None:
    tree = measured(grow(FORMULAS), "revenue")
    lacking = {**BEFORE, "revenue": None, "profit": None}
    found = explain(tree, lacking, AFTER)
    assert found.reason == "REVENUE has no value in before"
    assert found.lines == ()


def test_a_formula_without_a_value_leaves_the_measured_one_as_it_is() -> None:
    tree = measured(grow({"profit": "revenue - cost", "revenue": "orders / share"}), "revenue")
    before = {"orders": 3, "share": 0, "cost": 20, "revenue": 52, "profit": 32}
    after = {"orders": 3, "share": 0.5, "cost": 25, "revenue": 71, "profit": 46}
    found = explain(tree, before, after)
    assert facts(found) == [
        ("revenue", "REVENUE", "driver", 19.0),
        ("cost", "COST", "driver", -5.0),
    ]
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("indivisible", "revenue")
    assert notice.message == (
        "REVENUE counts as one driver and is not split into ORDERS, SHARE: division by zero in"
        " the formula of REVENUE from before to after"
    )
    alone = explain(tree, before, after, "revenue")
    assert alone.reason == "REVENUE has no value in before: division by zero"


@pytest.mark.parametrize("method", ["path", "shapley", "levels", "log"])
def test_what_is_measured_elsewhere_in_the_tree_does_not_matter(method: str) -> None:
    formulas = FORMULAS | {"margin": "profit / revenue"}
    plain, beside = grow(formulas), measured(grow(formulas), "profit", "margin")
    of = {name: BEFORE[name] for name in ("orders", "price")}, {"orders": 12, "price": 6}
    found = explain(beside, *of, "revenue", method=method)
    assert found == explain(plain, *of, "revenue", method=method)
    assert found.change == 22
