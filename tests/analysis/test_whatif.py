"""Formulas computed anew, who hides whom, and what the difference is made of."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import branch, by_id, leaf
from kpitree.analysis.attribution.contract import State
from kpitree.analysis.nodes import looked_up_column
from kpitree.analysis.recompute import Row, above, recomputed
from kpitree.analysis.whatif import hidden, outcomes, taken_apart
from kpitree.tables import OUTCOMES
from kpitree.tree.expressions import calls_in
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Node, Tree


def tree_of(*kpis: Node) -> Tree:
    return Tree(name="test", root=kpis[0].id, file=Path("t.toml"), sources={}, kpis=by_id(*kpis))


def ordered(tree: Tree) -> list[Node]:
    return [tree.kpis[one] for generation in operands_first(tree) for one in generation]


def after(tree: Tree, row: Row, **changes: float | None) -> dict[str, float | None]:
    return recomputed(above(ordered(tree), changes), row, changes)


SHOP = tree_of(
    branch("revenue", "orders * value"),
    branch("orders", "visits * rate"),
    branch("value", "amount / won"),
    *(leaf(name) for name in ("visits", "rate", "amount", "won", "other")),
    branch("share", "orders / other"),
)
NOW = {
    "visits": 200.0, "rate": 0.1, "amount": 500.0, "won": 25.0, "other": 40.0,
    "orders": 20.0, "value": 20.0, "revenue": 400.0, "share": 0.5,
}  # fmt: skip


# --- computed anew -------------------------------------------------------------------------------


def test_only_what_depends_on_a_change_is_computed() -> None:
    assert [one.id for one in above(ordered(SHOP), {"visits"})] == ["orders", "revenue", "share"]
    assert [one.id for one in above(ordered(SHOP), {"orders"})] == ["revenue", "share"]
    assert above(ordered(SHOP), {"revenue"}) == []


def test_a_leaf_moves_everything_above() -> None:
    found = after(SHOP, NOW, visits=300.0)
    assert found == NOW | {"visits": 300.0, "orders": 30.0, "revenue": 600.0, "share": 0.75}


def test_a_formula_that_is_given_is_not_computed() -> None:
    found = after(SHOP, NOW, orders=30.0, visits=1.0)
    assert (found["orders"], found["revenue"], found["visits"]) == (30.0, 600.0, 1.0)


def test_nothing_becomes_0_or_infinite() -> None:
    found = after(SHOP, NOW, won=0.0)
    assert (found["value"], found["revenue"], found["orders"]) == (None, None, 20.0)
    found = after(SHOP, NOW, visits=1e308, rate=10.0)
    assert (found["orders"], found["revenue"]) == (None, None)
    assert (
        after(SHOP, NOW | {"won": None, "value": None, "revenue": None}, won=50.0)["revenue"]
        == 200.0
    )


@pytest.mark.parametrize(
    ("formula", "known", "old", "new", "expected"),
    [
        ("prev(x)", 7.0, 5.0, 8.0, 7.0),
        ("rolling_sum(x, 3)", 17.0, 5.0, 8.0, 20.0),
        ("rolling_mean(x, 3)", 6.0, 5.0, 8.0, 7.0),
        ("year_to_date(x)", 40.0, 5.0, 8.0, 43.0),
        ("rolling_sum(x, 3)", None, 5.0, 8.0, None),  # an earlier period is missing
        ("rolling_sum(x, 3)", None, None, 8.0, None),
        ("rolling_sum(x, 3)", 1e308, 5.0, 1.7e308, None),
        ("x / prev(x) - 1", 4.0, 5.0, 8.0, 1.0),
    ],
)
def test_other_periods_stay_as_they_are(
    formula: str, known: float | None, old: float | None, new: float, expected: float | None
) -> None:
    tree = tree_of(branch("total", formula), leaf("x"))
    root = tree.kpis["total"]
    assert isinstance(root, Branch)
    (call,) = [one for one in calls_in(root.formula) if one.name not in "+neg/"]
    row: Row = {"x": old, looked_up_column(call): known, "total": None}
    found = after(tree, row, x=new)
    assert found["total"] == (None if expected is None else pytest.approx(expected))


# --- hiding --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "hides"),
    [
        (["visits", "rate"], {}),
        (["orders", "value"], {}),
        (["orders", "visits"], {"visits": "orders"}),
        (["rate", "orders", "visits"], {"rate": "orders", "visits": "orders"}),
        (["revenue", "won"], {"won": "revenue"}),
        (["revenue", "visits"], {}),  # share still listens
        (["revenue", "share", "visits"], {"visits": "revenue"}),
        (["revenue", "orders"], {}),
    ],
)
def test_who_hides_whom(given_: list[str], hides: dict[str, str]) -> None:
    assert hidden(SHOP, given_) == hides


# --- taken apart ---------------------------------------------------------------------------------


def lines(method: str = "path", kpi: str = "revenue", **changes: float) -> dict[str, float]:
    states = (
        State(label="now", values=dict(NOW)),
        State(label="then", values=after(SHOP, NOW, **changes)),
    )
    found = taken_apart(SHOP, kpi, ordered(SHOP), list(changes), *states, method=method)
    assert found.reason is None, found.reason
    assert found.change is not None
    total = math.fsum(line.line for line in found.lines)
    assert total == pytest.approx(found.change, abs=1e-9 * (found.gross or 1.0))
    return {line.kpi: line.line for line in found.lines}


@pytest.mark.parametrize("method", ["path", "shapley", "levels", "log", "sequential"])
def test_what_is_given_makes_the_difference(method: str) -> None:
    assert lines(method, visits=300.0) == {"visits": pytest.approx(200.0)}
    assert lines(method, orders=30.0) == {"orders": pytest.approx(200.0)}
    assert lines(method, won=50.0) == {"won": pytest.approx(-200.0)}


def test_two_factors_share_what_they_make_together() -> None:
    """400 -> 900: each alone +200, together 100 more, half for each."""
    assert lines(orders=30.0, value=30.0) == {
        "orders": pytest.approx(250),
        "value": pytest.approx(250),
    }


def test_one_after_another_in_the_order_given() -> None:
    assert lines("sequential", orders=30.0, value=30.0) == pytest.approx(
        {"orders": 200, "value": 300}
    )
    assert lines("sequential", value=30.0, orders=30.0) == pytest.approx(
        {"orders": 300, "value": 200}
    )


def test_what_is_not_under_the_kpi_has_no_line() -> None:
    assert lines(kpi="value", visits=300.0) == {}
    assert set(lines(kpi="share", visits=300.0, other=80.0, won=5.0)) == {"visits", "other"}


def test_a_missing_value_that_does_not_matter() -> None:
    tree = tree_of(branch("total", "a + b"), leaf("a"), branch("b", "coalesce(c, 3)"), leaf("c"))
    row = {"a": 1.0, "b": 3.0, "c": None, "total": 4.0}
    states = State(label="1", values=row), State(label="2", values=after(tree, row, a=5.0))
    found = taken_apart(tree, "total", ordered(tree), ["a"], *states, method="path")
    assert [(line.kpi, line.line) for line in found.lines] == [("a", 4.0)]


def test_a_formula_over_time_is_a_line_of_its_own() -> None:
    tree = tree_of(branch("total", "a * trend"), leaf("a"), branch("trend", "rolling_sum(a, 2)"))
    row: dict[str, float | None]
    row = {"a": 2.0, "rolling_sum:a:2": 5.0, "trend": 5.0, "total": 10.0}
    new = after(tree, row, a=4.0)
    assert (new["trend"], new["total"]) == (7.0, 28.0)
    states = State(label="1", values=row), State(label="2", values=new)
    for method in ("path", "sequential"):
        found = taken_apart(tree, "total", ordered(tree), ["a"], *states, method=method)
        assert {line.kpi for line in found.lines} == {"a", "trend"}
        assert math.fsum(line.line for line in found.lines) == pytest.approx(18.0)


amounts = st.floats(0.5, 100)


@given(
    before=st.fixed_dictionaries(dict.fromkeys(("visits", "rate", "amount", "won"), amounts)),
    new=st.dictionaries(
        st.sampled_from(("visits", "rate", "amount", "won")), amounts, min_size=1, max_size=4
    ),
)
def test_lines_of_any_change_add_up(before: dict[str, float], new: dict[str, float]) -> None:
    row = after(SHOP, NOW, **before)
    states = State(label="1", values=row), State(label="2", values=after(SHOP, row, **new))
    found = taken_apart(SHOP, "revenue", ordered(SHOP), list(new), *states, method="path")
    assert found.change is not None
    assert set(new) >= {line.kpi for line in found.lines}
    total = math.fsum(line.line for line in found.lines)
    assert total == pytest.approx(found.change, abs=1e-9 * (found.gross or 1.0))


# --- before and after ----------------------------------------------------------------------------


def test_outcomes() -> None:
    kpis: list[Node] = [
        branch("a", "b"),
        leaf("b", direction="down"),
        leaf("c", direction="range", good_range=(0.0, 1.0)),
        leaf("d"),
    ]
    found = outcomes(
        kpis,
        ["b"],
        {"a": 10.0, "b": 5.0, "c": 2.0, "d": None},
        {"a": 12.0, "b": 6.0, "c": 0.5, "d": None},
        {"a": 11.0},
        {"c": (0.0, 1.0)},
        lambda kpi, _row: f"no {kpi}",
    )
    assert dict(found.schema) == OUTCOMES
    a, b, c, d = found.rows(named=True)
    assert (a["before"], a["after"], a["change"], a["percent"]) == (10, 12, 2, 0.2)
    assert (a["before_status"], a["after_status"], a["target"]) == ("off_track", "on_track", 11)
    assert (a["favourable"], b["favourable"], c["favourable"]) == (True, False, True)
    assert [one["given"] for one in (a, b, c, d)] == [False, True, False, False]
    assert (c["before_status"], c["after_status"]) == ("off_track", "on_track")
    assert (d["before_reason"], d["after_reason"], d["after_status"]) == ("no d", "no d", "no_data")
