"""`toml`: a KPI and all that it is computed from, as a tree file that `kpitree eval` reads."""

from collections.abc import Iterable, Iterator, Mapping

from kpitree.catalogue.answers import Answer, Single
from kpitree.catalogue.entry import Entry, Rows
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
    tables = tables_of_entry(catalogue, entry.id)
    rows = catalogue.rows_of(catalogue.below(entry.id))
    parts = [_comments(_told(entry, rows)), text_of({"tree": tables["tree"]})]
    for name, source in tables.get("sources", {}).items():
        parts.append(text_of({"sources": {name: source}}) + _dimensions(rows[name]))
    return "\n".join((*parts, text_of({"kpi": tables["kpi"]})))


def _comments(lines: Iterable[str]) -> str:
    return "".join(f"# {visible(line)}".rstrip() + "\n" for line in lines)


def _dimensions(rows: Rows) -> str:
    """What one would split by, as a table that is there when its comment signs are gone."""
    if not rows.split_by:
        return ""
    told = "what one would split by: take off the # of what the file has"
    head = f"[sources.{rows.name}.dimensions]  # {told}"
    lines = (f'{name} = "{name}"  # {about}' for name, about in rows.split_by.items())
    return _comments((head, *lines))


def _told(entry: Entry, tables: Mapping[str, Rows]) -> Iterator[str]:
    """What the KPI means, and which files it needs."""
    yield f"{entry.label}: {entry.description}"
    for rows in tables.values():
        yield ""
        yield f"{rows.name}.csv ({when(rows)}): {rows.about}"
        for column in rows.columns.values():
            yield f"  {column.name} ({column.type}): {column_words(column)}"
