"""Trends end to end: which periods, which KPIs, what each point is judged by, what leads what."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

import kpitree
from kpitree.analysis.results.trend import Trend
from kpitree.analysis.signal import readings
from kpitree.errors import KpiTreeError, SourceError, UsageError
from pipeline.shop import daily

ROOT = Path(__file__).parents[2]
SALES = """
[sources.sales]
path = "sales.csv"
time = "day"
covers = [{first}, {last}]
[sources.sales.dimensions]
region = "region"
"""
REVENUE = '[kpi.revenue]\nmeasure = "sum(amount)"\nsource = "sales"\n'
# 12 months of mean 50 whose moving ranges are all 2: limits 44.68 .. 55.32
SAWTOOTH = [49.0, 51.0] * 6


def month(at: int) -> date:
    """The first day of a month, counted from January 2024."""
    return date(2024 + at // 12, at % 12 + 1, 1)


def months(folder: Path, values: Sequence[float], *, name: str = "sales", first: int = 0) -> str:
    """One row a month; the [sources] table of it."""
    rows = [f"{month(first + at)},north,{value}" for at, value in enumerate(values)]
    (folder / f"{name}.csv").write_text("\n".join(["day,region,amount", *rows]) + "\n", "utf-8")
    last = month(first + len(values)).toordinal() - 1
    source = SALES.format(first=month(first), last=date.fromordinal(last))
    return source.replace("sales", name)


def ask(folder: Path, text: str, /, *kpis: str, **question: Any) -> Trend:
    file = folder / "tree.toml"
    file.write_text(text, "utf-8")
    return kpitree.load(file).trend(kpis, **question)


def points(found: Trend, kpi: str = "revenue", **segment: str) -> list[Mapping[str, Any]]:
    wanted = {f"segment:{name}": segment.get(name) for name in found.dimensions}
    rows = found.points.filter(kpi=kpi).rows(named=True)
    return [row for row in rows if wanted.items() <= row.items()]


def column(found: Trend, name: str, kpi: str = "revenue", **segment: str) -> list[Any]:
    return [row[name] for row in points(found, kpi, **segment)]


# --- periods and limits ------------------------------------------------------------------------


def test_values_and_what_they_are_judged_by(tmp_path: Path) -> None:
    found = ask(tmp_path, months(tmp_path, [*SAWTOOTH, 55.3, 60.0]) + REVENUE)
    assert column(found, "value") == [*SAWTOOTH, 55.3, 60.0]
    assert column(found, "period")[::13] == ["2024-01", "2025-02"]
    assert column(found, "start")[13] == date(2025, 2, 1)
    assert column(found, "end")[13] == date(2025, 3, 1)
    assert column(found, "days")[13] == column(found, "covered_days")[13] == 28
    assert column(found, "signal") == [None] * 12 + ["noise", "signal"]
    assert column(found, "rule") == [None] * 13 + ["beyond_limits"]
    judged = points(found)[12]
    limits = [judged[name] for name in ("lower", "centre", "upper")]
    assert limits == pytest.approx([44.68, 50.0, 55.32])
    assert column(found, "centre")[:12] == [None] * 12
    assert column(found, "target") == column(found, "implied") == [None] * 14


def test_how_many_periods_are_shown_changes_none_of_them(tmp_path: Path) -> None:
    luck = random.Random(1)  # noqa: S311 - made-up values need no secrecy
    values = [luck.gauss(100, 10) for _ in range(70)]
    text = months(tmp_path, values) + REVENUE
    every = points(ask(tmp_path, text, last=1000))
    assert len(every) == 70
    assert len(points(ask(tmp_path, text))) == 24
    for last in (1, 5, 24):
        assert points(ask(tmp_path, text, last=last)) == every[-last:]
    for row, said in zip(every, readings(values), strict=True):
        assert row["signal"] == (said.limits and ("signal" if said.rule else "noise"))
        assert row["rule"] == said.rule
        assert row["centre"] == pytest.approx(said.limits and said.limits.centre)


@pytest.mark.parametrize("by", [(), ("region",)])
@pytest.mark.parametrize("period", ["2026-10", "2026-03", "2025-12"])
def test_it_says_what_an_evaluation_says(period: str, by: tuple[str, ...]) -> None:
    tree = kpitree.load(ROOT / "trees/sales.toml")
    found = tree.trend(period=period, by=by).points.filter(period=period)
    evaluated = tree.evaluate(period=period, by=by)
    key = ["kpi", *(f"segment:{name}" for name in by)]
    same = ["value", "centre", "lower", "upper"]
    assert found.select(*key, *same).equals(evaluated.kpis.select(*key, *same))
    goals = evaluated.kpis.select("target", "target_implied").rows()
    expected = [implied if own is None else own for own, implied in goals]
    assert found["target"].to_list() == expected
    assert found["rule"].equals(evaluated.kpis["rule"])
    assert found["signal"].to_list() == [
        None if centre is None else "signal" if rule else "noise"
        for centre, rule in found.select("centre", "rule").rows()
    ]


def test_limits_around_the_median(tmp_path: Path) -> None:
    """As in test_signal: 200 hardly moves them, and 60 is beyond."""
    text = months(tmp_path, [*SAWTOOTH, 200.0, 49.0, 60.0]) + REVENUE
    assert column(ask(tmp_path, text), "signal")[-1] == "noise"
    found = ask(tmp_path, text, limits="median")
    assert found.limits == "median"
    assert column(found, "rule")[-1] == "beyond_limits"
    assert column(found, "centre")[-1] == 50.0


def test_a_new_baseline(tmp_path: Path) -> None:
    values = [*SAWTOOTH, *[one + 100 for one in SAWTOOTH], 150.0, 156.0]
    text = months(tmp_path, values) + REVENUE
    assert column(ask(tmp_path, text), "rule")[10] == "beyond_limits"  # 2025-01
    found = ask(tmp_path, text + 'rebaseline = ["2025-01"]\n', last=26)
    assert column(found, "signal") == [None] * 24 + ["noise", "signal"]
    assert [row["period"] for row in points(found) if row["new_baseline"]] == ["2025-01"]
    limits = [points(found)[24][name] for name in ("lower", "centre", "upper")]
    assert limits == pytest.approx([144.68, 150.0, 155.32])
    whole_quarters = ask(tmp_path, text + 'rebaseline = ["2025-01"]\n', grain="quarter")
    assert [one["period"] for one in points(whole_quarters) if one["new_baseline"]] == ["2025-Q1"]


def test_a_baseline_from_the_first_period_on_is_not_new(tmp_path: Path) -> None:
    text = months(tmp_path, SAWTOOTH) + REVENUE + 'rebaseline = ["2023-01"]\n'
    assert not any(column(ask(tmp_path, text), "new_baseline"))


def test_a_constant_is_noise(tmp_path: Path) -> None:
    found = ask(tmp_path, months(tmp_path, [0.1] * 14) + REVENUE)
    assert column(found, "signal")[-2:] == ["noise", "noise"]
    assert column(found, "lower")[-1] == pytest.approx(0.1)
    assert column(found, "upper")[-1] == pytest.approx(0.1)


def test_the_running_period_is_not_judged(tmp_path: Path) -> None:
    rows = [*daily("2024-12-15", "2026-03-12", 10)]
    (tmp_path / "sales.csv").write_text("\n".join(["day,region,channel,buyer,amount", *rows]))
    source = '[sources.sales]\npath = "sales.csv"\ntime = "day"\n'
    text = source + REVENUE + "target = 310\n"
    found = ask(tmp_path, text, period="latest")
    last = points(found)[-1]
    assert (last["period"], last["value"], last["days"], last["covered_days"]) == (
        *("2026-03", 120.0, 31, 12),
    )
    assert last["target"] == pytest.approx(120.0)  # 12 of 31 days
    assert (last["centre"], last["signal"]) == (None, None)
    assert points(found)[-2]["signal"] is not None
    # December 2024 is only half covered, and no period to be shown or judged by.
    assert column(found, "period")[0] == "2025-01"
    complete = ask(tmp_path, text)
    assert column(complete, "period") == column(found, "period")[:-1]
    assert complete.period.complete
    assert not found.period.complete


def test_data_that_starts_late(tmp_path: Path) -> None:
    early = months(tmp_path, [*SAWTOOTH, 50.0, 50.0])
    late = months(tmp_path, [5.0] * 4, name="visits", first=10)
    text = f"{early}{late}{REVENUE}" + '[kpi.seen]\nmeasure = "sum(amount)"\nsource = "visits"\n'
    text += '[kpi.per_visit]\nformula = "revenue / seen"\n'
    found = ask(tmp_path, text)
    assert column(found, "value", "seen") == [None] * 10 + [5.0] * 4
    assert column(found, "reason", "seen")[9] == "the data of visits starts 2024-11-01"
    assert column(found, "value", "per_visit")[9:11] == [None, 49.0 / 5]
    assert column(found, "signal", "seen") == [None] * 14
    assert column(found, "signal")[-1] == "noise"


@pytest.mark.parametrize(
    ("grain", "labels"),
    [
        ("week", ["2026-W42", "2026-W43"]),
        ("day", ["2026-10-30", "2026-10-31"]),
        ("quarter", ["2026-Q2", "2026-Q3"]),
        ("year", ["2025"]),
    ],
)
def test_other_grains(grain: str, labels: list[str]) -> None:
    found = kpitree.load(ROOT / "trees/sales.toml").trend("deals", grain=grain, last=2)
    assert column(found, "period", "deals") == labels
    assert found.grain.value == grain


def test_the_last_period_by_name(tmp_path: Path) -> None:
    text = months(tmp_path, SAWTOOTH) + REVENUE
    found = ask(tmp_path, text, period="2024-06", last=3)
    assert column(found, "period") == ["2024-04", "2024-05", "2024-06"]
    early = ask(tmp_path, text, as_of="2024-05-10")
    assert column(early, "period")[-1] == "2024-04"


# --- targets -----------------------------------------------------------------------------------


def test_targets_are_those_of_each_period(tmp_path: Path) -> None:
    text = months(tmp_path, SAWTOOTH) + REVENUE
    text += 'target = { "2024-11" = 60, "2024-12" = 70 }\n'
    text += '[kpi.double]\nformula = "2 * revenue"\n'
    found = ask(tmp_path, text)
    assert column(found, "target") == [None] * 10 + [60.0, 70.0]
    assert column(found, "target_reason")[9] == "no target for 2024-10-01"
    assert column(found, "target", "double") == [None] * 10 + [120.0, 140.0]
    assert column(found, "implied", "double")[-1] is True
    assert column(found, "implied")[-2:] == [False, False]


def test_rows_of_a_condition_have_no_target(tmp_path: Path) -> None:
    text = months(tmp_path, SAWTOOTH) + REVENUE + "target = 50\n"
    found = ask(tmp_path, text, where="region == 'north'")
    assert column(found, "value") == SAWTOOTH
    assert column(found, "target") == [None] * 12


# --- segments ----------------------------------------------------------------------------------


def test_twenty_segments(tmp_path: Path) -> None:
    rows = [
        f"{month(at)},r{place:02},{(place + 1) * (100 + at % 2)}"
        for at in range(24)
        for place in range(20)
    ]
    (tmp_path / "sales.csv").write_text("\n".join(["day,region,amount", *rows]) + "\n")
    text = SALES.format(first=month(0), last="2025-12-31") + REVENUE + "target = 21000\n"
    found = ask(tmp_path, text, by="region", last=6)
    assert found.points.height == 21 * 6
    assert found.points["segment:region"].unique(maintain_order=True).to_list() == [
        None,
        *(f"r{place:02}" for place in range(20)),
    ]
    assert column(found, "value", region="r04") == [500.0, 505.0] * 3
    # Limits of each segment are its own: 502.5 +- 2.66 x 5, of 18 to 23 months before.
    assert points(found, region="r04")[0]["upper"] == pytest.approx(502.5 + 2.66 * 5)
    assert column(found, "signal", region="r04") == ["noise"] * 6
    assert column(found, "target") == [21000.0] * 6
    assert column(found, "target", region="r04") == [None] * 6


# --- which KPIs --------------------------------------------------------------------------------

PRICES = (
    '[tree]\nroot = "total"\n[kpi.total]\nformula = "revenue * price"\n'
    '[kpi.price]\nvalue = 2\n[kpi.rate]\nvalue = { "2024-03" = 7, "2024-04" = 8 }\n'
)


def kpis(found: Trend) -> list[str]:
    return found.points["kpi"].unique(maintain_order=True).to_list()


def test_all_that_have_data(tmp_path: Path) -> None:
    """Not an assumption that never moves, and not what has no value at all."""
    text = PRICES + months(tmp_path, SAWTOOTH) + REVENUE
    text += '[kpi.none]\nmeasure = "max(amount)"\nsource = "sales"\nwhere = "amount > 1000"\n'
    found = ask(tmp_path, text)
    assert kpis(found) == ["total", "rate", "revenue"]
    (notice,) = found.warnings
    assert (notice.code, notice.kpi) == ("no_value", "none")
    assert notice.message == "None has no value in any period: no rows with a value"


def test_those_asked_for_are_shown_whatever_they_are(tmp_path: Path) -> None:
    text = PRICES + months(tmp_path, SAWTOOTH) + REVENUE
    found = ask(tmp_path, text, "revenue", "rate", "price", "price")
    assert kpis(found) == ["price", "rate", "revenue"]
    assert column(found, "value", "price") == [2.0] * 12
    assert column(found, "value", "rate") == [None, None, 7.0, 8.0, *[None] * 8]


def test_a_tree_of_nothing_but_assumptions(tmp_path: Path) -> None:
    text = '[kpi.price]\nvalue = 2\nrebaseline = ["2024-01"]\n'
    found = ask(tmp_path, text, period="2024-03", last=2)
    assert column(found, "value", "price") == [2.0, 2.0]
    with pytest.raises(UsageError, match="nothing that is asked for is read from data"):
        ask(tmp_path, text)


# --- what leads what ---------------------------------------------------------------------------


def in_full(daily: Sequence[float]) -> list[float]:
    """What so much a day makes in each month."""
    return [one * (month(at + 1) - month(at)).days for at, one in enumerate(daily)]


def leading(folder: Path, count: int = 48, more: str = "") -> str:
    """Visits a day lead revenue a day by two months."""
    luck = random.Random(3)  # noqa: S311 - made-up values need no secrecy
    visits = [round(100 + one, 3) for one in accumulate(luck.gauss(0, 3) for _ in range(count))]
    revenue = [100.0, 100.0, *(round(one + luck.gauss(0, 0.5), 3) for one in visits[:-2])]
    text = months(folder, in_full(revenue)) + REVENUE
    text += months(folder, in_full(visits), name="visits")
    text += '[tree]\nroot = "revenue"\n[kpi.visits]\nmeasure = "sum(amount)"\nsource = "visits"\n'
    return text + f'indicator = "leading"\nleads = ["revenue"]\n{more}'


def test_a_leading_indicator(tmp_path: Path) -> None:
    (found,) = ask(tmp_path, leading(tmp_path), last=48).leads
    assert (found.kpi, found.follower, found.verdict) == ("visits", "revenue", "leads")
    assert found.at is not None
    assert found.at.lag == 2
    assert found.at.n == 45  # 47 changes of each


def test_long_months_move_nothing_together(tmp_path: Path) -> None:
    """Nothing in common but the days of the months: what adds up is taken per day."""
    luck = random.Random(7)  # noqa: S311 - made-up values need no secrecy
    one, other = (in_full([luck.gauss(100, 1) for _ in range(48)]) for _ in range(2))
    text = months(tmp_path, one) + months(tmp_path, other, name="visits") + REVENUE
    visits = '[tree]\nroot = "revenue"\n[kpi.visits]\nmeasure = "{}(amount)"\nsource = "visits"\n'
    visits += 'leads = ["revenue"]\n'
    (found,) = ask(tmp_path, text + visits.format("sum"), last=48).leads
    assert found.verdict == "not_seen"
    assert [taken.per_day for taken in found.taken] == [True, True]
    (found,) = ask(tmp_path, text + visits.format("mean"), last=48).leads
    assert [taken.per_day for taken in found.taken] == [False, True]


def test_it_is_about_the_periods_shown(tmp_path: Path) -> None:
    text = leading(tmp_path)
    (found,) = ask(tmp_path, text, last=24).leads
    assert [lag.n for lag in found.lags] == [23, 22, 21, 20, 19, 18, 17]
    (short,) = ask(tmp_path, text, last=13).leads
    assert short.reason == "only 11 pairs of changes are known, and 12 are needed"


def test_the_follower_is_computed_when_only_the_leader_is_asked_for(tmp_path: Path) -> None:
    found = ask(tmp_path, leading(tmp_path), "visits", last=48)
    assert kpis(found) == ["visits"]
    assert [one.verdict for one in found.leads] == ["leads"]
    assert ask(tmp_path, leading(tmp_path), "revenue", last=48).leads == ()


def test_changes_at_a_new_baseline_are_left_out(tmp_path: Path) -> None:
    (found,) = ask(tmp_path, leading(tmp_path, more='rebaseline = ["2026-01"]\n'), last=48).leads
    assert [lag.n for lag in found.lags] == [46, 45, 44, 43, 42, 41, 40]
    assert found.verdict == "leads"


def test_a_running_period_leads_nothing() -> None:
    tree = kpitree.load(ROOT / "trees/sales.toml")
    whole = tree.trend("opened", last=20, as_of="2026-10-01")
    running = tree.trend("opened", last=21, as_of="2026-10-15", period="latest")
    assert running.points.height == whole.points.height + 1
    assert running.leads == whole.leads


def test_by_segment_leads_are_still_about_the_whole(tmp_path: Path) -> None:
    text = leading(tmp_path)
    assert ask(tmp_path, text, by="region").leads == ask(tmp_path, text).leads
    assert ask(tmp_path, text, "visits", by="region").leads == ()  # revenue is not computed


# --- mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "error", "message", "hint"),
    [
        ({"kpis": "revenu"}, UsageError, "there is no KPI 'revenu'", "did you mean 'revenue'?"),
        ({"last": 0}, UsageError, "--last takes a number of periods, 1 or more", ""),
        ({"last": -3}, UsageError, "--last takes a number of periods, 1 or more", ""),
        (
            {"limits": "medain"},
            UsageError,
            "there are no limits 'medain'",
            "did you mean 'median'?",
        ),
        (
            {"period": "2024-01..2024-06"},
            UsageError,
            "a trend ends with one period, not with the range 2024-01..2024-06",
            "how many periods: --period 2024-06 --last 6",
        ),
        ({"period": "2024-13"}, UsageError, "there is no period '2024-13' in the calendar", None),
        ({"period": "2020-01"}, SourceError, "there is no data for 2020-01", None),
        ({"by": "colour"}, UsageError, "there is no dimension 'colour'", None),
        ({"grain": "hour"}, UsageError, "there is no grain 'hour'", None),
        (
            {"period": "2024-Q1", "grain": "month"},
            UsageError,
            "2024-Q1 is a quarter, and --grain asks for month",
            None,
        ),
        ({"assumptions": {"revenue": 1}}, UsageError, None, None),
    ],
)
def test_mistakes(
    question: dict[str, Any],
    error: type[KpiTreeError],
    message: str | None,
    hint: str | None,
    tmp_path: Path,
) -> None:
    text = months(tmp_path, SAWTOOTH) + REVENUE
    with pytest.raises(error) as raised:
        ask(tmp_path, text, *([question.pop("kpis")] if "kpis" in question else []), **question)
    if message is not None:
        assert raised.value.message == message
    if hint is not None:
        assert raised.value.hint == hint


# --- goals of segments -------------------------------------------------------------------------


def test_goals_of_segments_are_those_of_an_evaluation(tmp_path: Path) -> None:
    """A goal for December only, and one a year, which is spread by days."""
    rows = [f"{month(at)},{region},{50 + at}" for at in range(24) for region in ("north", "south")]
    (tmp_path / "sales.csv").write_text("\n".join(["day,region,amount", *rows]) + "\n")
    (tmp_path / "goals.csv").write_text(
        "kpi,period,region,target\nrevenue,2025-12,north,55\nrevenue,2025,south,1200\n"
    )
    text = '[targets]\npath = "goals.csv"\n' + SALES.format(first=month(0), last="2025-12-31")
    found = ask(tmp_path, text + REVENUE + "target = 300\n", by="region", last=2)
    assert column(found, "target") == [300.0, 300.0]
    assert column(found, "target", region="north") == [None, 55.0]
    south = column(found, "target", region="south")
    assert south == pytest.approx([1200 * 30 / 365, 1200 * 31 / 365])
    evaluated = kpitree.load(tmp_path / "tree.toml").evaluate(by="region").kpis
    last = found.points.filter(period="2025-12")
    assert last["target"].to_list() == evaluated["target"].to_list()


def test_targets_that_grow_are_known_for_every_period(tmp_path: Path) -> None:
    text = months(tmp_path, [100.0 + at for at in range(30)]) + REVENUE
    text += 'target = { growth = 0.1, over = "last_year" }\n'
    found = ask(tmp_path, text, last=3)
    assert column(found, "target") == pytest.approx([1.1 * one for one in (115.0, 116.0, 117.0)])
    named = ask(tmp_path, text, last=3, period="2025-06")
    assert column(named, "target") == pytest.approx([1.1 * one for one in (103.0, 104.0, 105.0)])


def test_stale_data_is_said(tmp_path: Path) -> None:
    text = months(tmp_path, SAWTOOTH).replace("covers", 'fresh_within = "2d"\ncovers') + REVENUE
    assert [one.code for one in ask(tmp_path, text, as_of="2025-02-01").warnings] == ["stale"]
    assert ask(tmp_path, text, as_of="2025-01-02").warnings == ()
