"""The subscriptions are what SOURCE.md says, and the tree's figures are those of plain Python."""

import csv
import runpy
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

import kpitree
from kpitree.tables import NONE, SEGMENT
from kpitree.tree.read import load_tree

ROOT = Path(__file__).parents[1]
SAAS = ROOT / "sample_data" / "saas"
FIRST_DAY, LAST_DAY = date(2023, 11, 1), date(2026, 10, 31)
PLANS = ("starter", "team", "business")


class Subscription(NamedTuple):
    """One row of subscriptions.csv; the amount in cents, so that sums are exact."""

    customer: str
    sale: str
    plan: str
    country: str
    start: date
    end: date | None
    cents: int

    def active(self, day: date) -> bool:
        """At the end of a day."""
        return self.start <= day and (self.end is None or day < self.end)


@cache
def sold() -> tuple[Subscription, ...]:
    with (SAAS / "subscriptions.csv").open(encoding="ascii", newline="") as file:
        return tuple(
            Subscription(
                row["customer_id"],
                row["sale"],
                row["plan"],
                row["country"],
                date.fromisoformat(row["start_date"]),
                date.fromisoformat(row["end_date"]) if row["end_date"] else None,
                int(row["mrr"].replace(".", "")),
            )
            for row in csv.DictReader(file)
        )


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first day of each month, and the first one after it."""
    while first <= last:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        yield first, after
        first = after


def there(day: date) -> list[Subscription]:
    return [one for one in sold() if one.active(day)]


def started(first: date, after: date) -> list[Subscription]:
    return [one for one in sold() if first <= one.start < after]


def ended(first: date, after: date) -> list[Subscription]:
    return [one for one in sold() if one.end is not None and first <= one.end < after]


def cents(some: list[Subscription]) -> int:
    return sum(one.cents for one in some)


def test_the_files_come_out_of_their_generator_byte_for_byte() -> None:
    generator = runpy.run_path(str(SAAS / "generate.py"))
    files = generator["files"]()
    assert files.keys() == {path.name for path in SAAS.glob("*.csv")}
    for name, text in files.items():
        assert text.encode() == (SAAS / name).read_bytes(), name


@cache
def ledger() -> dict[date, dict[str, int]]:
    """Last day of a month -> category -> cents."""
    found: dict[date, dict[str, int]] = {}
    with (SAAS / "ledger.csv").open(encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            of_day = found.setdefault(date.fromisoformat(row["day"]), {})
            of_day[row["category"]] = int(row["amount"].replace(".", ""))
    return found


def test_the_books_agree_with_the_subscriptions_and_the_bank() -> None:
    with (SAAS / "cash.csv").open(encoding="ascii", newline="") as file:
        told = {
            date.fromisoformat(row["day"]): int(row["balance"].replace(".", ""))
            for row in csv.DictReader(file)
        }
    balance = 9_000_000_00
    for day, amounts in ledger().items():
        assert amounts["billed"] == cents(there(day))
        balance += 2 * amounts["billed"] - sum(amounts.values())
        assert told.get(day, balance) == balance
    assert ledger().keys() - told.keys() == {date(2025, 12, 31)}


def test_what_the_page_counts() -> None:
    rows = sold()
    assert len(rows) == 4_856
    assert len({one.customer for one in rows}) == 4_631
    assert sum(one.sale == "add-on" for one in rows) == 234
    assert [sum(one.plan == plan for one in rows) for plan in PLANS] == [2_366, 1_766, 724]
    assert sum(one.country == "" for one in rows) == 94
    assert (min(one.start for one in rows), max(one.start for one in rows)) == (
        date(2022, 1, 1),
        LAST_DAY,
    )
    assert sum(one.end is None for one in rows) == 2_705
    ends = [one.end for one in rows if one.end is not None]
    assert (min(ends), max(ends)) == (FIRST_DAY, date(2026, 11, 30))
    assert sum(end > LAST_DAY for end in ends) == 54
    assert all(one.end is None or one.start <= one.end for one in rows)
    for file, count in (("ledger.csv", 144), ("cash.csv", 35)):
        assert len((SAAS / file).read_text("ascii").splitlines()) == count + 1


def cancelled(plan: str, first: date, last: date) -> float:
    """The share of a plan's subscriptions at the start of a month that ended in it."""
    before = [
        [one for one in there(start - timedelta(days=1)) if one.plan == plan]
        for start, _ in months(first, last)
    ]
    gone = [one for start, after in months(first, last) for one in ended(start, after)]
    return sum(one.plan == plan for one in gone) / sum(map(len, before))


def test_planted_1_one_plan_is_cancelled_more_often() -> None:
    for plan, truth, later in (("starter", 0.0428, 0.0376), ("business", 0.0092, 0.0086)):
        assert cancelled(plan, FIRST_DAY, date(2026, 5, 31)) == pytest.approx(truth, abs=5e-5)
        assert cancelled(plan, date(2026, 6, 1), LAST_DAY) == pytest.approx(later, abs=5e-5)
    assert cancelled("team", FIRST_DAY, date(2026, 5, 31)) == pytest.approx(0.0208, abs=5e-5)
    assert cancelled("team", date(2026, 6, 1), LAST_DAY) == pytest.approx(0.0550, abs=5e-5)


def test_planted_2_marketing_costs_more_and_brings_no_more() -> None:
    spent = {day: amounts["marketing"] / 100 for day, amounts in ledger().items()}

    def of_a_customer(first: date, after: date) -> float:
        new = sum(one.sale == "new" for one in started(first, after))
        return sum(amount for day, amount in spent.items() if first <= day < after) / new

    assert round(of_a_customer(date(2025, 3, 1), date(2026, 3, 1))) == 2_763
    assert round(of_a_customer(date(2026, 3, 1), date(2026, 11, 1))) == 3_367


def test_the_last_month_to_the_cent() -> None:
    first, after = date(2026, 10, 1), date(2026, 11, 1)
    before, now = there(date(2026, 9, 30)), there(LAST_DAY)
    came, went = started(first, after), ended(first, after)
    assert [len(some) for some in (before, came, went, now)] == [2_714, 139, 94, 2_759]
    assert cents(before) == 54_301_263
    assert cents(came) == 2_259_356
    assert cents(went) == 1_240_011
    assert cents(now) == 55_320_608 == 54_301_263 + 2_259_356 - 1_240_011
    assert sum(one.sale == "new" for one in came) == 133
    assert len({one.customer for one in now}) == 2_676


# --- the tree ------------------------------------------------------------------------------------


def test_the_tree_has_no_mistakes() -> None:
    tree = load_tree(ROOT / "trees" / "saas.toml")
    assert tree.root == "mrr"
    assert list(tree.sources) == ["subscriptions", "ledger", "cash"]
    assert all(Path(source.location).is_file() for source in tree.sources.values())
    assert all(kpi.label for kpi in tree.kpis.values())


def answered(by: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, float | None]]:
    """(period, segment) -> the KPIs, of all months of the file."""
    found = kpitree.load(ROOT / "trees" / "saas.toml").evaluate(
        kpis=["mrr", "mrr_start", "new_mrr", "churned_mrr", "customers", "churn_rate"],
        period="2026-10",
        last=36,
        vs=["target"],
        by=by,
    )
    assert not [one for one in found.warnings if one.code == "unexplained"]
    frame = found.kpis.with_columns(pl.col([SEGMENT + name for name in by]).fill_null(""))
    keys = ["period", *(SEGMENT + name for name in by)]
    values: dict[tuple[str, ...], dict[str, float | None]] = {}
    for kpi, value, *key in frame.select("kpi", "value", *keys).iter_rows():
        values.setdefault(tuple(key), {})[kpi] = value
    return values


@pytest.mark.parametrize("dimension", [None, "plan", "country"])
def test_every_month_is_to_the_cent_what_plain_python_finds(dimension: str | None) -> None:
    """And MRR = MRR at start + new - churned, of the whole and of every segment."""
    found = answered((dimension,) if dimension else ())
    checked = 0
    for first, after in months(FIRST_DAY, LAST_DAY):
        some = {
            "mrr_start": there(first - timedelta(days=1)),
            "new_mrr": started(first, after),
            "churned_mrr": ended(first, after),
            "mrr": there(after - timedelta(days=1)),
        }
        segments = {getattr(one, dimension) or NONE for one in some["mrr"]} if dimension else set()
        for segment in ("", *sorted(segments)):
            key = (f"{first:%Y-%m}", *([segment] if dimension else []))
            of = {
                kpi: [one for one in rows if segment in ("", dimension_of(one, dimension))]
                for kpi, rows in some.items()
            }
            truth = {kpi: cents(rows) for kpi, rows in of.items()}
            kpis = found[key]
            assert {kpi: round((kpis[kpi] or 0.0) * 100) for kpi in truth} == truth
            assert truth["mrr"] == truth["mrr_start"] + truth["new_mrr"] - truth["churned_mrr"]
            assert kpis["customers"] == len({one.customer for one in of["mrr"]})
            assert kpis["churn_rate"] == pytest.approx(truth["churned_mrr"] / truth["mrr_start"])
            checked += 1
    assert checked == 36 * {None: 1, "plan": 4, "country": 7}[dimension]


def dimension_of(one: Subscription, dimension: str | None) -> str:
    return (getattr(one, dimension) or NONE) if dimension else ""
