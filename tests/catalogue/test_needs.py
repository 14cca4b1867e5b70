"""What is said of the rows that an added KPI counts among, and of columns that its file lacks."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree import load
from kpitree.catalogue.needs import Needs
from kpitree.cli.app import app
from kpitree.tree.read import load_tree

HEADER = "opened_on,closed_on,stage,amount\n2026-01-05,2026-02-03,won,10\n"
TREE = """\
[tree]
root = "won"
[sources.deals]
path = "d.csv"
time = "closed_on"
# more
[kpi.won]
measure = "count()"
source = "deals"
"""
SOME = """where = "stage in ['won', 'lost']"\n"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text(HEADER, "utf-8")
    Path("t.toml").write_text(TREE, "utf-8")
    return Path("t.toml")


def add(*words: str) -> Result:
    result = CliRunner().invoke(
        app, ["catalog", "deals_created", "--add", "t.toml", "--under", "won", *words]
    )
    assert result.exit_code == 0, result.stderr
    return result


def said(*words: str) -> list[str]:
    """But for the lines that are always there."""
    lines = add(*words).stderr.splitlines()
    return [
        line.removeprefix("warning: ")
        for line in lines
        if "its counter" not in line and "owner" not in line
    ]


def with_keys(tree: Path, keys: str) -> None:
    tree.write_text(TREE.replace("# more\n", keys), "utf-8")


def test_a_source_that_leaves_rows_out_is_told(tree: Path) -> None:
    with_keys(tree, SOME)
    (line,) = said()
    assert line == (
        "the source 'deals' holds only rows where stage in ['won', 'lost'];"
        " 'deals_created' counts among those: --data deals=FILE makes a source of its own"
    )
    assert add("--as", "other", "--quiet").stderr == ""


def test_the_way_out_is_one(tree: Path) -> None:
    with_keys(tree, SOME)
    (line,) = said("--data", "deals=d.csv")
    assert line.startswith("new source 'deals_2': one would split it by ")
    assert load_tree(tree).sources["deals_2"].where is None


def test_where_nothing_is_left_out_and_nothing_lacking_nothing_is_said(tree: Path) -> None:
    assert said() == []
    assert load_tree(tree).kpis["deals_created"].leads == ("won",)


@pytest.mark.parametrize("location", ["d*.csv", "d.csv"])
def test_only_the_columns_that_are_lacking_are_told(tree: Path, location: str) -> None:
    tree.write_text(TREE.replace("d.csv", location), "utf-8")
    Path("d.csv").write_text(HEADER.replace("opened_on", "Opened On"), "utf-8")
    assert said() == [
        "the source 'deals' lacks opened_on (date): did you mean 'Opened On' for opened_on?"
    ]


def test_a_computed_column_is_there(tree: Path) -> None:
    Path("d.csv").write_text(HEADER.replace("opened_on", "Opened On"), "utf-8")
    covers = 'covers = ["2026-01-01", "2026-02-28"]\n'
    with_keys(tree, covers + """columns = { opened_on = "col('Opened On')" }\n""")
    assert said() == []
    values = load(tree).evaluate(period="2026-01").kpis.select("kpi", "value").rows()
    assert dict(values) == {"won": 0, "deals_created": 1}


def test_a_lookup_that_has_it_is_named(tree: Path) -> None:
    Path("d.csv").write_text("id,closed_on\n1,2026-02-03\n", "utf-8")
    Path("l.csv").write_text("id,opened_on\n1,2026-01-05\n", "utf-8")
    with_keys(tree, '[sources.deals.lookup.first]\npath = "l.csv"\non = "id"\n')
    assert said() == [
        "the source 'deals' lacks opened_on (date): did you mean 'first.opened_on' for opened_on?"
    ]


def test_of_a_new_source_with_a_file_likewise(tree: Path) -> None:
    Path("n.csv").write_text("day,n\n2026-01-05,1\n", "utf-8")
    (line,) = said("--data", "deals=n.csv")
    assert load_tree(tree).sources["deals_2"].path == "n.csv"
    assert line.startswith(
        "new source 'deals_2': the file n.csv lacks opened_on (date): it has day, n; one would"
    )


@pytest.mark.parametrize("path", ["gone.csv", "gone*.csv", "https://example.org/d.csv"])
def test_where_no_file_can_be_looked_into_all_columns_are_told(tree: Path, path: str) -> None:
    tree.write_text(TREE.replace("d.csv", path), "utf-8")
    assert said() == ["the source 'deals' has to have the columns opened_on (date)"]


def test_a_file_that_cannot_be_read_is_told_and_the_kpi_is_added(tree: Path) -> None:
    tree.write_text(TREE.replace("d.csv", "d.parquet"), "utf-8")
    Path("d.parquet").write_text("no parquet", "utf-8")
    needed, unread = said()
    assert needed == "the source 'deals' has to have the columns opened_on (date)"
    assert unread.startswith("the columns of 'deals' could not be looked at: d.parquet: ")
    assert "deals_created" in load_tree(tree).kpis


def test_a_column_that_is_needed_itself_is_not_meant_by_another() -> None:
    needs = Needs(source="s", path=None, columns={"opened_at": "date", "opened_on": "date"})
    notice = needs.notice(["opened_on"])
    assert notice is not None
    assert notice.message == "the source 's' lacks opened_at (date): it has opened_on"
