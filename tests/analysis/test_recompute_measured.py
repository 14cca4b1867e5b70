"""What is measured beside a formula, under other assumptions."""

import pytest

from analysis.kpis import branch, leaf
from kpitree.analysis.recompute import Row, above, recomputed
from kpitree.tree.model import Node

NODES: list[Node] = [
    leaf("orders"),
    leaf("price"),
    branch("revenue", "orders / price", measured=leaf("revenue:measured")),
    branch("double", "revenue * 2"),
]


@pytest.mark.parametrize(
    ("row", "revenue"),
    [
        ({"orders": 6.0, "price": 2.0, "revenue": 4.0, "double": 8.0}, 6.0),  # 1 more than 3
        ({"orders": 6.0, "price": 2.0, "revenue": None, "double": None}, None),
        ({"orders": 6.0, "price": 0.0, "revenue": 4.0, "double": 8.0}, None),
    ],
)
def test_it_stays_as_far_from_the_formula_as_it_was(row: Row, revenue: float | None) -> None:
    found = recomputed(above(NODES, ["orders"]), row, {"orders": 10.0})
    assert found["revenue"] == revenue
    assert found["double"] == (None if revenue is None else 2 * revenue)
