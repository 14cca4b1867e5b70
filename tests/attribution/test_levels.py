"""Level by level: figures, the chain, what a refinement leaves alone, shared drivers, samples."""

import math
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attribution import brute
from attribution.figures import Case, cases, must_agree
from attribution.strategies import (
    EVERYTHING,
    KINKED,
    LEAVES,
    SUMS,
    Formulas,
    Numbers,
    formulas,
    numbers,
    positive,
    states,
)
from attribution.trees import Values, explain, grow, line_of, lines
from kpitree.analysis.attribution import shapley
from kpitree.analysis.attribution.contract import Attribution
from kpitree.tree.expressions import names_in
from kpitree.tree.parsing import parse_formula

CASES = cases("cases_levels")
RATIONAL = [*SUMS, "{} * {}", "{} / {}", *KINKED]


def by_level(formulas: Mapping[str, str], before: Values, after: Values) -> Attribution:
    return explain(grow(formulas), before, after, method="levels", gradients=True)


def scale(found: Attribution) -> float:
    assert found.gross is not None
    assert found.before is not None
    assert found.after is not None
    return max(found.gross, abs(found.before), abs(found.after))


@pytest.mark.parametrize("case", CASES)
def test_figures(case: Case) -> None:
    must_agree(case, "levels")


def test_there_are_cases() -> None:
    assert len(CASES) == 5


# --- the chain -----------------------------------------------------------------------------------


def chained(formulas: Formulas, before: Numbers, after: Numbers) -> brute.Fractions:
    """Every KPI's line by the definition, in fractions; ZeroDivisionError for a KPI at rest."""
    first = {leaf: Fraction(number) for leaf, number in before.items()}
    last = {leaf: Fraction(number) for leaf, number in after.items()}
    for name, text in reversed(formulas.items()):
        for state in (first, last):
            state[name] = brute.value(parse_formula(text), state)
    root = next(iter(formulas))
    found = {root: last[root] - first[root]}
    for name, text in formulas.items():
        expr = parse_formula(text)
        operands = names_in(expr)
        alone = brute.shapley(
            expr, {one: first[one] for one in operands}, {one: last[one] for one in operands}
        )
        multiplier = found[name] / (last[name] - first[name])
        for one, line in alone.items():
            found[one] = found.get(one, Fraction(0)) + multiplier * line
    return found


@given(formulas=formulas(RATIONAL), before=states(numbers), after=states(numbers))
def test_lines_are_chained_as_defined(formulas: Formulas, before: Numbers, after: Numbers) -> None:
    try:
        expected = chained(formulas, before, after)
    except ZeroDivisionError:
        assume(condition=False)
    found = by_level(formulas, before, after)
    assert {one.code for one in found.warnings} <= {"shared"}
    told = {kpi: float(expected[kpi]) for kpi in found.nodes}
    size = max(scale(found), *map(abs, told.values()))
    assert found.nodes == pytest.approx(told, rel=0, abs=1e-9 * size)


@given(formulas=formulas(EVERYTHING), before=states(numbers), after=states(numbers))
def test_lines_add_up_and_swapping_negates_them(
    formulas: Formulas, before: Numbers, after: Numbers
) -> None:
    there, back = by_level(formulas, before, after), by_level(formulas, after, before)
    assert (there.reason is None) == (back.reason is None)
    assume(there.reason is None)
    assert abs(there.residual or 0.0) <= 1e-9 * scale(there)
    negated = {kpi: -line for kpi, line in lines(back).items()}
    assert lines(there) == pytest.approx(negated, rel=0, abs=1e-9 * scale(there))


@given(
    formulas=formulas(EVERYTHING),
    before=states(numbers),
    after=states(numbers),
    still=st.sets(st.sampled_from(LEAVES), min_size=1),
)
def test_a_driver_that_did_not_move_has_exactly_0(
    formulas: Formulas, before: Numbers, after: Numbers, still: set[str]
) -> None:
    found = by_level(formulas, before, {**after, **{leaf: before[leaf] for leaf in still}})
    for line in found.lines:
        if line.kpi in still:
            assert line.line == 0.0
            assert all(flow.flow == 0.0 for flow in line.via)


@given(
    text=st.sampled_from([*RATIONAL, "if_else({0} > {1}, {0}, 2 * {1})", "exp({}) - {}"]),
    before=states(positive),
    after=states(positive),
)
def test_one_formula_is_the_average_over_all_orders(
    text: str, before: Numbers, after: Numbers
) -> None:
    tree = grow({"r": text.format("a", "b")})
    whole = explain(tree, before, after, method="shapley")
    found = explain(tree, before, after, method="levels")
    assert lines(found) == pytest.approx(lines(whole), rel=0, abs=1e-12 * scale(whole))


REFINED = {
    "value": "amount / orders",
    "orders": "max(visits * rate, floor)",
    "cost": "orders * unit_cost",
}


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_lines_of_the_first_level_do_not_move_when_the_tree_is_refined(depth: int) -> None:
    top = {"profit": "orders * value - cost"}
    before = {"visits": 90.0, "rate": 0.5, "floor": 40.0, "amount": 900.0, "unit_cost": 7.0}
    after = {"visits": 70.0, "rate": 0.7, "floor": 42.0, "amount": 990.0, "unit_cost": 9.0}
    for one in (before, after):
        one["orders"] = max(one["visits"] * one["rate"], one["floor"])
        one["value"] = one["amount"] / one["orders"]
        one["cost"] = one["orders"] * one["unit_cost"]
    flat = explain(grow(top), before, after, method="levels")
    deep = explain(grow(top | dict(list(REFINED.items())[:depth])), before, after, method="levels")
    told = {child: flow for (parent, child), flow in deep.flows.items() if parent == "profit"}
    assert told == pytest.approx(lines(flat), rel=1e-12)
    assert abs(deep.residual or 0.0) <= 1e-12 * scale(deep)


# --- KPIs at rest whose operands are not ---------------------------------------------------------


@pytest.mark.parametrize("gap", [0.0, 1e-14, 1e-11, 1e-9, 1e-8])
def test_operands_that_offset_each_other_keep_their_lines(gap: float) -> None:
    """d ** 2 / k at d = 2: the mean slope by d over the two orders is 2 d (1 / 2 + 1 / 4) / 2."""
    found = by_level(
        {"r": "d ** 2 / k", "d": "a - b"}, {"a": 3, "b": 1, "k": 2}, {"a": 4 + gap, "b": 2, "k": 4}
    )
    assert lines(found) == pytest.approx({"a": 1.5, "b": -1.5, "k": -1.0}, rel=2e-8)
    assert abs(found.residual or 0.0) <= 1e-12
    assert found.gradients == pytest.approx({"a": 1.5, "b": -1.5, "k": -0.5}, rel=2e-8)


def test_where_no_slope_exists_a_kpi_at_rest_is_not_split() -> None:
    found = by_level(
        {"r": "sqrt(d) + k", "d": "a - b"}, {"a": 3, "b": 3, "k": 2}, {"a": 4, "b": 4, "k": 3}
    )
    assert lines(found) == {"d": 0.0, "k": 1.0}
    assert [(one.code, one.kpi) for one in found.warnings] == [("indivisible", "d")]


def test_a_formula_without_a_value_in_some_order_is_one_driver() -> None:
    before, after = {"a": 1, "b": 2, "d": 1, "c": 2}, {"a": 2, "b": 5, "d": 2, "c": 4}
    found = by_level({"r": "q * c", "q": "a / (b - d)"}, before, after)
    assert set(lines(found)) == {"q", "c"}
    # One level further up nothing is missing: only the difference is an operand of the quotient.
    found = by_level({"r": "q * c", "q": "a / e", "e": "b - d"}, before, after)
    assert set(lines(found)) == {"a", "b", "d", "c"}
    assert not found.warnings


def test_an_operand_that_nothing_asks_for_may_be_without_a_value() -> None:
    tree = {"r": "coalesce(q, c) + c", "q": "a / b"}
    found = by_level(tree, {"a": 1, "b": 0, "c": 1}, {"a": 1, "b": 2, "c": 3})
    assert lines(found) == {"r": pytest.approx(1.5)}
    assert found.warnings[0].message == (
        "R counts as one driver and is not split into Q, C: Q has no value in before"
        " from before to after"
    )


# --- shared drivers, samples ---------------------------------------------------------------------


def test_a_shared_driver_is_warned_about() -> None:
    tree = {"profit": "sales - cost", "sales": "units * price", "cost": "units * unit_cost"}
    found = by_level(
        tree,
        {"units": 10, "price": 5, "unit_cost": 3},
        {"units": 12, "price": 5, "unit_cost": 4},
    )
    assert {flow.parent: flow.flow for flow in line_of(found, "units").via} == pytest.approx(
        {"sales": 10.0, "cost": -7.0}
    )
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("shared", "units")
    assert notice.message == (
        "UNITS reaches PROFIT in 2 ways; the method levels splits each KPI by itself,"
        " as if it were another driver in each"
    )


def test_a_dead_driver_gets_a_line_and_a_warning() -> None:
    """units cancels out of the margin; its two ways do not when each is split by itself."""
    tree = {
        "margin": "profit / sales",
        "profit": "sales - cost",
        "sales": "units * price",
        "cost": "units * c",
    }
    found = by_level(
        tree, {"units": 1000, "price": 20, "c": 12}, {"units": 2000, "price": 15, "c": 10}
    )
    assert abs(lines(found)["units"]) > 0.001
    assert [one.kpi for one in found.warnings] == ["units", "price"]
    assert abs(found.residual or 0.0) < 1e-14


def test_shared_drivers_that_did_not_move_are_no_matter() -> None:
    found = by_level(
        {"r": "p - q", "p": "a * k", "q": "b * k"},
        {"a": 1, "b": 2, "k": 3},
        {"a": 2, "b": 2, "k": 3},
    )
    assert not found.warnings


def test_errors_of_samples_are_handed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"x{i}" for i in range(8)]
    above = " + ".join(f"{i + 1} * {name}" for i, name in enumerate(names))
    tree = {"r": "10 * q * k", "q": f"({above}) / ({' + '.join(names)})", "x0": "y * z"}
    leaves = [*names[1:], "y", "z", "k"]
    before = {name: 1.0 + i / 10 for i, name in enumerate(leaves)}
    after = {name: 2.05 + (i * 7 % 5) / 3 for i, name in enumerate(leaves)}
    exact = by_level(tree, before, after)
    monkeypatch.setattr(shapley, "EXACT", 3)
    sampled = by_level(tree, before, after)
    assert [(one.code, one.kpi) for one in sampled.warnings] == [("sampled", "q")]
    errors = {line.kpi: line.error or 0.0 for line in sampled.lines}
    assert errors["k"] == 0.0
    for kpi, line in lines(exact).items():
        assert abs(lines(sampled)[kpi] - line) <= 5 * errors[kpi] + 1e-12
    assert min(errors["y"], errors["z"]) > 0.0
    assert abs(sampled.residual or 0.0) <= 1e-12 * scale(sampled)
    assert all(math.isfinite(one) for one in errors.values())


def test_asking_for_gradients_moves_no_line() -> None:
    """What z does not need, and what makes it stand still, is no matter to what moves."""
    tree = grow({"r": "z * d", "z": "coalesce(q, c)", "q": "a / b"})
    before, after = {"a": 1, "b": 0, "c": 2, "d": 1}, {"a": 1, "b": 0, "c": 2, "d": 3}
    found = explain(tree, before, after, method="levels", gradients=True)
    assert lines(found) == {"a": 0.0, "b": 0.0, "c": 0.0, "d": 4.0}
    assert found.lines == explain(tree, before, after, method="levels").lines
    assert found.gradients == {"d": 2.0}
