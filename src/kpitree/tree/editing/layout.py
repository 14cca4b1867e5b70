"""What stands where in a tree file's text: tables, keys, values, each from its start to its end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kpitree.tree.positions import (
    ASSIGNMENT,
    HEADER,
    KEY,
    KeyPath,
    after_gap,
    after_value,
    parts,
)

Place = tuple[int, int]  # first and one-past-last offset in the text

# Lines that editors read, such as `#:schema ./kpitree.schema.json`: they are about the file.
_DIRECTIVE: Final = "#:"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is written: keys of an inline table, items of a list, else neither."""

    start: int
    end: int
    keys: "tuple[Key, ...]" = ()
    items: "tuple[Value, ...]" = ()


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its value. path: from the top of the file. names: where its last ones stand.

    A dotted key has several names; those of the table around it stand elsewhere.
    """

    path: KeyPath
    names: tuple[Place, ...]
    value: Value

    @property
    def start(self) -> int:
        return self.names[0][0]

    @property
    def end(self) -> int:
        return self.value.end

    def all(self) -> "Iterator[Key]":
        """This key, and those of the inline tables in it."""
        yield self
        for key in self.value.keys:
            yield from key.all()


@dataclass(slots=True)
class Section:
    """A header and the keys below it; the first has no header, and the top's path ().

    start, head: from the header's bracket to past its closing one.
    """

    path: KeyPath
    names: tuple[Place, ...]
    start: int
    head: int
    keys: list[Key] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Past its last value."""
        return self.keys[-1].end if self.keys else self.head


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole of a text. Sections stand in the order of the file."""

    text: str
    sections: tuple[Section, ...]

    def lines(self) -> Iterator[tuple[Section, Key]]:
        """Every key that has a line of its own, and the section it stands in."""
        for section in self.sections:
            for key in section.keys:
                yield section, key

    def all_keys(self) -> Iterator[Key]:
        """Every key, those of inline tables included."""
        for _section, key in self.lines():
            yield from key.all()

    def key(self, path: KeyPath) -> Key | None:
        return next((key for key in self.all_keys() if key.path == path), None)

    def section(self, path: KeyPath) -> Section | None:
        return next((one for one in self.sections if one.path == path and one.names), None)

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Past the line's break, or the end of the text."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def top_of(self, section: Section) -> int:
        """Where the comments begin that stand directly above its header: no blank line between."""
        return self.comments_above(section.start, self.floor_of(section))

    def comments_above(self, at: int, floor: int) -> int:
        """Where the comments begin that stand directly above a line, no higher than the floor."""
        top = self.line_start(at)
        while top > floor:
            above = self.line_start(top - 1)
            if not _is_comment(self.text[above:top]):
                break
            top = above
        return top

    def floor_of(self, section: Section) -> int:
        """Past the line of whatever stands above a section."""
        index = self.sections.index(section)
        end = self.sections[index - 1].end if index else 0
        return self.line_end(end) if end else 0

    def bottom_of(self, section: Section) -> int:
        """Past its last key, and the comments directly below that: they end with a blank line."""
        return self.comments_below(section.end) if section.end else 0

    def comments_below(self, at: int) -> int:
        """Past the line of an offset, and the comments directly below it, if nothing else is."""
        bottom = end = self.line_end(at)
        while bottom < len(self.text):
            line = self.text[bottom : self.line_end(bottom)]
            if not line.strip():
                return bottom
            if not _is_comment(line):
                return end  # the comments are about the table below
            bottom = self.line_end(bottom)
        return bottom

    def directives(self, start: int, end: int) -> str:
        """The lines for editors between two line starts: those that are no part of a text."""
        values = [key.value for _section, key in self.lines()]
        kept = ""
        while start < end:
            after = self.line_end(start)
            line = self.text[start:after]
            if line.startswith(_DIRECTIVE) and not any(
                one.start < start < one.end for one in values
            ):
                kept += line
            start = after
        return kept

    def blank_before(self, at: int) -> int:
        """Where the blank lines begin that end at the start of a line."""
        while at > 0 and not self.text[(above := self.line_start(at - 1)) : at].strip():
            at = above
        return at

    def blank_after(self, at: int) -> int:
        """Where the blank lines end that begin at the start of a line."""
        while at < len(self.text) and not self.text[at : self.line_end(at)].strip():
            at = self.line_end(at)
        return at


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") and not line.startswith(_DIRECTIVE)


def layout_of(text: str) -> Layout:
    """Where everything stands. text: accepted by tomllib, with plain line feeds."""
    sections = [Section((), (), 0, 0)]
    at = after_gap(text, 0)
    while at < len(text):
        if header := HEADER.match(text, at):
            at = header.end()
            sections.append(Section(parts(header[1]), _names(header), header.start(), at))
        else:
            key = _key(text, at, sections[-1].path)
            sections[-1].keys.append(key)
            at = key.end
        at = after_gap(text, at)
    return Layout(text, tuple(sections))


def _names(found: re.Match[str]) -> tuple[Place, ...]:
    start = found.start(1)
    return tuple((start + one.start(), start + one.end()) for one in re.finditer(KEY, found[1]))


def _key(text: str, at: int, table: KeyPath) -> Key:
    found = ASSIGNMENT.match(text, at)
    assert found is not None, "tomllib accepts no such text"
    path = table + parts(found[1])
    return Key(path, _names(found), _value(text, found.end(), path))


def _value(text: str, start: int, path: KeyPath) -> Value:
    if text[start] not in "[{":
        return Value(start, after_value(text, start))
    keys: list[Key] = []
    items: list[Value] = []
    at = after_gap(text, start + 1)
    while text[at] not in "]}":
        if text[start] == "{":
            keys.append(_key(text, at, path))
            at = after_gap(text, keys[-1].end)
        else:
            items.append(_value(text, at, path))
            at = after_gap(text, items[-1].end)
    return Value(start, at + 1, tuple(keys), tuple(items))
