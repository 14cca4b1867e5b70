"""Formulas of the same shape reckoned at once: a / b and c / d are one quotient of longer columns.

Thousands of formulas have few shapes. An expression for each of them takes longer to be said than
to be reckoned, and what it gives is the same.
"""

from collections.abc import Callable, Mapping
from itertools import count

import polars as pl

from kpitree.analysis.functions import FUNCTIONS, to_polars
from kpitree.tree.expressions import Call, Expr, Flag, Name, Number, Text

LookedUp = Callable[[Call], str]  # the column that holds what prev(x) and its kin give


def formula_values(
    frame: pl.DataFrame,
    formulas: Mapping[str, Expr],
    looked_up: LookedUp | None = None,
) -> list[pl.Series]:
    """What each formula gives in every row, Float64, under its name; see functions.to_polars.

    frame: Float64 columns by the names in the formulas. looked_up: for prev(x) and its kin.
    """
    known = {column.name: column for column in frame}
    names: dict[str, list[str]] = {}
    alike: dict[object, list[str]] = {}
    for name, formula in formulas.items():
        names[name] = []
        alike.setdefault(_shape(formula, names[name].append, looked_up), []).append(name)
    found: dict[str, pl.Series] = {}
    for those in alike.values():
        operands = zip(*(names[name] for name in those), strict=True)
        columns = [pl.concat([known[name] for name in place]) for place in operands]
        long = pl.DataFrame([column.alias(str(at)) for at, column in enumerate(columns)])
        value = _over_places(formulas[those[0]])
        if columns:
            figures = long.select(value).to_series()
        else:  # of no KPI: the same everywhere
            figures = pl.select(value).to_series().new_from_index(0, frame.height * len(those))
        for at, name in enumerate(those):
            found[name] = figures.slice(at * frame.height, frame.height).alias(name)
    return [found[name] for name in formulas]


def _over_places(formula: Expr) -> pl.Expr:
    """The formula of its operands as columns "0", "1", ... in the order in which they stand."""
    places = map(str, count())
    expression = to_polars(formula, lambda _: pl.col(next(places)), lambda _: pl.col(next(places)))
    return expression.cast(pl.Float64)


def _shape(expr: Expr, met: Callable[[str], None], looked_up: LookedUp | None) -> object:
    """What formulas that differ only in their operands have in common; met: told each operand."""
    match expr:
        case Name(id=name):
            met(name)
            return None
        case Call(name=name) if name not in FUNCTIONS and looked_up is not None:
            met(looked_up(expr))
            return None
        case Call(name=name, args=args):
            return name, *(_shape(arg, met, looked_up) for arg in args)
        case Number(value=value) | Flag(value=value) | Text(value=value):
            return repr(value)  # 0.0 is not -0.0, and 1.0 is not true
