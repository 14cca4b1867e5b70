"""Logarithmic weights of segments: as exact as those of drivers, however far a rate falls."""

import math
from decimal import Decimal, localcontext

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import branch, leaf
from analysis.splitting import columns_of, effects, in_segments, refine, tree_of
from kpitree.analysis.attribution import attribute, factors
from kpitree.analysis.attribution.contract import State
from kpitree.analysis.segments import Convention, Weights, shapes_of, split
from kpitree.analysis.segments.effects import log_mean, log_ratio, rate_and_mix

Pairs = list[tuple[float, float]]

sizes = st.one_of(st.floats(1e-300, 1e300), st.floats(0.5, 2.0), st.floats(1e-9, 1e9))
apart = st.sampled_from([1.0, 1 + 2**-52, 1 + 1e-15, 1 - 1e-12, 1 + 1e-9, 1 - 1e-3, 1e-17, 1e200])
close = st.tuples(sizes.filter(lambda size: 1e-90 < size < 1e90), apart).map(
    lambda pair: (pair[0], pair[0] * pair[1])
)
pairs = st.lists(st.one_of(st.tuples(sizes, sizes), close), min_size=1, max_size=20)
shares = st.floats(1e-30, 1.0)
EDGES = [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0), (3.0, 3.0), (5e-324, 1e308), (1e308, 5e-324)]
LOGARITHMIC = Convention(weights=Weights.LOGARITHMIC)


def by_columns(found: Pairs) -> tuple[list[float], list[float]]:
    """Logarithmic means and logarithms of ratios."""
    frame = pl.DataFrame(found, schema={"a": pl.Float64, "b": pl.Float64}, orient="row")
    means = frame.select(
        mean=log_mean(pl.col("a"), pl.col("b")), ratio=log_ratio(pl.col("a"), pl.col("b"))
    )
    return means["mean"].to_list(), means["ratio"].to_list()


def exact_log(before: float, after: float) -> float:
    with localcontext(prec=60):
        return float((Decimal(after) / Decimal(before)).ln())


@given(found=pairs)
def test_means_of_columns_are_means_of_numbers(found: Pairs) -> None:
    means, _ = by_columns(found)
    expected = [factors.log_mean(*pair) for pair in found]
    assert means == pytest.approx(expected, rel=1e-13, abs=0)


def test_means_of_columns_are_means_of_numbers_at_the_edges() -> None:
    means, _ = by_columns(EDGES)
    expected = [factors.log_mean(*pair) for pair in EDGES]
    assert means == pytest.approx(expected, rel=1e-13, abs=0)


@given(found=pairs)
def test_ratios_are_exact_and_the_other_way_round_the_same(found: Pairs) -> None:
    means, ratios = by_columns(found)
    other_means, other_ratios = by_columns([pair[::-1] for pair in found])
    assert ratios == pytest.approx([exact_log(*pair) for pair in found], rel=1e-13, abs=0)
    assert other_ratios == [-ratio for ratio in ratios]
    assert other_means == means


def test_what_is_no_number_gives_none() -> None:
    means, ratios = by_columns([(math.nan, 2.0), (2.0, math.nan)])
    assert all(map(math.isnan, [*means, *ratios]))


@given(found=st.lists(st.tuples(shares, shares, sizes, sizes), min_size=1, max_size=20))
def test_swapping_the_states_negates_every_effect(
    found: list[tuple[float, float, float, float]],
) -> None:
    names = ["share0", "share1", "rate0", "rate1"]
    frame = pl.DataFrame(found, schema=dict.fromkeys(names, pl.Float64), orient="row")
    swapped = frame.select(share0="share1", share1="share0", rate0="rate1", rate1="rate0")
    for centred in (True, False):
        convention = Convention(weights=Weights.LOGARITHMIC, centred=centred)
        there, back = rate_and_mix(frame, convention), rate_and_mix(swapped, convention)
        for effect in ("rate", "mix"):
            assert back[effect].to_list() == [-line for line in there[effect]]


# --- a fall to nearly nothing --------------------------------------------------------------------

ALL, AMOUNT = "count()", "sum(amount)"
BEFORE = {AMOUNT: {"north": 1e10, "south": 3.0}, ALL: {"north": 1.0, "south": 1.0}}
AFTER = {AMOUNT: {"north": 1e-7, "south": 4.0}, ALL: {"north": 1.0, "south": 1.0}}


@pytest.mark.parametrize("fall", [1e-7, 1e-30, 1e-300])
def test_a_rate_that_falls_to_nearly_nothing(fall: float) -> None:
    """From 1e10: as a relative change that is -1, whose logarithm there is none."""
    tree = tree_of(leaf("rate", f"{AMOUNT} / {ALL}", time="day"))
    after = {AMOUNT: {"north": fall, "south": 3.0}, ALL: AFTER[ALL]}
    values = {"rate": ((1e10 + 3.0) / 2, (fall + 3.0) / 2)}
    lines = refine(tree, values, BEFORE, after, convention=LOGARITHMIC)
    assert effects(lines) == {
        ("north", "rate"): pytest.approx(-1e10 / 2, rel=1e-13),
        ("north", "mix"): 0.0,
        ("south", "rate"): 0.0,
        ("south", "mix"): 0.0,
    }
    assert lines["reason"].null_count() == len(lines)


def test_lines_of_the_method_log_by_segment() -> None:
    tree = tree_of(
        branch("revenue", "orders * value"),
        leaf("orders", ALL, time="day"),
        leaf("value", f"{AMOUNT} / {ALL}", time="day"),
    )
    states = [
        State(label=label, values={"orders": 2.0, "value": math.fsum(by[AMOUNT].values()) / 2})
        for label, by in (("before", BEFORE), ("after", AFTER))
    ]
    found = attribute(tree, "revenue", *states, vs="previous", method="log", gradients=True)
    lines = split(
        found,
        shapes_of(tree, ["orders", "value"], ["region"]),
        in_segments(BEFORE, ["region"]),
        in_segments(AFTER, ["region"]),
        columns=columns_of(BEFORE),
        dimensions=["region"],
        convention=LOGARITHMIC,
    )
    own = effects(lines.filter(pl.col("driver") == "value"))
    assert own["north", "rate"] == pytest.approx(-1e10, rel=1e-13)
    assert own["south", "rate"] == pytest.approx(1.0, rel=1e-12)
    assert "rest" not in set(lines["effect"])
