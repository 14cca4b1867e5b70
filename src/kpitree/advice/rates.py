"""Rates, and where they are averaged or added up over time as if they were amounts."""

from collections.abc import Iterator
from math import isclose
from typing import Final

from kpitree.tree.expressions import AGGREGATES, Call, Expr, Name, Number, calls_in, names_in
from kpitree.tree.model import Branch, Constant, Leaf, Tree

# Of a rate, the sum or mean of periods is no rate of the whole time.
_OVER_TIME: Final = frozenset({"rolling_mean", "rolling_sum", "year_to_date"})
_AVERAGES: Final = frozenset({"mean", "median", "quantile"})
_RATE_WORDS: Final = frozenset({"rate", "ratio", "share", "percent", "percentage", "pct"})


def averaged_rates(tree: Tree) -> Iterator[tuple[str, str]]:
    """The KPIs that average rates, or add them up over time, and what they do, in words."""
    rates = {kpi for kpi in tree.kpis if is_rate(tree, kpi)}
    for kpi in tree.kpis.values():
        match kpi:
            case Branch(formula=formula):
                said = next(_in_formula(tree, rates, formula), None)
            case Leaf() if kpi.unit == "percent":
                said = next(_in_measure(tree, kpi), None)
            case _:
                said = None
        if said is not None:
            yield kpi.id, said


def is_rate(tree: Tree, kpi_id: str) -> bool:
    """A percentage, an average, or what KPIs or an aggregate give for each of another."""
    match tree.kpis[kpi_id]:
        case Leaf(unit="percent") | Branch(unit="percent"):
            return True
        case Leaf(measure=Call(name="/", args=(above, below))):
            return not isinstance(below, Number) and not isinstance(above, Number)
        case Leaf(measure=Call(name=name)):
            return name in _AVERAGES
        case Branch(formula=Call(name="/", args=(above, below))):
            # What is divided by an assumption is the same in another unit.
            return bool(names_in(above)) and any(
                not isinstance(tree.kpis[name], Constant) for name in names_in(below)
            )
        case _:
            return False


def _in_formula(tree: Tree, rates: set[str], formula: Expr) -> Iterator[str]:
    for call in calls_in(formula):
        match call:
            case Call(name=name, args=(Name(id=kpi), *_)) if name in _OVER_TIME and kpi in rates:
                yield f"takes {name}() of {kpi}, which is a rate"
            case Call(name="/" | "*" | "+"):
                terms = _averaged(call)
                if terms and _are_alike_rates(tree, rates, terms):
                    yield f"is the mean of {len(terms)} rates"


def _averaged(call: Call) -> tuple[Expr, ...]:
    """What a mean is of: (a + b) / 2, 0.5 * (a + b), a / 2 + b / 2; () for what is none."""
    match call:
        case Call(name="/", args=(Call(name="+", args=terms), Number(value=n))) if n == len(terms):
            return terms
        case (
            Call(name="*", args=(Number(value=share), Call(name="+", args=terms)))
            | Call(name="*", args=(Call(name="+", args=terms), Number(value=share)))
        ) if isclose(share * len(terms), 1):
            return terms
        case Call(name="+", args=args):
            parts = [
                part.args[0]
                for part in args
                if isinstance(part, Call)
                and part.name == "/"
                and part.args[1] == Number(float(len(args)))
            ]
            return tuple(parts) if len(parts) == len(args) else ()
        case _:
            return ()


def _are_alike_rates(tree: Tree, rates: set[str], terms: tuple[Expr, ...]) -> bool:
    names = [term.id for term in terms if isinstance(term, Name)]
    units = {tree.kpis[name].unit for name in names}
    return len(names) == len(terms) and rates.issuperset(names) and len(units) == 1


def _in_measure(tree: Tree, leaf: Leaf) -> Iterator[str]:
    columns = tree.sources[leaf.source].columns
    for call in calls_in(leaf.measure):
        if call.name in AGGREGATES and call.name in {"mean", "sum"} and call.args:
            of = call.args[0]
            column = columns.get(of.id, of) if isinstance(of, Name) else of
            if _divides_columns(column) or (call.name == "mean" and _is_called_a_rate(of)):
                yield f"takes {call.name}() of a rate of single rows"


def _divides_columns(expr: Expr) -> bool:
    match expr:
        case Call(name="/", args=(above, below)):
            return isinstance(above, Name | Call) and isinstance(below, Name)
        case _:
            return False


def _is_called_a_rate(expr: Expr) -> bool:
    if not isinstance(expr, Name):
        return False
    words = expr.id.replace(".", "_").replace(" ", "_").casefold().split("_")
    return not _RATE_WORDS.isdisjoint(words)
