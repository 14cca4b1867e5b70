"""How a KPI's value for a long time comes from those of its days, read off measure or formula."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from kpitree.tree.expressions import Call, Expr, Name, Number
from kpitree.tree.model import Branch, Constant, Leaf, Node


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
    found = _degrees(kpis, operands_first)
    return {kpi_id: degree.adding for kpi_id, degree in found.items()}


def powers(kpis: Mapping[str, Node], operands_first: list[str]) -> dict[str, float | None]:
    """How each KPI grows with the days: 1 as they do, 0 not at all, -1 the other way round (what
    is divided by a sum); None where that is not known.
    """
    return {kpi: degree.power for kpi, degree in _degrees(kpis, operands_first).items()}


def growing(kpis: Mapping[str, Node], operands_first: list[str]) -> frozenset[str]:
    """The KPIs of which twice the days bring twice as much; distinct counts are among them."""
    found = _degrees(kpis, operands_first)
    return frozenset(kpi_id for kpi_id, degree in found.items() if degree.power == 1)


def mixed(kpis: Mapping[str, Node], operands_first: list[str]) -> frozenset[str]:
    """The KPIs whose formula puts together what adds up over time and what stays, as a stock's:
    what was there, plus what came. On part of a period their targets do not give each other.
    """
    degrees = _degrees(kpis, operands_first)
    return frozenset(
        name
        for name, kpi in kpis.items()
        if isinstance(kpi, Branch) and _degree(kpi.formula, degrees, None) != degrees[name]
    )


def _degrees(kpis: Mapping[str, Node], operands_first: list[str]) -> dict[str, Degree]:
    degrees: dict[str, Degree] = {}
    for kpi_id in operands_first:
        match kpis[kpi_id]:
            case Leaf(at=str()) | Branch(measured=Leaf(at=str())):
                # A stock is no sum of its days, whatever it is a stock of.
                degrees[kpi_id] = Degree(0)
            case Leaf() as leaf:
                rows = (leaf.source, leaf.where, leaf.time, leaf.count_when)
                degrees[kpi_id] = _degree(leaf.measure, {}, rows)
            case Branch(formula=formula):
                degrees[kpi_id] = _degree(formula, degrees, None)
            case Constant():
                degrees[kpi_id] = Degree(0)
    return degrees


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
