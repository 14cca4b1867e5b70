"""A measure taken apart: the aggregates that the data must give, and the arithmetic left to do.

`count(where=stage == 'won') / count()` becomes two parts and the expression `part / part`,
so that the parts are aggregated, rolled up, and only then divided.
"""

from dataclasses import dataclass
from typing import Final

from kpitree.tree.expressions import AGGREGATES, Call, Expr, Name, Number, replace_names
from kpitree.tree.model import Leaf, Source, Tree

# Aggregates of a long time or of several segments that cannot be had from those of the days.
NOT_ADDITIVE = frozenset({"n_unique", "median", "quantile"})
# Aggregates of the rows there are that can be had from those that came, less those that went.
SIGNED: Final = frozenset({"count", "sum", "mean"})


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregate over the rows of one source; equal parts are computed once.

    function: a name from expressions.AGGREGATES.
    argument: the row expression aggregated, None for count().
    level: the quantile's level, else None.
    where: the leaf's and the aggregate's own conditions together, or None for all rows.
    time: the column that places the rows in time; of rows that last, their start.
    over: which rows count for a span of days.
        "period": those whose time lies in it.
        "end", "start", "average": those active at the end of its last day, of the day before its
        first, and the average of the ends of its days.
        "carried": as "period", and the last value before it where that has none.
    until: the column with the end of rows that last, where over says which of them are active.
    """

    function: str
    argument: Expr | None
    level: float | None
    where: Expr | None
    time: str
    over: str = "period"
    until: str | None = None

    @property
    def additive(self) -> bool:
        """Whether longer periods and totals can be had from days and segments."""
        if self.until is not None:
            return self.function in SIGNED
        return self.function not in NOT_ADDITIVE

    @property
    def looks_back(self) -> bool:
        """Whether rows from before a span count."""
        return self.over != "period"


def parts_of(tree: Tree, leaf: Leaf) -> tuple[Expr, tuple[Part, ...]]:
    """Split a leaf's measure.

    Returns the arithmetic, in which Name("0"), Name("1"), ... stand for the parts by their
    position, and the parts, each once, in reading order.
    """
    time, until = _times(tree.sources[leaf.source], leaf)
    over = leaf.at or ("carried" if leaf.carry else "period")
    found: dict[Part, str] = {}

    def split(expr: Expr) -> Expr:
        if not isinstance(expr, Call):
            return expr
        if expr.name not in AGGREGATES:
            return Call(expr.name, tuple(split(arg) for arg in expr.args), at=expr.at)
        level = expr.args[1] if expr.name == "quantile" else None
        part = Part(
            function=expr.name,
            argument=expr.args[0] if expr.args else None,
            level=level.value if isinstance(level, Number) else None,
            where=both(leaf.where, expr.where),
            time=time,
            over=over,
            until=until,
        )
        return Name(found.setdefault(part, str(len(found))), expr.at)

    arithmetic = split(leaf.measure)
    return arithmetic, tuple(found)


def _times(source: Source, leaf: Leaf) -> tuple[str, str | None]:
    """The column that places a leaf's rows in time, and that of their end where it is a stock."""
    if leaf.at is not None:
        return source.time, source.until
    if leaf.count_when == "ended" and source.until is not None:
        return source.until, None
    return leaf.time or source.time, None


def both(left: Expr | None, right: Expr | None) -> Expr | None:
    """The condition that both hold."""
    if left is None or right is None:
        return left if right is None else right
    return Call("and", (left, right))


def with_part_names(arithmetic: Expr, columns: tuple[str, ...]) -> Expr:
    """The arithmetic of parts_of with its positions exchanged for column names."""
    return replace_names(arithmetic, lambda name: Name(columns[int(name.id)], name.at))
