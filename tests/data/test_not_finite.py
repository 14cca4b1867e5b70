"""NaN and infinities are no value, whatever else a column is used as, whatever chooses the rows."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.joins import ALL_DAYS, cube_of, told
from kpitree.data.cube import compiling, scan
from kpitree.data.cube.cube import Cube
from kpitree.data.cube.plan import Plan
from kpitree.tables import NONE, SEGMENT

NAN = float("nan")
SOURCE = '[sources.s]\npath = "{path}"\ntime = "day"\n'
TEXT = "day,x\n2026-01-01,1\n2026-01-02,2\n2026-01-03,NaN\n2026-01-04,inf\n2026-01-05,\n"
ASKED = [
    "mean(x)", "count(where=x >= 2)", "count(x)", "max(x)", "sum(x)", "median(x)",
    "count(where=is_null(x))",
]  # fmt: skip


def all_of(cube: Cube, *by: str) -> dict[Any, list[Any]]:
    frame = cube.roll_up([ALL_DAYS], by)
    keys = frame.select(SEGMENT + name for name in by).rows()
    figures = frame.select(list(cube.request.parts.values())).rows()
    return {key: list(row) for key, row in zip(keys or [()], figures, strict=True)}


def test_a_column_that_is_text_too_has_the_same_numbers(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(TEXT)
    source = SOURCE.format(path="o.csv")
    plain = cube_of(tmp_path, source, [*ASKED])
    both = cube_of(tmp_path, source, [*ASKED, "n_unique(x)"])
    true = [1.5, 1, 2, 2, 3, 1.5, 3]
    assert all_of(plain) == {(): true}
    assert all_of(both) == {(): [*true, 2]}
    message = "2 values of 'x' NaN or infinite: taken as no value"
    assert told(plain, "non_finite") == told(both, "non_finite") == [message]


def test_segments_of_a_column_add_up_to_its_total(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(TEXT)
    source = SOURCE.format(path="o.csv") + '[sources.s.dimensions]\nx = "x"\n'
    cube = cube_of(tmp_path, source, ["sum(x)", "count()"], "x")
    assert all_of(cube) == {(): [3, 5]}
    assert all_of(cube, "x") == {("1",): [1, 1], ("2",): [2, 1], (NONE,): [None, 3]}


def test_a_looked_up_column_that_is_text_too(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("day,k\n2026-01-01,1\n2026-01-02,2\n2026-01-03,NaN\n")
    (tmp_path / "l.csv").write_text("k,z\n1,5\n2,NaN\nNaN,7\n")
    source = (
        SOURCE.format(path="o.csv")
        + '[sources.s.dimensions]\nz = "a.z"\n[sources.s.lookup.a]\npath = "l.csv"\non = "k"\n'
    )
    cube = cube_of(tmp_path, source, ["sum(a.z)", "sum(k)"], "z")
    assert all_of(cube) == {(): [5, 3]}
    assert all_of(cube, "z") == {("5",): [5, 1], (NONE,): [None, 2]}
    assert told(cube, "non_finite") == [
        "1 value of 'a.z' NaN or infinite: taken as no value",
        "1 value of 'k' NaN or infinite: taken as no value",
    ]


def test_texts_that_only_an_idle_computed_column_takes_for_numbers_stay_texts(
    tmp_path: Path,
) -> None:
    (tmp_path / "o.csv").write_text("day,x\n2026-01-01,NaN\n2026-01-02,abc\n")
    source = (
        SOURCE.format(path="o.csv")
        + '[sources.s.columns]\ny = "x * 2"\n[sources.s.dimensions]\nx = "x"\n'
    )
    assert all_of(cube_of(tmp_path, source, ["count()"], "x"), "x") == {
        ("NaN",): [1],
        ("abc",): [1],
    }


CHOICES = [
    ("is_null(x)", 2),
    ("coalesce(x, 0) == 0", 2),
    ("is_null(x) or x < 0", 2),
    ("if_else(x > 0, 'a', 'b') == 'b'", 2),
    ("y == 0", 2),  # a computed column: coalesce(x, 0)
    ("not is_null(x)", 1),
    ("x > 0", 1),
    ("not (x < 0)", 1),
]


@pytest.mark.parametrize(("where", "rows"), CHOICES)
@pytest.mark.parametrize("of_source", [True, False])
@pytest.mark.parametrize("name", ["o.parquet", "o.csv"])
def test_conditions_see_no_value_where_a_number_is_not_finite(
    tmp_path: Path, name: str, where: str, rows: int, of_source: bool
) -> None:
    days = pl.Series(["2026-01-01", "2026-01-02", "2026-01-03"])
    frame = pl.DataFrame({"day": days.str.to_date(), "x": [1.0, NAN, float("-inf")]})
    if name.endswith("csv"):
        frame.write_csv(tmp_path / name)
    else:
        frame.write_parquet(tmp_path / name)
    source = SOURCE.format(path=name)
    source += f'where = "{where}"\n' if of_source else ""
    source += '[sources.s.columns]\ny = "coalesce(x, 0)"\n'
    cube = cube_of(tmp_path, source, ["count()", "sum(x)"], where=None if of_source else where)
    total = None if rows == 2 else 1
    assert all_of(cube) == {(): [rows, total]}
    assert len(told(cube, "non_finite")) == (rows == 2)


def test_unique_by_a_number_that_is_none(tmp_path: Path) -> None:
    frame = pl.DataFrame({"day": ["2026-01-01"] * 3, "x": [1.0, NAN, NAN], "v": [1, 2, 3]})
    frame.with_columns(pl.col("day").str.to_date()).write_parquet(tmp_path / "o.parquet")
    source = SOURCE.format(path="o.parquet") + 'unique_by = ["x"]\n'
    assert all_of(cube_of(tmp_path, source, ["sum(v)"])) == {(): [6]}


def test_a_second_look_is_taken_only_for_numbers_that_are_not_finite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    plan = compiling.make_plan

    def counted(*asked: Any) -> Plan:
        made.append(asked)
        return plan(*asked)

    monkeypatch.setattr(scan, "make_plan", counted)
    (tmp_path / "o.csv").write_text("day,x\n2026-01-01,1\n2026-01-02,\n")
    cube = cube_of(tmp_path, SOURCE.format(path="o.csv"), ["sum(x)"], where="is_null(x)")
    assert all_of(cube) == {(): [None]}
    assert len(made) == 1
