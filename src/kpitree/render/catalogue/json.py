"""`json`: everything that the catalogue says, as one object.

    schema_version  1
    kpis[]          kpi, label, description, also[], departments[], readers[], rhythms[],
                    formula | measure | value, unit, better, indicator, level, leads[],
                    gamed, counterweight, note, tree{}, data[]
      tree          KPI -> its table in a tree file: the KPI and all that it is computed from
      data[]        rows, about, time, from, to, columns[]{column, type, about, values[], range,
                    optional}, split_by{} (column -> what it says of a row)
or with --departments
    departments[]   department, kpis
"""

import json
from typing import Any

from kpitree.catalogue.answers import Answer, Departments
from kpitree.catalogue.entry import Catalogue, Column, Entry, Rows
from kpitree.render.catalogue.facts import KINDS, entries_of
from kpitree.render.objects import SCHEMA_VERSION
from kpitree.render.style import Style
from kpitree.render.words import json_safe


def render(answer: Answer, style: Style) -> str:
    """The object, indented by two spaces, with a line feed at its end."""
    text = json.dumps(_document(answer), indent=2, ensure_ascii=style.ascii, allow_nan=False)
    return json_safe(text) + "\n"


def _document(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, Departments):
        counts = [{"department": name, "kpis": count} for name, count in answer.counts.items()]
        return {"schema_version": SCHEMA_VERSION, "departments": counts}
    kpis = [_entry(answer.catalogue, entry) for entry in entries_of(answer)]
    return {"schema_version": SCHEMA_VERSION, "kpis": kpis}


def _entry(catalogue: Catalogue, entry: Entry) -> dict[str, Any]:
    below = catalogue.below(entry.id)
    return {
        "kpi": entry.id,
        "label": entry.label,
        "description": entry.description,
        "also": list(entry.also),
        "departments": list(entry.departments),
        "readers": list(entry.readers),
        "rhythms": list(entry.rhythms),
        **{kind: entry.keys[kind] for kind in KINDS if kind in entry.keys},
        "unit": entry.unit,
        "better": entry.better,
        "indicator": entry.indicator,
        "level": entry.level,
        "leads": list(entry.leads),
        "gamed": entry.gamed,
        "counterweight": entry.counterweight,
        "note": entry.note or None,
        "tree": {name: catalogue.table(name) for name in below},
        "data": [_rows(rows) for rows in catalogue.rows_of(below).values()],
    }


def _rows(rows: Rows) -> dict[str, Any]:
    return {
        "rows": rows.name,
        "about": rows.about,
        "time": rows.time,
        "from": rows.from_,
        "to": rows.to,
        "columns": [_column(column) for column in rows.columns.values()],
        "split_by": rows.split_by,
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "column": column.name,
        "type": column.type,
        "about": column.about,
        "values": list(column.values),
        "range": None if column.range is None else list(column.range),
        "optional": column.optional,
    }
