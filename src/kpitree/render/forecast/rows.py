"""The landings as values that every format iterates once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from kpitree.analysis.forecast import leaning
from kpitree.analysis.results.forecast import Forecast
from kpitree.tables import FORECASTS
from kpitree.tree.model import Node


@dataclass(frozen=True, slots=True)
class Row:
    """A row of FORECASTS (tables.py)."""

    kpi: Node
    horizon: str
    period: str
    by: date
    value: float | None
    reason: str | None
    target: float | None
    target_label: str | None
    target_reason: str | None
    target_to_date: float | None
    range_low: float | None
    range_high: float | None
    method: str
    periods: int | None
    share: float | None
    landing: float | None
    landing_reason: str | None
    low: float | None
    high: float | None
    interval_reason: str | None
    errors: int
    reached: int | None
    gap: float | None
    percent: float | None
    attainment: float | None
    left: float | None
    days_left: int
    pace: float | None
    expected: float | None
    needed: float | None
    ratio: float | None
    status: str

    @property
    def later(self) -> bool:
        """Whether it is about a deadline after the period asked for."""
        return self.horizon == "deadline"

    @property
    def leaning(self) -> str | None:
        """The side of the landing that the interval lies on; None where it holds the landing."""
        return leaning(self.landing, self.low, self.high)

    @property
    def limited(self) -> bool:
        """Whether it should stay below its target, or the end of its range that it is beyond."""
        beyond = self.gap is not None and self.gap > 0.0
        return self.kpi.direction == "down" or (self.kpi.direction == "range" and beyond)

    @property
    def passed(self) -> bool:
        """Whether it is beyond what it is held to already, or right on it, and lands there too."""
        gap = self.gap or 0.0
        return self.left is not None and (
            (self.left < 0.0 < gap) or (self.left == 0.0 and gap >= 0.0)
        )

    @property
    def missed(self) -> bool:
        """Whether it would land on the wrong side of what is promised."""
        if self.gap is None:
            return False
        return self.gap > 0.0 if self.limited else self.gap < 0.0


def rows_of(found: Forecast) -> list[Row]:
    """The rows, in the order of the frame."""
    kpis = found.tree.kpis
    return [_row(kpis, row) for row in found.rows.iter_rows(named=True)]


def _row(kpis: dict[str, Node], row: dict[str, Any]) -> Row:
    return Row(kpis[row["kpi"]], *(row[name] for name in list(FORECASTS)[1:]))
