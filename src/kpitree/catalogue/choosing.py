"""Choosing KPIs by what they are like: department, reader, rhythm, leading or lagging, level."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Final

from kpitree.catalogue.entry import DEPARTMENTS, RHYTHMS, Catalogue, Entry
from kpitree.catalogue.words import folded, holds
from kpitree.errors import UsageError, did_you_mean

LEVELS: Final = ("strategic", "operational")
# What departments are called elsewhere.
ALSO_CALLED: Final = {
    "Sales": ("business development",),
    "Customer service and success": ("CS", "support", "customer support", "customer care"),
    "Finance": ("accounting", "controlling"),
    "Operations": ("ops", "production", "manufacturing"),
    "HR and recruiting": ("human resources", "people", "talent", "personnel"),
    "IT": ("information technology",),
    "Software development": ("engineering", "dev", "devops"),
    "Back office": ("administration",),
    "Project management": ("PMO",),
}
_RHYTHM_WORDS: Final = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
    "annual": "yearly",
    "annually": "yearly",
}
_FEW: Final = 3  # KPIs that a hint names


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What entries are to be like; None: anything.

    department: its name, the beginning of it, or another name. reader: words of it. indicator:
    leading or lagging. level: strategic or operational.
    """

    department: str | None = None
    reader: str | None = None
    rhythm: str | None = None
    indicator: str | None = None
    level: str | None = None

    @property
    def told(self) -> str:
        """`Finance, read by investors, weekly`. Raises UsageError as chosen_of() does."""
        parts = (
            None if self.department is None else department_of(self.department),
            self.reader and f"read by {self.reader}",
            None if self.rhythm is None else rhythm_of(self.rhythm),
            self.indicator,
            None if self.level is None else _one_of(self.level, LEVELS, "--level"),
        )
        return ", ".join(part for part in parts if part)


def chosen_of(catalogue: Catalogue, choice: Choice) -> list[Entry]:
    """The entries that are as they are to be. Raises UsageError: a name that there is not."""
    if choice.department is None:
        entries = list(catalogue.entries.values())
    else:
        entries = catalogue.of_department(department_of(choice.department))
    rhythm = None if choice.rhythm is None else rhythm_of(choice.rhythm)
    reader = None if choice.reader is None else _reader(catalogue, choice.reader)
    level = None if choice.level is None else _one_of(choice.level, LEVELS, "--level")
    return [
        entry
        for entry in entries
        if (rhythm is None or rhythm in entry.rhythms)
        and (reader is None or any(_reads(one, reader) for one in entry.readers))
        and choice.indicator in {None, entry.indicator}
        and level in {None, entry.level}
    ]


def nothing_chosen(catalogue: Catalogue, choice: Choice) -> UsageError:
    """What to say where no entry is like this: which filter to leave out, and what is then left."""
    left = [
        f"without {option}: {', '.join(one.label for one in entries[:_FEW])}"
        for option, entries in _with_one_less(catalogue, choice)
    ]
    return UsageError(
        f"no KPI is all of this: {choice.told}", hint="; ".join(left) or "all: kpitree catalog"
    )


def _with_one_less(catalogue: Catalogue, choice: Choice) -> Iterator[tuple[str, list[Entry]]]:
    """Each filter whose absence leaves something else to choose by, and what that finds."""
    for field in fields(choice):
        value = getattr(choice, field.name)
        fewer = replace(choice, **{field.name: None})
        entries = chosen_of(catalogue, fewer)
        if value is not None and fewer != Choice() and entries:
            yield f"--{value if field.name == 'indicator' else field.name}", entries


# --- what the words of a filter mean ---------------------------------------------------------


def department_of(text: str) -> str:
    """The department of this name, or the only one with these words: "HR", "success", "people"."""
    words = folded(text)
    same = [one for one in DEPARTMENTS if folded(one) == words]
    called = [one for one, names in ALSO_CALLED.items() if words in map(folded, names)]
    near = [one for one in DEPARTMENTS if words and all(holds(one, word) for word in words)]
    for names in (same, called, near):
        if len(names) == 1:
            return names[0]
    if near:
        raise UsageError(
            f"{text!r} may be several departments",
            where="--department",
            hint=f"one of: {', '.join(near)}",
        )
    hint = _nearest(text, DEPARTMENTS)
    raise UsageError(f"there is no department {text!r}", where="--department", hint=hint)


def rhythm_of(text: str) -> str:
    """The rhythm of this name: "weekly", "Annual", "every month"."""
    words = [word for word in folded(text) if word != "every"]
    meant = _RHYTHM_WORDS.get(words[0], text) if len(words) == 1 else text
    return _one_of(meant, RHYTHMS, "--rhythm")


def readers_of(catalogue: Catalogue) -> list[str]:
    """Everyone who reads a KPI of the catalogue, by the alphabet."""
    readers = {reader for one in catalogue.entries.values() for reader in one.readers}
    return sorted(readers, key=str.casefold)


def _reader(catalogue: Catalogue, text: str) -> str:
    readers = readers_of(catalogue)
    if any(_reads(one, text) for one in readers):
        return text
    close = get_close_matches(text.casefold(), readers, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known names: {', '.join(readers)}"
    raise UsageError(f"no KPI says that {text!r} reads it", where="--reader", hint=hint)


def _reads(reader: str, text: str) -> bool:
    words = folded(text)
    return bool(words) and all(holds(reader, word) for word in words)


def _nearest(text: str, known: Collection[str]) -> str:
    """did_you_mean(), whatever the case."""
    close = get_close_matches(text.casefold(), [one.casefold() for one in known], n=1)
    meant = [one for one in known if one.casefold() in close]
    return did_you_mean(meant[0] if meant else text, known)


def _one_of(text: str, known: tuple[str, ...], option: str) -> str:
    word = text.strip().lower()
    if word in known:
        return word
    hint = did_you_mean(word, known) if get_close_matches(word, known, n=1) else ""
    raise UsageError(f"{text!r} is not one of: {', '.join(known)}", where=option, hint=hint)
