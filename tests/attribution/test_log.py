"""Logarithmic means (LMDI-I): published figures, zeros, negatives, what is not a product."""

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attribution.figures import Case, cases, must_agree
from attribution.strategies import (
    LEAVES,
    PRODUCTS,
    Formulas,
    Numbers,
    formulas,
    numbers,
    positive,
    states,
)
from attribution.trees import Values, explain, grow, line_of, lines
from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.attribution.factors import log_mean
from kpitree.errors import UsageError

CASES = cases("cases_log")


def by_log(formulas: Formulas, before: Values, after: Values) -> Attribution:
    return explain(grow(formulas), before, after, method="log", gradients=True)


def scale(found: Attribution) -> float:
    assert found.gross is not None
    assert found.before is not None
    assert found.after is not None
    return max(found.gross, abs(found.before), abs(found.after))


@pytest.mark.parametrize("case", CASES)
def test_figures(case: Case) -> None:
    must_agree(case, "log")


def test_there_are_cases() -> None:
    assert len(CASES) == 15


# --- the logarithmic mean ------------------------------------------------------------------------


def exact_mean(one: float, other: float) -> float:
    with localcontext(prec=60):
        first, second = Decimal(one), Decimal(other)
        return float(first if first == second else (first - second) / (first / second).ln())


sizes = st.floats(1e-300, 1e300)


@given(one=sizes, other=sizes)
def test_log_mean(one: float, other: float) -> None:
    assert log_mean(one, other) == pytest.approx(exact_mean(one, other), rel=1e-14)
    assert log_mean(one, other) == log_mean(other, one)
    assert log_mean(-one, -other) == -log_mean(one, other)


@given(one=sizes, apart=st.sampled_from([2**-52, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3]))
def test_log_mean_of_near_equals(one: float, apart: float) -> None:
    other = one * (1 + apart)
    assert log_mean(one, other) == pytest.approx(exact_mean(one, other), rel=4e-16)


def test_log_mean_at_the_edges() -> None:
    assert log_mean(0.0, 5.0) == log_mean(5.0, 0.0) == log_mean(0.0, 0.0) == 0.0
    assert log_mean(3.0, 3.0) == 3.0
    assert log_mean(5e-324, 1e308) == pytest.approx(
        1e308 / (308 + 323.306) / math.log(10), rel=1e-5
    )


# --- closed forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a 2 -> 8, b 4 -> 2; logarithms of their ratios in units of ln 2 are 2 and -1.
        ("a * b", {"a": 2 * 8 / 1, "b": -8.0}),
        ("a / b", {"a": 2 * 3.5 / 3, "b": 1 * 3.5 / 3}),
        ("a ** 2 * b", {"a": 4 * 112 / 3, "b": -112 / 3}),
        ("sqrt(a) / b", {"a": (8**0.5 / 2 - 2**0.5 / 4) / 2, "b": (8**0.5 / 2 - 2**0.5 / 4) / 2}),
        ("-3 * a * b", {"a": -48.0, "b": 24.0}),
        ("(-a) ** 2 * b", {"a": 4 * 112 / 3, "b": -112 / 3}),
        ("5 - a * b + a", {"a": -16.0 + 6.0, "b": 8.0}),
        ("a ** b0 * b", {"a": 4 * 112 / 3, "b": -112 / 3, "b0": 0.0}),
    ],
)
def test_closed_forms(text: str, expected: Numbers) -> None:
    found = by_log({"r": text}, {"a": 2, "b": 4, "b0": 2}, {"a": 8, "b": 2, "b0": 2})
    assert lines(found) == pytest.approx(expected, rel=1e-13)


def test_a_sum_within_a_product_hands_its_line_on() -> None:
    """(a + b) c: the sum from 4 to 8, c from 3 to 6, so both have half of the change of 36."""
    found = by_log(
        {"r": "s * c", "s": "a + b"}, {"a": 5, "b": -1, "c": 3}, {"a": 2, "b": 6, "c": 6}
    )
    assert lines(found) == pytest.approx({"a": 18 * -3 / 4, "b": 18 * 7 / 4, "c": 18.0})
    assert found.flows == pytest.approx(
        {("r", "s"): 18.0, ("r", "c"): 18.0, ("s", "a"): -13.5, ("s", "b"): 31.5}
    )
    assert found.nodes["s"] == pytest.approx(18.0)


def test_a_shared_driver_adds_up_its_ways() -> None:
    found = by_log(
        {"profit": "sales - cost", "sales": "units * price", "cost": "units * unit_cost"},
        {"units": 10, "price": 4, "unit_cost": 1},
        {"units": 20, "price": 8, "unit_cost": 1},
    )
    assert {flow.parent: flow.flow for flow in line_of(found, "units").via} == pytest.approx(
        {"sales": 60.0, "cost": -10.0}
    )
    assert lines(found) == pytest.approx({"units": 50.0, "price": 60.0, "unit_cost": 0.0})


# --- zeros ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        # Eight cases of Ang, Zhang & Choi (1998), table 2: x1 is 0 before, or after, or y is ...
        ("x * y", {"x": 0, "y": 3}, {"x": 4, "y": 5}, {"x": 20, "y": 0}),
        ("x * y", {"x": 4, "y": 3}, {"x": 0, "y": 5}, {"x": -12, "y": 0}),
        ("x * y", {"x": 0, "y": 3}, {"x": 0, "y": 5}, {"x": 0, "y": 0}),
        ("x * y", {"x": 0, "y": 0}, {"x": 4, "y": 5}, {"x": 10, "y": 10}),
        ("x * y", {"x": 0, "y": 5}, {"x": 4, "y": 0}, {"x": 0, "y": 0}),
        (
            "x * y * z",
            {"x": 0, "y": 0, "z": 7},
            {"x": 4, "y": 5, "z": 2},
            {"x": 20, "y": 20, "z": 0},
        ),
        ("x * y * z", {"x": 0, "y": 2, "z": 7}, {"x": 4, "y": 0, "z": 2}, {"x": 0, "y": 0, "z": 0}),
        ("x / y", {"x": 0, "y": 2}, {"x": 6, "y": 3}, {"x": 2, "y": 0}),
        ("x ** 2 * y", {"x": 0, "y": 0}, {"x": 3, "y": 2}, {"x": 12, "y": 6}),
        ("sqrt(x) * y", {"x": 0, "y": 5}, {"x": 4, "y": 3}, {"x": 6, "y": 0}),
        ("x ** 0 * y", {"x": 0, "y": 5}, {"x": 4, "y": 3}, {"x": 0, "y": -2}),
        (
            "(x - y) * z",
            {"x": 3, "y": 3, "z": 2},
            {"x": 9, "y": 5, "z": 3},
            {"x": 18, "y": -6, "z": 0},
        ),
        (
            "(x - y) * z",
            {"x": 3, "y": 3, "z": 2},
            {"x": 9, "y": 9, "z": 2},
            {"x": 12, "y": -12, "z": 0},
        ),
        (
            "x * y + z",
            {"x": 0, "y": 3, "z": -5},
            {"x": 4, "y": 5, "z": 1},
            {"x": 20, "y": 0, "z": 6},
        ),
    ],
)
def test_zeros_have_their_limits(
    text: str, before: Values, after: Values, expected: Numbers
) -> None:
    found = by_log({"r": text}, before, after)
    assert lines(found) == pytest.approx(expected, abs=1e-12)
    assert not found.warnings
    assert all(math.copysign(1, line.line) > 0 or line.line < 0 for line in found.lines)  # no -0.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"x": 0, "y": 3, "z": 2}, {"x": 4, "y": 5, "z": 7}),
        ({"x": 4, "y": 3, "z": 2}, {"x": 0, "y": 5, "z": 7}),
        ({"x": 0, "y": 0, "z": 2}, {"x": 4, "y": 5, "z": 7}),
        ({"x": 0, "y": 3, "z": 2}, {"x": 4, "y": 0, "z": 7}),
    ],
)
def test_zeros_are_what_small_numbers_come_near_to(before: Numbers, after: Numbers) -> None:
    """Slowly, as 1 / ln: with 1e-100 for 0, lines are within 5 % of the change."""
    small = [{kpi: one or 1e-100 for kpi, one in state.items()} for state in (before, after)]
    found = by_log({"r": "x * y * z"}, before, after)
    near = by_log({"r": "x * y * z"}, *small)
    tolerance = 0.05 * max(abs(found.before or 0.0), abs(found.after or 0.0)) + 1e-90
    assert lines(near) == pytest.approx(lines(found), rel=0, abs=tolerance)


def test_a_product_too_small_for_a_float_is_not_split() -> None:
    found = by_log({"r": "x * y"}, {"x": 1e-300, "y": 1e-300}, {"x": 4, "y": 5})
    assert lines(found) == {"r": 20.0}
    assert "its lines do not add up to its change" in found.warnings[0].message


# --- what is refused, withheld or not split ------------------------------------------------------


@pytest.mark.parametrize(
    ("formulas", "before", "after", "message"),
    [
        ({"r": "a * b"}, {"a": -2, "b": 1}, {"a": 3, "b": 2}, "A is -2 in before"),
        ({"r": "a * b"}, {"a": 2, "b": 1}, {"a": -3.5, "b": 2}, "A is -3.5 in after"),
        ({"r": "a * b"}, {"a": -2, "b": 1}, {"a": -3, "b": 2}, "A is -2 in before"),
        ({"r": "a * b"}, {"a": 0, "b": 1}, {"a": -3, "b": 2}, "A is -3 in after"),
        ({"r": "b / a"}, {"a": -2, "b": 1}, {"a": 3, "b": 2}, "A is -2 in before"),
        (
            {"r": "m * b", "m": "a - c"},
            {"a": 1, "b": 1, "c": 0},
            {"a": 1, "b": 1, "c": 9},
            "M is -8 in after",
        ),
        (
            {"r": "(a - c) * b"},
            {"a": 1, "b": 1, "c": 0},
            {"a": 1, "b": 1, "c": 9},
            "a factor in the formula of R is -8 in after",
        ),
    ],
)
def test_negative_factors_are_refused_by_name(
    formulas: Formulas, before: Values, after: Values, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        by_log(formulas, before, after)
    assert caught.value.message == f"the method log takes no negative factors: {message}"
    assert caught.value.hint == "use --method path"


def test_what_is_only_added_or_stands_still_may_be_negative() -> None:
    found = by_log({"r": "k * a - b"}, {"k": -2, "a": 1, "b": -5}, {"k": -2, "a": 3, "b": 7})
    assert lines(found) == pytest.approx({"k": 0.0, "a": -4.0, "b": -12.0})


def test_a_denominator_of_0() -> None:
    found = by_log({"r": "a / b"}, {"a": 3, "b": 0}, {"a": 1, "b": 1})
    assert found.reason == "R has no value in before: division by zero"
    carried = by_log(
        {"revenue": "orders * value", "value": "amount / orders"},
        {"amount": 0, "orders": 0},
        {"amount": 500, "orders": 10},
    )
    assert lines(carried) == {"orders": pytest.approx(500.0), "value": 0.0}
    assert line_of(carried, "value").flags == ("carried", "indivisible")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("max(a, b)", "max"),
        ("min(a, b)", "min"),
        ("abs(a - b)", "abs"),
        ("if_else(a > b, a, b)", "if_else"),
        ("exp(a / b)", "exp"),
        ("log(a * b)", "log"),
        ("coalesce(a, b)", "coalesce"),
        ("2 ** a + b", "**"),
        ("7 * max(a, b) - b", "max"),
    ],
)
def test_a_formula_that_is_no_sum_of_products_is_one_driver(text: str, name: str) -> None:
    found = by_log(
        {"r": "part * c", "part": text}, {"a": 2, "b": 3, "c": 1}, {"a": 5, "b": 4, "c": 2}
    )
    assert set(lines(found)) == {"part", "c"}
    assert line_of(found, "part").flags == ("indivisible",)
    (notice,) = found.warnings
    assert notice.message == (
        f"PART counts as one driver and is not split into A, B: logarithms do not split {name}()"
        " from before to after"
    )
    assert abs(found.residual or 0.0) <= 1e-12 * scale(found)


def test_functions_of_what_stands_still_are_numbers() -> None:
    found = by_log(
        {"r": "max(k, 2) * a * exp(m)"}, {"k": 3, "m": 1, "a": 2}, {"k": 3, "m": 1, "a": 5}
    )
    assert lines(found) == {"k": 0.0, "a": pytest.approx(9 * math.e), "m": 0.0}
    assert not found.warnings
    mean = 3 * math.e * (3 / math.log(2.5))
    assert found.gradients == pytest.approx({"k": mean / 3, "a": 3 * math.e, "m": mean})


# --- laws ----------------------------------------------------------------------------------------


@given(formulas=formulas(PRODUCTS), before=states(positive), after=states(positive))
def test_lines_add_up_and_swapping_negates_them(
    formulas: Formulas, before: Numbers, after: Numbers
) -> None:
    there, back = by_log(formulas, before, after), by_log(formulas, after, before)
    assert there.reason is None
    assert not there.warnings
    assert abs(there.residual or 0.0) <= 1e-9 * scale(there)
    negated = {kpi: -line for kpi, line in lines(back).items()}
    assert lines(there) == pytest.approx(negated, rel=0, abs=1e-9 * scale(there))
    for kpi in {parent for parent, _ in there.flows}:
        below = math.fsum(flow for (parent, _), flow in there.flows.items() if parent == kpi)
        line = there.change if kpi == "root" else there.nodes[kpi]
        assert below == pytest.approx(line, rel=0, abs=1e-9 * scale(there))


@given(
    formulas=formulas(["{} + {}", "{} * {}", "{} - {}", "{} / {}", "max({}, {})"]),
    before=states(numbers),
    after=states(numbers),
)
def test_whatever_is_not_refused_adds_up(
    formulas: Formulas, before: Numbers, after: Numbers
) -> None:
    try:
        found = by_log(formulas, before, after)
    except UsageError:
        assume(condition=False)
    assume(found.reason is None)
    assert abs(found.residual or 0.0) <= 1e-9 * scale(found)


@given(
    formulas=formulas(PRODUCTS),
    before=states(positive),
    after=states(positive),
    still=st.sets(st.sampled_from(LEAVES), min_size=1),
)
def test_a_driver_that_did_not_move_has_exactly_0(
    formulas: Formulas, before: Numbers, after: Numbers, still: set[str]
) -> None:
    found = by_log(formulas, before, {**after, **{leaf: before[leaf] for leaf in still}})
    for line in found.lines:
        if line.kpi in still:
            assert line.line == 0.0


@given(before=states(positive), after=states(positive), order=st.permutations(LEAVES))
def test_order_and_nesting_of_a_product_do_not_matter(
    before: Numbers, after: Numbers, order: list[str]
) -> None:
    flat = by_log({"r": "a * b / c * d"}, before, after)
    nested = by_log({"r": "u / v", "u": "p * q", "p": "d", "q": "b * a", "v": "c"}, before, after)
    names = dict(zip(LEAVES, order, strict=True))
    renamed = by_log(
        {"r": "{b} * {a} * {d} / {c}".format(**names)},
        {names[leaf]: number for leaf, number in before.items()},
        {names[leaf]: number for leaf, number in after.items()},
    )
    tolerance = 1e-12 * scale(flat)
    assert lines(nested) == pytest.approx(lines(flat), rel=0, abs=tolerance)
    told = {names[leaf]: line for leaf, line in lines(flat).items()}
    assert lines(renamed) == pytest.approx(told, rel=0, abs=tolerance)


@given(before=states(positive), after=states(positive), small=st.sampled_from([1e-7, 1e-8]))
def test_gradients_of_what_stands_still_are_limits(
    before: Numbers, after: Numbers, small: float
) -> None:
    """Nearly still, line / change is next to the multiplier of what is still."""
    text = "a * b / c + sqrt(d) * (a + b)"
    still = by_log({"r": text}, before, after | {"a": before["a"]})
    moved = by_log({"r": text}, before, after | {"a": before["a"] * (1 + small)})
    assert moved.gradients["a"] == pytest.approx(still.gradients["a"], rel=1e-5)
    for line in moved.lines:
        change = (line.after or 0.0) - (line.before or 0.0)
        if change:
            assert moved.gradients[line.kpi] * change == pytest.approx(
                line.line, rel=1e-9, abs=1e-12
            )


@given(b=positive, c=positive, other=positive)
def test_gradients_at_0_are_limits(b: float, c: float, other: float) -> None:
    still = by_log({"r": "-(x * b) / c"}, {"x": 0, "b": b, "c": c}, {"x": 0, "b": other, "c": b})
    assert lines(still) == {"x": 0.0, "b": 0.0, "c": 0.0}
    assert still.gradients["x"] == pytest.approx(-log_mean(b / c, other / b))


def test_what_is_too_large_for_a_number_is_a_reason() -> None:
    before = {"a": 1e300, "b": 1.0, "c": 1.0, "d": 0.0}
    after = {"a": 1.0, "b": 1e-8, "c": 1e300, "d": -1e308}
    found = explain(grow({"root": "a / b * c + d"}), before, after, method="log")
    assert found.reason == "the lines of ROOT are too large for a number"
