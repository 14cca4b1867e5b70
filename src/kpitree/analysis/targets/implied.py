"""What the targets of operands give for the KPIs that are computed from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpitree.analysis.functions import FUNCTIONS, Undefined, evaluate
from kpitree.tree.expressions import OVER_TIME, Expr, calls_in, names_in
from kpitree.tree.model import Branch, Node

SAME = 1e-4  # relative difference between two targets that is not worth a word

Targets = Mapping[str, float | None]


def differ(one: float, other: float) -> bool:
    """Whether two targets contradict each other."""
    return abs(one - other) > SAME * max(abs(one), abs(other))


@dataclass(frozen=True, slots=True)
class Formula:
    """A KPI's formula, looked through once for all periods and segments.

    names: its operands. elsewhere: whether it is about other periods too. all_needed: whether it
    has no value as soon as one operand has none, as without coalesce() and if_else().
    """

    kpi: str
    expr: Expr
    names: frozenset[str]
    elsewhere: bool
    all_needed: bool

    def value(self, targets: Targets) -> float | None:
        """What targets of its operands give; None where they are too few, or impossible."""
        if self.elsewhere:
            return None
        if self.all_needed and any(targets.get(name) is None for name in self.names):
            return None
        try:
            return evaluate(self.expr, targets)
        except Undefined:
            return None


def formulas_of(generations: Iterable[Sequence[Node]]) -> tuple[Formula, ...]:
    """The formulas among KPIs, in their order: operands first."""
    return tuple(
        _formula(kpi) for generation in generations for kpi in generation if isinstance(kpi, Branch)
    )


def _formula(kpi: Branch) -> Formula:
    elsewhere = looks_elsewhere(kpi.formula)
    return Formula(
        kpi=kpi.id,
        expr=kpi.formula,
        names=frozenset(names_in(kpi.formula)),
        elsewhere=elsewhere,
        all_needed=elsewhere
        or all(FUNCTIONS[call.name].needed is None for call in calls_in(kpi.formula)),
    )


def implied_targets(
    formulas: Sequence[Formula], own: Targets, constants: Targets
) -> dict[str, float | None]:
    """What the operands' targets give, for every formula whose operands all have one.

    formulas: operands first. An operand without a target of its own counts with the one it
    implies; a constant is its own target, and a formula of nothing but constants has none.
    Formulas over other periods (prev and its kin) imply nothing.
    """
    unpromised = fixed(formulas, constants)
    effective = {**unpromised, **{kpi: one for kpi, one in own.items() if one is not None}}
    implied: dict[str, float | None] = {}
    for formula in formulas:
        kpi = formula.kpi
        implied[kpi] = None if kpi in unpromised else formula.value(effective)
        effective.setdefault(kpi, implied[kpi])
    return implied


def fixed(formulas: Iterable[Formula], constants: Targets) -> dict[str, float | None]:
    """The constants, and what formulas of nothing but them give: values that nobody promises."""
    found = dict(constants)
    for formula in formulas:
        if found.keys() >= formula.names:
            found[formula.kpi] = formula.value(found)
    return found


def looks_elsewhere(formula: Expr) -> bool:
    """Whether a formula is about other periods too."""
    return any(call.name in OVER_TIME for call in calls_in(formula))
