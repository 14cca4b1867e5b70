"""What the targets of operands give for the KPIs that are computed from them."""

from collections.abc import Mapping, Sequence

from kpitree.analysis.functions import Undefined, evaluate
from kpitree.tree.expressions import OVER_TIME, Expr, calls_in, names_in
from kpitree.tree.model import Branch, Node

SAME = 1e-4  # relative difference between two targets that is not worth a word

Targets = Mapping[str, float | None]


def differ(one: float, other: float) -> bool:
    """Whether two targets contradict each other."""
    return abs(one - other) > SAME * max(abs(one), abs(other))


def implied_targets(
    generations: Sequence[Sequence[Node]], own: Targets, constants: Targets
) -> dict[str, float | None]:
    """What the operands' targets give, for every formula whose operands all have one.

    An operand without a target of its own counts with the one it implies; a constant is its
    own target, and a formula of nothing but constants has none. Formulas over other periods
    (prev and its kin) imply nothing.
    """
    implied: dict[str, float | None] = {}
    effective = fixed(generations, constants)
    for kpi in (kpi for generation in generations for kpi in generation):
        if isinstance(kpi, Branch):
            fixed_one = kpi.id in effective
            implied[kpi.id] = None if fixed_one else _value(kpi.formula, effective)
            effective.setdefault(kpi.id, implied[kpi.id])
        if own.get(kpi.id) is not None:
            effective[kpi.id] = own[kpi.id]
    return implied


def fixed(generations: Sequence[Sequence[Node]], constants: Targets) -> dict[str, float | None]:
    """The constants, and what formulas of nothing but them give: values that nobody promises."""
    found = dict(constants)
    for kpi in (kpi for generation in generations for kpi in generation):
        if isinstance(kpi, Branch) and found.keys() >= set(names_in(kpi.formula)):
            found[kpi.id] = _value(kpi.formula, found)
    return found


def _value(formula: Expr, targets: Targets) -> float | None:
    if looks_elsewhere(formula):
        return None
    try:
        return evaluate(formula, targets)
    except Undefined:
        return None


def looks_elsewhere(formula: Expr) -> bool:
    """Whether a formula is about other periods too."""
    return any(call.name in OVER_TIME for call in calls_in(formula))
