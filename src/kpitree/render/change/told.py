"""The sentence about a change."""

from dataclasses import replace

from kpitree.analysis.attribution.contract import Line
from kpitree.analysis.results.change import Change
from kpitree.render.change.rows import rows_of
from kpitree.render.segment import segment_words
from kpitree.render.sentence import sentence


def told(change: Change, *, ascii_only: bool = False) -> str:
    """What happened and which drivers made it; where the KPI is its own driver, which segments."""
    found = change.attribution
    own = all(line.kpi == found.kpi for line in found.lines)
    if own and change.dimensions and found.reason is None:
        lines = tuple(
            Line(
                kpi=row.driver,
                label=segment_words(row.segment) or row.label,
                effect=row.effect,
                before=row.before,
                after=row.after,
                line=row.line,
                share=row.share,
            )
            for row in rows_of(change)
        )
        found = replace(found, lines=lines)
    return sentence(found, change.tree.kpi(found.kpi), ascii_only=ascii_only)
