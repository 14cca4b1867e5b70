"""Targets of less than a period of the tree, which make none of the period: refused by name."""

from collections.abc import Iterator, Sequence

from kpitree.analysis.targets.adding import Adding, adding_up
from kpitree.calendar import Span
from kpitree.errors import TreeError, TreeErrors
from kpitree.tree.graph import operands_first
from kpitree.tree.model import PeriodTargets, TargetRow, Tree


def refuse_finer(tree: Tree, rows: Sequence[TargetRow] = ()) -> None:
    """Targets of a week each make none of a month, unless the KPI adds up over time.

    rows: of the tree's table. Raises TreeErrors: all of them, each with its place.
    """
    found = [one for one in (*_in_file(tree), *_in_table(rows)) if _is_part(tree, one[1])]
    if not found:
        return
    order = [kpi for generation in operands_first(tree) for kpi in generation]
    adding = adding_up(tree.kpis, order)
    mistakes = [
        _mistake(tree, kpi, period, where)
        for kpi, period, where in found
        if adding[kpi] is not Adding.FLOW
    ]
    if mistakes:
        raise TreeErrors(mistakes)


def _in_file(tree: Tree) -> Iterator[tuple[str, Span, str]]:
    for name, kpi in tree.kpis.items():
        if isinstance(kpi.target, PeriodTargets):
            for label in kpi.target.values:
                yield name, tree.calendar.parse(label), f"{tree.file}: [kpi.{name}] target"


def _in_table(rows: Sequence[TargetRow]) -> Iterator[tuple[str, Span, str]]:
    return ((row.kpi, row.period, row.where) for row in rows)


def _is_part(tree: Tree, period: Span) -> bool:
    """Whether a period of the tree's grain is longer, and holds it."""
    whole = tree.calendar.period_of(period.start, tree.grain)
    return period.days < whole.days and period.end <= whole.end


def _mistake(tree: Tree, kpi: str, period: Span, where: str) -> TreeError:
    label = tree.kpis[kpi].label
    return TreeError(
        f"the target for {period.label} is of less than a {tree.grain}, and {label} does not add up"
        " over time",
        where=where,
        hint=f"give it for a whole {tree.grain}, or set a finer [calendar] grain",
    )
