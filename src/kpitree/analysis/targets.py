"""Which target holds for a span, what the operands' targets imply, and whether they add up."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from kpitree.analysis.functions import Undefined, evaluate
from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import Notice
from kpitree.tree.expressions import OVER_TIME, Call, Expr, Name, Number, calls_in, names_in
from kpitree.tree.model import Branch, Constant, Leaf, Node, PeriodTargets, PlainTarget, Target

SAME = 1e-4  # relative difference between own and implied target that is not worth a word


class Adding(Enum):
    """How a KPI's value for a long span comes from those of its days."""

    FLOW = "adds up over time"  # revenue, orders: a part of the period has its share
    RATE = "is the same over time"  # close rate, average price: used as it stands
    NEITHER = "neither adds up over time nor stays"  # distinct customers, squares


Distinct = frozenset[tuple[object, float]]


@dataclass(frozen=True, slots=True)
class Degree:
    """How something grows with the days, and which distinct counts it still holds.

    power: 1 for what doubles with twice the days, 0 for rates; None for anything else.
    distinct: distinct counts and their exponents. They grow with the days but do not add up;
        orders x (pizzas / orders) has none left, and is the number of pizzas again.
    """

    power: float | None
    distinct: Distinct = frozenset()

    @property
    def adding(self) -> Adding:
        if self.power == 0:
            return Adding.RATE
        return Adding.FLOW if self.power == 1 and not self.distinct else Adding.NEITHER


NO_DEGREE = Degree(None)


def adding_up(kpis: Mapping[str, Node], operands_first: list[str]) -> dict[str, Adding]:
    """How each KPI adds up over time, read off its measure or formula."""
    degrees: dict[str, Degree] = {}
    for kpi_id in operands_first:
        match kpis[kpi_id]:
            case Leaf() as leaf:
                degrees[kpi_id] = _degree(leaf.measure, {}, (leaf.source, leaf.where, leaf.time))
            case Branch(formula=formula):
                degrees[kpi_id] = _degree(formula, degrees, None)
            case Constant():
                degrees[kpi_id] = Degree(0)
    return {kpi_id: degree.adding for kpi_id, degree in degrees.items()}


def _degree(expr: Expr, known: Mapping[str, Degree], rows: object) -> Degree:
    """rows: what tells the rows of this measure from those of others."""
    match expr:
        case Name(id=kpi):
            return known[kpi]
        case Call(name="count" | "sum"):
            return Degree(1)
        case Call(name="n_unique"):
            return Degree(1, frozenset({((rows, expr), 1.0)}))
        case Call(name="mean" | "median" | "quantile" | "std" | "first" | "last"):
            return Degree(0)
        case Call(name="min" | "max", args=[_]):
            return Degree(0)
        case Call(name=name, args=args):
            return _combined(name, [_degree(arg, known, rows) for arg in args], args)
        case _:
            return Degree(0)


def _combined(name: str, degrees: list[Degree], args: tuple[Expr, ...]) -> Degree:
    if name in ("rolling_sum", "year_to_date"):
        return NO_DEGREE
    match name:
        case "*":
            return _product([(degree, 1.0) for degree in degrees])
        case "/":
            return _product([(degrees[0], 1.0), (degrees[1], -1.0)])
        case "**" if isinstance(args[1], Number):
            return _product([(degrees[0], args[1].value)])
        case "prev" | "rolling_mean":
            return degrees[0]
        case "if_else":
            chosen = _alike(degrees[1:], args[1:])
            return chosen if degrees[0] == Degree(0) else NO_DEGREE
        case "+" | "neg" | "min" | "max" | "abs" | "coalesce":
            return _alike(degrees, args)
        case "<" | "<=" | ">" | ">=" | "==" | "!=":
            # Which of two is larger stays so where both grow alike.
            return NO_DEGREE if _alike(degrees, args) == NO_DEGREE else Degree(0)
        case _:
            return Degree(0) if all(degree == Degree(0) for degree in degrees) else NO_DEGREE


def _alike(degrees: list[Degree], args: tuple[Expr, ...]) -> Degree:
    """What operands have in common; a 0 goes with anything: max(x, 0) grows as x does."""
    known = [one for one, arg in zip(degrees, args, strict=True) if not _is_zero(arg)] or degrees
    return known[0] if all(degree == known[0] for degree in known) else NO_DEGREE


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Number) and expr.value == 0


def _product(factors: list[tuple[Degree, float]]) -> Degree:
    power, distinct = 0.0, dict[object, float]()
    for degree, exponent in factors:
        if degree.power is None:
            return NO_DEGREE
        power += degree.power * exponent
        for part, times in degree.distinct:
            distinct[part] = distinct.get(part, 0.0) + times * exponent
    return Degree(power, frozenset((part, times) for part, times in distinct.items() if times))


@dataclass(frozen=True, slots=True)
class Found:
    """A target for one span, or the reason why there is none (None: the file has none)."""

    value: float | None
    reason: str | None = None


def target_for(
    target: Target | None,
    span: Span,
    grain: Grain,
    calendar: Calendar,
    adding: Adding,
    what: str = "target",
) -> Found:
    """The target of a span in the KPI's unit: pro rata by days where the KPI adds up over time.

    A target of the tree's grain (or of the period named) is spread evenly over its days; a rate
    is used as it stands; what is neither has a target only for exactly the period it is given for.
    what: what a reason calls it; benchmarks and the ends of a good range are spread likewise.
    """
    match target:
        case None:
            return Found(None)
        case PlainTarget(value=value):
            named = [(period, value) for period in calendar.periods_in(span, grain)]
            if adding is Adding.RATE:
                return Found(value)
            return spread(named, span, adding, what)
        case PeriodTargets(values=values):
            named = [(calendar.parse(label), value) for label, value in values.items()]
            return spread(named, span, adding, what)


def constant_for(value: float | dict[str, float], span: Span, calendar: Calendar) -> Found:
    """A constant's value in a span: a number by period holds for the days of its period."""
    if not isinstance(value, dict):
        return Found(value)
    named = [(calendar.parse(label), number) for label, number in value.items()]
    return spread(named, span, Adding.RATE, "value")


def spread(named: list[tuple[Span, float]], span: Span, adding: Adding, what: str) -> Found:
    """Put together what is given by period; where periods overlap, the shorter one counts."""
    for period, value in named:
        if (period.start, period.end) == (span.start, span.end):
            return Found(value)
    if adding is Adding.NEITHER:
        return Found(
            None, f"the {what} is for a whole period, and the KPI does not add up over time"
        )
    by_day = _by_day(named, span)
    missing = next((day for day, found in by_day if found is None), None)
    if missing is not None:
        return Found(None, f"no {what} for {missing.isoformat()}")
    shares = [found for _, found in by_day if found is not None]
    if adding is Adding.FLOW:
        return Found(math.fsum(value / period.days for period, value in shares))
    if len({value for _, value in shares}) == 1:
        return Found(shares[0][1])
    return Found(None, f"the {what} changes within {span.label}")


def _by_day(
    named: list[tuple[Span, float]], span: Span
) -> list[tuple[date, tuple[Span, float] | None]]:
    overlapping = [one for one in named if one[0].start < span.end and span.start < one[0].end]
    overlapping.sort(key=lambda one: one[0].days)
    days = [span.start + timedelta(days=n) for n in range(span.days)]
    return [
        (day, next((one for one in overlapping if one[0].start <= day < one[0].end), None))
        for day in days
    ]


def implied_targets(
    generations: list[list[Node]],
    own: Mapping[str, float | None],
    constants: Mapping[str, float | None],
) -> dict[str, float | None]:
    """What the operands' targets give, for every formula whose operands all have one.

    An operand without a target of its own counts with the one it implies; a constant is its
    own target, and a formula of nothing but constants has none. Formulas over other periods
    (prev and its kin) imply nothing.
    """
    implied: dict[str, float | None] = {}
    effective = fixed(generations, constants)
    for kpi in (kpi for generation in generations for kpi in generation):
        if isinstance(kpi, Branch):
            fixed_one = kpi.id in effective
            implied[kpi.id] = None if fixed_one else _implied(kpi.formula, effective)
            effective.setdefault(kpi.id, implied[kpi.id])
        if own.get(kpi.id) is not None:
            effective[kpi.id] = own[kpi.id]
    return implied


def fixed(
    generations: list[list[Node]], constants: Mapping[str, float | None]
) -> dict[str, float | None]:
    """The constants, and what formulas of nothing but them give: values that nobody promises."""
    found = dict(constants)
    for kpi in (kpi for generation in generations for kpi in generation):
        if isinstance(kpi, Branch) and found.keys() >= set(names_in(kpi.formula)):
            found[kpi.id] = _implied(kpi.formula, found)
    return found


def _implied(formula: Expr, targets: Mapping[str, float | None]) -> float | None:
    if any(call.name in OVER_TIME for call in calls_in(formula)):
        return None
    try:
        return evaluate(formula, targets)
    except Undefined:
        return None


def do_not_add_up(
    kpis: Mapping[str, Node],
    own: Mapping[str, float | None],
    implied: Mapping[str, float | None],
    in_words: Callable[[Node, float], str],
) -> Iterator[Notice]:
    """Targets that contradict the formula, and by how much.

    in_words: how a value of a KPI is written for people.
    """
    for kpi_id, given in implied.items():
        target = own.get(kpi_id)
        if given is None or target is None:
            continue
        gap = given - target
        if abs(gap) <= SAME * max(abs(given), abs(target)):
            continue
        kpi = kpis[kpi_id]
        side = "short" if gap < 0 else "over"
        yield Notice(
            code="targets_do_not_add_up",
            kpi=kpi_id,
            message=f"the targets under {kpi.label} give {in_words(kpi, given)}, not"
            f" {in_words(kpi, target)}: {in_words(kpi, abs(gap))} {side}",
        )
