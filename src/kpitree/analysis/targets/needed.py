"""The target that one operand would need, for a formula to give its own target with the others."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kpitree.analysis.attribution.compiling import compile_scope
from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.scope import Ends, Scope
from kpitree.analysis.goalseek import Needed, needed
from kpitree.analysis.targets.implied import Targets, differ, looks_elsewhere
from kpitree.tree.expressions import names_in
from kpitree.tree.model import Branch, Node, Tree

InWords = Callable[[Node, float], str]  # a value of a KPI, as people write it


def needed_operand(
    tree: Tree, kpi: Branch, operand: str, targets: Mapping[str, float], goal: float
) -> Needed:
    """What one operand of a formula would have to be for it to give `goal`.

    targets: a value for every operand; the one in question begins the search, and of several
    answers the nearest to it is taken.
    """
    drivers = {name: Ends(before=value, after=value) for name, value in targets.items()}
    scope = Scope(kpi=kpi.id, order=(), opened=(kpi.id,), drivers=drivers)
    tape = compile_scope(tree, scope, every=True)
    free = tape.narrowed(tape.forward(START), {tape.slots[operand]: (0.0, 0.0)})
    return needed(tree, kpi.id, operand, free, targets[operand], goal)


@dataclass(frozen=True, slots=True)
class Needs:
    """KPI -> the target it would need, and the KPI for whose sake; or why it has none."""

    values: dict[str, float] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def needed_targets(
    tree: Tree,
    kpis: Sequence[Node],
    promised: Targets,
    lacking: Sequence[str],
    actual: Targets,
    in_words: InWords,
) -> Needs:
    """The target of each KPI that alone lacks one among what a formula with a target names.

    kpis: operands first. promised: targets of their own, implied ones, and constants. lacking: the
    KPIs that may have one of this kind. What is found counts as the target of a formula further
    down, and never as an operand's: it promises nothing. actual: what was reached, where the
    search begins. Where formulas need different ones, or one that cannot be, there is none.
    """
    needs = Needs()
    asking = _asking(kpis, promised, set(lacking))
    for child in [kpi for kpi in reversed(kpis) if kpi.id in asking]:  # formulas before operands
        asked = {
            parent.id: needed_operand(
                tree, parent, child.id, _state(parent, child, promised, actual), goal
            )
            for parent in asking[child.id]
            if (goal := _goal(parent, promised, needs)) is not None
        }
        if asked:
            _settle(needs, tree, child, asked, in_words)
    return needs


def _asking(kpis: Sequence[Node], promised: Targets, lacking: set[str]) -> dict[str, list[Branch]]:
    """KPI -> the formulas in which it alone has no target."""
    found: dict[str, list[Branch]] = {}
    for kpi in kpis:
        if isinstance(kpi, Branch):
            missing = [one for one in names_in(kpi.formula) if promised.get(one) is None]
            alone = len(missing) == 1 and missing[0] in lacking
            if alone and not looks_elsewhere(kpi.formula):
                found.setdefault(missing[0], []).append(kpi)
    return found


def _goal(parent: Branch, promised: Targets, needs: Needs) -> float | None:
    own = promised.get(parent.id)
    return needs.values.get(parent.id) if own is None else own


def _state(parent: Branch, child: Node, promised: Targets, actual: Targets) -> dict[str, float]:
    """The targets of the operands, and what the child was (1 where that is not known)."""
    start = actual.get(child.id)
    state = {child.id: 1.0 if start is None else start}
    return state | {
        name: value
        for name in names_in(parent.formula)
        if (value := promised.get(name)) is not None
    }


def _settle(
    needs: Needs, tree: Tree, child: Node, asked: Mapping[str, Needed], in_words: InWords
) -> None:
    reason = next(_objections(tree, child, asked, in_words), None)
    if reason is not None:
        needs.reasons[child.id] = reason
        return
    parent, found = next(iter(asked.items()))
    assert found.value is not None
    needs.values[child.id] = found.value
    needs.by[child.id] = parent


def _objections(
    tree: Tree, child: Node, asked: Mapping[str, Needed], in_words: InWords
) -> Iterator[str]:
    """Why no target follows from what the formulas above need."""
    for parent, found in asked.items():
        label = tree.kpis[parent].label
        if found.value is None:
            yield found.reason or "no value"
        elif "beyond_100" in found.flags:
            needs = in_words(child, found.value)
            yield f"{label} would reach its target with {needs}, which it cannot be"
    (first, one), *others = ((parent, found.value) for parent, found in asked.items())
    for other, value in others:
        if one is not None and value is not None and differ(one, value):
            values = f"{in_words(child, one)} and {in_words(child, value)}"
            labels = f"{tree.kpis[first].label} and {tree.kpis[other].label}"
            yield f"{labels} would need different ones: {values}"
