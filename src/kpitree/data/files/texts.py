"""What messages say of a text that cannot be read: how it is shown, and what may be done."""

import re
from typing import Final

_LONGEST: Final = 60  # characters of a text in a message
_SENTINEL: Final = frozenset("09")  # as in 0000-00-00 and 9999-12-31


def shown(text: str) -> str:
    """A text in quotes, cut where it is long."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def no_value(text: str, of: str = "value") -> str:
    """The hint for a text that may stand for nothing; "" for one that seems to say something.

    What has digits does, but for zeros and nines alone. of: what it then is none of.
    """
    digits = set(re.sub(r"\D", "", text))
    if len(text) > _LONGEST or not digits <= _SENTINEL:
        return ""
    return f"if it stands for no {of}, say so: null_values = [{text!r}]"


def header_again(text: str, column: str) -> str:
    """The hint for a text that is the name of its column; "" for another."""
    return "the header seems to stand here again: remove that line" if text == column else ""
