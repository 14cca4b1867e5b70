"""What goes with a KPI that is removed, what stays, and what is said of those that name it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree.cli.app import app
from kpitree.tree.editing.edits import remove, set_keys
from kpitree.tree.editing.leaving import with_drivers
from kpitree.tree.read import load_tree, read_tree

TREE = """\
[tree]
root = "top"

[kpi.top]
formula = "z + 1"

[kpi.z]
value = 3
"""


def kpi(name: str, **keys: str) -> str:
    lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f"\n[kpi.{name}]\n{lines}"


R = kpi("r", formula='"a - b"')
A, B = kpi("a", value="1"), kpi("b", value="2")
GROUPS = {
    "each the other's counterweight": (
        R + A + 'counterweight = "b"\n' + B + 'counterweight = "a"\n',
        ("r", "a", "b"),
    ),
    "each leads the other": (R + A + 'leads = ["b"]\n' + B + 'leads = ["a"]\n', ("r", "a", "b")),
    "one leads what is above it": (R + A + 'leads = ["r"]\n' + B, ("r", "a", "b")),
    "one is led from outside": (
        R + A + 'counterweight = "b"\n' + B + kpi("c", value="1", leads='["a"]'),
        ("r",),
    ),
    "one is the counterweight of what stays": (
        R + A + 'counterweight = "z"\n' + B + kpi("c", value="1", counterweight='"b"'),
        ("r", "a"),
    ),
    "what stays keeps what it is made of": (
        kpi("r", formula='"a - b"')
        + kpi("a", formula='"b * d"')
        + B
        + kpi("d", value="1")
        + kpi("c", formula='"a * 2"'),
        ("r",),
    ),
    "all the way down": (
        kpi("r", formula='"a * 2"') + kpi("a", formula='"b + d"') + B + kpi("d", value="1"),
        ("r", "a", "b", "d"),
    ),
}


@pytest.mark.parametrize("case", GROUPS)
def test_drivers_that_only_name_each_other_go_together(case: str, tmp_path: Path) -> None:
    more, gone = GROUPS[case]
    text = TREE + more
    tree = read_tree(text, tmp_path / "m.toml")
    assert with_drivers(tree, text, ["r"]) == gone
    left = read_tree(remove(text, gone), tmp_path / "m.toml")
    assert [*left.kpis] == [name for name in tree.kpis if name not in gone]


# --- comments of a KPI that has no header ---------------------------------------------------------

DOTTED: dict[str, tuple[str, str]] = {
    "above, between and below": (
        '[kpi]\nr.value = 1\n\n# about a\na.value = 1\n# between\na.label = "x"\n# below',
        "[kpi]\nr.value = 1",
    ),
    "no more than those": (
        "[kpi]\nr.value = 1\n\n# a section\n\n# about a\na.value = 1   # one\n# below\n\n# n\n",
        "[kpi]\nr.value = 1\n\n# a section\n\n# n\n",
    ),
    "not those of the next one": (
        "kpi.r.value = 1\nkpi.a.value = 1\n# about b\nkpi.b.value = 1\n",
        "kpi.r.value = 1\n# about b\nkpi.b.value = 1\n",
    ),
    "in two places": (
        "[kpi]\n# one\na.value = 1\n# r\nr.value = 1\n# two\na.unit = 'x'\n# b\nb.value = 1\n",
        "[kpi]\n# r\nr.value = 1\n# b\nb.value = 1\n",
    ),
    "in braces on its line": (
        "[kpi]\nr.value = 1\n\n# about a\na = { value = 1 }\n# below\n\nb = { value = 2 }\n",
        "[kpi]\nr.value = 1\n\nb = { value = 2 }\n",
    ),
    "in braces within braces": (
        "# all\nkpi = { r = { value = 1 }, a = { value = 2 } }\n# below\n",
        "# all\nkpi = { r = { value = 1 } }\n# below\n",
    ),
    "below a header": (
        "[tree]\nroot = 'r'\n\n# all\n[kpi]\n# about a\na.value = 1\n\nr.value = 1\n",
        "[tree]\nroot = 'r'\n\n# all\n[kpi]\n\nr.value = 1\n",
    ),
    "lines for editors": (
        "[kpi]\nr.value = 1\n\n#: kept\n# a\na.value = 1\n#: too\na.label = '''\n#: no\n'''\n",
        "[kpi]\nr.value = 1\n\n#: kept\n#: too\n",
    ),
    "lines for editors below a header": (
        "[kpi.r]\nvalue = 1\n\n#: a\n# a\n[kpi.a]\nvalue = 1\n#: too\nlabel = '''\n#: n\n'''\n",
        "[kpi.r]\nvalue = 1\n\n#: a\n#: too\n",
    ),
}


@pytest.mark.parametrize("case", DOTTED)
def test_comments_of_a_kpi_without_a_header(case: str) -> None:
    before, after = DOTTED[case]
    assert remove(before, ["a"]) == after
    windows = remove(before.replace("\n", "\r\n"), ["a"])
    assert windows == after.replace("\n", "\r\n")


def test_other_keys_leave_the_comments_above_them() -> None:
    text = "[tree]\n# the name\nname = 'x'\nroot = 'a'\n\n[kpi.a]\nvalue = 1\n"
    assert set_keys(text, {("tree", "name"): None}) == text.replace("name = 'x'\n", "")


def test_a_table_that_becomes_a_value_takes_the_comments_at_its_header() -> None:
    text = "[kpi.x]\nvalue = 1\n\n# when\n[kpi.x.target]\n# of a year\nvalue = 9\nper = 'year'\n"
    assert set_keys(text, {("kpi", "x", "target"): 2.5}) == "[kpi.x]\nvalue = 1\ntarget = 2.5\n"


# --- what is said ---------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("m.toml")
    more = kpi("one", value="1", leads='["a"]', counterweight='"a"')
    path.write_text(TREE + A + B + more + kpi("two", value="1", leads='["a", "b"]'), "utf-8")
    return path


def kpitree(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_hints_do_what_they_say(tree: Path) -> None:
    result = kpitree("remove", "m.toml", "a")
    assert result.exit_code == 2
    hints = [
        line.removeprefix("hint: first: ").partition("; or")[0]
        for line in result.stderr.splitlines()
        if line.startswith("hint")
    ]
    assert hints == [
        "kpitree set TREE one --unset leads",
        "kpitree set TREE one --unset counterweight",
        "kpitree set TREE two 'leads=[\"b\"]'",
    ]
    assert kpitree("set", "m.toml", "one", "--unset", "leads", "--unset", "counterweight").stdout
    assert kpitree("set", "m.toml", "two", 'leads=["b"]').exit_code == 0
    assert kpitree("remove", "m.toml", "a", "a").stdout == "m.toml: removed 'a'\n"
    assert "a" not in load_tree(tree).kpis
