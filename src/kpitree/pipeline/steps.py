"""Beside the change asked for: the steps that lead to it, and how steady its top driver is."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpitree.analysis.attribution.contract import Attribution, Problem
from kpitree.analysis.attribution.scope import survey
from kpitree.analysis.promise import Reference
from kpitree.analysis.results.change import Steadiness
from kpitree.errors import SourceError, UsageError
from kpitree.pipeline.asked import order_of, take_apart
from kpitree.pipeline.questions import ChangeQuestion
from kpitree.pipeline.states import Moments, Pair, reference_to_main, state_of


def for_other_states(found: Pair, kpi: str, asked: ChangeQuestion) -> ChangeQuestion:
    """The same question about other states, where other drivers may have moved."""
    if not asked.order:
        return replace(asked, by=())
    problem = Problem(tree=found.tree, kpi=kpi, before=found.before, after=found.after)
    order = dict.fromkeys((*order_of(found.tree, asked), *survey(problem, {}).drivers))
    return replace(asked, by=(), order=tuple(order))


def links(
    read: Moments, references: Sequence[Reference], kpi: str, asked: ChangeQuestion
) -> tuple[Attribution, ...]:
    """The steps from period to period. Raises SourceError where one of them has no value."""
    steps = [references[0], *(one for one in references if one.vs == "link")]
    states = [state_of(read, one) for one in (*steps, reference_to_main(read))]
    found = []
    for before, after in pairwise(states):
        one = Pair(tree=read.plan.tree, vs="period", before=before, after=after, places=None)
        link = take_apart(one, kpi, asked)
        if link.reason is not None:
            raise SourceError(link.reason, where=f"{before.label} to {after.label}")
        found.append(link)
    return tuple(found)


def steadiness(
    read: Moments,
    references: Sequence[Reference],
    found: Pair,
    attribution: Attribution,
    asked: ChangeQuestion,
) -> Steadiness | None:
    """Whether another reference, a period earlier, has the same driver on top."""
    moved = next((one for one in references if one.vs == "moved"), None)
    if moved is None or len(attribution.lines) < 2:
        return None
    if moved.span is None:
        return Steadiness(reference=moved.label, reason=moved.reason)
    before = state_of(read, moved)
    try:
        other = take_apart(replace(found, before=before), attribution.kpi, asked)
    except UsageError as error:  # as of log, where a factor was negative then; nobody asked for it
        return Steadiness(reference=moved.label, reason=error.message)
    if other.reason is not None:
        return Steadiness(reference=moved.label, reason=other.reason)
    top, moved_top = _top(attribution), _top(other)
    return Steadiness(reference=moved.label, top=top, moved_top=moved_top)


def _top(found: Attribution) -> str | None:
    """The driver whose lines together explain most; the first of equals."""
    lines: dict[str, list[float]] = {}
    for line in found.lines:
        if line.effect != "unexplained":
            lines.setdefault(line.kpi, []).append(line.line)
    sizes = {kpi: abs(math.fsum(of)) for kpi, of in lines.items()}
    largest = max(sizes, key=lambda kpi: sizes[kpi], default=None)
    return largest if largest is not None and sizes[largest] else None
