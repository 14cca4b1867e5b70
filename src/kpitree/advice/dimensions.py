"""What a number is counted in, as exponents of base units; what is not known stays unknown.

People write an order value in currency, though it is currency per order, and hours per day in
hours. So counts and rates have no unit, and time is known only where nothing hidden can change it.
Only what cannot be right under any such reading is a contradiction.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from kpitree.tree.currencies import CODES, SIGNS

# Words between blanks, as they are easier to read and to add to than so many quotation marks.
_MONEY: Final = (
    "currency money euro euros dollar dollars cent cents penny pence pound pounds yen yuan franc"
    " francs franken krona kronor krone kroner kr peso pesos real reais rupee rupees ruble rubles"
    " zloty złoty zł kronen rappen centavos forint"
    " lira won baht dirham riyal shekel shekels rand ringgit rupiah"
)
_MULTIPLES: Final = "k m t mn mio mrd bn tn thousand million millions billion"
_MONEY_WORDS: Final = frozenset(_MONEY.split())
_SCALE_WORDS: Final = frozenset(_MULTIPLES.split())
# kEUR, TEUR, bnUSD, EURk, T€
_SCALED: Final = re.compile(r"(?:[kKmMT]|bn|tn|mn)?(?P<money>[A-Z]{3}|\W)(?:[kKmM]|bn|tn|mn)?")
_TIMES: Final = {
    "minutes": ("min", "mins", "minute", "minutes"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "days": ("day", "days"),
    "weeks": ("week", "weeks", "wks"),
}
_CODE_LENGTH: Final = 3  # of a currency's letters, as in EUR


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of currency and of each time; None where an exponent is not known.

    ratio: surely a share or a rate of alike things, such as what is written in percent.
    """

    currency: Fraction | None = None
    days: Fraction | None = None
    hours: Fraction | None = None
    minutes: Fraction | None = None
    weeks: Fraction | None = None
    ratio: bool = False

    @property
    def exponents(self) -> tuple[Fraction | None, ...]:
        """Of currency, days, hours, minutes and weeks."""
        return self.currency, self.days, self.hours, self.minutes, self.weeks

    @property
    def is_time(self) -> bool:
        """Surely days, hours, minutes or weeks, and nothing else."""
        return self in TIMES.values()

    @property
    def is_plain(self) -> bool:
        """Surely no money and not surely time: a count, or a ratio of alike units."""
        return self.currency == 0 and not self.is_time

    def times(self, other: "Dimension") -> "Dimension":
        """Of a product of the two."""
        found = map(_sum, self.exponents, other.exponents)
        return _dimension(found, ratio=self.ratio and other.ratio)

    def power(self, exponent: Fraction) -> "Dimension":
        """Of the number raised to a power; -1 is what divides."""
        return _dimension(_scaled(one, exponent) for one in self.exponents)

    def beside(self, other: "Dimension") -> "Dimension":
        """Of a sum of the two: what is known of either."""
        found = (
            theirs if own is None else own
            for own, theirs in zip(self.exponents, other.exponents, strict=True)
        )
        return _dimension(found, ratio=self.ratio and other.ratio)

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


def _dimension(exponents: Iterable[Fraction | None], *, ratio: bool = False) -> Dimension:
    currency, days, hours, minutes, weeks = exponents
    return Dimension(currency, days, hours, minutes, weeks, ratio=ratio)


UNKNOWN: Final = Dimension()
_NONE, _ONE = Fraction(0), Fraction(1)
CURRENCY: Final = Dimension(_ONE)  # per day or per order, for all we know
COUNT: Final = Dimension(_NONE)  # of tickets, or of days
RATIO: Final = Dimension(_NONE, _NONE, _NONE, _NONE, _NONE, ratio=True)
DAYS: Final = Dimension(_NONE, _ONE, _NONE, _NONE, _NONE)
HOURS: Final = Dimension(_NONE, _NONE, _ONE, _NONE, _NONE)
MINUTES: Final = Dimension(_NONE, _NONE, _NONE, _ONE, _NONE)
WEEKS: Final = Dimension(_NONE, _NONE, _NONE, _NONE, _ONE)
TIMES: Final = {"days": DAYS, "hours": HOURS, "minutes": MINUTES, "weeks": WEEKS}


def of_unit(unit: str, currency: str | None) -> Dimension:
    """What a KPI with this unit is counted in; `number` may stand for anything."""
    if unit == "percent":
        return RATIO
    if unit == "number":
        return UNKNOWN
    for time, words in _TIMES.items():
        if unit.casefold() in words:
            return TIMES[time]
    if is_money(unit, currency):
        return CURRENCY
    return UNKNOWN if may_be_money(unit, currency) else COUNT


def is_time(unit: str) -> bool:
    """Whether a unit is days, hours, minutes or weeks."""
    return of_unit(unit, None).is_time


def is_money(unit: str, currency: str | None) -> bool:
    """Whether a unit surely is an amount and nothing else: `TEUR`, `k $`, `cents`, `USD`."""
    known = _MONEY_WORDS | ({currency.casefold()} if currency else set())

    def names_money(word: str) -> bool:
        found = _SCALED.fullmatch(word)
        money = found["money"] if found else ""
        return word.casefold() in known or money in CODES or money in SIGNS

    words = [word for word in unit.replace(".", " ").split() if word.casefold() not in _SCALE_WORDS]
    return bool(words) and all(map(names_money, words))


def may_be_money(unit: str, currency: str | None) -> bool:
    """Whether a unit of one's own may be an amount, such as `EUR/order` or `FTE`."""
    words = unit.replace("/", " ").replace("-", " ").split()
    return (
        not SIGNS.keys().isdisjoint(unit)
        or "/" in unit
        or any(_is_code(word) or is_money(word, currency) for word in words)
        or "per" in words
    )


def _is_code(word: str) -> bool:
    """EUR, and kEUR for a thousand of them."""
    return len(word.lstrip("kmM")) == _CODE_LENGTH and word.lstrip("kmM").isupper()


def refused(unit: str, found: Dimension, currency: str | None) -> str | None:
    """What a formula gives that cannot be in this unit, in words; None where it can be.

    Money over money may be days (a stock over what goes a day), so a ratio may be time.
    """
    expected = of_unit(unit, currency)
    if expected == CURRENCY:
        return None if found.currency in (None, _ONE) else in_words(found)
    if not expected.ratio and not expected.is_time:
        return None
    if found.currency not in (None, _NONE) or (found.is_time and found != expected):
        return in_words(found)
    return None


def in_words(found: Dimension) -> str:
    """What is known to be counted, for people."""
    for name, time in TIMES.items():
        if found == time:
            return name
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
