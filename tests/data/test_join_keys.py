"""Keys of joins that are numbers of different kinds; and whose file a message names."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.joins import cube_of, whole
from kpitree.errors import SourceError

SOURCE = """[sources.s]
path = "o.{own}"
time = "day"
[sources.s.lookup.a]
path = "l.{theirs}"
on = "k"
"""
BIG = 2**53 + 1  # no float


def save(folder: Path, name: str, columns: dict[str, Any]) -> str:
    frame = pl.DataFrame(columns)
    kind = "csv" if frame["k"].dtype == pl.String else "parquet"
    write = frame.write_csv if kind == "csv" else frame.write_parquet
    write(folder / f"{name}.{kind}")
    return kind


@pytest.mark.parametrize(
    ("own", "theirs", "found"),
    [
        (BIG, float(BIG - 1), 0),
        (BIG - 1, float(BIG - 1), 1),
        (str(BIG), float(BIG - 1), 0),
        (str(BIG - 1), float(BIG - 1), 1),
        (7, 7.0, 1),
        (7, 7.5, 0),
        (2**63 - 1, 2.0**63, 0),
        ("1e1", 10, 1),
        ("1e1", 10.0, 1),
        ("1.5e1", 15, 1),
        ("1.55e1", 15, 0),
        ("7.5", 7, 0),
        ("7.5", 7.5, 1),
        ("007", 7, 1),
        ("007", 7.0, 1),
        ("-7.00", -7, 1),
        ("1e400", 7, 0),
        ("1765432109876543210", 1765432109876543210, 1),
        ("1765432109876543211", 1765432109876543210, 0),
        ("99999999999999999999999", 7, 0),
        ("abc", 7.0, 0),
    ],
    ids=repr,
)
def test_numbers_are_equal_when_they_are(
    tmp_path: Path, own: object, theirs: object, found: int
) -> None:
    for one, other in ((own, theirs), (theirs, own)):
        mine = save(tmp_path, "o", {"day": ["2026-01-01"], "k": [one]})
        yours = save(tmp_path, "l", {"k": [other], "y": [5]})
        source = SOURCE.format(own=mine, theirs=yours)
        assert whole(cube_of(tmp_path, source, ["count(a.y)"])) == found


def test_a_whole_number_beyond_64_bits_and_a_float(tmp_path: Path) -> None:
    for own, found in ((2**63 + 1, 0), (2**63, 1)):
        keys = pl.Series([own], dtype=pl.UInt64)
        save(tmp_path, "o", {"day": ["2026-01-01"], "k": keys})
        save(tmp_path, "l", {"k": [2.0**63], "y": [5]})
        source = SOURCE.format(own="parquet", theirs="parquet")
        assert whole(cube_of(tmp_path, source, ["count(a.y)"])) == found


def test_a_message_names_the_file_that_the_column_is_of(tmp_path: Path) -> None:
    save(tmp_path, "o", {"day": ["2026-01-01"], "k": [7], "x": [1.0]})
    save(tmp_path, "l", {"k": ["7"], "y": ["abc"], "z": ["1"]})
    source = SOURCE.format(own="parquet", theirs="csv")
    for measure in ("count(where=a.y > x)", "count(where=x > a.y)"):
        with pytest.raises(SourceError) as refused:
            cube_of(tmp_path, source, [measure])
        assert str(refused.value.where).endswith("l.csv")
        assert refused.value.hint == "if the texts are numbers, say so: a.y * 1"
    assert whole(cube_of(tmp_path, source, ["count(where=a.z * 1 >= x)"])) == 1


def test_a_flag_may_be_missing_in_the_first_file(tmp_path: Path) -> None:
    source = '[sources.s]\npath = "f*.csv"\ntime = "day"\n'
    for empty, full in (("f1", "f2"), ("f3", "f2")):
        for old in tmp_path.glob("f*.csv"):
            old.unlink()
        (tmp_path / f"{empty}.csv").write_text("day,b\n2026-01-01,\n")
        (tmp_path / f"{full}.csv").write_text("day,b\n2026-01-02,true\n2026-01-03,false\n")
        assert whole(cube_of(tmp_path, source, ["count(where=b)"])) == 1
    for name, lines in (("n1", ["null", "null"]), ("n2", ["true", "false"])):
        rows = (f'{{"day": "2026-01-02", "b": {line}}}\n' for line in lines)
        (tmp_path / f"{name}.ndjson").write_text("".join(rows))
    assert whole(cube_of(tmp_path, source.replace("f*.csv", "n*.ndjson"), ["count(where=b)"])) == 1
    (tmp_path / "f2.csv").write_text("day,b\n2026-01-02,\n")
    assert whole(cube_of(tmp_path, source, ["count(where=b)"])) == 0
    (tmp_path / "f2.csv").write_text("day,b\n2026-01-02,\n2026-01-03,perhaps\n")
    with pytest.raises(SourceError, match="such as 'perhaps'"):
        cube_of(tmp_path, source, ["count(where=b)"])


def test_the_first_text_that_is_no_date_is_named(tmp_path: Path) -> None:
    good = "2026-01-01,1\n" * 30_000
    for name in ("f1", "f2"):
        (tmp_path / f"{name}.csv").write_text("day,x\n" + good + "zzz,1\nhuh,1\n" + "aaa,1\n" * 50)
    source = '[sources.s]\npath = "f*.csv"\ntime = "day"\n'
    for _ in range(5):
        with pytest.raises(SourceError, match="'zzz'") as refused:
            cube_of(tmp_path, source, ["count()"])
        assert "(f1.csv), line 30002" in str(refused.value.where)
