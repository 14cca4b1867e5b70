"""Where along the path a function goes over to another piece: kinks, thresholds and poles.

At a kink or a threshold the path is cut, so that every piece is smooth. A pole, and a jump that
no condition explains, leave nothing to share out: the KPI whose formula it stands in becomes one
driver.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kpitree.analysis.attribution.limits import End
from kpitree.analysis.attribution.quadrature import ORDER, Panel, Point, between, points
from kpitree.analysis.attribution.tape import Step, Tape
from kpitree.analysis.functions import Crossing

MAX_KINKS: Final = 64
NARROW: Final = 1e-15  # of the panel; a piece this short holds nothing of a line
WHY: Final = {
    Crossing.POLE: "a denominator crosses 0 on the way",
    Crossing.JUMP: "a condition changes on the way",
}

Regimes = tuple[int | None, ...]


class IndivisibleError(Exception):
    """One KPI cannot be split into its operands along this path, and why."""

    def __init__(self, kpi: str, why: str) -> None:
        super().__init__(f"{kpi}: {why}")
        self.kpi = kpi
        self.why = why


def values_inside(tape: Tape, point: Point) -> list[float]:
    """Every slot's value between the ends; raises IndivisibleError where the root has none."""
    values = tape.forward(point)
    if math.isnan(values[tape.root]):
        owner, reason = tape.culprit(values)
        raise IndivisibleError(owner, f"{reason} on the way")
    return values


@dataclass(frozen=True, slots=True)
class Flip:
    """Conditions that change at one place: its narrowest bracket, and the calls of if_else that
    go over to their other branch, operands first.
    """

    panel: Panel
    steps: tuple[Step, ...]


class Pieces:
    """Cuts panels at kinks and thresholds; raises IndivisibleError at jumps, poles and outside
    a domain.

    flips: the thresholds met so far.
    """

    def __init__(self, tape: Tape, ends: Sequence[End]) -> None:
        self.tape = tape
        self.switches = tuple(step for step in tape.steps if step.function.regime is not None)
        self.ends = {end.point: end.values for end in ends}
        self.at_ends = {end.point: self.regimes_of(end.values) for end in ends}
        self.flips: list[Flip] = []
        self.kinks = 0

    def __call__(self, panel: Panel) -> list[Panel]:
        """The smooth pieces of a panel, in the direction of the path."""
        pending, smooth = [panel], []
        while pending:
            piece = pending.pop()
            kink = self.first_kink(piece)
            if kink is None:
                smooth.append(piece)
            else:
                cut = (Panel(kink.end, piece.end), Panel(piece.start, kink.start))
                pending += [part for part in cut if part.width > NARROW * panel.width]
        return smooth

    def first_kink(self, panel: Panel) -> Panel | None:
        """The narrowest bracket of the first kink among the points that a rule looks at."""
        if not self.switches:
            return None
        places = [panel.start, *points(panel, ORDER), panel.end]
        found = [self.regimes(place) for place in places]
        for i in range(len(places) - 1):
            changed = self.changed(found[i], found[i + 1])
            if changed:
                self.kinks += 1
                if self.kinks > MAX_KINKS:  # as when two operands of max() are equal all the way
                    raise IndivisibleError(
                        changed[0].owner, "its cases change too often on the way"
                    )
                return self.bracket(Panel(places[i], places[i + 1]), found[i])
        return None

    def bracket(self, panel: Panel, first: Regimes) -> Panel:
        narrow = NARROW * panel.width
        while panel.width > narrow:
            middle = between(panel.start, panel.end)
            if middle in panel:
                break
            beyond = self.changed(first, self.regimes(middle))
            panel = Panel(panel.start, middle) if beyond else Panel(middle, panel.end)
        changed = self.changed(first, self.regimes(panel.end))
        flips = [step for step in changed if step.function.crossing is Crossing.THRESHOLD]
        if flips:
            self.flips.append(Flip(panel, tuple(reversed(flips))))
        return panel

    def values(self, point: Point) -> list[float]:
        """Every slot's value, at the ends the limits where they were taken."""
        return self.ends[point] if point in self.ends else values_inside(self.tape, point)

    def regimes(self, point: Point) -> Regimes:
        if point in self.at_ends:
            return self.at_ends[point]
        return self.regimes_of(values_inside(self.tape, point))

    def regimes_of(self, values: Sequence[float]) -> Regimes:
        """The piece each switch is in; None where nothing that counts asks for its value."""
        if not self.switches:
            return ()
        wanted = [False] * self.tape.size
        wanted[self.tape.root] = True
        found: list[int | None] = []
        for step in reversed(self.tape.steps):
            if not wanted[step.out]:
                if step.function.regime is not None:
                    found.append(None)
                continue
            found += self.regime_of(step, values, wanted)
        return tuple(reversed(found))

    def regime_of(
        self, step: Step, values: Sequence[float], wanted: list[bool]
    ) -> list[int | None]:
        function = step.function
        args = [values[slot] for slot in step.args]
        needed = range(len(args)) if function.needed is None else function.needed(args)
        for position in needed:
            wanted[step.args[position]] = True
        if function.regime is None:
            return []
        return [None if math.isnan(values[step.out]) else function.regime(args)]

    def changed(self, first: Regimes, second: Regimes) -> list[Step]:
        """The kinks and thresholds that lie between, the one nearest the root first; raises
        IndivisibleError at a jump or pole.

        When the switch nearest the root goes over, those under it may no longer count.
        """
        found: list[Step] = []
        for step, one, other in reversed(list(zip(self.switches, first, second, strict=True))):
            if one is None or other is None or one == other:
                continue
            kind = step.function.crossing
            if kind in WHY and (kind is not Crossing.POLE or (one and other)):
                raise IndivisibleError(step.owner, WHY[kind])
            if kind not in WHY:  # 0 / 0 at an end is no crossing
                found.append(step)
        return found
