"""The tree in one period, before and after some of its values are changed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kpitree.analysis.attribution.contract import State
from kpitree.analysis.attribution.explain import METHODS
from kpitree.analysis.goalseek import never_negative
from kpitree.analysis.recompute import above, recomputed
from kpitree.analysis.results.whatif import WhatIf
from kpitree.analysis.shift import FORMS, shift_of
from kpitree.analysis.whatif import AFTER, hidden, outcomes, taken_apart
from kpitree.errors import Notice, UsageError, did_you_mean
from kpitree.pipeline.figures import notices_of
from kpitree.pipeline.held import in_words
from kpitree.pipeline.plan import Plan, make_plan
from kpitree.pipeline.questions import WhatIfQuestion
from kpitree.pipeline.standing import Standing, standing
from kpitree.pipeline.states import read_moments
from kpitree.tree.expressions import Name
from kpitree.tree.graph import under
from kpitree.tree.model import Tree

SET = "--set"


def whatif(tree: Tree, asked: WhatIfQuestion) -> WhatIf:
    """Compute the tree anew where some of its KPIs have other values.

    A formula whose value is given is not computed. Targets stay what they were, and so do all
    other periods.

    Raises:
        UsageError: the question names what the tree does not have, or what cannot be.
        SourceError: the data is missing, unreadable, or says nothing about the period.
    """
    kpi = asked.kpi or tree.root
    _check(tree, kpi, asked)
    question = replace(asked.about, kpis=(), vs=("target",), by=(), explain=(), last=1)
    plan = make_plan(tree, replace(question, history=0))
    now = standing(read_moments(plan, replace(question, history=0)))
    changes = _changes(now, asked.settings)
    nodes = list(plan.nodes.values())
    row = now.state.values
    after = recomputed(above(nodes, changes), row, changes)
    attribution = taken_apart(
        plan.tree,
        kpi,
        nodes,
        list(changes),
        State(label=now.period.span.label, values=row),
        State(label=AFTER, values=after),
        method=asked.method,
    )
    return WhatIf(
        tree=plan.tree,
        kpi=kpi,
        period=now.period,
        as_of=question.as_of,
        settings={name: str(given) for name, given in asked.settings.items()},
        rows=outcomes(
            [plan.tree.kpis[one] for one in plan.kpis],
            list(changes),
            row,
            after,
            {one: now.held.promise(one) for one in plan.kpis},
            now.held.ranges,
            now.why,
        ),
        attribution=attribution,
        warnings=(
            *notices_of(now.read.cubes),
            *_odd(plan, changes),
            *_unmoved(tree, kpi, changes),
            *attribution.warnings,
        ),
    )


def _check(tree: Tree, kpi: str, asked: WhatIfQuestion) -> None:
    tree.kpi(kpi)
    if asked.method not in METHODS:
        hint = did_you_mean(asked.method, METHODS)
        raise UsageError(f"there is no method {asked.method!r}", where="--method", hint=hint)
    if not asked.settings:
        raise UsageError("nothing is changed", where=SET, hint=f"say what: --set NAME=...; {FORMS}")
    for name in asked.settings:
        tree.kpi(name)
    if kpi in asked.settings:
        raise UsageError(
            f"{kpi!r} is what is asked about, so it cannot be set",
            where=SET,
            hint=f"set what it is computed from, or see what that would have to be:"
            f" kpitree levers {tree.file} {kpi} --to ...",
        )
    for lower, upper in hidden(tree, list(asked.settings)).items():
        raise UsageError(
            f"{upper!r} is set, so {lower!r} under it would count for nothing",
            where=SET,
            hint="set one of the two",
        )
    named = {operand for one in tree.kpis for operand in tree.operands(one)}
    for name in asked.settings:
        if name not in named:
            hint = f"KPIs that matter to {kpi!r}: {', '.join(under(tree, kpi)[:-1][:12])}"
            raise UsageError(f"no formula names {name!r}, so nothing follows", where=SET, hint=hint)


def _changes(now: Standing, settings: Mapping[str, str | float]) -> dict[str, float]:
    """KPI -> its new value. Raises UsageError for what is no number, or has nothing to shift."""
    found: dict[str, float] = {}
    for name, given in settings.items():
        kpi, value = now.read.plan.tree.kpis[name], now.state.values.get(name)
        try:
            new = shift_of(given).of(kpi, value)
        except UsageError as error:
            raise UsageError(f"{name}: {error.message}", where=SET, hint=error.hint) from None
        if new is None:
            why = now.why(name, now.state.values)
            period = now.period.span.label
            raise UsageError(
                f"{name!r} has no value in {period} that {given} could be counted from: {why}",
                where=SET,
                hint=f"give the value itself: --set {name}=420",
            )
        found[name] = new
    return found


def _odd(plan: Plan, changes: Mapping[str, float]) -> Iterator[Notice]:
    """Values that the KPI cannot have: most often a unit that was forgotten."""
    for name, value in changes.items():
        kpi = plan.tree.kpis[name]
        if kpi.unit == "percent" and abs(value) > 1.0:
            message = f"{kpi.label} is set to {in_words(kpi, value)}; 5 % is written 5% or 0.05"
            yield Notice(code="beyond_100", message=message, kpi=name)
        if value < 0.0 and never_negative(Name(name), plan.tree.kpis):
            message = f"{kpi.label} is set to {in_words(kpi, value)}, and cannot be below 0"
            yield Notice(code="below_0", message=message, kpi=name)


def _unmoved(tree: Tree, kpi: str, changes: Mapping[str, float]) -> Iterator[Notice]:
    below = set(under(tree, kpi))
    for name in changes:
        if name not in below:
            message = f"{tree.kpis[kpi].label} does not depend on {tree.kpis[name].label}"
            yield Notice(code="no_effect", message=message, kpi=name)
