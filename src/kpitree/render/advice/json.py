"""For a program: one object.

schema_version  1
trees[]         {tree, mistakes[], findings[]}    in the order they were named
mistakes[]      {message, where, file, line, hint}    line: null where it is none's
findings[]      {code, name, severity, message, why, mend, kpi, source, line, key[]}
                in the order of the file; severity: warning | advice; kpi, source: null where it is
                about none; key: the tables and the key in the file, [] for the whole tree
"""

import json
from collections.abc import Sequence
from typing import Any

from kpitree.advice.checked import Checked, Placed
from kpitree.advice.rules import BY_CODE
from kpitree.errors import KpiTreeError
from kpitree.render.advice.places import place_of
from kpitree.render.style import Style
from kpitree.render.words import json_safe

SCHEMA_VERSION = 1


def render(checked: Sequence[Checked], style: Style) -> str:
    """The object, indented by two spaces, with a line feed at its end."""
    document = {"schema_version": SCHEMA_VERSION, "trees": [_tree(one) for one in checked]}
    return json_safe(json.dumps(document, indent=2, ensure_ascii=style.ascii)) + "\n"


def _tree(one: Checked) -> dict[str, Any]:
    return {
        "tree": one.tree,
        "mistakes": [_mistake(error, one.tree) for error in one.mistakes],
        "findings": [_finding(found) for found in one.findings],
    }


def _mistake(error: KpiTreeError, tree: str) -> dict[str, Any]:
    file, line = place_of(error, tree)
    return {
        "message": error.message,
        "where": error.where,
        "file": file,
        "line": line,
        "hint": error.hint,
    }


def _finding(found: Placed) -> dict[str, Any]:
    rule, finding = BY_CODE[found.finding.code], found.finding
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "message": finding.message,
        "why": rule.why,
        "mend": rule.mend,
        "kpi": finding.kpi,
        "source": finding.source,
        "line": found.line,
        "key": list(finding.key),
    }
