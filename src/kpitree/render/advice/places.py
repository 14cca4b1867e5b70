"""Where a mistake is, taken from its words.

trees/sales.toml:12: [kpi.revenue] formula      ../deals.csv, line 2, column 'day'

A tree names its data beside itself; here files are named as they are opened from where the command
runs: deals.csv, not ../deals.csv.
"""

import os
import re
from pathlib import Path
from typing import Final

from kpitree.errors import KpiTreeError

_LINE: Final = re.compile(r"(.*?)(?::|, line |, row )(\d+)(?=[:,]|$)")
_ONE_OF_MANY: Final = re.compile(r"(|.*/)[^/]*[*?][^/]* \((.+)\)")  # days/*.csv (05.csv)


def place_of(error: KpiTreeError, tree: str) -> tuple[str, int | None]:
    """The file and its line; the tree file, and no line, where the mistake names none."""
    if error.where.startswith(tree):  # whose own name may hold anything
        found = _LINE.match(error.where, len(tree))
        return tree, int(found[2]) if found and not found[1] else None
    found = _LINE.match(error.where)
    file = found[1] if found else error.where.split(", ")[0]
    return _opened(file, tree) if file else tree, int(found[2]) if found else None


def _opened(file: str, tree: str) -> str:
    if "://" in file:
        return file
    if found := _ONE_OF_MANY.fullmatch(file):
        file = f"{found[1]}{found[2]}"
    return Path(os.path.normpath(Path(tree).parent / file)).as_posix()
