"""Sums of sums: a part that is added in by two ways counts twice."""

from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

from kpitree.tree.expressions import Call, Expr, Name
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Tree

# The KPIs of a sum with their signs; or the sums that a KPI is in, with the sign it has there.
Terms = list[tuple[str, int]]


def counted_twice(tree: Tree) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The lowest sum in which a part counts more than once, the part, and the terms it comes by.

    The terms are () where the formula itself names the part twice. What is taken away again, as in
    web + shop - both, counts once.
    """
    added: dict[str, Terms] = {}
    for kpi in tree.kpis.values():
        if isinstance(kpi, Branch) and (terms := list(_terms(kpi.formula, 1))):
            added[kpi.id] = terms
    into = _into(added)
    shared = [part for part in tree.kpis if len(into[part]) > 1]
    if not shared:
        return
    height = {kpi: at for at, level in enumerate(operands_first(tree)) for kpi in level}
    for part in shared:
        if met := _meeting(part, added, into, height):
            yield met[0], part, met[1]


def _terms(expr: Expr, sign: int) -> Iterator[tuple[str, int]]:
    """The KPIs that stand in a sum as they are, with their signs."""
    match expr:
        case Call(name="+", args=args):
            for arg in args:
                yield from _terms(arg, sign)
        case Call(name="neg", args=(inside,)):
            yield from _terms(inside, -sign)
        case Name(id=name):
            yield name, sign


def _into(added: dict[str, Terms]) -> dict[str, Terms]:
    """KPI -> the sums that it is a term of, with its sign, once for each time it stands there."""
    found: dict[str, Terms] = defaultdict(list)
    for kpi, terms in added.items():
        for name, sign in terms:
            found[name].append((kpi, sign))
    return found


def _meeting(
    part: str, added: dict[str, Terms], into: dict[str, Terms], height: dict[str, int]
) -> tuple[str, tuple[str, ...]] | None:
    """The lowest sum above a part in which it counts more than once; of several, the first by name.

    It is looked for upwards from the part, so that nothing above it is walked.
    """
    counts = {part: 1}  # how often the part counts in each sum
    left = [(0, part)]
    while left:
        _, kpi = heappop(left)
        if kpi != part:
            ways = [(name, sign * counts.get(name, 0)) for name, sign in added[kpi]]
            counts[kpi] = sum(count for _, count in ways)
            if abs(counts[kpi]) > 1:
                through = sorted({name for name, count in ways if count * counts[kpi] > 0})
                return kpi, tuple(through) if len(through) > 1 else ()
        for above in {name for name, _ in into.get(kpi, ())} - counts.keys():
            counts[above] = 0
            heappush(left, (height[above], above))
    return None
