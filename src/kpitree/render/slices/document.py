"""`json`: one object, its keys in this order.

    schema_version  1
    tree            its name
    kpi             the KPI whose change is searched
    vs              previous | last-year | period
    from, to        {label, value}
    change          in the KPI's unit
    dimensions[]    those searched
    examined        how many slices were looked at
    reason          null, or why there is no answer
    slices[]        those that tell most, the largest line first; none where nothing stands out
      segment{}     one dimension and its value, or two
      from, to      the KPI in the slice; null where it has none
      line, share   the slice's part of the change; line / change, null where that would mislead
      size          its share of the KPI before; of a rate its mean share of the base
      excess        line - change x size: what its size alone would not give
      surprise      Jensen-Shannon term of its shares before and after, in bits
    rest            the same of all that no slice holds, without segment{}; null with a reason
    residual        change - sum of lines: 0, or the last digit of a float
    sentence
    warnings[]      {code, message, kpi, source}

Numbers are unrounded; shares and sizes are fractions. size, excess and surprise are null where
there was nothing before.
"""

from typing import Any

from kpitree.analysis.results.slices import Slices
from kpitree.render.fields import number
from kpitree.render.objects import SCHEMA_VERSION, state_object, warning_object
from kpitree.render.slices.rows import Row, residual_of, rows_of
from kpitree.render.slices.telling import sentence
from kpitree.render.style import Style


def document(found: Slices, _style: Style) -> dict[str, Any]:
    """The object as Python values. Raises ValueError for a number that is not finite."""
    rows = rows_of(found)
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": found.tree.name,
        "kpi": found.kpi,
        "vs": found.vs,
        "from": state_object(found.from_label, found.before),
        "to": state_object(found.to_label, found.after),
        "change": number(found.change),
        "dimensions": list(found.dimensions),
        "examined": found.examined,
        "reason": found.reason,
        "slices": [{"segment": dict(row.segment), **_figures(row)} for row in rows if row.segment],
        "rest": next((_figures(row) for row in rows if not row.segment), None),
        "residual": number(residual_of(found, rows)),
        "sentence": sentence(found, Style()),
        "warnings": [warning_object(notice) for notice in dict.fromkeys(found.warnings)],
    }


def _figures(row: Row) -> dict[str, Any]:
    return {
        "from": number(row.before),
        "to": number(row.after),
        "line": number(row.line),
        "share": number(row.share),
        "size": number(row.size),
        "excess": number(row.excess),
        "surprise": number(row.surprise),
    }
