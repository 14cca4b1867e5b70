"""Laws that splitting obeys, whatever the figures and the convention."""

import math
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.kpis import leaf
from analysis.splitting import Figures, effects, refine, total, tree_of
from kpitree.analysis.segments import Centre, Convention, Weights

CLOSING = 1e-9
ABOVE, BELOW = "sum(a)", "sum(b)"
RATIO = tree_of(leaf("ratio", f"{ABOVE} / {BELOW}", time="day"))
TOTAL = tree_of(leaf("amount", f"2 * {ABOVE} - {BELOW}", time="day"))
NAMES = ("(none)", "east", "north", "south", "west")

State = Mapping[str, tuple[float, float]]  # segment -> what is above and below the line

natural = st.integers(0, 80).map(lambda n: n / 8)
signed = st.integers(-40, 80).map(lambda n: n / 8)
plain = st.dictionaries(st.sampled_from(NAMES), st.tuples(natural, natural), min_size=1)
mixed = st.dictionaries(st.sampled_from(NAMES), st.tuples(signed, signed), min_size=1)
conventions = st.builds(
    Convention,
    weights=st.sampled_from(Weights),
    centred=st.booleans(),
    centre=st.sampled_from(Centre),
)
reversible = conventions.filter(lambda one: one.weights in (Weights.AVERAGE, Weights.LOGARITHMIC))


def figures(state: State) -> Figures:
    return {
        ABOVE: {name: above for name, (above, _) in state.items()},
        BELOW: {name: below for name, (_, below) in state.items()},
    }


def sums(state: State) -> tuple[float, float]:
    above, below = zip(*state.values(), strict=True)
    return math.fsum(above), math.fsum(below)


def ratio_of(state: State) -> float:
    above, below = sums(state)
    assume(below != 0.0)
    return above / below


def ratio_lines(
    before: State, after: State, convention: Convention, gradient: float = 1.0
) -> pl.DataFrame:
    values = {"ratio": (ratio_of(before), ratio_of(after))}
    gradients = {"ratio": gradient}
    return refine(
        RATIO, values, figures(before), figures(after), convention=convention, gradients=gradients
    )


def total_lines(before: State, after: State) -> pl.DataFrame:
    values = [2 * above - below for above, below in map(sums, (before, after))]
    return refine(TOTAL, {"amount": (values[0], values[1])}, figures(before), figures(after))


def scale(*lines: pl.DataFrame) -> float:
    return max(1.0, *(math.fsum(one["line"].abs()) for one in lines))


@given(before=plain, after=plain, convention=conventions, gradient=signed)
def test_lines_add_up_to_the_drivers(
    before: State, after: State, convention: Convention, gradient: float
) -> None:
    lines = ratio_lines(before, after, convention, gradient)
    change = gradient * (ratio_of(after) - ratio_of(before))
    assert math.fsum(lines["line"]) == pytest.approx(change, rel=0, abs=CLOSING * scale(lines))
    assert "rest" not in set(lines["effect"])


@given(before=mixed, after=mixed, weights=st.sampled_from(list(Weights)[:1] + list(Weights)[2:]))
def test_negative_figures_add_up_too(before: State, after: State, weights: Weights) -> None:
    assert Weights.LOGARITHMIC is list(Weights)[1]
    lines = ratio_lines(before, after, Convention(weights=weights))
    change = ratio_of(after) - ratio_of(before)
    assert math.fsum(lines["line"]) == pytest.approx(change, rel=0, abs=CLOSING * scale(lines))
    assert "rest" not in set(lines["effect"])


@given(before=mixed, after=mixed)
def test_totals_add_up(before: State, after: State) -> None:
    lines = total_lines(before, after)
    (above0, below0), (above1, below1) = sums(before), sums(after)
    change = 2 * (above1 - above0) - (below1 - below0)
    assert math.fsum(lines["line"]) == change  # eighths are exact


@given(before=plain, after=plain, convention=reversible)
def test_swapping_the_states_negates(before: State, after: State, convention: Convention) -> None:
    there = ratio_lines(before, after, convention)
    back = effects(ratio_lines(after, before, convention))
    negated = {place: -line for place, line in back.items()}
    assert effects(there) == pytest.approx(negated, rel=1e-9, abs=CLOSING * scale(there))


@given(before=plain, after=plain)
def test_swapping_the_states_swaps_the_order(before: State, after: State) -> None:
    mix_first = Convention(weights=Weights.MIX_FIRST, centred=False)
    rate_first = Convention(weights=Weights.RATE_FIRST, centred=False)
    there = ratio_lines(before, after, mix_first)
    back = effects(ratio_lines(after, before, rate_first))
    negated = {place: -line for place, line in back.items()}
    assert effects(there) == pytest.approx(negated, rel=1e-9, abs=CLOSING * scale(there))


@given(before=plain, after=plain, convention=conventions, shift=st.integers(1, len(NAMES) - 1))
def test_names_and_order_do_not_matter(
    before: State, after: State, convention: Convention, shift: int
) -> None:
    new = {name: NAMES[(at + shift) % len(NAMES)] for at, name in enumerate(NAMES)}
    renamed = [
        {new[name]: state[name] for name in reversed(list(state))} for state in (before, after)
    ]
    lines = ratio_lines(before, after, convention)
    found = {(new[name or ""], effect): line for (name, effect), line in effects(lines).items()}
    other = effects(ratio_lines(renamed[0], renamed[1], convention))
    assert found == pytest.approx(other, rel=1e-9, abs=CLOSING * scale(lines))


@given(before=plain, after=plain, convention=conventions)
def test_two_halves_of_a_segment_change_no_total(
    before: State, after: State, convention: Convention
) -> None:
    halves = [
        {
            f"{name}{half}": (above / 2, below / 2)
            for name, (above, below) in state.items()
            for half in "12"
        }
        for state in (before, after)
    ]
    lines, split = (
        ratio_lines(before, after, convention),
        ratio_lines(halves[0], halves[1], convention),
    )
    for effect in ("rate", "mix", "no_base"):
        found = total(split, effect)
        assert found == pytest.approx(
            total(lines, effect), rel=0, abs=CLOSING * scale(lines, split)
        )


@given(before=plain, after=plain, convention=conventions)
def test_another_unit_scales_the_lines(before: State, after: State, convention: Convention) -> None:
    cents = [
        {name: (100 * above, below) for name, (above, below) in state.items()}
        for state in (before, after)
    ]
    lines, scaled = (
        ratio_lines(before, after, convention),
        ratio_lines(cents[0], cents[1], convention),
    )
    wanted = {place: 100 * line for place, line in effects(lines).items()}
    assert effects(scaled) == pytest.approx(wanted, rel=1e-9, abs=CLOSING * scale(scaled))


@given(before=plain, after=plain, convention=conventions, figure=st.tuples(natural, natural))
def test_an_unmoved_segment_has_no_rate_effect(
    before: State, after: State, convention: Convention, figure: tuple[float, float]
) -> None:
    first, last = {**before, "still": figure}, {**after, "still": figure}
    found = effects(ratio_lines(first, last, convention))
    assert found.get(("still", "rate"), 0.0) == 0.0


@given(before=plain, after=plain, convention=conventions)
def test_centring_spreads_mix_and_nothing_else(
    before: State, after: State, convention: Convention
) -> None:
    plain_ = Convention(weights=convention.weights, centred=False)
    lines, uncentred = (ratio_lines(before, after, one) for one in (convention, plain_))
    for effect in ("rate", "mix", "no_base"):
        found, other = total(lines, effect), total(uncentred, effect)
        assert found == pytest.approx(other, rel=0, abs=CLOSING * scale(lines, uncentred))


@given(before=plain, after=plain, convention=conventions)
def test_a_segment_alone_has_its_rate_in_common(
    before: State, after: State, convention: Convention
) -> None:
    """One segment is the whole: there is nothing to mix."""
    states = [{"all": sums(state)} for state in (before, after)]
    lines = ratio_lines(states[0], states[1], convention)
    assert total(lines, "mix") == 0.0
    change = ratio_of(after) - ratio_of(before)
    assert total(lines, "rate") == pytest.approx(change, rel=1e-12, abs=1e-12)
