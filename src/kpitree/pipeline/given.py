"""The targets that files give in a moment: of the whole, of segments, of what --where keeps."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from kpitree.analysis.moments import Moment, grown_from
from kpitree.analysis.targets import Adding, Found, grown, spread, target_for
from kpitree.calendar import Calendar, Span
from kpitree.pipeline.actuals import Actuals, Segment
from kpitree.pipeline.plan import Plan, sources_of
from kpitree.tree.expressions import Call, Expr, Name, Text
from kpitree.tree.model import Branch, DataTarget, GrowthTarget, Node, PathTarget

if TYPE_CHECKING:  # what a table of targets needs is loaded only for trees that have one
    from kpitree.analysis.targets.goals import Split

NO_PERIOD_BEFORE = "a year to date has no period before"

NOT_FOR_A_PART = "the target is for everything, not for what --where keeps"
UNREAD = Found(None, "what it grows from was not read")

Addings = Mapping[str, Adding]


def given_to_whole(actuals: Actuals, moment: Moment, adding: Addings) -> dict[str, Found]:
    """The target of every KPI computed, from the tree file or its table of targets."""
    return {
        kpi.id: _given_to_whole(actuals, moment, kpi, adding[kpi.id])
        for kpi in actuals.plan.nodes.values()
    }


def _given_to_whole(actuals: Actuals, moment: Moment, kpi: Node, adding: Adding) -> Found:
    tree, book = actuals.plan.tree, actuals.plan.book

    def in_span(span: Span) -> dict[Segment, Found]:
        match kpi.target:
            case DataTarget() as target:
                return {(): book.planned(target, span, (), adding)[()]}
            case None if named := book.targets_of(kpi.id):
                return {(): spread(named, span, adding, "target")}
            case GrowthTarget():
                return {}
            case target:
                return {(): target_for(target, span, tree.grain, tree.calendar, adding)}

    match kpi.target:
        case GrowthTarget() as target:
            return _grown(actuals, moment, target, kpi.id).get((), UNREAD)
        case PathTarget() as target:  # a line is where it is on the last day covered
            span = moment.span(tree.calendar)
            behaves = Adding.RATE if _runs_up(actuals.plan, kpi) else adding
            return target_for(target, span, tree.grain, tree.calendar, behaves)
        case _:
            return _to_date(in_span, moment, tree.calendar, adding)[()]


def _runs_up(plan: Plan, kpi: Node) -> bool:
    """Whether it is the sum of a year to date, on every day what has come up to it."""
    match kpi:
        case Branch(formula=Call(name="year_to_date", args=(Name(id=of),))):
            return plan.adding[of] is Adding.FLOW
        case _:
            return False


def _to_date(
    in_span: Callable[[Span], Mapping[Segment, Found]],
    moment: Moment,
    calendar: Calendar,
    adding: Adding,
) -> Mapping[Segment, Found]:
    """What is given for the days of a moment; a rate or stock that has a target for the whole
    period has that on its first days, too, whatever is given for parts of it.
    """
    found = in_span(moment.span(calendar))
    if moment.first_days is None or adding is not Adding.RATE:
        return found
    whole = in_span(moment.period)
    return {
        segment: of if (of := whole.get(segment, one)).value is not None else one
        for segment, one in found.items()
    }


@dataclass(frozen=True, slots=True)
class GivenBy:
    """The targets of one KPI by segment. reason: why a segment that is not among them has none.

    summed: those that are sums of finer goals, and so implied.
    """

    found: Mapping[Segment, Found]
    reason: str
    summed: frozenset[Segment] = frozenset()


def given_by(actuals: Actuals, moment: Moment, adding: Addings) -> dict[str, GivenBy]:
    """The targets of segments, for every KPI that has any, or has none for a reason of its own.

    actuals: by the dimensions asked for.
    """
    plan = actuals.plan
    found: dict[str, GivenBy] = {}
    for kpi in plan.nodes.values():
        one = _given_by(actuals, moment, kpi, adding[kpi.id])
        if one is not None:
            found[kpi.id] = _of_kept(one, actuals) if _is_for_all(plan, kpi) else one
    return found


def _of_kept(given: GivenBy, actuals: Actuals) -> GivenBy:
    """Of targets for all rows of segments, those of segments that --where keeps whole."""
    kept = _segment(actuals.plan)
    if kept is None or not kept.keys() <= set(actuals.by):
        return GivenBy({}, NOT_FOR_A_PART)
    found = {
        segment: one
        for segment, one in given.found.items()
        if kept.items() <= dict(zip(actuals.by, segment, strict=True)).items()
    }
    return replace(given, found=found, summed=given.summed & found.keys())


def _is_for_all(plan: Plan, kpi: Node) -> bool:
    """Whether the targets of segments are for all of their rows, and --where keeps only some."""
    counts_itself = isinstance(kpi.target, GrowthTarget) and not plan.book.has_goals(kpi.id)
    return plan.where is not None and not counts_itself


def _given_by(actuals: Actuals, moment: Moment, kpi: Node, adding: Adding) -> GivenBy | None:
    """Goals of the table come first; growth and plans give a target to every segment they can."""
    plan, by, calendar = actuals.plan, actuals.by, actuals.plan.tree.calendar
    split = _goals_in(plan, kpi, by, adding, moment.span(calendar))
    if split is not None:

        def goals_in(span: Span) -> Mapping[Segment, Found]:
            found = _goals_in(plan, kpi, by, adding, span)
            return {} if found is None else found.found

        found = _to_date(goals_in, moment, calendar, adding)
        return GivenBy(found, split.reason or "it has no goal", summed=split.summed)
    match kpi.target:
        case GrowthTarget() as target:
            return GivenBy(_grown(actuals, moment, target, kpi.id), "it has no past")
        case DataTarget() as target:
            source = plan.tree.sources[target.plan.source]
            lacking = [name for name in by if name not in source.dimensions]
            if lacking:
                return GivenBy({}, f"its plan has no dimension {lacking[0]!r}")
            planned = partial(plan.book.planned, target, by=by, adding=adding)
            return GivenBy(_to_date(planned, moment, calendar, adding), "its plan does not name it")
        case _:
            return None


def _goals_in(
    plan: Plan, kpi: Node, by: tuple[str, ...], adding: Adding, span: Span
) -> "Split | None":
    goals = plan.book.goals
    if goals is None:
        return None
    return goals.split(kpi.id, by, span, adding, plan.book.present)


def given_to_part(actuals: Actuals, moment: Moment, adding: Addings) -> dict[str, Found]:
    """The targets of what --where keeps, of those that have one.

    Growth counts from what the same part was. Where the condition is that dimensions have one
    member each, the part is a segment, with the target that a split would give it.
    """
    segment = _segment(actuals.plan)
    found = {
        kpi.id: _given_to_part(actuals, moment, kpi, adding[kpi.id], segment)
        for kpi in actuals.plan.nodes.values()
    }
    return {kpi: one for kpi, one in found.items() if one is not None}


def _given_to_part(
    actuals: Actuals, moment: Moment, kpi: Node, adding: Adding, segment: Mapping[str, str] | None
) -> Found | None:
    of_segments = isinstance(kpi.target, DataTarget) or actuals.plan.book.has_goals(kpi.id)
    if segment is not None and of_segments:
        split = _given_by(replace(actuals, by=tuple(segment)), moment, kpi, adding)
        if split is not None:
            return split.found.get(tuple(segment.values()), Found(None, split.reason))
        return None
    if isinstance(kpi.target, GrowthTarget):
        return _grown(actuals, moment, kpi.target, kpi.id).get((), UNREAD)
    return None


def _segment(plan: Plan) -> dict[str, str] | None:
    """Dimension -> its one member, where --where says just that; else None."""
    found: dict[str, str] = {}
    for name, member in _equalities(plan.where):
        known = all(name in source.dimensions for source in sources_of(plan))
        if member is None or name in found or not known:
            return None
        found[name] = member
    return found


def _equalities(where: Expr | None) -> Iterator[tuple[str, str | None]]:
    """What a condition says is equal; a name with None for anything else."""
    match where:
        case Call(name="and", args=args):
            for arg in args:
                yield from _equalities(arg)
        case Call(name="==", args=(Name(id=name), Text(value=member))):
            yield name, member
        case _:
            yield "", None


def _grown(
    actuals: Actuals, moment: Moment, target: GrowthTarget, kpi: str
) -> dict[Segment, Found]:
    """Every segment (or the whole) against what it was itself."""
    calendar = actuals.plan.tree.calendar
    before = grown_from(moment, target.over, calendar)
    if actuals.plan.ytd and target.over == "previous":
        return dict.fromkeys(_segments(actuals, moment), Found(None, NO_PERIOD_BEFORE))
    if before is None:
        reason = f"{moment.period.label} has no counterpart of as many days to grow from"
        return dict.fromkeys(_segments(actuals, moment), Found(None, reason))
    label = before.span(calendar).label
    return {
        segment: grown(
            target,
            row[kpi],
            label,
            "" if row[kpi] is not None else actuals.why(kpi, row, before),
        )
        for segment, row in actuals.rows(before).items()
    }


def _segments(actuals: Actuals, moment: Moment) -> Iterable[Segment]:
    return actuals.rows(moment) if actuals.by else [()]
