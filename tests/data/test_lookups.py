"""Joins: against what a dictionary of plain Python finds, and what is refused of a lookup."""

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.joins import cube_of, told, totals, whole, write
from kpitree.errors import SourceError
from kpitree.tables import NONE

ORDERS = """order_id,day,amount,account_id,country
1,2026-01-02,10,A1,DE
2,2026-01-03,20,A2,DE
3,2026-02-03,30,A9,FR
4,2026-02-04,40,,FR
5,2026-02-05,50,A1,
"""
ACCOUNTS = """account_id,region,signed_on,parent,credit,Size Class
A1,EU,2025-12-01,P1,5,big
A2,US,2026-01-15,P2,7,
,nowhere,2026-01-01,P1,1,big
,elsewhere,2026-01-01,P1,1,big
A3,EU,2026-02-01,P1,100,small
"""
PARENTS = "id,group\nP1,Alpha\nP2,Beta\n"
SOURCE = """
[sources.orders]
path = "orders.csv"
time = "day"
[sources.orders.dimensions]
region = "account.region"
group = "parent.group"
size = "account.Size Class"
[sources.orders.lookup.account]
path = "accounts.csv"
on = "account_id"
[sources.orders.lookup.parent]
path = "parents.csv"
on = { "account.parent" = "id" }
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, orders=ORDERS, accounts=ACCOUNTS, parents=PARENTS)
    return tmp_path


# --- by hand -------------------------------------------------------------------------------------


def test_a_dimension_that_is_looked_up(shop: Path) -> None:
    """A1 is EU (10 + 50), A2 US (20); A9 is not there (30), and order 4 has no account (40)."""
    cube = cube_of(shop, SOURCE, ["sum(amount)"], "region")
    assert totals(cube, "region") == {"EU": 60, "US": 20, NONE: 70}
    assert whole(cube) == 150
    message = "1 of 5 rows has an 'account_id' that accounts.csv does not have"
    assert told(cube, "unmatched_keys") == [message]


def test_a_lookup_by_what_another_one_gives(shop: Path) -> None:
    cube = cube_of(shop, SOURCE, ["count()"], "group")
    assert totals(cube, "group") == {"Alpha": 2, "Beta": 1, NONE: 2}
    # Rows without an account have no parent's id to look for: they are told of once.
    assert len(told(cube, "unmatched_keys")) == 1


def test_a_name_that_is_no_identifier(shop: Path) -> None:
    cube = cube_of(shop, SOURCE, ["count(where=col('account.Size Class') == 'big')"], "size")
    assert totals(cube, "size") == {"big": 2, NONE: 0}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("sum(account.credit)", 5 + 7 + 5),
        ("sum(amount * account.credit)", 10 * 5 + 20 * 7 + 50 * 5),
        ("count(account.credit)", 3),
        ("sum(amount, where=account.region == 'EU')", 60),
        ("sum(amount, where=is_null(account.region))", 70),
        ("n_unique(account.region)", 2),
        ("median(account.credit)", 5),
        ("max(days_between(account.signed_on, day))", 66),
        ("sum(if_else(account.region == 'EU', amount, 0))", 60),
        ("sum(coalesce(account.credit, -1))", 17 - 2),
    ],
)
def test_looked_up_columns_in_a_measure(shop: Path, measure: str, expected: float) -> None:
    assert whole(cube_of(shop, SOURCE, [measure])) == expected


def test_where_of_the_source_and_of_the_question(shop: Path) -> None:
    source = SOURCE.replace('time = "day"', "time = 'day'\nwhere = \"account.region != 'US'\"")
    assert whole(cube_of(shop, source, ["sum(amount)"])) == 60  # null is not unequal
    assert whole(cube_of(shop, SOURCE, ["sum(amount)"], where="region == 'US'")) == 20
    assert whole(cube_of(shop, SOURCE, ["sum(amount)"], where="account.credit > 6")) == 20
    cube = cube_of(shop, SOURCE, ["count()"], "region", where="country == 'FR'")
    message = "1 of 2 rows has an 'account_id' that accounts.csv does not have"
    assert told(cube, "unmatched_keys") == [message]


def test_orders_placed_in_time_by_their_account(shop: Path) -> None:
    """A cohort: A1 signed in December, A2 in January; two orders have no account with a date."""
    source = SOURCE.replace('time = "day"', 'time = "account.signed_on"')
    cube = cube_of(shop, source, ["sum(amount)"])
    by_day = cube.days["account.signed_on"]
    assert by_day["day:"].to_list() == [date(2025, 12, 1), date(2026, 1, 15)]
    assert whole(cube) == 80
    assert cube.coverage == (date(2025, 12, 1), date(2026, 1, 15))
    assert told(cube, "null_dates") == [
        "2 rows have no date in 'account.signed_on' and are left out"
    ]
    assert len(told(cube, "unmatched_keys")) == 1


def test_a_leaf_placed_by_a_looked_up_day_beside_others(shop: Path) -> None:
    measures: list[str | tuple[str, str]] = ["count()", ("count()", "account.signed_on")]
    cube = cube_of(shop, SOURCE, measures)
    assert set(cube.days) == {"day", "account.signed_on"}
    assert cube.days["account.signed_on"].height == 2
    assert cube.days["day"].height == 5


def test_a_computed_column_of_looked_up_ones_and_the_other_way_round(shop: Path) -> None:
    write(shop, codes="code,name\nde-EU,Germany\nde-US,American Germany\n")
    source = (
        SOURCE
        + """
    [sources.orders.lookup.place]
    path = "codes.csv"
    on = { place = "code" }
    [sources.orders.columns]
    place = "if_else(account.region == 'EU', if_else(country == 'DE', 'de-EU', '?'), 'de-US')"
    label = "upper(place.name)"
    """
    )
    source = source.replace('region = "account.region"', 'region = "label"')
    cube = cube_of(shop, source, ["count()"], "region")
    assert totals(cube, "region") == {"GERMANY": 1, "AMERICAN GERMANY": 3, NONE: 1}


def test_a_computed_column_of_the_lookup(shop: Path) -> None:
    source = SOURCE.replace(
        'on = "account_id"', 'on = "account_id"\ncolumns = { half = "credit / 2", q = "half / 2" }'
    )
    assert whole(cube_of(shop, source, ["sum(account.q)"])) == 17 / 4


def test_a_column_that_stands_for_its_own_key_is_computed_first(shop: Path) -> None:
    write(shop, orders=ORDERS.replace("A1", " a1"))
    source = SOURCE + "[sources.orders.columns]\naccount_id = 'upper(strip(account_id))'\n"
    cube = cube_of(shop, source, ["sum(amount)"], "region")
    assert totals(cube, "region") == {"EU": 60, "US": 20, NONE: 70}


def test_several_columns_as_a_key(tmp_path: Path) -> None:
    """A row lacks a key where it lacks a part of it."""
    write(
        tmp_path,
        orders="day,a,b\n2026-01-01,1,x\n2026-01-01,1,y\n2026-01-01,2,x\n2026-01-01,,x\n"
        "2026-01-01,1,\n",
        pairs="a,second,name\n1,x,one\n1,y,two\n2,y,three\n,x,four\n1,,five\n",
    )
    source = """
    [sources.s]
    path = "orders.csv"
    time = "day"
    dimensions = { name = "pair.name" }
    [sources.s.lookup.pair]
    path = "pairs.csv"
    on = { a = "a", b = "second" }
    """
    cube = cube_of(tmp_path, source, ["count()"], "name")
    assert totals(cube, "name") == {"one": 1, "two": 1, NONE: 3}
    message = "1 of 5 rows has a combination of 'a' and 'b' that pairs.csv does not have"
    assert told(cube, "unmatched_keys") == [message]


def test_a_table_looked_up_in_itself(tmp_path: Path) -> None:
    write(
        tmp_path,
        staff="id,day,boss,name\n1,2026-01-01,,Ann\n2,2026-01-01,1,Bob\n3,2026-01-02,1,Cy\n",
    )
    source = """
    [sources.staff]
    path = "staff.csv"
    time = "day"
    dimensions = { boss = "boss.name" }
    [sources.staff.lookup.boss]
    path = "staff.csv"
    on = { boss = "id" }
    """
    cube = cube_of(tmp_path, source, ["count()"], "boss")
    assert totals(cube, "boss") == {"Ann": 2, NONE: 1}
    assert not told(cube, "unmatched_keys")


def test_rows_that_last_as_long_as_their_contract(tmp_path: Path) -> None:
    write(
        tmp_path,
        seats="contract,price\nC1,10\nC1,20\nC2,40\nC9,80\n",
        contracts="id,start,end\nC1,2026-01-01,2026-02-01\nC2,2026-01-15,\n",
    )
    source = """
    [sources.seats]
    path = "seats.csv"
    from = "terms.start"
    to = "terms.end"
    [sources.seats.lookup.terms]
    path = "contracts.csv"
    on = { contract = "id" }
    """
    assert whole(cube_of(tmp_path, source, ["sum(price)"])) == 70


def test_a_column_of_the_data_with_a_dot_in_its_name(shop: Path) -> None:
    """It is the data's own, unless a lookup is declared of what stands before the dot."""
    write(shop, orders=ORDERS.replace("country", "ship.to"))
    cube = cube_of(shop, SOURCE, ["count(where=col('ship.to') == 'DE')"])
    assert whole(cube) == 2
    write(shop, orders=ORDERS.replace("country", "account.region"))
    cube = cube_of(shop, SOURCE, ["count(where=account.region == 'EU')"])
    assert whole(cube) == 2


# --- keys of all kinds ---------------------------------------------------------------------------

TEXT = ["7", "007", "x"]
KEYS: list[tuple[Any, Any, list[int]]] = [
    # what the rows hold, what the lookup holds, and which rows find it
    ("7|007|x", "7", [0]),
    ("7|007|x", "007", [1]),
    ("7|7.0|x", [7], [0, 1]),
    ("7| 7 |+7|07|7.5|seven", [7], [0, 1, 2, 3]),
    ("9007199254740993|9007199254740992", [9007199254740993], [0]),
    ("0.5|.5|5e-1|1/2", [0.5], [0, 1, 2]),
    ([7, 8], "8.0", [1]),
    ([9007199254740993, 9007199254740992], [9007199254740993], [0]),
    ([7.0, 7.5], [7], [0]),
    ([7, 8], [7.0], [0]),
    (pl.Series([7, 8], dtype=pl.UInt8), pl.Series([8], dtype=pl.Int32), [1]),
    (pl.Series([7, 2**63], dtype=pl.UInt64), pl.Series([-(2**63), 7]), [0]),
    (pl.Series(["a", "b"], dtype=pl.Categorical), ["b"], [1]),
    (["", "b"], "b", [1]),
    ([date(2026, 1, 2), date(2026, 1, 3)], "2026-01-02", [0]),
    ("2026-01-02|2026-01-03", [date(2026, 1, 3)], [1]),
    ([datetime(2026, 1, 2, 23, 59)], [date(2026, 1, 2)], [0]),
    ([datetime(2026, 1, 2, 1), datetime(2026, 1, 2)], [datetime(2026, 1, 2, 1)], [0]),
    ([True, False], [False], [1]),
    ([None, 1], [None, 1], [1]),
    (pl.Series([None, None], dtype=pl.Null), "7", []),
    ([7, 8], pl.Series([None], dtype=pl.Null), []),
    ("ä|Ä", "ä", [0]),
]


@pytest.mark.parametrize(("own", "there", "found"), KEYS)
def test_what_keys_are_compared_as(tmp_path: Path, own: Any, there: Any, found: list[int]) -> None:
    rows = own.split("|") if isinstance(own, str) else list(own)
    days = [f"2026-03-{number + 1:02}" for number in range(len(rows))]
    if isinstance(own, str):
        lines = "".join(f"{day},{key}\n" for day, key in zip(days, rows, strict=True))
        write(tmp_path, rows=f"day,key\n{lines}")
    else:
        write(tmp_path, rows={"day": days, "key": own})
    if isinstance(there, str):
        write(tmp_path, table=f"id,name\n{there},found\n")
    else:
        write(tmp_path, table={"id": there, "name": ["found"] * len(there)})
    source = f"""
    [sources.s]
    path = "rows.{"csv" if isinstance(own, str) else "parquet"}"
    time = "day"
    [sources.s.lookup.t]
    path = "table.{"csv" if isinstance(there, str) else "parquet"}"
    on = {{ key = "id" }}
    """
    cube = cube_of(tmp_path, source, ["count(t.name)"])
    by_day = cube.days["day"]
    figures = dict(zip(by_day["day:"].to_list(), by_day[by_day.columns[-1]].to_list(), strict=True))
    (atom,) = (name for name in by_day.columns if name.startswith("atom"))
    counted = by_day.filter(pl.col(atom) > 0)["day:"].dt.day().to_list()
    assert [day - 1 for day in counted] == found
    assert len(figures) == len(rows)
    keyed = sum(key is not None for key in rows)
    told_of = [int(message.split()[0]) for message in told(cube, "unmatched_keys")]
    assert sum(told_of) == keyed - len(found)


def test_keys_that_are_numbers_elsewhere_stay_texts(tmp_path: Path) -> None:
    """What a measure does with a column of a CSV file does not change what it finds."""
    write(tmp_path, rows="day,key\n2026-01-01,007\n2026-01-01,7\n", table="key,name\n7,seven\n")
    source = """
    [sources.s]
    path = "rows.csv"
    time = "day"
    [sources.s.lookup.t]
    path = "table.csv"
    on = "key"
    """
    assert whole(cube_of(tmp_path, source, ["count(t.name)"])) == 1
    assert whole(cube_of(tmp_path, source, ["sum(key, where=t.name == 'seven')"])) == 7


# --- how the lookup is written -------------------------------------------------------------------


def test_the_lookup_has_its_own_way_of_writing(tmp_path: Path) -> None:
    write(tmp_path, rows="day,key\n2026-01-01,ä\n2026-01-01,b\n2026-01-01,c\n")
    table = "key;amount;since\nä;1.234,50 €;31.01.26\nb;-;01.02.26\nc;2,00;-\n"
    (tmp_path / "table.csv").write_bytes(table.encode("windows-1252"))
    source = """
    [sources.s]
    path = "rows.csv"
    time = "day"
    [sources.s.lookup.t]
    path = "table.csv"
    on = "key"
    encoding = "windows-1252"
    decimal = ","
    clean = "number"
    null_values = ["-"]
    time_format = "%d.%m.%y"
    """
    assert whole(cube_of(tmp_path, source, ["sum(t.amount)"])) == 1236.5
    assert whole(cube_of(tmp_path, source, ["max(month(t.since))"])) == 2


def test_times_in_several_forms_are_all_read(tmp_path: Path) -> None:
    """The first hundred are dates; one that comes later has a time of day."""
    days = ["2026-01-01"] * 150 + ["2026-03-05 12:30"]
    write(
        tmp_path,
        rows="day,key\n2026-01-01,0\n2026-01-01,150\n",
        table="key,since\n" + "".join(f"{n},{day}\n" for n, day in enumerate(days)),
    )
    source = """
    [sources.s]
    path = "rows.csv"
    time = "t.since"
    [sources.s.lookup.t]
    path = "table.csv"
    on = "key"
    """
    cube = cube_of(tmp_path, source, ["count()"])
    assert cube.coverage == (date(2026, 1, 1), date(2026, 3, 5))


def test_numbers_that_are_none(tmp_path: Path) -> None:
    write(
        tmp_path,
        rows="day,key\n2026-01-01,a\n2026-01-01,b\n",
        table={"key": ["a", "b", "c"], "rate": [1.5, float("nan"), float("inf")]},
    )
    source = """
    [sources.s]
    path = "rows.csv"
    time = "day"
    [sources.s.lookup.t]
    path = "table.parquet"
    on = "key"
    """
    cube = cube_of(tmp_path, source, ["sum(t.rate)"])
    assert whole(cube) == 1.5
    assert told(cube, "non_finite") == ["2 values of 't.rate' NaN or infinite: taken as no value"]


def test_a_lookup_of_several_files_in_any_order(shop: Path) -> None:
    lines = ACCOUNTS.splitlines(keepends=True)
    source = SOURCE.replace('path = "accounts.csv"', 'path = "part*.csv"')
    write(shop, part1="".join(lines[:2]), part2=lines[0] + "".join(lines[2:]))
    first = totals(cube_of(shop, source, ["sum(amount)"], "region"), "region")
    write(shop, part2="".join(lines[:2]), part1=lines[0] + "".join(lines[2:]))
    assert totals(cube_of(shop, source, ["sum(amount)"], "region"), "region") == first
    assert first == {"EU": 60, "US": 20, NONE: 70}


# --- only what is asked for ----------------------------------------------------------------------


def test_a_lookup_that_nothing_is_asked_of_is_not_opened(shop: Path) -> None:
    (shop / "accounts.csv").unlink()
    source = SOURCE + "[sources.orders.columns]\nbig = \"account.credit > 6\"\nmore = 'big'\n"
    cube = cube_of(shop, source, ["sum(amount)"])
    assert whole(cube) == 150
    assert not told(cube, "unmatched_keys")
    with pytest.raises(SourceError, match="there is no such file") as error:
        cube_of(shop, source, ["sum(amount, where=more)"])
    assert error.value.where == "accounts.csv"


def test_columns_that_are_not_asked_for_may_hold_anything(shop: Path) -> None:
    write(shop, accounts=ACCOUNTS.replace("100,small", "many,small"))
    assert whole(cube_of(shop, SOURCE, ["count(account.region)"])) == 3
    with pytest.raises(SourceError, match="holds the text 'many'"):
        cube_of(shop, SOURCE, ["sum(account.credit)"])


# --- what is refused -----------------------------------------------------------------------------

REFUSED = [
    # what is asked, what the lookup holds, the message, where, the hint
    (
        "account.region", ACCOUNTS + "A1,US,2026-01-01,P2,9,\n",
        "the key account_id 'A1' of the lookup 'account' stands here and in accounts.csv, line 7",
        "accounts.csv, line 2", "each row that looks it up would count twice",
    ),
    (
        "account.region", ACCOUNTS + "A1,EU,2025-12-01,P1,5,big\n",
        "the key account_id 'A1' of the lookup 'account' stands here and in accounts.csv, line 7",
        "accounts.csv, line 2", 'on = ["account_id", "…"]',
    ),
    (
        "account.regoin", ACCOUNTS, "there is no column 'regoin', which 'account.regoin' names",
        "accounts.csv", "did you mean 'region'?",
    ),
    (
        "region", ACCOUNTS, "there is no column 'region', which count(region) names",
        "orders.csv", "did you mean 'account.region'?",
    ),
    (
        "days_between(account.signed_on, day)", ACCOUNTS.replace("2026-02-01", "soon"),
        "the text 'soon' is no date of the form 2026-01-31",
        "accounts.csv, line 6, column 'signed_on'", "null_values = ['soon']",
    ),
    (
        "account.credit + 1", ACCOUNTS.replace(",100,", ",many,"),
        "the column 'credit' is used as a number, but holds the text 'many'",
        "accounts.csv, line 6", "",
    ),
    (
        "account.region", ACCOUNTS.replace("A3,EU,", "A3,EU,,,"),
        "line 6 has 8 fields, the header has 6", "accounts.csv, line 6", "",
    ),
    (
        "account.region", ACCOUNTS.replace("account_id,", "id,"),
        "there is no column 'account_id', which on of [sources.orders.lookup.account] names",
        "accounts.csv", "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "accounts", "message", "where", "hint"), REFUSED)
def test_what_is_refused(
    shop: Path, asked: str, accounts: str, message: str, where: str, hint: str
) -> None:
    write(shop, accounts=accounts)
    with pytest.raises(SourceError) as error:
        cube_of(shop, SOURCE, [f"count({asked})"])
    assert (error.value.message, error.value.where) == (message, where)
    assert hint in error.value.hint


def test_a_key_that_the_rows_do_not_have(shop: Path) -> None:
    with pytest.raises(SourceError, match="there is no column 'acct'") as error:
        cube_of(shop, SOURCE.replace('on = "account_id"', 'on = "acct"'), ["count(account.region)"])
    assert error.value.where == "orders.csv"


def test_keys_of_kinds_that_have_nothing_in_common(tmp_path: Path) -> None:
    write(
        tmp_path, rows={"day": ["2026-01-01"], "key": [True]}, table={"key": [1.5], "name": ["a"]}
    )
    source = """
    [sources.s]
    path = "rows.parquet"
    time = "day"
    [sources.s.lookup.t]
    path = "table.parquet"
    on = "key"
    """
    with pytest.raises(SourceError, match="holds true or false, and the column 'key'") as error:
        cube_of(tmp_path, source, ["count(t.name)"])
    assert "numbers: on of [sources.s.lookup.t] cannot compare them" in error.value.message


def test_a_key_twice_in_rows_without_lines(tmp_path: Path) -> None:
    write(
        tmp_path,
        rows="day,key\n2026-01-01,8\n",
        table={"key": [8, 7, None, 7, None], "name": ["a", "b", "c", "d", "e"]},
    )
    source = """
    [sources.s]
    path = "rows.csv"
    time = "day"
    [sources.s.lookup.t]
    path = "table.parquet"
    on = "key"
    """
    with pytest.raises(SourceError, match="the key key 7 of the lookup 't' stands here") as error:
        cube_of(tmp_path, source, ["count(t.name)"])
    assert error.value.where == "table.parquet, row 2"
    assert "in table.parquet, row 4" in error.value.message


# --- laws ----------------------------------------------------------------------------------------

KEY = st.sampled_from(["a", "b", "c", "d", None])
ROWS = st.lists(st.tuples(st.integers(1, 28), KEY, st.integers(-100, 100)), min_size=1, max_size=30)
TABLE = st.dictionaries(st.sampled_from("abcxyz"), st.sampled_from(["north", "south", None]))
LAW = """
[sources.s]
path = "rows.{rows}"
time = "day"
dimensions = {{ region = "t.region" }}
[sources.s.lookup.t]
path = "table.{table}"
on = {{ key = "id" }}
"""


def _written(folder: Path, name: str, kind: str, columns: dict[str, list[Any]]) -> None:
    if kind == "parquet":
        names: list[str] = [column for column in ("key", "id", "region") if column in columns]
        types: dict[str, Any] = dict.fromkeys(names, pl.String)
        pl.DataFrame(columns, schema_overrides=types).write_parquet(folder / f"{name}.parquet")
        return
    lines = zip(*columns.values(), strict=True)
    text = "".join(",".join("" if v is None else str(v) for v in line) + "\n" for line in lines)
    (folder / f"{name}.csv").write_text(",".join(columns) + "\n" + text)


def _write_both(
    folder: Path, rows: list[Any], table: list[tuple[str, str | None]], kinds: tuple[str, str]
) -> str:
    own: dict[str, list[Any]] = {
        "day": [f"2026-01-{row[0]:02}" for row in rows],
        "key": [row[1] for row in rows],
        "amount": [float(row[2]) for row in rows],
    }
    _written(folder, "rows", kinds[0], own)
    looked_up: dict[str, list[Any]] = {
        "id": [key for key, _ in table],
        "region": [region for _, region in table],
    }
    _written(folder, "table", kinds[1], looked_up)
    return LAW.format(rows=kinds[0], table=kinds[1])


KINDS = st.tuples(st.sampled_from(["csv", "parquet"]), st.sampled_from(["csv", "parquet"]))


@given(rows=ROWS, table=TABLE, kinds=KINDS, seed=st.randoms(use_true_random=False))
def test_as_a_dictionary_of_python_joins(
    rows: list[Any], table: dict[str, str | None], kinds: tuple[str, str], seed: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Rows neither vanish nor multiply, and every sum is what a dictionary gives."""
    folder = tmp_path_factory.getbasetemp()
    lines = list(table.items())
    seed.shuffle(lines)
    source = _write_both(folder, rows, lines, kinds)
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for _, key, amount in rows:
        region = table.get(key) or NONE
        sums[region] += amount
        counts[region] += 1
    cube = cube_of(folder, source, ["sum(amount)"], "region")
    assert totals(cube, "region") == sums
    assert whole(cube) == sum(row[2] for row in rows) == sum(sums.values())
    assert totals(cube_of(folder, source, ["count()"], "region"), "region") == counts
    missed = sum(key is not None and key not in table for _, key, _ in rows)
    expected = f"{missed} of {len(rows)} row"
    assert [message.startswith(expected) for message in told(cube, "unmatched_keys")] == (
        [True] if missed else []
    )


@given(rows=ROWS, table=TABLE.filter(bool), kinds=KINDS, data=st.data())
def test_a_key_twice_is_always_refused(
    rows: list[Any], table: dict[str, str | None], kinds: tuple[str, str], data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp()
    again = data.draw(st.sampled_from(sorted(table)))
    region = data.draw(st.sampled_from(["north", "south", None]))
    lines = data.draw(st.permutations([*table.items(), (again, region)]))
    source = _write_both(folder, rows, lines, kinds)
    with pytest.raises(
        SourceError, match=f"the key id '{again}' of the lookup 't' stands here"
    ) as e:
        cube_of(folder, source, ["count(t.region)"])
    places = [at for at, (key, _) in enumerate(lines) if key == again]
    first, second = (f"line {at + 2}" if kinds[1] == "csv" else f"row {at + 1}" for at in places)
    assert e.value.where.endswith(first)
    assert e.value.message.endswith(second)
