"""How a source says that its texts are read: decimal mark, clean numbers, words for nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kpitree.analysis.proposing.columns import Column

_POINT = ("plain", "people.")
_COMMA = ("comma", "people,")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Keys of a source. decimal: "." or ",", or None where nothing has to be said.

    clean: columns whose numbers are written for people. null_words: for no value.
    unread: numeric columns that cannot be read along with the others.
    """

    decimal: str | None = None
    clean: tuple[str, ...] = ()
    null_words: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def keys(self, used: Iterable[str]) -> dict[str, Any]:
        """The keys that a source has for the columns that are used as numbers."""
        cleaned = [name for name in self.clean if name in set(used)]
        keys: dict[str, Any] = {}
        if self.null_words:
            keys["null_values"] = list(self.null_words)
        if self.decimal is not None:
            keys["decimal"] = self.decimal
        if cleaned:
            keys["clean"] = dict.fromkeys(cleaned, "number")
        return keys


@dataclass(frozen=True, slots=True)
class TwoWays:
    """Numbers such as 1,234 that are one thing with a decimal comma and another without."""

    columns: tuple[Column, ...] = field()

    @property
    def example(self) -> str:
        texts = (text for column in self.columns for text in column.sample)
        marked = (text for text in texts if "," in text or "." in text)
        return next(marked, self.columns[0].sample[0])


def reading_of(columns: Sequence[Column], decimal: str | None = None) -> Reading | TwoWays:
    """What the texts of all columns of numbers say together. decimal: what the user says."""
    numbers = [one for one in columns if one.kind == "text" and one.readings]
    if decimal is None:
        point = [one for one in numbers if not _can(one, _COMMA) and _can(one, _POINT)]
        comma = [one for one in numbers if not _can(one, _POINT) and _can(one, _COMMA)]
        if comma and not point:
            decimal = ","
        elif not comma:
            unclear = [one for one in numbers if not {"plain", "people"} & {*one.readings}]
            if unclear and not point:
                return TwoWays(tuple(unclear))
            marked = any("plain" not in one.readings for one in point)
            decimal = "." if unclear or marked else None
    return _reading(numbers, decimal)


def _can(column: Column, ways: tuple[str, ...]) -> bool:
    return any(way in column.readings for way in ways)


def _reading(numbers: Sequence[Column], decimal: str | None) -> Reading:
    plain, cleaned = {None: ("plain", "people"), ".": _POINT, ",": _COMMA}[decimal]
    clean = [one for one in numbers if plain not in one.readings and cleaned in one.readings]
    unread = [one for one in numbers if plain not in one.readings and cleaned not in one.readings]
    return Reading(
        decimal=decimal,
        clean=tuple(one.name for one in clean),
        unread=tuple(one.name for one in unread),
    )


def with_null_words(reading: Reading, columns: Iterable[Column]) -> Reading:
    """With the words that stand for nothing in columns that are used as numbers or dates."""
    words = dict.fromkeys(
        word for column in columns for word in (*column.null_words, *column.no_dates)
    )
    return Reading(
        decimal=reading.decimal,
        clean=reading.clean,
        null_words=tuple(words),
        unread=reading.unread,
    )
