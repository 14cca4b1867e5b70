"""Two states of a tree set side by side: a period, and what it is compared with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from kpitree.analysis.answer import Held, Reference
from kpitree.analysis.attribution.contract import State
from kpitree.analysis.moments import Coverage
from kpitree.calendar import Span
from kpitree.data.cube import Cube
from kpitree.errors import Notice, SourceError, did_you_mean
from kpitree.pipeline.figures import Dimensions, coverage_of, parts_by, read_cubes, values
from kpitree.pipeline.held import held_to
from kpitree.pipeline.periods import Periods, choose_periods
from kpitree.pipeline.plan import Plan, condition
from kpitree.pipeline.question import Question
from kpitree.tables import MOMENT, SEGMENT
from kpitree.tree.expressions import Call, Expr, Name, Text, replace_names
from kpitree.tree.model import Branch, Source, Tree

SIDE: Final = "--vs"  # the dimension that tells the rows of a condition from all others
INSIDE, OUTSIDE = "fulfils it", "does not"
_CONDITION: Final = re.compile(r"[=<>(\"'\s]")  # what no word and no period label has

Row = Mapping[str, float | None]


def is_condition(vs: str) -> bool:
    """Whether a reference is a condition on rows rather than a word or a period."""
    return _CONDITION.search(vs) is not None


def with_sides(tree: Tree, vs: str) -> Tree:
    """The tree whose sources have one more dimension: on which side of the condition a row is.

    A row for which the condition is neither true nor false does not fulfil it.
    """
    expr = condition(vs, "--vs")
    sources = {name: _with_side(source, expr) for name, source in tree.sources.items()}
    return replace(tree, sources=sources)


def _with_side(source: Source, expr: Expr) -> Source:
    by_column = replace_names(
        expr, lambda name: Name(source.dimensions.get(name.id, name.id), name.at)
    )
    side = Call("if_else", (by_column, Text(INSIDE), Text(OUTSIDE)))
    return replace(
        source,
        columns=source.columns | {SIDE: side},
        dimensions=source.dimensions | {SIDE: SIDE},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What was read for a question: everything that states are made of.

    frame: VALUES of the whole, or of both sides of a condition (dimension SIDE).
    """

    plan: Plan
    question: Question
    cubes: Mapping[str, Cube]
    coverage: Mapping[str, Coverage]
    periods: Periods
    frame: pl.DataFrame

    @property
    def main(self) -> Span:
        """The period asked for, or as much of it as the data covers."""
        return self.periods.shown[-1].span(self.periods.calendar)

    def held(self) -> Held:
        return held_to(self.plan, self.periods.shown[-1], self.periods.calendar)


def read_moments(
    plan: Plan,
    question: Question,
    dimensions: Dimensions | None = None,
    by: tuple[str, ...] = (),
) -> Moments:
    """Read what a question needs, one scan a source.

    dimensions: of each source; None = none. by: those of the frame, which all sources have.
    """
    cubes = read_cubes(plan, question, dimensions)
    coverage = coverage_of(cubes, question.as_of)
    periods = choose_periods(plan, question, coverage)
    return Moments(
        plan=plan,
        question=question,
        cubes=cubes,
        coverage=coverage,
        periods=periods,
        frame=values(plan, cubes, coverage, periods, by),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the figures of one state stand: a span, and a side where the rows are divided."""

    span: Span
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """tree: as far down as both states have values. vs: the word for the reference.

    before, after: of KPIs and parts. places: where they come from; None where the reference is
    promised rather than measured.
    """

    tree: Tree
    vs: str
    before: State
    after: State
    places: tuple[Place, Place] | None
    warnings: tuple[Notice, ...] = ()


def pair(read: Moments, reference: Reference) -> Pair:
    """The state of the reference, and that of the period asked for.

    Raises SourceError for a reference that cannot be compared with.
    """
    main = Place(span=read.main)
    after = state_of(read, reference_to_main(read))
    if reference.vs in ("target", "benchmark"):
        tree, before, warnings = _promised(read, reference.vs)
        return Pair(
            tree=tree, vs=reference.vs, before=before, after=after, places=None, warnings=warnings
        )
    before = state_of(read, reference)
    assert reference.moment is not None
    place = Place(span=reference.moment.span(read.periods.calendar))
    return Pair(
        tree=read.plan.tree, vs=reference.vs, before=before, after=after, places=(place, main)
    )


def reference_to_main(read: Moments) -> Reference:
    """The period asked for, in the form of a reference."""
    moment = read.periods.shown[-1]
    return Reference(
        "period",
        moment.span(read.periods.calendar).label,
        span=read.periods.times.position(moment),
        moment=moment,
    )


def state_of(read: Moments, reference: Reference) -> State:
    """The whole at one moment. Raises SourceError where it cannot be compared with."""
    if reference.span is None:
        raise SourceError(
            f"there is no comparison with {reference.label}: {reference.reason or 'no data'}"
        )
    row = read.frame.filter(pl.col(MOMENT) == reference.span).row(0, named=True)
    return State(label=reference.label, values=_figures(row, ()))


def _figures(row: Mapping[str, float | None], dimensions: Sequence[str]) -> dict[str, float | None]:
    left_out = {MOMENT, *(SEGMENT + name for name in dimensions)}
    return {name: value for name, value in row.items() if name not in left_out}


# --- against what was promised -------------------------------------------------------------------


def _promised(read: Moments, vs: str) -> tuple[Tree, State, tuple[Notice, ...]]:
    held = read.held()
    if vs == "target":
        return (
            as_far_as_targets_go(read.plan.tree, held),
            State(
                label="target",
                values=target_values(read.plan, held),
                absent="has no target",
                measured=False,
            ),
            held.contradictions,
        )
    benchmarks = dict(held.constants) | dict(held.benchmarks)
    tree = _as_far_as(read.plan.tree, benchmarks)
    promised = State(
        label="benchmark", values=benchmarks, absent="has no benchmark", measured=False
    )
    return tree, promised, ()


def target_values(plan: Plan, held: Held) -> dict[str, float | None]:
    """KPI -> the target that counts; constants are their own."""
    return {one: held.counts(one) for one in plan.nodes} | dict(held.constants)


def as_far_as_targets_go(tree: Tree, held: Held) -> Tree:
    """The tree in which a KPI with a target, under which targets are lacking, is one driver.

    Against targets, drivers are the deepest KPIs that were promised something: orders with a
    target of 1,800 explain a missed revenue though nobody set one for orders per day.
    """
    lacking = [
        name
        for name, kpi in tree.kpis.items()
        if isinstance(kpi, Branch)
        and held.own.get(name) is not None
        and held.implied.get(name) is None
    ]
    return _as_drivers(tree, lacking)


def _as_far_as(tree: Tree, known: Row) -> Tree:
    """The tree in which a KPI with a value, under which some are lacking, is one driver."""
    told: dict[str, bool] = {}

    def can_be_told(kpi: str) -> bool:
        """Whether the drivers under a KPI, or the KPI itself, all have values."""
        if kpi not in told:
            below = tree.operands(kpi)
            all_below = bool(below) and all(map(can_be_told, below))
            told[kpi] = all_below or known.get(kpi) is not None
        return told[kpi]

    lacking = [
        name
        for name in tree.kpis
        if known.get(name) is not None and not all(map(can_be_told, tree.operands(name)))
    ]
    return _as_drivers(tree, lacking)


def _as_drivers(tree: Tree, names: Sequence[str]) -> Tree:
    return replace(
        tree, kpis=tree.kpis | {name: replace(tree.kpis[name], driver=True) for name in names}
    )


# --- a segment against the rest ------------------------------------------------------------------


def sides(read: Moments, vs: str) -> Pair:
    """The rows that fulfil a condition (after) against all others (before) of the same period.

    Raises SourceError where one of the sides has no rows.
    """
    span = read.periods.times.position(read.periods.shown[-1])
    found = {
        row[SEGMENT + SIDE]: _figures(row, (SIDE,))
        for row in read.frame.filter(pl.col(MOMENT) == span).iter_rows(named=True)
    }
    _must_have_rows(read, vs)
    return Pair(
        tree=read.plan.tree,
        vs="rest",
        before=State(label="rest", values=found[OUTSIDE]),
        after=State(label=vs, values=found[INSIDE]),
        places=(Place(span=read.main, side=OUTSIDE), Place(span=read.main, side=INSIDE)),
    )


def _must_have_rows(read: Moments, vs: str) -> None:
    there = _segments(read, read.cubes, SIDE)
    label = read.periods.shown[-1].period.label
    if INSIDE not in there:
        hint = _known_segments(read, condition(vs, "--vs"))
        raise SourceError(f"no row of {label} fulfils {vs}", where="--vs", hint=hint)
    if OUTSIDE not in there:
        raise SourceError(f"every row of {label} fulfils {vs}: there is no rest", where="--vs")


def _segments(read: Moments, cubes: Mapping[str, Cube], dimension: str) -> list[str]:
    """The segments that the period asked for has rows of."""
    found = (
        cube.roll_up([read.main], (dimension,))[SEGMENT + dimension].to_list()
        for cube in cubes.values()
        if dimension in cube.plan.request.dimensions
    )
    return sorted({segment for many in found for segment in many})


def _known_segments(read: Moments, expr: Expr) -> str:
    """For `dimension == 'segment'`: which segments there are. Reads the data once more."""
    match expr:
        case Call(name="==", args=(Name(id=dimension), Text(value=segment))):
            sources = read.plan.tree.sources.items()
            by = {name: (dimension,) * (dimension in one.dimensions) for name, one in sources}
            if not any(by.values()):
                return ""
            cubes = read_cubes(read.plan, read.question, by)
            return did_you_mean(segment, _segments(read, cubes, dimension))
    return ""


# --- by segment ----------------------------------------------------------------------------------


def by_segment(
    read: Moments, places: tuple[Place, Place], by: tuple[str, ...]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parts of both states by segment: dimension columns, and one column per part.

    Sources without one of the dimensions are left out.
    """
    before, after = places
    sided = (SIDE, *by) if after.side is not None else by
    there = {
        name: cube
        for name, cube in read.cubes.items()
        if set(by) <= read.plan.tree.sources[name].dimensions.keys()
    }
    spans = list(dict.fromkeys((before.span, after.span)))
    frame = parts_by(read.plan, there, read.coverage, spans, sided)
    return _of(frame, spans, before), _of(frame, spans, after)


def _of(frame: pl.DataFrame, spans: Sequence[Span], place: Place) -> pl.DataFrame:
    found = frame.filter(pl.col(MOMENT) == spans.index(place.span)).drop(MOMENT)
    if place.side is None:
        return found
    return found.filter(pl.col(SEGMENT + SIDE) == place.side).drop(SEGMENT + SIDE)
