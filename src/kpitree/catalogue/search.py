"""Finding KPIs by words, compared as words.py says.

Every word must be found; where decides the order: a KPI's own name first, its description last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from typing import Final

from kpitree.catalogue.choosing import ALSO_CALLED, Choice, chosen_of, nothing_chosen
from kpitree.catalogue.entry import Catalogue, Entry
from kpitree.catalogue.words import folded, holds, same, telling
from kpitree.errors import UsageError

_CUT: Final = 60  # characters of what was typed that a message repeats
_NEAR: Final = 0.75  # how alike two words are of which one may be a slip of the other


class Where(IntEnum):
    """Where the words were found, best first."""

    NAME = 0  # they are the KPI's name or label
    ALSO = 1  # they are another name of it
    LABEL = 2  # among the words of its label
    NAMES = 3  # ... or of its other names
    TEXT = 4  # ... or of its description


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and where the words stand in it."""

    entry: Entry
    where: Where

    @property
    def exact(self) -> bool:
        return self.where <= Where.ALSO


def found(catalogue: Catalogue, text: str, choice: Choice) -> list[Match]:
    """Entries that hold every word of the text, best first; all of them for no text.

    Raises UsageError: the choice names what there is not, or nothing is found.
    """
    chosen = chosen_of(catalogue, choice)
    if not chosen and choice != Choice():
        raise nothing_chosen(catalogue, choice)
    if not text.strip():
        return [Match(entry, Where.TEXT) for entry in chosen]
    matches = [match for entry in chosen if (match := _match(entry, text))]
    if not matches:
        raise _nothing(catalogue, text, chosen)
    return sorted(matches, key=lambda match: _rank(match, text))


def the_one(matches: list[Match]) -> Entry | None:
    """The entry that is meant: the only match, or the only one whose name it is."""
    for where in (Where.NAME, Where.ALSO):
        named = [match.entry for match in matches if match.where <= where]
        if named:
            return named[0] if len(named) == 1 else None
    return matches[0].entry if len(matches) == 1 else None


# --- one entry -----------------------------------------------------------------------------


def _match(entry: Entry, text: str) -> Match | None:
    if any(same(name, text) for name in (entry.id, entry.label)):
        return Match(entry, Where.NAME)
    if any(same(name, text) for name in entry.also):
        return Match(entry, Where.ALSO)
    words = telling(text)
    if not words:
        return None
    departments = (name for one in entry.departments for name in (one, *ALSO_CALLED.get(one, ())))
    texts = [f"{entry.id} {entry.label}"]
    for where, more in (
        (Where.LABEL, ""),
        (Where.NAMES, " ".join(entry.also)),
        (Where.TEXT, " ".join((entry.description, *departments))),
    ):
        texts.append(more)
        if all(holds(" ".join(texts), word) for word in words):
            return Match(entry, where)
    return None


def _rank(match: Match, text: str) -> tuple[int, int, int]:
    """Best first; among those found in the same place whole words, then short labels."""
    own = set(folded(f"{match.entry.id} {match.entry.label} {' '.join(match.entry.also)}"))
    parts = sum(word not in own for word in telling(text))
    return match.where, parts, len(folded(match.entry.label))


def _nothing(catalogue: Catalogue, text: str, chosen: list[Entry]) -> UsageError:
    """What to try instead."""
    message = f"no KPI of the catalogue matches {cut(text)!r}"
    if len(chosen) < len(catalogue.entries):
        others = [one for one in catalogue.entries.values() if _match(one, text)]
        if others:
            names = ", ".join(one.label for one in others[:3])
            return UsageError(f"{message} with these filters", hint=f"without them: {names}")
    near = nearest(catalogue, text)
    known = f"did you mean {' or '.join(map(repr, near))}?" if near else "all: kpitree catalog"
    return UsageError(message, hint=known)


def cut(text: str) -> str:
    """What was typed, as far as a message or a title repeats it."""
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"


def nearest(catalogue: Catalogue, text: str) -> list[str]:
    """At most three names in the catalogue that are spelled nearly like it, nearest first."""
    names = {
        " ".join(telling(name)): name
        for entry in reversed(catalogue.entries.values())
        for name in (entry.id, *entry.also, entry.label)
    }
    wanted = " ".join(telling(text))
    close = get_close_matches(wanted, names, n=3, cutoff=0.7)
    if not close and (mended := _mended(names, wanted)):
        close = get_close_matches(mended, names, n=3)
    return [names[one] for one in close]


def _mended(names: Iterable[str], text: str) -> str | None:
    """The text with each word exchanged for the nearest one that names have; None: one has none."""
    known = sorted({word for name in names for word in name.split()})
    nearby = [get_close_matches(word, known, n=1, cutoff=_NEAR) for word in text.split()]
    return " ".join(words[0] for words in nearby) if all(nearby) else None
