"""Files as they come: each mistake is named with file, line, column and value, and a way out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kpitree.errors import SourceError, TreeError

GOOD = "day,amount,stage\n2026-01-05,10,won\n2026-01-06,20.5,lost\n"


def no_date(text: str) -> str:
    return (
        f"if it stands for no date, say so: null_values = [{text!r}]; "
        "else write it as the first ones are"
    )


# name: file contents, measure, keys of the source, where, message, hint
MESSY: dict[str, tuple[bytes | str, str, dict[str, Any], str, str, str]] = {
    "empty": ("", "count()", {}, "data.csv", "the file is empty", ""),
    "blank": ("\n\n", "count()", {}, "data.csv", "the file is empty", ""),
    "missing column": (
        GOOD, "sum(amout)", {}, "data.csv",
        "there is no column 'amout', which sum(amout) names", "did you mean 'amount'?",
    ),
    "missing time": (
        GOOD, "count()", {"time": "date"}, "data.csv",
        "there is no column 'date', which time = 'date' of [sources.data] names",
        "known names: amount, day, stage",
    ),
    "missing column of where": (
        GOOD, "count(where=stge == 'won')", {}, "data.csv",
        "there is no column 'stge', which the where of count() names", "did you mean 'stage'?",
    ),
    "text for number": (
        GOOD + "2026-01-07,unknown,won\n", "sum(amount)", {}, "data.csv, line 4",
        "the column 'amount' is used as a number, but holds the text 'unknown'",
        "if it stands for no value, say so: null_values = ['unknown']",
    ),
    "thousands": (
        GOOD + '2026-01-07,"1,234.50",won\n', "sum(amount)", {}, "data.csv, line 4",
        "the column 'amount' is used as a number, but holds the text '1,234.50'",
        'if it is a number written for people, say so: clean = { amount = "number" }',
    ),
    "number both ways": (
        GOOD + "2026-01-07,x7,won\n", "sum(amount, where=amount != 'n')", {}, "data.csv, line 4",
        "the column 'amount' is used as a number, but holds the text 'x7'",
        "write it as a number, such as 1234.5",
    ),
    "too many fields": (
        GOOD + "2026-01-07,1,234,won\n", "sum(amount)", {}, "data.csv, line 4",
        "line 4 has 4 fields, the header has 3",
        "put a text that holds the separator in double quotes",
    ),
    "too few fields": (
        GOOD + "2026-01-07,30\n2026-01-08,40,won\n", "sum(amount)", {}, "data.csv, line 4",
        "line 4 has 2 fields, the header has 3",
        "put a text that holds the separator in double quotes",
    ),
    "too few after a quoted line break": (
        'day,amount,stage\n2026-01-05,10,"a\nb"\n2026-01-06,5\n', "count()", {},
        "data.csv, line 4", "line 4 has 2 fields, the header has 3",
        "put a text that holds the separator in double quotes",
    ),
    "not UTF-8": (
        GOOD.encode() + "2026-01-07,1,gelöst\n".encode("latin1"), "count(where=stage == 'won')", {},
        "data.csv, line 4", "the text is not UTF-8",
        'say how it is written, such as encoding = "windows-1252"',
    ),
    "not UTF-8 in the header": (
        "day,Größe\n2026-01-05,1\n".encode("latin1"), "count()", {}, "data.csv, line 1",
        "the text is not UTF-8",
        'say how it is written, such as encoding = "windows-1252"',
    ),
    "repeated column": (
        "day,amount,amount\n2026-01-05,1,2\n", "sum(amount)", {}, "data.csv",
        "two columns are named 'amount'", "",
    ),
    "two ways": (
        "day,amount\n03/04/2018,1\n", "sum(amount)", {}, "data.csv, line 2, column 'day'",
        "the date '03/04/2018' can be read two ways",
        'say which: time_format = "%d/%m/%Y" or "%m/%d/%Y"',
    ),
    "two ways, dots": (
        "day,amount\n3.4.18,1\n", "sum(amount)", {}, "data.csv, line 2, column 'day'",
        "the date '3.4.18' can be read two ways",
        'say which: time_format = "%d.%m.%y" or "%m.%d.%y"',
    ),
    "no date": (
        "day,amount\nMonday,1\n", "sum(amount)", {}, "data.csv, line 2, column 'day'",
        "the text 'Monday' is no date of the form 2026-01-31",
        (
            "if it stands for no date, say so: null_values = ['Monday']; "
            "else say how it is written: time_format"
        ),
    ),
    "a date as a number": (
        "day,amount\n20260105,1\n", "sum(amount)", {}, "data.csv, line 2, column 'day'",
        "the text '20260105' is no date of the form 2026-01-31",
        'say how it is written, such as time_format = "%Y%m%d"',
    ),
    "a bad date late": (
        "day,amount\n" + "2026-01-05,1\n" * 300 + "n/a,1\n", "sum(amount)", {},
        "data.csv, line 302, column 'day'",
        "the text 'n/a' is no date of the form 2026-01-31",
        no_date('n/a'),
    ),
    "a day that is none": (
        "day,amount\n2026-02-28,1\n2026-02-30,1\n", "sum(amount)", {},
        "data.csv, line 3, column 'day'",
        "the text '2026-02-30' is no date of the form 2026-01-31",
        "write it as the first ones are",
    ),
    "another format": (
        "day,amount\n2026-02-28,1\n", "sum(amount)", {"time_format": "%d/%m/%Y"},
        "data.csv, line 2, column 'day'",
        "the text '2026-02-28' is no date of the format '%d/%m/%Y'",
        "write it as the first ones are",
    ),
    "open quote": (
        GOOD + '2026-01-07,1,"won\n', "count(where=stage == 'won')", {},
        "data.csv, line 4", "a double quote opens a text here, and none closes it",
        'put the text in double quotes, and write one inside it twice: "5"" pipe"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSY)
def test_a_messy_csv_is_named(name: str, tmp_path: Path, value: Callable[..., Any]) -> None:
    contents, measure, keys, where, message, hint = MESSY[name]
    path = tmp_path / "data.csv"
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    with pytest.raises(SourceError) as caught:
        value(path, measure, **keys)
    error = caught.value
    assert error.exit_code == 3
    assert error.where == where
    assert (error.message, error.hint) == (message, hint)
    assert "polars" not in str(error).lower()


def test_a_missing_file_names_the_nearest(tmp_path: Path, value: Callable[..., Any]) -> None:
    (tmp_path / "deals.csv").write_text(GOOD)
    with pytest.raises(SourceError, match="there is no such file") as caught:
        value(tmp_path / "deels.csv", "count()")
    assert caught.value.hint == "did you mean 'deals.csv'?"


@pytest.mark.parametrize(
    ("name", "contents", "message"),
    [
        ("a.parquet", b"PAR1 and then nothing", "this is no whole Parquet file"),
        ("a.parquet", b"", "the file is empty"),
        ("a.arrow", b"ARROW1 and then nothing", "this is no whole Arrow file"),
        ("a.ndjson", b"", "the file is empty"),
        ("a.ndjson", b'{"day":"2026-01-05"}\n{"day": oops}\n', "line 2: this line is no JSON"),
        ("a.ndjson", b'{"day":"2026-01-05","amount":"x"}\n', "line 1: the column 'amount' is used"),
        ("a.ndjson", b'{"day":"2026-01-05","amount":NaN}\n', "line 1: NaN is no JSON"),
        (
            "a.ndjson",
            b'{"day":"2026-01-05"}\n\n{"day":"2026-01-05","amount":-Infinity}',
            "line 3: -Infinity is no JSON",
        ),
        (
            "a.ndjson",
            b'{"day":"2026-01-05","amount":1}\n{"day":"2026-01-05","amount":true}\n',
            "line 2: the column 'amount' is used as a number, but holds true",
        ),
        ("a.xyz", b"?", "its name does not tell what kind of file it is"),
    ],
)
def test_a_broken_file_of_another_kind(
    name: str, contents: bytes, message: str, tmp_path: Path, value: Callable[..., Any]
) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(SourceError, match=message) as caught:
        value(tmp_path / name, "sum(amount)")
    assert name in caught.value.where


def test_folders_and_patterns(tmp_path: Path, value: Callable[..., Any]) -> None:
    with pytest.raises(SourceError, match="the folder holds no data files"):
        value(tmp_path, "count()")
    with pytest.raises(SourceError, match="no file matches this pattern"):
        value(tmp_path / "*.csv", "count()")
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").write_text(GOOD)
    (tmp_path / "README.md").write_text("words beside the data are no data")
    assert value(tmp_path, "sum(amount)") == 61.0
    assert value(tmp_path / "*.csv", "count()") == 4.0
    pl.DataFrame({"day": []}).write_parquet(tmp_path / "c.parquet")
    with pytest.raises(SourceError, match="several kinds stand together: CSV, Parquet"):
        value(tmp_path, "count()")


TYPED: dict[str, tuple[str, dict[str, str], str, str]] = {
    "text summed": ("sum(stage)", {}, "the column 'stage' holds texts, and sum(stage) needs", ""),
    "text times number": ("sum(stage * 2)", {}, "the column 'stage' holds texts, and sum(…)", ""),
    "text with number": (
        "count(where=stage == 5)", {},
        "the column 'stage' holds texts and cannot be compared with the number 5, as", "'5'",
    ),
    "number with text": (
        "count(where=amount == '5')", {},
        "the column 'amount' holds numbers and cannot be compared with the text '5', as",
        "numbers stand without quotes",
    ),
    "number as text": (
        "count(where=starts_with(amount, '1'))", {},
        "the column 'amount' holds numbers, and the where of count() needs texts", "",
    ),
    "date summed": ("sum(day)", {}, "the column 'day' holds dates, and sum(day) needs numbers",
                    "days_between"),
    "date with another text": (
        "count(where=day > 'Monday')", {}, "the text 'Monday' is no date", "'2026-01-31'",
    ),
    "number as time": (
        "count()", {"time": "amount"}, "the column 'amount' holds numbers, and time = 'amount'",
        "date(year, month, day)",
    ),
    "number as condition": (
        "count(where=amount and flag)", {}, "the column 'amount' holds numbers, and the where",
        "write a comparison",
    ),
    "list as dimension": (
        "count(where=tags == 'a')", {}, "the column 'tags' holds values of a kind that", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPED)
def test_a_column_of_the_wrong_kind(
    name: str, parquet: Callable[..., Path], value: Callable[..., Any]
) -> None:
    measure, keys, message, hint = TYPED[name]
    day = pl.Series([20_000], dtype=pl.Int32).cast(pl.Date)
    columns = {"day": day, "amount": [1], "stage": ["won"], "flag": [True], "tags": [["a"]]}
    with pytest.raises(SourceError) as caught:
        value(parquet(columns), measure, **keys)
    assert caught.value.message.startswith(message)
    assert hint in caught.value.hint
    assert caught.value.where == "data.parquet"


def test_a_broken_regular_expression_is_a_mistake_of_the_tree(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    with pytest.raises(TreeError) as caught:
        value(csv(GOOD), "count(where=matches(stage, '('))")
    assert caught.value.message == (
        "'(', used in the where of count(), is no regular expression: unclosed group"
    )
    assert caught.value.hint == "for a plain piece of text use contains(x, '…')"
    assert caught.value.exit_code == 2


def test_spaces_before_a_number_are_let_pass(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    assert value(csv("day,x\n2026-01-01, 1\n2026-01-02,  2.5\n"), "sum(x)") == 3.5
    with pytest.raises(SourceError) as caught:
        value(csv("day,x\n2026-01-01, 1\n2026-01-02,2 \n"), "sum(x)")
    assert caught.value.where == "data.csv, line 3"
