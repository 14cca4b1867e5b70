"""Drivers split among segments: figures small enough to check by hand."""

import math
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from analysis.kpis import branch, leaf
from analysis.splitting import (
    Figures,
    attribution_of,
    columns_of,
    effects,
    in_segments,
    line_of,
    refine,
    total,
    tree_of,
)
from kpitree.analysis.segments import Convention, Weights, driver_lines, shapes_of, split
from kpitree.analysis.segments.lines import split_schema
from kpitree.errors import UsageError
from kpitree.tables import NONE

AMOUNT = leaf("amount", "sum(amount)", time="day")
RATE = leaf("rate", "count(where=won) / count()", time="day")
PRICE = leaf("price", "mean(amount)", time="day")
BUYERS = leaf("buyers", "n_unique(buyer)", time="day")
ALL, WON = "count()", "count(where=won)"
UNCENTRED = Convention(centred=False)


def rows(lines: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return lines.select(columns).rows()


# --- totals --------------------------------------------------------------------------------------


def test_a_total_by_segment() -> None:
    before = {"sum(amount)": {"south": 30.0, NONE: 5.0, "north": 10.0, "gone": 4.0}}
    after = {"sum(amount)": {"north": 25.0, "south": 30.0, NONE: 3.0, "east": 2.0}}
    lines = refine(tree_of(AMOUNT), {"amount": (49.0, 60.0)}, before, after)
    assert dict(lines.schema) == split_schema(["region"])
    assert rows(lines, "driver", "segment:region", "effect", "from", "to", "line", "flags") == [
        ("amount", "east", "driver", 0.0, 2.0, 2.0, []),
        ("amount", "gone", "driver", 4.0, 0.0, -4.0, []),
        ("amount", "north", "driver", 10.0, 25.0, 15.0, []),
        ("amount", "south", "driver", 30.0, 30.0, 0.0, []),
        ("amount", NONE, "driver", 5.0, 3.0, -2.0, []),
    ]
    assert lines["label"].unique().to_list() == ["Amount"]
    assert lines["reason"].null_count() == len(lines)


def test_amounts_are_told_in_the_explained_kpis_unit() -> None:
    before, after = {"sum(amount)": {"north": 10.0}}, {"sum(amount)": {"north": 7.0}}
    tree = tree_of(AMOUNT)
    lines = refine(tree, {"amount": (10.0, 7.0)}, before, after, gradients={"amount": -2.0})
    assert rows(lines, "from", "to", "line") == [(10.0, 7.0, 6.0)]


def test_offsetting_segments_of_a_driver_that_did_not_move() -> None:
    before = {"sum(amount)": {"north": 10.0, "south": 20.0}}
    after = {"sum(amount)": {"north": 17.0, "south": 13.0}}
    tree = tree_of(AMOUNT)
    lines = refine(tree, {"amount": (30.0, 30.0)}, before, after, gradients={"amount": 3.0})
    assert effects(lines) == {("north", "driver"): 21.0, ("south", "driver"): -21.0}


def test_nothing_in_both_states_is_left_out() -> None:
    before = {"sum(amount)": {"north": 10.0, "idle": 0.0, "blank": None}}
    after = {"sum(amount)": {"north": 10.0, "idle": 0.0, "blank": None}}
    lines = refine(tree_of(AMOUNT), {"amount": (10.0, 10.0)}, before, after)
    assert rows(lines, "segment:region", "line") == [("north", 0.0)]


def test_a_difference_of_sums() -> None:
    margin = leaf("margin", "sum(amount) - 2 * sum(cost)", time="day")
    before = {"sum(amount)": {"north": 10.0, "south": 9.0}, "sum(cost)": {"north": 1.0}}
    after = {"sum(amount)": {"north": 12.0}, "sum(cost)": {"north": 4.0, "south": 1.0}}
    lines = refine(tree_of(margin), {"margin": (17.0, 2.0)}, before, after)
    assert rows(lines, "segment:region", "from", "to", "line") == [
        ("north", 8.0, 4.0, -4.0),
        ("south", 9.0, -2.0, -11.0),
    ]


def test_cells_of_two_dimensions() -> None:
    before = {"sum(amount)": {("north", "web"): 1.0, ("north", NONE): 2.0, ("east", "shop"): 4.0}}
    after = {"sum(amount)": {("north", "web"): 8.0, (NONE, "web"): 1.0, ("north", "app"): 1.0}}
    dimensions = ["region", "channel"]
    lines = refine(
        tree_of(AMOUNT, dimensions=dimensions),
        {"amount": (7.0, 10.0)},
        before,
        after,
        dimensions=dimensions,
    )
    assert rows(lines, "segment:region", "segment:channel", "line") == [
        ("east", "shop", -4.0),
        ("north", "app", 1.0),
        ("north", "web", 7.0),
        ("north", NONE, -2.0),
        (NONE, "web", 1.0),
    ]


# --- ratios --------------------------------------------------------------------------------------


def test_rate_and_mix() -> None:
    before = {WON: {"north": 10.0, "south": 45.0}, ALL: {"north": 50.0, "south": 50.0}}
    after = {WON: {"north": 30.0, "south": 60.0}, ALL: {"north": 100.0, "south": 60.0}}
    lines = refine(tree_of(RATE), {"rate": (0.55, 0.5625)}, before, after)
    # Shares 0.5 -> 0.625 and 0.5 -> 0.375; rates 0.2 -> 0.3 and 0.9 -> 1.0; mean rates 0.25, 0.95.
    common = 0.5625 * 0.25 + 0.4375 * 0.95
    expected = [
        ("north", "rate", 0.2, 0.3, 0.5625 * 0.1),
        ("north", "mix", 0.5, 0.625, 0.125 * (0.25 - common)),
        ("south", "rate", 0.9, 1.0, 0.4375 * 0.1),
        ("south", "mix", 0.5, 0.375, -0.125 * (0.95 - common)),
    ]
    found = rows(lines, "segment:region", "effect", "from", "to", "line")
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    for row, truth in zip(found, expected, strict=True):
        assert row[2:] == pytest.approx(truth[2:], rel=1e-12)
    assert math.fsum(lines["line"]) == pytest.approx(0.0125, rel=1e-12)


@pytest.mark.parametrize(
    ("convention", "north", "south"),
    [
        (UNCENTRED, (0.05625, 0.03125), (0.04375, -0.11875)),
        (Convention(weights=Weights.MIX_FIRST, centred=False), (0.0625, 0.025), (0.0375, -0.1125)),
        # centred on the old rate 0.55
        (Convention(weights=Weights.MIX_FIRST), (0.0625, -0.04375), (0.0375, -0.04375)),
        (Convention(weights=Weights.RATE_FIRST, centred=False), (0.05, 0.0375), (0.05, -0.125)),
        # centred on the new rates at the old shares, 0.65
        (Convention(weights=Weights.RATE_FIRST), (0.05, -0.04375), (0.05, -0.04375)),
    ],
)
def test_the_other_conventions(
    convention: Convention, north: tuple[float, float], south: tuple[float, float]
) -> None:
    before = {WON: {"north": 10.0, "south": 45.0}, ALL: {"north": 50.0, "south": 50.0}}
    after = {WON: {"north": 30.0, "south": 60.0}, ALL: {"north": 100.0, "south": 60.0}}
    values = {"rate": (0.55, 0.5625)}
    found = effects(refine(tree_of(RATE), values, before, after, convention=convention))
    assert (found["north", "rate"], found["north", "mix"]) == pytest.approx(north, rel=1e-12)
    assert (found["south", "rate"], found["south", "mix"]) == pytest.approx(south, rel=1e-12)


def test_a_new_segment_is_all_mix_at_the_rate_it_came_with() -> None:
    before = {WON: {"north": 10.0}, ALL: {"north": 100.0}}
    after = {WON: {"north": 10.0, "east": 80.0}, ALL: {"north": 100.0, "east": 100.0}}
    tree, values = tree_of(RATE), {"rate": (0.1, 0.45)}
    lines = refine(tree, values, before, after, convention=UNCENTRED)
    assert rows(lines, "segment:region", "effect", "from", "to", "line", "flags") == [
        ("east", "rate", None, 0.8, 0.0, ["new"]),
        ("east", "mix", 0.0, 0.5, 0.4, ["new"]),
        ("north", "rate", 0.1, 0.1, 0.0, []),
        ("north", "mix", 1.0, 0.5, -0.05, []),
    ]
    gone = refine(tree, {"rate": (0.45, 0.1)}, after, before, convention=UNCENTRED)
    assert rows(gone, "segment:region", "effect", "from", "to", "line", "flags") == [
        ("east", "rate", 0.8, None, 0.0, ["lost"]),
        ("east", "mix", 0.5, 0.0, -0.4, ["lost"]),
        ("north", "rate", 0.1, 0.1, 0.0, []),
        ("north", "mix", 0.5, 1.0, 0.05, []),
    ]


@pytest.mark.parametrize("weights", Weights)
def test_a_new_segment_has_no_rate_effect_whatever_the_convention(weights: Weights) -> None:
    before = {WON: {"north": 10.0}, ALL: {"north": 100.0}}
    after = {WON: {"north": 30.0, "east": 80.0}, ALL: {"north": 100.0, "east": 100.0}}
    values = {"rate": (0.1, 0.55)}
    found = refine(tree_of(RATE), values, before, after, convention=Convention(weights=weights))
    assert effects(found)["east", "rate"] == 0.0
    assert math.fsum(found["line"]) == pytest.approx(0.45, rel=1e-12)
    assert "rest" not in set(found["effect"])


def test_a_numerator_without_a_denominator_is_a_line_of_its_own() -> None:
    """Refunds in a region without orders: no rate, but part of the whole's rate all the same."""
    share = leaf("refunds", "sum(refunded) / count()", time="day")
    before = {"sum(refunded)": {"north": 10.0, "west": 4.0}, ALL: {"north": 100.0}}
    after = {"sum(refunded)": {"north": 12.0, "west": 9.0}, ALL: {"north": 60.0, "west": 60.0}}
    values = {"refunds": (0.14, 0.175)}
    lines = refine(tree_of(share), values, before, after, convention=UNCENTRED)
    found = rows(lines, "segment:region", "effect", "from", "to", "line", "flags")
    expected = [
        ("north", "rate", 0.1, 0.2, 0.75 * 0.1, []),
        ("north", "mix", 1.0, 0.5, -0.5 * 0.15, []),
        ("west", "rate", None, 0.15, 0.0, ["new"]),
        ("west", "mix", 0.0, 0.5, 0.5 * 0.15, ["new"]),
        ("west", "no_base", 0.04, 0.0, -0.04, []),
    ]
    assert [(*row[:4], row[5]) for row in found] == [(*row[:4], row[5]) for row in expected]
    assert [row[4] for row in found] == pytest.approx([row[4] for row in expected], rel=1e-12)


def test_a_mean_weighs_by_the_rows_that_have_a_value() -> None:
    amount, count = "sum(amount)", "count(amount)"
    before: Figures = {amount: {"north": 20.0, "void": None}, count: {"north": 2.0, "void": 0.0}}
    after: Figures = {amount: {"north": 30.0, "void": 5.0}, count: {"north": 3.0, "void": 1.0}}
    lines = refine(tree_of(PRICE), {"price": (10.0, 8.75)}, before, after, convention=UNCENTRED)
    assert rows(lines, "segment:region", "effect", "from", "to", "line", "flags") == [
        ("north", "rate", 10.0, 10.0, 0.0, []),
        ("north", "mix", 1.0, 0.75, -2.5, []),
        ("void", "rate", None, 5.0, 0.0, ["new"]),
        ("void", "mix", 0.0, 0.25, 1.25, ["new"]),
    ]


def test_a_driver_that_is_one_kpi_over_another() -> None:
    tree = tree_of(
        branch("value", "won_amount / won", driver=True),
        leaf("won_amount", "sum(amount)", time="day"),
        leaf("won", WON, time="day"),
    )
    before = {"sum(amount)": {"north": 20.0, "south": 20.0}, WON: {"north": 2.0, "south": 2.0}}
    after = {"sum(amount)": {"north": 20.0, "south": 60.0}, WON: {"north": 2.0, "south": 6.0}}
    found = effects(refine(tree, {"value": (10.0, 10.0)}, before, after, gradients={"value": 4.0}))
    assert found == dict.fromkeys(found, 0.0)
    assert len(found) == 4


def test_logarithmic_weights() -> None:
    before = {WON: {"north": 10.0, "south": 45.0}, ALL: {"north": 50.0, "south": 50.0}}
    after = {WON: {"north": 30.0, "south": 60.0}, ALL: {"north": 100.0, "south": 60.0}}
    convention = Convention(weights=Weights.LOGARITHMIC, centred=False)
    values = {"rate": (0.55, 0.5625)}
    found = effects(refine(tree_of(RATE), values, before, after, convention=convention))
    north = (0.1875 - 0.1) / math.log(0.1875 / 0.1)
    south = (0.375 - 0.45) / math.log(0.375 / 0.45)
    assert found == pytest.approx(
        {
            ("north", "rate"): north * math.log(0.3 / 0.2),
            ("north", "mix"): north * math.log(0.625 / 0.5),
            ("south", "rate"): south * math.log(1.0 / 0.9),
            ("south", "mix"): south * math.log(0.375 / 0.5),
        },
        rel=1e-12,
    )
    centred = Convention(weights=Weights.LOGARITHMIC)
    other = effects(refine(tree_of(RATE), values, before, after, convention=centred))
    common = (0.5625 - 0.55) / math.log(0.5625 / 0.55)
    mix = found["north", "mix"] - 0.125 * common
    assert other["north", "rate"] == found["north", "rate"]
    assert other["north", "mix"] == pytest.approx(mix, rel=1e-12)


def test_a_rate_of_zero_takes_its_limit_under_logarithms() -> None:
    before = {WON: {"south": 30.0}, ALL: {"north": 100.0, "south": 100.0}}
    after = {WON: {"north": 20.0, "south": 30.0}, ALL: {"north": 200.0, "south": 50.0}}
    convention = Convention(weights=Weights.LOGARITHMIC, centred=False)
    values = {"rate": (0.15, 0.2)}
    found = effects(refine(tree_of(RATE), values, before, after, convention=convention))
    assert found["north", "rate"] == pytest.approx(0.08, rel=1e-12)
    assert found["north", "mix"] == 0.0
    assert math.fsum(found.values()) == pytest.approx(0.05, rel=1e-12)


def test_logarithms_refuse_what_is_negative() -> None:
    profit = leaf("profit", "sum(amount) / count()", time="day")
    before = {"sum(amount)": {"north": 5.0, "south": -1.0}, ALL: {"north": 1.0, "south": 1.0}}
    after = {"sum(amount)": {"north": 5.0, "south": 1.0}, ALL: {"north": 1.0, "south": 1.0}}
    convention = Convention(weights=Weights.LOGARITHMIC)
    with pytest.raises(UsageError, match="Profit has one in south"):
        refine(tree_of(profit), {"profit": (2.0, 3.0)}, before, after, convention=convention)


# --- distinct counts -----------------------------------------------------------------------------


def test_what_several_segments_share_is_the_overlap() -> None:
    before = {"n_unique(buyer)": {"north": 5.0, "south": 4.0}}
    after = {"n_unique(buyer)": {"north": 8.0, "south": 4.0}}
    wholes = {"n_unique(buyer)": 7.0}, {"n_unique(buyer)": 11.0}
    lines = refine(tree_of(BUYERS), {"buyers": (7.0, 11.0)}, before, after, wholes=wholes)
    assert rows(lines, "segment:region", "effect", "from", "to", "line", "reason") == [
        ("north", "driver", 5.0, 8.0, 3.0, None),
        ("south", "driver", 4.0, 4.0, 0.0, None),
        (None, "overlap", -2.0, -1.0, 1.0, None),
    ]


def test_distinct_counts_that_add_up_have_no_overlap() -> None:
    before = {"n_unique(buyer)": {"north": 5.0, "south": 4.0}}
    after = {"n_unique(buyer)": {"north": 8.0}}
    lines = refine(tree_of(BUYERS), {"buyers": (9.0, 8.0)}, before, after)
    assert rows(lines, "segment:region", "effect", "line") == [
        ("north", "driver", 3.0),
        ("south", "driver", -4.0),
    ]


def test_a_ratio_of_distinct_counts_is_split_where_they_add_up() -> None:
    basket = leaf("basket", "count() / n_unique(buyer)", time="day")
    before = {ALL: {"north": 10.0, "south": 5.0}, "n_unique(buyer)": {"north": 5.0, "south": 5.0}}
    after = {ALL: {"north": 10.0, "south": 10.0}, "n_unique(buyer)": {"north": 5.0, "south": 5.0}}
    tree, values = tree_of(basket), {"basket": (1.5, 2.0)}
    assert effects(refine(tree, values, before, after)) == {
        ("north", "rate"): 0.0,
        ("north", "mix"): 0.0,
        ("south", "rate"): 0.5,
        ("south", "mix"): 0.0,
    }
    shared = {"n_unique(buyer)": 9.0}, {"n_unique(buyer)": 10.0}
    values = {"basket": (15 / 9, 2.0)}
    lines = refine(tree, values, before, after, wholes=shared)
    assert rows(lines, "segment:region", "effect", "from", "to", "line", "reason") == [
        (None, "rest", 15 / 9, 2.0, 2.0 - 15 / 9, "distinct counts do not add up over region")
    ]


# --- what stays whole ----------------------------------------------------------------------------

MEDIAN = leaf("typical", "median(amount)", time="day")


def whole_reason(lines: pl.DataFrame) -> str:
    [(segment, effect, reason)] = rows(lines, "segment:region", "effect", "reason")
    assert (segment, effect) == (None, "rest")
    return str(reason)


def test_what_does_not_add_up_stays_whole() -> None:
    lines = refine(
        tree_of(MEDIAN),
        {"typical": (3.0, 5.0)},
        {"sum(amount)": {"north": 1.0}},
        {"sum(amount)": {"north": 1.0}},
        gradients={"typical": 2.0},
    )
    assert rows(lines, "from", "to", "line") == [(3.0, 5.0, 4.0)]
    assert whole_reason(lines) == "median() does not add up over segments"


def test_a_segment_without_a_value_is_named() -> None:
    before = {"sum(amount)": {"north": 1.0, "south": None}}
    after = {"sum(amount)": {"north": 1.0, "south": 5.0}}
    lines = refine(tree_of(AMOUNT), {"amount": (1.0, 6.0)}, before, after)
    assert whole_reason(lines) == "south has no value in 2026-01"
    ratio = leaf("ratio", "sum(amount) / count()", time="day")
    counts = {ALL: {"north": 1.0, "south": 1.0}}
    lines = refine(tree_of(ratio), {"ratio": (3.0, 0.5)}, {**after, **counts}, {**before, **counts})
    assert whole_reason(lines) == "south has no value in 2026-02"


def test_a_whole_without_a_denominator() -> None:
    before = {WON: {"north": 0.0}, ALL: {"north": 0.0}}
    after = {WON: {"north": 1.0}, ALL: {"north": 2.0}}
    lines = refine(tree_of(RATE), {"rate": (0.5, 0.5)}, before, after)
    assert whole_reason(lines) == "division by zero in 2026-01"


def test_a_driver_nowhere_to_be_found() -> None:
    nothing: dict[str, dict[Any, float | None]] = {"sum(amount)": {"north": 0.0}}
    lines = refine(tree_of(AMOUNT), {"amount": (0.0, 0.0)}, nothing, nothing)
    assert whole_reason(lines) == "no segment has anything of it"
    assert rows(lines, "line") == [(0.0,)]


def test_changes_too_large_for_a_number() -> None:
    before, after = {"sum(amount)": {"north": -1e308}}, {"sum(amount)": {"north": 1e308}}
    lines = refine(tree_of(AMOUNT), {"amount": (0.0, 1.0)}, before, after)
    assert whole_reason(lines) == "the changes of its segments are too large for a number"


def test_changes_that_are_no_numbers() -> None:
    before = {"sum(amount)": {"north": 1.0, "south": 1.0}}
    after = {"sum(amount)": {"north": math.nan, "south": 5.0}}
    lines = refine(tree_of(AMOUNT), {"amount": (2.0, 6.0)}, before, after)
    assert whole_reason(lines) == "the changes of its segments are not all numbers"


BEFORE = {"sum(amount)": {"north": 10.0, "south": 20.0}}
AFTER = {"sum(amount)": {"north": 17.0, "south": 20.0}}


def with_line(**about: Any) -> pl.DataFrame:
    """amount went from 30 to 37, as its line has it unless told otherwise."""
    gradients = about.pop("gradients", {"amount": 1.0})
    line = replace(line_of("amount", 30.0, 37.0), **about)
    return split(
        replace(attribution_of([line], gradients), method="levels"),
        shapes_of(tree_of(AMOUNT), ["amount"], ["region"]),
        in_segments(BEFORE, ["region"]),
        in_segments(AFTER, ["region"]),
        columns=columns_of(BEFORE),
        dimensions=["region"],
        convention=Convention(),
    )


def test_without_a_gradient() -> None:
    reason = "the method levels gives no gradient of it"
    assert whole_reason(with_line(gradients={})) == reason


def test_values_taken_from_elsewhere_are_not_the_segments() -> None:
    lines = with_line(flags=("carried",))
    assert whole_reason(lines) == "it has no value of its own in one of the states"
    assert rows(lines, "flags") == [(["carried"],)]


def test_other_flags_stay() -> None:
    assert rows(with_line(flags=("indivisible",)), "flags") == [(["indivisible"],)] * 2


def test_what_the_segments_lack_is_neither_spread_nor_dropped() -> None:
    lines = with_line(after=40.0, line=10.0)
    assert rows(lines, "segment:region", "effect", "from", "to", "line", "reason") == [
        ("north", "driver", 10.0, 17.0, 7.0, None),
        ("south", "driver", 20.0, 20.0, 0.0, None),
        (None, "rest", 30.0, 40.0, 3.0, "its segments do not add up to it"),
    ]


def test_rounding_is_no_rest() -> None:
    assert set(with_line(line=7.0 + 1e-9)["effect"]) == {"driver"}


def test_lines_of_no_driver_pass_through() -> None:
    lines = with_line(effect="threshold", kpi="fee", label="Fee: threshold crossed")
    assert rows(lines, "driver", "label", "segment:region", "effect", "line", "reason") == [
        ("fee", "Fee: threshold crossed", None, "threshold", 7.0, None)
    ]


# --- beside the lines ----------------------------------------------------------------------------


def test_shares_only_where_the_attribution_has_them() -> None:
    assert with_line()["share"].to_list() == [None, None]
    assert with_line(share=1.0)["share"].to_list() == [1.0, 0.0]


def test_factors_multiply_to_the_growth() -> None:
    assert with_line()["factor"].to_list() == [None, None]
    factors = with_line(factor=100 / 93)["factor"]
    assert factors.product() == pytest.approx(100 / 93, rel=1e-12)  # from 93 to 100
    assert factors[1] == 1.0


def test_a_sampled_lines_error_is_shared_out_by_size() -> None:
    assert with_line(error=0.5)["error"].to_list() == [0.5, 0.0]


def test_drivers_stay_in_their_order_and_their_lines_in_the_table() -> None:
    tree = tree_of(PRICE, AMOUNT)
    part = {"sum(amount)": {"b": 1.0, "a": 2.0}, "count(amount)": {"b": 1.0, "a": 1.0}}
    lines = refine(tree, {"price": (1.5, 1.5), "amount": (3.0, 3.0)}, part, part)
    assert rows(lines, "driver", "segment:region", "effect") == [
        ("price", "a", "rate"),
        ("price", "a", "mix"),
        ("price", "b", "rate"),
        ("price", "b", "mix"),
        ("amount", "a", "driver"),
        ("amount", "b", "driver"),
    ]
    assert total(lines, "rate") == 0.0


def test_an_attribution_with_a_reason_has_no_lines() -> None:
    figures = in_segments(BEFORE, ["region"])
    lines = split(
        replace(attribution_of([], {}), reason="no value"),
        {},
        figures,
        figures,
        columns={},
        dimensions=["region"],
        convention=Convention(),
    )
    assert lines.is_empty()
    assert dict(lines.schema) == split_schema(["region"])
    assert dict(driver_lines(attribution_of([], {})).schema) == split_schema()
