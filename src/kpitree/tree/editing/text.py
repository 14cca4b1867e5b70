"""A file's text and its changes: line ends, byte order mark and all else kept."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """From start up to end, the text becomes new; offsets in Source.plain."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text as it is, and as TOML sees it: no byte order mark, plain line feeds."""

    text: str

    @property
    def mark(self) -> str:
        return _MARK if self.text.startswith(_MARK) else ""

    @property
    def plain(self) -> str:
        return self.text.removeprefix(_MARK).replace("\r\n", "\n")

    @property
    def line_end(self) -> str:
        """The one that most lines have."""
        windows = self.text.count("\r\n")
        return "\r\n" if windows * 2 > self.text.count("\n") else "\n"

    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.plain)

    def changed(self, changes: Iterable[Change]) -> str:
        """The text with these changes, which do not overlap; new lines end as the others do."""
        text = self.text.removeprefix(_MARK)
        # Offsets of \r, each less the ones before it: where they are missing in the plain text.
        gone = [one.start() - at for at, one in enumerate(re.finditer(r"\r\n", text))]
        pieces, at = [self.mark], 0
        for change in sorted(changes, key=lambda one: (one.start, one.end)):
            start = change.start + bisect_left(gone, change.start)
            assert start >= at, "changes overlap"
            pieces += [text[at:start], change.new.replace("\n", self.line_end)]
            at = change.end + bisect_left(gone, change.end)
        return "".join([*pieces, text[at:]])
