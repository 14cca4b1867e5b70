"""Codes sort and group as the texts they stand for, however many there are."""

from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.data.cube import codes
from kpitree.data.cube.codes import coded, packed

TEXTS = st.sampled_from(["", "a", "B", "b", "é", "(none)", "~", "日本", "10", "9"])
ROWS = st.tuples(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(0, 9), TEXTS, TEXTS)
SCHEMA = {"day": pl.Date, "span": pl.Int32, "one": pl.String, "other": pl.String}


def frame_of(rows: list[tuple[date, int, str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.mark.parametrize("most", [1, 100, 2**40, 2**62])
@given(rows=st.lists(ROWS, max_size=30))
def test_numbers_sort_and_tell_apart_as_their_columns(
    most: int, rows: list[tuple[date, int, str, str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "_MOST", most)
        frame = coded(frame_of(rows), ["one", "other"])
        numbers = frame.select(packed(frame, frame.columns))
    together = sorted(zip(numbers.rows(), rows, strict=True))
    assert [row for _, row in together] == sorted(rows)
    for (number, row), (next_number, next_row) in pairwise(together):
        assert (number == next_number) == (row == next_row)


def test_one_number_where_it_is_wide_enough() -> None:
    frame = coded(frame_of([(date(2026, 1, 1), 0, "a", "b"), (date(2026, 1, 9), 3, "c", "b")]), [])
    assert frame.select(packed(frame, ["day", "span"])).schema == {"packed0": pl.UInt32}
    wide = pl.DataFrame(
        {"one": [0, 2**31 - 1], "other": [0, 9]}, schema_overrides={"one": pl.Int32}
    )
    wide = wide.cast(pl.Int32)
    assert wide.select(packed(wide, ["one", "other"])).rows() == [(0,), ((2**31 - 1) * 10 + 9,)]


def test_codes_read_as_their_texts_in_the_order_of_the_texts() -> None:
    texts = ["b", "é", "B", "(none)", "b"]
    found = coded(pl.DataFrame({"one": texts}), ["one"])["one"]
    assert found.cast(pl.String).to_list() == texts
    assert found.sort().cast(pl.String).to_list() == sorted(texts)
