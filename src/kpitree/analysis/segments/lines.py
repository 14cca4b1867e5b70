"""SPLIT frames (tables.py) without segments, and the many lines of one made few."""

import math
from collections.abc import Sequence

import polars as pl

from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.segments.cells import segment_columns
from kpitree.tables import SPLIT


def split_schema(dimensions: Sequence[str] = ()) -> dict[str, pl.DataType | type[pl.DataType]]:
    """The columns of SPLIT, the dimension columns in their place."""
    between = dict.fromkeys(segment_columns(dimensions), pl.String())
    columns = list(SPLIT.items())
    at = list(SPLIT).index("effect")
    return {**dict(columns[:at]), **between, **dict(columns[at:])}


def driver_lines(attribution: Attribution) -> pl.DataFrame:
    """SPLIT of tables.py of the attribution's own lines, in their order, without dimensions."""
    rows = [
        {
            "driver": line.kpi,
            "label": line.label,
            "effect": line.effect,
            "from": line.before,
            "to": line.after,
            "line": line.line,
            "share": line.share,
            "flags": list(line.flags),
            "reason": None,
            "factor": line.factor,
            "error": line.error,
        }
        for line in attribution.lines
    ]
    return pl.DataFrame(rows, schema=split_schema(), orient="row")


def merge_top(lines: pl.DataFrame, top: int, kpi: str) -> pl.DataFrame:
    """The `top` largest lines by |line|, largest first, and all others as one last line.

    lines: SPLIT, with or without dimension columns; of two equally large lines the earlier comes
        first. top: at least 0. kpi: id of the KPI explained, to which the last line belongs.

    The last line's effect and label are `rest`; its line and share are the exact sums (fsum) of
    those it stands for, its factor their product; its standard error is unknown, as they do not
    vary independently. There is none where nothing is left over.
    """
    order = (
        lines.select(pl.col("line").abs(), pl.row_index("at"))
        .sort("line", "at", descending=[True, False])
        .get_column("at")
    )
    kept, others = lines[order[:top]], lines.select("line", "share", "factor")[order[top:]]
    if others.is_empty():
        return kept
    rest = {
        "driver": kpi,
        "label": "rest",
        "effect": "rest",
        "line": math.fsum(others["line"]),
        "share": None if others["share"].has_nulls() else math.fsum(others["share"]),
        "factor": None if others["factor"].has_nulls() else others["factor"].product(),
        "flags": [],
    }
    return pl.concat([kept, pl.DataFrame([rest], schema=lines.schema)])
