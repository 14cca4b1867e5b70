"""Targets that contradict each other, by how much, and which of them is furthest from the rest."""

from collections.abc import Callable, Iterator, Mapping

from kpitree.analysis.targets.implied import Targets, differ, looks_elsewhere
from kpitree.analysis.targets.needed import InWords, needed_operand
from kpitree.errors import Notice
from kpitree.numbers import Numbers
from kpitree.tree.expressions import names_in
from kpitree.tree.model import Branch, Node, Tree


def do_not_add_up(
    kpis: Mapping[str, Node],
    own: Targets,
    implied: Targets,
    in_words: InWords,
    furthest: Callable[[str, float], str] = lambda _kpi, _target: "",
) -> Iterator[Notice]:
    """Targets that contradict the formula, and by how much.

    in_words: how a value of a KPI is written for people. furthest: what to add about the operand
    whose target is furthest off, by the KPI and its own target (see furthest_off).
    """
    for kpi_id, given in implied.items():
        target = own.get(kpi_id)
        if given is None or target is None or not differ(given, target):
            continue
        kpi = kpis[kpi_id]
        gap = gap_in_words(kpi, given, target, in_words)
        yield Notice(
            code="targets_do_not_add_up",
            kpi=kpi_id,
            message=f"the targets under {kpi.label} give {gap}{furthest(kpi_id, target)}",
        )


def gap_in_words(kpi: Node, given: float, target: float, in_words: InWords) -> str:
    """`2.976 M, not 3.0 M: 24 k short`."""
    side = "short" if given < target else "over"
    gap = in_words(kpi, abs(given - target))
    return f"{in_words(kpi, given)}, not {in_words(kpi, target)}: {gap} {side}"


def furthest_off(
    tree: Tree,
    promised: Targets,
    constants: Targets,
    actual: Targets,
    in_words: InWords,
) -> Callable[[str, float], str]:
    """Names the operand whose target, of those that could each close the gap alone, would have to
    take the largest step: in shares of what was reached, or of the target where nothing was.

    promised: the targets that count, constants among them. actual: what was reached.
    """

    def said(kpi: str, target: float) -> str:
        node = tree.kpis[kpi]
        assert isinstance(node, Branch)
        steps = dict(_steps(tree, node, promised, constants, target))
        if not steps:
            return ""
        name = max(steps, key=lambda one: _share(steps[one], actual.get(one)))
        now, then = steps[name]
        operand = tree.kpis[name]
        by = f" ({Numbers(unit='number').percent((then - now) / abs(now))})" if now else ""
        words = f"{in_words(operand, then)} instead of {in_words(operand, now)}{by}"
        return f"; furthest off is the target of {operand.label}: {words}"

    return said


def _steps(
    tree: Tree, kpi: Branch, promised: Targets, constants: Targets, goal: float
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Operand -> its target, and the one with which the formula would give the goal."""
    names = names_in(kpi.formula)
    targets = {name: value for name in names if (value := promised.get(name)) is not None}
    if looks_elsewhere(kpi.formula) or len(targets) < len(names):
        return
    for name, now in targets.items():
        then = needed_operand(tree, kpi, name, targets, goal).value
        if name not in constants and then is not None:
            yield name, (now, then)


def _share(step: tuple[float, float], actual: float | None) -> float:
    now, then = step
    size = abs(actual or 0.0) or abs(now)
    return abs(then - now) / size if size else float("inf")
