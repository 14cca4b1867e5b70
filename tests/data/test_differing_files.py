"""Files of one source that differ: in their columns, the order of these, and their types."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube
from kpitree.errors import SourceError

Writer = Callable[[pl.DataFrame, Path], Any]
WRITERS: dict[str, Writer] = {
    "csv": lambda frame, path: frame.write_csv(path),
    "ndjson": lambda frame, path: path.write_text(
        "\n".join(json.dumps(row, default=str) for row in frame.to_dicts())
    ),
    "parquet": lambda frame, path: frame.write_parquet(path),
    "arrow": lambda frame, path: frame.write_ipc(path),
}
FIRST = pl.DataFrame({"day": [date(2026, 1, 5)], "amount": [1], "stage": ["won"]})


def folder_of(folder: Path, kind: str, *frames: pl.DataFrame) -> Path:
    for number, frame in enumerate(frames):
        WRITERS[kind](frame, folder / f"{number}.{kind}")
    return folder / f"*.{kind}"


def measured(read: Callable[..., Cube], path: Path, measure: str, **keys: Any) -> Any:
    cube = read(path, [measure], **keys)
    return cube.roll_up([Span(date(1, 1, 1), date(9999, 1, 1), "all")])[measure].item()


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("turned", [False, True])
def test_columns_may_stand_in_any_order_and_be_more(
    kind: str, turned: bool, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    other = pl.DataFrame(
        {"note": ["x"], "stage": ["lost"], "day": [date(2026, 1, 6)], "amount": [2.5]}
    )
    frames = [other, FIRST] if turned else [FIRST, other]
    path = folder_of(tmp_path, kind, *frames)
    assert measured(read, path, "sum(amount)") == 3.5
    assert measured(read, path, "sum(amount, where=stage == 'lost')") == 2.5
    cube = read(path, ["sum(amount)"])
    assert cube.notices == ()  # nothing in use is lacking


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_column_may_be_missing_in_some(
    kind: str, turned: bool, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    without = pl.DataFrame({"amount": [2], "day": [date(2026, 1, 6)]})
    frames = [without, FIRST, without] if turned else [FIRST, without, without]
    path = folder_of(tmp_path, kind, *frames)
    cube = read(path, ["count()", "sum(amount)"], dimensions=("stage",))
    rows = {row[1]: row[2:] for row in _by_stage(cube)}
    assert rows == {"(none)": (2.0, 4.0), "won": (1.0, 1.0)}
    messages = [] if kind == "ndjson" else [
        f"2 files have no column 'stage', of 3 in *.{kind}: no value there"
    ]  # fmt: skip
    assert [notice.message for notice in cube.notices] == messages


def _by_stage(cube: Cube) -> list[tuple[Any, ...]]:
    span = Span(date(2026, 1, 1), date(2026, 2, 1), "2026-01")
    return cube.roll_up([span], ("stage",)).rows()


TYPES: dict[str, tuple[list[pl.Series], str, dict[str, Any], float]] = {
    "widths of whole numbers": (
        [pl.Series([1], dtype=pl.Int8), pl.Series([2], dtype=pl.Int64),
         pl.Series([3], dtype=pl.UInt32)],
        "sum(x)", {}, 6.0,
    ),
    "whole and broken": ([pl.Series([1]), pl.Series([2.5])], "sum(x)", {}, 3.5),
    "floats of two widths": (
        [pl.Series([0.5], dtype=pl.Float32), pl.Series([2.5])], "sum(x)", {}, 3.0,
    ),
    "decimals": (
        [pl.Series([Decimal("1.25")]), pl.Series([Decimal("2.125")]), pl.Series([1])],
        "sum(x)", {}, 4.375,
    ),
    "nothing at all and numbers": (
        [pl.Series([None], dtype=pl.Null), pl.Series([2])], "sum(x)", {}, 2.0,
    ),
    "flags and numbers": ([pl.Series([True]), pl.Series([2])], "sum(x)", {}, 3.0),
    "texts that are cleaned": (
        [pl.Series(["$1,000.50"]), pl.Series([2])], "sum(x)", {"clean": {"x": "number"}}, 1002.5,
    ),
    "categories and texts": (
        [pl.Series(["a"], dtype=pl.Categorical), pl.Series(["a"]),
         pl.Series(["b"], dtype=pl.Enum(["a", "b"]))],
        "count(where=x == 'a')", {}, 2.0,
    ),
    "whole numbers among codes": (
        [pl.Series(["007"]), pl.Series([7])], "count(where=x == '7')", {}, 1.0,
    ),
    "yes and true": (
        [pl.Series(["yes"]), pl.Series([True]), pl.Series([0])],
        "count(where=x)", {"clean": {"x": "boolean"}}, 2.0,
    ),
    "dates and instants": (
        [pl.Series([date(2026, 1, 5)]), pl.Series([datetime(2026, 1, 6, 12)])],
        "count(where=x > '2026-01-05')", {}, 1.0,
    ),
    "units of time": (
        [pl.Series([datetime(2026, 1, 5)], dtype=pl.Datetime("ms")),
         pl.Series([datetime(2026, 1, 6)], dtype=pl.Datetime("ns"))],
        "count(where=x > '2026-01-05')", {}, 1.0,
    ),
    "zones": (
        [pl.Series([datetime(2026, 1, 5, tzinfo=UTC)]),
         pl.Series([datetime(2026, 1, 5, tzinfo=UTC)]).dt.convert_time_zone("Asia/Tokyo")],
        "n_unique(x)", {}, 1.0,
    ),
    "dates and texts": (
        [pl.Series([date(2026, 1, 5)]), pl.Series(["2026-01-06"])],
        "count(where=year(x) == 2026)", {}, 2.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
@pytest.mark.parametrize("name", TYPES)
def test_types_that_go_together(
    name: str, kind: str, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    series, measure, keys, expected = TYPES[name]
    frames = [pl.DataFrame({"day": [date(2026, 1, 5)], "x": column}) for column in series]
    for order in (frames, frames[::-1]):
        path = folder_of(tmp_path, kind, *order)
        assert measured(read, path, measure, **keys) == expected


@pytest.mark.parametrize(
    ("one", "other", "measure", "keys", "message"),
    [
        ([1], ["x"], "sum(x)", {}, "holds texts here, and numbers in 0.parquet"),
        ([1.5], ["x"], "count(where=x == '1')", {}, "holds texts here, and numbers in 0.parquet"),
        ([datetime(2026, 1, 5)], [datetime(2026, 1, 5, tzinfo=UTC)], "count(x)", {},
         "holds points in time of UTC here, and points in time in 0.parquet"),
        ([date(2026, 1, 5)], [datetime(2026, 1, 5)], "count(x)", {"time_zone": "UTC"},
         "holds points in time here, and dates in 0.parquet"),
        ([date(2026, 1, 5)], [20260105], "count(x)", {}, "holds numbers here, and dates in"),
        ([[1]], [1], "count(x)", {}, "holds numbers here, and List(Int64) in 0.parquet"),
    ],
)  # fmt: skip
def test_types_that_do_not(
    one: list[Any], other: list[Any], measure: str, keys: dict[str, Any], message: str,
    tmp_path: Path, read: Callable[..., Cube],
) -> None:  # fmt: skip
    frames = [pl.DataFrame({"day": [date(2026, 1, 5)], "x": x}) for x in (one, other)]
    path = folder_of(tmp_path, "parquet", *frames)
    with pytest.raises(SourceError) as caught:
        read(path, [measure], **keys)
    assert caught.value.message.startswith(f"the column 'x' {message}")
    assert caught.value.where == "*.parquet (1.parquet)"
    assert measured(read, path, "count()", **keys) == 2.0  # nobody uses it there


def test_what_nobody_uses_costs_no_second_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Cube]
) -> None:
    frames = [FIRST.with_columns(extra=pl.lit(1)), FIRST.with_columns(extra=pl.lit("x")),
              FIRST, FIRST.select("stage", "day", "amount", other=pl.lit(2))]  # fmt: skip
    scans = []
    scan = pl.scan_parquet

    def counted(*given: Any, **how: Any) -> pl.LazyFrame:
        scans.append(given)
        return scan(*given, **how)

    monkeypatch.setattr(pl, "scan_parquet", counted)
    assert measured(read, folder_of(tmp_path, "parquet", *frames), "sum(amount)") == 4.0
    assert len(scans) == 1


def test_a_folder_of_keys_with_files_that_differ(tmp_path: Path, read: Callable[..., Cube]) -> None:
    for key, frame in {
        "1": FIRST, "2": FIRST.with_columns(amount=pl.lit(2.5)), "x": FIRST.drop("stage")
    }.items():  # fmt: skip
        folder = tmp_path / "deals" / f"region={key}"
        folder.mkdir(parents=True)
        frame.write_parquet(folder / "part.parquet")
    cube = read(tmp_path / "deals", ["sum(amount)"], dimensions=("region", "stage"))
    span = Span(date(2026, 1, 1), date(2026, 2, 1), "2026-01")
    assert cube.roll_up([span], ("region", "stage")).rows() == [
        (0, "1", "won", 1.0), (0, "2", "won", 2.5), (0, "x", "(none)", 1.0),
    ]  # fmt: skip


# --- text files -----------------------------------------------------------------------------------


def test_files_of_csv_may_be_written_in_different_ways(
    tmp_path: Path, read: Callable[..., Cube]
) -> None:
    for name, contents in {
        "1.csv": b"day,amount,stage\n2026-01-05,1,won\n",
        "2.csv": b"sep=;\nstage;day;amount\nwon;2026-01-05;2\n",
        "3.csv": "amount\tday\n4\t2026-01-05\n".encode("utf-16"),
        "4.csv": b"\xef\xbb\xbfday|stage|amount|\r\n2026-01-05|lost|8|\r\n",
        "5.csv": b"",
        "6.csv": b"day,amount,stage\n",
        "7.csv": b"\n\n",
    }.items():
        (tmp_path / name).write_bytes(contents)
    path = tmp_path / "*.csv"
    assert measured(read, path, "sum(amount)") == 15.0
    assert measured(read, path, "sum(amount, where=stage == 'won')") == 3.0
    cube = read(path, ["count()"], dimensions=("stage",))
    assert [notice.message for notice in cube.notices] == [
        "2 files are empty and left out: *.csv (5.csv) …",
        "1 file has no column 'stage', of 5 in *.csv: no value there",
    ]


def test_mistakes_name_the_file_among_others(tmp_path: Path, read: Callable[..., Cube]) -> None:
    (tmp_path / "1.csv").write_text("day,amount\n2026-01-05,1\n")
    (tmp_path / "2.csv").write_text('sep=;\nx;amount;day\n"a\nb";1;2026-01-05\n;two;2026-01-05\n')
    with pytest.raises(SourceError, match="holds the text 'two'") as caught:
        measured(read, tmp_path / "*.csv", "sum(amount)")
    assert caught.value.where == "*.csv (2.csv), line 5"
    (tmp_path / "2.csv").write_text("sep=;\nx;amount;day\n1;1;2026-01-05\n1;2\n")
    with pytest.raises(SourceError, match="line 4 has 2 fields, the header has 3") as caught:
        measured(read, tmp_path / "*.csv", "sum(amount)")
    assert caught.value.where == "*.csv (2.csv), line 4"


def test_keys_of_ndjson_may_begin_in_any_file(tmp_path: Path, read: Callable[..., Cube]) -> None:
    (tmp_path / "1.ndjson").write_text('{"day": "2026-01-05", "n": 1}\n')
    (tmp_path / "2.ndjson").write_text("\n")
    (tmp_path / "3.ndjson").write_text('{"stage": "won", "n": "2.5", "day": "2026-01-05"}\n')
    path = tmp_path / "*.ndjson"
    assert measured(read, path, "count(where=stage == 'won')") == 1.0
    assert measured(read, path, "sum(n)", clean={"n": "number"}) == 3.5
    with pytest.raises(SourceError) as caught:
        measured(read, path, "sum(n)")
    assert caught.value.where == "*.ndjson (3.ndjson), line 1"


def test_the_first_of_two_numbers_decides_nothing(
    tmp_path: Path, read: Callable[..., Cube]
) -> None:
    (tmp_path / "1.csv").write_text("day,x\n2026-01-05,1\n")
    (tmp_path / "2.csv").write_text("day,x\n2026-01-05,abc\n")
    assert measured(read, tmp_path / "*.csv", "count(where=x == 'abc')") == 1.0
    buffer = io.StringIO("day,x\n2026-01-05,2.5\n")
    (tmp_path / "2.csv").write_text(buffer.getvalue())
    assert measured(read, tmp_path / "*.csv", "sum(x)") == 3.5


LOST = {
    # what the second file holds: its first row, then rows; the measure; what is said of it
    "no header": (
        ["2026-01-07,1", "2026-01-08,1"], "sum(amount)",
        "there is no column 'amount': the first line seems to hold data",
        "write the names of the columns into the first line, now '2026-01-07,1'",
    ),
    "other case": (
        ["Day,Amount", "2026-01-07,1"], "sum(amount)",
        "there is no column 'day', which other files have",
        "did you mean 'Day'? a column has one name in all files",
    ),
    "a space before it": (
        ["day, amount", "2026-01-07,1"], "sum(amount)",
        "there is no column 'amount', which other files have",
        "did you mean ' amount'? a column has one name in all files",
    ),
    "a letter more": (
        ["day,amounts", "2026-01-07,1"], "sum(amount)",
        "there is no column 'amount', which other files have",
        "did you mean 'amounts'? a column has one name in all files",
    ),
    "letters exchanged": (
        ["day,amuont", "2026-01-07,1"], "sum(amount)",
        "there is no column 'amount', which other files have",
        "did you mean 'amuont'? a column has one name in all files",
    ),
    "no time": (
        ["when,amount", "2026-01-07,1"], "sum(amount)",
        "there is no column 'day', which other files have, so no row would count",
        "known names: amount, when",
    ),
    "lines before the header": (
        ["Report", "day,amount", "2026-01-07,1"], "sum(amount)",
        "the header stands in line 2",
        "remove the lines before it: the first line names the columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("turned", [False, True])
def test_no_file_loses_its_rows(
    name: str, turned: bool, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    lines, measure, message, hint = LOST[name]
    first, second = ("1.csv", "0.csv") if turned else ("0.csv", "1.csv")
    (tmp_path / first).write_text("day,amount\n2026-01-05,5\n2026-01-06,7.5\n")
    (tmp_path / second).write_text("\n".join(lines) + "\n")
    with pytest.raises(SourceError) as caught:
        measured(read, tmp_path / "*.csv", measure)
    assert (caught.value.message, caught.value.where, caught.value.hint) == (
        message, f"*.csv ({second})", hint
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_nor_one_with_types(kind: str, tmp_path: Path, read: Callable[..., Cube]) -> None:
    path = folder_of(tmp_path, kind, FIRST, FIRST.rename({"amount": "Amount"}))
    with pytest.raises(SourceError) as caught:
        measured(read, path, "sum(amount)")
    assert caught.value.where == f"*.{kind} (1.{kind})"
    assert caught.value.hint.startswith("did you mean 'Amount'?")
    assert measured(read, path, "count()") == 2.0


def test_columns_that_stand_beside_each_other_are_two(
    tmp_path: Path, read: Callable[..., Cube]
) -> None:
    both = FIRST.with_columns(amounts=pl.lit(7))
    path = folder_of(tmp_path, "csv", both, both.drop("amount"))
    assert measured(read, path, "sum(amount)") == 1.0


@pytest.mark.parametrize("where", ["*.csv", "."])
def test_locks_of_open_files_are_no_data(
    where: str, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    FIRST.write_csv(tmp_path / "a.csv")
    (tmp_path / "~$a.csv").write_bytes(b"\x05Ada  \x00\x00")
    assert measured(read, tmp_path / where, "sum(amount)") == 1.0


@pytest.mark.parametrize("pattern", ["**/*.parquet", "d/*/*.parquet", "d/y=*/0.parquet", "d"])
def test_patterns_through_folders_with_keys(
    pattern: str, tmp_path: Path, read: Callable[..., Cube]
) -> None:
    for year, amount in ((2025, 1.0), (2026, 10.0)):
        folder = tmp_path / "d" / f"y={year}"
        folder.mkdir(parents=True)
        day = pl.lit(date(year, 1, 5)).alias("day")
        FIRST.select(day, pl.lit(amount).alias("amount")).write_parquet(folder / "0.parquet")
    assert measured(read, tmp_path / pattern, "sum(amount, where=y == 2026)") == 10.0
    assert measured(read, tmp_path / pattern, "sum(amount)") == 11.0
