"""The columns that an added KPI needs of a source, and those of them that its file has not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from kpitree.errors import Notice

_MOST_NAMED: Final = 12
_ALIKE: Final = 0.6  # of get_close_matches()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What new KPIs need of one source of the tree.

    path: of a new source, the file, as the tree says it; None for one that was there.
    columns: name -> type. split_by: of a new source, what one would split it by.
    """

    source: str
    path: str | None
    columns: dict[str, str]
    split_by: tuple[str, ...] = ()

    def notice(self, there: Sequence[str] | None = None) -> Notice | None:
        """What has to be said. there: the columns that the file has; None: nobody has looked."""
        if there is None:
            asked = f"has to have the columns {_typed(self.columns)}" if self.columns else ""
        else:
            asked = self._lacking(there)
        if self.path is None:
            return self._notice("columns_needed", f"the source {self.source!r} {asked}", asked)
        asked = f"the file {self.path} {asked}" if asked else ""
        split = f"one would split it by {', '.join(self.split_by)}" if self.split_by else ""
        said = "; ".join(filter(None, (asked, split)))
        return self._notice("new_source", f"new source {self.source!r}: {said}", said)

    def _notice(self, code: str, message: str, said: str) -> Notice | None:
        return Notice(code=code, message=message, source=self.source) if said else None

    def _lacking(self, there: Sequence[str]) -> str:
        """`lacks offered_on (date)`, and what may be meant; "" where all are there."""
        missing = {name: kind for name, kind in self.columns.items() if name not in there}
        if not missing:
            return ""
        near = [(name, found) for name in missing if (found := _near(name, there, self.columns))]
        text = f"lacks {_typed(missing)}"
        if near:
            text += f": did you mean {', '.join(f'{found!r} for {name}' for name, found in near)}?"
            return text
        more = len(there) - _MOST_NAMED
        known = ", ".join(there[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"{text}: it has {known}"


def _typed(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in columns.items())


def _near(name: str, there: Sequence[str], needed: dict[str, str]) -> str | None:
    """The column that may be meant, whatever its case and spaces; none that is needed itself."""
    free = {_plain(one.rpartition(".")[2]): one for one in there if one not in needed}
    close = get_close_matches(_plain(name), free, n=1, cutoff=_ALIKE)
    return free[close[0]] if close else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
