"""add, set, rename and remove as a person uses them: what they say, refuse and leave alone."""

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree.cli import changing, console
from kpitree.cli.app import app
from kpitree.cli.replacing import Replacement, replace_files
from kpitree.errors import OutputError, UsageError
from kpitree.tree.model import Branch, PlainTarget
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[2]
SHOP = """\
# A shop.
[tree]
root = "profit"

[sources.sales]
path = "sales.csv"
time = "day"

[kpi.profit]
formula = "revenue - cost"   # what is left
counterweight = "returns"

[kpi.revenue]
measure = "sum(amount)"

# --- beside it

# comes back
[kpi.returns]
measure = "count()"
where = "back"
# of these, too
leads = ["revenue"]

[kpi.cost]
value = 5_000
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("shop.toml")
    path.write_text(SHOP, "utf-8")
    return path


def kpitree(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


REFUSED = {
    "a name that exists": (
        ("add", "shop.toml", "cost", "--value", "1"),
        "error: shop.toml: there is a KPI 'cost' already\nhint: to change it: kpitree set\n",
    ),
    "a new name that exists": (
        ("rename", "shop.toml", "cost", "revenue"),
        "error: shop.toml: there is a KPI 'revenue' already\nhint: choose another name\n",
    ),
    "renamed to itself": (
        ("rename", "shop.toml", "cost", "cost"),
        "error: shop.toml: there is a KPI 'cost' already\nhint: choose another name\n",
    ),
    "a name that does not exist": (
        ("set", "shop.toml", "costs", "value=1"),
        "error: shop.toml: there is no KPI 'costs'\nhint: did you mean 'cost'?\n",
    ),
    "nothing to rename": (
        ("rename", "shop.toml", "revenu", "income"),
        "error: shop.toml: there is no KPI 'revenu'\nhint: did you mean 'revenue'?\n",
    ),
    "nothing to remove": (
        ("remove", "shop.toml", "return"),
        "error: shop.toml: there is no KPI 'return'\nhint: did you mean 'returns'?\n",
    ),
    "no such source": (
        ("set", "shop.toml", "sources.sale", "time=day"),
        "error: shop.toml: there is no source 'sale'\nhint: did you mean 'sources.sales'?\n",
    ),
    "no such place": (
        ("add", "shop.toml", "tax", "--value", "1", "--after", "coost"),
        "error: shop.toml: there is no KPI 'coost'\nhint: did you mean 'cost'?\n",
    ),
    "no such parent": (
        ("add", "shop.toml", "tax", "--value", "1", "--under", "profits"),
        "error: shop.toml: there is no KPI 'profits'\nhint: did you mean 'profit'?\n",
    ),
    "an invalid name": (
        ("add", "shop.toml", "net profit", "--value", "1"),
        (
            'error: shop.toml: [kpi."net profit"]: this is not a name that a formula can use\n'
            "hint: letters, digits and _ only, such as: net_profit\n"
        ),
    ),
    "an invalid new name": (
        ("rename", "shop.toml", "cost", "sum"),
        (
            "error: shop.toml: [kpi.sum]: 'sum' is a word of the formula language\n"
            "hint: choose another name\n"
        ),
    ),
    "others depend on it": (
        ("remove", "shop.toml", "revenue", "returns"),
        (
            "error: shop.toml:10: [kpi.profit] formula: 'revenue' cannot be removed: 'profit'"
            " names it\nhint: first: kpitree set TREE profit formula=...; or remove 'profit', too\n"
            "error: shop.toml:11: [kpi.profit] counterweight: 'returns' cannot be removed: 'profit'"
            " names it\n"
            "hint: first: kpitree set TREE profit --unset counterweight; or remove 'profit', too\n"
        ),
    ),
    "the goal": (
        ("remove", "shop.toml", "profit"),
        (
            "error: shop.toml:3: [tree] root: 'profit' cannot be removed: it is the tree's goal\n"
            "hint: first: kpitree set TREE tree root=NAME\n"
        ),
    ),
    "a value of the wrong type": (
        ("set", "shop.toml", "cost", "target=a lot", "controllable=yes", "decimals=1.5"),
        (
            "error: shop.toml: [kpi.cost] target: a number or a table is needed, not a text\n"
            "error: shop.toml: [kpi.cost] controllable: true or false is needed, not a text\n"
            "hint: write: controllable=true\n"
            "error: shop.toml: [kpi.cost] decimals: a whole number is needed, not 1.5\n"
        ),
    ),
    "no such word": (
        ("set", "shop.toml", "cost", "review=monthyl"),
        (
            "error: shop.toml: [kpi.cost] review: 'monthyl' is not one of: daily, weekly, monthly,"
            " quarterly, yearly\nhint: did you mean 'monthly'?\n"
        ),
    ),
    "an unknown key": (
        ("set", "shop.toml", "cost", "tagret=5"),
        (
            "error: shop.toml: [kpi.cost] tagret: there is no key 'tagret' here\n"
            "hint: did you mean 'target'?\n"
        ),
    ),
    "an unknown key removed": (
        ("set", "shop.toml", "cost", "--unset", "valeu"),
        (
            "error: shop.toml: [kpi.cost]: there is no key 'valeu' to remove\n"
            "hint: did you mean 'value'?\n"
        ),
    ),
    "a key in what is no table": (
        ("set", "shop.toml", "cost", "value.2026-01=5"),
        (
            "error: shop.toml: kpi.cost.value is no table, so it has no '2026-01'\n"
            "hint: give it a whole new value: value={ ... }\n"
        ),
    ),
    "a circle": (
        ("set", "shop.toml", "cost", "formula=profit * 2", "--unset", "value"),
        (
            "error: shop.toml: [kpi.profit] formula: the formulas go round in a circle:"
            " profit -> cost -> profit\n"
            "hint: one of them needs a measure or a value of its own\n"
        ),
    ),
    "an unknown operand": (
        ("add", "shop.toml", "margin", "--formula", "profit / revenu"),
        (
            "error: shop.toml: [kpi.margin] formula: there is no KPI 'revenu'\n"
            '  formula = "profit / revenu"\n'
            "                      ^^^^^^\n"
            "hint: did you mean 'revenue'?\n"
        ),
    ),
    "an operand of a measure": (
        ("add", "shop.toml", "tax", "--value", "1", "--under", "revenue", "--op", "-"),
        (
            "error: shop.toml: 'revenue' has a measure, so nothing can be put under it with an"
            " operator\n"
            "hint: without --op the new KPI leads it; or give it a formula first\n"
        ),
    ),
    "an operator alone": (
        ("add", "shop.toml", "tax", "--value", "1", "--op", "-"),
        "error: --op: an operator needs a formula to stand in\nhint: such as --under revenue\n",
    ),
    "neither formula, measure nor value": (
        ("add", "shop.toml", "tax"),
        (
            "error: shop.toml: [kpi.tax]: a KPI has exactly one of formula, measure, value; this"
            ' has none of them\nhint: such as: measure = "count()"\n'
        ),
    ),
    "a key given twice": (
        ("add", "shop.toml", "tax", "value=1", "--value", "2"),
        "error: shop.toml: the key 'value' is given twice\n",
    ),
    "set and unset": (
        ("set", "shop.toml", "cost", "value=1", "--unset", "value"),
        "error: shop.toml: the key 'value' is set and removed\n",
    ),
    "no key": (
        ("set", "shop.toml", "cost", "5"),
        "error: shop.toml: '5' is not KEY=VALUE\nhint: such as target=2_000\n",
    ),
    "nothing to set": (
        ("set", "shop.toml", "cost"),
        (
            "error: shop.toml: there is nothing to change\n"
            "hint: such as target=2_000, or --unset KEY\n"
        ),
    ),
    "a missing file": (
        ("set", "shoq.toml", "cost", "value=1"),
        "error: shoq.toml: there is no such tree file\nhint: did you mean 'shop.toml'?\n",
    ),
    "a folder": (
        ("remove", ".", "cost"),
        "error: .: this is a folder; a tree is one file\nhint: tree files there: shop.toml\n",
    ),
    "standard input": (
        ("rename", "-", "cost", "costs"),
        (
            "error: -: this is standard input, not a file\n"
            "hint: name a tree file: it is changed in place\n"
        ),
    ),
    "a device": (
        ("set", "/dev/null", "cost", "value=1"),
        (
            "error: /dev/null: this is a pipe or a device, not a file\n"
            "hint: name a tree file: it is changed in place\n"
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, shop: Path) -> None:
    words, message = REFUSED[case]
    result = kpitree(*words)
    assert (result.stderr, result.stdout, result.exit_code) == (message, "", 2)
    assert shop.read_text("utf-8") == SHOP
    assert list(Path().iterdir()) == [shop]


BROKEN = SHOP.replace("revenue - cost", "revenue - costs").replace("where =", "wher =")


@pytest.mark.parametrize(
    "words",
    [
        ("add", "shop.toml", "x", "--value", "1"),
        ("set", "shop.toml", "cost", "value=1"),
        ("rename", "shop.toml", "cost", "costs"),
        ("remove", "shop.toml", "cost"),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["", "dry run"])
def test_a_file_with_mistakes_is_refused_with_all_of_them(
    words: tuple[str, ...], dry_run: tuple[str, ...], shop: Path
) -> None:
    shop.write_text(BROKEN, "utf-8")
    result = kpitree(*words, *dry_run)
    assert result.stderr == (
        "error: shop.toml:10: [kpi.profit] formula: there is no KPI 'costs'\n"
        '  formula = "revenue - costs"   # what is left\n'
        "                       ^^^^^\n"
        "hint: did you mean 'cost'?\n"
        "error: shop.toml:21: [kpi.returns] wher: there is no key 'wher' here\n"
        "hint: did you mean 'where'?\n"
    )
    assert result.exit_code == 2
    assert shop.read_text("utf-8") == BROKEN


def test_a_read_only_file_is_refused_also_for_root(shop: Path) -> None:
    shop.chmod(0o444)
    result = kpitree("set", "shop.toml", "cost", "value=1")
    assert result.stderr == (
        "error: shop.toml: the file is read-only\nhint: allow it first: chmod u+w shop.toml\n"
    )
    assert result.exit_code == 2
    assert shop.read_text("utf-8") == SHOP


def test_a_pipe_is_refused_without_waiting_for_it(shop: Path) -> None:
    os.mkfifo("pipe")
    result = kpitree("set", "pipe", "cost", "value=1")
    assert "this is a pipe or a device" in result.stderr
    assert shop.read_text("utf-8") == SHOP


def test_a_file_that_changes_meanwhile_is_kept(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = SHOP + "# theirs\n"

    def late(wanted: Sequence[Replacement]) -> None:
        wanted[0].path.write_text(theirs, "utf-8")
        replace_files(wanted)

    monkeypatch.setattr(changing, "replace_files", late)
    result = kpitree("set", "shop.toml", "cost", "value=1")
    assert result.stderr == (
        "error: shop.toml: another program has changed the file meanwhile, so nothing is written\n"
        "hint: look at what it holds now, and try again\n"
    )
    assert result.exit_code == 2
    assert shop.read_text("utf-8") == theirs
    assert list(Path().iterdir()) == [shop]


def test_a_link_stays_a_link_and_modes_stay(shop: Path) -> None:
    shop.chmod(0o640)
    Path("link.toml").symlink_to("shop.toml")
    assert kpitree("set", "link.toml", "cost", "value=1").exit_code == 0
    assert Path("link.toml").is_symlink()
    assert shop.read_text("utf-8") == SHOP.replace("5_000", "1")
    assert shop.stat().st_mode & 0o777 == 0o640


# --- what they do --------------------------------------------------------------------------

DONE: dict[str, tuple[tuple[str, ...], str, Callable[[str], str]]] = {
    "added under a KPI that it leads": (
        ("add", "shop.toml", "visits", "--measure", "count()", "--under", "revenue", 'tags=["a"]'),
        "added 'visits' under 'revenue'",
        lambda text: (
            text + '\n[kpi.visits]\nmeasure = "count()"\nleads = ["revenue"]\ntags = ["a"]\n'
        ),
    ),
    "added to a formula": (
        ("add", "shop.toml", "pieces", "--value", "12", "--under", "profit", "--op", "/"),
        "added 'pieces' under 'profit'",
        lambda text: (
            text.replace("revenue - cost", "(revenue - cost) / pieces")
            + "\n[kpi.pieces]\nvalue = 12\n"
        ),
    ),
    "added behind another one": (
        ("add", "shop.toml", "tax", "--value", "0.19", "--after", "revenue", "--unit", "percent"),
        "added 'tax'",
        lambda text: text.replace(
            "\n# --- beside it", '\n[kpi.tax]\nvalue = 0.19\nunit = "percent"\n\n# --- beside it'
        ),
    ),
    "set, as typed": (
        ("set", "shop.toml", "cost", "value=4_500", "label=Cost = money", "target=4e3"),
        "changed value, label, target of cost",
        lambda text: text.replace("5_000", '4_500\nlabel = "Cost = money"\ntarget = 4e3'),
    ),
    "set in tables": (
        ("set", "shop.toml", "cost", "thresholds.at_risk=2%", "target={value=9,per='year'}"),
        "changed thresholds.at_risk, target of cost",
        lambda text: (
            text + "thresholds = { at_risk = \"2%\" }\ntarget = { value = 9, per = 'year' }\n"
        ),
    ),
    "a calendar that was not there": (
        ("set", "shop.toml", "calendar", "fiscal_year_start=4"),
        "changed fiscal_year_start of calendar",
        lambda text: text.replace(
            "\n[sources.sales]", "\n[calendar]\nfiscal_year_start = 4\n\n[sources.sales]"
        ),
    ),
    "a dimension": (
        ("set", "shop.toml", "sources.sales", "dimensions.region=area", "where=area != 'x'"),
        "changed dimensions.region, where of sources.sales",
        lambda text: text.replace(
            'time = "day"\n',
            'time = "day"\nwhere = "area != \'x\'"\n\n[sources.sales.dimensions]\n'
            'region = "area"\n',
        ),
    ),
    "unset": (
        ("set", "shop.toml", "returns", "--unset", "where", "--unset", "leads"),
        "changed where, leads of returns",
        lambda text: text.replace('where = "back"\n', "").replace('leads = ["revenue"]\n', ""),
    ),
    "as it is already": (
        ("set", "shop.toml", "cost", "value=5000"),
        "nothing to change",
        lambda text: text,
    ),
    "renamed": (
        ("rename", "shop.toml", "revenue", "umsatz"),
        "renamed 'revenue' to 'umsatz' (3 places)",
        lambda text: text.replace("revenue", "umsatz"),
    ),
    "the goal renamed": (
        ("rename", "shop.toml", "profit", "win"),
        "renamed 'profit' to 'win' (2 places)",
        lambda text: text.replace("profit", "win"),
    ),
}


@pytest.mark.parametrize("case", DONE)
def test_done(case: str, shop: Path) -> None:
    words, said, expected = DONE[case]
    dry = kpitree(*words, "--dry-run")
    assert shop.read_text("utf-8") == SHOP
    assert dry.exit_code == 0
    assert dry.stdout.startswith("--- shop.toml (now)\n+++ shop.toml (then)\n@@ ") == (
        expected(SHOP) != SHOP
    )
    result = kpitree(*words)
    assert (result.stdout, result.exit_code) == (f"shop.toml: {said}\n", 0)
    assert shop.read_text("utf-8") == expected(SHOP)


def test_removed_with_its_comments_and_no_others(shop: Path) -> None:
    assert kpitree("set", "shop.toml", "profit", "--unset", "counterweight", "-q").stdout == ""
    result = kpitree("remove", "shop.toml", "returns")
    assert result.stdout == "shop.toml: removed 'returns'\n"
    text = shop.read_text("utf-8")
    assert "# --- beside it\n\n[kpi.cost]\n" in text
    assert "comes back" not in text
    assert "of these" not in text


def test_removed_with_drivers(shop: Path) -> None:
    kpitree("add", "shop.toml", "a", "--value", "1")
    kpitree("add", "shop.toml", "b", "--formula", "a * 2 + cost")
    kpitree("add", "shop.toml", "c", "--formula", "b - a")
    alone = kpitree("remove", "shop.toml", "b")
    assert "[kpi.c] formula: 'b' cannot be removed: 'c' names it" in alone.stderr
    result = kpitree("remove", "shop.toml", "c", "--with-drivers")
    assert result.stdout == "shop.toml: removed 'a', 'b', 'c'\n"
    assert shop.read_text("utf-8") == SHOP


def test_others_are_told_where_a_name_still_stands(shop: Path) -> None:
    shop.write_text(SHOP.replace("# A shop.", "# A shop: cost and more."), "utf-8")
    Path("other.toml").write_text("[kpi.cost]\nvalue = 1\n", "utf-8")
    result = kpitree("rename", "shop.toml", "cost", "expense")
    assert result.stderr == (
        "warning: 'cost' still stands in comments or descriptions: line 1\n"
        "warning: other tree files beside it say 'cost', too: other.toml\n"
        "warning: commands that say 'cost' (--set, --kpi) in scripts are not looked for\n"
    )
    assert kpitree("rename", "shop.toml", "expense", "cost", "--quiet").output == ""


def test_an_unreadable_neighbour_is_said(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_targets(shop)
    Path("zz.toml").write_text("[kpi.cost]\nvalue = 1\n", "utf-8")
    read = Path.read_bytes
    seen: list[bool] = []

    def closed(path: Path) -> bytes:
        if path.name == "zz.toml":
            seen.append("expense" in shop.read_text("utf-8"))
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    result = kpitree("rename", "shop.toml", "cost", "expense")
    assert (result.exit_code, result.stdout[:17]) == (0, "shop.toml: rename")
    assert (
        "warning: could not look for 'cost' in other tree files beside it: zz.toml\n"
        in result.stderr
    )
    assert seen == [False, False]  # before anything is written


def test_the_way_to_allow_writing_can_be_copied(tmp_path: Path) -> None:
    tree = tmp_path / "a shop.toml"
    tree.write_text(SHOP, "utf-8")
    tree.chmod(0o444)
    result = kpitree("set", str(tree), "cost", "unit=hours")
    assert f"chmod u+w '{tree}'" in result.stderr


TARGETS = 'kpi;period;target\r\ncost;2026-01;5\r\n"cost";2026-02;6\r\nrevenue;2026-01;cost\r\n'


def with_targets(shop: Path, target: str = "7") -> None:
    shop.write_text(SHOP + '\n[targets]\npath = "goals.csv"\n', "utf-8")
    text = TARGETS.replace(";cost\r", f";{target}\r")
    Path("goals.csv").write_bytes(text.encode())


def test_a_plain_table_of_targets_follows_a_renaming(shop: Path) -> None:
    with_targets(shop)
    dry = kpitree("rename", "shop.toml", "cost", "expense", "--dry-run")
    assert "--- goals.csv (now)" in dry.stdout
    assert "+expense;2026-01;5\n" in dry.stdout
    result = kpitree("rename", "shop.toml", "cost", "expense")
    assert result.stdout == "shop.toml: renamed 'cost' to 'expense' (2 places and 2 in goals.csv)\n"
    now = Path("goals.csv").read_bytes().decode()
    assert now == TARGETS.replace("cost", "expense").replace(";expense\r", ";7\r")
    assert kpitree("check", "shop.toml").exit_code == 0


def test_a_table_of_targets_that_two_trees_have_is_left_alone(shop: Path) -> None:
    with_targets(shop)
    Path("other.toml").write_text('[targets]\npath = "goals.csv"\n', "utf-8")
    result = kpitree("rename", "shop.toml", "cost", "expense")
    assert result.stderr == (
        "error: shop.toml: 'cost' has 2 rows in the table of targets goals.csv, which other.toml"
        " also has\nhint: write 'expense' there instead, and then run this again\n"
    )
    assert result.exit_code == 2
    assert shop.read_text("utf-8").startswith(SHOP)
    assert "cost;2026-01" in Path("goals.csv").read_text("utf-8")


def test_a_kpi_with_targets_in_a_table_is_not_removed(shop: Path) -> None:
    with_targets(shop)
    kpitree("set", "shop.toml", "profit", "formula=revenue")
    result = kpitree("remove", "shop.toml", "cost")
    assert result.stderr == (
        "error: goals.csv:2: 'cost' cannot be removed: it has a target here\n"
        "hint: remove the row first\n"
        "error: goals.csv:3: 'cost' cannot be removed: it has a target here\n"
        "hint: remove the row first\n"
    )
    assert result.exit_code == 2


@pytest.mark.usefixtures("shop")
def test_a_diff_has_colours_only_where_they_are_asked_for() -> None:
    words = ("set", "shop.toml", "cost", "label=\x1b[31mred", "--dry-run")
    plain, painted = kpitree(*words), kpitree(*words, "--color", "always")
    assert "\x1b" not in plain.stdout
    assert "\x1b[32m+label" in painted.stdout
    assert "\x1b[31mred" not in painted.stdout
    assert r"\u001b[31mred" in plain.stdout


def test_the_numbers_stay_when_a_kpi_of_the_sample_is_renamed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "trees", tmp_path / "trees")
    shutil.copytree(ROOT / "sample_data" / "deals", tmp_path / "sample_data" / "deals")
    tree = str(tmp_path / "trees" / "sales.toml")
    before = kpitree("eval", tree, "--format", "csv", "--period", "2026-06")
    assert kpitree("rename", tree, "close_rate", "win_rate", "-q").exit_code == 0
    after = kpitree("eval", tree, "--format", "csv", "--period", "2026-06")
    assert before.exit_code == after.exit_code == 0
    assert "close_rate" in before.stdout
    assert after.stdout == before.stdout.replace("close_rate", "win_rate")


def test_values_are_what_the_tree_then_says(shop: Path) -> None:
    kpitree("set", "shop.toml", "cost", "target=-2_000", 'owner="A" \\ b', "value=0x1F")
    cost = load_tree(shop).kpis["cost"]
    assert (cost.target, cost.owner) == (PlainTarget(value=-2000.0), '"A" \\ b')
    kpitree("add", "shop.toml", "tax", "--formula", "profit * 2")
    assert isinstance(load_tree(shop).kpis["tax"], Branch)


def test_links_in_a_circle_are_no_place_to_write(tmp_path: Path) -> None:
    path = tmp_path / "loop"
    path.symlink_to("loop")
    with pytest.raises(OutputError, match="Too many levels of symbolic links"):
        console.write_file(path, "mine")
    assert [*tmp_path.iterdir()] == [path]


def test_write_file_refuses_what_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("theirs", "utf-8")
    with pytest.raises(UsageError, match="another program"):
        replace_files([Replacement(path, "mine", b"old")])
    assert path.read_text("utf-8") == "theirs"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (["--measure", "count()", "--source", "sales"], True),
        (["--measure", "count()"], True),  # the only source
        (["--formula", "cost * 2", "measured=count()"], True),
        (["--formula", "cost * 2"], False),
        (["--value", "2"], False),
    ],
)
def test_a_kpi_on_a_source_that_leaves_rows_out_is_told(
    shop: Path, keys: list[str], told: bool
) -> None:
    shop.write_text(SHOP.replace('time = "day"\n', 'time = "day"\nwhere = "not back"\n'), "utf-8")
    result = kpitree("add", "shop.toml", "new", *keys)
    assert result.exit_code == 0, result.stderr
    warning = (
        "warning: the source 'sales' holds only rows where not back; 'new' counts among those:"
        " a source of its own for the same file, without that where, has all rows\n"
    )
    assert result.stderr == (warning if told else "")
    quiet = kpitree("add", "shop.toml", "newer", *keys, "--quiet")
    assert (quiet.exit_code, quiet.stderr) == (0, "")


def test_a_source_with_all_of_its_rows_is_not_told(shop: Path) -> None:
    assert kpitree("add", str(shop), "new", "--measure", "count()").stderr == ""
