"""From formulas to a tape."""

from collections.abc import Mapping

from kpitree.analysis.attribution.scope import Ends, Scope
from kpitree.analysis.attribution.tape import NO_VALUE, Edge, Step, Tape, differences, outcome
from kpitree.analysis.functions import FUNCTIONS
from kpitree.tree.expressions import Call, Expr, ExpressionError, Flag, Name, Number, Text
from kpitree.tree.model import Branch, Tree


def compile_scope(tree: Tree, scope: Scope, *, every: bool = False) -> Tape:
    """Compile the formulas of every KPI that the scope opens (there is at least one).

    every: keep drivers that did not move among what moves, so that their slopes can be asked for.
    """
    writer = _Writer(scope.drivers, every=every)
    for kpi in scope.opened:
        node = tree.kpis[kpi]
        assert isinstance(node, Branch)
        writer.add(kpi, node.formula)
    return writer.tape(scope.kpi)


class _Writer:
    """Lays values out in slots, drivers first, then step by step."""

    def __init__(self, drivers: Mapping[str, Ends], *, every: bool) -> None:
        self.start: list[float] = []
        self.degrees: list[int | None] = []
        self.slots: dict[str, int] = {}
        self.ranges: dict[int, tuple[float, float]] = {}
        self.steps: list[Step] = []
        self.producers: dict[int, Step] = {}
        self.edges: dict[tuple[str, str], Edge] = {}
        for kpi, ends in drivers.items():
            moves = every or ends.before != ends.after
            self.slots[kpi] = slot = self.slot(ends.before, 1 if moves else 0)
            if moves:
                self.ranges[slot] = (ends.before, ends.after)

    def slot(self, value: float, degree: int | None) -> int:
        self.start.append(value)
        self.degrees.append(degree)
        return len(self.start) - 1

    def add(self, kpi: str, formula: Expr) -> None:
        # A formula that is a bare name or number becomes a sum of one, to have a slot of its own.
        call = formula if isinstance(formula, Call) else Call("+", (formula,))
        self.slots[kpi] = self.write(call, kpi)[0]

    def write(self, expr: Expr, owner: str) -> tuple[int, int]:
        """The slot that holds an expression's value, and the one that takes its derivative."""
        match expr:
            case Number(value=value) | Flag(value=value):
                slot = self.slot(float(value), 0)
                return slot, slot
            case Name(id=child):
                return self.slots[child], self.mention(owner, child)
            case Call():
                slot = self.call(expr, owner)
                return slot, slot
            case Text():
                raise ExpressionError("a text has no place among numbers", expr.at)

    def mention(self, parent: str, child: str) -> int:
        if (parent, child) not in self.edges:
            sink = self.slot(0.0, 0)
            self.edges[parent, child] = Edge(parent, child, sink, self.slots[child])
        return self.edges[parent, child].sink

    def call(self, call: Call, owner: str) -> int:
        function = FUNCTIONS[call.name]
        args, sinks = zip(*[self.write(arg, owner) for arg in call.args], strict=True)
        moving = tuple(position for position, slot in enumerate(args) if self.degrees[slot] != 0)
        values = [self.start[slot] for slot in args]
        if moving:
            degree = function.degree([self.degrees[slot] for slot in args], values)
            out = self.slot(NO_VALUE, degree if degree != 0 else 1)
        else:
            out = self.slot(outcome(function, values), 0)
        step = Step(function, args, sinks, moving, out, owner)
        self.producers[out] = step
        if moving:
            self.steps.append(step)
        return out

    def tape(self, root: str) -> Tape:
        inflows: dict[int, tuple[int, ...]] = {}
        for edge in self.edges.values():
            inflows[edge.slot] = (*inflows.get(edge.slot, ()), edge.sink)
        return Tape(
            root=self.slots[root],
            size=len(self.start),
            start=tuple(self.start),
            ranges=self.ranges,
            speeds=differences(self.ranges),
            steps=tuple(self.steps),
            producers=self.producers,
            edges=tuple(self.edges.values()),
            inflows=inflows,
            degrees=tuple(self.degrees),
            slots=self.slots,
        )
