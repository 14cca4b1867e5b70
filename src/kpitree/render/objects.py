"""Objects of JSON that several kinds of answers hold."""

from collections.abc import Iterable
from typing import Any

from kpitree.analysis.attribution.contract import Attribution, Flow, Line
from kpitree.errors import Notice
from kpitree.render.fields import number
from kpitree.render.sentence import sentence
from kpitree.tree.model import Tree

SCHEMA_VERSION = 1


def attribution_object(found: Attribution, tree: Tree) -> dict[str, Any]:
    """One attribution, in the shape of `kpitree drivers --format json`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tree": tree.name,
        "kpi": found.kpi,
        "vs": found.vs,
        "method": found.method,
        "mix_reference": None,
        "from": state_object(found.from_label, found.before),
        "to": state_object(found.to_label, found.after),
        "change": number(found.change),
        "residual": number(found.residual),
        "gross": number(found.gross),
        "reason": found.reason,
        "lines": [line_object(line) for line in found.lines],
        "nodes": nodes_list(found),
        "sentence": sentence(found, tree.kpi(found.kpi)),
        "warnings": [warning_object(notice) for notice in found.warnings],
    }


def line_object(line: Line) -> dict[str, Any]:
    """One line of an attribution."""
    return {
        "kpi": line.kpi,
        "label": line.label,
        "segment": line.segment,
        "effect": line.effect,
        "from": number(line.before),
        "to": number(line.after),
        "line": number(line.line),
        "share": number(line.share),
        "flags": list(line.flags),
        "via": via_list(line.via),
    }


def state_object(label: str, value: float | None) -> dict[str, Any]:
    """One of the two states compared."""
    return {"label": label, "value": number(value)}


def nodes_list(found: Attribution) -> list[dict[str, Any]]:
    """Every KPI between the drivers and the one explained, with its line over its cut."""
    return [{"kpi": kpi, "line": number(line)} for kpi, line in found.nodes.items()]


def via_list(ways: Iterable[Flow]) -> list[dict[str, Any]]:
    """The ways on which a line reaches the KPI explained."""
    return [{"parent": flow.parent, "flow": number(flow.flow)} for flow in ways]


def warning_object(notice: Notice) -> dict[str, Any]:
    """Something the reader should know beside the numbers."""
    return {
        "code": notice.code,
        "message": notice.message,
        "kpi": notice.kpi,
        "source": notice.source,
    }
