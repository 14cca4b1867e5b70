"""One formula, two readings: a polars expression and a Python float must never disagree."""

import math
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.analysis.functions import FUNCTIONS, Undefined, evaluate, to_polars
from kpitree.tree.expressions import FORMULA, OVER_TIME, Call, Expr, Name, Number
from kpitree.tree.parsing import parse_formula


def in_frame(expr: Expr, values: Mapping[str, float | None]) -> float | None:
    frame = pl.DataFrame(
        {name: [value] for name, value in values.items()},
        schema=dict.fromkeys(values, pl.Float64),
    )
    found: float | bool | None = frame.select(answer=to_polars(expr, pl.col))["answer"].item()
    return None if found is None else float(found)


def in_floats(expr: Expr, values: Mapping[str, float | None]) -> float | None:
    try:
        return evaluate(expr, values)
    except Undefined:
        return None


def test_every_function_of_the_language_is_known() -> None:
    assert set(FUNCTIONS) == set(FORMULA) - set(OVER_TIME)


VALUES = {"a": 6.0, "b": -4.0, "c": 0.0, "n": None, "huge": 1e308}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a - b + 1", 11.0),
        ("a * b * 2", -48.0),
        ("a / b", -1.5),
        ("b ** 2 - -b", 12.0),
        ("c ** 0", 1.0),
        ("min(a, b, 1)", -4.0),
        ("max(a, b, 1)", 6.0),
        ("abs(b)", 4.0),
        ("sqrt(abs(b))", 2.0),
        ("log(exp(a))", 6.0),
        ("coalesce(n, a)", 6.0),
        ("coalesce(a / c, n, 7)", 7.0),
        ("if_else(a > b, a, n)", 6.0),
        ("if_else(a < b, a / c, 3)", 3.0),
        ("if_else(a < b and n > 0, 1, 2)", 2.0),
        ("if_else(a > b or n > 0, 1, 2)", 1.0),
        ("if_else(not (a == b) and a != b, 1, 2)", 1.0),
        ("if_else(a <= 6 and a >= 6, 1, 2)", 1.0),
        ("exp(-1e4)", 0.0),
    ],
)
def test_values(text: str, value: float) -> None:
    expr = parse_formula(text)
    assert evaluate(expr, VALUES) == pytest.approx(value, rel=1e-15)
    assert in_frame(expr, VALUES) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "reason", "culprit"),
    [
        ("a + a / c", "division by zero", "a / c"),
        ("c / c", "division by zero", "c / c"),
        ("c ** -1", "division by zero", "c ** -1"),
        ("1 + sqrt(b)", "square root of a negative number", "sqrt(b)"),
        ("b ** 0.5", "fractional power of a negative number", "b ** 0.5"),
        ("log(c)", "logarithm of zero or a negative number", "log(c)"),
        ("log(b)", "logarithm of zero or a negative number", "log(b)"),
        ("exp(1000)", "too large", "exp(1000)"),
        ("1 / (huge * 10)", "too large", "huge * 10"),
        ("huge + huge - huge - huge", "too large", "huge + huge - huge - huge"),
        ("huge ** 2", "too large", "huge ** 2"),
        ("huge / 0.01", "too large", "huge / 0.01"),
        ("a * n", "no value of n", "n"),
        ("a * absent", "no value of absent", "absent"),
        ("min(a, n)", "no value of n", "n"),
        ("max(n, a)", "no value of n", "n"),
        ("coalesce(n, a / c)", "no value of n", "n"),
        ("if_else(n > 0, 1, 2)", "no value of n", "n"),
        ("if_else(a > 0, n, 2)", "no value of n", "n"),
        ("if_else(a > b and n > 0, 1, 2)", "no value of n", "n"),
        ("if_else(a < b or n > 0, 1, 2)", "no value of n", "n"),
        ("if_else(not n > 0, 1, 2)", "no value of n", "n"),
    ],
)
def test_no_value_and_why(text: str, reason: str, culprit: str) -> None:
    expr = parse_formula(text)
    with pytest.raises(Undefined) as caught:
        evaluate(expr, VALUES)
    assert caught.value.reason == reason
    assert text[slice(*caught.value.at)] == culprit
    assert in_frame(expr, {**VALUES, "absent": None}) is None


def test_a_formula_without_names_is_one_number() -> None:
    frame = pl.DataFrame({"x": [1.0, 2.0, 3.0]})
    expr = to_polars(parse_formula("if_else(1 < 2, min(1, 2) / 4, 0 / 0)"), pl.col)
    assert frame.with_columns(y=expr)["y"].to_list() == [0.25, 0.25, 0.25]


def test_over_time_is_the_callers() -> None:
    expr = parse_formula("a - prev(a, 2)")
    seen: list[str] = []

    def column(call: Call) -> pl.Expr:
        seen.append(call.name)
        return pl.col("before")

    frame = pl.DataFrame({"a": [5.0], "before": [3.0]})
    assert frame.select(to_polars(expr, pl.col, column)).item() == 2.0
    assert evaluate(expr, {"a": 5.0}, lambda _call: 3.0) == 2.0
    assert seen == ["prev"]
    with pytest.raises(Undefined, match="no value of prev"):
        evaluate(expr, {"a": 5.0}, lambda _call: None)


def test_two_thousand_terms() -> None:
    expr = parse_formula(" + ".join(["a", "b"] * 900))
    assert in_frame(expr, {"a": 0.1, "b": 0.2}) == evaluate(expr, {"a": 0.1, "b": 0.2})


@pytest.mark.parametrize(
    "step",
    ["1 / ({})", "min({}, a)", "if_else({} > 0, a, b)", "if_else(a > b, {}, b)", "sqrt({})"],
)
def test_deep_nesting_costs_no_more_than_its_length(step: str) -> None:
    text = "a"
    for _ in range(20):
        text = step.format(text)
    # Were an operand mentioned twice by a step, this would take 2 ** 20 times as long.
    assert in_frame(parse_formula(text), {"a": 1.0, "b": 1.0}) == 1.0


NAMES = ("a", "b", "c")
numbers = st.one_of(
    st.integers(-3, 3).map(float), st.floats(-1e3, 1e3), st.sampled_from([1e-200, 1e200])
)
states = st.fixed_dictionaries({name: st.one_of(st.none(), numbers) for name in NAMES})
terms: st.SearchStrategy[Expr] = st.one_of(st.sampled_from(NAMES).map(Name), numbers.map(Number))


def calls(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def of(*names: str, least: int, most: int) -> st.SearchStrategy[Expr]:
        args = st.lists(inner, min_size=least, max_size=most).map(tuple)
        return st.builds(Call, st.sampled_from(names), args)

    comparison = of("==", "!=", "<", "<=", ">", ">=", least=2, most=2)
    several = st.lists(comparison, min_size=2, max_size=3).map(tuple)
    condition = st.one_of(
        comparison,
        st.builds(Call, st.sampled_from(["and", "or"]), several),
        comparison.map(lambda one: Call("not", (one,))),
    )
    return st.one_of(
        of("+", "*", "min", "max", "coalesce", least=2, most=5),
        of("/", "**", least=2, most=2),
        of("neg", "abs", "sqrt", "log", "exp", least=1, most=1),
        st.tuples(condition, inner, inner).map(lambda args: Call("if_else", args)),
    )


formulas = st.recursive(terms, calls, max_leaves=12)


@given(expr=formulas, values=states)
def test_frames_and_floats_agree(expr: Expr, values: dict[str, float | None]) -> None:
    floats, frame = in_floats(expr, values), in_frame(expr, values)
    if floats is None or frame is None:
        assert floats is frame
    else:
        assert math.isfinite(frame)
        assert frame == pytest.approx(floats, rel=1e-12, abs=1e-300)


SMOOTH = {
    "+": [2.0, -3.0, 5.0],
    "*": [2.0, -3.0, 5.0],
    "/": [2.0, -3.0],
    "**": [2.5, 1.5],
    "neg": [2.0],
    "if_else": [1.0, 4.0, 5.0],
    "min": [3.0, 1.0, 2.0],
    "max": [3.0, 1.0, 2.0],
    "abs": [-2.0],
    "sqrt": [4.0],
    "log": [3.0],
    "exp": [1.5],
    "coalesce": [2.0, 3.0],
}


@pytest.mark.parametrize("name", SMOOTH)
def test_partials_are_slopes(name: str) -> None:
    function, at = FUNCTIONS[name], SMOOTH[name]
    partials = function.partials(at, function.value(at))
    assert len(partials) == len(at)
    for position in range(1 if name == "if_else" else 0, len(at)):
        low, high = at.copy(), at.copy()
        low[position] -= 1e-6
        high[position] += 1e-6
        slope = (function.value(high) - function.value(low)) / 2e-6
        assert partials[position] == pytest.approx(slope, rel=1e-8, abs=1e-8)


def test_a_product_with_a_zero_still_has_partials() -> None:
    assert list(FUNCTIONS["*"].partials([0.0, 2.0, 3.0], 0.0)) == [6.0, 0.0, 0.0]
