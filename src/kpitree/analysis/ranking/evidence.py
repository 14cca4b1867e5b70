"""What tells a member of a dimension from the others: its rows, or its history.

Read off the KPI's shape. A share of rows and a mean of rows can be judged by how many rows there
are; everything else by how the member usually stands to the others.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from kpitree.analysis.ranking.members import Figures
from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.shape import Ratio, Shape
from kpitree.tree.expressions import Call, Expr
from kpitree.tree.measures import Part, both

COUNT: Final = "count"


@dataclass(frozen=True, slots=True)
class Share:
    """A count over a count: offset + factor x hits / trials.

    It is a share of rows where the hits are all among the trials; shared counts the rows that are
    in both, which tells.
    """

    hits: Key
    trials: Key
    shared: Key
    offset: float
    factor: float

    @property
    def extra(self) -> tuple[Key, ...]:
        """What has to be counted beside the KPI's own parts."""
        return (self.shared,)


@dataclass(frozen=True, slots=True)
class RowMean:
    """A sum over the count of the same rows: offset + factor x total / rows.

    It is a mean of rows where each of them has a value; values counts those.
    """

    total: Key
    rows: Key
    values: Key
    deviation: Key
    lowest: Key
    highest: Key
    offset: float
    factor: float

    @property
    def extra(self) -> tuple[Key, ...]:
        """What has to be computed beside the KPI's own parts."""
        return (self.values, self.deviation, self.lowest, self.highest)


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """Anything else."""

    @property
    def extra(self) -> tuple[Key, ...]:
        return ()


Evidence = Share | RowMean | OwnHistory


def evidence_of(shape: Shape) -> Evidence:
    """What a KPI of this shape can be judged by, if the rows are as they have to be."""
    match shape:
        case Ratio(above=above, below=below) if len(below) == 1:
            [(base, weight)] = below.items()
            tops = [key for key in above if key != base]
            if len(tops) == 1 and _placed_alike(tops[0], base) and base[1].function == COUNT:
                offset, factor = above.get(base, 0.0) / weight, above[tops[0]] / weight
                return _of_rows(tops[0], base, offset, factor)
    return OwnHistory()


def proven(evidence: Evidence, whole: Figures) -> Evidence:
    """The evidence, if the rows of the whole are what it takes; else history.

    A mean of rows that are all 0 or 1 is a share of them.
    """
    parts = whole.parts
    match evidence:
        case Share(hits=hits, trials=trials, shared=shared):
            if parts[trials] and parts[shared] == parts[hits]:
                return evidence
        case RowMean(total=total, rows=rows, values=values):
            if parts[rows] and parts[values] == parts[rows]:
                if _only_0_and_1(evidence, whole):
                    return Share(total, rows, total, evidence.offset, evidence.factor)
                return evidence
    return OwnHistory()


def _only_0_and_1(evidence: RowMean, whole: Figures) -> bool:
    """Between 0 and 1 no other values are spread as widely around their mean."""
    ends = {whole.parts[evidence.lowest], whole.parts[evidence.highest]}
    rows, total = whole.parts[evidence.rows], whole.parts[evidence.total]
    if not ends <= {0.0, 1.0} or total is None or rows is None:
        return False
    squares = (whole.parts[evidence.deviation] or 0.0) ** 2 * (rows - 1)
    return math.isclose(squares, total * (rows - total) / rows, rel_tol=1e-9, abs_tol=1e-9)


def _of_rows(top: Key, base: Key, offset: float, factor: float) -> Evidence:
    source, above = top
    below = base[1]
    if above.function == COUNT:
        among = both(_counted(above), _counted(below))
        shared = (source, replace(above, argument=None, where=among))
        return Share(top, base, shared, offset, factor)
    same_rows = above.where == below.where and below.argument in (None, above.argument)
    if above.function != "sum" or not same_rows:
        return OwnHistory()
    values, deviation, lowest, highest = (
        (source, replace(above, function=name)) for name in (COUNT, "std", "min", "max")
    )
    return RowMean(top, base, values, deviation, lowest, highest, offset, factor)


def _placed_alike(top: Key, base: Key) -> bool:
    """Whether both read the same rows of the same source by the same days.

    An average of days counts a row once a day, so it says little about how many rows there are.
    """
    (source, above), (other, below) = top, base
    return source == other and _placed(above) == _placed(below) and above.over != "average"


def _placed(part: Part) -> Part:
    """The part without what it aggregates."""
    return replace(part, function=COUNT, argument=None, level=None, where=None)


def _counted(part: Part) -> Expr | None:
    """The condition on the rows that a count counts."""
    if part.argument is None:
        return part.where
    return both(part.where, Call("not", (Call("is_null", (part.argument,)),)))
