"""Standard deviations: exact where values allow it, and the same bytes in any order of the rows."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import stdev
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.joins import ALL_DAYS
from kpitree.data.aggregates import ADDITIVE, MERGE, OF_ROWS, RowsOf

ATOMS = ADDITIVE["std"].atoms


def spread_of(values: Sequence[float | None], days: Sequence[int]) -> float | None:
    """As the daily frame and its merging have it."""
    rows = RowsOf(None, pl.col("x"), pl.col("day"))
    frame = pl.DataFrame({"x": values, "day": days}, schema={"x": pl.Float64, "day": pl.Int64})
    by_day = frame.group_by("day").agg(OF_ROWS[atom](rows, None).alias(atom) for atom in ATOMS)
    merged = by_day.select(MERGE[atom](pl.col).alias(atom) for atom in ATOMS)
    found: float | None = merged.select(ADDITIVE["std"].value(pl.col)).item()
    return found


NUMBERS = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 3)), min_size=2, max_size=30), st.randoms())
def test_the_order_of_rows_changes_nothing(
    rows: list[tuple[float, int]], order: random.Random
) -> None:
    values = [value for value, _ in rows]
    true = stdev(values)
    found = spread_of(values, [day for _, day in rows])
    assert found == pytest.approx(true, rel=1e-13, abs=1e-12)
    mixed = list(rows)
    order.shuffle(mixed)
    again = spread_of([value for value, _ in mixed], [day for _, day in mixed])
    if true > 2e-5:
        assert again == found


@pytest.mark.parametrize(
    ("values", "true"),
    [
        ([1e6 + 0.1] * 5, 0.0),
        ([0.1] * 3, 0.0),
        ([1e-9, 2e-9, 3e-9], 1e-9),
        ([1e12, 3e12], stdev([1e12, 3e12])),
        ([1e6, 1e6 + 1e-6, None], stdev([1e6, 1e6 + 1e-6])),
        ([-(2.0**36), 2.0**36 - 1], stdev([-(2.0**36), 2.0**36 - 1])),
        ([None, None], None),
        ([5.0, None], None),
    ],
)
def test_values_of_every_size(values: list[float | None], true: float | None) -> None:
    found = spread_of(values, list(range(len(values))))
    assert found == (None if true is None else pytest.approx(true, rel=1e-12, abs=1e-16))


@pytest.mark.parametrize("more", [0, 30])  # figures enough for another way to look at the rows
def test_the_same_bytes_however_threads_add(
    tmp_path: Path, more: int, read: Callable[..., Any]
) -> None:
    chance = random.Random(5)  # noqa: S311 - nothing secret
    days = [date(2026, 1, 1) + timedelta(chance.randrange(60)) for _ in range(200_000)]
    numbers = [1e6 + chance.gauss(0, 1) for _ in days]
    path = tmp_path / "o.parquet"
    texts = [str(chance.randrange(3)) for _ in days]
    frame = pl.DataFrame({"day": days, "x": numbers, "t": texts})
    frame.write_parquet(path, row_group_size=5_000)
    wheres = [f"std(x, where=t == '1' or x > {1e6 + at})" for at in range(more)]
    measures = ["std(x)", "std(x, where=t == '1')", *wheres]
    found = {read(path, measures).roll_up([ALL_DAYS]).select(measures).row(0) for _ in range(4)}
    (once,) = found
    assert once[0] == pytest.approx(stdev(numbers), rel=1e-14)
