"""The KPIs before and after, as values that every format iterates once."""

from dataclasses import dataclass

import polars as pl

from kpitree.analysis.results.change import Change
from kpitree.analysis.results.whatif import WhatIf
from kpitree.analysis.segments.lines import driver_lines
from kpitree.render.kpis import numbers_of
from kpitree.render.outline import outline
from kpitree.render.sentence import sentence
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.model import Node


@dataclass(frozen=True, slots=True)
class Row:
    """A row of OUTCOMES (tables.py)."""

    kpi: Node
    given: bool
    before: float | None
    before_reason: str | None
    after: float | None
    after_reason: str | None
    change: float | None
    percent: float | None
    favourable: bool | None
    target: float | None
    before_status: str
    after_status: str

    @property
    def moved(self) -> bool:
        return self.before != self.after


def rows_of(answer: WhatIf, style: Style) -> list[Row]:
    """The KPIs in the order of the frame; without those deeper than the style's depth."""
    shown = set(answer.rows["kpi"])
    if style.depth is not None:
        shown = {entry.kpi for entry in outline(answer.tree, shown, depth=style.depth)}
    return [
        Row(answer.tree.kpis[kpi], *figures)
        for kpi, *figures in answer.rows.iter_rows()
        if kpi in shown
    ]


def told(answer: WhatIf, style: Style) -> str:
    """What would happen, in a sentence."""
    found = answer.attribution
    kpi = answer.tree.kpis[answer.kpi]
    row = answer.rows.row(by_predicate=pl.col("kpi") == kpi.id, named=True)
    label, numbers = visible(kpi.label), numbers_of(kpi, style)
    if row["after"] is None:
        return f"{label} would have no value: {visible(row['after_reason'])}."
    if row["before"] is None:
        value = numbers.value(row["after"], word=True)
        why = f"it has no value in {visible(found.from_label)}: {visible(row['before_reason'])}"
        return f"{label} would be {value}; {why}."
    return sentence(found, kpi, ascii_only=style.ascii)


def change_of(answer: WhatIf) -> Change:
    """The difference taken apart, as `kpitree drivers` shows one."""
    found = answer.attribution
    return Change(tree=answer.tree, attribution=found, lines=driver_lines(found))
