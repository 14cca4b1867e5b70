"""Indicators that do not lead."""

from collections.abc import Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.lead import LEADS, Lag, Lead
from kpitree.tree.model import Tree

WORTH_HAVING: Final = 0.5  # a correlation of changes below which they warn of little


def does_not_lead(seen: Evidence) -> Iterator[Finding]:
    """KT408: the data rule out a lead worth having, at every lag that was looked at.

    That no lead is seen is no reason: a real one is easily missed in three years of months. So
    the 95 % bound of the correlation (which holds for all lags together) is what counts. Where
    less of one KPI is better and more of the other, they are expected to move against each other.
    """
    for one in seen.leads:
        ahead = [lag for lag in one.lags if lag.lag]
        if one.verdict == LEADS or not ahead:
            continue
        bounds = [_at_most(seen.tree, one, lag) for lag in ahead]
        known = [bound for bound in bounds if bound is not None]
        if len(known) == len(bounds) and max(known) < WORTH_HAVING:
            yield Finding(
                code="KT408",
                message=f"{one.kpi} is said to lead {one.follower}, and 1 to {ahead[-1].lag}"
                " periods ahead the correlation of their changes is at most"
                f" {max(*known, 0.0):.2f}{_against(seen.tree, one)}",
                key=("kpi", one.kpi, "leads"),
                kpi=one.kpi,
            )


def _against(tree: Tree, lead: Lead) -> str:
    ways = {tree.kpis[lead.kpi].direction, tree.kpis[lead.follower].direction}
    return " against each other" if ways == {"up", "down"} else ""


def _at_most(tree: Tree, lead: Lead, lag: Lag) -> float | None:
    """How much they may go together, the way that good is good for both; None where unknown."""
    if lag.lower is None or lag.upper is None:
        return None
    ways = {tree.kpis[lead.kpi].direction, tree.kpis[lead.follower].direction}
    if "range" in ways:
        return max(lag.upper, -lag.lower)
    return lag.upper if len(ways) == 1 else -lag.lower
