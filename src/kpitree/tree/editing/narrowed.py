"""KPIs that are put on a source which has a condition of its own: they count among its rows."""

from collections.abc import Sequence

from kpitree.errors import Notice
from kpitree.tree.model import Branch, Leaf, Node, Source
from kpitree.tree.unparsing import spelled


def narrowed(source: Source, kpis: Sequence[str], way_out: str) -> Notice | None:
    """What has to be known where KPIs come to a source that leaves rows out; None: it does not.

    kpis: the new ones that are measured there. way_out: how all rows of its file are had.
    """
    if source.where is None or not kpis:
        return None
    counts = "counts" if len(kpis) == 1 else "count"
    message = (
        f"the source {source.id!r} holds only rows where {spelled(source.where)};"
        f" {', '.join(map(repr, kpis))} {counts} among those: {way_out}"
    )
    return Notice(code="source_narrowed", message=message, source=source.id, kpi=kpis[0])


def source_of_kpi(kpi: Node) -> str | None:
    """The source that a KPI is measured from, or that its formula is held against."""
    match kpi:
        case Leaf(source=source) | Branch(measured=Leaf(source=source)):
            return source
        case _:
            return None
