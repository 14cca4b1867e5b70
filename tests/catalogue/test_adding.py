"""A KPI of the catalogue put into a tree: what comes along, what stays, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kpitree import load
from kpitree.catalogue.adding import with_entry
from kpitree.catalogue.read import catalogue, catalogue_of
from kpitree.catalogue.wish import Wish
from kpitree.cli.app import app
from kpitree.errors import UsageError
from kpitree.tree.model import Branch, Leaf
from kpitree.tree.read import load_tree, read_tree
from kpitree.tree.writing import text_of

ROOT = Path(__file__).parents[2]
POOL = catalogue()
SALES = (ROOT / "trees" / "sales.toml").read_text("utf-8")
Write = Callable[[str, str], Path]

SMALL = catalogue_of(
    {
        "small.toml": """
[rows.orders]
about = "One row an order"
time = "ordered_on"
[rows.orders.columns]
ordered_on = { type = "date", about = "the day of the order" }
amount = { type = "number", about = "what was paid" }
[rows.customers]
about = "One row a customer"
from = "since"
to = "until"
[rows.customers.columns]
since = { type = "date", about = "the first day" }
until = { type = "date", about = "the first day it was gone", optional = true }

[kpi.spend]
label = "Spend"
formula = "turnover / (customers + lost)"
counterweight = "discounts"
leads = ["turnover", "elsewhere"]
[kpi.turnover]
label = "Turnover"
measure = "sum(amount)"
source = "orders"
[kpi.customers]
label = "Customers"
measure = "count()"
source = "customers"
[kpi.lost]
label = "Lost"
measure = "count()"
source = "customers"
count_when = "ended"
[kpi.discounts]
label = "Discounts"
measure = "count()"
source = "orders"
where = "amount == 0"

[entry.spend]
departments = ["Sales"]
rhythms = ["weekly"]
gamed = "Small ones are not counted."
[entry.turnover]
departments = ["Sales"]
rhythms = ["monthly"]
gamed = "It is booked early."
"""
    }
)
TREE = """\
# mine
[sources.orders]
path = "mine.csv"
time = "ordered_on"

[kpi.profit]   # the goal
formula = "income - cost"
[kpi.income]
measure = "sum(paid)"
source = "orders"
[kpi.cost]
value = 5
"""


def added(text: str, entry: str, wish: Wish) -> str:
    return with_entry(text, Path("tree.toml"), SMALL, SMALL.entry(entry), wish).text


def kept(old: str, new: str) -> bool:
    """Whether every line of the old text is still there, in its order."""
    lines = iter(new.splitlines())
    return all(line in lines for line in old.splitlines())


def test_the_entry_comes_with_all_that_it_is_computed_from() -> None:
    done = with_entry(TREE, Path("tree.toml"), SMALL, SMALL.entry("spend"), Wish(under="profit"))
    tree = read_tree(done.text, Path("tree.toml"))
    assert done.kpis == ("spend", "turnover", "customers", "lost")
    assert done.sources == ("customers",)
    assert list(tree.kpis)[:5] == ["profit", "spend", "turnover", "customers", "lost"]
    assert tree.root == "profit"
    spend = tree.kpis["spend"]
    assert spend.leads == ("turnover", "profit")
    assert spend.department == "Sales"
    assert spend.review == "weekly"
    assert spend.counterweight is None
    assert tree.sources["orders"].path == "mine.csv"
    assert tree.sources["customers"].path == "customers.csv"
    assert (tree.sources["customers"].time, tree.sources["customers"].until) == ("since", "until")
    assert kept(TREE, done.text)
    assert [notice.code for notice in done.notices] == [
        "columns_needed",
        "new_source",
        "no_counterweight",
        "no_owner",
    ]


def test_its_counterweight_comes_when_asked() -> None:
    wish = Wish(under="profit", counterweight=True)
    tree = read_tree(added(TREE, "spend", wish), Path("tree.toml"))
    assert tree.kpis["spend"].counterweight == "discounts"
    assert "discounts" in tree.kpis


@pytest.mark.parametrize(
    ("op", "formula"),
    [
        ("+", "income - cost + turnover"),
        ("-", "income - cost - turnover"),
        ("*", "(income - cost) * turnover"),
        ("/", "(income - cost) / turnover"),
    ],
)
def test_the_formula_above_takes_it_in(op: str, formula: str) -> None:
    text = added(TREE, "turnover", Wish(under="profit", op=op))
    assert f'formula = "{formula}"' in text
    assert read_tree(text, Path("tree.toml")).kpis["turnover"].leads == ()


def test_without_a_parent_the_goal_stays_the_goal() -> None:
    text = added(TREE, "turnover", Wish())
    assert read_tree(text, Path("tree.toml")).root == "profit"
    assert 'root = "profit"' in text


def test_names_of_its_own() -> None:
    wish = Wish(name="per_head", names={"turnover": "sales", "lost": "gone"}, under="profit")
    tree = read_tree(added(TREE, "spend", wish), Path("tree.toml"))
    assert tree.operands("per_head") == ("sales", "customers", "gone")
    assert tree.kpis["per_head"].leads == ("sales", "profit")


def test_kpis_of_the_tree_stand_for_its_own() -> None:
    text = added(TREE, "spend", Wish(under="profit", use={"turnover": "income"}))
    tree = read_tree(text, Path("tree.toml"))
    assert tree.operands("spend") == ("income", "customers", "lost")
    assert "turnover" not in tree.kpis


def test_what_is_defined_alike_is_used_as_it_is() -> None:
    mine = TREE + '[kpi.turnover]\nlabel = "My own"\nmeasure = "sum( amount )"\nsource = "orders"\n'
    mine = mine.replace("# mine", '[tree]\nroot = "profit"')
    done = with_entry(mine, Path("tree.toml"), SMALL, SMALL.entry("spend"), Wish(under="profit"))
    assert done.kpis == ("spend", "customers", "lost")
    assert read_tree(done.text, Path("tree.toml")).kpis["turnover"].label == "My own"


@pytest.mark.parametrize(
    "definition",
    [
        'measure = "sum(amount)"\nsource = "orders"\nwhere = "amount > 0"',
        'measure = "sum(amount)"\nsource = "orders"\ntime = "paid_on"',
        'measure = "count()"\nsource = "orders"',
        'formula = "income * 2"',
        "value = 7",
    ],
)
def test_another_kpi_of_that_name_is_refused(definition: str) -> None:
    mine = TREE.replace("# mine", '[tree]\nroot = "profit"') + f"[kpi.turnover]\n{definition}\n"
    with pytest.raises(UsageError) as caught:
        added(mine, "spend", Wish(under="profit"))
    assert caught.value.message == "the tree has another KPI 'turnover' already"
    assert "--as turnover=NAME" in caught.value.hint
    assert "--use turnover=turnover" in caught.value.hint


def test_sources_by_name() -> None:
    mine = TREE.replace("[sources.orders]", "[sources.shop]").replace('"orders"', '"shop"')
    text = added(mine, "turnover", Wish(sources={"orders": "shop"}))
    turnover = read_tree(text, Path("tree.toml")).kpis["turnover"]
    assert isinstance(turnover, Leaf)
    assert turnover.source == "shop"
    assert "[sources.orders]" not in text


def test_files_by_name() -> None:
    text = added(TREE, "turnover", Wish(files={"orders": "data/other.csv"}))
    tree = read_tree(text, Path("tree.toml"))
    assert tree.sources["orders_2"].path == "data/other.csv"
    turnover = tree.kpis["turnover"]
    assert isinstance(turnover, Leaf)
    assert turnover.source == "orders_2"


LASTING = TREE.replace('time = "ordered_on"', 'from = "ordered_on"\nto = "gone_on"')


@pytest.mark.parametrize(
    ("text", "entry", "wish", "message", "hint"),
    [
        (TREE, "turnover", Wish(under="proft"), "no KPI 'proft'", "did you mean 'profit'?"),
        (TREE, "turnover", Wish(op="+"), "needs --under", "--under PARENT"),
        (TREE, "turnover", Wish(op="%", under="profit"), "'%' is not one of", ""),
        (TREE, "turnover", Wish(op="+", under="income"), "'income' has a measure", "without --op"),
        (TREE, "turnover", Wish(op="+", under="cost"), "'cost' has a value", "without --op"),
        (TREE, "turnover", Wish(name="income"), "a KPI 'income' already", "--as NAME"),
        (TREE, "turnover", Wish(name="a b"), "not a name", "such as: a_b"),
        (TREE, "turnover", Wish(name="sum"), "'sum'", ""),
        (TREE, "turnover", Wish(name=""), "''", ""),
        (
            TREE,
            "spend",
            Wish(names={"lost": "x", "turnover": "x"}),
            "'turnover' and 'lost' would both be called 'x'",
            "--as turnover=NAME or --as lost=NAME",
        ),
        (
            TREE,
            "spend",
            Wish(name="lost"),
            "'spend' and 'lost' would both be called 'lost'",
            "--as NAME or --as lost=NAME",
        ),
        (
            TREE,
            "spend",
            Wish(names={"turnover": "x"}, use={"turnover": "income"}),
            "'turnover' is another KPI of the tree or gets a name, not both",
            "leave out --as turnover=x or --use turnover=income",
        ),
        (TREE, "spend", Wish(names={"turnovr": "x"}), "not computed from 'turnovr'", "'turnover'"),
        (TREE, "turnover", Wish(use={"x": "cost"}), "not computed from 'x'", "from no KPI"),
        (TREE, "spend", Wish(use={"lost": "cots"}), "no KPI 'cots'", "did you mean 'cost'?"),
        (TREE, "turnover", Wish(sources={"order": "orders"}), "no rows 'order'", "'orders'"),
        (TREE, "turnover", Wish(sources={"orders": "odrers"}), "no source 'odrers'", "'orders'"),
        (TREE, "turnover", Wish(files={"x": "y.csv"}), "no rows 'x'", "orders"),
        (
            TREE,
            "turnover",
            Wish(files={"orders": "y.csv"}, sources={"orders": "orders"}),
            "not from both",
            "",
        ),
        (TREE, "turnover", Wish(counterweight=True), "has no counterweight", ""),
        (TREE, "spend", Wish(sources={"customers": "orders"}), "rows of one day", "--data"),
        (LASTING, "turnover", Wish(), "has rows that last", "--data orders=FILE"),
    ],
)
def test_what_cannot_be(text: str, entry: str, wish: Wish, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        added(text, entry, wish)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    mine = "\ufeff" + TREE.replace("\n", "\r\n")
    new = added(mine, "turnover", Wish(under="profit", op="+"))
    assert new.startswith("\ufeff")
    assert new.count("\n") == new.count("\r\n")


# --- when a row counts -----------------------------------------------------------------------


def timed(text: str, entry: str, name: str | None = None) -> str | None:
    """The column that the added leaf itself says its rows are placed by."""
    kpi = read_tree(text, Path("tree.toml")).kpis[name or entry]
    assert isinstance(kpi, Leaf)
    return kpi.time


def notices(text: str, entry: str, wish: Wish) -> dict[str, str]:
    done = with_entry(text, Path("tree.toml"), SMALL, SMALL.entry(entry), wish)
    return {notice.code: notice.message for notice in done.notices}


PAID = TREE.replace('time = "ordered_on"', 'time = "paid_on"')


def test_a_leaf_says_itself_when_its_rows_are_if_the_source_says_otherwise() -> None:
    assert timed(added(PAID, "turnover", Wish()), "turnover") == "ordered_on"
    assert (
        "ordered_on (date), amount (number)" in notices(PAID, "turnover", Wish())["columns_needed"]
    )


def test_a_leaf_says_nothing_of_it_where_the_source_is_timed_alike() -> None:
    assert timed(added(TREE, "turnover", Wish()), "turnover") is None
    needed = notices(TREE, "turnover", Wish())["columns_needed"]
    assert needed == "the source 'orders' has to have the columns amount (number)"
    assert timed(added(PAID, "turnover", Wish(files={"orders": "x.csv"})), "turnover") is None


def test_the_same_of_a_source_by_another_name() -> None:
    mine = PAID.replace("[sources.orders]", "[sources.shop]").replace('"orders"', '"shop"')
    assert timed(added(mine, "turnover", Wish(sources={"orders": "shop"})), "turnover") == (
        "ordered_on"
    )


def test_it_counts_on_the_day_that_the_catalogue_means(write: Write) -> None:
    write(
        "d.csv",
        "opened_on,closed_on,stage,amount\n2026-01-05,2026-02-03,won,10\n"
        "2026-01-06,2026-02-04,lost,10\n2026-02-07,2026-03-05,won,10\n2026-03-01,2026-03-09,won,10\n",
    )
    tree = write(
        "t.toml",
        '[tree]\nroot = "won"\n[sources.deals]\npath = "d.csv"\ntime = "closed_on"\n'
        'covers = ["2026-01-01", "2026-03-31"]\n'
        '[kpi.won]\nmeasure = "count()"\nsource = "deals"\n',
    )
    assert run("deals_created", "--add", tree, "--under", "won").exit_code == 0
    frame = load(tree).evaluate(period="2026-03", last=3).kpis
    found = {
        kpi: [value for name, value in frame.select("kpi", "value").iter_rows() if name == kpi]
        for kpi in ("won", "deals_created")
    }
    assert found == {"won": [0, 2, 2], "deals_created": [2, 1, 1]}


OTHERWISE = text_of(
    {
        "tree": {"root": "goal"},
        "sources": {
            name: {"path": f"{name}.csv", **dict.fromkeys(rows.times, "otherwise")}
            for name, rows in POOL.rows.items()
        },
        "kpi": {"goal": {"value": 1}},
    }
).replace('to = "otherwise"', 'to = "gone"')


@pytest.mark.parametrize("entry_id", POOL.entries)
def test_every_leaf_counts_on_the_day_that_the_catalogue_means(entry_id: str) -> None:
    """In a tree with all the sources, each of which has another day."""
    done = with_entry(OTHERWISE, Path("tree.toml"), POOL, POOL.entry(entry_id), Wish())
    tree = read_tree(done.text, Path("tree.toml"))
    assert done.sources == ()
    for name in POOL.below(entry_id):
        keys, kpi = POOL.kpis[name], tree.kpis[name]
        leaf = kpi.measured if isinstance(kpi, Branch) else kpi
        if isinstance(leaf, Leaf):
            assert leaf.time == keys.get("time", POOL.rows[keys["source"]].time), name


def test_a_kpi_that_is_placed_by_another_day_is_another_one() -> None:
    mine = PAID.replace("# mine", '[tree]\nroot = "profit"')
    mine += '[kpi.turnover]\nmeasure = "sum(amount)"\nsource = "orders"\n'
    with pytest.raises(UsageError, match="another KPI 'turnover'"):
        added(mine, "spend", Wish(under="profit"))
    same = mine + 'time = "ordered_on"\n'
    assert (
        "turnover"
        not in with_entry(
            same, Path("tree.toml"), SMALL, SMALL.entry("spend"), Wish(under="profit")
        ).kpis
    )


SINCE = TREE + '[sources.customers]\npath = "c.csv"\nfrom = "start"\nto = "gone"\n'


def test_rows_that_last_are_placed_by_the_columns_of_the_source() -> None:
    needed = notices(SINCE, "spend", Wish(under="profit"))["columns_needed"]
    assert needed == "the source 'orders' has to have the columns amount (number)"
    done = with_entry(SINCE, Path("tree.toml"), SMALL, SMALL.entry("spend"), Wish(under="profit"))
    assert timed(done.text, "customers") is None
    assert [one.source for one in done.notices if one.code == "columns_needed"] == ["orders"]


def test_what_one_would_split_a_new_source_by_is_named() -> None:
    done = with_entry(TREE, Path("tree.toml"), POOL, POOL.entry("churn_rate"), Wish(under="profit"))
    new = next(one.message for one in done.notices if one.code == "new_source")
    assert new.endswith("; one would split it by plan, country, acquisition_channel, customer_size")
    assert read_tree(done.text, Path("tree.toml")).sources["subscriptions"].dimensions == {}


# --- sources that are implied, or named twice -------------------------------------------------

IMPLIED = """\
[sources.orders]
path = "mine.csv"
time = "ordered_on"
[kpi.profit]
formula = "income - cost"
measured = "sum(booked)"
[kpi.income]   # what came in
measure = "sum(paid)"
[kpi.cost]
value = 5
[kpi.refunds]
measure = "sum(back)"
source = "orders"
"""


def test_the_source_is_written_where_it_has_been_implied() -> None:
    mine = '[tree]\nroot = "profit"\n' + IMPLIED
    done = with_entry(mine, Path("tree.toml"), SMALL, SMALL.entry("spend"), Wish(under="profit"))
    tree = read_tree(done.text, Path("tree.toml"))
    income, profit = tree.kpis["income"], tree.kpis["profit"]
    assert isinstance(income, Leaf)
    assert isinstance(profit, Branch)
    assert profit.measured is not None
    assert (income.source, profit.measured.source) == ("orders", "orders")
    assert kept(mine, done.text)
    told = next(one.message for one in done.notices if one.code == "source_written")
    assert told == (
        "source = 'orders' is now written in profit, income, which left it out: there was one only"
    )


def test_a_source_stays_implied_where_no_other_comes() -> None:
    mine = '[tree]\nroot = "profit"\n' + IMPLIED
    done = with_entry(mine, Path("tree.toml"), SMALL, SMALL.entry("turnover"), Wish())
    assert done.text.count("source =") == mine.count("source =") + 1
    assert "source_written" not in [one.code for one in done.notices]


@pytest.mark.parametrize("tree", ["exports", "retail"])
def test_the_trees_that_leave_their_source_out(tree: str, write: Write) -> None:
    text = (ROOT / "trees" / f"{tree}.toml").read_text("utf-8")
    file = write(f"{tree}.toml", text)
    dry = run("defect_rate", "--add", file, "--dry-run")
    assert dry.exit_code == 0
    assert "+source = " in dry.stdout
    assert "is now written in" in dry.stderr
    assert run("defect_rate", "--add", file).exit_code == 0
    assert kept(text, file.read_text("utf-8"))
    before, after = load_tree(ROOT / "trees" / f"{tree}.toml"), load_tree(file)
    assert {name: after.kpis[name] for name in before.kpis} == before.kpis


def test_the_same_file_again_is_the_same_source() -> None:
    wish = Wish(under="profit", files={"orders": "data/../x.csv"})
    first = added(TREE, "turnover", wish)
    assert read_tree(first, Path("tree.toml")).sources["orders_2"].path == "data/../x.csv"
    again = with_entry(
        first,
        Path("tree.toml"),
        SMALL,
        SMALL.entry("spend"),
        Wish(under="profit", files={"orders": "x.csv"}),
    )
    assert again.kpis == ("spend", "customers", "lost")
    assert again.sources == ("customers",)


@pytest.mark.parametrize("more", ['where = "amount > 3"', 'sheet = "May"'])
def test_a_source_with_only_some_of_a_files_rows_is_another(more: str) -> None:
    mine = TREE.replace('path = "mine.csv"', f'path = "mine.csv"\n{more}')
    text = added(mine, "turnover", Wish(files={"orders": "mine.csv"}))
    assert "orders_2" in read_tree(text, Path("tree.toml")).sources


def test_rows_that_last_in_the_same_file_are_another_source() -> None:
    text = added(TREE, "spend", Wish(under="profit", files={"customers": "mine.csv"}))
    sources = read_tree(text, Path("tree.toml")).sources
    assert sources["customers"].path == "mine.csv"
    assert sources["customers"].until == "until"
    other = added(SINCE, "spend", Wish(under="profit", files={"customers": "c.csv"}))
    assert read_tree(other, Path("tree.toml")).sources["customers_2"].time == "since"


def test_the_two_commands_of_one_file(write: Write) -> None:
    tree = write("t.toml", "[kpi.goal]\nvalue = 1\n")
    write("x.csv", "closed_on\n")
    data = f"--data=deals={tree.parent / 'x.csv'}"
    assert run("close_rate", "--add", tree, data).exit_code == 0
    result = run("average_deal_size", "--add", tree, data)
    assert result.exit_code == 0, result.stderr
    assert list(load_tree(tree).sources) == ["deals"]


# --- the law: any entry, into a tree that has KPIs of its own --------------------------------


def other_names(entry_id: str) -> dict[str, str]:
    """Another name for every KPI below it that has the name of one of the tree's own."""
    taken = load_tree(ROOT / "trees" / "sales.toml").kpis
    return {kpi: f"{kpi}_too" for kpi in POOL.below(entry_id) if kpi in taken}


@pytest.mark.parametrize("entry_id", POOL.entries)
def test_every_entry_fits_into_the_sales_tree(entry_id: str, sales: Path) -> None:
    names = other_names(entry_id)
    renamed = [f"--as={kpi}={name}" for kpi, name in names.items() if kpi != entry_id]
    own = [f"--as={names[entry_id]}"] if entry_id in names else []
    result = run(entry_id, "--add", sales, "--under", "revenue", *own, *renamed)
    assert result.exit_code == 0, result.stderr
    assert kept(SALES, sales.read_text("utf-8"))
    checked = CliRunner().invoke(app, ["check", str(sales)])
    assert checked.exit_code == 0, checked.output
    assert names.get(entry_id, entry_id) in load_tree(sales).kpis


# --- the command ----------------------------------------------------------------------------


@pytest.fixture
def sales(write: Write) -> Path:
    return write("sales.toml", SALES)


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, ["catalog", *map(str, args)])


def test_the_command_writes(sales: Path) -> None:
    result = run("pipeline_coverage", "--add", sales, "--under", "revenue")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{sales}: added pipeline_coverage, with ")
    assert "kpitree set" in result.stderr
    tree = load_tree(sales)
    assert isinstance(tree.kpis["pipeline_coverage"], Branch)
    assert kept(SALES, sales.read_text("utf-8"))
    assert CliRunner().invoke(app, ["check", str(sales)]).exit_code == 0


def test_a_dry_run_writes_nothing(sales: Path) -> None:
    result = run("pipeline_coverage", "--add", sales, "--under", "revenue", "--dry-run")
    assert result.exit_code == 0
    assert "+[kpi.pipeline_coverage]" in result.stdout
    assert sales.read_text("utf-8") == SALES


def test_files_are_named_from_the_tree(sales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = sales.parent / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    run("pipeline_coverage", "--add", "../sales.toml", "--data", "quotas=plan.csv", "-q")
    assert load_tree(sales).sources["quotas"].path == "inner/plan.csv"


def test_a_file_that_is_not_there_is_said(sales: Path) -> None:
    (sales.parent / "quotas.csv").write_text("month,quota\n", "utf-8")
    for name, said in (("quotas.csv", False), ("qoutas.csv", True)):
        file = sales.parent / name
        result = run("pipeline_coverage", "--add", sales, "--data", f"quotas={file}", "--dry-run")
        assert (f"there is no file '{file}' yet" in result.stderr) == said
        assert "beside the tree" not in result.stderr
    result = run("pipeline_coverage", "--add", sales, "--data", "quotas=no/such.csv", "--dry-run")
    assert "such.csv' beside the tree yet" in result.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("pipeline coverag", "--under", "revenue"), ""),
        (("pipelin_covrage",), "did you mean"),
        (("pipeline",), "name one of: "),
        ((), "name it before --add"),
        (("--department", "sales"), "name it before --add"),
        (("pipeline_coverage", "--under", "revenu"), "did you mean 'revenue'?"),
        (("revenue",), "--as NAME"),
        (("pipeline_coverage", "--source", "quotas"), "NAME=VALUE"),
        (("pipeline_coverage", "--as", "a", "--as", "b"), "only one is taken"),
        (("pipeline_coverage", "--use", "x=revenue", "--use", "x=deals"), "stands here twice"),
        (("pipeline_coverage", "--departments"), "and nothing else"),
        (("pipeline_coverage", "--format", "json"), "this goes without --add"),
        (("pipeline_coverage", "-o", "x.txt"), "this goes without --add"),
    ],
)
def test_bad_input_leaves_the_tree(sales: Path, args: tuple[str, ...], said: str) -> None:
    result = run(*args, "--add", sales)
    if not said:  # words are as good as a name
        assert result.exit_code == 0
        return
    assert result.exit_code == 2
    assert said in result.stderr
    assert sales.read_text("utf-8") == SALES


def test_a_tree_with_mistakes_is_left(write: Write) -> None:
    text = SALES.replace("deals * close_rate", "deals * close_rat")
    tree = write("sales.toml", text)
    result = run("pipeline_coverage", "--add", tree)
    assert result.exit_code == 2
    assert "did you mean 'close_rate'?" in result.stderr
    assert tree.read_text("utf-8") == text


def test_a_read_only_tree_is_left(sales: Path) -> None:
    sales.chmod(0o444)
    result = run("pipeline_coverage", "--add", sales)
    assert result.exit_code == 2
    assert "read-only" in result.stderr
    assert sales.read_text("utf-8") == SALES


def test_no_tree(tmp_path: Path) -> None:
    result = run("pipeline_coverage", "--add", tmp_path / "none.toml")
    assert result.exit_code == 2
    assert "there is no such tree file" in result.stderr


@pytest.mark.parametrize("option", ["--under=x", "--op=+", "--as=x", "--data=a=b", "--dry-run"])
def test_options_of_add_need_it(option: str) -> None:
    result = run("oee", option)
    assert result.exit_code == 2
    assert "this goes with --add TREE" in result.stderr


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_first_of_several_clashes_is_named(seed: str, sales: Path) -> None:
    names = ("revenue", "deals", "close_rate", "order_value")
    entry = catalogue().entries["pipeline_coverage"]
    below = catalogue().below(entry.id)[1:]
    options = [f"--as={one}=n_{one}" for one in below]
    options += [f"--use={one}={names[0]}" for one in reversed(below)]
    done = subprocess.run(
        [sys.executable, "-m", "kpitree", "catalog", entry.id, "--add", str(sales), *options],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert len(below) > 2
    assert f"{below[0]!r} is another KPI of the tree or gets a name" in done.stderr


def test_the_next_command_can_be_copied(write: Write) -> None:
    tree = write("our sales.toml", SALES)
    result = run("pipeline_coverage", "--add", tree)
    assert f"kpitree set '{tree}' pipeline_coverage owner=" in result.stderr


def test_a_name_that_no_file_can_have_is_refused_before(sales: Path) -> None:
    result = run("pipeline_coverage", "--add", sales, "--data", f"quotas={'x' * 300}.csv")
    assert (result.exit_code, "there can be no such file" in result.stderr) == (2, True)
    assert sales.read_text("utf-8") == SALES
