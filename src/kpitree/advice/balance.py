"""The tree as a whole: few KPIs each, leading beside lagging ones, levers, counterweights."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.advice.dimensions import is_time
from kpitree.advice.links import under_root
from kpitree.advice.roles import Role, counterweights, is_promised, proper_kpis, role_of
from kpitree.tree.expressions import Call
from kpitree.tree.graph import parents
from kpitree.tree.model import Branch, DataTarget, Leaf, Node, Tree

MOST: Final = 5  # KPIs that one owner or department can keep in view
_RHYTHMS: Final = ("daily", "weekly", "monthly", "quarterly", "yearly")


def too_many_for_owner(tree: Tree) -> Iterator[Finding]:
    """Who answers for everything answers for nothing."""
    owners = Counter(kpi.owner for kpi in proper_kpis(tree) if kpi.owner)
    return _too_many("KT201", owners)


def too_many_for_department(tree: Tree) -> Iterator[Finding]:
    """A department with twenty key figures has none."""
    departments = Counter(kpi.department for kpi in proper_kpis(tree) if kpi.department)
    return _too_many("KT202", departments)


def _too_many(code: str, counts: Counter[str]) -> Iterator[Finding]:
    for name, count in sorted(counts.items()):
        if count > MOST:
            yield Finding(code=code, message=f"{count} KPIs for {name!r}, more than {MOST}")


def no_leading(tree: Tree) -> Iterator[Finding]:
    """Something moves before the goal does."""
    leading = any(kpi.indicator == "leading" or kpi.leads for kpi in tree.kpis.values())
    if _has_drivers(tree) and not leading:
        none = _none_of(len(tree.kpis))
        yield Finding(code="KT203", message=f"{none} is a leading indicator")


def nothing_controllable(tree: Tree) -> Iterator[Finding]:
    """Somebody can move the goal."""
    under = under_root(tree)
    if _has_drivers(tree) and not any(tree.kpis[one].controllable for one in under):
        message = f"{_none_of(len(under))} under {tree.root} is controllable"
        yield Finding(code="KT204", message=message)


def _none_of(count: int) -> str:
    return f"none of the {count} KPIs" if count > 1 else "no KPI"


def _has_drivers(tree: Tree) -> bool:
    return isinstance(tree.kpis[tree.root], Branch)


def no_counterweight(tree: Tree) -> Iterator[Finding]:
    """What is easily met at the cost of something else has that something watched.

    Guardrails and counterweights are that something: one of their own would have no end.
    """
    watched = counterweights(tree)
    for kpi in proper_kpis(tree):
        if kpi.id == tree.root or kpi.target is None or kpi.counterweight is not None:
            continue
        if kpi.id in watched or role_of(tree, kpi) is Role.GUARDRAIL:
            continue
        if how := _how_gamed(kpi):
            message = f"{kpi.id} is {how} with a target, and has no counterweight"
            yield Finding(code="KT205", message=message, key=("kpi", kpi.id), kpi=kpi.id)


def _how_gamed(kpi: Node) -> str:
    """What makes it easy to game; "" where it is not known to be."""
    if kpi.unit == "percent":
        return "a rate"
    if is_time(kpi.unit) and kpi.direction == "down":
        return "a duration"
    if isinstance(kpi, Leaf) and kpi.controllable and _is_count(kpi):
        return "a count that somebody controls"
    return ""


def _is_count(leaf: Leaf) -> bool:
    return isinstance(leaf.measure, Call) and leaf.measure.name in {"count", "n_unique"}


def leads_nothing(tree: Tree) -> Iterator[Finding]:
    """A leading indicator leads something."""
    operands = {name for kpi in tree.kpis for name in tree.operands(kpi)}
    for kpi in tree.kpis.values():
        if kpi.indicator == "leading" and not kpi.leads and kpi.id not in operands:
            message = f"{kpi.id} is a leading indicator, and names nothing that it leads"
            key = ("kpi", kpi.id, "indicator")
            yield Finding(code="KT206", message=message, key=key, kpi=kpi.id)


def idle_counterweight(tree: Tree) -> Iterator[Finding]:
    """A counterweight tells when it is pushed aside."""
    for kpi in tree.kpis.values():
        if kpi.counterweight is not None and not is_promised(tree.kpis[kpi.counterweight]):
            message = f"{kpi.counterweight}, the counterweight of {kpi.id}, has no target or range"
            key = ("kpi", kpi.id, "counterweight")
            yield Finding(code="KT207", message=message, key=key, kpi=kpi.id)


def late_lead(tree: Tree) -> Iterator[Finding]:
    """What comes first is looked at first. A leading operand leads what it is an operand of."""
    feeds = parents(tree)
    for kpi in tree.kpis.values():
        above = feeds[kpi.id] if kpi.indicator == "leading" else ()
        for name in dict.fromkeys((*kpi.leads, *above)):
            review = tree.kpis[name].review
            if kpi.review and review and _RHYTHMS.index(kpi.review) > _RHYTHMS.index(review):
                message = f"{kpi.id} is reviewed {kpi.review}, and {name}, which it leads, {review}"
                key = ("kpi", kpi.id, "review")
                yield Finding(code="KT208", message=message, key=key, kpi=kpi.id)


def unused_source(tree: Tree) -> Iterator[Finding]:
    """Rows that nothing is counted from."""
    used: set[str] = set()
    for kpi in tree.kpis.values():
        match kpi:
            case Leaf(source=source) | Branch(measured=Leaf(source=source)):
                used.add(source)
        if isinstance(kpi.target, DataTarget):
            used.add(kpi.target.plan.source)
    for name in tree.sources:
        if name not in used:
            message = f"no KPI and no plan is about the source {name}"
            yield Finding(code="KT209", message=message, key=("sources", name), source=name)
