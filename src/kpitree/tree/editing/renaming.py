"""A KPI renamed wherever the file names it, and what has to be looked at by a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kpitree.errors import Notice
from kpitree.tree.editing.edits import refuse_taken, refuse_unknown
from kpitree.tree.editing.expected import checked
from kpitree.tree.editing.layout import Layout, Place, layout_of
from kpitree.tree.editing.naming import namings
from kpitree.tree.editing.spelling import key_text
from kpitree.tree.editing.text import Change, Source
from kpitree.tree.expressions import Name, walk
from kpitree.tree.parsing import parse_formula

# A text of any kind, or a comment: what begins first counts.
_COMMENT: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)",
    re.DOTALL,
)
_WORDS: Final = frozenset({"label", "description"})
MAX_LINES: Final = 12  # numbers of lines named in a notice


@dataclass(frozen=True, slots=True)
class Renamed:
    """text: with the new name. places: how many were rewritten. notices: what was not."""

    text: str
    places: int
    notices: tuple[Notice, ...]


def rename(text: str, old: str, new: str) -> Renamed:
    """A KPI given another name: its tables, every formula, leads, counterweight and the root.

    The rest of a formula keeps its spelling. Words in comments, labels and descriptions are
    not touched, and the notices tell where they are; other files are not looked at.

    Raises UsageError: there is no such KPI, or one of the new name already.
    """
    source = Source(text)
    data = source.data()
    kpis = data.get("kpi", {})
    refuse_unknown([old], kpis)
    refuse_taken(new, kpis, "KPI", "choose another name")
    layout = layout_of(source.plain)
    keys = [_as_key(layout, at, new) for at in _own(layout, old)]
    named = namings(text, {old})
    values = [Change(*one.at, new) for one in named]
    changed = checked(source.changed([*keys, *values]), _expected(data, old, new))
    return Renamed(changed, len(keys) + len(values), _notices(changed, old))


def _own(layout: Layout, name: str) -> Iterator[Place]:
    """Where the KPI's own name stands: in headers, dotted keys and inline tables."""
    for section in layout.sections:
        if section.path[:2] == ("kpi", name):
            yield section.names[1]
    for key in layout.all_keys():
        index = 1 - (len(key.path) - len(key.names))
        if key.path[:2] == ("kpi", name) and index >= 0:
            yield key.names[index]


def _as_key(layout: Layout, at: Place, new: str) -> Change:
    """The new name in the quotes that the old one had, if any."""
    quote = layout.text[at[0]]
    return Change(*at, f"{quote}{new}{quote}" if quote in "\"'" else key_text(new))


def _expected(data: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The data with the new name, found without a look at the text."""
    kpis = {
        new if name == old else name: _kpi(table, old, new) for name, table in data["kpi"].items()
    }
    tree = {
        key: new if (key, value) == ("root", old) else value
        for key, value in data.get("tree", {}).items()
    }
    return data | {"kpi": kpis, "tree": tree}


def _kpi(table: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    table = dict(table)
    if table.get("counterweight") == old:
        table["counterweight"] = new
    if "leads" in table:
        table["leads"] = [new if lead == old else lead for lead in table["leads"]]
    if "formula" in table:
        table["formula"] = _formula(table["formula"], old, new)
    return table


def _formula(text: str, old: str, new: str) -> str:
    places = [
        one.at for one in walk(parse_formula(text)) if isinstance(one, Name) and one.id == old
    ]
    for start, end in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _notices(text: str, old: str) -> tuple[Notice, ...]:
    """Where the old name still stands as a word; scripts may say it, too."""
    plain = Source(text).plain
    word = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    lines = sorted({plain.count("\n", 0, at) + 1 for at in _words(plain, word)})
    if not lines:
        return ()
    shown = ", ".join(map(str, lines[:MAX_LINES])) + (", ..." if len(lines) > MAX_LINES else "")
    message = f"{old!r} still stands in comments or descriptions: line {shown}"
    return (Notice(code="name_in_words", message=message, kpi=old, count=len(lines)),)


def _words(text: str, word: re.Pattern[str]) -> Iterator[int]:
    """Offsets of a word in comments, and in texts that are for readers."""
    for found in _COMMENT.finditer(text):
        if found["comment"]:
            yield from (found.start() + one.start() for one in word.finditer(found["comment"]))
    for key in layout_of(text).all_keys():
        if key.path[-1] in _WORDS or (key.path[:1], key.path[-1]) == (("kpi",), "formula"):
            value = text[key.value.start : key.value.end]
            yield from (key.value.start + one.start() for one in word.finditer(value))
