"""A column written at once holds the texts of its fields written one by one."""

import csv
import math
from io import StringIO
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.render.columns import column_text, header, lines, quoted
from kpitree.render.fields import field_text

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
near_the_ends = st.sampled_from([0.0, -0.0, 1e-4, 9.999999e-5, 1e15, 999999999999999.9, 2.0**53])
texts = st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=8)


def shouted(text: str) -> str:
    return text.upper() + "!"


@given(st.lists(numbers | near_the_ends))
def test_numbers(values: list[float | None]) -> None:
    found = column_text(pl.Series(values, dtype=pl.Float64), str).to_list()
    assert found == [field_text(value, str) for value in values]


@given(st.lists(texts))
def test_texts(values: list[str | None]) -> None:
    found = column_text(pl.Series(values, dtype=pl.String), shouted).to_list()
    assert found == [field_text(value, shouted) for value in values]


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        (pl.Boolean, [True, None, False]),
        (pl.Int64, [3, None, -2]),
        (pl.List(pl.String), [["a", "b"], [], None]),
        (pl.String, []),
    ],
)
def test_other_kinds(dtype: pl.DataType, values: list[Any]) -> None:
    found = column_text(pl.Series(values, dtype=dtype), shouted).to_list()
    assert found == [field_text(value, shouted) for value in values]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="is not a value"):
        column_text(pl.Series([1.5, value]), str)


# A bare carriage return is quoted here, and is not by the module.
rows_of_texts = st.lists(
    st.tuples(*2 * [st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\r"))]),
    min_size=1,
)


@given(rows_of_texts)
def test_quotes_are_those_of_the_csv_module(rows: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    file = StringIO()
    csv.writer(file, lineterminator="\n").writerows([("a", "b"), *rows])
    assert header(frame.columns, ",", quoted) + lines(frame, ",", quoted) == file.getvalue()


def test_no_rows_are_no_lines() -> None:
    assert not lines(pl.DataFrame(schema={"a": pl.String}), ",", quoted)
