"""The tree as a graph: what is computed first, how deep, by whom it is used, and circles."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.tree.graph import depths, first_loop, graph_of, operands_first, parents, under
from kpitree.tree.model import Branch, Constant, Node, Tree
from kpitree.tree.parsing import parse_formula


def tree(root: str, **formulas: str | None) -> Tree:
    kpis: dict[str, Node] = {
        name: Constant(id=name, label=name, value=1)
        if formula is None
        else Branch(id=name, label=name, formula=parse_formula(formula))
        for name, formula in formulas.items()
    }
    return Tree(name="t", root=root, file=Path("t.toml"), sources={}, kpis=kpis)


SHOP = tree(
    "profit",
    profit="revenue - cost",
    revenue="orders * price",
    cost="orders * unit_cost + rent",
    unit_cost=None,
    rent=None,
    orders="visits * rate",
    price=None,
    visits=None,
    rate=None,
    aside="visits / 2",
    alone=None,
)


def test_edges_run_from_operand_to_formula() -> None:
    graph = graph_of(SHOP)
    assert list(graph.nodes) == list(SHOP.kpis)
    assert set(graph.predecessors("cost")) == {"orders", "unit_cost", "rent"}
    assert set(graph.successors("visits")) == {"orders", "aside"}


def test_operands_come_first_and_in_file_order() -> None:
    assert operands_first(SHOP) == [
        ["unit_cost", "rent", "price", "visits", "rate", "alone"],
        ["orders", "aside"],
        ["revenue", "cost"],
        ["profit"],
    ]


def test_under() -> None:
    assert under(SHOP, "revenue") == ["price", "visits", "rate", "orders", "revenue"]
    assert under(SHOP, "alone") == ["alone"]


def test_depths_are_distances_from_the_root() -> None:
    assert depths(SHOP) == {
        "profit": 0,
        "revenue": 1,
        "cost": 1,
        "unit_cost": 2,
        "rent": 2,
        "orders": 2,
        "price": 2,
        "visits": 3,
        "rate": 3,
        "aside": None,
        "alone": None,
    }


def test_a_shared_kpi_stands_where_the_root_needs_it_first() -> None:
    shared = tree("top", top="middle + leaf", middle="leaf * 2", leaf=None)
    assert depths(shared) == {"top": 0, "middle": 1, "leaf": 1}


def test_parents_are_in_file_order() -> None:
    found = parents(SHOP)
    assert found["orders"] == ("revenue", "cost")
    assert found["visits"] == ("orders", "aside")
    assert found["profit"] == ()
    assert list(found) == list(SHOP.kpis)


def test_a_name_used_twice_is_one_parent() -> None:
    assert parents(tree("a", a="b * b + b", b=None)) == {"a": (), "b": ("a",)}


@pytest.mark.parametrize(
    ("operands", "loop"),
    [
        ({}, None),
        ({"a": ("b", "c"), "b": ("c",), "c": ()}, None),
        ({"a": ("a",)}, ["a", "a"]),
        ({"a": ("b",), "b": ("a",)}, ["a", "b", "a"]),
        ({"top": ("a",), "a": ("b",), "b": ("c",), "c": ("a",)}, ["a", "b", "c", "a"]),
        ({"a": ("unknown",)}, None),
    ],
)
def test_first_loop(operands: dict[str, tuple[str, ...]], loop: list[str] | None) -> None:
    assert first_loop(operands) == loop


NAMES = "abcdefgh"


@given(
    edges=st.sets(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(
            lambda two: two[0] < two[1]
        )
    ),
    order=st.permutations(NAMES),
)
def test_whatever_the_order_of_the_file(edges: set[tuple[str, str]], order: list[str]) -> None:
    """Formulas name only later letters, so there is no circle."""
    operands = {name: sorted(two for one, two in edges if one == name) for name in order}
    whole = tree("a", **{name: " + ".join(names) or None for name, names in operands.items()})
    assert first_loop({name: tuple(names) for name, names in operands.items()}) is None

    generations = operands_first(whole)
    generation_of = {name: at for at, names in enumerate(generations) for name in names}
    assert sorted(generation_of) == sorted(NAMES)
    for name, names in operands.items():
        least = max((generation_of[one] for one in names), default=-1) + 1
        assert generation_of[name] == least
    for names in generations:
        assert names == sorted(names, key=order.index)

    for name, depth in depths(whole).items():
        above = [one for one, names in operands.items() if name in names]
        nearest = [found for one in above if (found := depths(whole)[one]) is not None]
        assert depth == (0 if name == "a" else min(nearest) + 1 if nearest else None)
        assert parents(whole)[name] == tuple(above)


@given(edges=st.sets(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12))
def test_a_loop_is_one(edges: set[tuple[str, str]]) -> None:
    operands = {name: tuple(sorted(two for one, two in edges if one == name)) for name in NAMES}
    loop = first_loop(operands)
    if loop is None:
        assert _can_be_ordered(operands)
    else:
        assert loop[0] == loop[-1]
        assert len(set(loop)) == len(loop) - 1
        assert all(two in operands[one] for one, two in pairwise(loop))


def _can_be_ordered(operands: dict[str, tuple[str, ...]]) -> bool:
    done: set[str] = set()
    while ready := {name for name, names in operands.items() if done.issuperset(names)} - done:
        done |= ready
    return len(done) == len(operands)
