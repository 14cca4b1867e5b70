"""One driver after another: the order, its mistakes, and what cannot be split on the way."""

import math

import pytest

from attribution.trees import Values, explain, grow, line_of, lines
from kpitree.analysis.attribution.contract import Attribution
from kpitree.errors import UsageError

SALES = {"revenue": "deals * rate * value"}
EVERY = "every driver of REVENUE that moved must be in it"
BEFORE = {"deals": 1000, "rate": 0.04, "value": 50}
AFTER = {"deals": 1200, "rate": 0.05, "value": 48}


def steps(formulas: dict[str, str], before: Values, after: Values, order: str) -> Attribution:
    return explain(grow(formulas), before, after, method="sequential", order=order.split())


def test_every_driver_moves_while_the_others_stand() -> None:
    found = steps(SALES, BEFORE, AFTER, "deals rate value")
    assert lines(found) == pytest.approx({"deals": 400, "rate": 600, "value": -120})
    found = steps(SALES, BEFORE, AFTER, "value rate deals")
    assert lines(found) == pytest.approx({"deals": 480, "rate": 480, "value": -80})
    assert found.order == ("value", "rate", "deals")
    assert found.method == "sequential"


def test_the_lines_say_that_they_depend_on_the_order() -> None:
    found = steps(SALES, BEFORE, AFTER, "value rate deals")
    assert [(one.code, one.kpi, one.message) for one in found.warnings] == [
        (
            "order_dependent",
            "revenue",
            "in another order the lines would be others; here: VALUE, then RATE, then DEALS",
        )
    ]
    many = {"r": " * ".join(f"x{i}" for i in range(9))}
    order = [f"x{i}" for i in range(9)]
    found = steps(many, dict.fromkeys(order, 1.0), dict.fromkeys(order, 2.0), " ".join(order))
    assert found.warnings[0].message.endswith(
        "here: X0, then X1, then X2, then X3, then X4, then X5, then 3 more"
    )


@pytest.mark.parametrize(
    ("formula", "after"),
    [("a + 2 * b", {"a": 5, "b": 7}), ("a * b", {"a": 5, "b": 2}), ("a * b", {"a": 1, "b": 2})],
)
def test_nothing_is_said_where_no_order_matters(formula: str, after: Values) -> None:
    assert steps({"r": formula}, {"a": 1, "b": 2}, after, "a b").warnings == ()


def test_nodes_and_flows_are_those_of_all_moves() -> None:
    formulas = {"profit": "sales - cost", "sales": "units * price", "cost": "units * unit_cost"}
    before, after = (
        {"units": 10, "price": 5, "unit_cost": 3},
        {"units": 12, "price": 6, "unit_cost": 4},
    )
    found = steps(formulas, before, after, "units price unit_cost")
    assert lines(found) == pytest.approx({"units": 4, "price": 12, "unit_cost": -12})
    assert {flow.parent: flow.flow for flow in line_of(found, "units").via} == pytest.approx(
        {"sales": 10, "cost": -6}
    )
    assert found.nodes == pytest.approx(
        {"sales": 22, "units": 4, "price": 12, "cost": -18, "unit_cost": -12}
    )


def test_a_quotient_steps_from_corner_to_corner() -> None:
    found = steps({"r": "a / b"}, {"a": 10, "b": 2}, {"a": 30, "b": 8}, "a b")
    assert lines(found) == pytest.approx({"a": 10, "b": 30 / 8 - 15})
    found = steps({"r": "a / b"}, {"a": 10, "b": 2}, {"a": 30, "b": 8}, "b a")
    assert lines(found) == pytest.approx({"a": 20 / 8, "b": 10 / 8 - 5})


def test_thresholds_belong_to_who_moves_over_them() -> None:
    formulas = {"r": "if_else(a + b > 5, 10, 0) + a"}
    found = steps(formulas, {"a": 0, "b": 0}, {"a": 4, "b": 4}, "a b")
    assert lines(found) == pytest.approx({"a": 4, "b": 0})
    assert lines(found, "threshold") == pytest.approx({"b": 10})
    found = steps(formulas, {"a": 0, "b": 0}, {"a": 4, "b": 4}, "b a")
    assert lines(found, "threshold") == pytest.approx({"a": 10})


def test_gradients_are_those_of_each_move() -> None:
    tree = grow({"r": "a * b * c + sqrt(z)"})
    before, after = {"a": 1, "b": 2, "c": 5, "z": 0}, {"a": 3, "b": 4, "c": 5, "z": 0}
    found = explain(
        tree, before, after, method="sequential", order=["a", "c", "b", "z"], gradients=True
    )
    assert found.gradients == pytest.approx({"a": 10, "b": 15, "c": 6})  # c where it stands
    found = explain(tree, before, after, method="sequential", order=["a", "b"], gradients=True)
    assert found.gradients == pytest.approx({"a": 10, "b": 15, "c": 12})  # or after all moves


# --- what the order may be -----------------------------------------------------------------------


def test_constants_and_what_did_not_move_may_be_left_out() -> None:
    formulas = {"r": "a * b * k", "k": "2"}
    found = steps(formulas, {"a": 1, "b": 3}, {"a": 4, "b": 3}, "a")
    assert lines(found) == pytest.approx({"a": 18, "b": 0})
    assert lines(steps(formulas, {"a": 1, "b": 3}, {"a": 4, "b": 3}, "b a")) == lines(found)


@pytest.mark.parametrize(
    ("order", "message", "hint"),
    [
        (
            "rate",
            f"the order does not name deals, value: {EVERY}",
            "a full order: rate,deals,value",
        ),
        (
            "",
            f"the order does not name deals, rate, value: {EVERY}",
            "a full order: deals,rate,value",
        ),
        (
            "deals rat value",
            "'rat' in the order is not a driver of REVENUE",
            "did you mean 'rate'?",
        ),
        (
            "deals revenue rate value",
            "'revenue' in the order is not a driver of REVENUE",
            "a full order: deals,rate,value",
        ),
        (
            "rate deals rate value",
            "the order names 'rate' twice",
            "a full order: rate,deals,value",
        ),
    ],
)
def test_mistakes_in_the_order(order: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        steps(SALES, BEFORE, AFTER, order)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_other_methods_take_no_order() -> None:
    with pytest.raises(UsageError, match="the method path does not move drivers in an order"):
        explain(grow(SALES), BEFORE, AFTER, order=["deals", "rate", "value"])


def test_a_kpi_that_is_its_own_driver_needs_no_order() -> None:
    found = explain(grow({"r": "a - prev(a)"}), {"r": 4}, {"r": 6}, method="sequential", order=())
    assert lines(found) == {"r": 2.0}


# --- what cannot be split ------------------------------------------------------------------------


def test_a_kpi_without_a_value_between_the_moves_is_one_driver() -> None:
    formulas = {"r": "part * c", "part": "x / y"}
    before, after = {"x": 6, "y": 2, "c": 2}, {"x": 4, "y": -1, "c": 5}
    found = steps(formulas, before, after, "c x y")
    assert lines(found) == pytest.approx({"c": 3 * 3, "part": (-4 - 3) * 5})
    # It moves where the first of its drivers would have.
    found = steps(formulas, before, after, "y c x")
    assert lines(found) == pytest.approx({"c": 3 * -4, "part": (-4 - 3) * 2})
    assert line_of(found, "part").flags == ("indivisible",)
    assert [one.code for one in found.warnings] == ["indivisible", "order_dependent"]
    assert found.warnings[1].message.endswith("here: PART, then C")


def test_a_corner_outside_the_domain() -> None:
    formulas = {"r": "root * c", "root": "sqrt(x - y)"}
    before, after = {"x": 9, "y": 0, "c": 1}, {"x": 30, "y": 14, "c": 2}
    found = steps(formulas, before, after, "y x c")
    assert lines(found) == pytest.approx({"root": 1, "c": 4})
    assert "square root of a negative number" in found.warnings[0].message
    found = steps(formulas, before, after, "x y c")
    assert lines(found) == pytest.approx({"x": math.sqrt(30) - 3, "y": 4 - math.sqrt(30), "c": 4})


def test_a_shared_driver_of_an_undivided_kpi_still_moves() -> None:
    formulas = {"r": "part + x", "part": "x / y"}
    found = steps(formulas, {"x": 6, "y": 2}, {"x": 4, "y": -1}, "y x")
    assert lines(found) == pytest.approx({"part": -7, "x": -2})


def test_a_limit_that_depends_on_who_moves_is_not_split() -> None:
    formulas = {"r": "q + c", "q": "a / b"}
    found = steps(formulas, {"a": 0, "b": 0, "c": 1}, {"a": 30, "b": 8, "c": 2}, "b a c")
    assert lines(found) == pytest.approx({"q": 0.0, "c": 1.0})
    assert line_of(found, "q").flags == ("carried", "indivisible")
    assert (found.before, found.after) == (4.75, 5.75)


def test_no_value_at_an_end() -> None:
    found = steps({"r": "a / b"}, {"a": 1, "b": 0}, {"a": 1, "b": 2}, "a b")
    assert found.reason == "R has no value in before: division by zero"
    found = steps({"r": "a / b"}, {"a": 1}, {"a": 1, "b": 2}, "a b")
    assert found.reason == "B has no value in before"
