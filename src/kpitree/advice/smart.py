"""SMART: each KPI on its own has a meaning, a unit, an owner, a target, a rhythm and a reason."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.advice.links import unconnected
from kpitree.advice.roles import is_promised, proper_kpis
from kpitree.advice.units import units_of
from kpitree.tree.model import Node, PathTarget, Tree

LONGEST: Final = 60  # characters of a label in a message


def no_description(tree: Tree) -> Iterator[Finding]:
    """A KPI that somebody answers for says what it means."""
    return _each(tree, "KT101", lambda kpi: not kpi.description, "has no description")


def no_unit(tree: Tree) -> Iterator[Finding]:
    """It says what it is counted in, unless it surely is a count or a ratio of alike units."""
    units = units_of(tree)
    return _each(
        tree,
        "KT102",
        lambda kpi: kpi.unit == "number" and not units.of[kpi.id].is_plain,
        "has no unit",
    )


def no_owner(tree: Tree) -> Iterator[Finding]:
    """Somebody answers for it."""
    return _each(tree, "KT103", lambda kpi: not kpi.owner, "has no owner")


def no_target(tree: Tree) -> Iterator[Finding]:
    """There is something it is to meet."""
    return _each(tree, "KT104", lambda kpi: not is_promised(kpi), "has no target or range")


def no_review(tree: Tree) -> Iterator[Finding]:
    """Somebody looks at it, and it is known how often."""
    return _each(tree, "KT105", lambda kpi: not kpi.review, "has no review rhythm")


def _each(tree: Tree, code: str, lacks: Callable[[Node], bool], message: str) -> Iterator[Finding]:
    for kpi in proper_kpis(tree):
        if lacks(kpi):
            yield _about(kpi, code, f"{kpi.id} {message}")


def deadline_without_target(tree: Tree) -> Iterator[Finding]:
    """On a deadline something is to be met: the target, which is due on the same day."""
    for kpi in tree.kpis.values():
        if kpi.deadline is None:
            continue
        if not is_promised(kpi):
            message = f"{kpi.id} is due on {kpi.deadline}, and has no target to meet by then"
        elif isinstance(kpi.target, PathTarget) and kpi.target.by != kpi.deadline:
            message = f"{kpi.id} is due on {kpi.deadline}, and its target on {kpi.target.by}"
        else:
            continue
        yield _about(kpi, "KT106", message, "deadline")


def not_connected(tree: Tree) -> Iterator[Finding]:
    """Whatever it does, nothing that matters changes."""
    for kpi in unconnected(tree):
        yield _about(tree.kpis[kpi], "KT107", f"{kpi} has nothing to do with {tree.root}")


def same_label(tree: Tree) -> Iterator[Finding]:
    """Two KPIs that readers cannot tell apart; told at all but the first of the file."""
    groups: dict[str, list[str]] = defaultdict(list)
    for kpi in tree.kpis.values():
        groups[" ".join(kpi.label.casefold().split())].append(kpi.id)
    for names in groups.values():
        first, *others = names
        for name in others:
            label = tree.kpis[name].label
            short = label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"
            message = f"{name} has the same label as {first}: {short!r}"
            yield _about(tree.kpis[name], "KT108", message, "label")


def out_of_date(tree: Tree, today: date) -> Iterator[Finding]:
    """Deadlines that have passed: before today."""
    for kpi in tree.kpis.values():
        if kpi.deadline is not None and kpi.deadline < today:
            message = f"the deadline of {kpi.id} was {kpi.deadline}, before {today}"
            yield _about(kpi, "KT109", message, "deadline")
        elif isinstance(kpi.target, PathTarget) and kpi.target.by < today:
            message = f"the target of {kpi.id} was due by {kpi.target.by}, before {today}"
            yield _about(kpi, "KT109", message, "target", "by")


def _about(kpi: Node, code: str, message: str, *key: str) -> Finding:
    return Finding(code=code, message=message, key=("kpi", kpi.id, *key), kpi=kpi.id)
