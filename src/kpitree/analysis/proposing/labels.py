"""What a goal and its elements are called, by the names of columns."""

from collections.abc import Sequence
from typing import Final

from kpitree.analysis.proposing.columns import Column, Seems

_HIRED: Final = frozenset({"hire", "hired", "joined", "eintritt", "entry", "employed"})
_ID_WORDS: Final = frozenset({"id", "no", "nr", "key"})


def title(name: str) -> str:
    """A column's name as a label: unit_price is "Unit price"."""
    words = " ".join(name.replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else "Value"


def things(column: str) -> str:
    """What an id counts: order_id are "Orders"; what only says id, too."""
    words = [word for word in title(column).split() if word.lower() not in _ID_WORDS]
    if not words or words[-1].lower().endswith(("nummer", "number")):
        return "Orders"
    name = " ".join(words)
    if name.endswith("y") and name[-2:-1].lower() not in "aeiou":
        return title(f"{name[:-1]}ies")
    return title(name if name.endswith("s") else f"{name}s")


def rows_label(columns: Sequence[Column]) -> str:
    """What a row is, by the column that tells all of them apart: deal_id says "Deals"."""
    for column in columns:
        named = "id" in column.words and len(column.words) > 1
        if named and column.seems is Seems.ID and column.unique == column.rows:
            return things(column.name)
    return "Rows"


def stock_label(columns: Sequence[Column], start: Column) -> str:
    """What the number of rows that last is called. start: the column with their first day."""
    if not _HIRED.isdisjoint(start.words):
        return "Headcount"
    rows = rows_label(columns)
    return "Active rows" if rows == "Rows" else f"Active {lowered(rows)}"


def lowered(label: str) -> str:
    """A label within a sentence; one in capitals, such as MRR, stays as it is."""
    return label[:1].lower() + label[1:] if label[1:] == label[1:].lower() else label
