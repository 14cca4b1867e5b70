"""What typed answers mean. A reader raises UsageError with the reason where one means nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kpitree.errors import UsageError, did_you_mean

SIGNS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}


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


def number(answer: str) -> float | None:
    """A number, with points or commas as in English; 12% is 0.12."""
    if answer.casefold() in NOTHING:
        return None
    plain = answer.replace("_", "").replace(" ", "")
    percent = plain.endswith("%")
    try:
        number = float(plain.removesuffix("%").replace(",", "")) / (100 if percent else 1)
    except ValueError:
        raise UsageError(
            f"{answer!r} is not a number", hint="such as 70000 or 12%; or none"
        ) from None
    if not abs(number) < 1e15:
        raise UsageError(f"{answer!r} is not a number to work with")
    return int(number) if number == int(number) else number


def day(answer: str) -> date | None:
    """A day, or None."""
    if answer.casefold() in NOTHING:
        return None
    try:
        return date.fromisoformat(answer)
    except ValueError:
        raise UsageError(f"{answer!r} is not a day", hint="such as 2027-12-31; or none") from None
