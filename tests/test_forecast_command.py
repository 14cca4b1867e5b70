"""`kpitree forecast` as a user meets it: together, wrong, in mails; and as sure as it says."""

import csv
import json
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import kpitree
from kpitree.cli.app import app
from kpitree.cli.options import FORMATS
from kpitree.tables import FORECASTS

ROOT = Path(__file__).parents[1]
Write = Callable[[str, str], Path]
SALES = ("forecast", "trees/sales.toml", "--as-of", "2026-10-21")


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.stdout, done.stderr


def asked(*arguments: str, form: str = "json") -> str:
    code, out, talk = run(*arguments, "--format", form, "--quiet")
    assert (code, talk) == (0, "")
    return out


def by_kpi(*arguments: str) -> dict[str, dict[str, Any]]:
    return {one["kpi"]: one for one in json.loads(asked(*arguments))["forecasts"]}


# --- true values ---------------------------------------------------------------------------------


def test_the_landing_of_deals_from_the_rows() -> None:
    """The course of the deals decided, by day of the month and weekday, over twelve months."""
    decided = pl.read_csv("sample_data/deals/deals.csv", try_parse_dates=True).filter(
        pl.col("stage") != "open"
    )["closed_on"]
    months = [(2025 + (n > 2), (n + 9) % 12 + 1) for n in range(13)]
    assert (months[0], months[-1]) == ((2025, 10), (2026, 10))
    days = [
        [date(year, month, day + 1) for day in range(monthrange(year, month)[1])]
        for year, month in months
    ]
    sold: dict[date, int] = dict(decided.value_counts().iter_rows())
    by_weekday = [
        [sold.get(day, 0) for month in days[:12] for day in month if day.weekday() == weekday]
        for weekday in range(7)
    ]
    means = [sum(found) / len(found) for found in by_weekday]
    mean = sum(map(sum, by_weekday)) / sum(map(len, by_weekday))

    def counted(some: list[date]) -> float:
        return sum(means[day.weekday()] / mean for day in some)

    def rate(some: list[date]) -> float:
        return sum(sold.get(day, 0) for day in some) / counted(some)

    shares = sorted(rate(month[:20]) / (rate(month[:20]) + rate(month[20:])) for month in days[:12])
    share = (shares[5] + shares[6]) / 2
    now = days[12]
    to_date = sum(sold.get(day, 0) for day in now[:20])
    rest = counted(now[20:]) / counted(now[:20]) * (1 - share) / share
    deals = by_kpi(*SALES)["deals"]
    assert deals["value"] == to_date
    assert deals["landing"] == pytest.approx(to_date * (1 + rest), rel=1e-9)


def test_what_is_needed_from_the_rows() -> None:
    deals = pl.read_csv("sample_data/deals/deals.csv", try_parse_dates=True).filter(
        (pl.col("stage") == "won")
        & pl.col("closed_on").is_between(date(2026, 10, 1), date(2026, 10, 20))
    )
    won = float(deals["amount"].sum())
    revenue = by_kpi(*SALES)["revenue"]
    assert revenue["left"] == pytest.approx(3_000_000 - won)
    assert revenue["needed"] == pytest.approx((3_000_000 - won) / 11)
    assert revenue["ratio"] == pytest.approx((3_000_000 - won) / (revenue["landing"] - won))


def test_landings_add_up_as_any_period_does() -> None:
    found = by_kpi(*SALES, "revenue", "deals", "close_rate", "order_value", "won", "won_amount")
    landing = {kpi: one["landing"] for kpi, one in found.items()}
    product = landing["deals"] * landing["close_rate"] * landing["order_value"]
    assert landing["revenue"] == pytest.approx(product, rel=1e-12)
    assert landing["revenue"] == pytest.approx(landing["won_amount"], rel=1e-12)
    assert landing["order_value"] == pytest.approx(landing["won_amount"] / landing["won"])


def test_recurring_revenue_adds_up_to_where_it_lands() -> None:
    found = by_kpi("forecast", "trees/saas.toml", "--as-of", "2026-06-12", "mrr", "net_new_mrr")
    before = by_kpi("forecast", "trees/saas.toml", "--period", "2026-05", "mrr")["mrr"]["value"]
    assert found["mrr"]["landing"] == pytest.approx(before + found["net_new_mrr"]["landing"])


# --- how sure it is ------------------------------------------------------------------------------


def covered(tree: str, starts: list[date], days: int, grain: str) -> Iterator[bool]:
    """Whether each interval, some days into a period, held what the period came to."""
    loaded = kpitree.load(tree)
    # Weeks and months go on, so the last ones but one are those asked about.
    came = loaded.evaluate(grain=grain, last=len(starts) + 1, vs="target").kpis
    for start in starts:
        told = loaded.forecast(as_of=start + timedelta(days=days), grain=grain)
        for one in told.rows.rows(named=True):
            [value] = came.filter(kpi=one["kpi"], period=told.period.span.label)["value"]
            if one["low"] is not None:
                yield one["low"] <= value <= one["high"]


@pytest.mark.parametrize(
    ("tree", "starts", "days", "grain"),
    [
        pytest.param(
            "sales",
            [date(2025 + (n > 3), (n + 8) % 12 + 1, 1) for n in range(14)],
            15,
            "month",
            id="months of deals",
        ),
        pytest.param(
            "pizza",
            [date(2015, 3, 16) + timedelta(days=7 * n) for n in range(41)],
            4,
            "week",
            id="weeks of pizza",
        ),
    ],
)
def test_intervals_hold_as_often_as_they_say(
    tree: str, starts: list[date], days: int, grain: str
) -> None:
    """Eight times in ten; docs/forecast.md tells how often it was."""
    held = list(covered(f"trees/{tree}.toml", starts, days, grain))
    share = sum(held) / len(held)
    assert 0.7 <= share <= 0.9
    told = f"{sum(held)} of {len(held)} ({100 * share:.0f} %)"
    assert told in (ROOT / "docs/forecast.md").read_text("utf-8")


# --- formats -------------------------------------------------------------------------------------


def test_all_formats_tell_the_same() -> None:
    told = json.loads(asked(*SALES))["forecasts"]
    [*rows] = csv.DictReader(StringIO(asked(*SALES, form="csv")))
    tabs = csv.DictReader(StringIO(asked(*SALES, form="tsv")), delimiter="\t")
    assert rows == list(tabs)
    objects = [json.loads(line) for line in asked(*SALES, form="jsonl").splitlines()]
    columns = ["kpi", "label", "unit", *list(FORECASTS)[1:], "stale"]
    assert list(rows[0]) == list(objects[0]) == columns
    for one, record, thing in zip(told, rows, objects, strict=True):
        assert float(record["landing"]) == thing["landing"] == one["landing"]
        assert float(record["low"]) == thing["low"] == one["interval"]["low"]
        assert record["status"] == thing["status"] == one["status"]
        assert record["by"] == thing["by"] == one["by"] == "2026-10-31"
    for form in ("table", "markdown"):
        text = asked(*SALES, form=form)
        assert all(one["sentence"] in text for one in told)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_of_every_format(form: str, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    code, out, _ = run(*SALES, "--format", form, "-o", str(file))
    assert (code, out) == (0, "")
    assert file.read_text("utf-8") == asked(*SALES, form=form)


def test_the_api_answers_the_same() -> None:
    found = kpitree.load("trees/sales.toml").forecast("deals", as_of="2026-10-21")
    [landing] = found.rows["landing"]
    assert landing == by_kpi(*SALES, "deals")["deals"]["landing"]


def test_other_assumptions_rows_and_files(write: Write) -> None:
    file = write(
        "tree.toml",
        """
        [tree]
        root = "net"
        [kpi.net]
        formula = "gross * share"
        target = 100
        [kpi.share]
        value = 0.5
        [kpi.gross]
        measure = "sum(amount)"
        source = "sales"
        [sources.sales]
        path = "none.csv"
        time = "day"
        """,
    )
    days = "\n".join(f"2026-04-{day:02},10" for day in range(1, 11))
    other = write("other.csv", f"day,amount\n{days}\n")
    ask = ("forecast", str(file), "--source", f"sales={other}", "--set", "share=20%")
    net = by_kpi(*ask, "--where", "amount > 0")["net"]
    assert net["landing"] == pytest.approx(300 * 0.2)
    assert net["target_reason"] == "the target is for everything, not for what --where keeps"


# --- statuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--fail-on", "off_track"], 1),
        (["--fail-on", "off_track:revenue"], 1),
        (["--fail-on", "off_track:order_value"], 0),
        (["--fail-on", "at_risk", "--fail-on", "off_track"], 1),
        (["--fail-on", "no_data"], 0),
    ],
)
def test_exit_codes(options: list[str], code: int) -> None:
    assert run(*SALES, *options)[0] == code


def test_only_some_statuses() -> None:
    shown = json.loads(asked(*SALES, "--only", "on_track"))["forecasts"]
    assert [one["kpi"] for one in shown] == ["order_value"]


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_show_prints_nothing(form: str) -> None:
    assert asked(*SALES, "--only", "no_data", form=form) == ""


def test_what_is_hidden_fails_all_the_same() -> None:
    code, out, _ = run(*SALES, "--only", "no_data", "--fail-on", "off_track", "-q")
    assert (code, out) == (1, "")


def test_stale_data(write: Write) -> None:
    write("sales.csv", "day\n2026-04-01\n2026-04-02\n")
    file = write(
        "tree.toml",
        """
        [tree]
        root = "sold"
        [kpi.sold]
        measure = "count()"
        source = "sales"
        [sources.sales]
        path = "sales.csv"
        time = "day"
        fresh_within = "2d"
        """,
    )
    ask = ("forecast", str(file), "--fail-on", "stale")
    assert run(*ask, "--as-of", "2026-04-04")[0] == 0
    code, _, talk = run(*ask, "--as-of", "2026-04-09")
    assert code == 1
    assert "sales is stale" in talk
    assert run(*ask)[0] == 2


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["revenu"], 2, "there is no KPI 'revenu'"),
        (["--period", "2026-13"], 2, "2026-13"),
        (["--period", "2031"], 3, "there is no data for 2031"),
        (["--period", "2026", "--grain", "week"], 2, "2026 is a year, and --grain asks for week"),
        (["--as-of", "soon"], 2, "'soon' is not a day"),
        (["--as-of", "2001-01-01"], 3, "2001-01-01"),
        (["--fail-on", "red"], 2, "cannot fail on 'red'"),
        (["--only", "red"], 2, "there is no status 'red'"),
        (["--fail-on", "off_track:revenu"], 2, "there is no KPI 'revenu'"),
        (["--fail-on", "off_track:won"], 2, "'won' is not forecast"),
        (["deals", "--fail-on", "off_track:revenue"], 2, "'revenue' is not forecast"),
        (["--set", "deals=3"], 2, "'deals' is computed from data"),
        (["--format", "pie"], 2, "pie"),
        (["--ytd"], 2, "--ytd"),
    ],
)
def test_mistakes(arguments: list[str], code: int, said: str) -> None:
    done, out, talk = run("forecast", "trees/sales.toml", *arguments)
    assert (done, out) == (code, "")
    assert said in talk
    assert "Traceback" not in talk
