"""All formulas between a KPI and its drivers as one straight list of steps.

Forward gives values, and how fast they change along the path; backward gives the derivative of
the KPI by every mention of every operand, all in one sweep. What does not depend on a driver
that moved is computed once, when the tape is made.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpitree.analysis.attribution.quadrature import Point
from kpitree.analysis.attribution.scope import Ends, Scope
from kpitree.analysis.functions import FUNCTIONS, Function, Undefined
from kpitree.tree.expressions import Call, Expr, ExpressionError, Flag, Name, Number, Text
from kpitree.tree.model import Branch, Tree

NO_VALUE = math.nan  # inside a tape only; it spreads by itself and costs no branch


@dataclass(frozen=True, slots=True)
class Step:
    """One call. args are slots to read; sinks take the derivative by each argument.

    A mention of another KPI is read from that KPI's slot and has a sink of its own, so that
    what flows through this mention is told from what flows through others.
    """

    function: Function
    args: tuple[int, ...]
    sinks: tuple[int, ...]
    moving: tuple[int, ...]  # positions of the arguments that change along the path
    out: int
    owner: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A mention of child in parent's formula."""

    parent: str
    child: str
    sink: int
    slot: int  # the child's


@dataclass(frozen=True, slots=True)
class Tape:
    """A compiled scope. `steps` move; all others are in `still` with their values in `start`.

    ranges: slot -> the two values of each driver that moves. degrees: by slot, as functions.py.
    """

    root: int
    size: int
    start: tuple[float, ...]
    ranges: dict[int, tuple[float, float]]
    steps: tuple[Step, ...]
    producers: dict[int, Step]
    edges: tuple[Edge, ...]
    inflows: dict[int, tuple[int, ...]]  # a KPI's slot -> the sinks of its mentions
    degrees: tuple[int | None, ...]
    slots: dict[str, int]

    def forward(self, point: Point) -> list[float]:
        """The value of every slot at a point of the path; NO_VALUE where there is none."""
        values = list(self.start)
        near_start = point.from_start <= point.from_end
        for slot, (before, after) in self.ranges.items():
            if near_start:
                values[slot] = before + point.from_start * (after - before)
            else:
                values[slot] = after - point.from_end * (after - before)
        for step in self.steps:
            values[step.out] = outcome(step.function, [values[slot] for slot in step.args])
        return values

    def flows(self, values: Sequence[float]) -> list[float]:
        """What passes each edge per unit of the path: d root / d mention x d child / dt."""
        partials, tangents = self._forward_slopes(values)
        adjoints = self._backward(partials)
        return [adjoints[edge.sink] * tangents[edge.slot] for edge in self.edges]

    def _forward_slopes(self, values: Sequence[float]) -> tuple[list[Sequence[float]], list[float]]:
        tangents = [0.0] * self.size
        for slot, (before, after) in self.ranges.items():
            tangents[slot] = after - before
        partials: list[Sequence[float]] = []
        for step in self.steps:
            found = slopes(step, values)
            partials.append(found)
            tangents[step.out] = along(step, found, tangents)
        return partials, tangents

    def _backward(self, partials: Sequence[Sequence[float]]) -> list[float]:
        adjoints = [0.0] * self.size
        adjoints[self.root] = 1.0
        for step, found in zip(reversed(self.steps), reversed(partials), strict=True):
            total = adjoints[step.out]
            for sink in self.inflows.get(step.out, ()):
                total += adjoints[sink]
            if not total:
                continue
            for position in step.moving:
                if found[position]:
                    adjoints[step.sinks[position]] += total * found[position]
        return adjoints

    def culprit(self, values: Sequence[float]) -> tuple[str, str]:
        """The KPI whose formula has no value, and the reason, when the root has none."""
        slot = self.root
        while True:
            step = self.producers[slot]
            args = [values[one] for one in step.args]
            needed = (
                range(len(args)) if step.function.needed is None else step.function.needed(args)
            )
            lacking = [step.args[i] for i in needed if math.isnan(args[i])]
            if not lacking:
                return step.owner, _reason(step.function, args)
            slot = lacking[0]


def outcome(function: Function, args: Sequence[float]) -> float:
    """The value, or NO_VALUE where an operand that is needed has none or there is none."""
    if function.needed is None and any(map(math.isnan, args)):
        return NO_VALUE
    try:
        return function.value(args)
    except Undefined:
        return NO_VALUE


def _reason(function: Function, args: Sequence[float]) -> str:
    try:
        function.value(args)
    except Undefined as undefined:
        return undefined.reason
    raise AssertionError("a step with a value was taken for one without")


def slopes(step: Step, values: Sequence[float]) -> Sequence[float]:
    """The partial derivatives at these values; NO_VALUE for a step that has none."""
    value = values[step.out]
    if math.isnan(value):
        return [NO_VALUE] * len(step.args)
    return step.function.partials([values[slot] for slot in step.args], value)


def along(step: Step, partials: Sequence[float], tangents: Sequence[float]) -> float:
    """How fast a step's value changes along the path (the chain rule).

    An operand that does not count (slope 0) may be without a value of its own.
    """
    total = 0.0
    for position in step.moving:
        if partials[position]:
            total += partials[position] * tangents[step.args[position]]
    return total


def compile_scope(tree: Tree, scope: Scope) -> Tape:
    """Compile the formulas of every KPI that the scope opens (there is at least one)."""
    writer = _Writer(scope.drivers)
    for kpi in scope.opened:
        node = tree.kpis[kpi]
        assert isinstance(node, Branch)
        writer.add(kpi, node.formula)
    return writer.tape(scope.kpi)


class _Writer:
    """Lays values out in slots, drivers first, then step by step."""

    def __init__(self, drivers: Mapping[str, Ends]) -> None:
        self.start: list[float] = []
        self.degrees: list[int | None] = []
        self.slots: dict[str, int] = {}
        self.ranges: dict[int, tuple[float, float]] = {}
        self.steps: list[Step] = []
        self.producers: dict[int, Step] = {}
        self.edges: dict[tuple[str, str], Edge] = {}
        for kpi, ends in drivers.items():
            moves = ends.before != ends.after
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
            steps=tuple(self.steps),
            producers=self.producers,
            edges=tuple(self.edges.values()),
            inflows=inflows,
            degrees=tuple(self.degrees),
            slots=self.slots,
        )
