"""A trend's points as values, which every format iterates, and what they say in words."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kpitree.analysis.results.trend import Trend
from kpitree.analysis.signal import BEYOND_LIMITS, RULES, RUN_OF_8, THREE_OF_FOUR
from kpitree.render.segment import Segment, segment_of
from kpitree.tables import POINTS, SEGMENT
from kpitree.tree.model import Node

# above and below the centre, each in full and for a narrow screen
SIDES: Final = {
    BEYOND_LIMITS: (("above the limits", "over limits"), ("below the limits", "under limits")),
    RUN_OF_8: (
        ("8 in a row above the centre", "8 above centre"),
        ("8 in a row below the centre", "8 below centre"),
    ),
    THREE_OF_FOUR: (
        ("3 of 4 near the upper limit", "3 of 4 high"),
        ("3 of 4 near the lower limit", "3 of 4 low"),
    ),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A row of POINTS (tables.py), from `period` on."""

    period: str
    start: date
    end: date
    days: int
    covered_days: int
    value: float | None
    reason: str | None
    target: float | None
    implied: bool | None
    target_reason: str | None
    centre: float | None
    lower: float | None
    upper: float | None
    signal: str | None
    new_baseline: bool

    @property
    def stands_out(self) -> bool:
        return self.signal in RULES

    @property
    def running(self) -> bool:
        return self.covered_days < self.days

    def said(self, *, short: bool = False) -> str:
        """What a signal says: `above the limits`; nothing for other points."""
        if self.signal not in SIDES or self.value is None or self.centre is None:
            return ""
        above, below = SIDES[self.signal]
        return (above if self.value > self.centre else below)[short]


@dataclass(frozen=True, slots=True)
class Row:
    """A KPI, or one of its segments, over all periods, oldest first."""

    kpi: Node
    segment: Segment
    points: tuple[Point, ...]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def values(self) -> list[float]:
        """Those that there are."""
        return [point.value for point in self.points if point.value is not None]

    @property
    def signals(self) -> list[Point]:
        return [point for point in self.points if point.stands_out]

    @property
    def judged(self) -> Point | None:
        """The latest point that has limits."""
        return next((one for one in reversed(self.points) if one.centre is not None), None)


def rows_of(trend: Trend) -> list[Row]:
    """KPIs in the order of the tree file, the whole before its segments."""
    found: dict[tuple[str, Segment], list[Point]] = {}
    segments = [SEGMENT + dimension for dimension in trend.dimensions]
    figures = trend.points.select(list(POINTS)[1:])
    keys = trend.points.select("kpi", *segments)
    for key, point in zip(keys.iter_rows(named=True), figures.iter_rows(), strict=True):
        of = (key["kpi"], segment_of(key, trend.dimensions))
        found.setdefault(of, []).append(Point(*point))
    return [
        Row(trend.tree.kpis[kpi], segment, tuple(points))
        for (kpi, segment), points in found.items()
    ]
