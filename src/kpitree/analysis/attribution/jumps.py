"""Thresholds: how the leap of an if_else is shared among what its condition looks at."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from kpitree.analysis.attribution.crossings import Flip
from kpitree.analysis.attribution.quadrature import END, START, Panel, Point, total
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.attribution.switches import comparisons
from kpitree.analysis.attribution.tape import Step, Tape

ROUNDING: Final = 1e-12  # of its own size; a leap below this is none
FAR: Final = 1024.0  # widths of the bracket at which a leap must still look the same
WHY: Final = "a condition changes on the way and nothing tells what moved it"

Edges = dict[tuple[str, str], float]
Key = TypeVar("Key")
Values = Sequence[float]


@dataclass(frozen=True, slots=True)
class Carriers:
    """What carries a condition over its threshold; both add up to 1 at every cut.

    sources: slot of what moves by itself -> its share. edges: the share through each mention.
    """

    sources: dict[int, float]
    edges: Edges


def leaping(tape: Tape, flip: Flip) -> list[Step]:
    """The if_else calls that leap by themselves, not because another one leaps beneath them."""
    found: list[Step] = []
    outs: set[int] = set()
    for step in flip.steps:
        if not outs & _beneath(tape, step.args[0]):
            found.append(step)
            outs.add(step.out)
    return found


def _beneath(tape: Tape, slot: int) -> set[int]:
    """Every slot that a slot's value is made of."""
    seen, waiting = {slot}, [slot]
    while waiting:
        step = tape.producers.get(waiting.pop())
        new = [] if step is None else [one for one in step.args if one not in seen]
        seen.update(new)
        waiting += new
    return seen


# --- is it a leap --------------------------------------------------------------------------------


def is_rounding(tape: Tape, step: Step, before: Values, after: Values) -> bool:
    """Whether the two branches have the same value where the condition changes."""
    sizes = [
        abs(values[step.out])
        for values in (before, after, tape.forward(START), tape.forward(END))
        if math.isfinite(values[step.out])
    ]
    return abs(after[step.out] - before[step.out]) <= ROUNDING * max(sizes)


def is_steep(tape: Tape, step: Step, panel: Panel, before: Values, after: Values) -> bool:
    """Whether what looks like a leap is a slope without bounds, as of the square root at 0.

    A leap stays as it is seen from further off; a slope changes more there than in between.
    """
    leap = abs(after[step.out] - before[step.out])
    far = FAR * panel.width
    sides = (
        (_back(panel.start, far), before[step.out]),
        (_on(panel.end, far), after[step.out]),
    )
    moved = [abs(tape.forward(point)[step.out] - value) for point, value in sides]
    return total(one for one in moved if math.isfinite(one)) > leap


def _back(point: Point, far: float) -> Point:
    if point.from_start <= far:
        return START
    return Point(point.from_start - far, min(1.0, point.from_end + far))


def _on(point: Point, far: float) -> Point:
    if point.from_end <= far:
        return END
    return Point(min(1.0, point.from_start + far), point.from_end - far)


# --- who carried it over -------------------------------------------------------------------------


def carriers(tape: Tape, step: Step, before: Values, after: Values) -> Carriers:
    """Share the leap of an if_else by (dg / dx) dx, g being left minus right of the comparison.

    before, after: values on both sides of the threshold; slopes are averaged over the two.

    Comparisons that change at the same place have equal parts in it, each shared in this way.
    Raises IndivisibleError where the condition changes though its comparison stands still.
    """
    flipped = [one for one in comparisons(tape, step.args[0]) if before[one.out] != after[one.out]]
    if not flipped:
        raise IndivisibleError(step.owner, WHY)
    found = Carriers({}, {})
    for comparison in flipped:
        speeds = _speeds(tape, comparison, before, after, step.owner)
        add(found.sources, times(1.0 / len(flipped), speeds.sources))
        add(found.edges, times(1.0 / len(flipped), speeds.edges))
    return found


def _speeds(tape: Tape, comparison: Step, before: Values, after: Values, owner: str) -> Carriers:
    """By what, and through what, the difference of a comparison moves; in parts of its speed."""
    both = [_at(tape, comparison, values) for values in (before, after)]
    known = [one for one in both if all(map(math.isfinite, one.sources.values()))]
    sources = _sums(one.sources for one in known)
    edges = _sums(one.edges for one in known)
    speed = total(sources.values())
    if abs(speed) <= ROUNDING * total(map(abs, sources.values())):
        raise IndivisibleError(owner, WHY)
    return Carriers(times(1.0 / speed, sources), times(1.0 / speed, edges))


def _at(tape: Tape, comparison: Step, values: Values) -> Carriers:
    partials = tape.partials(values)
    left, right = comparison.sinks
    adjoints = tape.adjoints(partials, {left: 1.0, right: -1.0})
    flows = tape.through(adjoints, tape.tangents(partials, tape.speeds))
    return Carriers(
        {
            slot: by * speed if (by := tape.derivative(adjoints, slot)) else 0.0
            for slot, speed in tape.speeds.items()
        },
        {(edge.parent, edge.child): flow for edge, flow in zip(tape.edges, flows, strict=True)},
    )


def _sums(parts: Iterable[Mapping[Key, float]]) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for part in parts:
        add(found, part)
    return found


def add(sums: dict[Key, float], parts: Mapping[Key, float]) -> None:
    """Add up key by key."""
    for key, part in parts.items():
        sums[key] = sums.get(key, 0.0) + part


def times(factor: float, parts: Mapping[Key, float]) -> dict[Key, float]:
    """Each part times the same factor."""
    return {key: factor * part for key, part in parts.items()}
