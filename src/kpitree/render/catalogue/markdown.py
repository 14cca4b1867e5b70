"""`markdown`: tables of KPIs; one KPI in full with its tree file."""

from collections.abc import Iterable, Iterator, Sequence

from kpitree.catalogue.answers import Answer, Departments, Listing, Overview, Single
from kpitree.catalogue.entry import Catalogue, Entry, Rows
from kpitree.catalogue.extract import tables_of_entry
from kpitree.render.catalogue.facts import (
    column_words,
    good,
    kind,
    led,
    shown_unit,
    split_words,
    weight,
    when,
)
from kpitree.render.style import Style
from kpitree.render.words import markdown_paragraph, markdown_safe
from kpitree.tree.writing import text_of

HEAD = ("KPI", "name", "meaning", "unit", "better", "kind", "rhythm")


def render(answer: Answer, style: Style) -> str:
    """Paragraphs and tables, set apart by blank lines."""
    del style
    return "\n\n".join(_blocks(answer)) + "\n"


def _blocks(answer: Answer) -> Iterator[str]:
    match answer:
        case Departments(counts=counts):
            rows = ((name, str(count)) for name, count in counts.items())
            yield _table(("department", "KPIs"), rows)
        case Overview(entries=departments):
            yield from _overview(departments)
        case Listing(entries=entries):
            yield _table(HEAD, map(_row, entries))
        case Single(catalogue=catalogue, entry=entry):
            yield from _single(catalogue, entry)


def _overview(departments: dict[str, tuple[Entry, ...]]) -> Iterator[str]:
    for department, entries in departments.items():
        yield f"**{markdown_safe(department)}**"
        yield _table(HEAD, map(_row, entries))


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.label,
        entry.id,
        entry.description,
        shown_unit(entry),
        entry.better,
        kind(entry),
        ", ".join(entry.rhythms),
    )


def _single(catalogue: Catalogue, entry: Entry) -> Iterator[str]:
    yield f"**{markdown_safe(entry.label)}** · {markdown_safe(good(entry))}"
    yield markdown_paragraph(entry.description)
    facts = [
        ("name", entry.id),
        ("also known as", ", ".join(entry.also)),
        ("departments", ", ".join(entry.departments)),
        ("read by", ", ".join(entry.readers)),
        ("rhythm", ", ".join(entry.rhythms)),
        ("unit", entry.unit),
        ("kind", kind(entry)),
        ("leads", led(catalogue, entry)),
        ("gamed", entry.gamed),
        ("counterweight", weight(catalogue, entry)),
        ("note", entry.note),
    ]
    yield "\n".join(f"- {name}: {markdown_safe(text)}" for name, text in facts if text)
    for rows in catalogue.rows_of(catalogue.below(entry.id)).values():
        name, about = markdown_safe(rows.name), markdown_safe(rows.about)
        yield f"Data: **{name}** ({markdown_safe(when(rows))}). {about}"
        yield _columns(rows)
        if rows.split_by:
            yield f"Split by: {markdown_safe(split_words(rows))}"
    yield f"```toml\n{text_of(tables_of_entry(catalogue, entry.id))}```"


def _columns(rows: Rows) -> str:
    lines = ((one.name, one.type, column_words(one)) for one in rows.columns.values())
    return _table(("column", "type", "meaning"), lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [tuple(head), tuple(":--" for _ in head)]
    lines += [tuple(markdown_safe(cell) for cell in row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
