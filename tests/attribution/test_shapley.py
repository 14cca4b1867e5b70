"""The average over all orders: published figures, brute force, limits, samples, flows."""

import math
import time
from collections.abc import Callable, Mapping
from fractions import Fraction

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from attribution import brute
from attribution.figures import Case, cases, must_agree
from attribution.strategies import (
    KINKED,
    LEAVES,
    SUMS,
    Formulas,
    Numbers,
    formulas,
    numbers,
    states,
)
from attribution.trees import Values, explain, grow, line_of, lines
from kpitree.analysis.attribution import corners, permutations, shapley
from kpitree.analysis.attribution.contract import Attribution

RATIONAL = [*SUMS, "{} * {}", "{} / {}", *KINKED, "if_else({0} > {1}, {0}, 2 * {1})"]
CASES = cases("cases_shapley")


def average(formulas: Mapping[str, str], before: Values, after: Values) -> Attribution:
    return explain(grow(formulas), before, after, method="shapley", gradients=True)


def scale(found: Attribution) -> float:
    assert found.gross is not None
    assert found.before is not None
    assert found.after is not None
    return max(found.gross, abs(found.before), abs(found.after))


@pytest.mark.parametrize("case", CASES)
def test_figures(case: Case) -> None:
    must_agree(case, "shapley")


def test_there_are_cases() -> None:
    assert len(CASES) == 15


LOG = math.log


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        # A denominator's mean reciprocal; the numerator's mean.
        ("a / b", {"a": 3, "b": 4}, {"a": 5, "b": 10}, {"a": 2 * 0.35 / 2, "b": 4 * -0.15}),
        ("log(a) * b", {"a": 2, "b": 1}, {"a": 6, "b": 4}, {"a": 2.5 * LOG(3), "b": 1.5 * LOG(12)}),
        ("sqrt(a + b)", {"a": 1, "b": 3}, {"a": 6, "b": 10}, {"a": 0.5 * (3 - 2 + 4 - 11**0.5)}),
        ("a ** b", {"a": 2, "b": 2}, {"a": 3, "b": 4}, {"a": (5 + 65) / 2, "b": (12 + 72) / 2}),
        ("exp(a - b)", {"a": 0, "b": 0}, {"a": 1, "b": 1}, {"a": math.sinh(1), "b": -math.sinh(1)}),
        ("max(a, b, c)", {"a": 0, "b": 0, "c": 0}, {"a": 3, "b": 6, "c": 9}, {"a": 1, "b": 2.5}),
        ("min(a, b)", {"a": 1, "b": 5}, {"a": 4, "b": 2}, {"a": 2, "b": -1}),
        ("abs(a - b)", {"a": 1, "b": 3}, {"a": 6, "b": 4}, {"a": 0.5 * (1 + -1), "b": 0.5 * 0}),
        # Over the threshold only together: each is the last to come in half of the orders.
        (
            "if_else(a + b > 9, 100, 0)",
            {"a": 4, "b": 4},
            {"a": 5, "b": 5},
            {"a": 50, "b": 50},
        ),
        # Glove game: one left glove, two right ones (Shapley & Shubik).
        ("min(a, b + c)", {"a": 0, "b": 0, "c": 0}, {"a": 1, "b": 1, "c": 1}, {"a": 2 / 3}),
        ("coalesce(a / b, 0) + c", {"a": 1, "b": 0, "c": 1}, {"a": 4, "b": 2, "c": 1}, {"a": 0.75}),
    ],
)
def test_closed_forms(text: str, before: Values, after: Values, expected: Numbers) -> None:
    found = average({"r": text}, before, after)
    assert not found.warnings
    told = {kpi: line for kpi, line in lines(found).items() if kpi in expected}
    assert told == pytest.approx(expected, rel=1e-13, abs=1e-13)
    assert abs(found.residual or 0.0) <= 1e-13 * scale(found)


# --- laws ----------------------------------------------------------------------------------------


@given(formulas=formulas(RATIONAL), before=states(numbers), after=states(numbers))
def test_every_order_by_brute_force(formulas: Formulas, before: Numbers, after: Numbers) -> None:
    expr = brute.inlined(formulas)
    try:
        expected = brute.shapley(expr, before, after)
    except ZeroDivisionError:
        assume(condition=False)
    found = average(formulas, before, after)
    assert found.warnings == ()
    told = {kpi: float(expected[kpi]) for kpi in lines(found)}
    assert lines(found) == pytest.approx(told, rel=0, abs=1e-9 * scale(found))


@given(before=states(numbers, "abcde"), after=states(numbers, "abcde"))
def test_five_drivers_by_brute_force(before: Numbers, after: Numbers) -> None:
    text = "max(a * b, c) / (1 + abs(d)) - if_else(e > a, e * d, b / 4) * 3"
    expected = brute.shapley(brute.inlined({"r": text}), before, after)
    found = average({"r": text}, before, after)
    told = {kpi: float(line) for kpi, line in expected.items()}
    assert lines(found) == pytest.approx(told, rel=0, abs=1e-9 * scale(found))


@given(
    ratio=st.sampled_from(["a / (b - c)", "a / b + 1 / c", "(a - b) / (c - a)", "log(a + b) / c"]),
    before=states(st.integers(-2, 2).map(float)),
    after=states(st.integers(-2, 2).map(float)),
)
def test_lines_add_up_also_where_a_formula_is_not_split(
    ratio: str, before: Numbers, after: Numbers
) -> None:
    found = average({"r": "q * d + a", "q": ratio}, before, after)
    assume(found.reason is None)
    assert {one.code for one in found.warnings} <= {"indivisible", "carried"}
    assert abs(found.residual or 0.0) <= 1e-9 * scale(found)
    event("not split" if found.warnings else "split")


@st.composite
def multilinear(draw: st.DrawFn) -> Formulas:
    """A tree in which every leaf is mentioned once: sums, differences, products of up to 40."""
    waiting = [f"x{i}" for i in range(draw(st.integers(2, 40)))]
    found: Formulas = {}
    while len(waiting) > 1:
        count = min(len(waiting), draw(st.integers(2, 5)))
        parts, waiting = waiting[:count], waiting[count:]
        text = draw(st.sampled_from([" + ", " - ", " * "])).join(parts)
        name = f"n{len(found)}"
        found[name] = draw(st.sampled_from(["{}", "-({})", "({}) / 4", "k * ({})"])).format(text)
        waiting.insert(draw(st.integers(0, len(waiting))), name)
    return dict(reversed(found.items()))


MANY = (*(f"x{i}" for i in range(40)), "k")


@given(
    formulas=multilinear(),
    before=states(numbers.map(lambda n: n / 10), MANY),
    after=states(numbers.map(lambda n: n / 10), MANY),
)
def test_is_the_straight_path_where_all_is_multilinear(
    formulas: Formulas, before: Numbers, after: Numbers
) -> None:
    after = after | {"k": before["k"]}
    tree = grow(formulas)
    path = explain(tree, before, after, gradients=True)
    found = explain(tree, before, after, method="shapley", gradients=True)
    assume(path.reason is None)
    tolerance = 1e-9 * scale(path)
    assert lines(found) == pytest.approx(lines(path), rel=0, abs=tolerance)
    assert found.flows == pytest.approx(path.flows, rel=0, abs=tolerance)
    assert found.gradients == pytest.approx(path.gradients, rel=1e-7, abs=1e-6 * tolerance + 1e-9)
    assert not found.warnings


@given(formulas=formulas(RATIONAL), before=states(numbers), after=states(numbers), data=st.data())
def test_names_and_their_order_do_not_matter(
    formulas: Formulas, before: Numbers, after: Numbers, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(LEAVES))
    new = dict(zip(LEAVES, (f"z{one}" for one in order), strict=True))
    renamed = {
        name: "".join(new.get(word, word) for word in _words(text))
        for name, text in formulas.items()
    }
    one = average(formulas, before, after)
    other = average(
        renamed,
        {new[name]: number for name, number in before.items()},
        {new[name]: number for name, number in after.items()},
    )
    assert (one.reason is None) == (other.reason is None)
    assume(one.reason is None)
    told = {new.get(kpi, kpi): line for kpi, line in lines(one).items()}
    assert lines(other) == pytest.approx(told, rel=0, abs=1e-9 * scale(one))


def _words(text: str) -> list[str]:
    """Names apart from all else."""
    words = [""]
    for one in text:
        if (one.isalnum() or one == "_") != (words[-1][-1:].isalnum() or words[-1][-1:] == "_"):
            words.append("")
        words[-1] += one
    return words


# --- many drivers --------------------------------------------------------------------------------


def fraction(size: int) -> tuple[Formulas, Numbers, Numbers]:
    """A ratio of two sums over the same drivers, which does not fall apart."""
    names = [f"x{i}" for i in range(size)]
    above = " + ".join(f"{i + 1} * {name}" for i, name in enumerate(names))
    before = {name: 1.0 + i / 10 for i, name in enumerate(names)}
    after = {name: 2.05 + (i * 7 % 5) / 3 for i, name in enumerate(names)}
    return {"r": f"({above}) / ({' + '.join(names)})"}, before, after


def test_a_sum_of_small_terms_is_exact_at_any_size() -> None:
    pairs = range(30)
    text = " + ".join(f"{i + 1} * a{i} / b{i}" for i in pairs)
    before = {f"a{i}": 2.0 + i for i in pairs} | {f"b{i}": 4.0 for i in pairs}
    after = {f"a{i}": 5.0 for i in pairs} | {f"b{i}": 10.0 + i for i in pairs}
    found = average({"r": text}, before, after)
    assert not found.warnings
    for i in pairs:
        mean = (1 / 4 + 1 / (10 + i)) / 2
        assert line_of(found, f"a{i}").line == pytest.approx((i + 1) * (3 - i) * mean, abs=1e-12)


def test_a_long_sum_over_a_moving_denominator_falls_apart() -> None:
    names = [f"x{i}" for i in range(30)]
    tree = {"r": "-total / count", "total": " + ".join(names)}
    before = dict.fromkeys(names, 1.0) | {"count": 4.0}
    after = {name: 2.0 + i for i, name in enumerate(names)} | {"count": 10.0}
    found = average(tree, before, after)
    assert not found.warnings
    for i, name in enumerate(names):
        assert line_of(found, name).line == pytest.approx(-(1 + i) * 0.175, rel=1e-12)


def test_corners_in_chunks_are_the_same_corners(monkeypatch: pytest.MonkeyPatch) -> None:
    one = lines(average(*fraction(9)))
    monkeypatch.setattr(corners, "CHUNK", 4)
    assert lines(average(*fraction(9))) == one


def test_twenty_equal_drivers_have_equal_lines() -> None:
    names = [f"x{i}" for i in range(20)]
    found = average(
        {"r": f"sqrt({' + '.join(names)})"}, dict.fromkeys(names, 1.0), dict.fromkeys(names, 4.0)
    )
    assert not found.warnings
    expected = (math.sqrt(80) - math.sqrt(20)) / 20
    assert lines(found) == pytest.approx(dict.fromkeys(names, expected), rel=1e-12)


def test_fifteen_drivers_are_quick(record_property: Callable[[str, object], None]) -> None:
    """Timed for the report (pytest --junit-xml), not judged: machines differ."""
    start = time.perf_counter()
    found = explain(grow(fraction(15)[0]), *fraction(15)[1:], method="shapley")
    record_property("seconds", time.perf_counter() - start)
    assert abs(found.residual or 0.0) <= 1e-12 * scale(found)


def test_samples_are_near_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = average(*fraction(12))
    monkeypatch.setattr(shapley, "EXACT", 3)
    sampled = average(*fraction(12))
    (notice,) = sampled.warnings
    assert (notice.code, notice.kpi) == ("sampled", "r")
    assert notice.message.startswith(
        "R: 12 drivers act on each other, too many for all of their orders;"
        " lines are averages over 2048 of them, drawn with a fixed seed (largest standard error "
    )
    errors = {line.kpi: line.error or 0.0 for line in sampled.lines}
    assert 0 < min(errors.values()) <= max(errors.values()) < 1e-3 * scale(sampled)
    for kpi, line in lines(exact).items():
        assert abs(lines(sampled)[kpi] - line) < 5 * errors[kpi]
    assert lines(sampled) != lines(exact)
    assert abs(sampled.residual or 0.0) <= 1e-12 * scale(sampled)
    assert average(*fraction(12)) == sampled
    assert all(line.error is None for line in exact.lines)


def test_samples_in_batches_are_the_same_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapley, "EXACT", 3)
    whole = average(*fraction(12))
    monkeypatch.setattr(permutations, "CELLS", 5_000)
    assert lines(average(*fraction(12))) == pytest.approx(lines(whole), rel=1e-12)


def test_forty_drivers_that_do_not_fall_apart() -> None:
    found = average(*fraction(40))
    assert [one.code for one in found.warnings] == ["sampled"]
    assert abs(found.residual or 0.0) <= 1e-12 * scale(found)
    assert set(found.gradients) == set(lines(found))


# --- values that are not there -------------------------------------------------------------------


def test_a_formula_without_a_value_in_some_order_is_one_driver() -> None:
    before, after = {"a": 1, "b": 2, "d": 1, "c": 2}, {"a": 2, "b": 5, "d": 2, "c": 4}
    found = average({"r": "q * c", "q": "a / (b - d)"}, before, after)
    assert lines(found) == pytest.approx({"q": -1.0, "c": 5 / 3})
    assert line_of(found, "q").flags == ("indivisible",)
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("indivisible", "q")
    assert notice.message == (
        "Q counts as one driver and is not split into A, B, D:"
        " division by zero in some orders from before to after"
    )


def test_only_the_formula_at_fault_is_not_split() -> None:
    found = average(
        {"r": "p / 2", "p": "q * c", "q": "log(b - d)"},
        {"b": 2, "d": 1, "c": 2},
        {"b": 5, "d": 2, "c": 4},
    )
    assert set(lines(found)) == {"q", "c"}
    assert "logarithm of zero or a negative number in some orders" in found.warnings[0].message


def test_the_kpi_explained_may_itself_be_at_fault() -> None:
    found = average({"r": "a / (b - d)"}, {"a": 1, "b": 2, "d": 1}, {"a": 2, "b": 5, "d": 2})
    assert lines(found) == {"r": pytest.approx(2 / 3 - 1)}
    assert found.nodes == {}


def test_0_over_0_at_an_end_is_carried_and_not_split() -> None:
    found = average(
        {"revenue": "orders * value", "value": "amount / orders"},
        {"amount": 0, "orders": 0},
        {"amount": 500, "orders": 10},
    )
    assert lines(found) == {"orders": pytest.approx(500.0), "value": 0.0}
    assert line_of(found, "value").flags == ("carried", "indivisible")
    assert [one.code for one in found.warnings] == ["carried", "indivisible"]


def test_no_value_at_an_end_is_a_reason() -> None:
    found = average({"r": "a / b"}, {"a": 3, "b": 0}, {"a": 1, "b": 1})
    assert found.reason == "R has no value in before: division by zero"


# --- gradients and flows ------------------------------------------------------------------------


def test_gradients_of_drivers_that_stand_still() -> None:
    """The mean over orders of a / b when k's turn comes, at any of three places."""
    found = average({"r": "k * a / b"}, {"k": 2, "a": 3, "b": 4}, {"k": 2, "a": 5, "b": 10})
    mean = (2 * 3 / 4 + 5 / 4 + 3 / 10 + 2 * 5 / 10) / 6
    assert found.gradients["k"] == pytest.approx(mean, rel=1e-13)
    assert found.gradients["a"] == pytest.approx(2 * 0.175, rel=1e-13)
    assert lines(found)["k"] == 0.0


@pytest.mark.parametrize("small", [0.0, 1e-15, 1e-12, 1e-9, 1e-7])
def test_gradients_of_drivers_that_hardly_move(small: float) -> None:
    found = average({"r": "a ** 2 / b"}, {"a": 3, "b": 4}, {"a": 3 * (1 + small), "b": 10})
    assert found.gradients["a"] == pytest.approx(6 * (1 + small / 2) * 0.175, rel=1e-9)


def test_there_is_no_gradient_at_a_kink_or_where_it_grows_beyond_all_bounds() -> None:
    found = average(
        {"r": "b * max(a, 2) + sqrt(c)"}, {"a": 2, "b": 1, "c": 0}, {"a": 2, "b": 3, "c": 0}
    )
    assert set(found.gradients) == {"b"}


def test_flows_add_up_through_a_tree() -> None:
    found = average(
        {"r": "a / n", "n": "m + c", "m": "b * c2"},
        {"a": 1, "b": 2, "c": 3, "c2": 4},
        {"a": 3, "b": 5, "c": 3, "c2": 1},
    )
    told = lines(found)
    assert found.flows["n", "m"] == pytest.approx(told["b"] + told["c2"], rel=1e-12)
    assert found.flows["r", "n"] == pytest.approx(found.flows["n", "m"], rel=1e-12)
    assert found.flows["n", "c"] == 0.0
    assert found.nodes["m"] == found.flows["n", "m"]


def test_flows_of_a_shared_driver_are_averages_over_orders() -> None:
    """revenue / (revenue + cost): along revenue's move its parts are logarithms of corners."""
    formulas = {"r": "gain / spent", "gain": "v * p", "spent": "v * c"}
    before, after = {"v": 10, "p": 5, "c": 3}, {"v": 12, "p": 6, "c": 4}
    found = average(formulas, before, after)
    up = {flow.parent: flow.flow for flow in line_of(found, "v").via}
    # Without v, gain / spent is p / c; v's way through gain is p / c x ln(12 / 10) at each corner.
    mean = (2 * 5 / 3 + 5 / 4 + 6 / 3 + 2 * 6 / 4) / 6 * LOG(1.2)
    assert up == pytest.approx({"gain": mean, "spent": -mean}, rel=1e-10)
    assert lines(found)["v"] == pytest.approx(0.0, abs=1e-12)
    assert found.nodes["gain"] == pytest.approx(mean + lines(found)["p"], rel=1e-10)


def test_flows_of_many_shared_drivers_are_not_told() -> None:
    names = [f"x{i}" for i in range(8)]
    tree = {"r": "t / u", "t": " + ".join(names), "u": " + ".join(f"2 * {one}" for one in names)}
    before = dict.fromkeys(names, 1.0)
    after = {name: 2.0 + i for i, name in enumerate(names)}
    found = average(tree, before, after)
    assert found.flows == {}
    assert set(found.nodes) == set(names)


def test_leaps_flow_too() -> None:
    found = average(
        {"r": "bonus + pay", "bonus": "if_else(a > 10, 100, 0)", "pay": "a * b"},
        {"a": 9, "b": 1},
        {"a": 12, "b": 2},
    )
    assert lines(found) == pytest.approx({"a": 104.5, "b": 10.5})
    assert {flow.parent: flow.flow for flow in line_of(found, "a").via} == pytest.approx(
        {"bonus": 100.0, "pay": 4.5}
    )


def test_fractions_are_exact() -> None:
    """The brute force itself, by hand: 10 / 2 to 30 / 8."""
    found = brute.shapley(brute.inlined({"r": "a / b"}), {"a": 10, "b": 2}, {"a": 30, "b": 8})
    assert found == {"a": Fraction(25, 4), "b": Fraction(-15, 2)}
