"""What is said below the tree of each missed (or asked for) KPI, shared by table and markdown."""

from collections.abc import Iterator
from dataclasses import dataclass

from kpitree.analysis.attribution.contract import Attribution
from kpitree.render.evaluation.breakdown import Breakdown, breakdown_of
from kpitree.render.evaluation.overview import Overview
from kpitree.render.sentence import sentence


@dataclass(frozen=True, slots=True)
class Explanation:
    """One KPI's change.

    told: the sentence about its first reference. table: its drivers against every reference
    that could be taken apart, if any. withheld: a sentence for each other that could not.
    """

    told: str
    table: Breakdown | None
    withheld: tuple[str, ...]


def explanations(view: Overview) -> Iterator[Explanation]:
    """One for each KPI that is shown and has attributions, in their order."""
    tree, style = view.evaluation.tree, view.style
    for found in _by_kpi(view):
        first, *others = found
        kpi = tree.kpis[first.kpi]
        withheld = (
            sentence(other, kpi, ascii_only=style.ascii)
            for other in others
            if other.reason is not None
        )
        yield Explanation(
            sentence(first, kpi, ascii_only=style.ascii),
            breakdown_of(tree, style, found),
            tuple(withheld),
        )


def _by_kpi(view: Overview) -> list[list[Attribution]]:
    shown = {row.kpi.id for row in view.rows}
    grouped: dict[str, list[Attribution]] = {}
    for found in view.evaluation.attributions:
        if found.kpi in shown:
            grouped.setdefault(found.kpi, []).append(found)
    return list(grouped.values())
