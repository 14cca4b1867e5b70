"""All formulas between a KPI and its drivers as one straight list of steps.

Forward gives values, and how fast they change along the path; backward gives the derivative of
the KPI by every mention of every operand, all in one sweep. What does not depend on what moves
is computed once, when the tape is made.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpitree.analysis.attribution.quadrature import Point
from kpitree.analysis.functions import Function, Undefined

NO_VALUE = math.nan  # inside a tape only; it spreads by itself and costs no branch

Partials = Sequence[Sequence[float]]


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
    """A compiled scope. `steps` move; all others have their values in `start`.

    ranges: slot -> the two values of what moves by itself: drivers, and (on the way over a
        threshold) the outcome of a step, in `leaping`.
    speeds: slot -> how fast it moves per unit of the path. Over a threshold the two values of a
        driver differ by rounding, and only this tells how it moves beside the others.
    edges: the mentions of what moves, and of anything else as long as nobody narrowed the tape.
    degrees: by slot, as functions.py.
    """

    root: int
    size: int
    start: tuple[float, ...]
    ranges: dict[int, tuple[float, float]]
    speeds: dict[int, float]
    steps: tuple[Step, ...]
    producers: dict[int, Step]
    edges: tuple[Edge, ...]
    inflows: dict[int, tuple[int, ...]]  # a KPI's slot -> the sinks of its mentions
    degrees: tuple[int | None, ...]
    slots: dict[str, int]
    leaping: tuple[int, ...] = ()

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

    def partials(self, values: Sequence[float]) -> Partials:
        """The slopes of every step at these values."""
        return [slopes(step, values) for step in self.steps]

    def tangents(self, partials: Partials, speeds: Mapping[int, float]) -> list[float]:
        """How fast every slot changes per unit of the path at these speeds."""
        found = [0.0] * self.size
        for slot, speed in speeds.items():
            found[slot] = speed
        for step, by_args in zip(self.steps, partials, strict=True):
            found[step.out] = along(step, by_args, found)
        return found

    def adjoints(self, partials: Partials, seeds: Mapping[int, float]) -> list[float]:
        """The derivative of what the seeds weigh up, by every sink and every step's outcome."""
        found = [0.0] * self.size
        for slot, seed in seeds.items():
            found[slot] += seed
        for step, by_args in zip(reversed(self.steps), reversed(partials), strict=True):
            total = self.derivative(found, step.out)
            if not total:
                continue
            for position in step.moving:
                if by_args[position]:
                    found[step.sinks[position]] += total * by_args[position]
        return found

    def derivative(self, adjoints: Sequence[float], slot: int) -> float:
        """By what is in a slot, through all of its mentions."""
        total = adjoints[slot]
        for sink in self.inflows.get(slot, ()):
            total += adjoints[sink]
        return total

    def through(self, adjoints: Sequence[float], tangents: Sequence[float]) -> list[float]:
        """What passes each edge per unit of the path: d root / d mention x d child / dt."""
        return [
            adjoints[edge.sink] * tangents[edge.slot] if adjoints[edge.sink] else 0.0
            for edge in self.edges
        ]

    def flows(self, values: Sequence[float]) -> list[float]:
        """What passes each edge.

        Over a threshold: what drivers send through it, then what leaping outcomes do, then what
        comes from each of `leaping`.
        """
        partials = self.partials(values)
        adjoints = self.adjoints(partials, {self.root: 1.0})
        if not self.leaping:
            return self.through(adjoints, self.tangents(partials, self.speeds))
        changes = differences(self.ranges)  # not the speeds: flows close on the values, to rounding
        leaps = {slot: changes.pop(slot) for slot in self.leaping}
        return [
            *self.through(adjoints, self.tangents(partials, changes)),
            *self.through(adjoints, self.tangents(partials, leaps)),
            *(self.derivative(adjoints, slot) * change for slot, change in leaps.items()),
        ]

    def narrowed(
        self,
        values: Sequence[float],
        ranges: Mapping[int, tuple[float, float]],
        speeds: Mapping[int, float] | None = None,
    ) -> "Tape":
        """The same formulas where only these slots move, and all else is as in `values`."""
        degrees: list[int | None] = [0] * self.size
        moving = [False] * self.size
        for slot in ranges:
            degrees[slot], moving[slot] = 1, True
        steps: list[Step] = []
        for step in self.steps:
            positions = tuple(i for i, slot in enumerate(step.args) if moving[slot])
            if not positions or step.out in ranges:
                continue
            args = [values[slot] for slot in step.args]
            degree = step.function.degree([degrees[slot] for slot in step.args], args)
            degrees[step.out], moving[step.out] = degree if degree != 0 else 1, True
            steps.append(replace(step, moving=positions))
        return replace(
            self,
            start=tuple(values),
            ranges=dict(ranges),
            speeds=differences(ranges) if speeds is None else dict(speeds),
            steps=tuple(steps),
            edges=tuple(edge for edge in self.edges if moving[edge.slot]),
            degrees=tuple(degrees),
            leaping=tuple(slot for slot in ranges if slot in self.producers),
        )

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


def differences(ranges: Mapping[int, tuple[float, float]]) -> dict[int, float]:
    """How far each slot moves."""
    return {slot: after - before for slot, (before, after) in ranges.items()}


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
