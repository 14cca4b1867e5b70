"""`kpitree check`: mistakes, advice, formats, exit codes. Whole answers are in transcripts."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree.advice.checked import Checked, Placed
from kpitree.advice.contract import Finding
from kpitree.advice.examples import EXAMPLES
from kpitree.advice.examples.contract import SOUND
from kpitree.advice.examples.data import ON_DATA
from kpitree.advice.rules import BY_CODE
from kpitree.cli.app import app
from kpitree.errors import SourceError, TreeError
from kpitree.render.advice import FORMATS
from kpitree.render.advice.places import place_of
from kpitree.render.style import Style

ROOT = Path(__file__).parents[2]
Write = Callable[[str, str], Path]


def check(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


@pytest.fixture
def unwise(write: Write) -> Path:
    return write("unwise.toml", EXAMPLES["KT104"].bad_tree())


@pytest.fixture
def sound(write: Write) -> Path:
    return write("sound.toml", SOUND)


@pytest.mark.parametrize("tree", sorted((ROOT / "trees").glob("*.toml")), ids=lambda one: one.stem)
def test_the_samples_are_sound(tree: Path) -> None:
    done = check("--strict", tree)
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r".*\.toml: no mistakes \(.*\)\n", done.output)


def test_the_text_names_file_line_and_code(unwise: Path) -> None:
    done = check(unwise)
    assert done.exit_code == 0
    line = unwise.read_text("utf-8").split("\n").index("[kpi.revenue]") + 1
    assert done.stdout.splitlines() == [
        f"{unwise}: no mistakes (3 KPIs, 1 source, goal: revenue)",
        f"{unwise}:{line}: KT104 revenue has no target or range",
        f"  hint: {BY_CODE['KT104'].mend}",
        "1 piece of advice; why: kpitree check --explain KT104",
    ]
    assert done.stderr == ""


def test_exit_codes(unwise: Path, sound: Path, write: Write) -> None:
    broken = write("broken.toml", "[kpi.a]\nformula = 'b'\n")
    no_table = write("no_table.toml", SOUND + '[targets]\npath = "none.csv"\n')
    assert check(sound, "--strict").exit_code == 0
    assert check(unwise).exit_code == 0
    assert check(unwise, sound, "--strict").exit_code == 1
    assert check(unwise, "--strict", "--ignore", "KT104").exit_code == 0
    assert check(unwise, "--strict", "--select", "KT2").exit_code == 0
    assert check(unwise, broken, "--strict").exit_code == 2
    assert check(unwise, no_table, "--strict").exit_code == 3
    assert check(unwise, "--explain", "KT104").exit_code == 2


def test_mistakes_are_told_before_advice(unwise: Path, write: Write) -> None:
    broken = write("broken.toml", "[kpi.a]\nformula = 'b'\n")
    done = check(broken, unwise)
    assert "there is no KPI 'b'" in done.stderr
    assert str(broken) not in done.stdout
    assert "KT104" in done.stdout


def test_a_way_out_is_told_once(write: Write) -> None:
    files = [write(name, EXAMPLES["KT104"].bad_tree()) for name in ("a.toml", "b.toml")]
    done = check(*files)
    assert done.stdout.count("hint: ") == 1
    assert done.stdout.count("KT104 revenue") == 2
    assert done.stdout.endswith("2 pieces of advice; why: kpitree check --explain KT104\n")


def test_findings_stand_in_the_order_of_the_file(write: Write) -> None:
    text = SOUND.replace("owner = ", "# owner = ").replace("review = ", "# review = ")
    done = check("-q", write("t.toml", text))
    found = [re.match(r".*:(\d+): (KT\d+) ", line) for line in done.stdout.splitlines()]
    places = [(int(one[1]), one[2]) for one in found if one]
    assert len(places) == 6
    assert places == sorted(places)


def test_quiet_says_nothing_of_sound_trees(sound: Path) -> None:
    assert check("-q", sound).output == ""


def test_a_deadline_is_held_against_the_day(write: Write) -> None:
    file = write("t.toml", SOUND.replace("target = 50\n", "target = 50\ndeadline = 2026-03-31\n"))
    assert check(file, "--strict").exit_code == 0
    assert check(file, "--strict", "--as-of", "2026-03-31").exit_code == 0
    late = check(file, "--strict", "--as-of", "2026-04-01")
    assert late.exit_code == 1
    assert "KT109 the deadline of order_value was 2026-03-31, before 2026-04-01" in late.stdout


def test_targets_of_the_table_count(write: Write) -> None:
    text = EXAMPLES["KT104"].bad_tree() + '[targets]\npath = "targets.csv"\n'
    write("targets.csv", "kpi,period,target\nrevenue,2026-01,60000\n")
    assert check("--strict", write("t.toml", text)).exit_code == 0
    write("targets.csv", "kpi,period,target\norder_value,2026-01,50\n")
    done = check(write("t.toml", text.replace("target = 50\n", "")))
    assert "KT104 revenue has no target" in done.stdout
    assert "order_value" not in done.stdout


def test_the_answer_goes_to_a_file(unwise: Path, tmp_path: Path) -> None:
    done = check(unwise, "-o", tmp_path / "found.json")
    assert (done.exit_code, done.output) == (0, "")
    document = json.loads((tmp_path / "found.json").read_text("utf-8"))
    (tree,) = document["trees"]
    assert [one["code"] for one in tree["findings"]] == ["KT104"]
    check(unwise, "-o", tmp_path / "found.txt")
    assert "KT104 revenue has no target" in (tmp_path / "found.txt").read_text("utf-8")


def test_the_answer_takes_no_place_of_a_tree(unwise: Path, sound: Path, tmp_path: Path) -> None:
    before = unwise.read_bytes()
    link = tmp_path / "link.txt"
    link.symlink_to(unwise)
    for form in ([], ["-f", "json"]):
        done = check(sound, unwise, "-o", link, *form)
        assert done.exit_code == 2
        assert "this is the tree file, and the answer would take its place" in done.stderr
        assert done.stdout == ""
    assert unwise.read_bytes() == before


@pytest.mark.parametrize("ending", [".toml", ".csv", ".md", ""])
def test_an_ending_without_a_format_is_refused_before_anything(
    ending: str, tmp_path: Path, write: Write
) -> None:
    file = tmp_path / f"advice{ending}"
    broken = write("broken.toml", "[kpi.a]\nformula = 'b'\n")
    done = check(broken, "-o", file)
    assert done.exit_code == 2
    assert "no format" in done.stderr or "no ending" in done.stderr
    assert "there is no KPI" not in done.stderr
    assert not file.exists()
    assert check(broken, "-o", file, "-f", "json").exit_code == 2
    assert file.exists()


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("codes", ["", ",", " "])
def test_an_option_without_a_code_is_a_mistake(option: str, codes: str, unwise: Path) -> None:
    done = check(unwise, option, codes)
    assert done.exit_code == 2
    assert f"{option}: names no code" in done.stderr


def test_what_was_selected_and_not_looked_for_is_told(unwise: Path) -> None:
    done = check(unwise, "--select", "KT104,KT4")
    assert "KT104 revenue" in done.stdout
    assert "not looked for, as it takes the data (--data): KT401, KT402, " in done.stderr
    assert check(unwise, "--select", "KT104,KT4", "-q").stderr == ""
    for option in (["--select", "KT104"], ["--select", "KT1"], ["--ignore", "KT1"], []):
        assert check(unwise, *option).stderr == ""


def test_an_explanation_is_text() -> None:
    assert check("--explain", "KT104", "-f", "json").exit_code == 2


def test_files_are_named_as_they_are_opened(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tree = write("kpi/t.toml", SOUND + '[targets]\npath = "../targets.csv"\n')
    write("targets.csv", "kpi,period,target\nrevenue,2026-01,much\n")
    monkeypatch.chdir(tmp_path)
    done = check(tree.relative_to(tmp_path), "-f", "github")
    assert done.stdout.startswith("::error file=targets.csv,line=2,")


def test_colour_on_request_only(unwise: Path) -> None:
    assert "\x1b" not in check(unwise).output
    painted = check(unwise, "--color", "always").stdout
    assert "\x1b[1mKT104\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == check(unwise).stdout


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_rule_is_explained(code: str) -> None:
    done = check("--explain", code.lower())
    assert done.exit_code == 0
    rule = BY_CODE[code]
    for text in (f"{code} {rule.name} ({rule.severity})", rule.why, rule.mend):
        assert text in done.stdout
    assert "Advised against:" in done.stdout
    assert ("In the data: " in done.stdout) is (code in ON_DATA)
    assert check("--explain", rule.name).stdout == done.stdout


# --- formats -------------------------------------------------------------------------------------

HOSTILE = "\x1b[31m[red]:eu: 100 %, a:b\n::error::x\u202e"


def rendered(form: str, *, tree: str = "t.toml", message: str = HOSTILE) -> str:
    found = Placed(finding=Finding(code="KT104", message=message), line=3)
    mistake = TreeError(message, where=f"{tree}:7: [kpi.x] formula", hint=message)
    checked = [
        Checked(tree=tree, summary=message, findings=(found,)),
        Checked(tree=tree, mistakes=(mistake,)),
    ]
    return FORMATS[form](checked, Style())


@pytest.mark.parametrize("form", FORMATS)
def test_words_of_users_are_harmless(form: str) -> None:
    text = rendered(form)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not any(line.startswith("::error::") for line in text.splitlines())
    assert "[red]:eu:" in text


def test_json_has_the_words_as_they_are() -> None:
    fine, broken = json.loads(rendered("json"))["trees"]
    assert fine["findings"][0]["message"] == HOSTILE
    assert broken["mistakes"][0]["hint"] == HOSTILE
    assert broken["mistakes"][0]["line"] == 7


def test_github_reads_back_what_was_meant() -> None:
    command = re.compile(r"::(\w+) file=([^,:]*),line=(\d+),title=([^,:]*)::(.*)")
    warning, error = rendered("github", tree="a,b:c%.toml").splitlines()
    for line, kind, at in ((warning, "warning", "3"), (error, "error", "7")):
        found = command.fullmatch(line)
        assert found is not None
        assert found[1] == kind
        assert found[2] == "a%2Cb%3Ac%25.toml"
        assert found[3] == at
        assert "100 %25, a:b\\n::error::x" in found[5]


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("trees/t.toml:12: [kpi.a] formula", ("trees/t.toml", 12)),
        ("trees/t.toml:12", ("trees/t.toml", 12)),
        ("trees/t.toml: [kpi.a]", ("trees/t.toml", None)),
        ("trees/t.toml", ("trees/t.toml", None)),
        ("data/targets.csv:3", ("trees/data/targets.csv", 3)),
        ("../data/targets.csv:3", ("data/targets.csv", 3)),
        ("../../data/targets.csv:3", ("../data/targets.csv", 3)),
        ("/data/targets.csv:3", ("/data/targets.csv", 3)),
        ("https://example.org/t.csv, row 3", ("https://example.org/t.csv", 3)),
        ("../deals.csv, line 2, column 'day'", ("deals.csv", 2)),
        ("../days/*.csv (05.csv), line 2, column 'day'", ("days/05.csv", 2)),
        ("t.parquet, row 9", ("trees/t.parquet", 9)),
        ("../data/deals.csv, column 'day'", ("data/deals.csv", None)),
        ("", ("trees/t.toml", None)),
    ],
)
def test_places_of_mistakes(where: str, place: tuple[str, int | None]) -> None:
    assert place_of(SourceError("x", where=where), "trees/t.toml") == place


def test_an_odd_name_of_a_tree_is_no_line() -> None:
    error = TreeError("x", where="a:3: b.toml:5: [kpi.x]")
    assert place_of(error, "a:3: b.toml") == ("a:3: b.toml", 5)


# --- what is loaded ------------------------------------------------------------------------------

HEAVY = ("polars", "rich", "kpitree.analysis", "kpitree.data")


def loaded(*arguments: str) -> set[str]:
    code = (
        "import sys\n"
        f"sys.argv = ['kpitree', 'check', *{arguments!r}]\n"
        "from kpitree.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', *(name for name in {HEAVY!r} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ,
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["trees/sales.toml", "trees/saas.toml"], []),
        (["tests/advice/unwise.toml", "--format", "json"], []),
        (["--explain", "KT104"], []),
        (["trees/quota.toml"], ["kpitree.analysis", "kpitree.data", "polars"]),
    ],
    ids=" ".join,
)
def test_advice_on_the_tree_alone_is_light(arguments: list[str], found: list[str]) -> None:
    assert sorted(loaded(*arguments)) == found
