"""What a KPI is to its tree: the one definition of roles that all advice goes by."""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from kpitree.tree.model import Constant, Node, PeriodTargets, TargetRow, Tree


class Role(StrEnum):
    """The goal, one of its KPIs, a health metric, what must not break, or a given number."""

    KGI = "kgi"
    KPI = "kpi"
    METRIC = "metric"
    GUARDRAIL = "guardrail"
    ASSUMPTION = "assumption"


PROPER = frozenset({Role.KGI, Role.KPI, Role.GUARDRAIL})


def role_of(tree: Tree, kpi: Node) -> Role:
    """The role that the file gives it; else by its place.

    The root is the goal. A value is an assumption. What has a target, or stands in the root's own
    formula, is a KPI. Everything else is a metric.
    """
    if kpi.role is not None:
        return Role(kpi.role)
    if kpi.id == tree.root:
        return Role.KGI
    if isinstance(kpi, Constant):
        return Role.ASSUMPTION
    if kpi.target is not None or kpi.id in tree.operands(tree.root):
        return Role.KPI
    return Role.METRIC


def proper_kpis(tree: Tree) -> Iterator[Node]:
    """The KPIs that somebody answers for: the goal, its KPIs and guardrails, in file order."""
    return (kpi for kpi in tree.kpis.values() if role_of(tree, kpi) in PROPER)


def counterweights(tree: Tree) -> set[str]:
    """The KPIs that keep others from being gamed."""
    return {kpi.counterweight for kpi in tree.kpis.values() if kpi.counterweight is not None}


def is_promised(kpi: Node) -> bool:
    """Whether there is something it is to meet: a target, or a range that is good."""
    return kpi.target is not None or kpi.good_range is not None


def with_targets(tree: Tree, rows: list[TargetRow]) -> Tree:
    """The tree as it is with its table of targets: KPIs named there have a target of their own.

    A KPI with goals of segments only has one as well, though for no period of the whole.
    """
    promised: dict[str, dict[str, float]] = {}
    for row in rows:
        whole = promised.setdefault(row.kpi, {})
        if not row.segment:
            whole[row.period.label] = row.value
    kpis = {
        kpi.id: replace(kpi, target=PeriodTargets(values=promised[kpi.id]))
        if kpi.target is None and kpi.id in promised
        else kpi
        for kpi in tree.kpis.values()
    }
    return replace(tree, kpis=kpis)
