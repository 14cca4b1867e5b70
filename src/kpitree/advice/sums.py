"""Sums of sums: a part that is added in by two ways counts twice."""

from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

from kpitree.tree.expressions import Call, Expr, Name
from kpitree.tree.graph import operands_first
from kpitree.tree.model import Branch, Tree

# The KPIs of a sum with their signs; or the sums that a KPI is in, with the sign it has there.
Terms = list[tuple[str, int]]


def counted_twice(tree: Tree) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """The lowest sum in which a part counts more than once; the part, how often, and its terms.

    The terms are those that the part comes by, itself among them; () where the formula names
    nothing but the part. What is taken away again, as in web + shop - both, counts once.
    A sum inside a ratio or a product is one of its own, and no KPI stands for it further up.
    """
    added: dict[str, Terms] = {}
    owner: dict[str, str] = {}
    for kpi in tree.kpis.values():
        for at, one in enumerate(_sums(kpi.formula) if isinstance(kpi, Branch) else ()):
            name = kpi.id if isinstance(kpi, Branch) and one is kpi.formula else f"{kpi.id} {at}"
            added[name], owner[name] = list(_terms(one, 1)), kpi.id
    into = _into(added)
    shared = [part for part in tree.kpis if len(into[part]) > 1]
    if not shared:
        return
    height = {kpi: at for at, level in enumerate(operands_first(tree)) for kpi in level}
    height |= {name: height[kpi] for name, kpi in owner.items()}
    for part in shared:
        if met := _meeting(part, added, into, height):
            name, count, through = met
            yield owner[name], part, count, through


def _is_sum(expr: Expr) -> bool:
    """Whether nothing but a sum: also of one KPI, or of one taken away."""
    return isinstance(expr, Name) or (isinstance(expr, Call) and expr.name in {"+", "neg"})


def _sums(expr: Expr) -> Iterator[Expr]:
    """Every sum of a formula that is not part of another one; the formula itself first."""
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        if _is_sum(one):
            yield one
        within = list(_factors(one)) if _is_sum(one) else list(_args(one))
        waiting += [arg for arg in reversed(within) if isinstance(arg, Call)]


def _factors(expr: Expr) -> Iterator[Expr]:
    """What stands in a sum and is none."""
    if not isinstance(expr, Name) and _is_sum(expr):
        for arg in _args(expr):
            yield from _factors(arg)
    else:
        yield expr


def _args(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if isinstance(expr, Call) else ()


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
) -> tuple[str, int, tuple[str, ...]] | None:
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
                return kpi, abs(counts[kpi]), tuple(through) if through != [part] else ()
        for above in {name for name, _ in into.get(kpi, ())} - counts.keys():
            counts[above] = 0
            heappush(left, (height[above], above))
    return None
