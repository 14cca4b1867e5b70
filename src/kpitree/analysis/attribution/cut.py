"""The lines of a change over another cut of the tree than its drivers (semantics.md 5.2)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.errors import UsageError
from kpitree.tree.model import Tree

Edges = Mapping[tuple[str, str], float]


def cut_at(
    tree: Tree,
    found: Attribution,
    depth: int,
    before: Mapping[str, float | None],
    after: Mapping[str, float | None],
) -> tuple[Line, ...]:
    """The lines of the KPIs at this many levels below the one explained, and of drivers above.

    depth: 1 or more. before, after: values of the KPIs in the two states, in their own units.

    Nothing is computed anew: what flows through the mentions of a KPI is summed. A KPI that is
    also mentioned further down has only that part here which does not pass through another line
    (`via` of its own line tells); so the lines add up to the change at every depth.

    Raises UsageError where the method did not tell what flows through the tree.
    """
    if not found.flows:
        if len(found.lines) < 2 or depth >= len(found.nodes):
            return found.lines
        raise UsageError(
            f"the method {found.method} does not tell what flows through {found.label}'s tree",
            where="--depth",
            hint="leave out --depth, or use --method path",
        )
    levels = _levels(found.flows, found.kpi)
    own = _by_driver(found.lines)
    opened = {kpi for kpi, level in levels.items() if level < depth and kpi not in own}
    opened.add(found.kpi)
    reached: dict[str, list[float]] = {}
    partly: set[str] = set()  # what is also mentioned further down
    for (parent, child), flow in found.flows.items():
        if parent not in opened:
            partly.add(child)
        elif child not in opened:
            reached.setdefault(child, []).append(flow)
    lines: list[Line] = []
    for kpi in found.nodes:
        if kpi in reached and kpi in own and kpi not in partly:
            lines += own[kpi]
        elif kpi in reached:
            amount = math.fsum(reached[kpi])
            lines.append(
                Line(
                    kpi=kpi,
                    label=tree.kpis[kpi].label,
                    effect="driver",
                    before=before.get(kpi),
                    after=after.get(kpi),
                    line=amount,
                )
            )
    lines += [line for line in found.lines if line.effect == "unexplained" and line.kpi in opened]
    return with_shares(found, lines)


def _by_driver(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Without what is unexplained, which is of no driver."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.effect != "unexplained":
            found.setdefault(line.kpi, []).append(line)
    return found


def with_shares(found: Attribution, lines: list[Line]) -> tuple[Line, ...]:
    """Shares of the change, where the attribution's own lines have them."""
    shares = any(line.share is not None for line in found.lines)
    change = found.change or 0.0
    return tuple(replace(line, share=line.line / change if shares else None) for line in lines)


def _levels(flows: Edges, root: str) -> dict[str, int]:
    """KPI -> the longest way down to it from the one explained."""
    children: dict[str, list[str]] = {}
    waiting: dict[str, int] = {}
    for parent, child in flows:
        children.setdefault(parent, []).append(child)
        waiting[child] = waiting.get(child, 0) + 1
    levels, ready = {root: 0}, [root]
    while ready:
        one = ready.pop()
        for child in children.get(one, ()):
            levels[child] = max(levels.get(child, 0), levels[one] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return levels
