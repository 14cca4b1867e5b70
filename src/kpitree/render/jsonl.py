"""`jsonl`: the long table (render/long.py), one JSON object a line, every column in each."""

import json

from kpitree.analysis.result import Evaluation
from kpitree.render.long import columns, rows
from kpitree.render.style import Style
from kpitree.render.words import json_safe


def render(evaluation: Evaluation, style: Style) -> str:
    """One line a row; empty when no KPI is left to show."""
    names = columns(evaluation.dimensions)
    return "".join(
        json_safe(
            json.dumps(
                dict(zip(names, row, strict=True)), ensure_ascii=style.ascii, allow_nan=False
            )
        )
        + "\n"
        for row in rows(evaluation, style)
    )
