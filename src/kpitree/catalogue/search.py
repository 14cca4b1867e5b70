"""Finding KPIs by words, and choosing among them by department, reader, rhythm and the like.

Case, punctuation, accents, plurals and British or American spelling make no difference. Every
word must be found; where decides the order: a KPI's own name first, its description last.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import cache
from typing import Final

from kpitree.catalogue.entry import DEPARTMENTS, RHYTHMS, Catalogue, Entry
from kpitree.errors import UsageError, did_you_mean

# Words that tell nothing apart: "number of deals created" is found as "deals created".
_IDLE: Final = frozenset({
    "a", "an", "and", "at", "by", "for", "from", "in", "kpi", "kpis", "number", "of", "on",
    "or", "our", "over", "own", "per", "the", "to", "with",
})  # fmt: skip
_SPELLINGS: Final = (("isation", "ization"), ("ise", "ize"), ("our", "or"), ("ilment", "illment"))
_LEAST: Final = 3  # letters of a word that may stand for the beginning of a longer one


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What entries are to be like; None: anything.

    department: or the beginning of its name. reader: words of it. indicator: leading or lagging.
    level: strategic or operational.
    """

    department: str | None = None
    reader: str | None = None
    rhythm: str | None = None
    indicator: str | None = None
    level: str | None = None


def found(catalogue: Catalogue, text: str, choice: Choice) -> list[Match]:
    """Entries that hold every word of the text, best first; all of them for no text.

    Raises UsageError: the choice names what there is not, or nothing is found.
    """
    chosen = chosen_of(catalogue, choice)
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


# --- words ----------------------------------------------------------------------------------


@cache
def folded(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: lower case, no accents, no plural."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(_singular(word) for word in re.findall(r"[^\W_]+", letters.replace("'", "")))


@cache
def _singular(word: str) -> str:
    for spelling, other in _SPELLINGS:
        if word.endswith(spelling) and len(word) > len(spelling) + 1:
            word = word.removesuffix(spelling) + other
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _singular(word[:-1])
    return word


def _wanted(text: str) -> tuple[str, ...]:
    """The words that must be found: those that tell something, or all where none does."""
    words = folded(text)
    return tuple(word for word in words if word not in _IDLE) or words


def _same(name: str, text: str) -> bool:
    """Whether two names are one: "click-through", "clickthrough" and "Click through"."""
    return "".join(folded(name)) == "".join(folded(text)) or _wanted(name) == _wanted(text)


def _match(entry: Entry, text: str) -> Match | None:
    words = _wanted(text)
    if not words:
        return None
    if any(_same(name, text) for name in (entry.id, entry.label)):
        return Match(entry, Where.NAME)
    if any(_same(name, text) for name in entry.also):
        return Match(entry, Where.ALSO)
    texts = [f"{entry.id} {entry.label}"]
    for where, more in (
        (Where.LABEL, ""),
        (Where.NAMES, " ".join(entry.also)),
        (Where.TEXT, " ".join((entry.description, *entry.departments))),
    ):
        texts.append(more)
        if all(_holds(" ".join(texts), word) for word in words):
            return Match(entry, where)
    return None


def _holds(text: str, word: str) -> bool:
    """Whether a text has the word, or one that begins with it."""
    return any(
        one == word or (len(word) >= _LEAST and one.startswith(word)) for one in folded(text)
    )


def _rank(match: Match, text: str) -> tuple[int, int, int]:
    """Best first; among those found in the same place whole words, then short labels."""
    own = set(folded(f"{match.entry.id} {match.entry.label} {' '.join(match.entry.also)}"))
    parts = sum(word not in own for word in _wanted(text))
    return match.where, parts, len(folded(match.entry.label))


def _nothing(catalogue: Catalogue, text: str, chosen: list[Entry]) -> UsageError:
    """What to try instead."""
    message = f"no KPI of the catalogue matches {text!r}"
    if len(chosen) < len(catalogue.entries):
        others = [one for one in catalogue.entries.values() if _match(one, text)]
        if others:
            names = ", ".join(one.label for one in others[:3])
            return UsageError(f"{message} with these filters", hint=f"without them: {names}")
    near = nearest(catalogue, text)
    known = f"did you mean {' or '.join(map(repr, near))}?" if near else "all: kpitree catalog"
    return UsageError(message, hint=known)


def nearest(catalogue: Catalogue, text: str) -> list[str]:
    """At most three names in the catalogue that are spelled nearly like it, nearest first."""
    names = {
        " ".join(_wanted(name)): name
        for entry in reversed(catalogue.entries.values())
        for name in (entry.id, *entry.also, entry.label)
    }
    wanted = " ".join(_wanted(text))
    close = [names[one] for one in get_close_matches(wanted, names, n=3, cutoff=0.7)]
    return close or [names[one] for one in get_close_matches(_mended(names, wanted), names, n=3)]


def _mended(names: Iterable[str], text: str) -> str:
    """The text with each word exchanged for the nearest one that names have."""
    known = sorted({word for name in names for word in name.split()})
    nearby = (get_close_matches(word, known, n=1) or [word] for word in text.split())
    return " ".join(words[0] for words in nearby)


# --- choice ---------------------------------------------------------------------------------


def chosen_of(catalogue: Catalogue, choice: Choice) -> list[Entry]:
    """The entries that are as they are to be. Raises UsageError: a name that there is not."""
    if choice.department is None:
        entries = list(catalogue.entries.values())
    else:
        entries = catalogue.of_department(department_of(choice.department))
    rhythm = None if choice.rhythm is None else _one_of(choice.rhythm, RHYTHMS, "--rhythm")
    reader = None if choice.reader is None else _reader(catalogue, choice.reader)
    return [
        entry
        for entry in entries
        if (rhythm is None or rhythm in entry.rhythms)
        and (reader is None or any(_reads(one, reader) for one in entry.readers))
        and choice.indicator in {None, entry.indicator}
        and choice.level in {None, entry.level}
    ]


def department_of(text: str) -> str:
    """The department of this name, or the only one with these words: "HR", "success"."""
    words = folded(text)
    same = [one for one in DEPARTMENTS if folded(one) == words]
    near = [one for one in DEPARTMENTS if words and all(_holds(one, word) for word in words)]
    for names in (same, near):
        if len(names) == 1:
            return names[0]
    if near:
        raise UsageError(
            f"{text!r} may be several departments",
            where="--department",
            hint=f"one of: {', '.join(near)}",
        )
    close = get_close_matches(text.casefold(), [one.casefold() for one in DEPARTMENTS], n=1)
    meant = [one for one in DEPARTMENTS if one.casefold() in close]
    hint = did_you_mean(meant[0] if meant else text, DEPARTMENTS)
    raise UsageError(f"there is no department {text!r}", where="--department", hint=hint)


def readers_of(catalogue: Catalogue) -> list[str]:
    """Everyone who reads a KPI of the catalogue, in the order in which they come."""
    return list(
        dict.fromkeys(reader for one in catalogue.entries.values() for reader in one.readers)
    )


def _reader(catalogue: Catalogue, text: str) -> str:
    readers = readers_of(catalogue)
    if text.strip() and any(_reads(one, text) for one in readers):
        return text
    hint = did_you_mean(text.casefold(), readers)
    raise UsageError(f"no KPI says that {text!r} reads it", where="--reader", hint=hint)


def _reads(reader: str, text: str) -> bool:
    return all(_holds(reader, word) for word in folded(text))


def _one_of(text: str, known: tuple[str, ...], option: str) -> str:
    word = text.strip().lower()
    if word in known:
        return word
    raise UsageError(
        f"{text!r} is not one of: {', '.join(known)}", where=option, hint=did_you_mean(word, known)
    )
