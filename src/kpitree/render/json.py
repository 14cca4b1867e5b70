"""`json`: one object, whose keys the kind of answer decides (its document.py).

Numbers are unrounded and in their KPI's unit; percentages and shares are fractions. Whole
numbers below 2**53 have no fraction. Null where there is no value; never NaN.
"""

import json

from kpitree.render import kinds
from kpitree.render.style import Style
from kpitree.render.words import json_safe


def render(answer: kinds.Answer, style: Style) -> str:
    """The object, indented by two spaces, with a line feed at its end."""
    document = json.dumps(
        kinds.document(answer, style), indent=2, ensure_ascii=style.ascii, allow_nan=False
    )
    return json_safe(document) + "\n"
