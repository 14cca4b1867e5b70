"""What a broken tree file gets: its mistakes in words, exit code 2, and never a traceback.

A case is a file: `broken/NAME.toml`, and beside it `broken/NAME.txt` with exactly what
`kpitree check NAME.toml` says on standard error. To add one, write the .toml, run
`pytest tests/tree --rewrite`, and read the .txt as a newcomer would. Cases that are no texts,
or too long to read, are written out below.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(BROKEN.glob("*.toml"))
A_SOURCE = '[sources.deals]\npath = "deals.csv"\ntime = "day"\n'
SPLIT = "hint: break it into several KPIs\n"


def complaint_about(file: Path | str) -> str:
    """What `kpitree check` says on standard error, having made sure of its manners."""
    result = CliRunner().invoke(app, ["check", str(file)])
    assert "Traceback" not in result.output
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "\x1b" not in result.stderr
    return result.stderr


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 80


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_broken_tree(
    case: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(BROKEN)
    expected = case.with_suffix(".txt")
    actual = complaint_about(case.name)
    if request.config.getoption("--rewrite"):
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")


def test_every_case_has_its_answer() -> None:
    assert {one.stem for one in CASES} == {one.stem for one in BROKEN.glob("*.txt")}


@pytest.mark.parametrize(
    "name",
    ["several_mistakes", "toml_text_without_quotes", "formulas_as_in_python", "cycle", "empty"],
)
def test_the_program_itself_says_the_same(name: str) -> None:
    command = [sys.executable, "-m", "kpitree", "check", f"{name}.toml"]
    result = subprocess.run(command, cwd=BROKEN, capture_output=True, check=False)
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.decode() == (BROKEN / f"{name}.txt").read_text("utf-8")


# --- files that are not there, or no texts ----------------------------------------------------


def test_a_missing_file_is_named_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sales.toml").touch()
    Path("costs.toml").touch()
    assert complaint_about("sale.toml") == (
        "error: sale.toml: there is no such tree file\nhint: did you mean 'sales.toml'?\n"
    )
    assert complaint_about("xyz") == (
        "error: xyz: there is no such tree file\nhint: tree files there: costs.toml, sales.toml\n"
    )
    assert complaint_about("nowhere/sales.toml") == (
        "error: nowhere/sales.toml: there is no such tree file\n"
        "hint: there is no folder 'nowhere'\n"
    )


def test_a_folder_is_no_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("trees").mkdir()
    assert complaint_about("trees") == "error: trees: this is a folder; a tree is one file\n"
    Path("trees/sales.toml").touch()
    assert complaint_about("trees") == (
        "error: trees: this is a folder; a tree is one file\nhint: tree files there: sales.toml\n"
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('[kpi.a]\nlabel = "größe"\nvalue = 1\n'.encode("latin-1"), 2),
        ("[kpi.a]\nvalue = 1\n".encode("utf-16"), 1),
        (b"PK\x03\x04\xff\xfe", 1),
    ],
    ids=["latin-1", "utf-16", "a spreadsheet"],
)
def test_another_encoding(
    content: bytes, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tree.toml").write_bytes(content)
    assert complaint_about("tree.toml") == (
        f"error: tree.toml:{line}: the file is not UTF-8 text\nhint: save it with encoding UTF-8\n"
    )


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""], ids=["with a BOM", "without"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_what_windows_writes_is_read(
    start: bytes, end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [b"[kpi.a]", b"value = 1", b"", b"[kpi.b]", b'formula = """', b"a", b"+ 1", b'"""']
    Path("good.toml").write_bytes(start + end.join(lines))
    result = CliRunner().invoke(app, ["check", "good.toml"])
    assert (result.exit_code, result.stderr) == (0, "")
    Path("bad.toml").write_bytes(start + end.join(lines).replace(b"+ 1", b"+ c"))
    assert complaint_about("bad.toml") == (
        "error: bad.toml:7: [kpi.b] formula: there is no KPI 'c'\n"
        "  + c\n"
        "    ^\n"
        "hint: known names: a, b\n"
    )


def test_mistakes_of_several_files_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    result = CliRunner().invoke(app, ["check", "empty.toml", "cycle.toml"])
    assert result.exit_code == 2
    said = [(BROKEN / f"{name}.txt").read_text("utf-8") for name in ("empty", "cycle")]
    assert result.stderr == "".join(said)


# --- too much of it ---------------------------------------------------------------------------


def _shown(text: str, at: int) -> str:
    """The excerpt of a formula cut 80 characters before the caret."""
    line = f'formula = "{text}"'
    at += len('formula = "')
    cut = max(0, at - 80)
    return f"  {line[cut : cut + 160].rstrip()}\n  {' ' * (at - cut)}^\n"


@pytest.mark.parametrize(
    ("formula", "message", "at"),
    [
        ("(" * 10_000 + "a" + ")" * 10_000, "nested deeper than 50", 50),
        ("-" * 20_000 + "a", "nested deeper than 50", 0),
        ("not " * 5_000 + "a", "nested deeper than 50", 0),
        ("max(a, " * 60 + "a" + ")" * 60, "nested deeper than 50", 50 * 7 + 3),
        ("a ** " * 1_000 + "a", "nested deeper than 50", 51 * 5 - 5),
        ("a" * 100_000, "the expression has 100,000 characters; at most 50,000 are read", 0),
        (" + ".join("a" * 5_000), "the expression has 5,000 terms; at most 2,000 are read", 8_000),
        ("9" * 5_000, "this number is too large", 0),
    ],
    ids=["parentheses", "minuses", "nots", "calls", "powers", "characters", "terms", "digits"],
)
def test_a_formula_without_end(
    formula: str, message: str, at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tree.toml").write_text(f'[kpi.a]\nvalue = 1\n[kpi.b]\nformula = "{formula}"\n', "utf-8")
    said = complaint_about("tree.toml")
    start = f"error: tree.toml:4: [kpi.b] formula: {message}\n"
    if message == "this number is too large":
        assert said.startswith(start + "  formula = " + '"999')
        assert len(said) < 500
    else:
        assert said == start + _shown(formula, at) + SPLIT


@pytest.mark.parametrize("brackets", ["[]", ("{x=", "}")], ids=["lists", "tables"])
def test_toml_without_end(
    brackets: str | tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nested = brackets[0] * 10_000 + "1" + brackets[1] * 10_000
    Path("tree.toml").write_text(f"[kpi.a]\nvalue = {nested}\n", "utf-8")
    assert complaint_about("tree.toml") == (
        "error: tree.toml: lists or tables are nested too deeply to be read\n"
    )


def test_many_mistakes_are_told_in_good_time(tmp_path: Path) -> None:
    tables = "".join(f'[kpi.k{at}]\nformula = "x{at} +"\ncolour = 1\n' for at in range(1_000))
    tree = tmp_path / "tree.toml"
    tree.write_text(tables, "utf-8")
    assert complaint_about(tree).count("error: ") == 2_000


# --- words that are data ----------------------------------------------------------------------


def test_markup_and_escapes_in_a_valid_file_are_shown_and_not_obeyed(tree_file: Path) -> None:
    r"""
    [kpi.a]
    value = 1
    label = "[bold]x[/bold] \u001b[31m :eu: \u202e"
    owner = "\u001b]0;title\u0007"
    """
    result = CliRunner().invoke(app, ["show", str(tree_file)])
    assert result.exit_code == 0
    assert r"[bold]x[/bold] \x1b[31m :eu: \u202e" in result.stdout
    assert r"\x1b]0;title\x07" in result.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)


def test_the_name_of_the_file_itself_may_hold_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "[red]\x1b[2J.toml"
    Path(name).write_text("", "utf-8")
    assert complaint_about(name).startswith(r"error: [red]\x1b[2J.toml: the file has no KPI")
