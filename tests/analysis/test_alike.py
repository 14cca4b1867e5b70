"""Formulas of one shape reckoned together give what each gives alone."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_series_equal

from kpitree.analysis.alike import formula_values
from kpitree.analysis.functions import first_lacking, to_polars
from kpitree.tree.expressions import Call
from kpitree.tree.parsing import parse_formula

FORMULAS = [
    "a / b",
    "b / a",
    "c / c",
    "a + b - c",
    "c + a - b",
    "a * 2",
    "b * 2",
    "a * -0.0",
    "a * 0",
    "coalesce(a, 0)",
    "if_else(a > b, a, c)",
    "if_else(b > c, b, a)",
    "max(a, b)",
    "a",
    "b",
    "5",
    "1 / 0",
]
NUMBERS = st.none() | st.sampled_from([0.0, -0.0, 1.0, 2.5, -3.0, 1e308])


@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=4),
    texts=st.lists(st.sampled_from(FORMULAS), min_size=1, max_size=8),
)
def test_formulas_of_one_shape_give_what_each_gives_alone(
    rows: list[tuple[float | None, ...]], texts: list[str]
) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Float64), orient="row")
    formulas = {f"f{at}": parse_formula(text) for at, text in enumerate(texts)}
    found = formula_values(frame, formulas)
    assert [one.name for one in found] == list(formulas)
    for name, one in zip(formulas, found, strict=True):
        alone = frame.with_columns(to_polars(formulas[name], pl.col).cast(pl.Float64).alias(name))
        assert_series_equal(one, alone[name], check_exact=True)
        assert [str(x) for x in one] == [str(x) for x in alone[name]]  # 0.0 is not -0.0


def test_looks_at_other_periods_are_columns_of_their_own() -> None:
    frame = pl.DataFrame({"a": [1.0, 2.0], "prev a": [None, 1.0], "prev b": [5.0, 7.0]})
    formulas = {"x": parse_formula("a - prev(a)"), "y": parse_formula("a - prev(b)")}

    def looked_up(call: Call) -> str:
        return f"{call.name} {call.args[0].id}"  # type: ignore[union-attr] # prev() takes a name

    x, y = formula_values(frame, formulas, looked_up)
    assert x.to_list() == [None, 1.0]
    assert y.to_list() == [-4.0, -5.0]


def test_the_first_operand_without_a_value_is_seen_where_all_are_needed() -> None:
    row = {"a": 1.0, "b": None, "c": None}
    assert first_lacking(parse_formula("a + b + c"), row) == "b"
    assert first_lacking(parse_formula("a / a"), row) is None
    assert first_lacking(parse_formula("coalesce(b, a)"), row) is None
    assert first_lacking(parse_formula("b + (a / c)"), row) is None  # to be reckoned
