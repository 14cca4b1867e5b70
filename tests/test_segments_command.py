"""`kpitree segments` as it is used: what was planted in the samples, any KPI, any mistake."""

import json
import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from kpitree.cli.app import app

ROOT = Path(__file__).parents[1]
DEALS = ROOT / "sample_data" / "deals" / "deals.csv"
FLIGHTS = ROOT / "sample_data" / "nyc_flights" / "flights_2013q4.parquet"

TREE = """
[tree]
root = "sales"
segments = ["region", "channel"]
[sources.shop]
path = "shop.csv"
time = "day"
[sources.shop.dimensions]
region = "region"
channel = "channel"
[kpi.sales]
formula = "orders * price"
[kpi.orders]
measure = "count()"
source = "shop"
[kpi.price]
measure = "mean(amount)"
source = "shop"
[kpi.buyers]
measure = "n_unique(buyer)"
source = "shop"
[kpi.typical]
measure = "median(amount)"
source = "shop"
[kpi.net]
formula = "orders - rent"
[kpi.rent]
value = 100
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["segments", *args])


def answer(*args: str) -> dict[str, Any]:
    result = run(*args, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def slices(found: dict[str, Any]) -> list[dict[str, str]]:
    return [one["segment"] for one in found["slices"]]


def reconciles(found: dict[str, Any]) -> bool:
    lines: list[float] = [one["line"] for one in (*found["slices"], found["rest"])]
    gross = math.fsum(map(abs, lines))
    return math.isclose(math.fsum(lines), found["change"], abs_tol=1e-9 * gross)


@pytest.fixture
def sales(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    return "trees/sales.toml"


# --- what was planted ----------------------------------------------------------------------------


def won(period: str, *conditions: pl.Expr) -> float:
    """The amount won in a month, straight from the rows."""
    deals = pl.read_csv(DEALS)
    month = pl.col("closed_on").str.starts_with(period)
    return float(deals.filter(pl.col("stage") == "won", month, *conditions)["amount"].sum())


def test_the_channel_that_vanished_is_found(sales: str) -> None:
    found = answer(sales, "--vs", "2026-06")
    assert slices(found) == [{"channel": "event"}]
    event, rest = found["slices"][0], found["rest"]
    before = won("2026-06", pl.col("channel") == "event")
    assert (event["from"], event["to"]) == (pytest.approx(before), 0)
    assert event["line"] == pytest.approx(-before)
    assert event["size"] == pytest.approx(before / won("2026-06"))
    assert event["share"] == pytest.approx(before / (won("2026-06") - won("2026-10")))
    assert rest["from"] == pytest.approx(won("2026-06") - before)
    assert reconciles(found)


@pytest.mark.parametrize("vs", ["2026-07", "2026-06", "last-year"])
def test_the_region_that_closes_fewer_deals_is_found(sales: str, vs: str) -> None:
    found = answer(sales, "close_rate", "--vs", vs)
    assert slices(found) == [{"region": "EMEA"}]
    assert found["slices"][0]["to"] == pytest.approx(0.4636, abs=5e-5)
    assert reconciles(found)


def test_where_nothing_was_planted_nothing_stands_out(sales: str) -> None:
    found = answer(sales)
    assert slices(found) == []
    assert found["rest"]["line"] == found["change"]
    assert "no slice of region, channel or rep stands out" in found["sentence"]
    assert len(slices(answer(sales, "--noise", "--top", "3"))) == 3


def test_the_airline_that_cancelled_in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = answer("trees/flights.toml", "cancel_rate")
    assert slices(found) == [{"carrier": "EV"}]
    flights = pl.read_parquet(FLIGHTS).with_columns(month=pl.col("flight_date").dt.month())
    rates = [
        flights.filter(pl.col("month") == month, pl.col("carrier") == "EV")["dep_time"]
        .is_null()
        .mean()
        for month in (11, 12)
    ]
    assert [found["slices"][0]["from"], found["slices"][0]["to"]] == pytest.approx(rates)
    assert reconciles(found)


def test_pizza(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    found = answer("trees/pizza.toml", "--noise")
    assert len(slices(found)) >= 2
    assert reconciles(found)


def test_a_rate_has_the_lines_that_drivers_has(sales: str) -> None:
    """rate + mix of EMEA, as `kpitree drivers close_rate --by region` splits them."""
    by_region = CliRunner().invoke(
        app, ["drivers", sales, "close_rate", "--vs", "2026-07", "--by", "region", "-f", "json"]
    )
    assert by_region.exit_code == 0, by_region.output
    lines = json.loads(by_region.stdout)["lines"]
    emea = math.fsum(one["line"] for one in lines if one["segment"] == {"region": "EMEA"})
    found = answer(sales, "close_rate", "--vs", "2026-07")
    assert found["slices"][0]["line"] == pytest.approx(emea, rel=1e-9)


# --- any KPI -------------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """North online sells half as often in February; all else is the same each day."""
    rows = []
    for day in range(59):
        when = date(2026, 1, 1) + timedelta(days=day)
        for region, channel in (
            ("north", "web"),
            ("north", "shop"),
            ("south", "web"),
            ("", "shop"),
        ):
            fallen = (region, channel) == ("north", "web") and when.month == 2
            rows += [f"{when},{region},{channel},ann{day},10"] * (1 if fallen else 2)
    text = "\n".join(["day,region,channel,buyer,amount", *rows]) + "\n"
    (tmp_path / "shop.csv").write_text(text, "utf-8")
    (tmp_path / "tree.toml").write_text(TREE, "utf-8")
    return str(tmp_path / "tree.toml")


def test_a_formula_whose_values_add_up(shop: str) -> None:
    """count() x mean(amount) is no sum to look at, but its values add up over the segments."""
    found = answer(shop)
    assert slices(found) == [{"region": "north", "channel": "web"}]
    assert found["slices"][0]["line"] == 28 * 10 - 31 * 20
    assert found["examined"] == 3 + 2 + 4
    assert reconciles(found)


def test_rows_without_a_value_are_a_segment(shop: str) -> None:
    found = answer(shop, "orders", "--by", "region", "--where", "channel == 'shop'", "--noise")
    assert found["examined"] == 2
    assert slices(answer(shop, "--by", "region")) == [{"region": "north"}]


@pytest.mark.parametrize(
    ("kpi", "reason"),
    [
        ("typical", "median() does not add up over segments"),
        ("net", "adds a number that belongs to no segment"),
        ("buyers", "distinct counts do not add up over region or channel"),
    ],
)
def test_what_does_not_add_up_has_a_reason(shop: str, kpi: str, reason: str) -> None:
    found = answer(shop, kpi)
    assert reason in found["reason"]
    assert reason in found["sentence"]
    assert (found["slices"], found["rest"]) == ([], None)
    assert run(shop, kpi, "--format", "plain").stdout == ""


def test_a_running_period_is_compared_with_as_many_days(sales: str) -> None:
    found = answer(sales, "--period", "latest", "--as-of", "2026-10-15")
    assert found["from"]["label"] == "2026-09 (first 14 of 30 d)"
    assert reconciles(found)


def test_year_to_date(sales: str) -> None:
    found = answer(sales, "--ytd", "--vs", "last-year", "--top", "1")
    assert slices(found) == [{"channel": "event"}]


def test_one_dimension_deep(sales: str) -> None:
    for one in slices(answer(sales, "--noise", "--deep", "1")):
        assert len(one) == 1


def test_another_file(shop: str, tmp_path: Path) -> None:
    lines = (tmp_path / "shop.csv").read_text("utf-8").splitlines()
    (tmp_path / "other.csv").write_text(
        "\n".join(one for one in lines if "web" not in one), "utf-8"
    )
    found = answer(shop, "orders", "--source", f"shop={tmp_path / 'other.csv'}")
    assert found["from"]["value"] == 31 * 4


def test_the_same_bytes_every_time(sales: str) -> None:
    args = (sales, "--noise", "--format", "json")
    assert len({run(*args).stdout for _ in range(5)}) == 1


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["nope"], 2, "there is no KPI 'nope'"),
        (["rent"], 2, "'rent' is an assumption"),
        (["--by", "nope"], 2, "there is no dimension 'nope'"),
        (["--vs", "target"], 2, "the target cannot be searched"),
        (["--vs", "benchmark"], 2, "the benchmark cannot be searched"),
        (["--vs", "region == 'north'"], 2, "a condition on rows cannot be searched"),
        (["--vs", "last-weak"], 2, "'last-weak' is not a period"),
        (["--vs", "2019-01"], 3, "has no value in 2019-01: Orders: the data of shop starts"),
        (["--period", "2026-01"], 3, "has no value in 2025-12"),
        (["--period", "2031-01"], 3, "there is no data for 2031-01"),
        (["--ytd"], 3, "a year to date has no period before"),
        (["--deep", "3"], 2, "--deep"),
        (["--top", "0"], 2, "--top"),
        (["--format", "nope"], 2, "there is no format 'nope'"),
        (["--where", "region =="], 2, "--where"),
    ],
)
def test_mistakes(shop: str, args: list[str], code: int, message: str) -> None:
    result = run(shop, *args)
    assert message in result.stderr
    assert (result.exit_code, result.stdout) == (code, "")


def test_a_tree_without_dimensions(shop: str, tmp_path: Path) -> None:
    bare = TREE.split("[sources.shop.dimensions]")
    text = bare[0].replace('segments = ["region", "channel"]', "")
    text += bare[1].split('channel = "channel"')[1]
    (tmp_path / "tree.toml").write_text(text, "utf-8")
    result = run(shop)
    assert "this tree has no dimensions to search" in result.stderr
    assert result.exit_code == 2


def test_only_dimensions_of_all_sources_are_searched(shop: str, tmp_path: Path) -> None:
    other = """
[sources.visits]
path = "shop.csv"
time = "day"
[sources.visits.dimensions]
channel = "channel"
[kpi.visits]
measure = "count()"
source = "visits"
[kpi.per_visit]
formula = "orders / visits"
"""
    (tmp_path / "tree.toml").write_text(TREE + other, "utf-8")
    found = answer(shop, "per_visit")
    assert found["dimensions"] == ["channel"]
    result = run(shop, "per_visit", "--by", "region")
    assert "the source 'visits' has no dimension 'region'" in result.stderr
    assert result.exit_code == 2


# --- size ----------------------------------------------------------------------------------------


def test_five_dimensions_of_two_hundred_values(tmp_path: Path) -> None:
    """A planted cell among 200,000 is found (and in time: see bench/)."""
    luck = random.Random(5)  # noqa: S311 - made-up rows need no secrecy
    rows = 40_000
    columns: dict[str, Any] = {
        "day": [date(2026, 1, 1) + timedelta(days=at % 59) for at in range(rows)],
        "amount": [100.0] * rows,
    }
    columns |= {f"d{at}": [f"v{luck.randrange(200)}" for _ in range(rows)] for at in range(5)}
    frame = pl.DataFrame(columns)
    hit = (pl.col("d1") == "v7") & (pl.col("day") >= date(2026, 2, 1))
    frame = frame.with_columns(pl.when(hit).then(0.0).otherwise("amount").alias("amount"))
    extra = frame.filter(pl.col("d1") == "v7")
    frame = pl.concat([frame, *[extra] * 9])  # v7 is 5 % of the rows
    frame.write_parquet(tmp_path / "big.parquet")
    names = [f"d{at}" for at in range(5)]
    tree = f"""
[tree]
root = "amount"
segments = {names}
[sources.s]
path = "big.parquet"
time = "day"
[sources.s.dimensions]
{chr(10).join(f'{name} = "{name}"' for name in names)}
[kpi.amount]
measure = "sum(amount)"
source = "s"
"""
    (tmp_path / "tree.toml").write_text(tree, "utf-8")
    found = answer(str(tmp_path / "tree.toml"))
    assert slices(found) == [{"d1": "v7"}]
    assert found["examined"] > 150_000
    assert reconciles(found)
