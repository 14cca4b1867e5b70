"""A measure taken apart: the aggregates that the data must give, and the arithmetic left to do.

`count(where=stage == 'won') / count()` becomes two parts and the expression `part / part`,
so that the parts are aggregated, rolled up, and only then divided.
"""

from dataclasses import dataclass

from kpitree.tree.expressions import AGGREGATES, Call, Expr, Name, Number, replace_names
from kpitree.tree.model import Leaf, Tree

# Aggregates of a long time or of several segments that cannot be had from those of the days.
NOT_ADDITIVE = frozenset({"n_unique", "median", "quantile"})


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregate over the rows of one source; equal parts are computed once.

    function: a name from expressions.AGGREGATES.
    argument: the row expression aggregated, None for count().
    level: the quantile's level, else None.
    where: the leaf's and the aggregate's own conditions together, or None for all rows.
    time: the column that places the rows in time.
    """

    function: str
    argument: Expr | None
    level: float | None
    where: Expr | None
    time: str

    @property
    def additive(self) -> bool:
        """Whether longer periods and totals can be had from days and segments."""
        return self.function not in NOT_ADDITIVE


def parts_of(tree: Tree, leaf: Leaf) -> tuple[Expr, tuple[Part, ...]]:
    """Split a leaf's measure.

    Returns the arithmetic, in which Name("0"), Name("1"), ... stand for the parts by their
    position, and the parts, each once, in reading order.
    """
    time = leaf.time or tree.sources[leaf.source].time
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
        )
        return Name(found.setdefault(part, str(len(found))), expr.at)

    arithmetic = split(leaf.measure)
    return arithmetic, tuple(found)


def both(left: Expr | None, right: Expr | None) -> Expr | None:
    """The condition that both hold."""
    if left is None or right is None:
        return left if right is None else right
    return Call("and", (left, right))


def with_part_names(arithmetic: Expr, columns: tuple[str, ...]) -> Expr:
    """The arithmetic of parts_of with its positions exchanged for column names."""
    return replace_names(arithmetic, lambda name: Name(columns[int(name.id)], name.at))
