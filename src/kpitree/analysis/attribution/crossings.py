"""Where along the path a function goes over to another piece: kinks, thresholds and poles.

At a kink or a threshold the path is cut, so that every piece is smooth. A pole, and a jump that
no condition explains, leave nothing to share out: the KPI whose formula it stands in becomes one
driver.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kpitree.analysis.attribution.limits import End
from kpitree.analysis.attribution.quadrature import ORDER, Panel, Point, between, points
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.attribution.switches import Gap, Regimes, Switches
from kpitree.analysis.attribution.tape import Step, Tape
from kpitree.analysis.functions import Crossing

MAX_KINKS: Final = 64
NARROW: Final = 1e-17  # of the panel; a piece this short holds nothing of a line
CLOSER: Final = 50  # halvings within which a band shows, or the lack of one


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


@dataclass(frozen=True, slots=True)
class _Place:
    point: Point
    values: list[float]
    regimes: Regimes


class Pieces:
    """Cuts panels at kinks and thresholds; raises IndivisibleError at jumps, poles and outside
    a domain.

    flips: the thresholds met so far.
    """

    def __init__(self, tape: Tape, ends: Sequence[End]) -> None:
        self.tape = tape
        self.switches = Switches(tape)
        self.ends = {end.point: end.values for end in ends}
        # Two values that are the same at both ends are so all the way, and rounding decides.
        met = [self.switches.together(end.values) for end in ends]
        self.ends_tell = self.switches.straight and not set.intersection(*met)
        self.known: dict[Point, list[float]] = {}
        self.flips: list[Flip] = []
        self.kinks = 0

    def __call__(self, panel: Panel) -> list[Panel]:
        """The smooth pieces of a panel, in the direction of the path."""
        pending, smooth = [panel], []
        while pending:
            piece = pending.pop()
            kink = self.some_kink(piece)
            if kink is None:
                smooth.append(piece)
            else:
                cut = (Panel(kink.end, piece.end), Panel(piece.start, kink.start))
                pending += [part for part in cut if part.width > NARROW * panel.width]
        return smooth

    def values(self, point: Point) -> list[float]:
        """Every slot's value, at the ends the limits where they were taken."""
        return self.ends[point] if point in self.ends else values_inside(self.tape, point)

    def place(self, point: Point) -> _Place:
        values = self.values(point)
        return _Place(point, values, self.switches.regimes(values))

    def some_kink(self, panel: Panel) -> Panel | None:
        """The narrowest bracket of a kink among, or between, the points that a rule looks at.

        What only straight lines decide shows at the ends already.
        """
        if not self.switches.steps:
            return None
        inside = () if self.ends_tell else points(panel, ORDER)
        places = [self.place(point) for point in (panel.start, *inside, panel.end)]
        pairs = list(pairwise(places))
        for first, second in pairs:
            changed = self.switches.changed(first.regimes, second.regimes)
            if changed:
                return self.bracket(first, second.point, changed[0])
        for first, second in pairs:
            beyond = self.hidden(first, second)
            if beyond is not None:
                changed = self.switches.changed(first.regimes, beyond.regimes)
                return self.bracket(first, beyond.point, changed[0])
        return None

    def bracket(self, first: _Place, beyond: Point, switch: Step) -> Panel:
        self.kinks += 1
        if self.kinks > MAX_KINKS:  # as when two operands of max() are equal but for rounding
            raise IndivisibleError(switch.owner, "its cases change too often on the way")
        panel = Panel(first.point, beyond)
        narrow = NARROW * panel.width
        while panel.width > narrow:
            middle = between(panel.start, panel.end)
            if middle in panel:
                break
            changed = self.switches.changed(first.regimes, self.place(middle).regimes)
            panel = Panel(panel.start, middle) if changed else Panel(middle, panel.end)
        self.note_flips(panel, first.regimes)
        return panel

    def note_flips(self, panel: Panel, first: Regimes) -> None:
        """Keep the conditions that change between the ends of a bracket."""
        end = self.place(panel.end)
        start = self.values(panel.start)
        flips = [
            step
            for step in reversed(self.switches.changed(first, end.regimes))
            if step.function.crossing is Crossing.THRESHOLD
            and start[step.args[0]] != end.values[step.args[0]]
        ]
        if flips:
            self.flips.append(Flip(panel, tuple(flips)))

    # --- bands that pass between two points ------------------------------------------------------

    def hidden(self, first: _Place, second: _Place) -> _Place | None:
        """A place between two of the same piece that is in another one, if the slopes tell.

        Two values that come nearer at the first place and part at the second may have met.
        Where they are convex in between they lie above both tangents, so that these rule most
        bands out at once.
        """
        for gap in self.switches.gaps(first.regimes):
            low, high = first, second
            for _ in range(CLOSER):
                middle = self.lowest(gap, low, high)
                if middle is None:
                    break
                if self.switches.changed(first.regimes, middle.regimes):
                    return middle
                size, slope = self.gap_at(gap, middle)
                low, high = (middle, high) if size * slope < 0.0 else (low, middle)
        return None

    def lowest(self, gap: Gap, first: _Place, second: _Place) -> _Place | None:
        """The place half-way, if two values may meet on the way."""
        size, slope = self.gap_at(gap, first)
        other, rise = self.gap_at(gap, second)
        if not (size * slope < 0.0 < other * rise and size * other > 0.0):
            return None
        width = Panel(first.point, second.point).width
        meet = (other - size - rise * width) / (slope - rise)
        if (size + slope * meet) * size > 0.0:
            return None
        return self.place(between(first.point, second.point))

    def gap_at(self, gap: Gap, place: _Place) -> tuple[float, float]:
        """How far apart two values are, and how fast they part."""
        speeds = self.speeds(place)
        left, right = gap
        if right is None:
            return place.values[left], speeds[left]
        return place.values[left] - place.values[right], speeds[left] - speeds[right]

    def speeds(self, place: _Place) -> list[float]:
        if place.point not in self.known:
            partials = self.tape.partials(place.values)
            self.known[place.point] = self.tape.tangents(partials, self.tape.speeds)
        return self.known[place.point]
