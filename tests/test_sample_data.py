"""The sample data is what SOURCE.md says: unchanged copies, and a made-up file that is known."""

import csv
import hashlib
import runpy
import tomllib
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
DEALS = SAMPLES / "deals" / "deals.csv"
FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2026, 10, 31)


class Deal(NamedTuple):
    """One row of deals.csv; the amount in cents, so that sums are exact."""

    opened: date
    closed: date | None
    stage: str
    region: str
    channel: str
    rep: str
    cents: int


def read_deals() -> list[Deal]:
    with DEALS.open(encoding="ascii", newline="") as file:
        return [
            Deal(
                date.fromisoformat(row["opened_on"]),
                date.fromisoformat(row["closed_on"]) if row["closed_on"] else None,
                row["stage"],
                row["region"],
                row["channel"],
                row["rep"],
                int(row["amount"].replace(".", "")),
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def deals() -> list[Deal]:
    return read_deals()


def decided_in(deals: list[Deal], first: date, last: date) -> list[Deal]:
    return [deal for deal in deals if deal.closed is not None and first <= deal.closed <= last]


def win_rate(deals: list[Deal], region: str) -> float:
    there = [deal for deal in deals if deal.region == region]
    return sum(deal.stage == "won" for deal in there) / len(there)


def mean_won(deals: list[Deal]) -> float:
    won = [deal.cents for deal in deals if deal.stage == "won"]
    return sum(won) / len(won) / 100


@pytest.mark.parametrize(
    ("file", "sha256"),
    [
        ("pizzaplace/pizzaplace.csv", "594ca293b3d7b8a3"),
        ("nyc_flights/flights_2013q4.parquet", "5dbb22c58bc56fa0"),
        ("nyc_flights/airlines.csv", "162551bd3401a12d"),
    ],
)
def test_real_data_is_an_unchanged_copy(file: str, sha256: str) -> None:
    path = SAMPLES / file
    assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(sha256)
    assert sha256 in path.with_name("SOURCE.md").read_text("utf-8")


def test_the_notice_of_the_pizza_data_is_beside_it() -> None:
    notice = (SAMPLES / "pizzaplace" / "LICENSE").read_text("utf-8")
    assert "Copyright (c) 2022-2026 Posit Software, PBC" in notice
    assert "Permission is hereby granted" in notice


def test_the_made_up_file_comes_out_of_its_generator_byte_for_byte() -> None:
    generator = runpy.run_path(str(SAMPLES / "deals" / "generate.py"))
    assert generator["deals_csv"]().encode() == DEALS.read_bytes()


def test_the_pipeline_covers_its_two_years(deals: list[Deal]) -> None:
    closed = [deal.closed for deal in deals if deal.closed is not None]
    assert len(deals) == 39_265
    assert (min(deal.opened for deal in deals), max(deal.opened for deal in deals)) == (
        FIRST_DAY,
        LAST_DAY,
    )
    assert (min(closed), max(closed)) == (FIRST_DAY, LAST_DAY)
    assert all(deal.closed is None or deal.opened <= deal.closed for deal in deals)
    assert all((deal.closed is None) == (deal.stage == "open") for deal in deals)
    assert sum(deal.stage == "open" for deal in deals) == 1_020
    assert sum(deal.channel == "" for deal in deals) == 395
    assert len({deal.rep for deal in deals}) == 12
    assert len({(deal.rep, deal.region) for deal in deals}) == 12


def test_planted_1_the_close_rate_of_one_region_drops(deals: list[Deal]) -> None:
    before = decided_in(deals, FIRST_DAY, date(2026, 7, 31))
    after = decided_in(deals, date(2026, 8, 1), LAST_DAY)
    assert win_rate(before, "EMEA") == pytest.approx(0.63, abs=0.015)
    assert win_rate(after, "EMEA") == pytest.approx(0.46, abs=0.015)
    for region in ("AMER", "APAC"):
        assert abs(win_rate(after, region) - win_rate(before, region)) < 0.015


def test_planted_2_prices_rise(deals: list[Deal]) -> None:
    before = mean_won(decided_in(deals, FIRST_DAY, date(2026, 3, 31)))
    after = mean_won(decided_in(deals, date(2026, 4, 1), LAST_DAY))
    assert after / before == pytest.approx(1.08, abs=0.01)


def test_planted_3_a_channel_vanishes(deals: list[Deal]) -> None:
    events = [deal.opened for deal in deals if deal.channel == "event"]
    until_june = [deal for deal in deals if deal.opened <= date(2026, 6, 30)]
    assert max(events) == date(2026, 6, 30)
    assert len(events) / len(until_june) == pytest.approx(0.12, abs=0.005)


def test_the_latest_month_misses_its_targets_though_prices_are_up(deals: list[Deal]) -> None:
    month = decided_in(deals, date(2026, 10, 1), LAST_DAY)
    won = [deal for deal in month if deal.stage == "won"]
    assert (len(month), len(won)) == (1_911, 1_069)
    assert sum(deal.cents for deal in won) == 267_416_263
    targets = {
        name: kpi["target"]
        for name, kpi in tomllib.loads((ROOT / "trees/sales.toml").read_text("utf-8"))[
            "kpi"
        ].items()
        if "target" in kpi
    }
    assert targets == {
        "revenue": 3_000_000,
        "deals": 2000,
        "close_rate": 0.62,
        "order_value": 2400,
    }
    assert len(month) < targets["deals"]
    assert len(won) / len(month) < targets["close_rate"] - 0.05
    assert mean_won(month) > targets["order_value"] * 1.03


@pytest.mark.parametrize(
    ("file", "root", "sources"),
    [
        ("sales.toml", "revenue", ["deals"]),
        ("pizza.toml", "revenue", ["tickets"]),
        ("flights.toml", "on_time_arrivals", ["flights"]),
    ],
)
def test_the_shipped_trees_have_no_mistakes(file: str, root: str, sources: list[str]) -> None:
    tree = load_tree(ROOT / "trees" / file)
    assert tree.root == root
    assert list(tree.sources) == sources
    assert all(Path(source.location).is_file() for source in tree.sources.values())
    assert all(kpi.label for kpi in tree.kpis.values())
