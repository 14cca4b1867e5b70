"""How an answer should look, whatever its format."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the reader's terminal can show, and how much of the tree they asked for.

    width: cells a line may take; None off a terminal, where nothing is cut or wrapped.
    color: escape codes may be sent. ascii: no box, block or arrow characters.
    chart: values over time are drawn, not set in a table.
    depth: KPIs drawn at most this far from the top of their outline (0 = the top); None = all.
    """

    width: int | None = None
    color: bool = False
    ascii: bool = False
    depth: int | None = None
    chart: bool = False
