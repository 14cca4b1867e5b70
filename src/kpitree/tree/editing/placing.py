"""Where a new key or a new table goes, and what is written there."""

from collections.abc import Mapping
from typing import Any, Final

from kpitree.errors import UsageError
from kpitree.tree.editing.layout import Key, Layout, Section
from kpitree.tree.editing.spelling import block_of, dotted, has_header, key_text, spelled
from kpitree.tree.editing.text import Change
from kpitree.tree.positions import KeyPath

_TOP: Final = ("tree", "calendar", "sources", "targets", "kpi")  # in the order of the docs


def new_key(layout: Layout, path: KeyPath, value: Any) -> Change:
    """A key that is not there yet, in its table; tables that are not there yet come with it.

    Raises UsageError: what should hold it has a value that is no table.
    """
    around = _nearest(layout, path)
    for name in reversed(path[len(around) + 1 :]):
        value = {name: value}
    path = path[: len(around) + 1]
    if holder := _holder(layout, around):
        return _in_braces(layout, holder, path[len(holder.path) :], value)
    if isinstance(value, Mapping) and has_header(path) and not _in_lines(layout, path):
        return new_table(layout, path, value)
    return _new_line(layout, around, path[-1], value)


def new_table(
    layout: Layout, path: KeyPath, table: Mapping[str, Any], after: KeyPath | None = None
) -> Change:
    """A table under a header of its own. after: the path of the one that it follows."""
    at = layout.bottom_of(_last_of(layout, after)) if after else _place_of(layout, path)
    return _block(layout, at, block_of(path, table))


def _nearest(layout: Layout, path: KeyPath) -> KeyPath:
    """The longest path above that is a table of the file, however it is written."""
    written = {one.path for one in layout.sections} | {key.path for key in layout.all_keys()}
    tables = {one[:size] for one in written for size in range(len(one) + 1)}
    return next(path[:size] for size in range(len(path) - 1, -1, -1) if path[:size] in tables)


def _in_lines(layout: Layout, path: KeyPath) -> bool:
    """Whether the tables beside it are keys of a line, not headers: columns.a = "..."."""
    return len(path) > 2 and any(
        len(key.names) > 1 and key.path[: len(path) - 1] == path[:-1]
        for section, key in layout.lines()
        if len(section.path) < len(path) - 1
    )


def _holder(layout: Layout, table: KeyPath) -> Key | None:
    """The key whose value a table is, or in whose braces it is written as dotted keys."""
    size = len(table)
    for key in layout.all_keys():
        dotted_in_it = (one.path[:size] == table and len(one.path) > size for one in key.value.keys)
        if key.path == table or (len(key.path) < size and any(dotted_in_it)):
            return key
    return None


def _in_braces(layout: Layout, holder: Key, path: KeyPath, value: Any) -> Change:
    """At the end of an inline table."""
    place = holder.value
    if layout.text[place.start] != "{":
        raise UsageError(
            f"{dotted(holder.path)} is no table, so it has no {dotted(path)!r}",
            hint=f"give it a whole new value: {holder.path[-1]}={{ ... }}",
        )
    written = f"{dotted(path)} = {spelled(value)}"
    if place.keys:
        return Change(place.keys[-1].end, place.keys[-1].end, f", {written}")
    return Change(place.start, place.end, f"{{ {written} }}")


def _new_line(layout: Layout, table: KeyPath, name: str, value: Any) -> Change:
    """Below the last key of a table: under its header, or beside its dotted keys."""
    if section := layout.section(table):
        return _line(layout, section.end, f"{key_text(name)} = {spelled(value)}")
    beside = [(section, key) for section, key in layout.lines() if key.path[: len(table)] == table]
    if not table or not beside or len(beside[-1][0].path) >= len(table):
        return _missing_header(layout, table, {name: value})
    section, key = beside[-1]
    path = (*table[len(section.path) :], name)
    return _line(layout, key.end, f"{dotted(path)} = {spelled(value)}")


def _missing_header(layout: Layout, table: KeyPath, keys: Mapping[str, Any]) -> Change:
    """The header of a table that has only headers of tables within it so far: before those."""
    first = next(one for one in layout.sections if one.names and one.path[: len(table)] == table)
    return Change(layout.top_of(first), layout.top_of(first), block_of(table, keys) + "\n")


def _line(layout: Layout, end: int, written: str) -> Change:
    """A line below the one that holds an offset."""
    at = layout.line_end(end)
    if layout.text[:at].endswith("\n"):
        return Change(at, at, f"{_indent(layout, end)}{written}\n")
    return Change(at, at, f"\n{_indent(layout, end)}{written}")


def _indent(layout: Layout, end: int) -> str:
    """That of the key which ends there."""
    key = next((key for _section, key in layout.lines() if key.end == end), None)
    if key is None:
        return ""
    return layout.text[layout.line_start(key.start) : key.start]


def _block(layout: Layout, at: int, block: str) -> Change:
    """A block with a blank line around it."""
    before, after = layout.text[:at], layout.text[at:]
    if before and not before.endswith("\n"):
        return Change(at, at, _unended(block))
    lead = "\n" if before.strip() and not before.endswith("\n\n") else ""
    trail = "\n" if after.strip() and not after.startswith("\n") else ""
    return Change(at, at, f"{lead}{block}{trail}")


def _unended(block: str) -> str:
    """For a file whose last line has no end; nor has it then."""
    return "\n\n" + block.removesuffix("\n")


def _last_of(layout: Layout, path: KeyPath) -> Section:
    """The last of a table's headers that follow each other; else where its keys stand."""
    found = [one for one in layout.sections if one.names and one.path[: len(path)] == path]
    if not found:
        holders = [section for section, key in layout.lines() if _about(key, path)]
        return holders[-1]
    last = layout.sections.index(found[0])
    while last + 1 < len(layout.sections) and layout.sections[last + 1] in found:
        last += 1
    return layout.sections[last]


def _about(key: Key, path: KeyPath) -> bool:
    return any(one.path[: len(path)] == path for one in key.all())


def _place_of(layout: Layout, path: KeyPath) -> int:
    """Behind the tables of its kind, else behind those that the docs put before it."""
    if len(path) > 2 and (near := _behind(layout, path[:2])) is not None:
        return near
    for name in reversed(_TOP[: _TOP.index(path[0]) + 1]):
        if (near := _behind(layout, (name,))) is not None:
            return near
    headers = [one for one in layout.sections if one.names]
    if not headers or path[0] == "kpi":
        return len(layout.text)
    return layout.top_of(headers[0])


def _behind(layout: Layout, path: KeyPath) -> int | None:
    found = [one for one in layout.sections if one.names and one.path[: len(path)] == path]
    return layout.bottom_of(found[-1]) if found else None
