"""The files that import writes, and those that it leaves alone."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

TABLE = "kpi,parent\nRevenue,\nNew,Revenue\nOld,Revenue\n"


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(one) for one in args])
    return result.exit_code, result.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "kpis.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_actuals_that_were_filled_in_are_kept(table: Path, tmp_path: Path) -> None:
    tree, actuals = tmp_path / "shop.toml", tmp_path / "shop_actuals.csv"
    assert run("import", table, "-o", tree)[0] == 0
    filled = "kpi,period,value\nnew,2026-09-01,5\n"
    actuals.write_text(filled, "utf-8")
    table.write_text(TABLE + "Third,Revenue\n", "utf-8")
    code, said = run("import", table, "-o", tree, "--force")
    assert (code, actuals.read_text("utf-8")) == (0, filled)
    assert f"{actuals} has values and is kept as it is; add lines for old, third" in said
    assert "kpi.third" in tree.read_text("utf-8")
    assert f"and {actuals} (" not in said
    actuals.write_text("something else\n", "utf-8")
    assert run("import", table, "-o", tree, "--force")[0] == 0
    assert actuals.read_text("utf-8") == "something else\n"


def test_the_table_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    table = tmp_path / "x_actuals.csv"
    table.write_text(TABLE, "utf-8")
    code, said = run("import", table, "-o", tmp_path / "x.toml", "--force")
    assert (code, "would be written over" in said) == (2, True)
    assert table.read_text("utf-8") == TABLE
    assert sorted(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize("name", ["x.json", "-", "x", "x.csv"])
def test_a_tree_file_ends_in_toml(
    name: str, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run("import", table, "-o", name, "--force")
    assert (code, "a tree file ends in .toml" in said) == (2, True)
    assert sorted(tmp_path.iterdir()) == [table]


def test_both_files_or_none(table: Path, tmp_path: Path) -> None:
    (tmp_path / "d.toml").mkdir()
    code, said = run("import", table, "-o", tmp_path / "d.toml", "--force")
    assert code != 0
    assert not (tmp_path / "d_actuals.csv").exists()
    code, said = run("import", table, "-o", tmp_path / "nodir" / "x.toml")
    assert code != 0
    assert str(tmp_path / "nodir" / "x.toml") in said
    assert "x_actuals" not in said
    assert not list(tmp_path.glob(".*"))


def test_show_does_not_write_over_its_tree(tmp_path: Path) -> None:
    tree = tmp_path / "t.toml"
    text = "# mine\n[kpi.a]\nvalue = 1\n"
    tree.write_text(text, "utf-8")
    (tmp_path / "link.toml").symlink_to(tree)
    for name in ("t.toml", "link.toml"):
        code, said = run("show", tree, "-o", tmp_path / name)
        assert (code, "would be written over" in said) == (2, True)
    assert tree.read_text("utf-8") == text


def test_the_grain_of_the_period(tmp_path: Path) -> None:
    table, tree = tmp_path / "k.csv", tmp_path / "k.toml"
    table.write_text("KPI,Actual\nHeadcount,55\n", "utf-8")
    code, said = run("import", table, "-o", tree, "--period", "2026-Q3")
    assert code == 0, said
    assert 'grain = "quarter"' in tree.read_text("utf-8")
    code, said = run("eval", tree, "--format", "plain")
    assert "\t55\t" in said
    code, said = run("import", table, "-o", tree, "--period", "2026-08..2026-09", "--force")
    assert (code, "is no single period" in said) == (2, True)


def test_indentation_is_read_from_a_file(tmp_path: Path) -> None:
    table, tree = tmp_path / "k.csv", tmp_path / "k.toml"
    table.write_text("KPI,Target\nRevenue,100\n  New,80\n    Online,80\n  Old,20\n", "utf-8")
    code, said = run("import", table, "-o", tree)
    assert code == 0, said
    assert "is read from their indentation" in said
    text = tree.read_text("utf-8")
    assert ('formula = "new + old"' in text, 'formula = "online"' in text) == (True, True)


# --- what is refused -------------------------------------------------------------------------

DATA = "day,amount\n2026-01-05,3\n2026-02-05,4\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--data", "d=d.csv", "--data", "d=kpis.csv"), "--data: 'd' stands here twice"),
        (("--data", "d=d.csv", "--time", "d=day", "--time", "d=amount"), "--time: 'd' stands here"),
        (("--data", "deals=d.csv", "--time", "deal=day"), "did you mean 'deals'?"),
        (("--time", "deals=day"), "give it: --data deals=FILE"),
        (("--data", "d=d.csv", "--time", "d=days"), "d.csv has no column 'days'"),
    ],
)
def test_sources_that_contradict(
    options: tuple[str, ...],
    said: str,
    table: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text(DATA, "utf-8")
    code, output = run("import", table, "-o", "shop.toml", *options)
    assert (code, said in output) == (2, True), output
    assert not Path("shop.toml").exists()


def test_a_name_that_no_file_can_have(table: Path, tmp_path: Path) -> None:
    for args in ((table, "-o", tmp_path / f"{'x' * 300}.toml"),):
        code, said = run("import", *args)
        assert (code, "there can be no such file" in said) == (2, True)
    assert sorted(tmp_path.iterdir()) == [table]


def test_a_guessed_encoding_is_said(tmp_path: Path) -> None:
    table, tree, data = (tmp_path / name for name in ("k.csv", "k.toml", "d.csv"))
    table.write_bytes("kpi,label,measure,source\nlodz,Größe,sum(amount),d\n".encode("cp1252"))
    data.write_bytes(f"{DATA}2026-03-01,5,ü\n".replace("amount\n", "amount,x\n").encode("cp1252"))
    code, said = run("import", table, "-o", tree, "--data", f"d={data}")
    assert code == 0, said
    assert f"the letters of {table} are read as windows-1252" in said
    assert "the letters of the source 'd' are read as windows-1252" in said
    table.write_text("kpi,label,measure,source\nlodz,Größe,sum(amount),d\n", "utf-8")
    data.write_text(DATA, "utf-8")
    assert "letters" not in run("import", table, "-o", tree, "--data", f"d={data}", "--force")[1]


def test_no_escape_of_a_path_reaches_the_terminal(table: Path, tmp_path: Path) -> None:
    code, said = run("import", table, "-o", tmp_path / "a\x1b[31mb.toml")
    assert (code, "\x1b" in said) == (0, False)
