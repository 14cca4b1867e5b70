"""Sources that a sheet names: declared with --data or --like, or a mistake; and their files."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

TABLE = "KPI,Parent,Actual\nAll,,\nNew,All,5\nOld,All,6\n"


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in args])
    return result.exit_code, result.output


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """The sheet that show writes of an imported tree, first.toml."""
    (tmp_path / "k.csv").write_text(TABLE, "utf-8")
    first, sheet = tmp_path / "first.toml", tmp_path / "shown.csv"
    assert run("import", tmp_path / "k.csv", "-o", first, "--period", "2026-10")[0] == 0
    assert run("show", first, "-o", sheet)[0] == 0
    return sheet


def test_actuals_that_are_declared_nowhere(shown: Path, tmp_path: Path) -> None:
    code, said = run("import", shown, "-o", tmp_path / "new.toml")
    assert (code, "there is no source 'actuals'" in said) == (2, True)
    assert "row 3, column 'source'" in said
    assert "--like TREE" in said
    assert not (tmp_path / "new.toml").exists()


def test_actuals_beside_others_that_are_to_be_made(shown: Path, tmp_path: Path) -> None:
    lines = shown.read_text("utf-8").splitlines()
    commas = "," * (lines[0].count(",") - 2)
    shown.write_text("\n".join([*lines, f"third,Third,all{commas}"]) + "\n", "utf-8")
    code, said = run("import", shown, "-o", tmp_path / "new.toml")
    assert (code, said.count("there is no source 'actuals'")) == (2, 2)
    like = tmp_path / "first.toml"
    text = shown.read_text("utf-8").replace("new + old", "new + old + third")
    shown.write_text(text, "utf-8")
    code, said = run("import", shown, "-o", tmp_path / "new.toml", "--like", like)
    assert code == 0, said
    assert (
        "the source actuals is first_actuals.csv, which is kept as it is: add lines for third"
        in (" ".join(said.split()))
    )
    assert not (tmp_path / "new_actuals.csv").exists()


def test_actuals_of_another_tree_that_are_not_there(shown: Path, tmp_path: Path) -> None:
    like, new = tmp_path / "first.toml", tmp_path / "new.toml"
    code, said = run("import", shown, "-o", new, "--like", like)
    assert (code, "no such file" in said) == (0, False)
    assert run("eval", new)[0] == 0
    (tmp_path / "first_actuals.csv").unlink()
    code, said = run("import", shown, "-o", new, "--like", like, "--force")
    assert (code, "there is no such file" in said) == (0, True)
