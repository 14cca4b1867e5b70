"""What all tables over the outline of a tree share: what stands above them, and their labels."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kpitree.analysis.results.period import PeriodInfo
from kpitree.render.figures import Label
from kpitree.render.kpis import ABOVE, ASCII_ABOVE, completeness, kpi_words
from kpitree.render.outline import Entry
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Kpi, Tree

MOST_NAMED: Final = 3  # of the stale ones


def heading(
    tree: Tree, what: Sequence[str], period: PeriodInfo, as_of: date | None, kpis: Iterable[Kpi]
) -> list[str]:
    """The tree, what is shown of it, how complete the period is, as of when, and the currency.

    what: harmless already. kpis: those shown; without amounts among them there is no currency.
    """
    parts = [visible(tree.name), *what, completeness(period)]
    if as_of is not None:
        parts.append(f"as of {as_of.isoformat()}")
    if tree.currency and any(kpi.unit == "currency" for kpi in kpis):
        parts.append(visible(tree.currency))
    return parts


def stale_words(kpis: Iterable[Kpi]) -> list[str]:
    """`stale: A, B`, of those that rest on data that is too old; nothing without any."""
    names = [visible(kpi.label) for kpi in kpis]
    if not names:
        return []
    return ["on stale data" if len(names) > MOST_NAMED else f"stale: {', '.join(names)}"]


def kpi_label(kpi: Kpi, entry: Entry, style: Style, *, quiet: bool = False) -> Label:
    """A KPI on its branch; with a mark where it is drawn further up."""
    above = f" {ASCII_ABOVE if style.ascii else ABOVE}" if entry.repeated else ""
    return Label(
        text=kpi_words(kpi) + above,
        prefix=entry.prefix,
        hang=entry.hang,
        style="quiet" if entry.repeated or quiet else "",
    )
