"""Every form of a target, end to end, on figures that are added up by hand."""

from pathlib import Path
from typing import Any

import pytest

from kpitree.analysis.results.evaluation import Evaluation
from pipeline.shop import ask, codes, compared, daily, fact, sales, write_csv

YEAR = daily("2025-01-01", "2026-12-31")  # 10 a day: 310 in January, 280 in February


def amount(target: str, more: str = "") -> str:
    """A KPI that adds up over time."""
    return f'[kpi.amount]\nmeasure = "sum(amount)"\ntarget = {target}\n{more}'


def price(target: str, more: str = "") -> str:
    """A KPI that is the same over time."""
    return f'[kpi.price]\nmeasure = "mean(amount)"\ntarget = {target}\n{more}'


def target(found: Evaluation, kpi: str = "amount", **segment: str) -> float | None:
    goal: float | None = fact(found, kpi, **segment)["target"]
    return goal


def reason(found: Evaluation, kpi: str = "amount", **segment: str) -> str | None:
    why: str | None = fact(found, kpi, **segment)["target_reason"]
    return why


# --- spread over a longer (or shorter) period ----------------------------------------------------


@pytest.mark.parametrize(
    ("question", "days", "of"),
    [
        ({"period": "2026-01"}, 31, 365),
        ({"period": "2026-02"}, 28, 365),
        ({"period": "2026-Q1"}, 90, 365),
        ({"period": "2026"}, 365, 365),
        ({"period": "2026-02", "ytd": True}, 59, 365),  # a yearly target prorated to date
        ({"period": "2026-03-05"}, 1, 365),
        ({"period": "2026-02", "as_of": "2026-02-11"}, 10, 365),  # running: its first 10 days
        ({"period": "2026-02", "as_of": "2026-02-11", "ytd": True}, 41, 365),
    ],
)
def test_a_yearly_target_is_spread_by_days(
    question: dict[str, Any], days: int, of: int, tmp_path: Path
) -> None:
    found = sales(tmp_path, YEAR, amount('{ value = 1_200_000, per = "year" }'), **question)
    assert target(found) == pytest.approx(1_200_000 * days / of, rel=1e-12)


def test_a_leap_year_has_366_days(tmp_path: Path) -> None:
    rows = daily("2028-01-01", "2028-02-29")
    found = sales(tmp_path, rows, amount('{ value = 1_200_000, per = "year" }'), period="2028-01")
    assert target(found) == pytest.approx(1_200_000 * 31 / 366, rel=1e-12)


def test_a_year_is_a_fiscal_one_where_there_are_such(tmp_path: Path) -> None:
    """From February 2028 to January 2029 are 366 days, in the calendar year of 2029 are 365."""
    tables = amount('{ value = 1_200_000, per = "year" }')
    write_csv(tmp_path, daily("2028-02-01", "2029-02-28"))
    top = "[calendar]\nfiscal_year_start = 2\n"
    january = ask(tmp_path, tables, top=top, period="2029-01")
    assert target(january) == pytest.approx(1_200_000 * 31 / 366, rel=1e-12)
    to_date = ask(tmp_path, tables, top=top, period="2029-02", ytd=True)
    assert target(to_date) == pytest.approx(1_200_000 * 28 / 365, rel=1e-12)


@pytest.mark.parametrize(("per", "days"), [("day", 1), ("week", 7), ("quarter", 92), ("month", 31)])
def test_the_target_of_a_month_per_any_grain(per: str, days: int, tmp_path: Path) -> None:
    """October: 31 days, in the fourth quarter of 31 + 30 + 31."""
    found = sales(tmp_path, YEAR, amount(f'{{ value = 700, per = "{per}" }}'), period="2026-10")
    assert target(found) == pytest.approx(700 * 31 / days, rel=1e-12)


def test_a_rate_is_used_as_it_stands(tmp_path: Path) -> None:
    for period in ("2026-02", "2026-Q1", "2026"):
        found = sales(tmp_path, YEAR, price('{ value = 12, per = "year" }'), period=period)
        assert target(found, "price") == 12


def test_what_neither_adds_up_nor_stays_has_only_whole_periods(tmp_path: Path) -> None:
    buyers = '[kpi.buyers]\nmeasure = "n_unique(buyer)"\ntarget = { value = 9, per = "year" }'
    assert target(sales(tmp_path, YEAR, buyers, period="2026"), "buyers") == 9
    month = sales(tmp_path, YEAR, buyers, period="2026-02")
    assert target(month, "buyers") is None
    assert reason(month, "buyers") == (
        "the target is for a whole period, and the KPI does not add up over time"
    )


# --- a path with a deadline ----------------------------------------------------------------------

WAY = '{ value = 55, by = 2026-12-31, from = 42, since = "2026-01-01" }'  # 13 in 364 days


@pytest.mark.parametrize(
    ("question", "after"),  # after 1 January
    [
        ({"period": "2026-01"}, 30),
        ({"period": "2026-02"}, 58),
        ({"period": "2026-Q2"}, 180),  # 30 June is day 181
        ({"period": "2026-02", "as_of": "2026-02-11"}, 40),  # its last covered day: the 10th
        ({"period": "2026"}, 364),
        ({"period": "2026-06", "ytd": True}, 180),
    ],
)
def test_a_rate_is_to_be_on_the_line_on_its_last_day(
    question: dict[str, Any], after: int, tmp_path: Path
) -> None:
    found = sales(tmp_path, YEAR, price(WAY), **question)
    assert target(found, "price") == pytest.approx(42 + 13 * after / 364, rel=1e-12)


def test_of_what_adds_up_every_month_has_the_level_of_its_last_day(tmp_path: Path) -> None:
    def line(after: int) -> float:
        return 42 + 13 * after / 364

    january = sales(tmp_path, YEAR, amount(WAY), period="2026-01")
    assert target(january) == pytest.approx(line(30), rel=1e-12)
    quarter = sales(tmp_path, YEAR, amount(WAY), period="2026-Q1")
    assert target(quarter) == pytest.approx(line(30) + line(58) + line(89), rel=1e-12)
    running = sales(tmp_path, YEAR, amount(WAY), period="2026-02", as_of="2026-02-11")
    assert target(running) == pytest.approx(line(58) * 10 / 28, rel=1e-12)


def test_milestones_bend_the_way(tmp_path: Path) -> None:
    """47 on 30 June, 180 days on; then 8 in the 184 days to 31 December."""
    way = WAY.replace(" }", ', milestones = { "2026-06-30" = 47 } }')
    for period, level in [
        ("2026-03", 42 + 5 * 89 / 180),
        ("2026-06", 47.0),
        ("2026-09", 47 + 8 * 92 / 184),
        ("2026-12", 55.0),
    ]:
        found = sales(tmp_path, YEAR, price(way), period=period)
        assert target(found, "price") == pytest.approx(level, rel=1e-12)


def test_before_the_way_there_is_no_target_and_after_it_the_value_stays(tmp_path: Path) -> None:
    way = '{ value = 55, by = "2026-03-31", from = 42, since = "2026-01-15" }'
    for tables, kpi in [(price(way), "price"), (amount(way), "amount")]:
        before = sales(tmp_path, YEAR, tables, period="2025-12")
        assert target(before, kpi) is None
        assert reason(before, kpi) == "the way to the target begins on 2026-01-15"
        assert fact(before, kpi)["status"] == "no_target"
        assert target(sales(tmp_path, YEAR, tables, period="2026-05"), kpi) == 55
    first = sales(tmp_path, YEAR, amount(way), period="2026-01")  # 16 of 75 days at its end
    assert target(first) == pytest.approx(42 + 13 * 16 / 75, rel=1e-12)


def test_a_deadline_alone_holds_for_every_period(tmp_path: Path) -> None:
    for period in ("2025-02", "2026-12"):
        found = sales(tmp_path, YEAR, amount("{ value = 300, by = 2026-06-30 }"), period=period)
        assert target(found) == 300


# --- growth --------------------------------------------------------------------------------------

LAST_YEAR = '{ growth = 0.20, over = "last_year" }'
PREVIOUS = '{ growth = 0.10, over = "previous" }'
MORE = [*daily("2025-01-01", "2025-12-31"), *daily("2026-01-01", "2026-12-31", 11)]


@pytest.mark.parametrize(
    ("form", "question", "expected"),
    [
        (LAST_YEAR, {"period": "2026-01"}, 1.2 * 310),
        (LAST_YEAR, {"period": "2026-Q1"}, 1.2 * 900),
        (LAST_YEAR, {"period": "2026"}, 1.2 * 3650),
        (LAST_YEAR, {"period": "2026-02", "ytd": True}, 1.2 * 590),
        (LAST_YEAR, {"period": "2026-02", "as_of": "2026-02-11"}, 1.2 * 100),  # like for like
        (PREVIOUS, {"period": "2026-02"}, 1.1 * 11 * 31),
        (PREVIOUS, {"period": "2026-01"}, 1.1 * 310),
        (PREVIOUS, {"period": "2026-03", "as_of": "2026-03-06"}, 1.1 * 55),
        (PREVIOUS, {"period": "2026-Q2"}, 1.1 * 11 * 90),
    ],
)
def test_growth_counts_from_what_the_kpi_itself_was(
    form: str, question: dict[str, Any], expected: float, tmp_path: Path
) -> None:
    found = sales(tmp_path, MORE, amount(form), **question)
    assert target(found) == pytest.approx(expected, rel=1e-12)


def test_every_period_shown_has_its_own_growth(tmp_path: Path) -> None:
    found = sales(tmp_path, MORE, amount(PREVIOUS), period="2026-03", last=3)
    goals = found.kpis["target"].to_list()
    assert goals == pytest.approx([1.1 * 310, 1.1 * 341, 1.1 * 308], rel=1e-12)


@pytest.mark.parametrize(
    ("form", "question", "why"),
    [
        (
            LAST_YEAR,
            {"period": "2025-03"},
            "there is no value of 2024-03 to grow from: the data of sales starts 2025-01-01",
        ),
        (PREVIOUS, {"period": "2026-02", "ytd": True}, "a year to date has no period before"),
        (
            PREVIOUS,  # February had 28 days
            {"period": "2026-03", "as_of": "2026-03-30"},
            "2026-03 has no counterpart of as many days to grow from",
        ),
    ],
)
def test_growth_from_nothing_is_withheld_with_the_reason(
    form: str, question: dict[str, Any], why: str, tmp_path: Path
) -> None:
    found = sales(tmp_path, MORE, amount(form), vs="target", **question)
    assert (target(found), reason(found)) == (None, why)
    assert compared(found, "amount", "target")["reason"] == why
    assert fact(found, "amount")["status"] == "no_target"


def test_growth_from_zero_and_from_below_it(tmp_path: Path) -> None:
    """20 % more than -310 is 62 more: -248, so that the change in percent is the growth."""
    losses = [*daily("2025-01-01", "2025-01-31", -10), *daily("2025-02-01", "2025-02-28", 0)]
    rows = [*losses, *daily("2025-03-01", "2026-02-28")]
    assert target(sales(tmp_path, rows, amount(LAST_YEAR), period="2026-01")) == -248
    found = sales(tmp_path, rows, amount(LAST_YEAR), period="2026-02")
    assert reason(found) == "from the 0 of 2025-02 nothing grows by a percentage"


def test_every_segment_grows_from_what_it_was_itself(tmp_path: Path) -> None:
    rows = [
        "2026-01-01,north,shop,ann,100",
        "2026-01-31,south,shop,bob,50",
        "2026-02-01,north,shop,ann,90",
        "2026-02-28,south,shop,bob,70",
        "2026-02-28,west,shop,cid,5",
    ]
    found = sales(tmp_path, rows, amount(PREVIOUS), period="2026-02", by=["region"])
    assert target(found) == pytest.approx(165)
    assert target(found, region="north") == pytest.approx(110)
    assert target(found, region="south") == pytest.approx(55)
    assert fact(found, "amount", region="north")["status"] == "off_track"
    assert fact(found, "amount", region="south")["status"] == "on_track"
    west = reason(found, region="west")
    assert west == "from the 0 of 2026-01 nothing grows by a percentage"
    assert compared(found, "amount", "target", region="north")["change"] == pytest.approx(-20)


def test_under_where_growth_counts_from_the_same_part(tmp_path: Path) -> None:
    rows = [*MORE, *(row.replace("north", "south") for row in MORE)]
    found = sales(tmp_path, rows, amount(LAST_YEAR), period="2026-01", where="region == 'south'")
    assert target(found) == pytest.approx(1.2 * 310)


def test_growth_of_a_formula(tmp_path: Path) -> None:
    tables = f'[kpi.twice]\nformula = "2 * amount"\ntarget = {LAST_YEAR}\n'
    tables += '[kpi.amount]\nmeasure = "sum(amount)"\n'
    found = sales(tmp_path, MORE, tables, period="2026-01")
    assert target(found, "twice") == pytest.approx(1.2 * 620)
    # ... and what its operand would need for it: half as much.
    assert fact(found, "amount")["target_implied"] == pytest.approx(1.2 * 310)


# --- plans that are data -------------------------------------------------------------------------

PLANNED = """
[sources.sales]
path = "sales.csv"
time = "day"
[sources.sales.dimensions]
region = "region"
channel = "channel"
[sources.plan]
path = "plan.csv"
time = "month"
[sources.plan.dimensions]
region = "region"
"""
PLAN = [
    "2026-01-01,north,amount,200",
    "2026-01-01,south,amount,120",
    "2026-02-01,north,amount,290",
    "2026-02-01,south,price,4",
]
FROM_PLAN = '{ source = "plan", measure = "sum(value)", where = "kpi == \'amount\'" }'


def planned(folder: Path, tables: str, plan: list[str] = PLAN, **question: Any) -> Evaluation:
    write_csv(folder, YEAR)
    write_csv(folder, plan, "plan.csv", "month,region,kpi,value")
    tables = tables.replace("[kpi.amount]\n", '[kpi.amount]\nsource = "sales"\n')
    tables = tables.replace("[kpi.price]\n", '[kpi.price]\nsource = "sales"\n')
    return ask(folder, tables, source=PLANNED, **question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"period": "2026-01"}, 320),  # a row on 1 January is January's plan
        ({"period": "2026-02"}, 290),  # the price of the south is no part of it
        ({"period": "2026-01..2026-02"}, 610),
        ({"period": "2026-02", "as_of": "2026-02-08"}, 290 * 7 / 28),  # running: pro rata
        ({"period": "2026-01-15"}, 320 / 31),
        ({"period": "2026-02", "ytd": True}, 610),
    ],
)
def test_a_plan_gives_the_figure_of_each_of_its_periods(
    question: dict[str, Any], expected: float, tmp_path: Path
) -> None:
    assert target(planned(tmp_path, amount(FROM_PLAN), **question)) == pytest.approx(expected)


def test_a_plan_has_the_segments_that_it_names(tmp_path: Path) -> None:
    found = planned(tmp_path, amount(FROM_PLAN), period="2026-02", by=["region"])
    assert target(found) == 290
    assert target(found, region="north") == 290
    write_csv(tmp_path, ["2026-02-01,south,shop,bob,1", *YEAR])
    found = ask(
        tmp_path,
        amount(FROM_PLAN, 'source = "sales"'),
        source=PLANNED,
        period="2026-02",
        by=["region"],
    )
    south = compared(found, "amount", "target", region="south")  # only its price is planned
    assert (south["reference"], south["reason"]) == (None, "its plan does not name it")
    by_channel = planned(tmp_path, amount(FROM_PLAN), period="2026-02", by=["channel"])
    shop = compared(by_channel, "amount", "target", channel="shop")
    assert shop["reason"] == "its plan has no dimension 'channel'"


def test_one_segment_kept_by_where_has_its_plan(tmp_path: Path) -> None:
    found = planned(tmp_path, amount(FROM_PLAN), period="2026-01", where="region == 'north'")
    assert target(found) == 200
    found = planned(tmp_path, amount(FROM_PLAN), period="2026-01", where="region != 'south'")
    assert target(found) is None
    assert reason(found) == "the target is for everything, not for what --where keeps"


def test_where_the_plan_has_no_rows_there_is_no_target(tmp_path: Path) -> None:
    found = planned(tmp_path, amount(FROM_PLAN), period="2026-03")
    assert (target(found), reason(found)) == (None, "its plan has no rows for 2026-03")
    quarter = planned(tmp_path, amount(FROM_PLAN), period="2026-Q1")
    assert (target(quarter), reason(quarter)) == (None, "its plan has no rows for 2026-03")
    assert fact(quarter, "amount")["value"] == 900  # a plan never limits what is covered


def test_a_plan_that_says_what_it_covers_has_targets_of_0(tmp_path: Path) -> None:
    write_csv(tmp_path, YEAR)
    write_csv(tmp_path, PLAN, "plan.csv", "month,region,kpi,value")
    source = PLANNED.replace('"month"\n', '"month"\ncovers = ["2026-01-01", "2026-12-31"]\n')
    tables = amount(FROM_PLAN, 'source = "sales"')
    assert target(ask(tmp_path, tables, source=source, period="2026-03")) == 0
    assert target(ask(tmp_path, tables, source=source, period="2026-Q1")) == 610
    assert target(ask(tmp_path, tables, source=source, period="2025-12")) is None


@pytest.mark.parametrize("last", ["2025-06-01", "2027-06-01"])
def test_a_plan_neither_ends_nor_begins_the_data(last: str, tmp_path: Path) -> None:
    plan = [*PLAN, f"{last},north,amount,1"]
    found = planned(tmp_path, amount(FROM_PLAN), plan)
    assert found.period.span.label == "2026-12"
    assert found.period.complete
    assert codes(found) == []


def test_a_plan_by_day_and_a_plan_by_quarter(tmp_path: Path) -> None:
    by_day = amount(FROM_PLAN.replace(" }", ', per = "day" }'))
    days = [f"2026-01-{day:02},north,amount,{day}" for day in range(1, 32)]
    assert target(planned(tmp_path, by_day, days, period="2026-01")) == 31 * 32 / 2
    running = planned(tmp_path, by_day, days, period="2026-01", as_of="2026-01-11")
    assert target(running) == 55  # exactly its first ten days
    week = planned(tmp_path, by_day, days, period="2026-W05")  # its Sunday is 1 February
    assert reason(week) == "its plan has no rows for 2026-02-01"
    by_quarter = amount(FROM_PLAN.replace(" }", ', per = "quarter" }'))
    found = planned(tmp_path, by_quarter, period="2026-02")
    assert target(found) == pytest.approx(610 * 28 / 90)


def test_a_plan_of_a_rate(tmp_path: Path) -> None:
    tables = price('{ source = "plan", measure = "mean(value)", where = "kpi == \'price\'" }')
    assert target(planned(tmp_path, tables, period="2026-02"), "price") == 4
    rows = [*PLAN, "2026-03-01,south,price,5"]
    both = planned(tmp_path, tables, rows, period="2026-02..2026-03")
    assert reason(both, "price") == "the target changes within 2026-02..2026-03"


def test_a_plan_may_be_read_from_elsewhere(tmp_path: Path) -> None:
    write_csv(tmp_path, ["2026-01-01,north,amount,7"], "other.csv", "month,region,kpi,value")
    other = {"plan": str(tmp_path / "other.csv")}
    assert target(planned(tmp_path, amount(FROM_PLAN), period="2026-01", sources=other)) == 7
