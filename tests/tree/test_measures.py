"""A measure taken apart: what the data must give, each once, and the arithmetic left to do."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.tree.expressions import AGGREGATES, Call, Expr, Name, Number, calls_in
from kpitree.tree.measures import (
    NOT_ADDITIVE,
    SIGNED,
    Part,
    both,
    parts_of,
    with_part_names,
)
from kpitree.tree.model import Leaf, Node, Source, Tree
from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure, parse_row


def leaf(
    name: str, measure: str, where: str | None = None, time: str | None = None, **keys: Any
) -> Leaf:
    return Leaf(
        id=name,
        label=name,
        measure=parse_measure(measure),
        source=keys.pop("source", "deals"),
        where=None if where is None else parse_condition(where),
        time=time,
        **keys,
    )


def tree(*kpis: Node) -> Tree:
    deals = Source(id="deals", path="d.csv", location="d.csv", time="opened_on")
    staff = Source(id="staff", path="s.csv", location="s.csv", time="hired", until="left")
    return Tree(
        name="t",
        root=kpis[0].id,
        file=Path("t.toml"),
        sources={"deals": deals, "staff": staff},
        kpis={kpi.id: kpi for kpi in kpis},
    )


def part(
    function: str,
    argument: str | None = None,
    where: str | None = None,
    level: float | None = None,
    time: str = "opened_on",
) -> Part:
    return Part(
        function=function,
        argument=None if argument is None else parse_row(argument),
        level=level,
        where=None if where is None else parse_condition(where),
        time=time,
    )


@pytest.mark.parametrize(
    ("measure", "arithmetic", "parts"),
    [
        ("count()", Name("0"), [part("count")]),
        ("sum(a * b)", Name("0"), [part("sum", "a * b")]),
        ("quantile(a, 0.9)", Name("0"), [part("quantile", "a", level=0.9)]),
        (
            "sum(a) / count()",
            Call("/", (Name("0"), Name("1"))),
            [part("sum", "a"), part("count")],
        ),
        (
            "(sum(a) - sum(b)) / sum(a)",
            Call("/", (Call("+", (Name("0"), Call("neg", (Name("1"),)))), Name("0"))),
            [part("sum", "a"), part("sum", "b")],
        ),
        (
            "count(where=x == 'won') / count()",
            Call("/", (Name("0"), Name("1"))),
            [part("count", where="x == 'won'"), part("count")],
        ),
        (
            "100 * mean(a) ** 2",
            Call("*", (Number(100.0), Call("**", (Name("0"), Number(2.0))))),
            [part("mean", "a")],
        ),
    ],
)
def test_parts_of(measure: str, arithmetic: Expr, parts: list[Part]) -> None:
    one = leaf("m", measure)
    assert parts_of(tree(one), one) == (arithmetic, tuple(parts))


def test_the_conditions_of_leaf_and_aggregate_hold_together() -> None:
    one = leaf("m", "count(where=x == 1) / count() + sum(a, where=y == 2)", where="z == 3")
    _, parts = parts_of(tree(one), one)
    assert [each.where for each in parts] == [
        parse_condition("z == 3 and x == 1"),
        parse_condition("z == 3"),
        parse_condition("z == 3 and y == 2"),
    ]


def test_both() -> None:
    x, y = parse_condition("x == 1"), parse_condition("y == 2")
    assert both(None, None) is None
    assert both(x, None) == x
    assert both(None, y) == y
    assert both(x, y) == parse_condition("x == 1 and y == 2")


def test_a_leafs_own_time_goes_before_its_sources() -> None:
    one, other = leaf("m", "count()"), leaf("n", "count()", time="closed_on")
    whole = tree(one, other)
    assert [each.time for each in parts_of(whole, one)[1]] == ["opened_on"]
    assert [each.time for each in parts_of(whole, other)[1]] == ["closed_on"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"at": "end"}, ("hired", "end", "left")),
        ({"at": "start"}, ("hired", "start", "left")),
        ({"at": "average"}, ("hired", "average", "left")),
        ({"count_when": "started"}, ("hired", "period", None)),
        ({"count_when": "ended"}, ("left", "period", None)),
    ],
)
def test_rows_that_last(keys: dict[str, str], expected: tuple[str, str, str | None]) -> None:
    one = leaf("m", "sum(pay) / count(where=team == 'x')", source="staff", **keys)
    arithmetic, parts = parts_of(tree(one), one)
    assert arithmetic == Call("/", (Name("0"), Name("1")))
    assert [(each.time, each.over, each.until) for each in parts] == [expected, expected]
    assert all(each.looks_back == (expected[1] != "period") for each in parts)


def test_values_that_are_carried() -> None:
    one, other = leaf("m", "last(x) - first(x)", carry=True), leaf("n", "last(x)")
    whole = tree(one, other)
    assert [each.over for each in parts_of(whole, one)[1]] == ["carried", "carried"]
    assert [each.over for each in parts_of(whole, other)[1]] == ["period"]


@pytest.mark.parametrize("name", sorted(AGGREGATES))
def test_what_of_a_stock_is_what_came_less_what_went(name: str) -> None:
    stock = replace(part(name, "a"), over="end", until="closed_on")
    assert stock.additive == (name in {"sum", "count", "mean"})
    assert AGGREGATES.keys() >= SIGNED


@pytest.mark.parametrize("name", sorted(AGGREGATES))
def test_what_adds_up(name: str) -> None:
    assert part(name, "a").additive == (name not in {"n_unique", "median", "quantile"})
    assert AGGREGATES.keys() >= NOT_ADDITIVE


def test_with_part_names() -> None:
    one = leaf("m", "(sum(a) - sum(b)) / sum(a)")
    arithmetic, _ = parts_of(tree(one), one)
    assert with_part_names(arithmetic, ("part7", "part3")) == parse_formula(
        "(part7 - part3) / part7"
    )


ATOMS = st.sampled_from(["count()", "sum(a)", "sum(b)", "max(a, where=b > 1)", "2", "n_unique(a)"])
MEASURES = st.recursive(
    ATOMS,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(
        lambda three: f"({' '.join(three)})"
    ),
    max_leaves=8,
)


@given(measure=MEASURES)
def test_nothing_is_lost_and_nothing_is_computed_twice(measure: str) -> None:
    one = leaf("m", measure)
    arithmetic, parts = parts_of(tree(one), one)
    assert len(set(parts)) == len(parts)
    aggregates = {call for call in calls_in(one.measure) if call.name in AGGREGATES}
    assert len(parts) == len(aggregates)
    assert not any(call.name in AGGREGATES for call in calls_in(arithmetic))
    back = {str(at): call for at, call in enumerate(_in_order(one.measure))}
    assert _restored(arithmetic, back) == one.measure


def _in_order(measure: Expr) -> list[Call]:
    return list(dict.fromkeys(call for call in calls_in(measure) if call.name in AGGREGATES))


def _restored(expr: Expr, parts: dict[str, Call]) -> Expr:
    match expr:
        case Name(id=name):
            return parts[name]
        case Call(name=name, args=args):
            return Call(name, tuple(_restored(arg, parts) for arg in args))
        case _:
            return expr
