"""`toml`: a KPI and all that it is computed from, as a tree file that `kpitree eval` reads."""

from collections.abc import Iterator

from kpitree.catalogue.answers import Answer, Single
from kpitree.catalogue.entry import Catalogue, Entry
from kpitree.catalogue.extract import tables_of_entry
from kpitree.errors import UsageError
from kpitree.render.catalogue.facts import column_words, entries_of, when
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.writing import text_of


def render(answer: Answer, style: Style) -> str:
    """The tree file. Raises UsageError: there is more than one KPI."""
    del style
    if not isinstance(answer, Single):
        few = ", ".join(entry.id for entry in entries_of(answer)[:6])
        hint = f"name one of: {few}" if few else "name one"
        raise UsageError("a tree file is of one KPI", where="--format toml", hint=hint)
    catalogue, entry = answer.catalogue, answer.entry
    comments = "".join(f"# {visible(line)}".rstrip() + "\n" for line in _told(catalogue, entry))
    return f"{comments}\n{text_of(tables_of_entry(catalogue, entry.id))}"


def _told(catalogue: Catalogue, entry: Entry) -> Iterator[str]:
    """What the KPI means, and which files it needs."""
    yield f"{entry.label}: {entry.description}"
    for rows in catalogue.rows_of(catalogue.below(entry.id)).values():
        yield ""
        yield f"{rows.name}.csv ({when(rows)}): {rows.about}"
        for column in rows.columns.values():
            yield f"  {column.name} ({column.type}): {column_words(column)}"
