"""`kpitree rank` as it is used: against the rows themselves, any KPI, any mistake."""

import csv
import io
import json
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import kpitree
from kpitree.analysis.intervals import mean_interval, wilson
from kpitree.cli.app import app

ROOT = Path(__file__).parents[1]
DEALS = ROOT / "sample_data" / "deals" / "deals.csv"
QUOTA = ROOT / "sample_data" / "deals" / "quota.csv"
Write = Callable[[str, str], Path]

TREE = """
[tree]
root = "sales"
currency = "EUR"
segments = ["seller", "shop"]
[sources.till]
path = "till.csv"
time = "day"
covers = ["2025-12-01", "2026-02-28"]
[sources.till.dimensions]
seller = "seller"
shop = "shop"
[sources.visits]
path = "visits.csv"
time = "day"
covers = ["2025-12-01", "2026-02-28"]
[sources.visits.dimensions]
shop = "shop"
[kpi.sales]
measure = "sum(amount)"
source = "till"
unit = "currency"
decimals = 0
[kpi.tickets]
measure = "count()"
source = "till"
[kpi.price]
measure = "mean(amount)"
source = "till"
[kpi.returned]
measure = "count(where=back == 'yes') / count()"
source = "till"
unit = "percent"
direction = "down"
[kpi.typical]
measure = "median(amount)"
source = "till"
[kpi.buyers]
measure = "n_unique(buyer)"
source = "till"
[kpi.per_buyer]
measure = "sum(amount) / n_unique(buyer)"
source = "till"
[kpi.discount]
measure = "mean(cut)"
source = "till"
unit = "percent"
range = [0.05, 0.10]
[kpi.guests]
measure = "count()"
source = "visits"
[kpi.per_guest]
formula = "sales / guests"
[kpi.rent]
value = 100
"""
TILL = """\
day,seller,shop,amount,back,buyer,cut
2026-01-05,Ann,north,100,no,x,0
2026-01-06,Bea,north,60,no,y,0.08
2026-02-02,Ann,north,120,no,x,0.2
2026-02-03,Ann,south,40,yes,y,0.06
2026-02-03,Bea,south,90,no,x,0.07
2026-02-04,Cem,south,70,no,z,0.12
2026-02-05,,north,30,yes,y,0.5
2026-02-28,Dan,north,70,no,w,0.04
"""
VISITS = "day,shop\n2026-01-05,north\n2026-02-02,north\n2026-02-03,south\n2026-02-28,north\n"


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["rank", *args])


def answer(*args: str) -> dict[str, Any]:
    result = run(*args, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def table(found: dict[str, Any], figure: str = "value") -> list[tuple[int | None, str, Any]]:
    return [
        (one["rank"], " / ".join(one["segment"].values()), one[figure]) for one in found["members"]
    ]


@pytest.fixture
def shops(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Two months of a till. Hand-made, so that every figure can be checked by eye."""
    write("till.csv", TILL)
    write("visits.csv", VISITS)
    write("tree.toml", TREE)
    monkeypatch.chdir(tmp_path)
    return "tree.toml"


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


# --- by hand -------------------------------------------------------------------------------------


def test_a_total_by_hand(shops: str) -> None:
    """February: Ann 120 + 40, Bea 90, Cem and Dan 70 each, nobody 30: 420."""
    found = answer(shops, "sales", "--by", "seller", "--period", "2026-02")
    assert table(found) == [
        (1, "Ann", 160),
        (2, "Bea", 90),
        (3, "Cem", 70),
        (3, "Dan", 70),
        (None, "(none)", 30),
    ]
    assert [share for _, _, share in table(found, "share")] == [
        160 / 420,
        90 / 420,
        70 / 420,
        70 / 420,
        30 / 420,
    ]
    assert {pull for _, _, pull in table(found, "pull")} == {None}
    others = [one["others"] for one in found["members"]]
    assert others[:2] == [pytest.approx(230 / 3), pytest.approx(100)]
    assert others[4] is None
    changes = [one["comparisons"][0]["change"] for one in found["members"]]
    assert changes == [60, 30, 70, 70, 30]  # from nothing: Cem, Dan and (none) are new
    assert found["whole"]["value"] == 420
    assert found["whole"]["comparisons"][0]["change"] == 260
    assert found["counts"] == {"members": 5, "ranked": 4, "shown": 5, "left_out": 0, "tied": 0}


def test_a_rate_by_hand(shops: str) -> None:
    """Returned: Ann 1 of 2, Bea, Cem, Dan 0 of 1 each, nobody 1 of 1: 2 of 6. Lowest first."""
    found = answer(shops, "returned", "--by", "seller", "--period", "2026-02")
    assert table(found) == [
        (1, "Bea", 0),
        (1, "Cem", 0),
        (1, "Dan", 0),
        (4, "Ann", 0.5),
        (None, "(none)", 1),
    ]
    assert found["told_by"] == "rows"
    ann = found["members"][3]
    assert (ann["share"], ann["others"]) == (2 / 6, 0.25)
    assert ann["pull"] == pytest.approx(2 / 6 - 1 / 4)
    assert (ann["low"], ann["high"]) == wilson(1, 2)
    assert ann["caution"]["kind"] == "like_the_others"
    assert (ann["caution"]["low"], ann["caution"]["high"]) == (ann["low"], ann["high"])


def test_a_mean_by_hand(shops: str) -> None:
    """Price: Ann (120 + 40) / 2, deviation √3200; one ticket each for the others."""
    found = answer(shops, "price", "--by", "seller", "--period", "2026-02")
    assert table(found) == [
        (1, "Bea", 90),
        (2, "Ann", 80),
        (3, "Cem", 70),
        (3, "Dan", 70),
        (None, "(none)", 30),
    ]
    kinds = [one["caution"] and one["caution"]["kind"] for one in found["members"]]
    assert kinds == ["few_rows", "like_the_others", "few_rows", "few_rows", None]
    expected = mean_interval(80, math.sqrt(3200), 2)
    assert (found["members"][1]["low"], found["members"][1]["high"]) == pytest.approx(expected)


def test_a_range_by_hand(shops: str) -> None:
    """Good is 5 to 10 %. Bea 7 %: inside. Dan 4 %: 1 below. Cem 12 %: 2 above; Ann 13 %: 3."""
    found = answer(shops, "discount", "--by", "seller", "--period", "2026-02")
    assert [(rank, name) for rank, name, _ in table(found)] == [
        (1, "Bea"),
        (2, "Dan"),
        (3, "Cem"),
        (4, "Ann"),
        (None, "(none)"),
    ]


def test_the_change_of_a_range_is_how_much_nearer_it_came(shops: str) -> None:
    """Bea was at 8 % and is at 7 %: inside both times. Ann was at 0 (5 below), is at 13 (3 above):
    2 nearer. Nobody else was there in January.
    """
    args = ("discount", "--by", "seller", "--period", "2026-02", "--sort", "change")
    found = answer(shops, *args)
    assert [(rank, name) for rank, name, _ in table(found)] == [
        (1, "Ann"),
        (2, "Bea"),
        (None, "Cem"),
        (None, "Dan"),
        (None, "(none)"),
    ]


def test_by_the_change(shops: str) -> None:
    args = ("sales", "--by", "seller", "--period", "2026-02", "--sort", "change")
    names = [(rank, name) for rank, name, _ in table(answer(shops, *args))]
    assert names == [(1, "Cem"), (1, "Dan"), (3, "Ann"), (4, "Bea"), (None, "(none)")]


def test_two_dimensions_make_cells(shops: str) -> None:
    args = ("tickets", "--by", "seller,shop", "--period", "2026-02", "--vs", "2026-01")
    found = answer(shops, *args)
    assert table(found) == [
        (1, "Ann / north", 1),
        (1, "Ann / south", 1),
        (1, "Bea / south", 1),
        (1, "Cem / south", 1),
        (1, "Dan / north", 1),
        (6, "Bea / north", 0),  # was there in January
        (None, "(none) / north", 1),
    ]


@pytest.mark.parametrize("kpi", ["typical", "buyers", "per_buyer"])
def test_no_parts_of_medians_and_distinct_counts(shops: str, kpi: str) -> None:
    """x bought from Ann and Bea, y from Ann and nobody: buyers do not add up."""
    found = answer(shops, kpi, "--by", "seller", "--period", "2026-02")
    assert {(one["share"], one["pull"]) for one in found["members"]} == {(None, None)}
    assert {one["caution"]["kind"] for one in found["members"][:4]} == {"little_history"}


def test_who_was_not_there_is_no_member_any_more(write: Write, shops: str) -> None:
    """Eve sold in December only: in February, against January, she is nobody."""
    write("till.csv", TILL + "2025-12-30,Eve,north,500,no,v,0\n")
    names = {name for _, name, _ in table(answer(shops, "--by", "seller"))}
    assert "Eve" not in names
    against = answer(shops, "--by", "seller", "--vs", "2025-12")
    assert (5, "Eve", 0) in table(against)


# --- only some of them ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "names", "left_out", "tied"),
    [
        (("--top", "1"), ["Ann"], 4, 0),
        (("--top", "3"), ["Ann", "Bea", "Cem"], 2, 1),  # Dan shares Cem's rank
        (("--top", "9"), ["Ann", "Bea", "Cem", "Dan"], 1, 0),
        (("--bottom", "1"), ["Dan"], 4, 1),
        (("--bottom", "2"), ["Cem", "Dan"], 3, 0),
        (("--bottom", "9"), ["Ann", "Bea", "Cem", "Dan"], 1, 0),
    ],
)
def test_the_first_and_the_last(
    shops: str, option: Sequence[str], names: list[str], left_out: int, tied: int
) -> None:
    found = answer(shops, "--by", "seller", "--period", "2026-02", *option)
    assert [name for _, name, _ in table(found)] == names
    assert found["counts"]["left_out"] == left_out
    assert found["counts"]["tied"] == tied
    everyone = answer(shops, "--by", "seller", "--period", "2026-02")
    ranks = {name: rank for rank, name, _ in table(everyone)}
    assert [rank for rank, _, _ in table(found)] == [ranks[name] for name in names]
    text = run(shops, "--by", "seller", "--period", "2026-02", *option).output
    assert f"{left_out} of 5 left out" in text
    assert ("share the last rank shown" in text) == bool(tied)


GOALS = """\
kpi,period,seller,target
sales,2026-02,Ann,100
sales,2026-02,Bea,95
sales,2026-02,Cem,200
sales,2026-02,,395
"""


@pytest.fixture
def goals(write: Write, shops: str) -> str:
    """Ann 160 of 100, Bea 90 of 95 (5.3 % short), Cem 70 of 200; Dan has none."""
    write("goals.csv", GOALS)
    write(
        "tree.toml",
        TREE.replace("[sources.till]", '[targets]\npath = "goals.csv"\n[sources.till]', 1),
    )
    return shops


def test_goals_by_hand(goals: str) -> None:
    found = answer(goals, "--by", "seller", "--period", "2026-02")
    figures = [
        (one["target"], one["attainment"], one["gap"], one["status"]) for one in found["members"]
    ]
    assert figures == [
        (100, 1.6, 60, "on_track"),
        (95, 90 / 95, -5, "off_track"),
        (200, 0.35, -130, "off_track"),
        (None, None, None, "no_target"),
        (None, None, None, "no_target"),
    ]
    assert found["statuses"] == {"on_track": 1, "off_track": 2, "no_target": 2}
    whole = found["whole"]
    assert (whole["target"], whole["implied"], whole["gap"]) == (395, False, 25)
    assert found["members"][0]["implied"] is False


def test_a_goal_without_rows_is_missed(write: Write, goals: str) -> None:
    """Dan began in February. In January he has a goal, no ticket, and no price."""
    write("goals.csv", f"{GOALS}sales,2026-01,Dan,50\nprice,2026-01,Dan,50\n")
    found = answer(goals, "--by", "seller", "--period", "2026-01")
    assert table(found) == [(1, "Ann", 100), (2, "Bea", 60), (3, "Dan", 0)]
    assert (found["members"][2]["status"], found["members"][2]["gap"]) == ("off_track", -50)
    prices = answer(goals, "price", "--by", "seller", "--period", "2026-01")
    assert table(prices)[2] == (None, "Dan", None)
    assert prices["members"][2]["status"] == "no_data"


def test_a_goal_of_nobody_is_a_mistake(write: Write, goals: str) -> None:
    write("goals.csv", f"{GOALS}sales,2026-02,Beatrice,50\n")
    result = run(goals, "--by", "seller", "--period", "2026-02")
    assert result.exit_code == 2
    assert "Beatrice" in result.output


def test_by_attainment(goals: str) -> None:
    args = ("--by", "seller", "--period", "2026-02", "--sort", "attainment")
    found = table(answer(goals, *args), "attainment")
    assert [(rank, name) for rank, name, _ in found] == [
        (1, "Ann"),
        (2, "Bea"),
        (3, "Cem"),
        (None, "Dan"),
        (None, "(none)"),
    ]
    assert "ranked by attainment" in run(goals, *args).output


def test_only_these_statuses(goals: str) -> None:
    args = ("--by", "seller", "--period", "2026-02")
    found = answer(goals, *args, "--only", "off_track")
    assert table(found) == [(2, "Bea", 90), (3, "Cem", 70)]
    assert found["whole"]["value"] == 420
    assert table(answer(goals, *args, "--only", "off_track", "--bottom", "1")) == [(3, "Cem", 70)]


def test_only_statuses_that_nobody_has(goals: str, tmp_path: Path) -> None:
    result = run(goals, "--by", "seller", "--period", "2026-02", "--only", "at_risk")
    assert (result.output, result.exit_code) == ("", 0)
    file = tmp_path / "old.json"
    file.write_text("old")
    args = ("--by", "seller", "--period", "2026-02", "--only", "at_risk", "-o", str(file))
    assert run(goals, *args).exit_code == 0
    assert file.read_text() == "old"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--fail-on", "off_track"), 1),
        (("--fail-on", "at_risk"), 0),
        (("--fail-on", "at_risk", "--fail-on", "off_track"), 1),
        (("--fail-on", "no_data"), 0),
        (("--fail-on", "off_track", "--top", "1"), 1),  # shown or not
        (("--fail-on", "off_track", "--only", "at_risk"), 1),
        (("--fail-on", "off_track", "--where", "seller == 'Ann'"), 0),
    ],
)
def test_fail_on(goals: str, options: Sequence[str], code: int) -> None:
    assert run(goals, "--by", "seller", "--period", "2026-02", *options).exit_code == code


def test_stale_data_is_stale_for_everyone(write: Write, shops: str) -> None:
    write("tree.toml", TREE.replace('path = "till.csv"', 'path = "till.csv"\nfresh_within = "2d"'))
    args = (shops, "--by", "seller", "--period", "2026-02", "--as-of", "2026-03-20")
    found = answer(*args)
    assert found["stale"] is True
    assert [one["code"] for one in found["warnings"]] == ["stale"]
    assert "on stale data" in run(*args).output
    assert run(*args, "--fail-on", "stale").exit_code == 1
    assert len(answer(*args, "--only", "stale")["members"]) == 5
    fresh = (*args[:-1], "2026-03-02")
    assert run(*fresh, "--fail-on", "stale").exit_code == 0
    assert run(*fresh, "--only", "stale").output == ""


def test_stale_needs_a_day(shops: str) -> None:
    result = run(shops, "--by", "seller", "--fail-on", "stale")
    assert result.exit_code == 2
    assert "how old data is depends on the day" in result.output


# --- against the rows of the samples -------------------------------------------------------------


def rows_of(period: str) -> dict[str, list[dict[str, str]]]:
    """The deals decided in a month, by rep."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with DEALS.open(encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            if row["closed_on"].startswith(period):
                found[row["rep"]].append(row)
    return found


def brute(kpi: str, rows: Sequence[dict[str, str]]) -> float:
    won = [row for row in rows if row["stage"] == "won"]
    amount = math.fsum(float(row["amount"]) for row in won)
    match kpi:
        case "revenue":
            return amount
        case "deals":
            return len(rows)
        case "close_rate":
            return len(won) / len(rows)
        case _:
            return amount / len(won)


@pytest.mark.usefixtures("samples")
@pytest.mark.parametrize("kpi", ["revenue", "deals", "close_rate", "order_value"])
@pytest.mark.parametrize("period", ["2026-10", "2025-03"])
def test_against_the_rows(kpi: str, period: str) -> None:
    found = answer("trees/sales.toml", kpi, "--by", "rep", "--period", period)
    rows = rows_of(period)
    values = {rep: brute(kpi, mine) for rep, mine in rows.items()}
    ordered = sorted(values, key=lambda rep: (-values[rep], rep))
    assert [name for _, name, _ in table(found)] == ordered
    assert [rank for rank, _, _ in table(found)] == [
        1 + sum(other > values[rep] for other in values.values()) for rep in ordered
    ]
    assert [value for _, _, value in table(found)] == pytest.approx([values[r] for r in ordered])
    whole = [row for mine in rows.values() for row in mine]
    for one in found["members"]:
        rep = one["segment"]["rep"]
        rest = [row for row in whole if row["rep"] != rep]
        if kpi in ("revenue", "deals"):
            assert one["share"] == pytest.approx(values[rep] / brute(kpi, whole))
            others = (brute(kpi, whole) - values[rep]) / (len(values) - 1)
            assert one["pull"] is None
        else:
            base = "deals" if kpi == "close_rate" else "won"
            parts = [
                len([row for row in some if base == "deals" or row["stage"] == "won"])
                for some in (rows[rep], whole)
            ]
            assert one["share"] == pytest.approx(parts[0] / parts[1])
            others = brute(kpi, rest)
            assert one["pull"] == pytest.approx(brute(kpi, whole) - others)
        assert one["others"] == pytest.approx(others)
    assert math.fsum(one["share"] for one in found["members"]) == pytest.approx(1)


@pytest.mark.usefixtures("samples")
def test_quotas_against_the_file() -> None:
    """A quarter's quota, by days: October has 31 of the 92 days."""
    found = answer("trees/quota.toml", "--by", "rep", "--period", "2026-10")
    with QUOTA.open(encoding="ascii", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["period"] == "2026-Q4"]
    quota = {row["rep"]: float(row["target"]) for row in rows}
    for one in found["members"]:
        rep = one["segment"]["rep"]
        assert one["target"] == pytest.approx(quota[rep] * 31 / 92)
        assert one["attainment"] == pytest.approx(one["value"] / one["target"])
        assert one["gap"] == pytest.approx(one["value"] - one["target"])
    assert found["whole"]["target"] == pytest.approx(quota[""] * 31 / 92)
    assert "goals_do_not_add_up" in [one["code"] for one in found["warnings"]]


def test_quotas_are_made_with_sense() -> None:
    """The reps' quotas are the team's in every quarter but the last, where 240,000 are missing."""
    sums: dict[str, float] = defaultdict(float)
    team: dict[str, float] = {}
    with QUOTA.open(encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            if row["kpi"] == "revenue" and row["rep"]:
                sums[row["period"]] += float(row["target"])
            elif row["kpi"] == "revenue":
                team[row["period"]] = float(row["target"])
    short = {period: team[period] - sums[period] for period in team}
    assert short == {"2026-Q1": 0, "2026-Q2": 0, "2026-Q3": 0, "2026-Q4": 240_000}


@pytest.mark.usefixtures("samples")
def test_a_running_period_is_judged_by_as_many_days_of_each_before() -> None:
    """The first 10 days of October against the first 10 days of 23 months before."""
    args = ("trees/sales.toml", "revenue", "--by", "rep", "--period", "latest")
    found = answer(*args, "--as-of", "2026-10-11")
    assert (found["period"]["covered_days"], found["period"]["complete"]) == (10, False)
    assert found["told_by"] == "history"
    ivan = next(one for one in found["members"] if one["segment"]["rep"] == "Ivan Prado")
    own: dict[str, float] = defaultdict(float)
    others: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    began: dict[str, str] = {}
    with DEALS.open(encoding="ascii", newline="") as file:
        won = [row for row in csv.DictReader(file) if row["stage"] == "won"]
    for row in won:
        month, rep = row["closed_on"][:7], row["rep"]
        if row["closed_on"][8:] > "10":
            continue
        began[rep] = min(began.get(rep, month), month)
        if rep == "Ivan Prado":
            own[month] += float(row["amount"])
        else:
            others[month][rep] += float(row["amount"])
    *before, (last, value) = sorted(own.items())
    assert (last, len(before)) == ("2026-10", 23)
    average = {  # of those who had begun; without a deal in a month, 0
        month: math.fsum(others[month].values())
        / sum(began[rep] <= month for rep in began if rep != "Ivan Prado")
        for month in own
    }
    assert ivan["value"] == pytest.approx(value)
    assert ivan["others"] == pytest.approx(average[last])
    past = [amount / average[month] for month, amount in before]
    centre = math.fsum(past) / len(past)
    moves = [abs(b - a) for a, b in pairwise(past)]
    reach = 2.66 * math.fsum(moves) / len(moves)
    ends = ((centre - reach) * average[last], (centre + reach) * average[last])
    assert (ivan["low"], ivan["high"]) == pytest.approx(ends)


# --- laws ----------------------------------------------------------------------------------------

LINES = TILL.splitlines()


@settings(max_examples=15)
@given(st.permutations(LINES[1:]), st.sampled_from(["sales", "price", "returned", "buyers"]))
def test_the_order_of_rows_changes_nothing(lines: list[str], kpi: str) -> None:
    assert ranking_of([LINES[0], *lines], kpi) == ranking_of(LINES, kpi)


@settings(max_examples=15)
@given(st.integers(1, 10_000), st.sampled_from(["sales", "price"]))
def test_amounts_in_cents_change_no_rank_and_no_part(scale: int, kpi: str) -> None:
    scaled = [LINES[0]]
    for line in LINES[1:]:
        day, seller, shop, amount, *rest = line.split(",")
        scaled.append(",".join([day, seller, shop, str(int(amount) * scale), *rest]))
    plain, found = ranking_of(LINES, kpi), ranking_of(scaled, kpi)
    for one, other in zip(plain, found, strict=True):
        assert (one["rank"], one["segment"], one["caution"] and one["caution"]["kind"]) == (
            other["rank"],
            other["segment"],
            other["caution"] and other["caution"]["kind"],
        )
        assert other["share"] == pytest.approx(one["share"])
        assert other["value"] == pytest.approx(one["value"] * scale)


def ranking_of(lines: Sequence[str], kpi: str) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        for name, text in {
            "till.csv": "\n".join(lines) + "\n",
            "visits.csv": VISITS,
            "tree.toml": TREE,
        }.items():
            Path(folder, name).write_text(text, "utf-8")
        result = run(
            f"{folder}/tree.toml", kpi, "--by", "seller", "--period", "2026-02", "-f", "json"
        )
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)["members"]
    return found


def test_a_thousand_members(write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each sells for three times their number, or 1 more, half of them in turn, for 13 months."""
    monkeypatch.chdir(tmp_path)
    months = ["2024-12-15", *(f"2025-{month:02}-15" for month in range(1, 13))]
    lines = [
        f"{day},p{number:04},north,{3 * number + (at + number) % 2},no,x,0"
        for at, day in enumerate(months)
        for number in (place * 7 % 1000 for place in range(1000))
    ]
    write("till.csv", "\n".join([LINES[0], *lines]) + "\n")
    write("tree.toml", TREE.replace("2025-12-01", "2024-12-01").replace("2026-02-28", "2025-12-31"))
    found = answer("tree.toml", "--by", "seller", "--period", "2025-12")
    assert [(one["rank"], one["segment"]["seller"]) for one in found["members"]] == [
        (1000 - number, f"p{number:04}") for number in reversed(range(1000))
    ]
    assert found["told_by"] == "history"
    # The others' average is 1,499 in all months, so usual ranges are 3 n + 0.5 ± 2.66: 1,497.5 for
    # p0499 and 1,500.5 for p0500. And p0000 began with a 0: 11 months instead of 12.
    marked = [one["segment"]["seller"] for one in found["members"] if one["caution"]]
    assert marked == ["p0500", "p0499", "p0000"]
    text = run("tree.toml", "--by", "seller", "--top", "2").output
    assert "998 of 1,000 left out" in text
    assert "1000  p0000" in run("tree.toml", "--by", "seller").output


# --- names are data ------------------------------------------------------------------------------


def test_hostile_names(write: Write, shops: str) -> None:
    names = ["[red]Ann[/red]", "=1+1", "\x1b[31mBea", "| *b*", "@SUM(A1)", "(none)"]
    lines = [
        ",".join(["2026-02-03", f'"{name}"', "north", str(100 - at), "no", "x", "0"])
        for at, name in enumerate(names)
    ]
    write("till.csv", "\n".join([LINES[0], *lines]) + "\n")
    for form in ("table", "plain", "json", "jsonl", "csv", "tsv", "markdown"):
        text = run(shops, "--by", "seller", "--format", form).output
        assert "\x1b" not in text
        assert "Ann" in text
    screen = run(shops, "--by", "seller").output
    assert "[red]Ann[/red]" in screen
    assert r"\x1b[31mBea" in screen
    rows = list(csv.DictReader(io.StringIO(run(shops, "--by", "seller", "-f", "csv").output)))
    assert [row["seller"] for row in rows[:5]] == [
        "[red]Ann[/red]",
        "'=1+1",
        r"\x1b[31mBea",
        "| *b*",
        "'@SUM(A1)",
    ]
    assert r"| 4 \| \*b\* |" in run(shops, "--by", "seller", "-f", "markdown").output


def test_a_dimension_named_like_a_column(write: Write, shops: str) -> None:
    for name in ("rank", "value", "kpi", "caution"):
        tree = TREE.replace('"seller", "shop"', f'"{name}"').replace(
            'seller = "seller"', f'{name} = "seller"'
        )
        write("tree.toml", tree.replace('[sources.visits.dimensions]\nshop = "shop"\n', ""))
        found = answer(shops, "--by", name, "--period", "2026-02")
        assert found["members"][0]["segment"] == {name: "Ann"}
        header = run(shops, "--by", name, "--period", "2026-02", "-f", "csv").output.split("\n")[0]
        assert f"segment_{name}" in header.split(",")


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "said", "hint"),
    [
        ((), 2, "say which dimension's members are to be ranked", "--by seller or --by shop"),
        (("--by", "sellr"), 2, "there is no dimension 'sellr'", "did you mean 'seller'?"),
        (("sale", "--by", "seller"), 2, "there is no KPI 'sale'", "did you mean 'sales'?"),
        (("rent", "--by", "seller"), 2, "'rent' is an assumption", "choose another KPI"),
        (
            ("guests", "--by", "seller"),
            2,
            "--by: 'guests' reads the source 'visits', which has no 'seller'",
            "declare it in [sources.visits.dimensions], or rank another KPI",
        ),
        (
            ("per_guest", "--by", "seller"),
            2,
            "--by: 'per_guest' reads the source 'visits', which has no 'seller'",
            "",
        ),
        (
            ("--by", "seller", "--top", "1", "--bottom", "1"),
            2,
            "--top and --bottom cannot be combined",
            "leave out one of the two",
        ),
        (
            ("--by", "seller", "--top", "0"),
            2,
            "'--top': Input should be greater than or equal to 1",
            "",
        ),
        (
            ("--by", "seller", "--bottom", "-1"),
            2,
            "'--bottom': Input should be greater than or equal to 1",
            "",
        ),
        (
            ("--by", "seller", "--sort", "attainments"),
            2,
            "there is no order by 'attainments'",
            "did you mean 'attainment'?",
        ),
        (("--by", "seller", "--vs", "target"), 2, "goals of members are shown anyway", ""),
        (("--by", "seller", "--vs", "benchmark"), 2, "the benchmark of the whole", ""),
        (("--by", "seller", "--vs", "shop == 'x'"), 2, "a condition on rows", ""),
        (("--by", "seller", "--vs", "previus"), 2, "previus", "did you mean 'previous'?"),
        (("--by", "seller", "--only", "bad"), 2, "there is no status 'bad'", "statuses:"),
        (("--by", "seller", "--fail-on", "on_track"), 2, "cannot fail on 'on_track'", ""),
        (("--by", "seller", "--fail-on", "off_track:sales"), 2, "rank looks at all members", ""),
        (("--by", "seller", "--period", "2027-05"), 3, "there is no data for 2027-05", ""),
        (("--by", "seller", "--period", "soon"), 2, "soon", ""),
        (("--by", "seller", "--where", "seler == 'Ann'"), 3, "seler", ""),
        (("--by", "seller", "--format", "pdf"), 2, "there is no format 'pdf'", ""),
    ],
)
def test_mistakes(shops: str, args: Sequence[str], code: int, said: str, hint: str) -> None:
    result = run(shops, *args)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert hint in result.output
    assert "Traceback" not in result.output


def test_a_kpi_of_assumptions(write: Write, shops: str) -> None:
    write("tree.toml", TREE + '[kpi.twice]\nformula = "rent * 2"\n')
    result = run(shops, "twice", "--by", "seller")
    assert result.exit_code == 2
    assert "'twice' is computed from assumptions" in result.output


def test_a_tree_without_dimensions(write: Write, shops: str) -> None:
    tree = TREE.replace('segments = ["seller", "shop"]\n', "")
    for dimension in (
        '[sources.till.dimensions]\nseller = "seller"\nshop = "shop"\n',
        '[sources.visits.dimensions]\nshop = "shop"\n',
    ):
        tree = tree.replace(dimension, "")
    write("tree.toml", tree)
    result = run(shops)
    assert result.exit_code == 2
    assert "this tree has no dimension whose members could be ranked" in result.output


def test_nobody_at_all(shops: str) -> None:
    args = (shops, "--by", "seller", "--period", "2026-02", "--where", "seller == 'Zoe'")
    found = answer(*args)
    assert (found["members"], found["whole"]) == ([], None)
    assert found["reason"] == "no member of seller has rows"
    assert found["sentence"].startswith("Nobody is shown for Sales in 2026-02")
    assert run(*args, "--format", "plain").output == ""


def test_nobody_has_a_goal_to_be_ranked_by(shops: str) -> None:
    args = (shops, "--by", "seller", "--period", "2026-02", "--sort", "attainment")
    found = answer(*args)
    assert {one["rank"] for one in found["members"]} == {None}
    assert [one["code"] for one in found["warnings"]] == ["not_ranked"]
    assert run(*args, "--top", "2", "--format", "plain").stdout == ""


def test_a_range_of_a_total_is_for_the_whole(write: Write, shops: str) -> None:
    write(
        "tree.toml",
        TREE.replace(
            'measure = "count()"\nsource = "till"',
            'measure = "count()"\nsource = "till"\nrange = [2, 3]',
            1,
        ),
    )
    found = answer(shops, "tickets", "--by", "seller", "--period", "2026-02")
    assert [(rank, name) for rank, name, _ in table(found)][:2] == [(1, "Ann"), (2, "Bea")]
    assert [one["code"] for one in found["warnings"]] == ["range_of_the_whole"]


# --- from Python ---------------------------------------------------------------------------------


def test_from_python(shops: str) -> None:
    tree = kpitree.load(shops)
    found = tree.rank("sales", by="seller", period="2026-02", top=2, vs=("previous", "2026-01"))
    assert found.rows["rank"].to_list() == [1, 2, None]
    assert found.rows["segment:seller"].to_list() == ["Ann", "Bea", None]
    assert found.references == (("previous", "2026-01"), ("period", "2026-01"))
    assert found.comparisons.height == 6
    with pytest.raises(kpitree.UsageError, match="0 is no number of members"):
        tree.rank(by="seller", top=0)
    with pytest.raises(kpitree.UsageError, match="cannot be combined"):
        tree.rank(by="seller", top=1, bottom=1)
