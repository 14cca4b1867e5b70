"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    root, grain
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive; the
                    main period (the last, with --last N)
    kpis[]          in tree-file order: the whole (segment {}), then its segments; one entry
                    for each period shown, oldest first
      kpi, label, role, unit, owner, depth, parents[], segment{}, period
      value, reason          reason: null, or why value is null
      target, target_implied, target_reason, attainment, status
      limits                 {centre, lower, upper}: natural process limits of the periods before;
                             null with under 12 of them, and for a running period
      rule                   beyond_limits | run_of_8 | 3_of_4: why the value is a signal, or null
      stale                  whether its data is older than fresh_within; null unless --as-of is
                             given and a source says so
      comparisons[]  {vs, label, reference, change, percent, favourable, signal, reason}
    drivers[]       for each missed (or asked for) KPI and reference
      schema_version, tree, kpi, vs, method
      mix_reference          null: nothing is split into rate and mix
      from, to               {label, value}
      change, residual, gross
      reason                 null, or why there are no lines
      lines[]  {kpi, label, segment{}, effect, from, to, line, share, flags[], via[{parent, flow}]}
      nodes[]  {kpi, line}
      sentence
      warnings[]
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in their KPI's unit; percent, attainment and share are fractions.
Whole numbers below 2**53 have no fraction. Null where there is no value; never NaN.
"""

from typing import Any

from kpitree.analysis.results.evaluation import Evaluation
from kpitree.render.evaluation.facts import Comparison, Fact, drawn, facts
from kpitree.render.fields import number
from kpitree.render.kpis import period_object
from kpitree.render.objects import SCHEMA_VERSION, attribution_object, warning_object
from kpitree.render.style import Style


def document(evaluation: Evaluation, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    tree = evaluation.tree
    shown = drawn(evaluation, style.depth)
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": tree.name,
        "root": tree.root,
        "grain": str(evaluation.grain),
        "as_of": evaluation.as_of and evaluation.as_of.isoformat(),
        "period": period_object(evaluation.period),
        "kpis": [_kpi(evaluation, fact) for fact in facts(evaluation, depth=style.depth)],
        "drivers": [
            attribution_object(found, tree)
            for found in evaluation.attributions
            if found.kpi in shown
        ],
        "warnings": [warning_object(notice) for notice in evaluation.warnings],
    }


def _kpi(evaluation: Evaluation, fact: Fact) -> dict[str, Any]:
    kpi = fact.kpi
    return {
        "kpi": kpi.id,
        "label": kpi.label,
        "role": kpi.role,
        "unit": kpi.unit,
        "owner": kpi.owner,
        "depth": evaluation.depths.get(kpi.id),
        "parents": list(evaluation.parents.get(kpi.id, ())),
        "segment": dict(fact.segment),
        "period": fact.period,
        "value": number(fact.value),
        "reason": fact.reason,
        "target": number(fact.target),
        "target_implied": number(fact.target_implied),
        "target_reason": fact.target_reason,
        "attainment": number(fact.attainment),
        "status": fact.status,
        "limits": _limits(fact),
        "rule": fact.rule,
        "stale": fact.stale,
        "comparisons": [_comparison(found) for found in fact.comparisons],
    }


def _limits(fact: Fact) -> dict[str, Any] | None:
    if fact.centre is None:
        return None
    return {
        "centre": number(fact.centre),
        "lower": number(fact.lower),
        "upper": number(fact.upper),
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "vs": found.vs,
        "label": found.label,
        "reference": number(found.reference),
        "change": number(found.change),
        "percent": number(found.percent),
        "favourable": found.favourable,
        "signal": found.signal,
        "reason": found.reason,
    }
