"""What one KPI alone would have to be for another, computed from it, to reach a goal."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.attribution.quadrature import START
from kpitree.analysis.attribution.tape import Tape
from kpitree.analysis.seek import Found, Missed, seek
from kpitree.numbers import Numbers
from kpitree.tree.expressions import Call, Expr, Name, Number
from kpitree.tree.model import Branch, Kpi, Leaf, Node, Tree

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
    (slot,) = free.ranges

    def given(value: float) -> float | None:
        found = replace(free, ranges={slot: (value, value)}).forward(START)[free.root]
        return None if math.isnan(found) else found

    found = seek(
        given,
        start,
        goal,
        size=SMALL_RATE if known[lever].unit == "percent" else 1.0,
        lowest=0.0 if never_negative(Name(lever), known) else -math.inf,
    )
    match found:
        case Found(at=value, jump=jump):
            flags = _flags(known[lever], start, value, jump=jump)
            return Needed(value=value, gives=given(value), flags=flags)
        case Missed():
            return Needed(reason=_why(found, known[kpi], goal))
        case None:
            return Needed(reason=f"{known[kpi].label} has no value")


def _flags(lever: Kpi, start: float, value: float, *, jump: bool) -> tuple[str, ...]:
    beyond = lever.unit == "percent" and value > 1.0
    signs = {"threshold": jump, "beyond_100": beyond, "below_0": value < 0.0 <= start}
    return tuple(flag for flag, holds in signs.items() if holds)


def _why(missed: Missed, kpi: Kpi, goal: float) -> str:
    if missed.flat:
        return f"{kpi.label} is the same whatever its value"
    numbers = Numbers(unit=kpi.unit, decimals=kpi.decimals)
    reached = numbers.value(missed.closest, word=True)
    return f"no value of it reaches {numbers.value(goal, word=True)}: {kpi.label} gets to {reached}"


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
