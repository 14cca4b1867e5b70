"""Which period is shown, how much of it, and what it may be compared with."""

from datetime import date
from pathlib import Path

import pytest

from kpitree.errors import SourceError, UsageError
from pipeline.shop import ask, codes, compared, daily, fact, sales, value, write_csv

COUNT = """
[kpi.orders]
measure = "count()"
"""
COUNT_AND_MEAN = """
[tree]
root = "orders"
[kpi.orders]
measure = "count()"
target = 62
[kpi.price]
measure = "mean(amount)"
target = 12
[kpi.buyers]
measure = "n_unique(buyer)"
target = 3
"""


def complete(found: object) -> tuple[str, bool, int, int]:
    period = found.period  # type: ignore[attr-defined]  # an Evaluation
    return period.span.label, period.complete, period.covered_days, period.days


@pytest.mark.parametrize(
    ("last", "label"),
    [
        ("2026-10-31", "2026-10"),
        ("2026-10-30", "2026-09"),
        ("2026-10-01", "2026-09"),
        ("2026-09-30", "2026-09"),
    ],
)
def test_the_last_complete_period_is_shown(tmp_path: Path, last: str, label: str) -> None:
    found = sales(tmp_path, daily("2026-01-01", last), COUNT)
    assert found.period.span.label == label
    assert found.period.complete


def test_without_a_complete_period_the_running_one_is_shown(tmp_path: Path) -> None:
    found = sales(tmp_path, daily("2026-10-01", "2026-10-12"), COUNT)
    assert complete(found) == ("2026-10", False, 12, 31)
    assert value(found, "orders") == 12


@pytest.mark.parametrize(
    ("as_of", "period", "expected"),
    [
        ("2026-10-13", "latest", ("2026-10", False, 12, 31)),
        ("2026-10-13", None, ("2026-09", True, 30, 30)),
        ("2026-10-13", "2026-10", ("2026-10", False, 12, 31)),
        ("2026-11-01", None, ("2026-10", True, 31, 31)),  # today is past its end
        ("2026-10-31", None, ("2026-09", True, 30, 30)),
        ("2026-10-01", "latest", ("2026-09", True, 30, 30)),
        ("2030-01-01", "latest", ("2026-11", False, 15, 30)),
    ],
)
def test_as_of(
    tmp_path: Path, as_of: str, period: str | None, expected: tuple[str, bool, int, int]
) -> None:
    rows = daily("2026-01-01", "2026-11-15")
    found = sales(tmp_path, rows, COUNT, period=period, as_of=date.fromisoformat(as_of))
    assert complete(found) == expected
    assert value(found, "orders") == expected[2]  # one order a day


def test_a_running_period_is_compared_with_as_many_days(tmp_path: Path) -> None:
    rows = daily("2025-10-01", "2026-08-31", 10) + daily("2026-09-01", "2026-09-12", 20)
    rows += daily("2026-09-13", "2026-10-12", 30)
    found = sales(tmp_path, rows, COUNT_AND_MEAN, period="latest")
    assert complete(found) == ("2026-10", False, 12, 31)
    assert value(found, "price") == 30
    previous = compared(found, "price", "previous")
    assert (previous["reference"], previous["label"]) == (20.0, "2026-09 (first 12 of 30 d)")
    assert compared(found, "orders", "previous")["change"] == 0
    last_year = compared(found, "price", "last-year")
    assert (last_year["reference"], last_year["label"]) == (10.0, "2025-10 (first 12 of 31 d)")


def test_targets_of_a_running_period(tmp_path: Path) -> None:
    rows = daily("2026-09-01", "2026-10-12")
    found = sales(tmp_path, rows, COUNT_AND_MEAN, source=_source(), period="latest")
    orders = fact(found, "orders")
    assert orders["target"] == pytest.approx(62 * 12 / 31)
    assert orders["attainment"] == pytest.approx(12 / 24)
    assert fact(found, "price")["target"] == 12
    buyers = fact(found, "buyers")
    assert (buyers["target"], buyers["status"]) == (None, "no_target")
    reason = "the target is for a whole period, and the KPI does not add up over time"
    assert buyers["target_reason"] == reason
    assert compared(found, "buyers", "target")["reason"] == reason


def _source() -> str:
    return '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'


def test_a_previous_month_that_is_too_short_is_withheld(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-03-30")
    asked = {"period": "latest", "vs": ["previous", "target"]}
    found = sales(tmp_path, rows, COUNT_AND_MEAN, source=_source(), **asked)
    previous = compared(found, "orders", "previous")
    assert previous["reference"] is None
    assert previous["change"] is None
    assert previous["reason"] == "2026-02 has only 28 days, and 30 are compared"


def test_what_is_withheld_by_default_is_told(tmp_path: Path) -> None:
    found = sales(tmp_path, daily("2026-01-01", "2026-03-30"), COUNT, period="latest")
    assert found.references == ()
    (notice,) = found.warnings
    assert notice.code == "not_comparable"
    assert notice.message == (
        "there is no comparison with previous: 2026-02 has only 28 days, and 30 are compared"
    )


def test_a_reference_before_the_data_begins(tmp_path: Path) -> None:
    rows = daily("2026-09-10", "2026-10-31")
    found = sales(tmp_path, rows, COUNT, vs=["previous", "last-year"])
    for vs in ("previous", "last-year"):
        one = compared(found, "orders", vs)
        assert (one["reference"], one["change"]) == (None, None)
        assert one["reason"] == "the data of sales starts 2026-09-10"
    assert sales(tmp_path, rows, COUNT).references == ()  # by default, those that exist


def test_a_reference_after_as_of_is_not_known_yet(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-12-31")
    asked = {"period": "2026-09", "vs": ["2026-10"], "as_of": date(2026, 10, 13)}
    one = compared(sales(tmp_path, rows, COUNT, **asked), "orders", "period")
    assert one["reference"] is None
    assert one["reason"] == "the data of sales ends 2026-10-12"


def test_week_53_has_no_counterpart(tmp_path: Path) -> None:
    # 2026 has a week 53 (1 January 2026 is a Thursday); 2025 has none.
    top = '[calendar]\ngrain = "week"\n'
    rows = daily("2025-01-01", "2027-01-10")
    found = sales(tmp_path, rows, COUNT, top=top, period="2026-W53", vs=["last-year"])
    one = compared(found, "orders", "last-year")
    assert (one["reference"], one["reason"]) == (None, "2026-W53 has no counterpart")
    shown = sales(tmp_path, rows, COUNT, top=top, period="2026-W53")
    assert shown.references == ("previous",)
    assert codes(shown) == ["not_comparable"]


@pytest.mark.parametrize("period", ["2025-12", "2026-11", "1999", "2199-12-31", "2025-W01"])
def test_a_period_outside_the_data(tmp_path: Path, period: str) -> None:
    with pytest.raises(SourceError, match="there is no data for") as error:
        sales(tmp_path, daily("2026-01-01", "2026-10-31"), COUNT, period=period)
    assert "2026-01-01" in error.value.hint
    assert "2026-10-31" in error.value.hint


def test_a_period_that_begins_before_the_data_has_no_value(tmp_path: Path) -> None:
    found = sales(tmp_path, daily("2026-01-10", "2026-02-28"), COUNT, period="2026-01")
    one = fact(found, "orders")
    assert (one["value"], one["status"]) == (None, "no_data")
    assert one["reason"] == "the data of sales starts 2026-01-10"
    assert complete(found) == ("2026-01", False, 22, 31)


def test_as_of_before_the_data_begins(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no day before 2020-01-01"):
        sales(tmp_path, daily("2026-01-01", "2026-10-31"), COUNT, as_of=date(2020, 1, 1))


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"period": "2026-13"}, "no period '2026-13'"),
        ({"period": "soon"}, "'soon' is not a period"),
        ({"vs": ["yesterday"]}, "'yesterday' is not a period"),
        ({"last": 0}, "--last takes a number of periods"),
        ({"last": 2, "ytd": True}, "--last and --ytd cannot be combined"),
        ({"period": "2026-Q1", "grain": "month"}, "2026-Q1 is a quarter, and --grain asks"),
        ({"by": ["size"]}, "there is no dimension 'size'"),
        ({"kpis": ["order"]}, "there is no KPI 'order'"),
        ({"explain": ["order"]}, "there is no KPI 'order'"),
        ({"assumptions": {"orders": 5}}, "'orders' is computed from data"),
        ({"sources": {"sale": "x.csv"}}, "there is no source 'sale'"),
        ({"where": "amount >"}, "something is missing after this"),
    ],
)
def test_questions_that_cannot_be(
    tmp_path: Path, question: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        sales(tmp_path, daily("2026-01-01", "2026-10-31"), COUNT, **question)


# --- other grains, ranges, several periods ----------------------------------------------------


@pytest.mark.parametrize(
    ("question", "label", "days"),
    [
        ({"grain": "day"}, "2026-10-31", 1),
        ({"grain": "week"}, "2026-W43", 7),  # Monday 19 to Sunday 25 October
        ({"grain": "quarter"}, "2026-Q3", 92),
        ({"grain": "year"}, "2025", 365),
        ({"period": "2026-02-10"}, "2026-02-10", 1),
        ({"period": "2026-W45"}, None, 0),  # begins 2 November: outside
        ({"period": "2026-Q2"}, "2026-Q2", 91),
        ({"period": "2025"}, "2025", 365),
        ({"period": "2026-01..2026-06"}, "2026-01..2026-06", 181),
        ({"period": "2026-01-15..2026-02"}, "2026-01-15..2026-02", 45),
        ({"ytd": True}, "2026 to 2026-10", 304),
        ({"ytd": True, "period": "2026-02"}, "2026 to 2026-02", 59),
        ({"ytd": True, "period": "2026-Q1"}, "2026 to 2026-Q1", 90),
    ],
)
def test_spans_of_all_kinds(
    tmp_path: Path, question: dict[str, object], label: str | None, days: int
) -> None:
    rows = daily("2024-12-15", "2026-10-31")
    if label is None:
        with pytest.raises(SourceError):
            sales(tmp_path, rows, COUNT, **question)
        return
    found = sales(tmp_path, rows, COUNT, **question)
    assert complete(found) == (label, True, days, days)
    assert value(found, "orders") == days


def test_weeks_that_begin_on_sunday(tmp_path: Path) -> None:
    top = '[calendar]\ngrain = "week"\nweek_start = "sunday"\n'
    rows = daily("2026-01-01", "2026-10-17") + daily("2026-10-18", "2026-10-24", 20)
    rows += daily("2026-10-25", "2026-10-30")
    kpi = '[kpi.amount]\nmeasure = "sum(amount)"\n'
    found = sales(tmp_path, rows, kpi, top=top)
    # Sunday 18 to Saturday 24 October; its fourth day, the 21st, is in the 43rd week.
    assert (found.period.span.start, found.period.span.end) == (
        date(2026, 10, 18),
        date(2026, 10, 25),
    )
    assert value(found, "amount") == 140
    assert compared(found, "amount", "previous")["reference"] == 70


def test_the_last_periods_side_by_side(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-04-30")
    found = sales(tmp_path, rows, COUNT, last=3, vs=["previous"])
    assert [period.span.label for period in found.periods] == ["2026-02", "2026-03", "2026-04"]
    assert found.kpis["value"].to_list() == [28, 31, 30]
    assert found.comparisons["reference"].to_list() == [31, 28, 31]
    assert found.comparisons["change"].to_list() == [-3, 3, -1]


def test_more_periods_than_there_are(tmp_path: Path) -> None:
    found = sales(tmp_path, daily("2026-01-10", "2026-03-31"), COUNT, last=100_000)
    assert [period.span.label for period in found.periods] == ["2026-01", "2026-02", "2026-03"]
    assert found.kpis["value"].to_list() == [None, 28, 31]


def test_a_named_period_and_many_before_it(tmp_path: Path) -> None:
    """Last year's counterpart of the oldest one lies three years back."""
    rows = daily("2022-01-01", "2026-10-31")
    found = sales(tmp_path, rows, COUNT, period="2026-10", last=24, vs=["last-year"])
    assert len(found.periods) == 24
    assert found.comparisons["reference"].to_list()[:2] == [30, 31]  # 2023-11 and 2023-12
    assert found.comparisons["change"].to_list()[3] == -1  # 2025-02 against the leap year's


def test_compared_with_a_period_by_name(tmp_path: Path) -> None:
    rows = daily("2026-01-01", "2026-10-31")
    asked = ["2026-02", "2026-01..2026-03", "2026-02"]
    found = sales(tmp_path, rows, COUNT, period="2026-10", vs=asked)
    assert found.comparisons["label"].to_list() == ["2026-02", "2026-01..2026-03"]
    assert found.comparisons["reference"].to_list() == [28, 90]
    assert found.comparisons["vs"].to_list() == ["period", "period"]


@pytest.mark.parametrize(("vs", "reference"), [("previous", None), ("last-year", 59.0)])
def test_year_to_date_against(tmp_path: Path, vs: str, reference: float | None) -> None:
    rows = daily("2025-01-01", "2026-10-31")
    found = sales(tmp_path, rows, COUNT, period="2026-02", ytd=True, vs=[vs])
    one = compared(found, "orders", vs)
    assert one["reference"] == reference
    assert (one["reason"] is None) == (reference is not None)


def test_a_range_against_the_one_before(tmp_path: Path) -> None:
    rows = daily("2024-01-01", "2026-10-31")
    found = sales(tmp_path, rows, COUNT, period="2026-01..2026-03")
    assert compared(found, "orders", "previous")["reference"] == 92  # October to December
    assert compared(found, "orders", "last-year")["reference"] == 90


# --- sources of different days --------------------------------------------------------------

TWO = """
[sources.sales]
path = "sales.csv"
time = "day"
[sources.visits]
path = "visits.csv"
time = "day"
"""
TWO_KPIS = """
[kpi.conversion]
formula = "orders / visits"
[kpi.orders]
measure = "count()"
source = "sales"
[kpi.visits]
measure = "sum(amount)"
source = "visits"
"""


def test_a_tree_is_as_fresh_as_its_stalest_source(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-01-01", "2026-10-31"))
    write_csv(tmp_path, daily("2026-01-01", "2026-10-12", 4), "visits.csv")
    found = ask(tmp_path, TWO_KPIS, source=TWO)
    assert complete(found) == ("2026-09", True, 30, 30)
    running = ask(tmp_path, TWO_KPIS, source=TWO, period="2026-10")
    assert complete(running) == ("2026-10", False, 12, 31)
    assert value(running, "orders") == 12
    assert value(running, "conversion") == 0.25


def test_a_source_that_starts_later_holds_up_only_its_own(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2025-01-01", "2026-10-31"))
    write_csv(tmp_path, daily("2026-06-10", "2026-10-31", 4), "visits.csv")
    found = ask(tmp_path, TWO_KPIS, source=TWO, period="2026-06")
    assert value(found, "orders") == 30
    visits = fact(found, "visits")
    assert (visits["value"], visits["reason"]) == (None, "the data of visits starts 2026-06-10")
    assert fact(found, "conversion")["reason"] == "Visits: the data of visits starts 2026-06-10"
    earlier = ask(tmp_path, TWO_KPIS, source=TWO, period="2025-03")
    assert (value(earlier, "orders"), value(earlier, "visits")) == (31, None)
    (notice,) = earlier.warnings
    assert (notice.code, notice.source) == ("no_data", "visits")


def test_a_source_that_ended_before_a_named_period(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-01-01", "2026-10-31"))
    write_csv(tmp_path, daily("2026-01-01", "2026-08-31", 4), "visits.csv")
    found = ask(tmp_path, TWO_KPIS, source=TWO, period="2026-10")
    assert (value(found, "orders"), value(found, "visits")) == (31, None)
    assert fact(found, "visits")["reason"] == "the data of visits ends 2026-08-31"
    assert codes(found) == ["no_data"]
    alone = ask(tmp_path, TWO_KPIS, source=TWO, kpis=["orders"])
    assert alone.period.span.label == "2026-10"


def test_sources_without_a_common_day(tmp_path: Path) -> None:
    write_csv(tmp_path, daily("2026-01-01", "2026-03-31"))
    write_csv(tmp_path, daily("2026-06-01", "2026-08-31", 4), "visits.csv")
    with pytest.raises(SourceError, match="there is no day that every source covers"):
        ask(tmp_path, TWO_KPIS, source=TWO)
    assert value(ask(tmp_path, TWO_KPIS, source=TWO, period="2026-07"), "visits") == 31 * 4


def test_covers_says_which_days_a_source_speaks_for(tmp_path: Path) -> None:
    rows = ["2026-01-05,north,shop,ann,10", "2026-02-20,north,shop,ann,30"]
    source = _source() + 'covers = ["2026-01-01", "2026-03-31"]\n'
    found = sales(tmp_path, rows, COUNT_AND_MEAN, source=source, last=3)
    assert complete(found) == ("2026-03", True, 31, 31)
    assert [value(found, "orders", f"2026-0{n}") for n in (1, 2, 3)] == [1, 1, 0]
    assert [value(found, "price", f"2026-0{n}") for n in (1, 2, 3)] == [10, 30, None]
    assert [value(found, "buyers", f"2026-0{n}") for n in (1, 2, 3)] == [1, 1, 0]
    assert fact(found, "price")["reason"] == "no rows with a value"


def test_an_empty_source_has_no_dates(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        sales(tmp_path, [], COUNT)


CONSTANTS = '[kpi.year_cost]\nformula = "rent * 12"\n[kpi.rent]\nvalue = 1000\n'


def test_a_tree_without_data(tmp_path: Path) -> None:
    found = ask(tmp_path, CONSTANTS, source="", period="2026-10")
    assert value(found, "year_cost") == 12_000
    assert value(ask(tmp_path, CONSTANTS, source="", as_of=date(2026, 10, 13)), "rent") == 1000
    for period in (None, "latest"):
        with pytest.raises(UsageError, match="no last period"):
            ask(tmp_path, CONSTANTS, source="", period=period)
