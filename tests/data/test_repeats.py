"""Rows that stand there twice: by unique_by they count once, and must be alike in what is read."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.joins import cube_of, told, totals, whole, write
from kpitree.errors import SourceError
from kpitree.tables import NONE

SOURCE = """
[sources.orders]
path = "orders*.csv"
time = "day"
dimensions = { region = "region" }
unique_by = ["order_id"]
"""
ORDERS = "order_id,day,amount,region,note\n"
ONE = "1,2026-01-05,10,EU,first\n"
TWO = "2,2026-01-06,20,,second\n"


def test_a_row_exported_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE + TWO + ONE + ONE)
    cube = cube_of(tmp_path, SOURCE, ["sum(amount)"], "region")
    assert totals(cube, "region") == {"EU": 10, NONE: 20}
    assert told(cube, "duplicates") == ["2 rows repeat others in 'order_id' and count once"]


def test_two_exports_that_overlap(tmp_path: Path) -> None:
    write(tmp_path, orders1=ORDERS + ONE + TWO, orders2=ORDERS + TWO)
    cube = cube_of(tmp_path, SOURCE, ["count()"])
    assert whole(cube) == 2
    assert told(cube, "duplicates") == ["1 row repeats another in 'order_id' and counts once"]


def test_without_the_key_every_row_counts(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE + ONE)
    cube = cube_of(tmp_path, SOURCE.replace('unique_by = ["order_id"]', ""), ["sum(amount)"])
    assert whole(cube) == 20
    assert not told(cube, "duplicates")


def test_what_the_question_does_not_read_may_differ(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE + ONE.replace("first", "again"))
    assert whole(cube_of(tmp_path, SOURCE, ["sum(amount)"])) == 10
    source = SOURCE + "[sources.orders.columns]\nshout = 'upper(note)'\n"
    assert whole(cube_of(tmp_path, source, ["sum(amount)"])) == 10
    with pytest.raises(SourceError, match="differ in 'note': 'first' and 'again'"):
        cube_of(tmp_path, source, ["n_unique(shout)"])


def test_rows_without_any_of_the_key_are_not_known_to_be_the_same(tmp_path: Path) -> None:
    """A part of a key is one: (1, nothing) twice is one row, (nothing, nothing) twice are two."""
    write(
        tmp_path,
        orders="a,b,day,amount,region\n1,,2026-01-05,10,\n1,,2026-01-05,10,\n"
        ",,2026-01-05,3,\n,,2026-01-05,3,\n,x,2026-01-05,5,\n1,x,2026-01-05,7,\n",
    )
    cube = cube_of(tmp_path, SOURCE.replace('["order_id"]', '["a", "b"]'), ["sum(amount)"])
    assert whole(cube) == 10 + 3 + 3 + 5 + 7
    assert told(cube, "duplicates") == ["1 row repeats another in 'a' and 'b' and counts once"]


def test_only_the_rows_that_the_source_is_about(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE + ONE.replace("first", "draft") + TWO)
    source = SOURCE.replace("unique_by", "where = \"note != 'draft'\"\nunique_by")
    cube = cube_of(tmp_path, source, ["sum(amount)"])
    assert whole(cube) == 30
    assert not told(cube, "duplicates")


def test_a_key_that_is_computed_and_one_that_is_looked_up(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE + ONE + TWO, regions="code,id\nEU,e\n")
    source = (
        SOURCE.replace('["order_id"]', '["id", "place.id"]')
        + """
    [sources.orders.columns]
    id = "order_id + 0"
    [sources.orders.lookup.place]
    path = "regions.csv"
    on = { region = "code" }
    """
    )
    cube = cube_of(tmp_path, source, ["count()"])
    assert whole(cube) == 2
    assert len(told(cube, "duplicates")) == 1


@pytest.mark.parametrize(
    ("again", "message", "where"),
    [
        (
            "1,2026-01-05,12,EU,first\n",
            "rows with the same order_id '1' differ in 'amount': 10.0 and 12.0",
            "orders.csv, line 2",
        ),
        (
            "1,2026-01-06,10,EU,first\n",
            "rows with the same order_id '1' differ in 'day': '2026-01-05' and '2026-01-06'",
            "orders.csv, line 2",
        ),
        (
            "2,2026-01-06,,,second\n",
            "rows with the same order_id '2' differ in 'amount': 20.0 and None",
            "orders.csv, line 3",
        ),
        (
            "2,2026-01-06,20,US,second\n",
            "rows with the same order_id '2' differ in 'region': None and 'US'",
            "orders.csv, line 3",
        ),
    ],
)
def test_rows_that_differ_are_refused(tmp_path: Path, again: str, message: str, where: str) -> None:
    write(tmp_path, orders=ORDERS + ONE + TWO + again)
    source = SOURCE.replace("orders*.csv", "orders.csv")
    with pytest.raises(SourceError) as error:
        cube_of(tmp_path, source, ["sum(amount)"], "region")
    assert error.value.message == f"{message} (here and orders.csv, line 4)"
    assert error.value.where == where
    assert "unique_by needs another column" in error.value.hint


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, orders=ORDERS + ONE)
    with pytest.raises(SourceError, match="there is no column 'orderid', which unique_by of"):
        cube_of(tmp_path, SOURCE.replace('["order_id"]', '["orderid"]'), ["count()"])


ROWS = st.lists(
    st.tuples(st.integers(1, 28), st.integers(0, 50), st.sampled_from(["EU", "US", None])),
    min_size=1,
    max_size=15,
)


@given(rows=ROWS, again=st.lists(st.integers(0, 14)), seed=st.randoms(use_true_random=False))
def test_copies_change_nothing(
    rows: list[Any], again: list[int], seed: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is aggregated, and in whatever order the copies stand."""
    folder = tmp_path_factory.getbasetemp()
    one_each = [(number, *row) for number, row in enumerate(rows)]
    copies = [one_each[at % len(rows)] for at in again]
    shuffled = one_each + copies
    seed.shuffle(shuffled)
    found, cubes = [], []
    for lines in (one_each, shuffled):
        frame = pl.DataFrame(lines, ["order_id", "n", "amount", "region"], orient="row")
        day = pl.date(2026, 1, pl.col("n"))
        frame.with_columns(day.alias("day")).write_parquet(folder / "orders.parquet")
        source = SOURCE.replace("orders*.csv", "orders.parquet")
        measures = ["sum(amount)", "count()", "mean(amount)", "median(amount)", "n_unique(region)"]
        cubes = [cube_of(folder, source, [measure], "region") for measure in measures]
        found.append([(totals(cube, "region"), whole(cube)) for cube in cubes])
    assert found[0] == found[1]
    expected = [str(len(copies))] if copies else []
    assert [message.split()[0] for message in told(cubes[0], "duplicates")] == expected
