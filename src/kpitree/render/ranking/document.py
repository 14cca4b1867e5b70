"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    kpi, label, unit
    as_of           ISO date or null
    period          {label, start, end, complete, days, covered_days}; end is exclusive
    dimensions[]    whose members are ranked
    references[]    {vs, label}: the periods compared with
    sort            value | attainment | change: what they are ranked by
    stale           whether the data is older than its source's fresh_within; null unless --as-of
                    is given and some source says how fresh it is to be
    counts          {members, ranked, shown, left_out, tied}; tied: how many of those left out
                    share the rank of the one at the cut
    statuses        {status: how many of all members have it}
    told_by         rows | history: what members are told from the others by; null for nothing
    reason          null, or why there are no members
    members[]       the best first, those without a rank after them
      rank          1 is the best; shared by ties; null without one
      segment{}     dimension and value; "(none)" for rows without one
      value, reason        reason: null, or why value is null
      share         its part of the whole; of a ratio or mean, of what that is divided by
      pull          of a ratio or mean: the whole less what it would be without the member
      target, implied, target_reason, attainment, gap, status     gap: value - target
                    implied: whether the target follows from others; null without one
      others        what the others have: by rows all of theirs together, by history the mean
                    of their values
      low, high     by rows where the value may lie (95 %); by history where it usually lies,
                    given what the others have now
      caution       null where nothing says that it cannot be told from the others, else
                    {kind, reason, low, high}
                    kind: like_the_others | usual_spread | little_history | few_rows
      comparisons[] {vs, label, reference, change, percent, favourable, reason}
    whole           {value, reason, target, implied, target_reason, attainment, gap, status,
                    comparisons[]}, or null without members
    sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded and in the KPI's unit; share, attainment and percent are fractions.
"""

from typing import Any

from kpitree.analysis.results.ranking import Ranking
from kpitree.render.fields import number
from kpitree.render.kpis import period_object
from kpitree.render.objects import SCHEMA_VERSION, warning_object
from kpitree.render.ranking.rows import Compared, Row, left_out, rows_of
from kpitree.render.ranking.sentence import sentence
from kpitree.render.style import Style


def document(ranking: Ranking, style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    kpi = ranking.tree.kpis[ranking.kpi]
    rows = rows_of(ranking)
    members = rows[:-1]
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": ranking.tree.name,
        "kpi": kpi.id,
        "label": kpi.label,
        "unit": kpi.unit,
        "as_of": ranking.as_of and ranking.as_of.isoformat(),
        "period": period_object(ranking.period),
        "dimensions": list(ranking.dimensions),
        "references": [{"vs": vs, "label": label} for vs, label in ranking.references],
        "sort": ranking.sort,
        "stale": ranking.stale,
        "counts": {
            "members": ranking.members,
            "ranked": ranking.ranked,
            "shown": len(members),
            "left_out": left_out(ranking),
            "tied": ranking.tied,
        },
        "statuses": dict(ranking.statuses),
        "told_by": ranking.evidence,
        "reason": ranking.reason,
        "members": [_member(row) for row in members],
        "whole": _whole(rows[-1]) if rows else None,
        "sentence": sentence(ranking, style),
        "warnings": [warning_object(notice) for notice in dict.fromkeys(ranking.warnings)],
    }


def _member(row: Row) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "segment": dict(row.segment),
        "value": number(row.value),
        "reason": row.reason,
        "share": number(row.share),
        "pull": number(row.pull),
        **_held(row),
        "others": number(row.others),
        "low": number(row.low),
        "high": number(row.high),
        "caution": _caution(row),
        "comparisons": [_comparison(one) for one in row.comparisons],
    }


def _whole(row: Row) -> dict[str, Any]:
    return {
        "value": number(row.value),
        "reason": row.reason,
        **_held(row),
        "comparisons": [_comparison(one) for one in row.comparisons],
    }


def _held(row: Row) -> dict[str, Any]:
    return {
        "target": number(row.target),
        "implied": row.implied,
        "target_reason": row.target_reason,
        "attainment": number(row.attainment),
        "gap": number(row.gap),
        "status": row.status,
    }


def _caution(row: Row) -> dict[str, Any] | None:
    if row.caution is None:
        return None
    return {
        "kind": row.caution,
        "reason": row.caution_reason,
        "low": number(row.low),
        "high": number(row.high),
    }


def _comparison(one: Compared) -> dict[str, Any]:
    return {
        "vs": one.vs,
        "label": one.label,
        "reference": number(one.reference),
        "change": number(one.change),
        "percent": number(one.percent),
        "favourable": one.favourable,
        "reason": one.reason,
    }
