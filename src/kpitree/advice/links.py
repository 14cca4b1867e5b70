"""What hangs together with what, beyond the formulas under the goal."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kpitree.advice.roles import Role, role_of
from kpitree.tree.graph import parents
from kpitree.tree.model import Constant, Tree


def unconnected(tree: Tree) -> Iterator[str]:
    """The KPIs that have nothing to do with the goal or with a guardrail, and feed no other.

    What is computed of the same KPIs as the goal moves with it; so does what leads one of those,
    or keeps it from being gamed. An assumption in common moves neither, and a counterweight of
    one's own helps nobody else. Of several that feed each other, the last one is named.
    """
    kept = (one.id for one in tree.kpis.values() if role_of(tree, one) is Role.GUARDRAIL)
    reached = _reached(_neighbours(tree), (tree.root, *kept))
    feeds = parents(tree)
    return (kpi for kpi in tree.kpis if kpi not in reached and not feeds[kpi])


def under_root(tree: Tree) -> set[str]:
    """The KPIs that the goal is computed from, without itself."""
    operands = {kpi: list(tree.operands(kpi)) for kpi in tree.kpis}
    return _reached(operands, operands[tree.root]) - {tree.root}


def _neighbours(tree: Tree) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for kpi in tree.kpis.values():
        for other in (*tree.operands(kpi.id), *kpi.leads):
            found[kpi.id].append(other)
            if not isinstance(tree.kpis[other], Constant):
                found[other].append(kpi.id)
        if kpi.counterweight is not None:
            found[kpi.id].append(kpi.counterweight)
    return found


def _reached(ways: dict[str, list[str]], start: Iterable[str]) -> set[str]:
    reached = set(start)
    left = list(reached)
    while left:
        new = [one for one in ways.get(left.pop(), ()) if one not in reached]
        reached.update(new)
        left.extend(new)
    return reached
