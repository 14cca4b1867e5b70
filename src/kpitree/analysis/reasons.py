"""Why a cell has no value: found afterwards, only for the cells shown, by walking the formulas."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kpitree.analysis.functions import Undefined, evaluate, first_lacking
from kpitree.analysis.leaves import LeafPlan
from kpitree.analysis.moments import Coverage
from kpitree.analysis.nodes import looked_up_column
from kpitree.calendar import Span
from kpitree.tree.expressions import OVER_TIME, Call, Name, walk
from kpitree.tree.model import Branch, Constant, Leaf, Node

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
        """The reason, in words, why a KPI is null in this row of VALUES (parts included).

        It names the KPI in which the trouble begins, however far down it is.
        """
        node = self.kpis[kpi]
        named = ""
        while isinstance(node, Branch) and node.measured is None:
            culprit, reason = self._culprit(node, row)
            if culprit is None:
                return named + reason
            node = self.kpis[culprit]
            named = f"{node.label}: "
        match node:
            case Constant():
                return named + (self.assumed(node, span) or "no value")
            case Branch(measured=Leaf(id=measured)):
                return named + self._leaf(self.leaves[measured], row, span)
            case _:
                return named + self._leaf(self.leaves[node.id], row, span)

    def _culprit(self, node: Branch, row: Row) -> tuple[str | None, str]:
        """The operand for want of which a formula has no value, or None and the reason."""
        if (lacking := first_lacking(node.formula, row)) is not None:
            return lacking, ""
        try:
            evaluate(node.formula, row, lambda call: row.get(looked_up_column(call)))
        except Undefined as undefined:
            match next((one for one in walk(node.formula) if one.at == undefined.at), None):
                case Name(id=operand):
                    return operand, ""
                case Call(name=name, args=(Name(id=operand), *_)) if name in OVER_TIME:
                    if row.get(operand) is None and name != "prev":
                        return operand, ""
                    return None, f"{self.kpis[operand].label}: no value in an earlier period"
            return None, undefined.reason
        return None, "no value"

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
