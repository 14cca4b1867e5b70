"""Targets of running periods, judged whole and cut to date; and of periods within periods."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from kpitree.analysis.moments import Moment
from kpitree.analysis.targets import Adding, Needs, gap_in_words
from kpitree.analysis.targets.implied import differ
from kpitree.analysis.targets.nested import Given, Overtaken, overtaken
from kpitree.calendar import Span
from kpitree.errors import Notice
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Node, PeriodTargets

NOT_CUT = "what is needed is for a whole period, and the KPI does not add up over time"


def as_of_whole(
    plan: Plan, moment: Moment, actual: Mapping[str, float | None]
) -> dict[str, float | None]:
    """What was reached so far, to be measured against targets of the whole: flows go on alike."""
    share = moment.span(plan.tree.calendar).days / moment.period.days
    return {
        kpi: value / share
        if value is not None and share and plan.adding.get(kpi) is Adding.FLOW
        else value
        for kpi, value in actual.items()
    }


def cut(
    plan: Plan, moment: Moment, whole: Needs, to_date: Needs, counting: Mapping[str, float]
) -> Needs:
    """What is needed in a whole period, as of its first days.

    to_date: what the targets to date need, which is the same wherever formulas hold on parts of
    a period; elsewhere flows have their share of the days, and rates and stocks stay as they are.
    counting: the KPIs that have a target to date.
    """
    share = moment.span(plan.tree.calendar).days / moment.period.days
    found = Needs(reasons=dict(whole.reasons))
    holding: set[str] = set()
    for kpi, above in whole.by.items():  # formulas before operands
        if kpi in counting:
            continue
        if above not in plan.mixed and (above in holding or above not in whole.by):
            holding.add(kpi)
        if kpi in holding and to_date.by.get(kpi) == above:
            found.values[kpi] = to_date.values[kpi]
        elif plan.adding[kpi] is Adding.NEITHER:
            found.reasons[kpi] = NOT_CUT
            continue
        else:
            flow = plan.adding[kpi] is Adding.FLOW
            found.values[kpi] = whole.values[kpi] * (share if flow else 1.0)
        found.by[kpi] = above
    return found


# --- periods within periods ----------------------------------------------------------------------


def overtaken_in(
    plan: Plan, span: Span, in_words: Callable[[Node, float], str]
) -> Iterator[Notice]:
    """Targets and goals of periods around a span that those for parts of them contradict."""
    for kpi in plan.nodes.values():
        if plan.adding[kpi.id] is not Adding.FLOW:
            continue
        for one in _told(_named(plan, kpi), span):
            gap = gap_in_words(kpi, one.taken, one.value, in_words)
            yield _notice(kpi, f"the targets of {kpi.label} for parts of {one.period.label}", gap)
        yield from _of_goals(plan, kpi, span, in_words)


def _of_goals(
    plan: Plan, kpi: Node, span: Span, in_words: Callable[[Node, float], str]
) -> Iterator[Notice]:
    """The first segment of which that is true, and how many more there are."""
    goals = plan.book.goals
    found = [
        (", ".join(f"{name} = {member}" for name, member in zip(dims, segment, strict=True)), one)
        for dims, segments in ({} if goals is None else goals.by.get(kpi.id, {})).items()
        for segment, named in segments.items()
        for one in _told(named, span)[:1]
    ]
    if found:
        (segment, one), others = found[0], len(found) - 1
        gap = gap_in_words(kpi, one.taken, one.value, in_words)
        many = f"{others} segment{'s' if others > 1 else ''} more"
        more = f" (and those of {many})" if others else ""
        of = f"the goals of {kpi.label} for {segment}, for parts of {one.period.label}"
        yield _notice(kpi, of, gap + more)


def _notice(kpi: Node, of: str, gap: str) -> Notice:
    return Notice(code="targets_do_not_add_up", kpi=kpi.id, message=f"{of} give {gap}")


def _named(plan: Plan, kpi: Node) -> Sequence[Given]:
    match kpi.target:
        case PeriodTargets(values=values):
            return [(plan.tree.calendar.parse(label), value) for label, value in values.items()]
        case None:
            return plan.book.targets_of(kpi.id)
        case _:
            return ()


def _told(named: Sequence[Given], span: Span) -> list[Overtaken]:
    """Those of which the span shows anything."""
    return [
        one
        for one in overtaken(named)
        if one.period.start < span.end
        and span.start < one.period.end
        and differ(one.value, one.taken)
    ]
