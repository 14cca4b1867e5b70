"""Numbers as people write them in spreadsheets: 3,000,000; 62 %; 2.400,50; EUR 1'200."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kpitree.numbers import machine_text
from kpitree.tree.currencies import CODES, SIGNS

_SPACES: Final = "\u00a0\u202f\u2009 "
_PLAIN: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", re.IGNORECASE)
_EITHER: Final = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")  # 2,400 and 2.400
_SCALE: Final = re.compile(r"\d\s*(k|m|mn|mio|bn|mrd|tsd)\.?$", re.IGNORECASE)

_NOTHING: Final = frozenset({"-", "–", "—", "n/a", "na", "n.a.", "tbd", "none", "?", "open"})


@dataclass(frozen=True, slots=True)
class Written:
    """A number in a cell. percent: 62 % has the value 0.62. currency: its code, or None."""

    value: float
    percent: bool = False
    currency: str | None = None


class CellError(ValueError):
    """What is wrong in a cell, and what to try."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def currency_of(text: str) -> str | None:
    """The code of a currency's sign or code; None for any other word."""
    text = text.strip()
    return SIGNS.get(text) or (text.upper() if text.upper() in CODES else None)


def read_number(text: str, decimal: str | None = None) -> Written:
    """The number of a cell. decimal: the decimal mark, "." or ",", or None to tell it from each.

    Raises CellError: no number, or one that can be read two ways.
    """
    bare, currency = _without_currency(text.strip())
    percent = bare.endswith("%")
    bare = bare.removesuffix("%").strip(_SPACES).replace("\u2212", "-")
    if _SCALE.search(bare):
        raise CellError(f"{text[:60]!r} is a number in short", "write it out, such as 3000000")
    digits = _ungrouped(bare, text, decimal)
    if not _PLAIN.fullmatch(digits):
        raise CellError(f"{text[:60]!r} is not a number", _instead(text, bare, decimal))
    number = Decimal(digits) / (100 if percent else 1)
    value = float(number)
    if abs(value) == float("inf"):
        raise CellError(f"{text[:60]!r} is too large a number")
    return Written(value, percent, currency)


def _instead(text: str, bare: str, decimal: str | None) -> str:
    """What to write for what is no number."""
    if text.strip().casefold() in _NOTHING:
        return "leave the cell empty where there is none"
    if decimal is not None and _PLAIN.fullmatch(bare.replace(",", ".")):
        return f"its mark would stand between thousands: the decimal mark is {decimal} (--decimal)"
    if re.match(r"\(\d[\d.,]*\)$|[<>≤≥]", text.strip()):
        return "a plain number; below zero with -, and which way is good in a column direction"
    return "such as 3000000, 3,000,000 or 62 %"


def number_text(value: float) -> str:
    """A number as it is read again: 1.125 as 1.1250, since 1.125 may mean a thousand."""
    text = machine_text(value)
    return f"{text}0" if _EITHER.fullmatch(text) else text


def percent_text(value: float) -> str:
    """A rate with a percent sign, to the last digit: 1.05 as 105 %."""
    return f"{_bare(Decimal(repr(value)) * 100)} %"


def _bare(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if _EITHER.fullmatch(text) else text


def _without_currency(text: str) -> tuple[str, str | None]:
    found = re.fullmatch(
        r"([-+\u2212]?)\s*([^\W\d_]{3}|[^\w\s.,'%+-])?\s*([-+\u2212]?[\d.,'’_\s]*\d[.\d]*(?:e[-+]?\d+)?\s*%?)"  # noqa: RUF001 - people group digits with it
        r"\s*([^\W\d_]{3}|[^\w\s.,'%+-])?",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return text, None
    word = found[2] or found[4]
    currency = None if word is None else currency_of(word)
    if (word is not None and currency is None) or (found[2] and found[4]):
        return text, None
    return found[1] + found[3].strip(), currency


def _ungrouped(bare: str, text: str, decimal: str | None) -> str:
    """The digits with a point before decimals, and without marks between thousands."""
    bare = re.sub(rf"(?<=\d)['’_{_SPACES}](?=\d{{3}}(?!\d))", "", bare)  # noqa: RUF001 - as above
    if decimal is None:
        if _EITHER.fullmatch(bare):
            whole = bare.replace(",", "").replace(".", "")
            hint = (
                f"say which mark is the decimal one: --decimal . or --decimal , (or write {whole})"
            )
            raise CellError(f"{text[:60]!r} can be read two ways", hint)
        decimal = _decimal_mark(bare)
    group = "," if decimal == "." else "."
    whole, mark, rest = bare.partition(decimal)
    if group in whole:
        if not re.fullmatch(rf"[-+]?\d{{1,3}}({re.escape(group)}\d{{3}})+", whole):
            return ""  # which is no number
        whole = whole.replace(group, "")
    return f"{whole}.{rest}" if mark else whole


def _decimal_mark(bare: str) -> str:
    """The last of both marks; of one alone, it is the decimal one unless it stands twice."""
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma >= 0:
        return "." if bare.count(",") > 1 else ","
    return "," if bare.count(".") > 1 else "."
