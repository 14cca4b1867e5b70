"""Quotes: whatever a CSV writer writes is let pass, and a quote too many is found."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.data.files.found import Files, Kind
from kpitree.data.files.quotes import refuse_bad_quotes
from kpitree.errors import SourceError

texts = st.text(st.sampled_from('ab",;|\t\n'), max_size=6)
tables = st.lists(st.lists(texts, min_size=2, max_size=3), min_size=1, max_size=6)
separators = st.sampled_from(",;|\t")


def written(table: list[list[str]], separator: str, quoting: int) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type] # a constant of csv
    writer.writerows(table)
    return buffer.getvalue()


def look(text: str, separator: str, folder: Path) -> None:
    path = folder / "quotes.csv"
    path.write_text(text, "utf-8", newline="")
    refuse_bad_quotes(Files(kind=Kind.CSV, shown="data.csv", paths=(str(path),)), separator)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("quotes")


@given(
    table=tables, separator=separators, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
)
def test_what_a_writer_writes_is_let_pass(
    table: list[list[str]], separator: str, quoting: int, folder: Path
) -> None:
    text = written(table, separator, quoting)
    look(text, separator, folder)
    look(text.replace("\n", "\r\n"), separator, folder)


@given(table=tables, separator=separators, at=st.integers(min_value=0))
def test_a_quote_too_many_is_found(
    table: list[list[str]], separator: str, at: int, folder: Path
) -> None:
    text = written(table, separator, csv.QUOTE_MINIMAL)
    at %= len(text) + 1
    with pytest.raises(SourceError, match="a double quote"):
        look(text[:at] + '"' + text[at:], separator, folder)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,5" pipe\n2,x\n', 2),
        ('a,b\n1,"x\ny"\n2,5" pipe\n3,6" pipe\n', 4),
        ('a,b\n1,"x\ny\n2,"z"\n', 2),
        ('a,b\n1,"x" y\n', 2),
        ('a,b\n1,"x ""y"" z"\n2,"x\n', 3),
        ('a,b\n1,"x"\n"2,"y","z"\n', 3),
    ],
)
def test_the_line_is_named(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        look(text, ",", tmp_path)
    assert caught.value.where == f"data.csv, line {line}"


def test_pairs_inside_a_plain_field_are_let_pass(tmp_path: Path) -> None:
    look('a,b\n1,the "x" of y\n2,"x\ny"\n', ",", tmp_path)
