"""Why a cell has no value: found afterwards, only for the cells shown, by walking the formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpitree.analysis.functions import Undefined, evaluate
from kpitree.analysis.leaves import LeafPlan
from kpitree.analysis.moments import Coverage
from kpitree.calendar import Span
from kpitree.tree.expressions import OVER_TIME, calls_in, names_in
from kpitree.tree.model import Branch, Constant, Node

Row = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Everything needed to say why.

    leaves: leaf KPI -> its plan; coverage: source -> its days; assumed: why a constant has no
    value in a span.
    """

    kpis: Mapping[str, Node]
    leaves: Mapping[str, LeafPlan]
    coverage: Mapping[str, Coverage]
    assumed: Callable[[Constant, Span], str | None]

    def why(self, kpi: str, row: Row, span: Span) -> str:
        """The reason, in words, why a KPI is null in this row of VALUES (parts included)."""
        node = self.kpis[kpi]
        match node:
            case Branch():
                return self._formula(node, row, span)
            case Constant():
                return self.assumed(node, span) or "no value"
            case _:
                return self._leaf(self.leaves[kpi], row, span)

    def _formula(self, node: Branch, row: Row, span: Span) -> str:
        if any(call.name in OVER_TIME for call in calls_in(node.formula)):
            return "a period that the formula looks back to has no value"
        for operand in names_in(node.formula):
            if row.get(operand) is None and self._matters(node, operand, row):
                return f"{self.kpis[operand].label}: {self.why(operand, row, span)}"
        try:
            evaluate(node.formula, row)
        except Undefined as undefined:
            return str(undefined)
        return "no value"

    def _matters(self, node: Branch, operand: str, row: Row) -> bool:
        """Whether the formula lacks a value for want of this operand's; coalesce may not mind."""
        try:
            evaluate(node.formula, row)
        except Undefined:
            return operand in names_in(node.formula)
        return False

    def _leaf(self, leaf: LeafPlan, row: Row, span: Span) -> str:
        coverage = self.coverage[leaf.source]
        if span.start < coverage.first:
            return f"the data of {leaf.source} starts {coverage.first.isoformat()}"
        if not coverage.covers(span):
            return f"the data of {leaf.source} ends {coverage.last.isoformat()}"
        if any(row.get(column) is None for column in leaf.columns):
            return "no rows with a value"
        try:
            evaluate(leaf.over_columns, row)
        except Undefined as undefined:
            return str(undefined)
        return "no value"
