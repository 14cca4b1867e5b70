"""What goes when a key or a table is removed: its own lines, and the comments that are about it."""

from kpitree.tree.editing.layout import Key, Layout, Section, layout_of
from kpitree.tree.editing.text import Change, Source
from kpitree.tree.positions import KeyPath


def without(text: str, path: KeyPath) -> str:
    """The text without everything at a path, however it is written, a table's parts included.

    An inline table that is left empty goes, too.
    """
    while True:
        source = Source(text)
        layout = layout_of(source.plain)
        change = _next(layout, path)
        if change is None:
            return text
        text = source.changed([change])


def _next(layout: Layout, path: KeyPath) -> Change | None:
    """One thing to remove, the last one first; None when nothing is left."""
    for section in reversed(layout.sections):
        if section.names and _within(section.path, path):
            return _block(layout, section)
        for at, key in reversed(list(enumerate(section.keys))):
            if _is_kpi(path) and _within(key.path, path):
                return _keys_of_kpi(layout, section, at, path)
            if any(_within(one.path, path) for one in key.all()):
                return _of_line(layout, key, path)
    return None


def _within(path: KeyPath, outer: KeyPath) -> bool:
    return path[: len(outer)] == outer


def _is_kpi(path: KeyPath) -> bool:
    return len(path) == 2 and path[0] == "kpi"


def _block(layout: Layout, section: Section) -> Change:
    """A header's lines with its comments, and the blank lines before it if others follow."""
    start, end = layout.top_of(section), layout.bottom_of(section)
    below = layout.blank_after(end)
    at_end = end == len(layout.text)
    if start == 0:
        return _lines(layout, 0, below)
    if below > end or at_end:
        start = max(layout.blank_before(start), layout.floor_of(section))
    return _lines(layout, start, end)


def _keys_of_kpi(layout: Layout, section: Section, last: int, path: KeyPath) -> Change:
    """Keys of a KPI without a header that follow each other, with the comments about it."""
    first = last
    while first > 0 and _within(section.keys[first - 1].path, path):
        first -= 1
    above = section.keys[first - 1].end if first else section.head
    floor = layout.line_end(above) if above else 0
    start = layout.comments_above(section.keys[first].start, floor)
    end = layout.comments_below(section.keys[last].end)
    below = layout.blank_after(end)
    if start == 0:
        return _lines(layout, 0, below)
    if below > end or end == len(layout.text):
        start = max(layout.blank_before(start), floor)
    return _lines(layout, start, end)


def _lines(layout: Layout, start: int, end: int) -> Change:
    """Lines without a trace, except for those that are for editors."""
    kept = layout.directives(start, end)
    if kept:
        return Change(layout.blank_after(start), end, kept)
    return Change(start - _unended(layout, start, end), end, "")


def _of_line(layout: Layout, key: Key, path: KeyPath) -> Change:
    """A key's own lines, with the comment on the last of them; or what is left of its value."""
    left = _left(layout, key, path)
    if left is not None:
        return Change(key.start, key.end, left)
    start, end = layout.line_start(key.start), layout.line_end(key.end)
    return Change(start - _unended(layout, start, end), end, "")


def _unended(layout: Layout, start: int, end: int) -> int:
    """1 where the file's last line has no end, for then the line above is to have none either."""
    return int(start > 0 and end == len(layout.text) and not layout.text.endswith("\n"))


def _left(layout: Layout, key: Key, path: KeyPath) -> str | None:
    """The key as it is written, less what is at a path within it; None when nothing is left."""
    keys = key.value.keys
    if _within(key.path, path):
        return None
    if not any(_within(one.path, path) for one in key.all()):
        return layout.text[key.start : key.end]
    left, end = "", keys[0].start
    for one in keys:
        kept = _left(layout, one, path)
        if kept is not None:
            left += (layout.text[end : one.start] if left else "") + kept
        end = one.end
    if not left:
        return None
    return layout.text[key.start : keys[0].start] + left + layout.text[end : key.end]
