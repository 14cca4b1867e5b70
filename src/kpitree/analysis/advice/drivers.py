"""Drivers that cancel each other out, and indicators that do not lead."""

from collections.abc import Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.attribution.contract import Attribution, Line
from kpitree.analysis.lead import NOT_SEEN
from kpitree.tree.model import Branch, Tree

CANCELLED: Final = 1e-6  # of what flows through a driver: a smaller rest is none
ENOUGH: Final = 24  # pairs of changes; with fewer even a real lead is easily missed


def cancelling(seen: Evidence) -> Iterator[Finding]:
    """KT404: what a driver adds on one way to the goal it takes away on another, always.

    In deals x (won / deals) x (amount / won) everything but the amount cancels (semantics 5.1).
    Each driver is looked at in the latest change in which it moved.
    """
    judged: set[str] = set()
    for change in seen.changes:
        for line in change.lines:
            if line.effect != "driver" or len(line.via) < 2 or line.kpi in judged:
                continue
            flows = sum(abs(one.flow) for one in line.via)
            if not flows:
                continue
            judged.add(line.kpi)
            if abs(line.line) <= CANCELLED * flows:
                yield _cancels(seen.tree, change, line)


def _cancels(tree: Tree, change: Attribution, line: Line) -> Finding:
    parents = [one.parent for one in line.via]
    ways = " and ".join(parents) if len(parents) == 2 else ", ".join(parents)
    rates = [name for name in parents if name != change.kpi and isinstance(tree.kpis[name], Branch)]
    mend = f"; driver = true for {' and '.join(rates)} would tell more" if rates else ""
    return Finding(
        code="KT404",
        message=f"{line.kpi} explains nothing of {change.kpi}: what it adds by {ways} cancels"
        f" out{mend}",
        key=("kpi", rates[0]) if rates else ("kpi", line.kpi),
        kpi=rates[0] if rates else line.kpi,
    )


def does_not_lead(seen: Evidence) -> Iterator[Finding]:
    """KT408: with enough history, no lag at which its changes come before those it leads."""
    for one in seen.leads:
        pairs = max((lag.n for lag in one.lags), default=0)
        if one.verdict == NOT_SEEN and pairs >= ENOUGH:
            yield Finding(
                code="KT408",
                message=f"{one.kpi} is said to lead {one.follower}, and in {pairs} pairs of"
                " changes it is not seen to",
                key=("kpi", one.kpi, "leads"),
                kpi=one.kpi,
            )
