"""From a tree file to a Tree: every key, what holds without it, and what does not matter."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.calendar import Calendar, Grain
from kpitree.errors import TreeError, TreeErrors, UsageError
from kpitree.tree.expressions import FORMULA
from kpitree.tree.model import (
    EVERY,
    Benchmark,
    Branch,
    Constant,
    Leaf,
    Lookup,
    PeriodTargets,
    PlainTarget,
    Source,
    Threshold,
    Thresholds,
    Tree,
)
from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure, parse_row
from kpitree.tree.read import load_tree
from kpitree.tree.schema import CalendarTable, KpiTable, LookupTable, SourceTable, TreeTable

EVERY_KEY = r"""
[tree]
name = "Sales"
root = "revenue"
currency = "EUR"
segments = ["region"]
ignore = ["KT201"]

[calendar]
grain = "quarter"
week_start = "sunday"
fiscal_year_start = 2
fiscal_year_name = "start"
pattern = "4-5-4"
timezone = "Europe/Berlin"

[sources.deals]
path = "../data/*.parquet"
time = "opened_on"
time_format = "%d-%m-%Y"
time_zone = "UTC"
null_values = ["NULL", ""]
where = "test == false"
covers = [2025-01-01, 2025-12-31]
fresh_within = "2w"
engine = "duckdb"
sheet = "Deals"
encoding = "windows-1252"
decimal = ","
clean = { amount = "number", active = "boolean" }
unique_by = ["deal_id", "deal_id"]
ranges = { amount = [0, 100000], "account.size" = [1, 1] }
[sources.deals.columns]
net = "amount - tax"
half = "net / 2"
[sources.deals.dimensions]
region = "region"
channel = "lead source"

[sources.deals.lookup.account]
path = "accounts.csv"
sheet = "Accounts"
time_format = "%d.%m.%y"
null_values = ["-"]
encoding = "latin-1"
decimal = "."
clean = "number"
columns = { big = "size > 10" }
on = "account_id"
[sources.deals.lookup.region]
path = "regions.csv"
on = { "account.country" = "country", city = "town" }
[sources.deals.lookup.day]
path = "days.csv"
on = ["opened_on", "city"]

[sources.orders]
connection = "postgres://me:${PGPASSWORD}@db/shop"
table = "public.orders"
time = "day"
[sources.orders.lookup.customer]
query = "select 1 as id"
on = "id"

[sources.staff]
path = "staff.csv"
from = "hired_on"
to = "left_on"

[kpi.revenue]
formula = "orders * rate"
measured = "sum(net)"
source = "deals"
where = "stage == 'won'"
time = "closed_on"
label = "Net revenue"
description = "What is left."
unit = "currency"
decimals = 0
role = "kgi"
owner = "Ann"
review = "monthly"
deadline = 2026-12-31
indicator = "lagging"
leads = ["orders"]
level = "strategic"
department = "Sales"
tags = ["board", "money"]
controllable = true
driver = true
missing = "zero"
counterweight = "rate"
direction = "down"
thresholds = { at_risk = "2.5%", off_track = 10 }
target = { "2026-Q1" = 100, "2026-Q2" = 110.5 }
benchmark = { value = 0.27, source = "survey" }
rebaseline = ["FY2026-P02"]
ignore = ["KT101", "KT102"]

[kpi.orders]
measure = "count()"
source = "deals"
where = "stage == 'won'"
time = "closed_on"
target = 5

[kpi.rate]
value = { "2026-Q1" = 1.5 }
range = [0.9, 1]
thresholds = { at_risk = "1pp", off_track = "2 pp" }

[kpi.other]
value = 3

[kpi.staff]
measure = "count()"
source = "staff"
at = "average"

[kpi.hired]
measure = "count()"
source = "staff"
count_when = "started"

[kpi.cash]
measure = "last(amount)"
source = "deals"
carry = true
"""


def read(folder: Path, text: str) -> Tree:
    path = folder / "tree.toml"
    path.write_text(text, "utf-8")
    return load_tree(path)


def test_every_key(tmp_path: Path) -> None:
    tree = read(tmp_path, EVERY_KEY)
    won = parse_condition("stage == 'won'")
    about: dict[str, Any] = {"where": won, "time": "closed_on", "source": "deals"}
    people: dict[str, Any] = {"measure": parse_measure("count()"), "source": "staff"}
    revenue: dict[str, Any] = {
        "description": "What is left.",
        "unit": "currency",
        "decimals": 0,
        "role": "kgi",
        "owner": "Ann",
        "review": "monthly",
        "deadline": date(2026, 12, 31),
        "indicator": "lagging",
        "leads": ("orders",),
        "level": "strategic",
        "department": "Sales",
        "tags": ("board", "money"),
        "controllable": True,
        "driver": True,
        "missing": "zero",
        "counterweight": "rate",
        "direction": "down",
        "thresholds": Thresholds(
            at_risk=Threshold(amount=0.025, relative=True),
            off_track=Threshold(amount=10, relative=False),
        ),
        "rebaseline": ("FY2026-P02",),
        "ignore": ("KT101", "KT102"),
        "label": "Net revenue",
    }
    assert tree == Tree(
        name="Sales",
        root="revenue",
        file=tmp_path / "tree.toml",
        grain=Grain.QUARTER,
        calendar=Calendar(6, 2, "start", "4-5-4"),
        timezone="Europe/Berlin",
        currency="EUR",
        segments=("region",),
        ignore=("KT201",),
        sources={
            "deals": Source(
                id="deals",
                path="../data/*.parquet",
                location=str(tmp_path.parent / "data" / "*.parquet"),
                time="opened_on",
                time_format="%d-%m-%Y",
                time_zone="UTC",
                null_values=("NULL", ""),
                where=parse_condition("test == false"),
                columns={"net": parse_row("amount - tax"), "half": parse_row("net / 2")},
                dimensions={"region": "region", "channel": "lead source"},
                covers=(date(2025, 1, 1), date(2025, 12, 31)),
                fresh_within=14,
                engine="duckdb",
                sheet="Deals",
                encoding="windows-1252",
                decimal=",",
                clean={"amount": "number", "active": "boolean"},
                unique_by=("deal_id",),
                ranges={"amount": (0, 100000), "account.size": (1, 1)},
                lookups={
                    "account": Lookup(
                        name="account",
                        rows=Source(
                            id="deals.lookup.account",
                            path="accounts.csv",
                            location=str(tmp_path / "accounts.csv"),
                            time="",
                            engine="duckdb",
                            sheet="Accounts",
                            time_format="%d.%m.%y",
                            null_values=("-",),
                            encoding="latin-1",
                            decimal=".",
                            clean={EVERY: "number"},
                            columns={"big": parse_row("size > 10")},
                        ),
                        on={"account_id": "account_id"},
                    ),
                    "region": Lookup(
                        name="region",
                        rows=Source(
                            id="deals.lookup.region",
                            path="regions.csv",
                            location=str(tmp_path / "regions.csv"),
                            time="",
                            engine="duckdb",
                        ),
                        on={"account.country": "country", "city": "town"},
                    ),
                    "day": Lookup(
                        name="day",
                        rows=Source(
                            id="deals.lookup.day",
                            path="days.csv",
                            location=str(tmp_path / "days.csv"),
                            time="",
                            engine="duckdb",
                        ),
                        on={"opened_on": "opened_on", "city": "city"},
                    ),
                },
            ),
            "orders": Source(
                id="orders",
                path="the table public.orders",
                location="",
                time="day",
                connection="postgres://me:${PGPASSWORD}@db/shop",
                table="public.orders",
                lookups={
                    "customer": Lookup(
                        name="customer",
                        rows=Source(
                            id="orders.lookup.customer",
                            path="the query",
                            location="",
                            time="",
                            connection="postgres://me:${PGPASSWORD}@db/shop",
                            query="select 1 as id",
                        ),
                        on={"id": "id"},
                    )
                },
            ),
            "staff": Source(
                id="staff",
                path="staff.csv",
                location=str(tmp_path / "staff.csv"),
                time="hired_on",
                until="left_on",
            ),
        },
        kpis={
            "revenue": Branch(
                id="revenue",
                formula=parse_formula("orders * rate"),
                measured=Leaf(
                    id="revenue:measured", measure=parse_measure("sum(net)"), **revenue, **about
                ),
                target=PeriodTargets(values={"2026-Q1": 100, "2026-Q2": 110.5}),
                benchmark=Benchmark(value=0.27, source="survey"),
                **revenue,
            ),
            "orders": Leaf(
                id="orders",
                label="Orders",
                measure=parse_measure("count()"),
                target=PlainTarget(value=5),
                **about,
            ),
            "rate": Constant(
                id="rate",
                label="Rate",
                value={"2026-Q1": 1.5},
                direction="range",
                good_range=(0.9, 1),
                thresholds=Thresholds(
                    at_risk=Threshold(amount=0.01, relative=False),
                    off_track=Threshold(amount=0.02, relative=False),
                ),
            ),
            "other": Constant(id="other", label="Other", value=3),
            "staff": Leaf(id="staff", label="Staff", at="average", **people),
            "hired": Leaf(id="hired", label="Hired", count_when="started", **people),
            "cash": Leaf(
                id="cash",
                label="Cash",
                measure=parse_measure("last(amount)"),
                source="deals",
                carry=True,
            ),
        },
    )
    assert list(tree.kpis) == ["revenue", "orders", "rate", "other", "staff", "hired", "cash"]


@pytest.mark.parametrize("table", [TreeTable, CalendarTable, SourceTable, LookupTable, KpiTable])
def test_the_example_above_has_every_key(table: type[msgspec.Struct]) -> None:
    words = EVERY_KEY.replace(".", " ").replace("]", " ").split()
    assert set(table.__struct_encode_fields__) <= set(words)


def test_what_holds_where_nothing_is_written(tree_file: Path) -> None:
    """
    [sources.visits]
    path = "visits.csv"
    time = "day"
    dimensions = { channel = "channel" }

    [sources.deals]
    path = "deals.csv"
    time = "day"
    dimensions = { region = "region", channel = "source" }

    [kpi.close_rate]
    measure = "count()"
    source = "deals"
    """
    tree = load_tree(tree_file)
    assert tree.name == "tree"
    assert tree.root == "close_rate"
    assert tree.grain is Grain.MONTH
    assert tree.calendar == Calendar(week_start=0)
    assert tree.timezone is None
    assert tree.currency is None
    assert tree.segments == ("channel", "region")
    deals = tree.sources["deals"]
    assert (deals.where, deals.columns, deals.covers) == (None, {}, None)
    assert tree.kpis == {
        "close_rate": Leaf(
            id="close_rate", label="Close rate", measure=parse_measure("count()"), source="deals"
        )
    }
    assert tree.kpis["close_rate"].thresholds.off_track == Threshold(amount=0.05, relative=True)


def test_of_rows_that_last_those_there_at_the_end_are_meant(tree_file: Path) -> None:
    """
    [sources.staff]
    path = "staff.csv"
    from = "hired_on"
    to = "left_on"

    [kpi.staff]
    formula = "before + hired - left"
    measured = "count()"
    [kpi.before]
    measure = "count()"
    at = "start"
    [kpi.hired]
    measure = "count()"
    count_when = "started"
    [kpi.left]
    measure = "count()"
    count_when = "ended"
    """
    tree = load_tree(tree_file)
    staff, *others = tree.kpis.values()
    assert isinstance(staff, Branch)
    leaves = [staff.measured, *others]
    told = [(one.at, one.count_when) for one in leaves if isinstance(one, Leaf)]
    assert told == [("end", None), ("start", None), (None, "started"), (None, "ended")]


def test_a_measure_takes_the_only_source(tree_file: Path) -> None:
    """
    [sources.deals]
    path = "deals.csv"
    time = "day"

    [kpi.deals]
    measure = "count()"
    """
    leaf = load_tree(tree_file).kpis["deals"]
    assert isinstance(leaf, Leaf)
    assert leaf.source == "deals"


def test_a_fiscal_year_that_starts_in_january_is_the_calendars(tree_file: Path) -> None:
    """
    [calendar]
    fiscal_year_start = 1
    [kpi.a]
    value = 1
    """
    assert load_tree(tree_file).calendar == Calendar()


def test_a_retail_calendar(tree_file: Path) -> None:
    """
    [calendar]
    week_start = "sunday"
    fiscal_year_start = 2
    fiscal_year_name = "start"
    pattern = "4-5-4"
    [kpi.a]
    value = { "FY2023-W53" = 1, "FY2026-P10" = 2, "2026-10" = 3 }
    """
    found = load_tree(tree_file).calendar
    assert found == Calendar(week_start=6, year_start=2, year_name="start", pattern="4-5-4")


def test_a_fiscal_year_is_named_by_its_end_unless_it_says(tree_file: Path) -> None:
    """
    [calendar]
    fiscal_year_start = 4
    [kpi.a]
    value = 1
    """
    assert load_tree(tree_file).calendar == Calendar(year_start=4, year_name="end")


@pytest.mark.parametrize("at", ["12.5%", " 12.5 % ", "0.125"])
def test_thresholds(at: str, tmp_path: Path) -> None:
    given_as = at if at == "0.125" else f'"{at}"'
    tree = read(tmp_path, f"[kpi.a]\nvalue = 1\nthresholds = {{ off_track = {given_as} }}\n")
    expected = Threshold(amount=0.125, relative=at != "0.125")
    assert tree.kpis["a"].thresholds.off_track == expected


# --- the root ----------------------------------------------------------------------------------


def test_the_root_is_what_feeds_no_other(tree_file: Path) -> None:
    """
    [kpi.visits]
    value = 1
    [kpi.orders]
    formula = "visits * 2"
    [kpi.revenue]
    formula = "orders * visits"
    """
    assert load_tree(tree_file).root == "revenue"


def test_a_named_root_may_feed_others(tree_file: Path) -> None:
    """
    [tree]
    root = "orders"
    [kpi.orders]
    formula = "visits * 2"
    [kpi.visits]
    value = 1
    [kpi.revenue]
    formula = "orders * 3"
    """
    assert load_tree(tree_file).root == "orders"


def test_an_unknown_kpi_is_answered_with_the_nearest(tree_file: Path) -> None:
    """
    [kpi.orders]
    value = 1
    """
    with pytest.raises(UsageError, match="there is no KPI 'order'") as caught:
        load_tree(tree_file).kpi("order")
    assert caught.value.hint == "did you mean 'orders'?"


# --- paths -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("deals.csv", "{folder}/trees/deals.csv"),
        ("../data/*.csv", "{folder}/data/*.csv"),
        ("./a/../b.csv", "{folder}/trees/b.csv"),
        ("/data/deals.csv", "/data/deals.csv"),
        ("s3://bucket/../deals/*.parquet", "s3://bucket/../deals/*.parquet"),
        ("https://example.org/deals.csv?x=1//2", "https://example.org/deals.csv?x=1//2"),
        ("GS://bucket/x", "GS://bucket/x"),
        ("a:b.csv", "{folder}/trees/a:b.csv"),
    ],
)
def test_paths_are_relative_to_the_file(path: str, location: str, tmp_path: Path) -> None:
    (tmp_path / "trees").mkdir()
    text = f'[sources.deals]\npath = "{path}"\ntime = "day"\n[kpi.a]\nmeasure = "count()"\n'
    source = read(tmp_path / "trees", text).sources["deals"]
    assert source.path == path
    assert source.location == location.format(folder=tmp_path)


def test_a_relative_tree_file_gives_relative_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("trees").mkdir()
    text = '[sources.deals]\npath = "../deals.csv"\ntime = "day"\n[kpi.a]\nmeasure = "count()"\n'
    Path("trees/tree.toml").write_text(text, "utf-8")
    tree = load_tree(Path("trees/tree.toml"))
    assert tree.file == Path("trees/tree.toml")
    assert tree.sources["deals"].location == os.path.normpath("deals.csv")


# --- laws --------------------------------------------------------------------------------------

TABLES = [
    '[tree]\nroot = "revenue"\n',
    '[calendar]\ngrain = "week"\n',
    '[sources.deals]\npath = "d.csv"\ntime = "day"\n',
    '[sources.visits]\npath = "v.csv"\ntime = "day"\n',
    '[kpi.revenue]\nformula = "orders * price - orders * cost"\n',
    '[kpi.orders]\nformula = "visits * rate"\n',
    '[kpi.visits]\nmeasure = "count()"\nsource = "visits"\n',
    '[kpi.rate]\nmeasure = "mean(won)"\nsource = "deals"\n',
    '[kpi.price]\nmeasure = "mean(price)"\nsource = "deals"\n',
    "[kpi.cost]\nvalue = 2\n",
]


@given(tables=st.permutations(TABLES))
def test_the_order_of_tables_does_not_matter(
    tables: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    usual, shuffled = read(folder, "".join(TABLES)), read(folder, "".join(tables))
    assert shuffled == usual
    # ... but for the order of what is shown, which is the file's own.
    named = [table[5 : table.index("]")] for table in tables if table.startswith("[kpi.")]
    assert list(shuffled.kpis) == named


SCALARS = ['"a"', '"count()"', '"a +"', '""', '"2026-01"', r'"\u0000"', "1", "-1", "nan", "1e400"]
SCALARS += ["true", "2026-01-01", "10:00:00", "0xff", f"0x{'f' * 400}", "9" * 400]
LISTS = ["[]", "[1, 2]", '["a"]', "[[1]]"]
INLINE = ["{}", "{ x = 1 }", "{ value = 1 }", '{ "2026-01" = 1 }', '{ at_risk = "x" }']
VALUES = st.sampled_from([*SCALARS, *LISTS, *INLINE])
NAMES = sorted(
    {
        *(f"tree.{one}" for one in TreeTable.__struct_fields__),
        *(f"calendar.{one}" for one in CalendarTable.__struct_fields__),
        *(f"sources.deals.{one}" for one in SourceTable.__struct_fields__),
        *(f"sources.deals.lookup.a.{one}" for one in LookupTable.__struct_fields__),
        *(f"kpi.a.{one}" for one in KpiTable.__struct_fields__),
        *(f"kpi.b.{one}" for one in ("formula", "measure", "value", "measured", "source")),
        *("kpi", "sources", "tree", "kpi.c", "sources.visits", "targets", "kpi.a.at", "x.y", "z"),
        *("kpi.a.target.per", "sources.deals.columns.a", "sources.deals.dimensions.a", 'kpi.""'),
    }
)


@given(entries=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12))
def test_any_file_is_read_or_answered(
    entries: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = "\n".join(f"{name} = {value}" for name, value in entries.items())
    lines = _lines_of_mistakes(tmp_path_factory.getbasetemp(), text)
    assert lines == sorted(lines)
    assert max(lines, default=0) <= len(entries)


def _lines_of_mistakes(folder: Path, text: str) -> list[int]:
    try:
        read(folder, text)
    except TreeErrors as mistakes:
        places = [mistake.where for mistake in mistakes.errors]
    except TreeError as not_toml:  # such as a key and a table of one name
        places = [not_toml.where]
    else:
        places = []
    return [int(found[1]) for place in places if (found := re.search(r"\.toml:(\d+)", place))]


@pytest.mark.parametrize("name", sorted(name for name in FORMULA if name.isidentifier()))
def test_no_kpi_has_the_name_of_a_function(name: str, tmp_path: Path) -> None:
    with pytest.raises(TreeErrors, match="is a word of the formula language"):
        read(tmp_path, f"[kpi.{name}]\nvalue = 1\n")
