"""Marginal effects, elasticities and needed values against closed forms and finite differences."""

import math
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.kpis import branch, by_id, constant, leaf
from kpitree.analysis.levers import Past, board_of, lever_rows, past_of
from kpitree.analysis.recompute import above, recomputed
from kpitree.analysis.results.levers import Goal
from kpitree.tables import LEVERS
from kpitree.tree.expressions import names_in
from kpitree.tree.graph import under
from kpitree.tree.model import Branch, Node, Tree

MEASURED = "sum(amount)"  # may be below 0, unlike count()


def tree_of(*kpis: Node) -> Tree:
    root = kpis[0].id
    return Tree(name="test", root=root, file=Path("t.toml"), sources={}, kpis=by_id(*kpis))


def of(formula: str, **about: Any) -> Tree:
    """A tree of one formula whose operands are all controllable leaves."""
    root = branch("total", formula)
    about = {"controllable": True} | about
    return tree_of(root, *(leaf(name, MEASURED, **about) for name in names_in(root.formula)))


def state(tree: Tree, leaves: Mapping[str, float | None]) -> dict[str, float | None]:
    """The leaves, and all formulas over them."""
    nodes = [tree.kpis[one] for one in under(tree, tree.root)]
    return recomputed(above(nodes, list(leaves)), leaves, {})


def pulled(
    tree: Tree,
    leaves: Mapping[str, float | None],
    goal: float | None = None,
    past: Mapping[str, Past] | None = None,
) -> dict[str, dict[str, Any]]:
    """Lever -> its row of LEVERS."""
    board = board_of(tree, tree.root, under(tree, tree.root))
    row = state(tree, leaves)
    reasons = {one: "no rows" for one in board.levers if row.get(one) is None}
    aim = Goal(label="goal", value=goal, reason="no goal" if goal is None else None)
    frame = lever_rows(board, row, aim, past or {}, reasons)
    assert dict(frame.schema) == LEVERS
    return {one["kpi"]: one for one in frame.rows(named=True)}


# --- effects -------------------------------------------------------------------------------------

DIFFERENTIABLE: dict[str, Callable[[float, float, float], float]] = {
    "a * b * c": lambda a, b, c: a * b * c,
    "a / b + c": lambda a, b, c: a / b + c,
    "(a - b) / c": lambda a, b, c: (a - b) / c,
    "a * b / (a + c)": lambda a, b, c: a * b / (a + c),
    "sqrt(a * b) - log(c)": lambda a, b, c: math.sqrt(a * b) - math.log(c),
    "a ** 2 / b + exp(c / 100)": lambda a, b, c: a**2 / b + math.exp(c / 100),
    "a ** (b / 50) + c": lambda a, b, c: a ** (b / 50) + c,
    "max(a, b) * c + min(a, c)": lambda a, b, c: max(a, b) * c + min(a, c),
    "if_else(a > b, a * c, b)": lambda a, b, c: a * c if a > b else b,
    "abs(a - b) * c": lambda a, b, c: abs(a - b) * c,
}
amounts = st.floats(0.5, 100)


@given(text=st.sampled_from(sorted(DIFFERENTIABLE)), at=st.tuples(amounts, amounts, amounts))
def test_marginal_effects_are_finite_differences(text: str, at: tuple[float, float, float]) -> None:
    function, names = DIFFERENTIABLE[text], ("a", "b", "c")
    assume(min(abs(x - y) for x, y in combinations(at, 2)) > 0.1)  # away from kinks
    found = pulled(of(text), dict(zip(names, at, strict=True)))
    for place, name in enumerate(names):
        step = 1e-5 * at[place]
        above_, below = list(at), list(at)
        above_[place] += step
        below[place] -= step
        slope = (function(*above_) - function(*below)) / (2 * step)
        size = max(abs(function(*at)) / at[place], abs(slope), 1e-3)
        assert found[name]["marginal"] == pytest.approx(slope, abs=1e-6 * size)
        if total := function(*at):
            assert found[name]["elasticity"] == pytest.approx(
                slope * at[place] / total, abs=1e-6 * size * at[place] / abs(total)
            )


@given(factors=st.lists(amounts | st.floats(-100, -0.5), min_size=2, max_size=8))
def test_the_elasticities_of_a_product_are_1(factors: list[float]) -> None:
    names = [f"f{at}" for at in range(len(factors))]
    found = pulled(of(" * ".join(names)), dict(zip(names, factors, strict=True)))
    assert [one["elasticity"] for one in found.values()] == pytest.approx([1.0] * len(names))


@given(above_=amounts, below=amounts)
def test_the_elasticities_of_a_ratio_are_1_and_minus_1(above_: float, below: float) -> None:
    found = pulled(of("a / b"), {"a": above_, "b": below})
    assert found["a"]["elasticity"] == pytest.approx(1)
    assert found["b"]["elasticity"] == pytest.approx(-1)


@given(
    text=st.sampled_from(
        [
            ("a + b - c", 1),
            ("a * b / c", 1),
            ("(a - b) / c", 0),
            ("sqrt(a * b) + max(a, c)", 1),
            ("a * b * c", 3),
            ("a ** 2 + b * c", 2),
            ("a * b / (a + b + c)", 1),
        ]
    ),
    at=st.tuples(amounts, amounts, amounts),
)
def test_euler(text: tuple[str, int], at: tuple[float, float, float]) -> None:
    """Of a formula that is homogeneous of degree k, effects times values add up to k times it."""
    formula, degree = text
    leaves = dict(zip("abc", at, strict=True))
    tree = of(formula)
    total = state(tree, leaves)["total"]
    assert total is not None
    parts = [one["marginal"] * one["value"] for one in pulled(tree, leaves).values()]
    assert math.fsum(parts) == pytest.approx(degree * total, abs=1e-9 * sum(map(abs, parts)))


def test_a_shared_lever_counts_with_all_its_ways() -> None:
    """With revenue = units * price, d margin / d revenue is cost / revenue²."""
    tree = tree_of(
        branch("margin", "(revenue - cost) / revenue"),
        branch("revenue", "units * price"),
        leaf("cost", MEASURED),
        leaf("units"),
        leaf("price", MEASURED),
    )
    found = pulled(tree, {"units": 20.0, "price": 5.0, "cost": 60.0})
    assert list(found) == ["units", "price", "cost"]  # in the order of reading
    assert found["units"]["marginal"] == pytest.approx(60 / 100**2 * 5)
    assert found["price"]["marginal"] == pytest.approx(60 / 100**2 * 20)
    assert found["cost"]["marginal"] == pytest.approx(-1 / 100)


def test_where_there_is_no_elasticity() -> None:
    zero = pulled(of("a - b"), {"a": 5.0, "b": 5.0})["a"]
    assert (zero["marginal"], zero["elasticity"]) == (1, None)
    at_zero = pulled(of("a + b"), {"a": 0.0, "b": 5.0})["a"]
    assert (at_zero["marginal"], at_zero["elasticity"], at_zero["percent"]) == (1, None, None)
    steep = pulled(of("sqrt(a) + b"), {"a": 0.0, "b": 5.0})["a"]
    assert (steep["marginal"], steep["flags"]) == (None, ["no_slope"])


def test_a_lever_without_a_value() -> None:
    found = pulled(of("coalesce(a, 3) + b"), {"a": None, "b": 5.0}, goal=10)
    assert found["a"]["value"] is None
    assert (found["a"]["reason"], found["a"]["needed_reason"]) == (
        "no rows",
        "A has no value: no rows",
    )
    assert found["a"]["marginal"] is None
    assert found["b"]["needed"] == pytest.approx(7)


# --- which KPIs are levers -----------------------------------------------------------------------


def test_levers_are_leaves_drivers_and_controllable_formulas() -> None:
    tree = tree_of(
        branch("total", "x * y * z * growth"),
        branch("x", "a + b", driver=True),
        branch("y", "c + d", controllable=True),
        branch("z", "e + f"),
        branch("growth", "g / prev(g)"),
        *(leaf(name) for name in "abcdefg"),
    )
    board = board_of(tree, "total", under(tree, "total"))
    assert board.levers == ("x", "a", "b", "y", "c", "d", "e", "f", "growth")
    leaves = dict.fromkeys("abcdefg", 1.0)
    found = pulled(tree, leaves | {"growth": 3.0}, goal=48)
    assert found["growth"]["flags"] == ["indivisible"]
    assert found["growth"]["marginal"] == 8
    assert found["y"]["marginal"] == 2 * 2 * 3
    assert found["y"]["needed"] == pytest.approx(4)  # whatever c and d are
    assert found["x"]["needed_reason"] == "not controllable"


def test_assumptions_are_levers() -> None:
    tree = tree_of(branch("total", "a * rate"), leaf("a"), constant("rate", 0.5, controllable=True))
    found = pulled(tree, {"a": 10.0, "rate": 0.5}, goal=8)
    assert found["rate"]["needed"] == pytest.approx(0.8)


# --- what is needed ------------------------------------------------------------------------------


@given(
    text=st.sampled_from(sorted(DIFFERENTIABLE)),
    at=st.tuples(amounts, amounts, amounts),
    factor=st.floats(0.5, 2),
)
def test_the_needed_value_reaches_the_goal(
    text: str, at: tuple[float, float, float], factor: float
) -> None:
    function, names = DIFFERENTIABLE[text], ("a", "b", "c")
    total = function(*at)
    goal = total * factor
    assume(abs(goal) > 1e-3)
    found = pulled(of(text), dict(zip(names, at, strict=True)), goal)
    for place, name in enumerate(names):
        needed = found[name]["needed"]
        if needed is None:
            assert found[name]["needed_reason"]
            continue
        moved = list(at)
        moved[place] = needed
        assert found[name]["gives"] == pytest.approx(function(*moved), rel=1e-9)
        if "threshold" not in found[name]["flags"]:
            assert function(*moved) == pytest.approx(goal, rel=1e-9, abs=1e-9 * abs(total))
        assert found[name]["change"] == pytest.approx(needed - at[place])
        assert found[name]["percent"] == pytest.approx((needed - at[place]) / at[place])


def test_a_sum_and_a_ratio_in_closed_form() -> None:
    found = pulled(of("(a + b) / c"), {"a": 10.0, "b": 20.0, "c": 5.0}, goal=10)
    assert found["a"]["needed"] == pytest.approx(30)
    assert found["b"]["needed"] == pytest.approx(40)
    assert found["c"]["needed"] == pytest.approx(3)


def test_a_lever_that_saturates() -> None:
    found = pulled(of("min(a, b)"), {"a": 10.0, "b": 12.0}, goal=20)
    assert found["a"]["needed"] is None
    assert (
        found["a"]["needed_reason"] == "no value of it was found that reaches 20: Total gets to 12"
    )
    assert (
        found["b"]["needed_reason"] == "no value of it was found that reaches 20: Total gets to 10"
    )


@pytest.mark.parametrize(
    ("formula", "at", "goal", "needed"),
    [
        pytest.param("a / d", {"a": 12, "d": 4}, 1000, {"d": 0.012}, id="before a pole"),
        pytest.param("a / d", {"a": 12, "d": 4}, -1000, {"d": -0.012}, id="behind a pole"),
        pytest.param("a / (1 - c)", {"a": 12, "c": 0.25}, 400, {"c": 0.97}, id="a pole at 1"),
        pytest.param(
            "a / (d - k)", {"a": 12, "d": 4, "k": 1}, 60, {"d": 1.2, "k": 3.8}, id="twice"
        ),
        pytest.param("2 * a / d + 0", {"a": 6, "d": 4}, 1000, {"d": 0.012}, id="not a bare ratio"),
        pytest.param("3 / (d - 5) ** 2", {"d": 4}, 3e8, {"d": 4.9999}, id="an even pole"),
        pytest.param("2 * (d - 5) ** -1", {"d": 4}, -4e3, {"d": 4.9995}, id="a negative power"),
        pytest.param(
            "p * (1000 - p)", {"p": 1}, 249_990, {"p": 500 - math.sqrt(10)}, id="just under the top"
        ),
        pytest.param("sqrt(d ** 2 - 4)", {"d": -3}, 1, {"d": -math.sqrt(5)}, id="before a gap"),
        pytest.param(
            "if_else(d > 2, d, log(0 - d))", {"d": 9}, 1.5, {"d": -math.exp(1.5)}, id="behind a gap"
        ),
        pytest.param(
            "if_else(d > 100 and d < 101, 10 * d, d)", {"d": 9}, 1005, {"d": 100.5}, id="a window"
        ),
        pytest.param("1e20 + d", {"d": 1}, 3e20, {"d": 2e20}, id="a line to very far away"),
    ],
)
def test_narrow_places_are_found(
    formula: str, at: dict[str, float], goal: float, needed: dict[str, float]
) -> None:
    found = pulled(of(formula), at, goal)
    for lever, value in needed.items():
        assert found[lever]["needed"] == pytest.approx(value, rel=1e-9)
        assert found[lever]["gives"] == pytest.approx(goal, rel=1e-9)
        assert "threshold" not in found[lever]["flags"]


@given(
    shape=st.sampled_from(["a / d", "a / (d - k)", "k - a / d", "a * d / (k + d)", "a * (k + d)"]),
    at=st.tuples(amounts, amounts, amounts),
    wanted=st.floats(-100, 100),
)
def test_a_value_that_reaches_it_is_never_denied(
    shape: str, at: tuple[float, float, float], wanted: float
) -> None:
    """Each of these gives every value but one just once, so there is one answer: `wanted`."""
    a, d, k = at
    curve: Callable[[float], float] = {
        "a / d": lambda x: a / x,
        "a / (d - k)": lambda x: a / (x - k),
        "k - a / d": lambda x: k - a / x,
        "a * d / (k + d)": lambda x: a * x / (k + x),
        "a * (k + d)": lambda x: a * (k + x),
    }[shape]
    assume(all(abs(x - pole) > 1e-2 for x in (d, wanted) for pole in (0.0, k, -k)))
    goal = curve(wanted)
    row = pulled(of(shape), {"a": a, "d": d, "k": k}, goal)["d"]
    assert row["needed"] == pytest.approx(wanted, rel=1e-6)
    assert row["gives"] == pytest.approx(goal, rel=1e-9, abs=1e-9 * (a + k))


def test_many_levers_of_a_sum_and_of_a_ratio() -> None:
    """Closed forms, so that a wide formula is worked out a few times for each, not hundreds."""
    names = [f"x{at}" for at in range(200)]
    leaves = {name: at + 1.0 for at, name in enumerate(names)}
    found = pulled(of(" + ".join(names)), leaves, 30_000)
    assert [found[one]["change"] for one in names] == pytest.approx([9_900] * 200)
    upper, lower = names[:100], names[100:]
    ratio = f"({' + '.join(upper)}) / ({' + '.join(lower)})"
    found = pulled(of(ratio), leaves, 0.5)  # 5,050 over 15,050
    assert [found[one]["change"] for one in upper] == pytest.approx([2_475] * 100)
    assert [found[one]["change"] for one in lower] == pytest.approx([-4_950] * 100)


def test_same_everywhere_is_only_said_of_what_was_tried() -> None:
    found = pulled(of("if_else(a > 1e30, 5, 3)"), {"a": 10.0}, goal=5)["a"]
    assert found["needed_reason"] == "Total is the same at every value tried"


def test_a_lever_that_does_nothing() -> None:
    found = pulled(of("a + 0 * b"), {"a": 10.0, "b": 12.0}, goal=20)
    assert found["b"]["needed_reason"] == "Total is the same whatever its value"


def test_a_threshold_is_passed_not_met() -> None:
    found = pulled(of("if_else(a >= 100, 2 * a, a)"), {"a": 10.0}, goal=150)["a"]
    assert (found["needed"], found["gives"], found["flags"]) == (100, 200, ["threshold"])


@pytest.mark.parametrize(
    ("about", "goal", "needed", "flags"),
    [
        ({"unit": "percent"}, 30.0, 1.5, ["beyond_100"]),
        ({"unit": "percent"}, -10.0, -0.5, ["below_0"]),
        ({}, -10.0, -0.5, ["below_0"]),
    ],
)
def test_values_that_cannot_be_are_said_to(
    about: dict[str, Any], goal: float, needed: float, flags: list[str]
) -> None:
    found = pulled(of("20 * rate", **about), {"rate": 0.5}, goal)["rate"]
    assert found["needed"] == pytest.approx(needed)
    assert found["flags"] == flags


@pytest.mark.parametrize(
    ("measure", "bounded"),
    [
        ("count()", True),
        ("n_unique(id)", True),
        ("count(where=won) / count()", True),
        ("std(x) + 2 * count()", True),
        ("sum(total)", False),
        ("count() - n_unique(id)", False),
        ("min(total)", False),  # `total` is a column here, whatever the KPI of this name is
    ],
)
def test_counts_are_not_looked_for_below_0(measure: str, bounded: bool) -> None:
    tree = tree_of(branch("total", "a - 5"), leaf("a", measure, controllable=True))
    found = pulled(tree, {"a": 10.0}, goal=-10)["a"]
    assert (found["needed"] is None) is bounded
    if bounded:
        assert found["needed_reason"] == "no value of it reaches −10: Total gets to −5"


def test_a_controllable_formula_of_counts_is_not_looked_for_below_0() -> None:
    tree = tree_of(
        branch("total", "part - 5"),
        branch("part", "if_else(a > 3, a, b) * max(a, 2)", controllable=True),
        leaf("a"),
        leaf("b"),
    )
    assert pulled(tree, {"a": 10.0, "b": 1.0}, goal=-10)["part"]["needed"] is None


# --- what a lever was ----------------------------------------------------------------------------

VALUES = [("1", 4.0), ("2", None), ("3", 9.0), ("4", 9.0), ("5", 2.0)]


@pytest.mark.parametrize(
    ("about", "best", "period"),
    [
        ({}, 9.0, "4"),  # the latest of equals
        ({"direction": "down"}, 2.0, "5"),
        ({"direction": "range", "good_range": (3.0, 5.0)}, 4.0, "1"),
        ({"direction": "range", "good_range": (10.0, 12.0)}, 9.0, "4"),
    ],
)
def test_the_best(about: dict[str, Any], best: float, period: str) -> None:
    found = past_of(leaf("a", **about), VALUES)
    assert found == Past(best, period, 2.0, 9.0)


def test_what_has_no_past() -> None:
    assert past_of(leaf("a"), [("1", None)]) is None
    assert past_of(leaf("a"), []) is None
    assert past_of(constant("a", 5.0), VALUES) is None
    assert past_of(constant("a", {"1": 4.0}), VALUES) is not None


@pytest.mark.parametrize(
    ("goal", "within"), [(18.0, True), (20.0, True), (22.0, False), (8.0, True), (6.0, False)]
)
def test_whether_it_was_there(goal: float, within: bool) -> None:
    past = {"a": Past(best=10.0, period="3", lowest=4.0, highest=10.0)}
    found = pulled(of("2 * a"), {"a": 6.0}, goal, past)["a"]
    assert (found["best"], found["best_period"], found["within"]) == (10, "3", within)


def test_now_counts_as_a_time_when_it_was_there() -> None:
    past = {"a": Past(best=5.0, period="3", lowest=4.0, highest=5.0)}
    assert pulled(of("2 * a"), {"a": 8.0}, 16.0, past)["a"]["within"] is True
    assert pulled(of("2 * a"), {"a": 8.0}, 14.0, past)["a"]["within"] is True
    assert pulled(of("2 * a"), {"a": 2.0}, 6.0, past)["a"]["within"] is True
    assert pulled(of("2 * a"), {"a": 2.0}, 3.0, past)["a"]["within"] is False


def test_the_tree_is_what_opens() -> None:
    """A formula is opened although it is a driver in attribution."""
    node = branch("x", "a + b", driver=True)
    assert isinstance(node, Branch)
    tree = tree_of(branch("total", "2 * x"), node, leaf("a"), leaf("b"))
    assert list(pulled(tree, {"a": 1.0, "b": 2.0})) == ["x", "a", "b"]
