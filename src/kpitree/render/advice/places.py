"""Where a mistake is, taken from its words.

trees/sales.toml:12: [kpi.revenue] formula      ../deals.csv, line 2, column 'day'
"""

import re
from typing import Final

from kpitree.errors import KpiTreeError

_LINE: Final = re.compile(r"(.*?)(?::|, line |, row )(\d+)(?=[:,]|$)")


def place_of(error: KpiTreeError, tree: str) -> tuple[str, int | None]:
    """The file and its line; the tree file, and no line, where the mistake names none."""
    if error.where.startswith(tree):  # whose own name may hold anything
        found = _LINE.match(error.where, len(tree))
        return tree, int(found[2]) if found and not found[1] else None
    found = _LINE.match(error.where)
    return (found[1], int(found[2])) if found else (error.where.split(", ")[0] or tree, None)
