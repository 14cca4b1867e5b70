"""A KPI of the catalogue as a tree file of its own: the KPI, what it is made of, and its data."""

from typing import Any

from kpitree.catalogue.entry import Catalogue, KpiKeys, Rows, label_of


def tables_of_entry(catalogue: Catalogue, entry_id: str) -> dict[str, Any]:
    """The tables of a tree file whose goal is the entry; tree/writing.text_of() makes the text.

    Each table of data is a CSV file beside the tree file, named as it is. `leads` and
    `counterweight` remain where the KPI that they name is in this tree.
    Raises UsageError: there is no such entry.
    """
    entry = catalogue.entry(entry_id)
    kpis = catalogue.below(entry.id)
    sources = {name: source_of(rows) for name, rows in catalogue.rows_of(kpis).items()}
    return {
        "tree": {"name": label_of(entry.id, entry.keys), "root": entry.id},
        **({"sources": sources} if sources else {}),
        "kpi": {name: without_strangers(catalogue.table(name), kpis) for name in kpis},
    }


def source_of(rows: Rows, path: str | None = None) -> dict[str, Any]:
    """The [sources.NAME] table of a table of data; default: a CSV file of its name."""
    return {"path": path or f"{rows.name}.csv", **rows.times}


def without_strangers(keys: KpiKeys, known: list[str]) -> KpiKeys:
    """A KPI's table, less what it says of KPIs that are not there."""
    leads = [name for name in keys.get("leads", ()) if name in known]
    kept = {name: value for name, value in keys.items() if name not in {"leads", "counterweight"}}
    if leads:
        kept["leads"] = leads
    if keys.get("counterweight") in known:
        kept["counterweight"] = keys["counterweight"]
    return kept
