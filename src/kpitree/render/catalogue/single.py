"""`table` for one KPI: all that is said of it, its own little tree, and the data it needs.

Apart from table.py because a tree takes longer to load than everything else.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from kpitree.catalogue.answers import Single
from kpitree.catalogue.entry import Catalogue, Entry, Rows
from kpitree.catalogue.extract import tables_of_entry
from kpitree.render import drawing
from kpitree.render.blocks import heading
from kpitree.render.catalogue.facts import (
    column_words,
    good,
    kind,
    led,
    next_steps,
    split_words,
    weight,
    when,
)
from kpitree.render.catalogue.steps import steps
from kpitree.render.paint import cell_len, hanging, painted
from kpitree.render.style import Style
from kpitree.render.words import visible
from kpitree.tree.read import read_tree
from kpitree.tree.writing import text_of

MOST_OTHERS: Final = 6


def render(answer: Single, style: Style) -> str:
    """The screen of a KPI."""
    above = painted(_about(answer, style), color=style.color, width=style.width)
    tree = _tree(answer.catalogue, answer.entry, style)
    below = painted(_needs(answer, style), color=style.color, width=style.width)
    return f"{above}\n{tree}\n{below}"


def _about(answer: Single, style: Style) -> Iterator[Text]:
    catalogue, entry = answer.catalogue, answer.entry
    yield from heading(visible(entry.label), [visible(entry.unit), good(entry)], style)
    yield Text()
    yield hanging(visible(entry.description), style.width, hang="")
    yield Text()
    facts = [
        ("name", entry.id),
        ("also known as", ", ".join(entry.also)),
        ("department", ", ".join(entry.departments)),
        ("read by", ", ".join(entry.readers)),
        ("rhythm", ", ".join(entry.rhythms)),
        ("kind", kind(entry)),
        ("leads", led(catalogue, entry)),
        ("gamed by", entry.gamed),
        ("counterweight", weight(catalogue, entry)),
        ("note", entry.note),
    ]
    yield from _facts([(name, text) for name, text in facts if text], style)


def _facts(facts: Sequence[tuple[str, str]], style: Style) -> Iterator[Text]:
    """Names in a column, and what is said of each beside it."""
    widest = max(cell_len(name) for name, _ in facts) + 2
    for name, text in facts:
        prefix = name + " " * (widest - cell_len(name))
        line = hanging(visible(text), style.width, prefix=prefix, hang=" " * widest)
        line.stylize("quiet", 0, len(name))
        yield line


def _tree(catalogue: Catalogue, entry: Entry, style: Style) -> str:
    """Its own little tree, as `kpitree show` draws it, without the title."""
    text = text_of(tables_of_entry(catalogue, entry.id))
    drawn = drawing.draw(read_tree(text, Path(f"{entry.id}.toml")), "table", style)
    _title, _, rows = drawn.partition("\n\n")
    return rows


def _needs(answer: Single, style: Style) -> Iterator[Text]:
    catalogue, entry = answer.catalogue, answer.entry
    for rows in catalogue.rows_of(catalogue.below(entry.id)).values():
        yield from _columns(rows, style)
        yield Text()
    yield from steps(list(next_steps(entry)), style)
    if answer.others:
        others = [visible(one.label) for one in answer.others[:MOST_OTHERS]]
        more = len(answer.others) - len(others)
        listed = ", ".join(others) + (f" and {more} more" if more else "")
        yield hanging(f"also found: {listed}", style.width, style="quiet")


def _columns(rows: Rows, style: Style) -> Iterator[Text]:
    about = visible(f"{rows.name} ({when(rows)}): {rows.about}")
    title = hanging(about, style.width, prefix="Data: ")
    title.stylize("heading", 0, len("Data: ") + len(visible(rows.name)))
    yield title
    widest = max(map(cell_len, rows.columns))
    for column in rows.columns.values():
        name = visible(column.name)
        prefix = f"  {name}{' ' * (widest - cell_len(name))}  {column.type:<7}  "
        about = visible(column_words(column))
        yield hanging(about, style.width, prefix=prefix, hang=" " * cell_len(prefix))
    if rows.split_by:
        prefix = "  split by: "
        yield hanging(visible(split_words(rows)), style.width, prefix=prefix, hang="    ")
