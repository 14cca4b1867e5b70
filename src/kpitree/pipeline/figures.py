"""The figures of a question: tree -> cubes -> parts -> leaves -> KPIs, one scan a source."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kpitree.analysis.leaves import LeafPlan, SourceParts, grid, leaf_values
from kpitree.analysis.moments import Coverage
from kpitree.analysis.nodes import node_values
from kpitree.analysis.targets import Found, constant_for
from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube, CubeRequest, value_of_no_rows
from kpitree.errors import Notice, SourceError
from kpitree.pipeline.periods import Periods, day_before, days_worth_reading, grain_of
from kpitree.pipeline.plan import Plan, sources_of
from kpitree.pipeline.question import Question
from kpitree.pipeline.reading import reader_for
from kpitree.tree.model import Constant

Dimensions = Mapping[str, tuple[str, ...]]  # of each source


def read_cubes(
    plan: Plan, question: Question, dimensions: Dimensions | None = None
) -> dict[str, Cube]:
    """One scan a source. dimensions: other ones than the question's, which all sources have."""
    days = days_worth_reading(plan, question)
    read = reader_for(question).cube
    return {
        source.id: read(
            CubeRequest(
                source=source,
                parts=dict(plan.parts[source.id]),
                dimensions=question.by if dimensions is None else dimensions[source.id],
                where=plan.where,
                timezone=plan.tree.timezone,
                grain=grain_of(plan, question),
                calendar=plan.tree.calendar,
                days=days,
                override=question.sources.get(source.id),
            )
        )
        for source in sources_of(plan)
    }


def coverage_of(cubes: Mapping[str, Cube], as_of: date | None) -> dict[str, Coverage]:
    """Source -> its days before as_of. Raises SourceError for a source without a dated row."""
    found: dict[str, Coverage] = {}
    for name, cube in cubes.items():
        if cube.coverage is None:
            raise SourceError(f"the source {name!r} has no rows with a date")
        first, last = cube.coverage
        found[name] = Coverage(first, last if as_of is None else min(last, day_before(as_of)))
    return found


def notices_of(cubes: Mapping[str, Cube]) -> list[Notice]:
    """What was found in the data on the way, each once, in the order of the sources."""
    return list(dict.fromkeys(notice for cube in cubes.values() for notice in cube.notices))


def constants_of(plan: Plan, spans: Sequence[Span]) -> dict[str, list[Found]]:
    """Constant KPI -> its value for each span."""
    calendar = plan.tree.calendar
    return {
        kpi.id: [constant_for(kpi.value, span, calendar) for span in spans]
        for kpi in plan.nodes.values()
        if isinstance(kpi, Constant)
    }


def values(
    plan: Plan,
    cubes: Mapping[str, Cube],
    coverage: Mapping[str, Coverage],
    periods: Periods,
    by: tuple[str, ...],
) -> pl.DataFrame:
    """VALUES (and parts) of every moment, for the whole or by segment.

    A segment with a goal in a period shown is there though it may have no rows.
    """
    members = [] if plan.where is not None else plan.book.members(by, periods.shown_spans())
    leaves = parts_by(
        plan, cubes, coverage, periods.spans(), by, list(plan.leaves.values()), members
    )
    constants = {
        name: [found.value for found in by_span]
        for name, by_span in constants_of(plan, periods.spans()).items()
    }
    return node_values(leaves, plan.generations, constants, periods.times)


def parts_by(
    plan: Plan,
    cubes: Mapping[str, Cube],
    coverage: Mapping[str, Coverage],
    spans: Sequence[Span],
    by: tuple[str, ...],
    leaves: Sequence[LeafPlan] = (),
    members: Sequence[tuple[str, ...]] = (),
) -> pl.DataFrame:
    """VALUES of these spans and cubes: the parts, and the leaves asked for; no formulas.

    members: segments that are there whether or not they have rows.
    """
    parts = {
        name: SourceParts(
            frame=cube.roll_up(spans, by),
            coverage=coverage[name],
            no_rows={column: value_of_no_rows(part) for part, column in plan.parts[name].items()},
        )
        for name, cube in cubes.items()
    }
    return leaf_values(grid(parts, len(spans), by, members), spans, parts, leaves)
