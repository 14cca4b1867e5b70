"""What is typed behind a command: names, lists and numbers, and how they ought to be written."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree.cli.app import app
from kpitree.tree.editing.edits import set_keys
from kpitree.tree.read import load_tree

BASE = """\
[tree]
root = "r"

[sources.s]
path = "s.csv"
time = "day"

[kpi.r]
formula = "a - b"

[kpi.a]
value = 1

[kpi.b]
value = 2

[kpi.c]
value = 3
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("base.toml")
    path.write_text(BASE, "utf-8")
    return path


def kpitree(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "leads"),
    [
        (("leads=ab", "--under", "c"), '["ab", "c"]'),
        (("leads=ab",), '["ab"]'),
        (('leads=["c"]', "--under", "c"), '["c"]'),
        (("leads=c", "--under", "c"), '["c"]'),
        (('leads=["c", "c", "ab"]', "--under", "a"), '["c", "ab", "a"]'),
        (("leads=[]", "--under", "c"), '["c"]'),
    ],
)
def test_names_that_it_leads_are_names(words: tuple[str, ...], leads: str, base: Path) -> None:
    assert kpitree("add", "base.toml", "ab", "--value", "1").exit_code == 0
    before = base.read_text("utf-8")
    result = kpitree("add", "base.toml", "y", "--value", "1", *words)
    assert (result.stderr, result.exit_code) == ("", 0)
    assert base.read_text("utf-8") == f"{before}\n[kpi.y]\nvalue = 1\nleads = {leads}\n"


@pytest.mark.parametrize("under", [(), ("--under", "b")])
def test_what_is_no_name_is_not_led(under: tuple[str, ...], base: Path) -> None:
    result = kpitree("add", "base.toml", "y", "--value", "1", "leads=5", *under)
    assert result.stderr == (
        "error: base.toml: [kpi.y] leads: a list is needed, not a number\n"
        "hint: write: 'leads=[\"5\"]'\n"
    )
    assert result.exit_code == 2
    assert base.read_text("utf-8") == BASE


# --- names of tables -------------------------------------------------------------------------

NAMESAKE = '[tree]\nroot = "tree"\n\n[kpi.tree]\nvalue = 1\n'


@pytest.mark.parametrize("name", ["kpi.tree", "[kpi.tree]"])
def test_a_kpi_that_is_called_as_a_table_is(name: str, base: Path) -> None:
    base.write_text(NAMESAKE, "utf-8")
    result = kpitree("set", "base.toml", name, "label=x")
    assert (result.stderr, result.stdout) == ("", f"base.toml: changed label of {name}\n")
    assert base.read_text("utf-8") == f'{NAMESAKE}label = "x"\n'


@pytest.mark.parametrize("table", ["tree", "[tree]"])
def test_the_table_stays_within_reach_and_it_is_said(table: str, base: Path) -> None:
    base.write_text(NAMESAKE, "utf-8")
    said = (
        "warning: 'tree' is the table [tree] here; the KPI of that name is kpi.tree\n"
        if table == "tree"
        else ""
    )
    result = kpitree("set", "base.toml", table, "currency=USD")
    assert (result.stderr, result.exit_code) == (said, 0)
    assert base.read_text("utf-8") == NAMESAKE.replace('"tree"\n', '"tree"\ncurrency = "USD"\n')
    refused = kpitree("set", "base.toml", table, "label=x")
    assert refused.stderr.startswith(f"{said}error: base.toml: [tree] label: there is no key")


@pytest.mark.parametrize("table", ["calendar", "targets"])
def test_so_are_the_other_tables(table: str, base: Path) -> None:
    text = BASE.replace("kpi.c", f"kpi.{table}")
    base.write_text(text, "utf-8")
    key, value = {"calendar": ("grain", "week"), "targets": ("path", "t.csv")}[table]
    kpitree("set", "base.toml", table, f"{key}={value}")
    assert f'[{table}]\n{key} = "{value}"\n' in base.read_text("utf-8")
    kpitree("set", "base.toml", f"kpi.{table}", "label=x")
    assert f'[kpi.{table}]\nvalue = 3\nlabel = "x"\n' in base.read_text("utf-8")


def test_a_source_by_its_header(base: Path) -> None:
    assert kpitree("set", "base.toml", "[sources.s]", "where=a > 1").exit_code == 0
    assert 'where = "a > 1"' in base.read_text("utf-8")


# --- numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("set", "base.toml", "a", "value=nan"), "[kpi.a] value: nan is not a number to work with"),
        (
            ("set", "base.toml", "a", "target=-nan"),
            "[kpi.a] target: nan is not a number to work with",
        ),
        (("set", "base.toml", "a", "target=inf"), "[kpi.a] target: inf is not a number"),
        (("set", "base.toml", "a", 'target={ "2026-01" = nan }'), "[kpi.a] target"),
        (("add", "base.toml", "z", "--value", "nan"), "[kpi.z] value: nan is not a number"),
    ],
)
def test_what_is_no_number_is_refused(words: tuple[str, ...], message: str, base: Path) -> None:
    result = kpitree(*words)
    assert result.stderr.startswith(f"error: base.toml: {message}")
    assert result.exit_code == 2
    assert base.read_text("utf-8") == BASE


def test_not_a_number_that_is_there_already_is_in_nobodys_way() -> None:
    text = '[sources.s]\npath = "s.csv"\nranges = { x = [0, nan] }\n\n[kpi.a]\nvalue = 1\n'
    after = set_keys(text, {("kpi", "a", "label"): "x"})
    assert after == text + 'label = "x"\n'
    same = set_keys(text, {("sources", "s", "ranges", "x"): [0, float("nan")]})
    assert same == text


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("target=5%", "target=0.05"),
        ("target=12.5 %", "target=0.125"),
        ("target=1,5", "target=1.5"),
        ("target=1 000", "target=1_000"),
        ("target=1'000'000", "target=1_000_000"),
        ("target=1.234,5", "target=1_234.5"),
        ("target=.5", "target=0.5"),
        ("target=-.5", "target=-0.5"),
        ("target=5.", "target=5"),
        ("target=007", "target=7"),
        ("value=2 # hi", "value=2"),
        ("decimals=1,0", "decimals=1"),
        ("controllable=yes", "controllable=true"),
        ("controllable=No", "controllable=false"),
        ("controllable=True", "controllable=true"),
        ('tags=["x", "y"] # c', '\'tags=["x", "y"]\''),
        ("tags=x, y", '\'tags=["x", "y"]\''),
        ("leads=a b", "'leads=[\"a b\"]'"),
        ("tags=2026", "'tags=[\"2026\"]'"),
        ("thresholds.at_risk=1,5%", None),
    ],
)
def test_how_it_is_written(typed: str, written: str | None, base: Path) -> None:
    result = kpitree("set", "base.toml", "a", typed)
    assert result.exit_code == 2
    assert base.read_text("utf-8") == BASE
    if written is None:
        assert "write:" not in result.stderr
    else:
        assert result.stderr.endswith(f"\nhint: write: {written}\n")


def test_a_number_that_can_be_read_two_ways_is_not_guessed(base: Path) -> None:
    result = kpitree("set", "base.toml", "a", "target=1,000")
    assert result.stderr.endswith("hint: write: target=1_000, or target=1\n")
    assert base.read_text("utf-8") == BASE


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0,125", "hint: write: target=0.125\n"),
        ("1,000 %", "hint: write: target=10, or target=0.01\n"),
        ("1.2.3", ""),
        ("1 0", ""),
        ("12,34,567", ""),
        ("5 EUR", ""),
    ],
)
def test_numbers_are_read_as_elsewhere(text: str, hint: str, base: Path) -> None:
    result = kpitree("set", str(base), "a", f"target={text}")
    assert result.exit_code == 2
    assert ("hint: write" in result.stderr) == bool(hint)
    assert result.stderr.endswith(hint)


@pytest.mark.usefixtures("base")
def test_hints_are_about_their_own_keys() -> None:
    result = kpitree("set", "base.toml", "a", "target=5%", "controllable=yes", "decimals=x")
    assert result.stderr == (
        "error: base.toml: [kpi.a] target: a number or a table is needed, not a text\n"
        "hint: write: target=0.05\n"
        "error: base.toml: [kpi.a] controllable: true or false is needed, not a text\n"
        "hint: write: controllable=true\n"
        "error: base.toml: [kpi.a] decimals: a whole number is needed, not 'x'\n"
    )


# --- where it is ------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no such files here")
@pytest.mark.parametrize("way", ["/dev/stdin", "/dev/fd/N", "/proc/self/fd/N", "link", "folder"])
def test_what_is_only_open_is_not_edited(way: str, base: Path) -> None:
    with base.open("r+b") as file:
        number = str(file.fileno())
        if way.startswith("/proc") and not Path("/proc/self/fd").exists():
            pytest.skip("no /proc")
        path = Path(way.replace("N", number))
        if way == "link":
            path = Path("link.toml")
            path.symlink_to(f"/dev/fd/{number}")
        if way == "folder":
            Path("open").symlink_to("/dev/fd")
            path = Path("open") / number
        kept = os.dup(0)
        os.dup2(file.fileno(), 0)
        try:
            result = kpitree("set", str(path), "a", "value=5")
        finally:
            os.dup2(kept, 0)
            os.close(kept)
    assert result.stderr == (
        f"error: {path}: this is an open file of a program, not a path of its own\n"
        "hint: name a tree file: it is changed in place\n"
    )
    assert result.exit_code == 2
    assert base.read_text("utf-8") == BASE


@pytest.mark.usefixtures("base")
def test_a_link_to_nothing_is_named_as_such() -> None:
    Path("dang.toml").symlink_to("gone.toml")
    result = kpitree("set", "dang.toml", "a", "value=5")
    assert result.stderr == (
        "error: dang.toml: this is a link to 'gone.toml', and there is no such file\n"
    )
    assert result.exit_code == 2


def test_another_name_of_the_same_file_is_told(base: Path) -> None:
    os.link(base, "hard.toml")
    same = kpitree("set", "base.toml", "a", "value=1")
    assert same.stderr == ""
    result = kpitree("set", "base.toml", "a", "value=5")
    assert result.stderr == (
        "warning: base.toml had 2 names (hard links): the other one keeps the old text\n"
    )
    assert Path("hard.toml").read_text("utf-8") == BASE
    assert load_tree(base).kpis["a"] != load_tree(Path("hard.toml")).kpis["a"]
    assert kpitree("set", "base.toml", "a", "value=6").stderr == ""


def test_a_dry_run_writes_nothing_so_read_only_is_no_matter(base: Path) -> None:
    base.chmod(0o444)
    result = kpitree("set", "base.toml", "a", "value=5", "--dry-run")
    assert (result.stderr, result.exit_code) == ("", 0)
    assert "+value = 5\n" in result.stdout
    refused = kpitree("set", "base.toml", "a", "value=5")
    assert refused.stderr.startswith("error: base.toml: the file is read-only\n")
    assert base.read_text("utf-8") == BASE


# --- pasted from a tree file -----------------------------------------------------------------


def test_a_line_of_a_tree_file_is_taken_as_it_is_meant(base: Path) -> None:
    pasted = (
        'owner = "Head of \\"Sales\\""',
        "description = 'paid'",
        "label = Ann's",
        "value = 2_000",
    )
    assert kpitree("set", "base.toml", "a", *pasted).exit_code == 0
    kpi = load_tree(base).kpis["a"]
    assert (kpi.owner, kpi.description, kpi.label) == ('Head of "Sales"', "paid", "Ann's")
    assert "value = 2_000\n" in base.read_text("utf-8")
    assert kpitree("set", "base.toml", "a", 'owner="Ann"').exit_code == 0
    assert load_tree(base).kpis["a"].owner == '"Ann"'  # without spaces, it is typed in a shell
