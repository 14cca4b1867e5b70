"""The targets that files give in a moment: of the whole, of segments, of what --where keeps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kpitree.analysis.moments import Moment, grown_from
from kpitree.analysis.targets import Adding, Found, grown, spread, target_for
from kpitree.pipeline.actuals import Actuals, Segment
from kpitree.pipeline.plan import Plan, sources_of
from kpitree.tree.expressions import Call, Expr, Name, Text
from kpitree.tree.model import DataTarget, GrowthTarget, Node

NO_PERIOD_BEFORE = "a year to date has no period before"

NOT_FOR_A_PART = "the target is for everything, not for what --where keeps"
UNREAD = Found(None, "what it grows from was not read")

Addings = Mapping[str, Adding]


def given_to_whole(actuals: Actuals, moment: Moment, adding: Addings) -> dict[str, Found]:
    """The target of every KPI computed, from the tree file or its table of targets."""
    plan = actuals.plan
    span = moment.span(plan.tree.calendar)
    found: dict[str, Found] = {}
    for kpi in plan.nodes.values():
        match kpi.target:
            case GrowthTarget() as target:
                found[kpi.id] = _grown(actuals, moment, target, kpi.id).get((), UNREAD)
            case DataTarget() as target:
                found[kpi.id] = plan.book.planned(target, span, (), adding[kpi.id])[()]
            case None if named := plan.book.targets_of(kpi.id):
                found[kpi.id] = spread(named, span, adding[kpi.id], "target")
            case target:
                tree = plan.tree
                found[kpi.id] = target_for(target, span, tree.grain, tree.calendar, adding[kpi.id])
    return found


@dataclass(frozen=True, slots=True)
class GivenBy:
    """The targets of one KPI by segment. reason: why a segment that is not among them has none.

    summed: they are sums of finer goals, and so implied.
    """

    found: Mapping[Segment, Found]
    reason: str
    summed: bool = False


def given_by(actuals: Actuals, moment: Moment, adding: Addings) -> dict[str, GivenBy]:
    """The targets of segments, for every KPI that has any, or has none for a reason of its own.

    actuals: by the dimensions asked for.
    """
    plan = actuals.plan
    found: dict[str, GivenBy] = {}
    for kpi in plan.nodes.values():
        one = _given_by(actuals, moment, kpi, adding[kpi.id])
        if one is not None:
            found[kpi.id] = GivenBy({}, NOT_FOR_A_PART) if _is_for_all(plan, kpi) else one
    return found


def _is_for_all(plan: Plan, kpi: Node) -> bool:
    """Whether the targets of segments are for all of their rows, and --where keeps only some."""
    counts_itself = isinstance(kpi.target, GrowthTarget) and not plan.book.has_goals(kpi.id)
    return plan.where is not None and not counts_itself


def _given_by(actuals: Actuals, moment: Moment, kpi: Node, adding: Adding) -> GivenBy | None:
    """Goals of the table come first; growth and plans give a target to every segment they can."""
    plan, by = actuals.plan, actuals.by
    span = moment.span(plan.tree.calendar)
    goals = plan.book.goals
    split = None if goals is None else goals.split(kpi.id, by, span, adding)
    if split is not None:
        return GivenBy(split.found, split.reason or "it has no goal", summed=split.summed)
    match kpi.target:
        case GrowthTarget() as target:
            return GivenBy(_grown(actuals, moment, target, kpi.id), "it has no past")
        case DataTarget() as target:
            source = plan.tree.sources[target.plan.source]
            lacking = [name for name in by if name not in source.dimensions]
            if lacking:
                return GivenBy({}, f"its plan has no dimension {lacking[0]!r}")
            return GivenBy(plan.book.planned(target, span, by, adding), "its plan does not name it")
        case _:
            return None


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
        return None if split is None else split.found.get(tuple(segment.values()))
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
