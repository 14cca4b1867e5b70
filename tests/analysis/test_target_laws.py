"""Laws of spreading, of ways and of goals, whatever the numbers."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.kpis import by_id, leaf
from kpitree.analysis.targets import Adding, level_on, target_for
from kpitree.analysis.targets.goals import goals_of
from kpitree.calendar import Calendar, Grain, Span
from kpitree.tree.model import PathTarget, Source, SpreadTarget, TargetRow, Tree

CALENDAR = Calendar()
FLOW, RATE = Adding.FLOW, Adding.RATE
years = st.integers(1990, 2100)
values = st.floats(-1e9, 1e9, allow_subnormal=False)


@given(years, values, st.sampled_from(list(Grain)), st.sampled_from(["month", "quarter", "day"]))
def test_the_periods_of_a_year_share_its_target(
    year: int, value: float, per: Grain, grain: str
) -> None:
    """Whatever it is given per, the parts of a year add up to the year's."""
    target = SpreadTarget(value=value, per=per)
    whole = CALENDAR.parse(str(year))
    parts = CALENDAR.periods_in(whole, Grain(grain))

    def of(span: Span) -> float:
        found = target_for(target, span, Grain.MONTH, CALENDAR, FLOW).value
        assert found is not None
        return found

    assert sum(map(of, parts)) == pytest.approx(of(whole), rel=1e-9, abs=1e-9)


@st.composite
def ways(draw: st.DrawFn) -> PathTarget:
    days = sorted(draw(st.sets(st.integers(0, 2_000), min_size=2, max_size=5)))
    points = tuple((date(2024, 1, 1) + timedelta(days=day), draw(values)) for day in days)
    return PathTarget(value=points[-1][1], by=points[-1][0], points=points)


@given(ways(), st.integers(0, 2_500))
def test_a_way_stays_between_its_points(way: PathTarget, after: int) -> None:
    day = date(2024, 1, 1) + timedelta(days=after)
    level = level_on(way, day)
    if level is None:
        assert day < way.points[0][0]
        return
    levels = [value for _, value in way.points]
    size = max(map(abs, levels))
    assert min(levels) - 1e-9 * size <= level <= max(levels) + 1e-9 * size


@given(ways())
def test_a_way_leads_through_its_points(way: PathTarget) -> None:
    for day, value in way.points:
        assert level_on(way, day) == pytest.approx(value)
        span = CALENDAR.period_of(day, Grain.DAY)
        found = target_for(way, span, Grain.DAY, CALENDAR, RATE)
        assert found.value == pytest.approx(value)


rows = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.floats(0, 1e6)),
    unique_by=lambda row: row[:2],
    min_size=1,
)


@given(rows, st.sampled_from(["2026-03", "2026", "2026-03-04"]))
def test_goals_by_two_dimensions_add_up_by_each(
    cells: list[tuple[str, str, float]], label: str
) -> None:
    """By region, by rep and for the whole: the same sum."""
    period = CALENDAR.parse("2026")
    table = [
        TargetRow(
            kpi="sold", period=period, value=goal, segment={"region": one, "rep": two}, where=""
        )
        for one, two, goal in cells
    ]
    kpi = leaf("sold", "sum(amount)")
    tree = _tree(kpi.id)
    goals = goals_of(tree, table)
    span = CALENDAR.parse(label)

    def present(_kpi: str, _by: tuple[str, ...], _span: object) -> list[tuple[str, ...]]:
        return [(one, two) for one, two, _ in cells]

    total = goals.total(kpi, span, FLOW, lambda _, value: str(value), present)
    assert total is not None
    assert total.by == "region and rep"
    assert total.found.value is not None
    share = span.days / 365
    assert total.found.value == pytest.approx(share * sum(goal for *_, goal in cells))
    for by in ("region", "rep"):
        split = goals.split("sold", (by,), span, FLOW, present)
        assert split is not None
        parts = [one.value for one in split.found.values() if one.value is not None]
        assert sum(parts) == pytest.approx(total.found.value)


def _tree(root: str) -> Tree:
    source = Source(id="sales", path="s.csv", location="s.csv", time="day")
    return Tree(
        name="t",
        root=root,
        file=Path("t.toml"),
        sources={"sales": source},
        kpis=by_id(leaf("sold", "sum(amount)")),
    )
