"""What a driver is to someone who wants to split it: a total, a ratio, a distinct count, or whole.

Read from the measure or the formula alone, before any data: it says which parts are needed.
Whether distinct counts add up over a dimension is a fact of the data, found by split().
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.segments import algebra
from kpitree.analysis.segments.algebra import Key, NotSumsError, Quotient
from kpitree.tree.expressions import OVER_TIME, Call, Expr, Flag, Name, Number, Text
from kpitree.tree.measures import Part, parts_of
from kpitree.tree.model import Branch, Constant, Leaf, Node, Tree

ADD_UP: Final = frozenset({"sum", "count"})
DISTINCT: Final = "n_unique"


@dataclass(frozen=True, slots=True)
class Total:
    """Counts and sums added and subtracted. parts: part -> its coefficient, in file order."""

    parts: dict[Key, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One sum over another; a mean is the sum of its values over their count."""

    above: dict[Key, float]
    below: dict[Key, float]


@dataclass(frozen=True, slots=True)
class Distinct:
    """A distinct count, times a number: what two segments share is counted in both."""

    part: Key
    number: float


@dataclass(frozen=True, slots=True)
class Unsplittable:
    """The driver's line stays whole. reason: why, for the reader."""

    reason: str


Shape = Total | Ratio | Distinct | Unsplittable
Expanded = dict[str, Quotient | NotSumsError]  # by KPI, over nothing but parts


def shape_of(tree: Tree, driver: str, dimensions: Sequence[str]) -> Shape:
    """How one driver can be split by the dimensions asked for.

    The measure, or the formula with all that stands under it, is brought to sums over sums
    (algebra.py). Everything else is Unsplittable with the reason, as is a driver measured in a
    source that lacks one of the dimensions. Raises UsageError for an unknown driver.
    """
    return shapes_of(tree, (driver,), dimensions)[driver]


def shapes_of(tree: Tree, drivers: Iterable[str], dimensions: Sequence[str]) -> dict[str, Shape]:
    """shape_of for several drivers, which read what stands under them only once."""
    found: Expanded = {}
    return {driver: _shape(tree, driver, dimensions, found) for driver in drivers}


def _shape(tree: Tree, driver: str, dimensions: Sequence[str], found: Expanded) -> Shape:
    if isinstance(tree.kpi(driver), Constant):
        return Unsplittable("it is the same in every segment")
    try:
        shape = _of_quotient(_expanded(tree, driver, found))
    except NotSumsError as error:
        return Unsplittable(error.reason)
    for source, _ in _keys(shape):
        for dimension in dimensions:
            if dimension not in tree.sources[source].dimensions:
                return Unsplittable(f"the source {source!r} has no dimension {dimension!r}")
    return shape


def parts_needed(shapes: Iterable[Shape]) -> dict[str, tuple[Part, ...]]:
    """Source id -> the parts to compute, for every segment and for the whole; each once."""
    found: dict[str, dict[Part, None]] = {}
    for shape in shapes:
        for source, part in _keys(shape):
            found.setdefault(source, {})[part] = None
    return {source: tuple(parts) for source, parts in found.items()}


def _keys(shape: Shape) -> tuple[Key, ...]:
    match shape:
        case Total(parts=parts):
            return tuple(parts)
        case Ratio(above=above, below=below):
            return (*above, *below)
        case Distinct(part=part):
            return (part,)
        case Unsplittable():
            return ()


def _of_quotient(quotient: Quotient) -> Shape:
    above, below = quotient.numerator, quotient.denominator
    if not above.terms and not below.terms:
        return Unsplittable("it is the same in every segment")
    if above.constant or (below.terms and below.constant):
        return Unsplittable("it adds a number that belongs to no segment")
    if below.terms:
        return Ratio(above.terms, below.terms)
    match list(above.terms.items()):
        case [((_, part) as key, weight)] if part.function == DISTINCT:
            return Distinct(key, weight)
        case _:
            return Total(above.terms)


# --- from formulas to quotients ------------------------------------------------------------------


def _expanded(tree: Tree, driver: str, found: Expanded) -> Quotient:
    """The driver over nothing but parts; fills `found` with all KPIs under it on the way.

    Raises NotSumsError. Trees may be deep, so operands wait on a list, not on the call stack.
    """
    waiting = [driver]
    while waiting:
        kpi = waiting[-1]
        operands = [operand for operand in tree.operands(kpi) if operand not in found]
        if kpi in found or not operands:
            waiting.pop()
            found.setdefault(kpi, _attempt(tree, kpi, found))
        else:
            waiting += operands
    return _known(found[driver])


def _attempt(tree: Tree, kpi: str, found: Expanded) -> Quotient | NotSumsError:
    try:
        return _of_kpi(tree, tree.kpis[kpi], found)
    except NotSumsError as error:
        return error


def _known(one: Quotient | NotSumsError) -> Quotient:
    if isinstance(one, NotSumsError):
        raise one
    return one


def _of_kpi(tree: Tree, node: Node, found: Expanded) -> Quotient:
    match node:
        case Leaf(source=source):
            arithmetic, parts = parts_of(tree, node)
            return _quotient(arithmetic, lambda name: _of_part(source, parts[int(name)]))
        case Branch(formula=formula):
            return _quotient(formula, lambda name: _known(found[name]))
        case Constant(label=label, value=value):
            if isinstance(value, dict):
                raise NotSumsError(f"{label} is the same in every segment, not in every period")
            return algebra.number(value)


def _of_part(source: str, part: Part) -> Quotient:
    if part.function == "mean":
        total, values = (replace(part, function=function) for function in ("sum", "count"))
        ratio = (algebra.part((source, total)), algebra.inverse(algebra.part((source, values))))
        return algebra.product(ratio)
    if part.function in ADD_UP or part.function == DISTINCT:
        return algebra.part((source, part))
    raise NotSumsError(f"{part.function}() does not add up over segments")


def _quotient(expr: Expr, named: Callable[[str], Quotient]) -> Quotient:
    match expr:
        case Number(value=value):
            return algebra.number(value)
        case Name(id=name):
            return named(name)
        case Call(name="+", args=args):
            return algebra.total([_quotient(arg, named) for arg in args])
        case Call(name="*", args=args):
            return algebra.product([_quotient(arg, named) for arg in args])
        case Call(name="/", args=(above, below)):
            divisor = algebra.inverse(_quotient(below, named))
            return algebra.product([_quotient(above, named), divisor])
        case Call(name="neg", args=(arg,)):
            return algebra.negative(_quotient(arg, named))
        case Call(name=name) if name in OVER_TIME:
            raise NotSumsError("its formula looks at other periods")
        case Call(name="**"):
            raise NotSumsError("a power does not add up over segments")
        case Call(name=name):
            raise NotSumsError(f"{name}() does not add up over segments")
        case Flag() | Text():
            raise NotSumsError("it is no sum")
