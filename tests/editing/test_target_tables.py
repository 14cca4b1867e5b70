"""A renaming and the table of targets: followed whole, or refused before anything is written."""

import codecs
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from kpitree.cli.app import app

TREE = """\
[tree]
root = "r"

[targets]
path = "tg.csv"

[kpi.r]
formula = "a - b"

[kpi.a]
value = 1

[kpi.b]
value = 2
"""
RENAMED = TREE.replace("a - b", "x - b").replace("kpi.a", "kpi.x")
TABLE = "kpi,period,target\na,2026-01,5\nb,2026-01,3\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("t.toml")
    path.write_text(TREE, "utf-8")
    Path("tg.csv").write_text(TABLE, "utf-8")
    return path


def kpitree(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refused(*options: str) -> Result:
    """A renaming that leaves all files as they are; a dry run says the same."""
    before = {path: path.read_bytes() for path in Path().iterdir()}
    result = kpitree("rename", "t.toml", "a", "x", *options)
    dry = kpitree("rename", "t.toml", "a", "x", "--dry-run", *options)
    assert (dry.stderr, dry.stdout, dry.exit_code) == (result.stderr, "", result.exit_code)
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
    assert result.stdout == ""
    return result


def test_rows_of_the_new_name_stand_there_already(tree: Path) -> None:
    Path("tg.csv").write_text(TABLE + "x,2026-01,6\n\nx,2026-02,6\n", "utf-8")
    result = refused()
    assert result.stderr == (
        "error: tg.csv:4: 'x' has a target here already, so the rows of 'a' could not be told"
        " from it\nhint: remove the row first, or choose another name\n"
        "error: tg.csv:6: 'x' has a target here already, so the rows of 'a' could not be told"
        " from it\nhint: remove the row first, or choose another name\n"
    )
    assert result.exit_code == 2
    assert kpitree("check", str(tree)).exit_code == 2


MISTAKES = {
    "nope,2026-01,six\n": ("tg.csv:4: there is no KPI 'nope'", 2),
    "b,2026-02,six\n": ("tg.csv:4: 'six' is not a number to work with", 2),
    'a,2026-02,5" pipe\n': ("tg.csv:4: ", 3),
    "a,2026-01,7\n": ("tg.csv:4: a second target of a for 2026-01", 2),
}


@pytest.mark.parametrize("row", MISTAKES)
@pytest.mark.usefixtures("tree")
def test_a_table_with_mistakes_is_refused_with_them(row: str) -> None:
    Path("tg.csv").write_text(TABLE + row, "utf-8")
    checked = kpitree("check", "t.toml")
    result = refused()
    message, _code = MISTAKES[row]
    assert message.split(": ", 1)[1] in result.stderr
    assert (result.stderr, result.exit_code) == (checked.stderr, checked.exit_code)


def _utf16() -> str:
    Path("tg.csv").write_bytes(codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"))
    return "tg.csv"


def _parquet() -> str:
    pl.read_csv("tg.csv").write_parquet("tg.parquet")
    return "tg.parquet"


def _pattern() -> str:
    return "tg*.csv"


@pytest.mark.parametrize("make", [_utf16, _parquet, _pattern])
@pytest.mark.parametrize("options", [(), ("-q",)])
def test_a_table_that_cannot_be_followed(
    make: object, options: tuple[str, ...], tree: Path
) -> None:
    assert callable(make)
    path = make()
    text = TREE.replace("tg.csv", path)
    tree.write_text(text, "utf-8")
    result = refused(*options)
    assert result.stderr == (
        f"error: t.toml: 'a' has 1 row in the table of targets {path}, which cannot be changed"
        " from here\nhint: write 'x' there instead, and then run this again\n"
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("tree")
def test_a_table_of_another_encoding_is_to_be_saved_as_utf_8() -> None:
    Path("tg.csv").write_bytes((TABLE + "größe,2026-01,5\n").encode("latin-1"))
    result = refused()
    assert result.stderr == (
        "error: tg.csv, line 4: the text is not UTF-8\nhint: save it with encoding UTF-8\n"
    )
    assert result.exit_code == 3
    assert kpitree("check", "t.toml").stderr == result.stderr


def test_rows_that_have_the_new_name_already_wait_for_the_tree(tree: Path) -> None:
    """By hand, or by a renaming that was cut off between the two files."""
    Path("tg.csv").write_text(TABLE.replace("a,", "x,"), "utf-8")
    assert kpitree("check", "t.toml").exit_code == 2
    result = kpitree("rename", "t.toml", "a", "x")
    assert (result.stdout, result.exit_code) == ("t.toml: renamed 'a' to 'x' (2 places)\n", 0)
    assert tree.read_text("utf-8") == RENAMED
    assert Path("tg.csv").read_text("utf-8") == TABLE.replace("a,", "x,")
    assert kpitree("check", "t.toml").exit_code == 0


def test_a_table_without_rows_of_it_is_none_of_its_business(tree: Path) -> None:
    _parquet()
    tree.write_text(TREE.replace("tg.csv", "tg.parquet").replace("kpi.a", "kpi.a"), "utf-8")
    assert kpitree("rename", "t.toml", "r", "x").exit_code == 0


def test_nothing_is_written_where_one_of_the_two_is_read_only(tree: Path) -> None:
    tree.chmod(0o444)
    assert kpitree("rename", "t.toml", "a", "x", "--dry-run").exit_code == 0
    result = kpitree("rename", "t.toml", "a", "x")
    assert result.stderr.startswith("error: t.toml: the file is read-only\n")
    tree.chmod(0o644)
    Path("tg.csv").chmod(0o444)
    result = kpitree("rename", "t.toml", "a", "x")
    assert "tg.csv: the file is read-only\n" in result.stderr
    assert (tree.read_text("utf-8"), Path("tg.csv").read_text("utf-8")) == (TREE, TABLE)
    Path("tg.csv").chmod(0o644)
    assert kpitree("rename", "t.toml", "a", "x").exit_code == 0
    assert tree.read_text("utf-8") == RENAMED
    assert Path("tg.csv").read_text("utf-8") == TABLE.replace("a,", "x,")
