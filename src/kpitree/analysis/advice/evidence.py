"""What the rules that take data look at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kpitree.analysis.lead import Lead
from kpitree.errors import Notice
from kpitree.tree.model import Kpi, Tree

Series = Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A tree, and what its KPIs were in the latest whole periods, oldest first.

    periods: their labels. values, targets, formulas: KPI -> one figure a period, in the KPI's
        unit: what it was; the target of its own; what its formula gives, of those with `measured`.
    reasons: KPI -> why it has no value in the latest period.
    beginning: KPIs whose rows only begin within the one period that there is.
    contradictions: targets of the latest period that do not add up.
    state: every KPI's value in the latest period.
    leads: each KPI with each one that it is said to lead.
    in_words: how a value of a KPI is written for people.
    """

    tree: Tree
    periods: Sequence[str]
    values: Mapping[str, Series]
    targets: Mapping[str, Series]
    in_words: Callable[[Kpi, float], str]
    formulas: Mapping[str, Series] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    beginning: Collection[str] = ()
    contradictions: Sequence[Notice] = ()
    state: Mapping[str, float | None] = field(default_factory=dict)
    leads: Sequence[Lead] = ()
