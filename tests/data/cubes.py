"""Parts and sources written as a tree file writes them."""

from pathlib import Path
from typing import Any

from kpitree.tree.expressions import Call, Expr, Number
from kpitree.tree.measures import Part
from kpitree.tree.model import Source
from kpitree.tree.parsing import parse_condition, parse_measure, parse_row


def part_of(text: str, time: str) -> Part:
    """The one part of a measure such as "sum(x, where=y > 1)"."""
    call = parse_measure(text)
    assert isinstance(call, Call)
    level = call.args[1].value if call.args[1:] and isinstance(call.args[1], Number) else None
    argument = call.args[0] if call.args else None
    return Part(call.name, argument, level, call.where, time)


def source_of(path: Path, **keys: Any) -> Source:
    """A source as a tree file would give it; expressions are written as text."""
    columns = {name: parse_row(text) for name, text in keys.pop("columns", {}).items()}
    where = keys.pop("where", None)
    return Source(
        id="data",
        path=path.name,
        location=str(path),
        time=keys.pop("time", "day"),
        columns=columns,
        where=condition(where),
        **keys,
    )


def condition(text: str | None) -> Expr | None:
    return None if text is None else parse_condition(text)
