"""Where along the path a function goes over to another piece: kinks, thresholds and poles.

At a kink or a threshold the path is cut, so that every piece is smooth. A pole, and a jump that
no condition explains, leave nothing to share out: the KPI whose formula it stands in becomes one
driver.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kpitree.analysis.attribution.limits import End
from kpitree.analysis.attribution.quadrature import ORDER, Panel, Point, between, points
from kpitree.analysis.attribution.scope import IndivisibleError
from kpitree.analysis.attribution.switches import Gap, Regimes, Switches
from kpitree.analysis.attribution.tape import Step, Tape
from kpitree.analysis.attribution.ties import with_ties
from kpitree.analysis.functions import Crossing

MAX_KINKS: Final = 32  # of one function, for each of its operands
NARROW: Final = 1e-17  # of the panel; a piece this short holds nothing of a line
SAME: Final = 1e-12  # of the path; crossings of one function that are nearer are the same
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

    tape: as given, but operands that are equal but for rounding count as equal.
    flips: the thresholds met so far.
    """

    def __init__(self, tape: Tape, ends: Sequence[End]) -> None:
        self.tape = with_ties(tape, ends)
        self.switches = Switches(self.tape)
        self.ends = {end.point: end.values for end in ends}
        # Two values that are the same at both ends are so all the way, and rounding decides.
        met = [self.switches.together(end.values) for end in ends]
        self.ends_tell = self.switches.straight and not set.intersection(*met)
        self.places: dict[Point, _Place] = {}
        self.known: dict[Point, list[float]] = {}
        self.brackets: dict[int, list[Panel]] = {}
        self.flips: list[Flip] = []

    def __call__(self, panel: Panel) -> list[Panel]:
        """The smooth pieces of a panel, in the direction of the path."""
        pending, smooth = [panel], []
        while pending:
            piece = pending.pop()
            cuts = self.cuts(piece)
            if cuts:
                parts = [
                    part for part in _outside(piece, cuts) if part.width > NARROW * panel.width
                ]
                pending += reversed(parts)
            else:
                smooth.append(piece)
        return smooth

    def values(self, point: Point) -> list[float]:
        """Every slot's value, at the ends the limits where they were taken."""
        return self.ends[point] if point in self.ends else values_inside(self.tape, point)

    def place(self, point: Point) -> _Place:
        values = self.values(point)
        return _Place(point, values, self.switches.regimes(values))

    def border(self, point: Point) -> _Place:
        """The place where one piece ends and the next begins: looked at again and again."""
        if point not in self.places:
            self.places[point] = self.place(point)
        return self.places[point]

    def cuts(self, panel: Panel) -> list[Panel]:
        """The narrowest brackets of kinks among, or between, the points that a rule looks at.

        One for each function that goes over between two points, from the first on which it does;
        there may be more in the pieces in between. What only straight lines decide shows at the
        ends already.
        """
        if not self.switches.steps:
            return []
        inside = () if self.ends_tell else points(panel, ORDER)
        places = [
            self.border(panel.start),
            *(self.place(point) for point in inside),
            self.border(panel.end),
        ]
        pairs = list(pairwise(places))
        found = [found for first, second in pairs for found in self.changes(first, second)]
        if not found:
            beyond = [(first, self.hidden(first, second)) for first, second in pairs]
            found = [
                found
                for first, other in beyond
                if other is not None
                for found in self.changes(first, other)
            ]
        new = [(step, bracket) for step, bracket in found if not self.is_noise(step, bracket)]
        for step, bracket in new:
            self.count(step, bracket)
        brackets = _merged(bracket for _, bracket in new)
        for bracket in brackets:
            self.note_flips(bracket)
        return brackets

    def changes(self, first: _Place, second: _Place) -> Iterator[tuple[Step, Panel]]:
        for step in self.switches.changed(first.regimes, second.regimes):
            yield step, self.bracket(step, first, second.point)

    def bracket(self, step: Step, first: _Place, beyond: Point) -> Panel:
        """Where a function leaves the piece that it is in at the first place."""
        below = self.switches.below(step)
        regime = self.switches.regime(step, first.values)
        panel = Panel(first.point, beyond)
        narrow = NARROW * panel.width
        while panel.width > narrow:
            middle = between(panel.start, panel.end)
            if middle in panel:
                break
            found = self.switches.regime(step, below.forward(middle))
            changed = found is not None and found != regime
            panel = Panel(panel.start, middle) if changed else Panel(middle, panel.end)
        return panel

    def is_noise(self, step: Step, bracket: Panel) -> bool:
        """Whether it is a crossing met before: for rounding, values cross to and fro there."""
        return any(
            abs(bracket.start.from_start - one.start.from_start) < SAME
            for one in self.brackets.get(step.out, ())
        )

    def count(self, step: Step, bracket: Panel) -> None:
        found = self.brackets.setdefault(step.out, [])
        found.append(bracket)
        if len(found) > MAX_KINKS * len(self.switches.deciding(step)):
            raise IndivisibleError(step.owner, "its cases change too often on the way")

    def note_flips(self, bracket: Panel) -> None:
        """Keep the conditions that change between the ends of a bracket."""
        start, end = self.border(bracket.start), self.border(bracket.end)
        flips = [
            step
            for step in reversed(self.switches.changed(start.regimes, end.regimes))
            if step.function.crossing is Crossing.THRESHOLD
            and start.values[step.args[0]] != end.values[step.args[0]]
        ]
        if flips:
            self.flips.append(Flip(bracket, tuple(flips)))

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


# --- panels and brackets -------------------------------------------------------------------------


def _precedes(one: Point, other: Point) -> bool:
    return one.from_start < other.from_start or one.from_end > other.from_end


def _merged(brackets: Iterable[Panel]) -> list[Panel]:
    """In the direction of the path; those that overlap as one."""
    found: list[Panel] = []
    for one in sorted(brackets, key=lambda one: (one.start.from_start, -one.start.from_end)):
        if found and _precedes(one.start, found[-1].end):
            end = one.end if _precedes(found[-1].end, one.end) else found[-1].end
            found[-1] = Panel(found[-1].start, end)
        else:
            found.append(one)
    return found


def _outside(panel: Panel, brackets: Sequence[Panel]) -> list[Panel]:
    """What is left of a panel without the brackets in it."""
    starts = [panel.start, *(one.end for one in brackets)]
    stops = [*(one.start for one in brackets), panel.end]
    return [Panel(*ends) for ends in zip(starts, stops, strict=True)]
