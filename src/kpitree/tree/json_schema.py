"""The JSON Schema of a tree file, with which editors complete and explain its keys."""

import keyword
from typing import Any, Final

import msgspec

from kpitree.tree.expressions import RESERVED
from kpitree.tree.forms import TOLD_BY
from kpitree.tree.schema import File

_TITLES: Final = {
    "File": "KPI tree",
    "TreeTable": "[tree]",
    "CalendarTable": "[calendar]",
    "SourceTable": "[sources.NAME]",
    "LookupTable": "[sources.NAME.lookup.NAME]",
    "TargetsTable": "[targets]",
    "KpiTable": "[kpi.NAME]",
    "ThresholdsTable": "thresholds",
    "BenchmarkTable": "benchmark",
    "GrowthTable": "target = { growth, over }",
    "PlanTable": "target = { source, measure }",
    "PathTable": "target = { value, by }",
    "SpreadTable": "target = { value, per }",
}
_GRAINS: Final = {
    "day": "Days.",
    "week": "Weeks, from week_start on.",
    "month": "Months; with a pattern, of whole weeks.",
    "quarter": "Quarters of the (fiscal) year.",
    "year": "(Fiscal) years.",
}
# Table and key -> what each word that it may be means, in the order in which it is offered.
_WORDS: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("CalendarTable", "grain"): _GRAINS,
    ("CalendarTable", "week_start"): {
        "monday": "ISO weeks.",
        "tuesday": "Weeks from Tuesday to Monday.",
        "wednesday": "Weeks from Wednesday to Tuesday.",
        "thursday": "Weeks from Thursday to Wednesday.",
        "friday": "Weeks from Friday to Thursday.",
        "saturday": "Weeks from Saturday to Friday.",
        "sunday": "As in the USA.",
    },
    ("CalendarTable", "fiscal_year_name"): {
        "end": "FY2027 ends in 2027.",
        "start": "FY2027 begins in 2027.",
    },
    ("CalendarTable", "pattern"): {
        "4-4-5": "The third month of a quarter has five weeks.",
        "4-5-4": "The second month of a quarter has five weeks.",
        "5-4-4": "The first month of a quarter has five weeks.",
    },
    ("SourceTable", "decimal"): {".": "1,234.5", ",": "1.234,5"},
    ("LookupTable", "decimal"): {".": "1,234.5", ",": "1.234,5"},
    ("SourceTable", "engine"): {
        "polars": "In this process: files of all kinds.",
        "duckdb": "DuckDB reads the files: kpitree[sql].",
        "spark": "A Spark cluster reads files, tables or queries: kpitree[spark].",
    },
    ("KpiTable", "at"): {
        "end": "Those active at the end of the period's last day.",
        "start": "Those active at the end of the day before the period.",
        "average": "The average of the ends of the period's days.",
    },
    ("KpiTable", "count_when"): {
        "started": "Those whose first day lies in the period.",
        "ended": "Those that were there no more from a day in the period on.",
    },
    ("KpiTable", "role"): {
        "kgi": "The goal at the top.",
        "kpi": "One of the few numbers that are steered by.",
        "metric": "A number for health or diagnosis.",
        "guardrail": "What must not get worse while others get better.",
    },
    ("KpiTable", "review"): {
        "daily": "Every day.",
        "weekly": "Every week.",
        "monthly": "Every month.",
        "quarterly": "Every quarter.",
        "yearly": "Every year.",
    },
    ("KpiTable", "indicator"): {
        "leading": "It moves before the result; say what it leads with: leads.",
        "lagging": "It is the result, or moves with it.",
    },
    ("KpiTable", "level"): {
        "strategic": "Of concern to those who lead.",
        "operational": "Of concern to those who do the work.",
    },
    ("KpiTable", "missing"): {
        "zero": "A state without a value counts as 0.",
        "carry": "A state without a value has the last one before it.",
    },
    ("KpiTable", "direction"): {"up": "More is better.", "down": "Less is better."},
    ("GrowthTable", "over"): {
        "last_year": "The same period of the year before.",
        "previous": "The period before.",
    },
    ("PlanTable", "per"): _GRAINS,
    ("SpreadTable", "per"): _GRAINS,
}
# A name in a formula: letters, digits and _, and no word of the formula language.
_NAMES: Final = {
    "pattern": r"^(?!__)[^\s0-9!-/:-@\[-^`{-~][^\s!-/:-@\[-^`{-~]*$",
    "not": {"enum": sorted({*RESERVED, *keyword.kwlist})},
}
_OF_ROWS: Final = ("source", "where", "at", "count_when")
_ROWS_HAVE_A_MEASURE: Final = {
    "anyOf": [
        {"required": ["measure"]},
        {"required": ["measured"]},
        {"not": {"anyOf": [{"required": [key]} for key in _OF_ROWS]}},
    ]
}
_NEVER_EMPTY: Final = (
    ("KpiTable", "formula"),
    ("KpiTable", "measure"),
    ("SourceTable", "path"),
    ("LookupTable", "path"),
    ("TargetsTable", "path"),
)
_REFERENCE: Final = "#/$defs/{name}"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a tree file, for editors.

    TOML has no null: a key that may be left out is simply not required.
    """
    (schema,), defined = msgspec.json.schema_components([File], ref_template=_REFERENCE)
    _, forms = msgspec.json.schema_components(TOLD_BY, ref_template=_REFERENCE)
    schema = _without_null({**schema, "$defs": {**defined, **forms}})
    tables = schema["$defs"]
    _explain(tables)
    kpi = tables["KpiTable"]["properties"]
    number, by_period = {"type": "number", "title": "number"}, _by_period("1.08")
    kpi["value"]["anyOf"] = [number, by_period]
    kpi["target"]["anyOf"] = [
        {**number, "description": "For every period at the tree's grain."},
        by_period,
        *({"$ref": _REFERENCE.format(name=name)} for name in forms),
    ]
    one_place = [{"required": [place]} for place in ("path", "table", "query")]
    one_time = [{"required": ["time"]}, {"required": ["from", "to"]}]
    tables["SourceTable"]["allOf"] = [{"oneOf": one_place}, {"oneOf": one_time}]
    tables["LookupTable"]["required"] = ["on"]
    tables["LookupTable"]["oneOf"] = one_place
    tables["KpiTable"]["oneOf"] = [{"required": [kind]} for kind in ("formula", "measure", "value")]
    tables["KpiTable"]["allOf"] = [
        _ROWS_HAVE_A_MEASURE,
        {"not": {"required": ["at", "count_when"]}},
    ]
    tables["TargetsTable"]["required"] = ["path"]
    tables["File"]["required"] = ["kpi"]
    tables["File"]["properties"]["kpi"] |= {"minProperties": 1, "propertyNames": _NAMES}
    for table, key in _NEVER_EMPTY:
        tables[table]["properties"][key]["minLength"] = 1
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kpitree tree file",
        **schema,
    }


def _by_period(example: str) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": {"type": "number"},
        "title": "by period",
        "description": f"Numbers by period: {{ '2026-01' = {example} }}.",
    }


def _explain(tables: dict[str, Any]) -> None:
    """Give every table its title, and every word that a key may be its meaning.

    `x-taplo` is what the TOML language server of most editors reads beside JSON Schema.
    """
    for name, table in tables.items():
        table["title"] = _TITLES[name]
    for (name, key), words in _WORDS.items():
        one = tables[name]["properties"][key]
        one["enum"] = list(words)
        one["x-taplo"] = {"docs": {"enumValues": list(words.values())}}


def _without_null(schema: Any) -> Any:
    """The same schema for a language in which a key has a value or does not stand there.

    The names of Python's classes go too: editors would show them as titles.
    """
    if isinstance(schema, list):
        return [_without_null(part) for part in schema if part not in (None, {"type": "null"})]
    if not isinstance(schema, dict):
        return schema
    idle: dict[str, Any] = {"default": None, "required": [], "title": schema.get("title")}
    kept = {
        name: _without_null(part)
        for name, part in schema.items()
        if name not in idle or part != idle[name] or isinstance(part, dict)
    }
    if len(kept.get("anyOf", ())) == 1:
        kept |= kept.pop("anyOf")[0]
    return kept
