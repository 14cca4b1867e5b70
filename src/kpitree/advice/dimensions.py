"""What a number is counted in, as exponents of base units; what is not known stays unknown.

People write an order value in currency, though it is currency per order, and hours per day in
hours. So counts and rates have no unit, and time is known only where nothing hidden can change it.
Only what cannot be right under any such reading is a contradiction.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_MONEY_SIGNS: Final = frozenset("$€£¥₹₽₩₺₪₴₦฿₫₡")
_MONEY_WORDS: Final = frozenset({"currency", "money", "euro", "euros", "dollar", "dollars", "cent"})
_CODE_LENGTH: Final = 3  # of a currency's letters, as in EUR


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of currency, days and hours; None where an exponent is not known.

    ratio: surely a share or a rate of alike things, such as what is written in percent.
    """

    currency: Fraction | None = None
    days: Fraction | None = None
    hours: Fraction | None = None
    ratio: bool = False

    @property
    def is_time(self) -> bool:
        """Surely days or hours, and nothing else."""
        return self in (DAYS, HOURS)

    @property
    def is_plain(self) -> bool:
        """Surely no money and not surely time: a count, or a ratio of alike units."""
        return self.currency == 0 and not self.is_time

    def times(self, other: "Dimension") -> "Dimension":
        """Of a product of the two."""
        return Dimension(
            _sum(self.currency, other.currency),
            _sum(self.days, other.days),
            _sum(self.hours, other.hours),
            ratio=self.ratio and other.ratio,
        )

    def power(self, exponent: Fraction) -> "Dimension":
        """Of the number raised to a power; -1 is what divides."""
        return Dimension(
            _scaled(self.currency, exponent),
            _scaled(self.days, exponent),
            _scaled(self.hours, exponent),
        )

    def beside(self, other: "Dimension") -> "Dimension":
        """Of a sum of the two: what is known of either."""
        return Dimension(
            other.currency if self.currency is None else self.currency,
            other.days if self.days is None else self.days,
            other.hours if self.hours is None else self.hours,
            ratio=self.ratio and other.ratio,
        )

    def contradicts(self, other: "Dimension") -> bool:
        """Whether the two cannot be added: money with what is none, a rate with days, days with
        hours.
        """
        if None not in (self.currency, other.currency) and self.currency != other.currency:
            return True
        return self != other and (
            (self.is_time and other.is_time)
            or (self.ratio and other.is_time)
            or (self.is_time and other.ratio)
        )


UNKNOWN: Final = Dimension()
_NONE, _ONE = Fraction(0), Fraction(1)
CURRENCY: Final = Dimension(_ONE)  # per day or per order, for all we know
COUNT: Final = Dimension(_NONE)  # of tickets, or of days
RATIO: Final = Dimension(_NONE, _NONE, _NONE, ratio=True)
DAYS: Final = Dimension(_NONE, _ONE, _NONE)
HOURS: Final = Dimension(_NONE, _NONE, _ONE)


def of_unit(unit: str, currency: str | None) -> Dimension:
    """What a KPI with this unit is counted in; `number` may stand for anything."""
    match unit:
        case "currency":
            return CURRENCY
        case "percent":
            return RATIO
        case "days":
            return DAYS
        case "hours":
            return HOURS
        case "number":
            return UNKNOWN
        case _:
            return UNKNOWN if may_be_money(unit, currency) else COUNT


def may_be_money(unit: str, currency: str | None) -> bool:
    """Whether a unit of one's own may be an amount, such as `EUR/order` or `k$`."""
    words = unit.replace("/", " ").replace("-", " ").split()
    known = _MONEY_WORDS | ({currency.casefold()} if currency else set())
    return (
        not _MONEY_SIGNS.isdisjoint(unit)
        or "/" in unit
        or any(_is_code(word) or word.casefold() in known for word in words)
        or "per" in words
    )


def _is_code(word: str) -> bool:
    """EUR, and kEUR for a thousand of them."""
    return len(word.lstrip("kmM")) == _CODE_LENGTH and word.lstrip("kmM").isupper()


def refused(unit: str, found: Dimension) -> str | None:
    """What a formula gives that cannot be in this unit, in words; None where it can be.

    Money over money may be days (a stock over what goes a day), so a ratio may be time.
    """
    if unit == "currency":
        return None if found.currency in (None, _ONE) else _in_words(found)
    if unit not in {"percent", "days", "hours"}:
        return None
    if found.currency not in (None, _NONE):
        return _in_words(found)
    if found.is_time and found != of_unit(unit, None):
        return _in_words(found)
    return None


def _in_words(found: Dimension) -> str:
    if found.is_time:
        return "days" if found == DAYS else "hours"
    match found.currency:
        case Fraction(numerator=1, denominator=1):
            return "currency"
        case Fraction(numerator=0):
            return "a rate" if found.ratio else "a number without currency"
        case Fraction(numerator=below) if below < 0:
            return "something divided by currency"
        case _:
            return "currency times currency"


def _sum(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def _scaled(one: Fraction | None, by: Fraction) -> Fraction | None:
    return None if one is None else one * by
