"""One KPI in two periods: the whole of it, and any cut of it by dimensions."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kpitree.analysis.segments.algebra import Key
from kpitree.analysis.segments.shape import Ratio, Shape, Total
from kpitree.analysis.slices import cuts
from kpitree.analysis.slices.cuts import ABOVE, AFTER, BASE, BEFORE, Cut, Whole
from kpitree.errors import SourceError
from kpitree.pipeline.figures import values
from kpitree.pipeline.plan import columns_of
from kpitree.pipeline.standing import reasons_of
from kpitree.pipeline.states import Moments, Pair, by_segment, pair
from kpitree.tables import MOMENT, SEGMENT

Sums = Mapping[tuple[str, str], pl.Expr]  # columns before and after -> what both are of a state


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A KPI in two states, the whole of it and any cut.

    before, after: its values. spans: the places of the states in the periods' times.
    """

    read: Moments
    states: Pair
    kpi: str
    shape: Shape
    spans: tuple[int, int]
    before: float
    after: float

    @classmethod
    def of(cls, read: Moments, kpi: str, shape: Shape) -> "Searched":
        """Raises SourceError where the KPI has no value in one of the states."""
        reference = read.periods.references[-1][0]
        states = pair(read, reference)
        assert reference.span is not None  # pair has refused one without
        spans = reference.span, read.periods.times.position(read.periods.shown[-1])
        before, after = (
            _value(read, kpi, state.label, span)
            for state, span in zip((states.before, states.after), spans, strict=True)
        )
        return cls(
            read=read,
            states=states,
            kpi=kpi,
            shape=shape,
            spans=spans,
            before=before,
            after=after,
        )

    @property
    def label(self) -> str:
        return self.read.plan.tree.kpis[self.kpi].label

    def whole(self) -> Whole:
        match self.shape:
            case Ratio(above=above, below=below):
                states = (self.states.before.values, self.states.after.values)
                columns = columns_of(self.read.plan)
                above_before, above_after = (_sum_of(above, columns, one) for one in states)
                base_before, base_after = (_sum_of(below, columns, one) for one in states)
                return cuts.Rate(
                    before=self.before,
                    after=self.after,
                    above_before=above_before,
                    above_after=above_after,
                    base_before=base_before,
                    base_after=base_after,
                )
            case _:
                return cuts.Total(before=self.before, after=self.after)

    def cut(self, by: tuple[str, ...]) -> Cut:
        """Totals and ratios by their parts; of all else, the KPI itself, which may add up."""
        columns = columns_of(self.read.plan)
        match self.shape:
            case Total(parts=parts):
                found = self._of_parts(by, {(BEFORE, AFTER): _sum(parts, columns)})
            case Ratio(above=above, below=below):
                sums = {ABOVE: _sum(above, columns), BASE: _sum(below, columns)}
                found = self._of_parts(by, sums)
            case _:
                found = self._of_values(by)
        return Cut(dimensions=by, frame=found)

    def _of_parts(self, by: tuple[str, ...], sums: Sums) -> pl.DataFrame:
        assert self.states.places is not None  # both states are periods
        return _beside(by, *by_segment(self.read, self.states.places, by), sums)

    def _of_values(self, by: tuple[str, ...]) -> pl.DataFrame:
        read = self.read
        frame = values(read.plan, read.cubes, read.coverage, read.periods, by)
        before, after = (frame.filter(pl.col(MOMENT) == span) for span in self.spans)
        return _beside(by, before, after, {(BEFORE, AFTER): pl.col(self.kpi)})


def _value(read: Moments, kpi: str, label: str, span: int) -> float:
    row = read.frame.filter(pl.col(MOMENT) == span).row(0, named=True)
    found: float | None = row[kpi]
    if found is not None:
        return found
    tree = read.plan.tree
    reason = reasons_of(read.plan, read.coverage).why(kpi, row, read.periods.spans()[span])
    raise SourceError(f"{tree.kpis[kpi].label} has no value in {label}: {reason}")


def _beside(
    by: tuple[str, ...], before: pl.DataFrame, after: pl.DataFrame, sums: Sums
) -> pl.DataFrame:
    """Both states side by side: they have the same segments in the same order (leaves.grid)."""
    keys = [SEGMENT + name for name in by]
    return pl.concat(
        [
            before.select(*keys, *(sums[names].alias(names[0]) for names in sums)),
            after.select(sums[names].alias(names[1]) for names in sums),
        ],
        how="horizontal",
    )


def _sum(parts: Mapping[Key, float], columns: Mapping[Key, str]) -> pl.Expr:
    """Parts added up; a part without a value adds nothing, and none of them has no sum."""
    terms = [pl.col(columns[key]) * weight for key, weight in parts.items()]
    there = pl.any_horizontal(term.is_not_null() for term in terms)
    return pl.when(there).then(pl.sum_horizontal(terms))


def _sum_of(
    parts: Mapping[Key, float], columns: Mapping[Key, str], row: Mapping[str, float | None]
) -> float:
    """The same of the whole."""
    total = pl.DataFrame([row]).select(_sum(parts, columns)).item()
    assert total is not None  # else the KPI had no value
    return float(total)
