"""The sample of leads and orders, figure by figure, against dictionaries of plain Python."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

ROOT = Path(__file__).parents[1]
DATA = ROOT / "sample_data" / "cohorts"
MONTHS = ["2026-01", "2026-02", "2026-03"]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


LEADS = {row["lead_id"]: row for row in rows("leads")}
CHANNELS = {row["id"]: row["channel"] for row in rows("campaigns")}
ORDERS = list({row["order_id"]: row for row in rows("orders")}.values())


def of_cohort(month: str, channel: str | None = None) -> Iterator[dict[str, str]]:
    """The orders of the leads of a month (and of a channel)."""
    for order in ORDERS:
        lead = LEADS.get(order["lead_id"])
        if lead is None or not lead["created_on"].startswith(month):
            continue
        if channel in (None, CHANNELS.get(lead["campaign_id"], "(none)")):
            yield order


def days(order: dict[str, str]) -> int:
    first = date.fromisoformat(LEADS[order["lead_id"]]["created_on"])
    return (date.fromisoformat(order["ordered_on"]) - first).days


def evaluated(month: str, *more: str) -> dict[tuple[str, str | None], Any]:
    """KPI and channel (None for the whole) -> value."""
    args = ["eval", str(ROOT / "trees/cohorts.toml"), "--period", month, "--format", "json", *more]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0
    kpis = json.loads(result.stdout)["kpis"]
    return {(kpi["kpi"], kpi["segment"].get("channel")): kpi["value"] for kpi in kpis}


@pytest.mark.parametrize("month", MONTHS)
def test_the_leads_of_a_month_and_what_they_brought(month: str) -> None:
    found = evaluated(month)
    orders = list(of_cohort(month))
    leads = sum(lead["created_on"].startswith(month) for lead in LEADS.values())
    customers = len({order["lead_id"] for order in orders})
    revenue = sum(float(order["amount"]) for order in orders)
    booked = sum(float(row["amount"]) for row in ORDERS if row["ordered_on"].startswith(month))
    assert found["leads", None] == leads
    assert found["customers", None] == customers
    assert found["conversion", None] == pytest.approx(customers / leads)
    assert found["customer_value", None] == pytest.approx(revenue / customers)
    assert found["revenue", None] == pytest.approx(revenue)
    assert found["days_to_order", None] == pytest.approx(sum(map(days, orders)) / len(orders))
    assert found["booked", None] == booked


@pytest.mark.parametrize("month", MONTHS)
def test_by_the_channel_of_their_campaign(month: str) -> None:
    found = evaluated(month, "--by", "channel")
    for channel in {channel for _, channel in found if channel is not None}:
        orders = list(of_cohort(month, channel))
        leads = sum(
            lead["created_on"].startswith(month)
            and CHANNELS.get(lead["campaign_id"], "(none)") == channel
            for lead in LEADS.values()
        )
        assert found["leads", channel] == leads
        assert found["customers", channel] == len({order["lead_id"] for order in orders})
    whole = sum(value for (kpi, channel), value in found.items() if kpi == "leads" and channel)
    assert whole == found["leads", None]


def test_every_order_is_in_one_cohort_or_told_of() -> None:
    revenue = sum(evaluated(month)["revenue", None] for month in MONTHS)
    without = [order for order in ORDERS if order["lead_id"] not in LEADS]
    assert revenue + sum(float(order["amount"]) for order in without) == sum(
        float(order["amount"]) for order in ORDERS
    )
