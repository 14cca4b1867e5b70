"""A trend's points as values, which every format iterates, and what they say in words."""

from dataclasses import dataclass
from datetime import date

from kpitree.analysis.results.trend import Trend
from kpitree.render.segment import Segment, segment_of
from kpitree.render.signals import said_of
from kpitree.tables import POINTS, SEGMENT
from kpitree.tree.model import Node


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
    implied_by: str | None
    target_reason: str | None
    centre: float | None
    lower: float | None
    upper: float | None
    signal: str | None
    rule: str | None
    new_baseline: bool

    @property
    def stands_out(self) -> bool:
        return self.signal == "signal"

    @property
    def running(self) -> bool:
        return self.covered_days < self.days

    def said(self, *, short: bool = False) -> str:
        """What a signal says: `above the limits`; nothing for other points."""
        if self.rule is None or self.value is None or self.centre is None:
            return ""
        words = said_of(self.rule, self.value, self.centre)
        return words.short if short else words.full


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
