"""What one KPI alone would have to be for another, computed from it, to reach a goal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.switches import Switches
from kpitree.analysis.attribution.tape import Tape
from kpitree.analysis.functions import FUNCTIONS
from kpitree.analysis.seek import Found, Missed, Sample, seek
from kpitree.numbers import Numbers
from kpitree.tree.expressions import Call, Expr, Name, Number
from kpitree.tree.model import Branch, Kpi, Leaf, Node, Tree

CLOSE: Final = 1e-12  # relative: what is found in one step is as good as what is closed in
SMALL_RATE: Final = 0.01  # what counts as a step of one for a rate that is 0
NEVER_NEGATIVE: Final = frozenset({"count", "n_unique", "std", "abs", "sqrt", "exp"})
KEEPS_SIGN: Final = frozenset(
    {
        "+",
        "*",
        "/",
        "**",
        "min",
        "max",
        "mean",
        "coalesce",
        "rolling_sum",
        "rolling_mean",
        "prev",
        "year_to_date",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """value: in the lever's unit; None where none reaches the goal, for `reason`.

    gives: the KPI with the lever there. flags: "threshold", where the KPI leaps past the goal;
    "beyond_100", a percentage over 100 %; "below_0", where the lever is not below 0 now.
    """

    value: float | None = None
    gives: float | None = None
    reason: str | None = None
    flags: tuple[str, ...] = ()


def needed(tree: Tree, kpi: str, lever: str, free: Tape, start: float, goal: float) -> Needed:
    """The value nearest to the lever's present one at which the KPI reaches the goal.

    free: the formulas between the two, where only the lever moves and all else is as it is.
    start: the lever's value; the KPI has one there. What counts things is not looked for below 0.
    """
    known = tree.kpis
    lowest = 0.0 if never_negative(Name(lever), known) else -math.inf
    given = _Given(free)
    found = _directly(given, start, goal, lowest) or seek(
        given,
        start,
        goal,
        size=SMALL_RATE if known[lever].unit == "percent" else 1.0,
        lowest=lowest,
    )
    match found:
        case Found(at=value, jump=jump):
            flags = _flags(known[lever], start, value, jump=jump)
            return Needed(value=value, gives=given(value).value, flags=flags)
        case Missed():
            return Needed(reason=_why(found, known[kpi], goal))
        case None:
            return Needed(reason=f"{known[kpi].label} has no value")


class _Given:
    """The KPI by the lever's value, and which pieces its formulas are in there."""

    def __init__(self, free: Tape) -> None:
        self.free = free
        self.switches = Switches(free)
        (self.slot,) = free.ranges

    def __call__(self, value: float) -> Sample:
        values = self.values(value)
        found = values[self.free.root]
        return Sample(None if math.isnan(found) else found, self.switches.regimes(values))

    def values(self, value: float) -> list[float]:
        return replace(self.free, ranges={self.slot: (value, value)}).forward(START)

    def reaches(self, value: float, goal: float, here: float) -> bool:
        """here: the KPI now, which says what is near where the goal is 0."""
        found = self(value).value
        return found is not None and abs(found - goal) <= CLOSE * (abs(goal) or abs(here))


@dataclass(frozen=True, slots=True)
class _Line:
    """Slots and weights whose sum is a straight line over the lever, 0 just where the KPI reaches
    the goal; `constant` is part of it.
    """

    given: _Given
    weights: Mapping[int, float]
    constant: float

    def at(self, value: float) -> float:
        values = self.given.values(value)
        return self.constant + sum(weight * values[slot] for slot, weight in self.weights.items())

    def slope(self, value: float) -> float:
        free = self.given.free
        adjoints = free.adjoints(free.partials(self.given.values(value)), self.weights)
        return free.derivative(adjoints, self.given.slot)


def _line(given: _Given, goal: float) -> _Line | None:
    """Of a KPI that is a line itself, or a ratio of two: n / d = goal where n - goal * d = 0."""
    free = given.free
    if free.degrees[free.root] == 1:
        return _Line(given, {free.root: 1.0}, -goal)
    step = free.producers[free.root]
    if step.function is not FUNCTIONS["/"]:
        return None
    above, below = step.args
    straight = above != below and {free.degrees[above], free.degrees[below]} <= {0, 1}
    return _Line(given, {above: 1.0, below: -goal}, 0.0) if straight else None


def _directly(given: _Given, start: float, goal: float, lowest: float) -> Found | Missed | None:
    """The answer where a line gives the only one there can be.

    None where there is no such line, or where rounding or a bound keeps it from an answer.
    """
    line, here = _line(given, goal), given(start).value
    if line is None or here is None or here == goal:
        return None
    slope, itself = line.slope(start), given.free.root in line.weights
    if slope == 0.0:
        return Missed(here, flat=True, certain=True) if itself else None
    at = start - line.at(start) / slope
    if at < min(lowest, start):
        closest = given(min(lowest, start)).value if itself else None
        return None if closest is None else Missed(closest, flat=False, certain=True)
    at -= line.at(at) / slope
    return Found(at) if given.reaches(at, goal, here) else None


def _flags(lever: Kpi, start: float, value: float, *, jump: bool) -> tuple[str, ...]:
    beyond = lever.unit == "percent" and value > 1.0
    signs = {"threshold": jump, "beyond_100": beyond, "below_0": value < 0.0 <= start}
    return tuple(flag for flag, holds in signs.items() if holds)


def _why(missed: Missed, kpi: Kpi, goal: float) -> str:
    if missed.flat:
        same = f"{kpi.label} is the same"
        return f"{same} whatever its value" if missed.certain else f"{same} at every value tried"
    numbers = Numbers(unit=kpi.unit, decimals=kpi.decimals)
    wanted, closest = (numbers.value(one, word=True) for one in (goal, missed.closest))
    reaches = "reaches" if missed.certain else "was found that reaches"
    return f"no value of it {reaches} {wanted}: {kpi.label} gets to {closest}"


def never_negative(expr: Expr, kpis: Mapping[str, Node]) -> bool:
    """Whether a measure or formula cannot be below 0, as far as can be read off it."""
    match expr:
        case Number(value=value):
            return value >= 0.0
        case Name(id=name):
            match kpis.get(name):
                case Leaf(measure=measure):
                    return never_negative(measure, {})  # its names are columns
                case Branch(formula=formula):
                    return never_negative(formula, kpis)
                case _:
                    return False
        case Call(name=name) if name in NEVER_NEGATIVE:
            return True
        case Call(name="if_else", args=(_, *branches)):
            return all(never_negative(one, kpis) for one in branches)
        case Call(name=name, args=args) if name in KEEPS_SIGN:
            return all(never_negative(arg, kpis) for arg in args)
        case _:
            return False
