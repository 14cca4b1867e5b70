"""Fiscal and retail trees, zones and working days, from the tree file to what is answered.

The data has one row a day, so that every figure is a number of days, counted on a wall calendar.
"""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app

ROOT = Path(__file__).parents[1]
FIRST, LAST = date(2022, 1, 1), date(2026, 6, 30)

KPIS = """
[tree]
root = "goal"

[sources.days]
path = "days.csv"
time = "day"

[kpi.goal]
formula = "days + before + three + so_far"
[kpi.before]
formula = "prev(days)"
[kpi.three]
formula = "rolling_sum(days, 3)"
[kpi.so_far]
formula = "year_to_date(days)"
[kpi.days]
measure = "count()"
target = { "FY2026-Q3" = 100 }
[kpi.tellers]
measure = "n_unique(teller)"
"""
FISCAL = '[calendar]\ngrain = "quarter"\nfiscal_year_start = 4\n' + KPIS
RETAIL = (
    """
[calendar]
week_start = "sunday"
fiscal_year_start = 2
fiscal_year_name = "start"
pattern = "4-5-4"
"""
    + KPIS
)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[[str], Path]:
    """tree(text) -> that tree beside days.csv: a row a day, and one of thirty tellers in turn."""

    def write(text: str) -> Path:
        rows = (f"{FIRST + timedelta(days=n)},{n % 30}\n" for n in range((LAST - FIRST).days + 1))
        (tmp_path / "days.csv").write_text("day,teller\n" + "".join(rows), "utf-8")
        path = tmp_path / "tree.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def answer(path: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["eval", str(path), "--format", "json", *options])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def values(found: dict[str, Any], period: str | None = None) -> dict[str, float | None]:
    """KPI -> value, of the main period or another one shown."""
    label = period or found["period"]["label"]
    return {one["kpi"]: one["value"] for one in found["kpis"] if one["period"] == label}


def reference(found: dict[str, Any], kpi: str, vs: str) -> dict[str, Any]:
    """What a KPI of the main period is compared with."""
    main = (kpi, found["period"]["label"])
    one = next(one for one in found["kpis"] if (one["kpi"], one["period"]) == main)
    compared: dict[str, Any] = next(each for each in one["comparisons"] if each["vs"] == vs)
    return compared


def test_a_fiscal_quarter(tree: Callable[[str], Path]) -> None:
    found = answer(tree(FISCAL), "--period", "FY2026-Q3")
    period = found["period"]
    assert (period["label"], period["start"], period["end"]) == (
        "FY2026-Q3", "2025-10-01", "2026-01-01"
    )  # fmt: skip
    # April to June 91, July to September 92, October to December 92
    expected = {"days": 92, "before": 92, "three": 275, "so_far": 275, "tellers": 30}
    assert values(found).items() >= expected.items()
    assert reference(found, "days", "previous")["label"] == "FY2026-Q2"
    assert reference(found, "days", "last-year")["label"] == "FY2025-Q3"
    assert reference(found, "days", "target")["reference"] == 100


def test_a_fiscal_year_begins_anew(tree: Callable[[str], Path]) -> None:
    found = answer(tree(FISCAL), "--period", "FY2025-Q1", "--last", "2")
    # January to March 2024: 91; April to June: 91. The three quarters before end 275, 274.
    assert values(found, "FY2024-Q4").items() >= {
        "days": 91, "before": 92, "three": 275, "so_far": 366
    }.items()  # fmt: skip
    assert values(found).items() >= {"days": 91, "before": 91, "three": 274, "so_far": 91}.items()


def test_a_fiscal_year_to_date(tree: Callable[[str], Path]) -> None:
    found = answer(tree(FISCAL), "--period", "2026-02", "--ytd")
    assert found["period"]["label"] == "FY2026 to 2026-02"
    assert values(found)["days"] == 334  # April to February: 365 - 31
    last = reference(found, "days", "last-year")
    assert (last["label"], last["reference"]) == ("2024-04..2025-02", 334)


def test_a_whole_fiscal_year_and_a_calendar_year_beside_it(tree: Callable[[str], Path]) -> None:
    path = tree(FISCAL)
    assert values(answer(path, "--period", "FY2024"))["days"] == 366
    calendar = answer(path, "--period", "2024")
    assert (calendar["period"]["start"], values(calendar)["days"]) == ("2024-01-01", 366)
    assert reference(calendar, "days", "previous")["label"] == "2023"
    assert values(answer(path, "--period", "2025-Q1"))["days"] == 90


def test_the_last_complete_quarter_and_the_running_one(tree: Callable[[str], Path]) -> None:
    path = tree(FISCAL)
    assert answer(path)["period"]["label"] == "FY2027-Q1"
    running = answer(path, "--period", "latest", "--as-of", "2026-05-11")
    period = running["period"]
    assert (period["label"], period["covered_days"], period["days"]) == ("FY2027-Q1", 40, 91)
    assert values(running)["days"] == 40
    last = reference(running, "days", "last-year")
    assert (last["label"], last["reference"]) == ("FY2026-Q1 (first 40 of 91 d)", 40)


def test_a_retail_month_of_a_year_of_53_weeks(tree: Callable[[str], Path]) -> None:
    found = answer(tree(RETAIL), "--period", "FY2023-P12", "--last", "3")
    period = found["period"]
    assert (period["start"], period["end"], period["days"]) == ("2023-12-31", "2024-02-04", 35)
    # weeks: P10 4, P11 5, P12 4 + the 53rd; the year 53
    expected = {"days": 35, "before": 35, "three": 98, "so_far": 371, "tellers": 30}
    assert values(found).items() >= expected.items()
    assert values(found, "FY2023-P10").items() >= {"days": 28, "tellers": 28}.items()
    last = reference(found, "days", "last-year")
    assert (last["label"], last["reference"]) == ("FY2022-P12", 28)


def test_a_retail_year_begins_anew(tree: Callable[[str], Path]) -> None:
    found = answer(tree(RETAIL), "--period", "FY2024-P02", "--last", "2")
    assert values(found, "FY2024-P01").items() >= {
        "days": 28, "before": 35, "three": 98, "so_far": 28
    }.items()  # fmt: skip
    assert values(found).items() >= {"days": 35, "before": 28, "three": 98, "so_far": 63}.items()


def test_a_retail_year_to_date(tree: Callable[[str], Path]) -> None:
    found = answer(tree(RETAIL), "--period", "FY2024-Q3", "--ytd")
    assert found["period"]["label"] == "FY2024 to FY2024-Q3"
    assert values(found)["days"] == 39 * 7
    last = reference(found, "days", "last-year")
    assert (last["label"], last["reference"]) == ("FY2023-P01..FY2023-P09", 39 * 7)


def test_retail_weeks(tree: Callable[[str], Path]) -> None:
    path = tree(RETAIL)
    found = answer(path, "--period", "FY2024-W02", "--last", "3")
    assert [values(found, label)["so_far"] for label in ("FY2023-W53", "FY2024-W01")] == [371, 7]
    assert values(found).items() >= {"days": 7, "before": 7, "three": 21, "so_far": 14}.items()
    found = answer(path, "--period", "FY2023-W53", "--vs", "last-year")
    assert reference(found, "days", "last-year")["reason"] == "FY2023-W53 has no counterpart"


def test_a_running_retail_month(tree: Callable[[str], Path]) -> None:
    """The data ends on 30 June, in the five weeks from 31 May to 4 July."""
    found = answer(tree(RETAIL), "--period", "latest")
    period = found["period"]
    assert (period["label"], period["covered_days"], period["days"]) == ("FY2026-P05", 31, 35)
    assert values(found).items() >= {"days": 31, "so_far": 28 + 35 + 28 + 28 + 31}.items()
    last = reference(found, "days", "last-year")
    assert (last["label"], last["reference"]) == ("FY2025-P05 (first 31 of 35 d)", 31)


def test_a_calendar_month_in_a_retail_tree(tree: Callable[[str], Path]) -> None:
    found = answer(tree(RETAIL), "--period", "2024-02", "--last", "2")
    assert values(found).items() >= {"days": 29, "before": 31}.items()
    assert values(found, "2024-01")["days"] == 31
    assert reference(found, "days", "last-year")["label"] == "2023-02"


@pytest.mark.parametrize(
    ("text", "period", "message", "hint"),
    [
        (FISCAL, "FY2026-P03", "there is no period 'FY2026-P03'", "FY2026-Q4, FY2026, or"),
        (RETAIL, "FY2024-W53", "there is no period 'FY2024-W53'", "FY2026-W45, FY2026-P10"),
        (RETAIL, "FY2026-P13", "there is no period 'FY2026-P13'", "FY2026-W45, FY2026-P10"),
        (RETAIL, "FY2026-10", "'FY2026-10' is not a period", "FY2026-W45, FY2026-P10"),
    ],
)
def test_a_period_that_there_is_not(
    text: str, period: str, message: str, hint: str, tree: Callable[[str], Path]
) -> None:
    result = CliRunner().invoke(app, ["eval", str(tree(text)), "--period", period])
    assert result.exit_code == 2
    assert message in result.output
    assert hint in result.output


def test_an_unknown_zone(tree: Callable[[str], Path]) -> None:
    path = tree('[calendar]\ntimezone = "Europe/Berln"\n' + KPIS)
    result = CliRunner().invoke(app, ["eval", str(path)])
    assert result.exit_code == 2
    assert "tree.toml:2: [calendar] timezone: there is no time zone 'Europe/Berln'" in result.output
    assert "hint: did you mean 'Europe/Berlin'?" in result.output


# --- working days ----------------------------------------------------------------------------

WORK = """
[sources.days]
path = "days.csv"
time = "day"

[sources.work]
path = "work.csv"
time = "day"

[kpi.per_day]
formula = "sales / working_days"
[kpi.sales]
measure = "count()"
source = "days"
"""
FROM_DAYS = WORK + '[kpi.working_days]\nmeasure = "sum(working)"\nsource = "work"\n'
FROM_ROWS = (
    WORK + '[kpi.working_days]\nmeasure = "count()"\nsource = "work"\nwhere = "working == 1"\n'
)
BY_PERIOD = (
    WORK + '[kpi.working_days]\nvalue = { "2026-05" = 20, "2026-06" = 22, "2026-Q2" = 63 }\n'
)

# Monday to Friday, but for 1 May, and 25 May 2026: Whit Monday. April has 22 working days, less
# Good Friday and Easter Monday (3 and 6 April): 20. May has 21 weekdays, less two: 19. June: 22.
HOLIDAYS = {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 25)}


@pytest.fixture
def work(tmp_path: Path) -> Callable[..., None]:
    """work(first, last) -> work.csv: a row a day, and whether it is worked on."""

    def write(first: date, last: date) -> None:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        rows = (f"{day},{int(day.weekday() < 5 and day not in HOLIDAYS)}\n" for day in days)
        (tmp_path / "work.csv").write_text("day,working\n" + "".join(rows), "utf-8")

    return write


@pytest.mark.parametrize("text", [FROM_DAYS, FROM_ROWS])
def test_working_days_from_a_file(
    text: str, tree: Callable[[str], Path], work: Callable[..., None]
) -> None:
    work(date(2022, 1, 1), date(2026, 12, 31))
    found = answer(tree(text), "--last", "3")
    assert found["period"]["label"] == "2026-06"
    april, may = (values(found, label)["working_days"] for label in ("2026-04", "2026-05"))
    assert (april, may, values(found)["working_days"]) == (20, 19, 22)
    assert values(found)["per_day"] == pytest.approx(30 / 22)
    assert values(answer(tree(text), "--period", "2026-Q2"))["working_days"] == 61


def test_working_days_of_a_running_month_are_those_so_far(
    tree: Callable[[str], Path], work: Callable[..., None]
) -> None:
    work(date(2022, 1, 1), date(2026, 12, 31))
    found = answer(tree(FROM_DAYS), "--period", "latest", "--as-of", "2026-05-19")
    # 18 days: weeks from the 4th and 11th, and Monday the 18th; the 1st was a holiday
    assert (found["period"]["label"], found["period"]["covered_days"]) == ("2026-05", 18)
    assert values(found).items() >= {"sales": 18, "working_days": 11}.items()
    last = reference(found, "working_days", "last-year")
    assert (last["label"], last["reference"]) == ("2025-05 (first 18 of 31 d)", 12)


def test_a_file_of_future_days_makes_nothing_fresher(
    tree: Callable[[str], Path], work: Callable[..., None]
) -> None:
    """The sales end on 30 June; days that are planned until 2028 change neither period nor age."""
    work(date(2022, 1, 1), date(2028, 12, 31))
    path = tree(FROM_DAYS)
    assert answer(path)["period"]["label"] == "2026-06"
    assert answer(path, "--period", "latest")["period"]["label"] == "2026-06"
    running = answer(path, "--period", "2026-07", "--as-of", "2026-07-10")
    assert running["period"]["covered_days"] == 0


def test_a_file_of_days_that_begins_earlier_makes_up_no_sales(
    tree: Callable[[str], Path], work: Callable[..., None]
) -> None:
    work(date(2020, 1, 1), date(2026, 12, 31))
    found = answer(tree(FROM_DAYS), "--period", "2022-01", "--last", "2")
    assert values(found)["sales"] == 31
    assert values(found, "2021-12")["sales"] is None


def test_a_file_of_days_that_ends_too_early_is_the_stalest_source(
    tree: Callable[[str], Path], work: Callable[..., None]
) -> None:
    work(date(2022, 1, 1), date(2026, 3, 31))
    assert answer(tree(FROM_DAYS))["period"]["label"] == "2026-03"


def test_working_days_by_period(tree: Callable[[str], Path], work: Callable[..., None]) -> None:
    """A number by period holds for its period, whole or running; for a quarter it needs its own."""
    work(date(2022, 1, 1), date(2026, 12, 31))
    path = tree(BY_PERIOD)
    assert values(answer(path, "--period", "2026-06"))["working_days"] == 22
    assert values(answer(path, "--period", "2026-Q2"))["working_days"] == 63
    running = answer(path, "--period", "2026-05", "--as-of", "2026-05-19")
    assert values(running).items() >= {"sales": 18, "working_days": 20}.items()
    without = answer(path, "--period", "2026-03")
    reason = next(one["reason"] for one in without["kpis"] if one["kpi"] == "working_days")
    assert values(without)["working_days"] is None
    assert reason == "no value for 2026-03-01"


def test_the_pizza_shop_by_retail_weeks() -> None:
    """trees/retail.toml against sums over the file's own dates, in cents."""
    with (ROOT / "sample_data/pizzaplace/pizzaplace.csv").open(encoding="utf-8") as file:
        sold = [
            (row["date"], row["id"], round(float(row["price"]) * 100))
            for row in csv.DictReader(file)
        ]
    for label, first, last in [
        ("FY2015-P01", "2015-02-01", "2015-02-28"),
        ("FY2015-P08", "2015-08-30", "2015-10-03"),  # five weeks
        ("FY2015-Q3", "2015-08-02", "2015-10-31"),
        ("FY2015-W47", "2015-12-20", "2015-12-26"),
        ("2015-10", "2015-10-01", "2015-10-31"),
    ]:
        inside = [one for one in sold if first <= one[0] <= last]
        so_far = [one for one in sold if "2015-02-01" <= one[0] <= last]
        found = values(answer(ROOT / "trees/retail.toml", "--period", label))
        assert found["revenue"] == pytest.approx(sum(cents for *_, cents in inside) / 100)
        assert found["open_days"] == len({day for day, *_ in inside})
        assert found["revenue_so_far"] == pytest.approx(sum(cents for *_, cents in so_far) / 100)
