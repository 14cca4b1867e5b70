"""Workbooks, read by fastexcel: needs kpitree[excel], and XlsxWriter to write them."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from data.cubes import part_of, source_of
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube, CubeRequest, read_cube
from kpitree.errors import SourceError

# In CI, where these libraries are, nothing is skipped.
library = import_module if os.environ.get("CI") else pytest.importorskip
library("fastexcel")
xlsxwriter: Any = library("xlsxwriter")

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
HEADER = ["day", "amount", "stage"]
ROWS: list[list[Any]] = [
    [date(2026, 1, 5), 10, "won"],
    [date(2026, 1, 6), 20.5, "lost"],
    [date(2026, 2, 7), None, "won"],
]


def book(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    workbook = xlsxwriter.Workbook(str(path))
    days = workbook.add_format({"num_format": "yyyy-mm-dd"})
    times = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(at, column, value, times)
                elif isinstance(value, date):
                    sheet.write_datetime(at, column, datetime(*value.timetuple()[:3]), days)
                elif isinstance(value, str) and value.startswith("#"):
                    sheet.write_formula(at, column, "=NA()", None, value)
                else:
                    sheet.write(at, column, value)
    workbook.close()
    return path


def cube_of(path: Path, *measures: str, dimensions: tuple[str, ...] = (), **keys: Any) -> Cube:
    source = source_of(path, dimensions={name: name for name in dimensions}, **keys)
    parts = {part_of(text, "day"): text for text in measures}
    return read_cube(CubeRequest(source=source, parts=parts, dimensions=dimensions))


def value(path: Path, measure: str, **keys: Any) -> Any:
    return cube_of(path, measure, **keys).roll_up([YEAR])[measure].item()


def test_a_sheet_is_a_table(tmp_path: Path) -> None:
    path = book(tmp_path / "deals.xlsx", {"Deals": [HEADER, *ROWS]})
    cube = cube_of(path, "count()", "sum(amount)", "count(where=day >= '2026-01-06')",
                   dimensions=("stage",))  # fmt: skip
    assert cube.roll_up([YEAR], ("stage",)).rows() == [
        (0, "lost", 1.0, 20.5, 1.0),
        (0, "won", 2.0, 10.0, 1.0),
    ]
    assert cube.coverage == (date(2026, 1, 5), date(2026, 2, 7))
    assert cube.notices == ()


def test_several_sheets_want_to_be_told_apart(tmp_path: Path) -> None:
    path = book(tmp_path / "deals.xlsx", {"Notes": [["x"]], "Deals": [HEADER, *ROWS]})
    assert value(path, "sum(amount)", sheet="Deals") == 30.5
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)")
    assert str(caught.value) == "deals.xlsx: the workbook has 2 sheets: Notes, Deals"
    assert caught.value.hint == 'say which: sheet = "Notes"'
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)", sheet="Deal")
    assert (caught.value.message, caught.value.hint) == (
        "there is no sheet 'Deal'", "did you mean 'Deals'?"
    )  # fmt: skip


def test_a_column_of_numbers_and_texts(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, [date(2026, 3, 1), "open", "x"]]
    path = book(tmp_path / "deals.xlsx", {"Deals": rows})
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)")
    assert str(caught.value) == (
        "deals.xlsx, row 4 below the header: the column 'amount' is used as a number,"
        " but holds the text 'open'"
    )
    assert value(path, "sum(amount)", null_values=("open",)) == 30.5
    money = book(tmp_path / "money.xlsx", {"S": [HEADER, *ROWS, [date(2026, 3, 1), "€ 5,50", ""]]})
    assert value(money, "sum(amount)", clean={"*": "number"}) == 36.0


@pytest.mark.parametrize(
    ("texts", "keys", "expected"),
    [
        (["5,5 €"], {"clean": {"*": "number"}, "decimal": ","}, 6.734 + 1000.5 - 2.5),
        (["5,5"], {"decimal": ","}, 6.734 + 1000.5 - 2.5),
        (["5 €"], {"clean": {"*": "number"}}, 6.234 + 1000.5 - 2.5),
        (["5.5 €"], {"clean": {"*": "number"}, "decimal": "."}, 6.734 + 1000.5 - 2.5),
        (["1.234", "5,5 €"], {"clean": {"*": "number"}, "decimal": ","}, 1240.734 + 998.0),
        (["x"], {"null_values": ("x",)}, 1.234 + 998.0),
        (["x"], {"null_values": ("x",), "decimal": ","}, 1.234 + 998.0),
    ],
)
def test_numbers_beside_texts_are_no_texts(
    texts: list[str], keys: dict[str, Any], expected: float, tmp_path: Path
) -> None:
    """What decimal says is of texts: the cell 1.234 is that, the text 1.234 is 1234."""
    cells = [1.234, *texts, 1000.5, -2.5]
    rows: list[list[Any]] = [HEADER[:2], *([date(2026, 1, 5), cell] for cell in cells)]
    path = book(tmp_path / "deals.xlsx", {"S": rows})
    assert value(path, "sum(amount)", **keys) == pytest.approx(expected, rel=1e-12)


def test_a_text_beside_numbers_can_still_be_read_two_ways(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADER[:2], [date(2026, 1, 5), 1.5], [date(2026, 1, 5), "1.234"]]
    with pytest.raises(SourceError) as caught:
        value(book(tmp_path / "a.xlsx", {"S": rows}), "sum(amount)", clean={"*": "number"})
    assert str(caught.value) == (
        "a.xlsx, row 2 below the header: the number '1.234' in the column 'amount' can be read"
        " two ways"
    )


def test_nothing_is_said_of_columns_without_values(tmp_path: Path) -> None:
    """By fastexcel, which logs; pytest would catch that in its own process."""
    book(tmp_path / "deals.xlsx", {"S": [[*HEADER, "empty"], *ROWS]})
    (tmp_path / "t.toml").write_text(
        '[tree]\nname = "T"\n[sources.s]\npath = "deals.xlsx"\ntime = "day"\n'
        '[kpi.x]\nmeasure = "sum(amount)"\n'
    )
    command = [sys.executable, "-m", "kpitree", "eval", "t.toml", "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_error_cells_and_blank_rows_are_no_values(tmp_path: Path) -> None:
    bad: list[list[Any]] = [[date(2026, 3, 1), text, "x"] for text in ("#N/A", "n/a")]
    rows = [HEADER, *ROWS, *bad, [], [None, None, None], [None]]
    cube = cube_of(book(tmp_path / "deals.xlsx", {"S": rows}), "count()", "sum(amount)")
    assert cube.roll_up([YEAR]).rows() == [(0, 5.0, 30.5)]
    assert cube.notices == ()


def test_times_of_day_stay(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["day", "amount"],
        [datetime(2026, 1, 5, 23, 30), 1],
        [datetime(2026, 1, 6), 2],
    ]
    path = book(tmp_path / "deals.xlsx", {"S": rows})
    assert value(path, "count(where=hours_between('2026-01-05', day) > 23)") == 2.0


def test_dates_as_texts_name_their_row(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEADER, ["2026-01-05", 1, "x"], ["soon", 2, "x"]]
    with pytest.raises(SourceError) as caught:
        value(book(tmp_path / "deals.xlsx", {"S": rows}), "sum(amount)")
    assert caught.value.where == "deals.xlsx, row 2 below the header, column 'day'"


def test_several_workbooks_are_one_table(tmp_path: Path) -> None:
    book(tmp_path / "1.xlsx", {"S": [HEADER, *ROWS]})
    book(
        tmp_path / "2.xlsx",
        {"S": [["stage", "day", "amount", "x"], ["won", date(2026, 5, 1), "7", 1]]},
    )
    book(tmp_path / "3.xlsx", {"S": [["day", "amount"], [date(2026, 5, 1), 1]]})
    cube = cube_of(tmp_path / "*.xlsx", "sum(amount)", clean={"*": "number"}, dimensions=("stage",))
    assert cube.roll_up([YEAR], ("stage",)).rows() == [
        (0, "(none)", 1.0), (0, "lost", 20.5), (0, "won", 17.0)
    ]  # fmt: skip
    assert [notice.code for notice in cube.notices] == ["missing_columns"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "the sheet 'S' is empty"),
        ([["day", "amount", "amount"], [date(2026, 1, 5), 1, 2]],
         "two columns of the sheet 'S' are named 'amount'"),
        ([["Report"], [], HEADER, *ROWS], "the header stands in row 2 below the first one"),
        ([["Report"], HEADER[::2], *ROWS], "there is no column 'day', which time = 'day' of"),
    ],
)  # fmt: skip
def test_sheets_that_are_no_tables(rows: list[list[Any]], message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        value(book(tmp_path / "deals.xlsx", {"S": rows}), "sum(amount)")
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("contents", [b"", b"day,amount\n2026-01-05,1\n", b"PK\x03\x04 and more"])
def test_what_is_no_workbook(contents: bytes, tmp_path: Path) -> None:
    (tmp_path / "deals.xlsx").write_bytes(contents)
    with pytest.raises(SourceError) as caught:
        value(tmp_path / "deals.xlsx", "count()")
    assert caught.value.where == "deals.xlsx"
    assert caught.value.message.startswith("the workbook" if contents else "the file is empty")


@pytest.mark.parametrize(
    ("contents", "message", "hint"),
    [
        (b"day\tamount\r\n2026-01-05\t1\r\n", "the workbook is text that is only named so",
         "name it as what it is: deals.csv"),
        ("day\tamount\r\n".encode("utf-16"), "the workbook is text that is only named so",
         "name it as what it is: deals.csv"),
        (b"\xef\xbb\xbf\n<html><table>", "the workbook is HTML or XML that is only named so",
         "open it in a spreadsheet program, and save it as .xlsx or .csv"),
    ],
)  # fmt: skip
def test_exports_that_are_only_named_so(
    contents: bytes, message: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / "deals.xls").write_bytes(contents)
    with pytest.raises(SourceError) as caught:
        value(tmp_path / "deals.xls", "count()")
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_other_endings(tmp_path: Path) -> None:
    path = book(tmp_path / "deals.xlsm", {"Deals": [HEADER, *ROWS]})
    assert value(path, "sum(amount)") == 30.5
