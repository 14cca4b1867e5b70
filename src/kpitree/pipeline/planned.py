"""A plan that is data: what its rows give as targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpitree.analysis.functions import Undefined, evaluate
from kpitree.analysis.leaves import LeafPlan
from kpitree.analysis.targets import Adding, Found, spread
from kpitree.calendar import Span
from kpitree.data.cube.compiling import spoken
from kpitree.data.cube.cube import Cube, CubeRequest, Part, value_of_no_rows
from kpitree.pipeline.reading import Reader
from kpitree.tables import SEGMENT, SPAN
from kpitree.tree.measures import parts_of
from kpitree.tree.model import DataTarget, Tree

Segment = tuple[str, ...]  # members, in the order of the dimensions; () for the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The rows of one plan, split by dimensions.

    arithmetic: over the parts' columns. rows: columns that count the rows of each part.
    """

    tree: Tree
    target: DataTarget
    by: tuple[str, ...]
    cube: Cube
    arithmetic: LeafPlan
    rows: tuple[str, ...]

    def targets(self, span: Span, adding: Adding) -> dict[Segment, Found]:
        """The target of each segment that the plan speaks of anywhere near the span."""
        periods = self.tree.calendar.periods_in(span, self.target.per)
        return {
            segment: _put_together(known, periods, span, adding)
            for segment, known in self._figures(periods).items()
        }

    def _figures(self, periods: Sequence[Span]) -> dict[Segment, dict[int, Found]]:
        """Segment -> position of each period that the plan speaks of -> its figure, whole."""
        found: dict[Segment, dict[int, Found]] = {} if self.by else {(): {}}
        names = [SEGMENT + name for name in self.by]
        for row in self.cube.roll_up(periods, self.by).iter_rows(named=True):
            if any(row[column] for column in self.rows):
                segment = tuple(row[name] for name in names)
                found.setdefault(segment, {})[row[SPAN]] = self._figure(row)
        of_none = self._figure(self._of_no_rows())
        for at, period in enumerate(periods):
            if self._speaks_for(period):
                for known in found.values():
                    known.setdefault(at, of_none)
        return found

    def _figure(self, row: Mapping[str, float | None]) -> Found:
        parts = zip(self.arithmetic.parts, self.arithmetic.columns, strict=True)
        lacking = next((part for part, column in parts if row[column] is None), None)
        if lacking is not None:
            return Found(None, f"its plan has no value for {spoken(lacking)}")
        try:
            return Found(evaluate(self.arithmetic.over_columns, row))
        except Undefined as undefined:
            return Found(None, f"its plan: {undefined.reason}")

    def _of_no_rows(self) -> dict[str, float | None]:
        parts = zip(self.arithmetic.parts, self.arithmetic.columns, strict=True)
        return {column: value_of_no_rows(part) for part, column in parts}

    def _speaks_for(self, period: Span) -> bool:
        """Whether the plan says of itself that it covers a period, whatever its rows are."""
        covers = self.tree.sources[self.target.plan.source].covers
        return covers is not None and covers[0] <= period.start and period.last_day <= covers[1]


def read_plan(
    tree: Tree,
    target: DataTarget,
    by: tuple[str, ...],
    sources: Mapping[str, str],
    reader: Reader,
) -> Planned:
    """Read a plan whole: neither --where nor the days of the question narrow it.

    sources: other paths than the tree's. reader: whoever reads them.
    Raises SourceError where it cannot be read.
    """
    plan = target.plan
    source = tree.sources[plan.source]
    arithmetic, parts = parts_of(tree, plan)
    counts = [Part("count", None, None, part.where, part.time) for part in parts]
    columns = {part: f"part:{at}" for at, part in enumerate(dict.fromkeys([*parts, *counts]))}
    cube = reader.cube(
        CubeRequest(
            source=source,
            parts=columns,
            dimensions=by,
            timezone=tree.timezone,
            grain=target.per,
            calendar=tree.calendar,
            override=sources.get(source.id),
        )
    )
    names = tuple(columns[part] for part in parts)
    return Planned(
        tree=tree,
        target=target,
        by=by,
        cube=cube,
        arithmetic=LeafPlan(plan.id, source.id, arithmetic, parts, names),
        rows=tuple(columns[part] for part in counts),
    )


def _put_together(
    known: Mapping[int, Found], periods: Sequence[Span], span: Span, adding: Adding
) -> Found:
    named: list[tuple[Span, float]] = []
    for at, period in enumerate(periods):
        figure = known.get(at)
        if figure is None:
            return Found(None, f"its plan has no rows for {period.label}")
        if figure.value is None:
            return figure
        named.append((period, figure.value))
    return spread(named, span, adding, "target")
