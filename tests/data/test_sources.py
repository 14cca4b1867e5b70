"""The same rows from every kind of file, from patterns, folders, and standard input."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.cubes import part_of, source_of
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.data.files import found as files
from kpitree.errors import SourceError

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
MEASURES = ["count()", "sum(amount)", "n_unique(code)", "count(where=stage == 'won')"]
FIGURES = [(0, 3.0, 29.25, 2.0, 2.0)]
FRAME = pl.DataFrame(
    {
        "day": [date(2026, 1, 5), date(2026, 2, 6), date(2026, 2, 7)],
        "amount": [16.0, 13.25, None],
        "code": ["007", "7", "007"],
        "stage": ["won", "lost, or so", "won"],
    }
)


def as_csv(frame: pl.DataFrame, separator: str = ",") -> bytes:
    return frame.write_csv(separator=separator).encode()


def as_ndjson(frame: pl.DataFrame) -> bytes:
    rows = [{**row, "day": row["day"].isoformat()} for row in frame.to_dicts()]
    return "\n".join(json.dumps(row) for row in rows).encode()


def as_binary(write: Callable[[pl.DataFrame, io.BytesIO], Any]) -> bytes:
    buffer = io.BytesIO()
    write(FRAME, buffer)
    return buffer.getvalue()


KINDS: dict[str, bytes] = {
    "data.csv": as_csv(FRAME),
    "bom.csv": b"\xef\xbb\xbf" + as_csv(FRAME),
    "crlf.csv": as_csv(FRAME).replace(b"\n", b"\r\n"),
    "semicolon.csv": as_csv(FRAME, ";"),
    "tabs.tsv": as_csv(FRAME, "\t"),
    "pipes.txt": as_csv(FRAME, "|"),
    "packed.csv.gz": gzip.compress(as_csv(FRAME)),
    "data.ndjson": as_ndjson(FRAME),
    "data.jsonl": as_ndjson(FRAME),
    "data.parquet": as_binary(pl.DataFrame.write_parquet),
    "data.arrow": as_binary(pl.DataFrame.write_ipc),
    "data.feather": as_binary(pl.DataFrame.write_ipc),
}


@pytest.fixture(autouse=True)
def _fresh_input() -> Iterator[None]:
    yield
    files.spooled_input.cache_clear()


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_gives_the_same(name: str, tmp_path: Path, read: Callable[..., Cube]) -> None:
    (tmp_path / name).write_bytes(KINDS[name])
    cube = read(tmp_path / name, MEASURES)
    assert cube.roll_up([YEAR]).rows() == FIGURES
    assert cube.notices == ()


@pytest.mark.parametrize("name", ["data.csv", "data.ndjson", "data.parquet", "data.arrow"])
def test_standard_input_of_any_kind(
    name: str, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Cube]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(KINDS[name])))
    cube = read(Path("not there.csv"), MEASURES, request={"override": "-"})
    assert cube.roll_up([YEAR]).rows() == FIGURES
    january = Span(date(2026, 1, 1), date(2026, 1, 15), "half")
    assert cube.roll_up([january])["n_unique(code)"].to_list() == [1.0]  # from the rows, again


def test_mistakes_on_standard_input_are_named_so(
    monkeypatch: pytest.MonkeyPatch, read: Callable[..., Cube]
) -> None:
    text = b"day,amount\n2026-01-05,x\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    with pytest.raises(SourceError) as caught:
        read(Path("deals.csv"), ["sum(amount)"], request={"override": "-"})
    assert caught.value.where == "standard input, line 2"


def test_an_override_is_read_instead(tmp_path: Path, csv: Callable[[str], Path]) -> None:
    other = tmp_path / "other.csv"
    other.write_text("day\n2026-01-05\n")
    source = source_of(csv("day\n"))
    request = CubeRequest(
        source=source, parts={part_of("count()", "day"): "n"}, override=str(other)
    )
    assert read_cube(request).roll_up([YEAR])["n"].to_list() == [1.0]


def test_a_hive_folder_has_its_keys_as_columns(tmp_path: Path, read: Callable[..., Cube]) -> None:
    for region, rows in (("APAC", FRAME.head(1)), ("EMEA", FRAME.tail(2))):
        folder = tmp_path / "deals" / f"region={region}"
        folder.mkdir(parents=True)
        rows.write_parquet(folder / "part-0.parquet")
    cube = read(tmp_path / "deals", ["count()"], dimensions=("region",))
    assert cube.roll_up([YEAR], ("region",)).rows() == [(0, "APAC", 1.0), (0, "EMEA", 2.0)]


@pytest.mark.parametrize("name", ["data.csv", "data.ndjson", "data.parquet"])
def test_null_values_are_null(name: str, tmp_path: Path, read: Callable[..., Cube]) -> None:
    (tmp_path / name).write_bytes(KINDS[name])
    cube = read(tmp_path / name, ["count(code)", "count(where=stage != 'x')"],
                null_values=("007", "won"))  # fmt: skip
    assert cube.roll_up([YEAR]).rows() == [(0, 1.0, 1.0)]


def test_null_values_stand_among_numbers(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("day,amount\n2026-01-05,NULL\n2026-01-05,5\nNULL,7\n2026-01-06,\n")
    assert value(path, "sum(amount)", null_values=("NULL",)) == 5.0


def test_ndjson_keys_may_come_late_and_be_missing(
    tmp_path: Path, value: Callable[..., Any]
) -> None:
    lines = ['{"day": "2026-01-05"}'] * 1_500 + ['{"day": "2026-01-05", "amount": 2.5, "n": [1]}']
    path = tmp_path / "late.ndjson"
    path.write_text("\n".join(lines))
    assert value(path, "sum(amount)") == 2.5
    with pytest.raises(SourceError, match="there is no column 'amuont'"):
        value(path, "sum(amuont)")


def test_quoted_fields_may_hold_anything(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv('day,"amount, net",note\n2026-01-05,1,"a, ""b""\n\nc"\n2026-01-06,2,"x"\n')
    assert value(path, "sum(col('amount, net'))") == 3.0


def test_an_ignored_column_may_hold_what_it_likes(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("day,x,y\n2026-01-05,1,5\n2026-01-06,2,five\n")
    assert value(path, "sum(x)") == 3.0
    assert value(path, "count(y)") == 2.0
