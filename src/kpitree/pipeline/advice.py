"""Design advice that takes data: what the KPIs and their targets were in the latest periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import polars as pl

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.advice.looks import look
from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.analysis.moments import Moment
from kpitree.analysis.recompute import Row, value_or_none
from kpitree.calendar import Span
from kpitree.pipeline.implied import in_words
from kpitree.pipeline.leads import leads
from kpitree.pipeline.plan import make_plan
from kpitree.pipeline.question import Question
from kpitree.pipeline.standing import reasons_of
from kpitree.pipeline.states import Moments, read_moments
from kpitree.tables import MOMENT
from kpitree.tree.model import Branch, Tree

PERIODS: Final = 36  # whole periods looked at
CHANGES: Final = 6  # from one of them to the next, in which drivers may be seen to cancel


@dataclass(frozen=True, slots=True)
class Advised:
    """findings: rule by rule. last_day: the last day of the data, which is as far as is known."""

    findings: tuple[Finding, ...]
    last_day: date


def advise(tree: Tree, *, as_of: date | None = None, cache: bool = True) -> Advised:
    """What the data says about the design of a tree: the findings of the rules that take data.

    as_of: the day on which "today" falls: only days before it count.

    Raises SourceError: the data is missing, unreadable, or has no whole period.
    """
    question = Question(as_of=as_of, last=PERIODS, history=0, vs=("target",), cache=cache)
    plan = make_plan(tree, question)
    read = read_moments(plan, question)
    return Advised(tuple(look(_evidence(read))), read.periods.known.last)


def _evidence(read: Moments) -> Evidence:
    plan = read.plan
    moments = _whole(read)
    rows = [_row(read, moment) for moment in moments]
    held = [read.held(moment) for moment in moments]
    measured = [
        node
        for node in plan.nodes.values()
        if isinstance(node, Branch) and node.measured is not None
    ]
    return Evidence(
        tree=plan.tree,
        periods=[moment.period.label for moment in moments],
        values={kpi: [row[kpi] for row in rows] for kpi in plan.kpis},
        targets={kpi: [one.own.get(kpi) for one in held] for kpi in plan.kpis},
        in_words=in_words,
        formulas={node.id: [value_or_none(node, row) for row in rows] for node in measured},
        reasons=_reasons(read, rows[-1], moments[-1].span(read.periods.calendar)),
        contradictions=held[-1].contradictions,
        changes=list(_changes(plan.tree, moments, rows)),
        leads=list(leads(read, moments, set(plan.kpis))),
    )


def _whole(read: Moments) -> list[Moment]:
    """The periods that are over and that the data covers; if there are none, the one asked for."""
    *earlier, main = read.periods.shown
    covered = [
        one for one in earlier if one.first_days is None and read.periods.known.covers(one.period)
    ]
    return [*covered, main]


def _row(read: Moments, moment: Moment) -> Row:
    place = read.periods.times.position(moment)
    return dict(read.frame.row(by_predicate=pl.col(MOMENT) == place, named=True))


def _reasons(read: Moments, row: Row, span: Span) -> dict[str, str]:
    reasons = reasons_of(read.plan, read.coverage)
    return {kpi: reasons.why(kpi, row, span) for kpi in read.plan.kpis if row[kpi] is None}


def _changes(tree: Tree, moments: Sequence[Moment], rows: Sequence[Row]) -> Iterator[Attribution]:
    """How the goal moved, the latest change first."""
    if not isinstance(tree.kpis[tree.root], Branch):
        return
    states = [
        State(label=moment.period.label, values=dict(row))
        for moment, row in zip(moments, rows, strict=True)
    ]
    for before, after in list(pairwise(states))[: -CHANGES - 1 : -1]:
        yield attribute(tree, tree.root, before, after, vs="previous")
