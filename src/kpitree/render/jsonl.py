"""`jsonl`: the long table, one JSON object a line, every column in each."""

import json

from kpitree.render import kinds
from kpitree.render.fields import machine_form
from kpitree.render.style import Style
from kpitree.render.words import json_safe


def render(answer: kinds.Answer, style: Style) -> str:
    """One line a row; empty when there is nothing to show."""
    rows = kinds.long(answer, style).iter_rows(named=True)
    encode = json.JSONEncoder(ensure_ascii=style.ascii, allow_nan=False).encode
    return "".join(
        json_safe(encode({name: machine_form(field) for name, field in row.items()})) + "\n"
        for row in rows
    )
