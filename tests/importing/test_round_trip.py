"""A tree written as a sheet and imported again has the same KPIs."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from typer.testing import CliRunner

from importing.sheets import FILE
from kpitree.cli.app import app
from kpitree.render.drawing import draw
from kpitree.render.style import Style
from kpitree.tree.model import Tree
from kpitree.tree.read import load_tree, read_tree
from kpitree.tree.sheets.importing import Wishes, import_sheet
from kpitree.tree.sheets.protected import protected, unprotected
from kpitree.tree.sheets.rows import rows_of
from kpitree.tree.sheets.sheet import Sheet
from tree import made_up
from tree.test_read import EVERY_KEY

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "trees").glob("*.toml"))
WORDS = ("label", "description", "unit", "owner", "department", "time")


def again(tree: Tree, sheet: Sheet) -> Tree:
    found = import_sheet(sheet, Wishes(name="x", like=tree), tree.file)
    assert not found.actuals
    return read_tree(found.text, tree.file)


def as_sheet(tree: Tree) -> Sheet:
    """The cells as they stand, through no file."""
    columns, rows = rows_of(tree)
    cells = (tuple(protected(row.get(name, "")) for name in columns) for row in rows)
    return Sheet(shown="kpis.csv", headings=tuple(columns), rows=tuple(enumerate(cells, start=2)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_comes_back_through_its_csv(path: Path) -> None:
    tree = load_tree(path)
    lines = list(csv.reader(StringIO(draw(tree, "csv", Style()))))
    sheet = Sheet(
        shown="kpis.csv",
        headings=tuple(lines[0]),
        rows=tuple((at, tuple(line)) for at, line in enumerate(lines[1:], start=2)),
    )
    assert again(tree, sheet) == tree


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_a_sample_comes_back_through_the_commands(path: Path, ending: str, tmp_path: Path) -> None:
    sheet, back = tmp_path / f"kpis.{ending}", tmp_path / "back.toml"
    shown = CliRunner().invoke(app, ["show", str(path), "-o", str(sheet)])
    assert shown.exit_code == 0, shown.output
    done = CliRunner().invoke(app, ["import", str(sheet), "--like", str(path), "-o", str(back)])
    assert done.exit_code == 0, done.output
    one, other = load_tree(path), load_tree(back)
    assert other.kpis == one.kpis
    assert list(other.kpis) == list(one.kpis)
    assert other.root == one.root
    assert sorted(tmp_path.iterdir()) == [back, sheet]
    locations = {
        name: (source.location, other.sources[name].location)
        for name, source in one.sources.items()
    }
    for before, after in locations.values():
        assert Path(before).resolve() == Path(after).resolve()


def test_every_key_comes_back() -> None:
    tree = read_tree(EVERY_KEY, FILE)
    assert again(tree, as_sheet(tree)).kpis == tree.kpis


def tame(tables: dict[str, Any]) -> dict[str, Any]:
    """Without texts that a sheet does not hold: empty ones, spaces around, units in other words."""
    for keys in tables["kpi"].values():
        for name in WORDS:
            text = keys.get(name, "x")
            if not text.strip() or text != text.strip():
                keys[name] = "'=x"
        if keys.get("unit") not in ("currency", "percent", "days", "hours"):
            keys["unit"] = "pairs"
        keys["tags"] = [tag for tag in keys.get("tags", []) if tag and tag == tag.strip()]
        source = keys.get("benchmark", {}).get("source", "")
        if source != source.strip():
            keys["benchmark"]["source"] = "'=x"
    return tables


@given(tables=made_up.tables())
def test_any_tree_comes_back(tables: dict[str, Any]) -> None:
    tree = read_tree(tomli_w.dumps(tame(tables)), FILE)
    assert again(tree, as_sheet(tree)).kpis == tree.kpis


RUN = ("=1+1", "-a + b", "@x", "+x", "＝1")  # noqa: RUF001 - as Japanese spreadsheets have it
TEXTS = [start + rest for start in ("", "'", "''") for rest in (*RUN, "x", "")]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_made_harmless_comes_back(text: str) -> None:
    assert unprotected(protected(text)) == text
    assert not protected(text).startswith(tuple(one[0] for one in RUN))


def test_a_sheet_runs_nothing(tmp_path: Path) -> None:
    text = (
        '[kpi.a]\nlabel = "=HYPERLINK(\\"http://x\\")"\ndescription = "@SUM(1)"\n'
        'owner = "+49 30"\nformula = "-b"\ntarget = -5\n'
        '[kpi.b]\nvalue = -1\nlabel = "\\u001b[31m"\n'
    )
    tree = read_tree(text, tmp_path / "t.toml")
    lines = list(csv.reader(StringIO(draw(tree, "csv", Style()))))
    cells = [cell for line in lines for cell in line]
    assert {'\'=HYPERLINK("http://x")', "'@SUM(1)", "'+49 30", "'-b", "-5", "-1"} <= set(cells)
    assert r"\x1b[31m" in cells


def test_rates_of_a_whole_and_more_come_back(tmp_path: Path) -> None:
    """They have their signs in the sheet, so that nobody can read them two ways."""
    text = (
        '[kpi.a]\nvalue = 1\nunit = "percent"\ntarget = 1.05\n'
        "thresholds = { at_risk = 1, off_track = 1.1 }\nbenchmark = { value = -1.125 }\n"
    )
    tree = read_tree(text, tmp_path / "t.toml")
    [row] = rows_of(tree)[1]
    cells = [row[name] for name in ("value", "target", "at_risk", "off_track", "benchmark")]
    assert cells == ["100 %", "105 %", "100pp", "110pp", "-112.5 %"]
    assert again(tree, as_sheet(tree)).kpis == tree.kpis
