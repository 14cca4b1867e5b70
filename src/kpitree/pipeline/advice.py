"""Design advice that takes data: what the KPIs and their targets were in the latest periods."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.advice.looks import look
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
from kpitree.tree.expressions import names_in
from kpitree.tree.model import Branch, Leaf, Tree

PERIODS: Final = 36  # whole periods looked at
LONG: Final = 120  # those in which leads are looked for: fewer seldom rule one out


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
    last = LONG if any(kpi.leads for kpi in tree.kpis.values()) else PERIODS
    question = Question(as_of=as_of, last=last, history=0, vs=("target",), cache=cache)
    plan = make_plan(tree, question)
    read = read_moments(plan, question)
    return Advised(tuple(look(_evidence(read))), read.periods.known.last)


def _evidence(read: Moments) -> Evidence:
    plan = read.plan
    whole = _whole(read)
    moments = whole[-PERIODS:]
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
        beginning=_beginning(read) if len(moments) == 1 else frozenset(),
        contradictions=held[-1].contradictions,
        state=rows[-1],
        leads=list(leads(read, whole, set(plan.kpis))),
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


def _beginning(read: Moments) -> frozenset[str]:
    """The KPIs that need rows of a source which begins only within the main period."""
    late = {name for name, one in read.coverage.items() if one.first > read.main.start}
    found: set[str] = set()
    for node in read.plan.nodes.values():  # operands first
        match node:
            case Leaf(source=source) if source in late:
                found.add(node.id)
            case Branch(formula=formula) if not found.isdisjoint(names_in(formula)):
                found.add(node.id)
    return frozenset(found)


def _reasons(read: Moments, row: Row, span: Span) -> dict[str, str]:
    reasons = reasons_of(read.plan, read.coverage)
    return {kpi: reasons.why(kpi, row, span) for kpi in read.plan.kpis if row[kpi] is None}
