"""An expression written out means the same when it is read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure, parse_row
from kpitree.tree.unparsing import spelled


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("deals*close_rate *order_value", "deals * close_rate * order_value"),
        ("((a+b))-(c)", "a + b - c"),
        ("a-(b+c)", "a - (b + c)"),
        ("a-(b-c)*d", "a - (b - c) * d"),
        ("a/(b*c)", "a / (b * c)"),
        ("(a/b)/c", "a / b / c"),
        ("a/(b/c)", "a / (b / c)"),
        ("-(a+b)*c", "-(a + b) * c"),
        ("(-a)**2", "(-a) ** 2"),
        ("-a**2", "-a ** 2"),
        ("(-2)**2", "(-2) ** 2"),
        ("a - -3", "a - -3"),
        ("a*-3 + 0.050", "a * -3 + 0.05"),
        ("if_else(a<b and not(c>d or e==f),a,b)", "if_else(a < b and not (c > d or e == f), a, b)"),
        ("max(a,b,0)", "max(a, b, 0)"),
        ("prev(a,3)/rolling_sum(b,12)", "prev(a, 3) / rolling_sum(b, 12)"),
    ],
)
def test_formulas_with_as_few_parentheses_as_they_need(text: str, again: str) -> None:
    assert spelled(parse_formula(text)) == again
    assert parse_formula(again) == parse_formula(text)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        (
            "count(where=stage=='won')/count(where=stage in ('won','lost'))",
            "count(where=stage == 'won') / count(where=stage in ['won', 'lost'])",
        ),
        ("sum(col('Order Date'),where=not x in [1])", "sum(col('Order Date'), where=x not in [1])"),
        ("quantile(hours, 0.9)", "quantile(hours, 0.9)"),
    ],
)
def test_measures(text: str, again: str) -> None:
    assert spelled(parse_measure(text)) == again
    assert parse_measure(again) == parse_measure(text)


@pytest.mark.parametrize(
    "text",
    [
        "a < b <= c",
        "(a == b) * 3 > 1",
        "not (not a and b)",
        "(a or b) and (c or (d and e))",
        "col('class') == \"it's\" or col('true') != 'a\\n\\x1b\\u202e'",
        "contains(lower(name), 'x') == true",
        "not (a in [1] or b not in ['(((', 'x != y'])",
    ],
)
def test_conditions(text: str) -> None:
    expr = parse_condition(text)
    assert parse_condition(spelled(expr)) == expr


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions of expressions, always in parentheses, so that any tree can come about."""
    pairs = st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner)
    return st.one_of(
        pairs.map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        inner.map(lambda text: f"-({text})"),
        inner.map(lambda text: f"({text}) ** 2"),
        st.tuples(inner, inner).map(lambda parts: f"coalesce({parts[0]}, {parts[1]})"),
        st.tuples(inner, inner, inner, st.sampled_from(["<", "==", ">="])).map(
            lambda parts: f"if_else(({parts[0]}) {parts[3]} ({parts[1]}), {parts[2]}, 1)"
        ),
        st.tuples(inner, inner, st.sampled_from(["and", "or"])).map(
            lambda parts: f"if_else(not ({parts[0]}) < 1 {parts[2]} ({parts[1]}) > 2, 1, 0)"
        ),
    )


terms = st.sampled_from(["a", "b", "c", "2", "0.5", "-1", "1e300", "1e-7"])


@given(st.recursive(terms, _grow, max_leaves=12))
def test_reading_what_was_written_gives_the_same_expression(text: str) -> None:
    expr = parse_formula(text)
    assert parse_formula(spelled(expr)) == expr
    assert spelled(parse_formula(spelled(expr))) == spelled(expr)
    assert len(spelled(expr)) <= len(text) + 4 * text.count("-")


@given(st.text(min_size=1, max_size=12))
def test_any_column_name_and_text_can_be_written(word: str) -> None:
    expr = parse_row(f"col({word!r}) == {word!r}")
    assert parse_row(spelled(expr)) == expr
