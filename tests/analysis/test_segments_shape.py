"""What a driver is for splitting, read from its measure or formula alone."""

from typing import Any

import pytest

from analysis.kpis import branch, constant, leaf
from analysis.splitting import part_of, tree_of
from kpitree.analysis.segments import (
    Distinct,
    Ratio,
    Shape,
    Total,
    Unsplittable,
    parts_needed,
    shape_of,
    shapes_of,
)
from kpitree.errors import UsageError


def parts(**weights: float) -> dict[Any, float]:
    """By the letters below, so that a case fits a line."""
    measures = {
        "n": "count()",
        "a": "sum(a)",
        "b": "sum(b)",
        "values": "count(a)",
        "ids": "n_unique(id)",
        "days": "n_unique(day)",
        "won": "count(where=won)",
    }
    return {("sales", part_of(measures[name])): weight for name, weight in weights.items()}


IDS = next(iter(parts(ids=1)))


def of_measure(measure: str, **about: Any) -> Shape:
    return shape_of(tree_of(leaf("kpi", measure, time="day", **about)), "kpi", ["region"])


@pytest.mark.parametrize(
    ("measure", "shape"),
    [
        ("count()", Total(parts(n=1))),
        ("sum(a)", Total(parts(a=1))),
        ("sum(a) - sum(b)", Total(parts(a=1, b=-1))),
        ("2 * sum(a) - sum(b) / 4", Total(parts(a=2, b=-0.25))),
        ("sum(a) + sum(b) - sum(b)", Total(parts(a=1))),
        ("sum(a) + count() * 0", Total(parts(a=1))),
        ("mean(a) * count(a)", Total(parts(a=1))),
        ("n_unique(id)", Distinct(IDS, 1)),
        ("n_unique(id) / 12", Distinct(IDS, 1 / 12)),
        ("n_unique(id) + count()", Total(parts(ids=1, n=1))),
        ("count(where=won) / count()", Ratio(parts(won=1), parts(n=1))),
        ("100 * sum(a) / sum(b)", Ratio(parts(a=100), parts(b=1))),
        ("sum(a) / (sum(b) / 2)", Ratio(parts(a=2), parts(b=1))),
        ("sum(a) / (sum(a) + sum(b))", Ratio(parts(a=1), parts(a=1, b=1))),
        ("1 - sum(a) / sum(b)", Ratio(parts(b=1, a=-1), parts(b=1))),
        ("(sum(a) - sum(b)) / sum(a)", Ratio(parts(a=1, b=-1), parts(a=1))),
        ("sum(a) / sum(b) + count() / sum(b)", Ratio(parts(a=1, n=1), parts(b=1))),
        ("count() / n_unique(id)", Ratio(parts(n=1), parts(ids=1))),
        ("mean(a)", Ratio(parts(a=1), parts(values=1))),
        ("-3 * mean(a) + 1", Ratio(parts(a=-3, values=1), parts(values=1))),
        ("sum(a) / (sum(b) / sum(a)) / sum(a)", Ratio(parts(a=1), parts(b=1))),
    ],
)
def test_sums_and_ratios(measure: str, shape: Shape) -> None:
    assert of_measure(measure) == shape


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("median(a)", "median() does not add up over segments"),
        ("quantile(a, 0.9)", "quantile() does not add up over segments"),
        ("min(a)", "min() does not add up over segments"),
        ("max(a) - min(a)", "max() does not add up over segments"),
        ("std(a)", "std() does not add up over segments"),
        ("first(a)", "first() does not add up over segments"),
        ("sum(a) * sum(b)", "a product of sums does not add up over segments"),
        ("sum(a) / sum(b) / count()", "a ratio of ratios does not add up over segments"),
        ("sum(a) ** 2", "a power does not add up over segments"),
        ("mean(a) - mean(b)", "ratios of different sums do not add up over segments"),
        ("sum(a) + sum(a) / sum(b)", "a sum and a ratio together do not add up over segments"),
        ("sum(a) + 5", "it adds a number that belongs to no segment"),
        ("sum(a) / (count() + 1)", "it adds a number that belongs to no segment"),
        ("1 / count()", "it adds a number that belongs to no segment"),
        ("sum(a) / sum(a)", "it is the same in every segment"),
        ("2 * sum(a) / (4 * sum(a))", "it is the same in every segment"),
        ("sum(a) - sum(a)", "it is the same in every segment"),
        ("sum(a) / (sum(b) - sum(b))", "it divides by 0"),
    ],
)
def test_what_is_neither(measure: str, reason: str) -> None:
    assert of_measure(measure) == Unsplittable(reason)


def test_the_leafs_condition_and_time_are_in_its_parts() -> None:
    shape = of_measure("mean(a)", where=part_of("count(where=won)").where)
    assert isinstance(shape, Ratio)
    found = [(part.function, part.where is not None, part.time) for _, part in shape.above]
    found += [(part.function, part.where is not None, part.time) for _, part in shape.below]
    assert found == [("sum", True, "day"), ("count", True, "day")]


AMOUNT = leaf("amount", "sum(a)")
WON = leaf("won", "count(where=won)")
DEALS = leaf("deals", "count()")


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        ("amount / won", Ratio(parts(a=1), parts(won=1))),
        ("amount - won * 3", Total(parts(a=1, won=-3))),
        ("close_rate * deals", Total(parts(won=1))),
        ("deals * order_value * close_rate", Total(parts(a=1))),
        ("order_value * close_rate", Ratio(parts(a=1), parts(n=1))),
        ("amount / fee", Total(parts(a=0.5))),
        ("deals * order_value", "a product of sums does not add up over segments"),
        ("amount * rate_of_exchange", "Euro is the same in every segment, not in every period"),
        ("prev(amount)", "its formula looks at other periods"),
        ("amount - rolling_mean(amount, 3)", "its formula looks at other periods"),
        ("max(amount, won)", "max() does not add up over segments"),
        ("coalesce(amount, 0)", "coalesce() does not add up over segments"),
        ("if_else(won > 0, amount, 0)", "if_else() does not add up over segments"),
        ("fee", "it is the same in every segment"),
        ("typical * 2", "median() does not add up over segments"),
    ],
)
def test_formulas_down_to_their_measures(formula: str, shape: Shape | str) -> None:
    tree = tree_of(
        branch("kpi", formula, driver=True),
        AMOUNT,
        WON,
        DEALS,
        branch("close_rate", "won / deals", driver=True),
        branch("order_value", "amount / won"),
        leaf("typical", "median(a)"),
        constant("fee", 2.0),
        constant("rate_of_exchange", {"2026-01": 1.1, "2026-02": 1.2}, label="Euro"),
    )
    wanted = Unsplittable(shape) if isinstance(shape, str) else shape
    assert shape_of(tree, "kpi", ["region"]) == wanted


def test_constants_are_the_same_in_every_segment() -> None:
    tree = tree_of(constant("fee", 2.0))
    assert shape_of(tree, "fee", ["region"]) == Unsplittable("it is the same in every segment")


def test_a_source_without_the_dimension() -> None:
    reason = "the source 'sales' has no dimension 'channel'"
    assert shape_of(tree_of(AMOUNT), "amount", ["region", "channel"]) == Unsplittable(reason)


def test_a_deep_tree_is_read_once() -> None:
    depth = 3_000
    kpis = [branch(f"k{at}", f"k{at + 1} * 1 + k{at + 1} * 0") for at in range(depth)]
    tree = tree_of(*kpis, leaf(f"k{depth}", "sum(a)"))
    shapes = shapes_of(tree, tree.kpis, ["region"])
    assert len(shapes) == depth + 1
    assert all(shape == Total(parts(a=1)) for shape in shapes.values())


def test_an_unknown_driver() -> None:
    with pytest.raises(UsageError, match="there is no KPI 'amuont'"):
        shape_of(tree_of(AMOUNT), "amuont", ["region"])


def test_parts_needed_are_each_named_once_and_in_order() -> None:
    shapes = [of_measure(text) for text in ("mean(a)", "sum(a)", "median(a)", "n_unique(id)")]
    found = parts_needed(shapes)
    assert found == {"sales": tuple(map(part_of, ("sum(a)", "count(a)", "n_unique(id)")))}
