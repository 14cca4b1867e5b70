"""Which KPIs are explained below the tree, and what is said of each."""

from kpitree.analysis.attribution.contract import Attribution
from kpitree.render.overview import Overview


def explained(view: Overview) -> list[list[Attribution]]:
    """The attributions of each KPI that is shown, together, in the order they were made."""
    shown = {row.kpi.id for row in view.rows}
    grouped: dict[str, list[Attribution]] = {}
    for found in view.evaluation.attributions:
        if found.kpi in shown:
            grouped.setdefault(found.kpi, []).append(found)
    return list(grouped.values())
