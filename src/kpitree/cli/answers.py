"""What typed answers mean. A reader raises UsageError with the reason where one means nothing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.currencies import SIGNS


def one_of(options: Sequence[str], more: Callable[[str], int | None] = lambda _: None) -> "Reader":
    """The place of one option, by its number or by its first words.

    more: what else an answer may mean, as a place.
    """
    return Reader(tuple(options), more)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the number of an option, or how it begins."""

    options: tuple[str, ...]
    more: Callable[[str], int | None]

    def __call__(self, answer: str) -> int:
        if answer.isascii() and answer.isdigit():
            number = int(answer)
            if 1 <= number <= len(self.options):
                return number - 1
            raise UsageError(f"there is no {number}: 1 to {len(self.options)}")
        low = answer.casefold()
        begin = [at for at, one in enumerate(self.options) if one.casefold().startswith(low)]
        if len(begin) == 1 or (begin and self.options[begin[0]].casefold() == low):
            return begin[0]
        if (other := self.more(answer)) is not None:
            return other
        raise UsageError(f"type a number from 1 to {len(self.options)}")


NOTHING = ("none", "-", "no")


def some_of(options: Sequence[str], names: Sequence[str]) -> Callable[[str], tuple[int, ...]]:
    """The places of several options: "1, 3", names, "all" or "none"."""

    def read(answer: str) -> tuple[int, ...]:
        if answer.casefold() in NOTHING:
            return ()
        if answer.casefold() == "all":
            return tuple(range(len(options)))
        return tuple(sorted({_place(part.strip(), names) for part in _parts(answer)}))

    return read


def _parts(answer: str) -> list[str]:
    parts = answer.split(",") if "," in answer else [answer]
    numbers = answer.replace(",", " ").split()
    if not numbers:
        raise UsageError("type numbers or names, all or none")
    return numbers if all(part.isdigit() for part in numbers) else [one for one in parts if one]


def _place(part: str, names: Sequence[str]) -> int:
    if part.isascii() and part.isdigit():
        number = int(part)
        if 1 <= number <= len(names):
            return number - 1
        raise UsageError(f"there is no {number}: 1 to {len(names)}, all or none")
    low = part.casefold()
    found = [at for at, name in enumerate(names) if name.casefold() == low]
    if not found:
        raise UsageError(f"there is no {part!r}", hint=did_you_mean(part, names))
    return found[0]


def words(answer: str) -> str:
    """A name: any text that can be shown."""
    if not answer or not answer.isprintable() or "\ufffd" in answer:
        raise UsageError("this cannot be a name: letters, digits and spaces")
    return answer


def label(answer: str) -> str:
    """A name for readers; answers to another question are none."""
    if not any(map(str.isalpha, answer)) or answer.casefold() in ("y", "n", "yes", "no"):
        raise UsageError("this cannot be a name: words, such as Revenue")
    return words(answer)


def words_or_nothing(answer: str) -> str:
    """A name, or "" for none."""
    return "" if answer.casefold() in NOTHING else words(answer)


def currency_code(answer: str) -> str | None:
    """A code of three letters, or None."""
    if answer.casefold() in NOTHING:
        return None
    code = SIGNS.get(answer, answer.upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise UsageError("a code of three letters, such as EUR; or none")
    return code


def yes(answer: str) -> bool:
    """Whether the answer is yes."""
    match answer.casefold():
        case "yes" | "y" | "ja" | "j":
            return True
        case "no" | "n" | "nein":
            return False
    raise UsageError("yes or no")


def number_reader(*, default: str, percent: bool, such_as: str) -> Callable[[str], float | None]:
    """Reads a number or none. percent: whether 12% is one.

    default: what Enter answers, which means what the program wrote. such_as: a right answer.
    """

    def read(answer: str) -> float | None:
        if not percent and answer.endswith("%"):
            raise UsageError(f"an amount, such as {such_as}")
        if answer == default and answer not in NOTHING:
            return _whole_or_not(float(answer))
        return number(answer)

    return read


_MARKED: Final = {  # by the decimal mark, numbers with or without another one between thousands
    mark: re.compile(
        rf"(?P<whole>[+-]?(?:\d*|[1-9]\d{{0,2}}(?P<group>[ '_{other}])\d{{3}}"
        rf"(?:(?P=group)\d{{3}})*))"
        rf"(?:{re.escape(mark)}(?P<part>\d*))?(?P<power>[eE][+-]?\d+)?"
    )
    for mark, other in ((".", ","), (",", "."))
}
_LIKE: Final = str.maketrans({"\u2019": "'", "\xa0": " ", "\u202f": " ", "\u2009": " "})


def number(answer: str) -> float | None:
    """A number as people write it; 12% is 0.12.

    1,500.50 and 1.500,50 have one meaning. 1,500 has two, as 1.500 has: refused.
    """
    if answer.casefold() in NOTHING:
        return None
    text = answer.translate(_LIKE).strip()
    percent = text.endswith("%")
    found = _readings(text.removesuffix("%").rstrip())
    if not found:
        raise UsageError(f"{answer!r} is not a number", hint="such as 70000 or 12%; or none")
    if len(found) > 1:
        ways = " or ".join(f"{_whole_or_not(each)}" for each in sorted(found, reverse=True))
        raise UsageError(f"{answer!r} can be read two ways", hint=f"type {ways}")
    (only,) = found
    if not abs(only) < 1e15:
        raise UsageError(f"{answer!r} is not a number to work with")
    return _whole_or_not(round(only / 100, 15) if percent else only)


def _readings(text: str) -> set[float]:
    """What a text may mean, with the point and with the comma before the decimals."""
    found = set()
    for pattern in _MARKED.values():
        match = pattern.fullmatch(text)
        if match is None or not any(char.isdigit() for char in text):
            continue
        whole = re.sub(r"[^\d+-]", "", match["whole"])
        found.add(float(f"{whole}.{match['part'] or '0'}{match['power'] or ''}"))
    return found


def _whole_or_not(number: float) -> float:
    return int(number) if number == int(number) else number


def day_after(last: date | None) -> Callable[[str], date | None]:
    """Reads a day behind the last one of the data, or none."""

    def read(answer: str) -> date | None:
        found = day(answer)
        if found is not None and last is not None and found <= last:
            raise UsageError(f"{found} is over: the data goes to {last}")
        return found

    return read


def day(answer: str) -> date | None:
    """A day, or None."""
    if answer.casefold() in NOTHING:
        return None
    try:
        return date.fromisoformat(answer)
    except ValueError:
        raise UsageError(f"{answer!r} is not a day", hint="such as 2027-12-31; or none") from None
