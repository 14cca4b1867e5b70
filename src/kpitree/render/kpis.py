"""How KPIs, their statuses and their periods are shown by every kind of answer."""

from functools import cache
from typing import Any, Final

from kpitree.analysis.results.period import PeriodInfo
from kpitree.numbers import UNITS_WITHOUT_WORD, Numbers
from kpitree.render.figures import Cell
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Kpi

# symbol, its ASCII form, words, style
STATUS: Final = {
    "on_track": ("✓", "+", "on track", "good"),
    "at_risk": ("!", "!", "at risk", "warning"),
    "off_track": ("✗", "x", "off track", "bad"),
    "no_target": ("·", ".", "no target", "quiet"),
    "no_data": ("?", "?", "no data", "warning"),
}
ABOVE, ASCII_ABOVE = "↑", "^"  # drawn further up, under another KPI


def kpi_words(kpi: Kpi) -> str:
    """A KPI's label, with the unit where figures do not carry one: `Closed (tickets)`."""
    label, unit = visible(kpi.label), visible(kpi.unit)
    named = kpi.unit in UNITS_WITHOUT_WORD or unit.casefold() in label.casefold()
    return label if named else f"{label} ({unit})"


def numbers_of(kpi: Kpi, style: Style, *, coarse: bool = False) -> Numbers:
    """How the numbers of a KPI are written."""
    return _numbers(kpi.unit, kpi.decimals, coarse, style.ascii)


@cache  # asked for with every figure of a table
def _numbers(unit: str, decimals: int | None, coarse: bool, ascii_only: bool) -> Numbers:  # noqa: FBT001 - a key
    return Numbers(unit=unit, decimals=decimals, coarse=coarse, ascii=ascii_only)


def status_cell(status: str, style: Style) -> Cell:
    """A symbol and the words: colour is never the only carrier."""
    symbol, ascii_symbol, words, color = STATUS[status]
    return Cell(f"{ascii_symbol if style.ascii else symbol} {words}", color)


def completeness(period: PeriodInfo) -> str:
    """`complete`, or `partial 12/30 d`."""
    return "complete" if period.complete else f"partial {period.covered_days}/{period.days} d"


def period_object(period: PeriodInfo) -> dict[str, Any]:
    """The period shown, as JSON has it; end is exclusive."""
    return {
        "label": period.span.label,
        "start": period.span.start.isoformat(),
        "end": period.span.end.isoformat(),
        "complete": period.complete,
        "days": period.days,
        "covered_days": period.covered_days,
    }
