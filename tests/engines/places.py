"""What is not the same where the rows are elsewhere, and need not be."""

import re
from typing import Any, Final

_LOOKED_UP_IN: Final = re.compile(" that [^']* does not have$")
_OF_A_PLACE: Final = frozenset({"where", "path", "files", "size", "hint", "tree"})


def without_places(answer: Any) -> Any:
    """An answer without what it says of places."""
    match answer:
        case dict():
            return {k: without_places(v) for k, v in answer.items() if k not in _OF_A_PLACE}
        case list():
            return [without_places(each) for each in answer]
        case str():
            return _LOOKED_UP_IN.sub(" does not have", answer)
        case _:
            return answer
