"""Everything suspect in the data of a tree: one scan a source, then the checks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from kpitree.analysis.doctor.case import Case
from kpitree.analysis.doctor.coverage import age_of, common_days
from kpitree.analysis.doctor.findings import findings_of, of_mistake, of_notice, worst_first
from kpitree.analysis.results.doctor import Diagnosis, Examined, Finding
from kpitree.data.doctor.asked import Examination
from kpitree.data.doctor.examine import examine
from kpitree.data.doctor.seen import Seen
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.question import Question
from kpitree.tables import SEEN_COLUMNS, SEEN_DAYS, SEEN_LOOKUPS
from kpitree.tree.measures import Part, parts_of
from kpitree.tree.model import Branch, DataTarget, Leaf, Tree


def doctor(
    tree: Tree, *, as_of: date | None = None, sources: Mapping[str, str] | None = None
) -> Diagnosis:
    """Look at the data of every source of a tree.

    as_of: the day on which today falls; None: how old data is, is told by the newest source.
    sources: source -> file to read instead; "-" is standard input.
    Raises UsageError: `sources` names one that the tree does not have.
    """
    plan = make_plan(tree, Question(sources=dict(sources or {})))
    plans = {target.plan.source for target in _plans(tree)}
    seen = [examine(_asked(plan, name, sources or {})) for name in tree.sources]
    cases = _cases(tree, seen, as_of, plans)
    together = _sources_of(tree, tree.root)
    found = [
        *(finding for one in seen for finding in _told(one)),
        *findings_of(cases, together),
    ]
    return Diagnosis(
        tree=tree,
        as_of=as_of,
        sources=tuple(case.examined for case in cases.values()),
        findings=worst_first(found, list(tree.sources)),
        common=common_days(cases, together),
    )


def _plans(tree: Tree) -> Iterator[DataTarget]:
    """Targets that are rows of a source."""
    for kpi in tree.kpis.values():
        match kpi.target:
            case DataTarget() as target:
                yield target


def _asked(plan: Plan, source: str, overrides: Mapping[str, str]) -> Examination:
    parts: dict[Part, None] = dict.fromkeys(plan.parts.get(source, ()))
    for target in _plans(plan.tree):
        if target.plan.source == source:
            parts |= dict.fromkeys(parts_of(plan.tree, target.plan)[1])
    return Examination(
        source=plan.tree.sources[source],
        parts=tuple(parts),
        timezone=plan.tree.timezone,
        override=overrides.get(source),
    )


def _sources_of(tree: Tree, kpi: str) -> tuple[str, ...]:
    """The sources of all that a KPI is computed from, in the order of the file."""
    found: set[str] = set()
    open_ones, known = [kpi], set[str]()
    while open_ones:
        name = open_ones.pop()
        if name in known:
            continue
        known.add(name)
        open_ones += tree.operands(name)
        match tree.kpis[name]:
            case Leaf(source=source) | Branch(measured=Leaf(source=source)):
                found.add(source)
    return tuple(name for name in tree.sources if name in found)


def _cases(
    tree: Tree, seen: Sequence[Seen], as_of: date | None, plans: Collection[str]
) -> dict[str, Case]:
    """Every source, each with its age beside the newest (plans are about the future)."""
    cases = {
        one.asked.source.id: Case(
            source=one.asked.source,
            examined=_examined(one),
            repeated=one.repeated,
            calendar=tree.calendar,
            as_of=as_of,
            planned=one.asked.source.id in plans,
        )
        for one in seen
    }
    lasts = [
        (name, case.covered[1])
        for name, case in cases.items()
        if case.covered is not None and not case.planned
    ]
    newest = max(lasts, key=lambda one: one[1], default=None)
    return {name: _dated(case, newest) for name, case in cases.items()}


def _examined(seen: Seen) -> Examined:
    """Without what only the checks know: see _dated()."""
    source = seen.asked.source
    return Examined(
        source=source.id,
        path=seen.shown,
        files=seen.files,
        readable=seen.days is not None,
        rows=seen.rows,
        undated=seen.undated,
        days=pl.DataFrame(schema=SEEN_DAYS) if seen.days is None else seen.days,
        columns=pl.DataFrame(schema=SEEN_COLUMNS) if seen.columns is None else seen.columns,
        lookups=pl.DataFrame(schema=SEEN_LOOKUPS) if seen.lookups is None else seen.lookups,
        fresh_within=source.fresh_within,
    )


def _dated(case: Case, newest: tuple[str, date] | None) -> Case:
    """With the days covered, how old the last one is, and how often rows come."""
    first, last = case.covered or (None, None)
    until = case.as_of or (None if newest is None else newest[1])
    examined = replace(
        case.examined,
        first=first,
        last=last,
        age=None if case.planned else age_of(last, until),
        rhythm=case.rhythm.every,
    )
    return replace(case, examined=examined, newest=newest)


def _told(seen: Seen) -> Iterator[Finding]:
    """What other commands would stop at, and what was met on opening the source."""
    source = seen.asked.source.id
    notices = list(dict.fromkeys(seen.notices))
    copies = sum(notice.count or 0 for notice in notices if notice.code == "duplicates")
    for one in seen.mistakes:
        of = seen.rows + (copies if one.code == "duplicates_differ" else 0)
        yield of_mistake(source, one.code, one.error, count=one.count, of=of, column=one.column)
    for notice in notices:
        yield of_notice(source, notice, of=seen.rows + copies if notice.code == "duplicates" else 0)
