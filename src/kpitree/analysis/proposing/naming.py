"""Names that formulas and options can use, made of words that people use."""

import re
from collections.abc import Collection
from typing import Final

from kpitree.tree.naming import name_of

_LONGEST: Final = 40
_DEVICES: Final = frozenset(  # names that Windows keeps for itself, whatever their ending
    {"con", "prn", "aux", "nul", *(f"{kind}{at}" for kind in ("com", "lpt") for at in range(10))}
)


def file_name(words: str) -> str:
    """A name such as pizza_shop for a file, on every machine."""
    name = re.sub(r"\W+", "_", words.casefold()).strip("_")[:_LONGEST].rstrip("_")
    return f"{name}_tree" if name in _DEVICES else name or "tree"


def identifier(words: str, otherwise: str, taken: Collection[str] = ()) -> str:
    """A name such as average_price for "Average price".

    otherwise: where the words hold no letter that a name may have. taken: names that it is not.
    """
    named = words if words[:1].isalpha() else f"{otherwise} {words}"
    name = name_of(named)[:_LONGEST].rstrip("_") or otherwise
    if name.startswith("kpi_") and not named.casefold().startswith("kpi"):
        name = f"{otherwise}{name.removeprefix('kpi')}"  # a word that formulas keep for themselves
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
