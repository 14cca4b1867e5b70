"""Formulas over sums, brought to one form: a number x sums / sums.

A `Sums` is a weighted sum of parts (counts and sums of rows) plus a constant; a `Quotient` is
what is left of a formula after sums standing above and below have cancelled. It is how
`open_days * (orders / open_days)` is found to be `orders`, a plain count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kpitree.tree.measures import Part

Key = tuple[str, Part]  # the source's id, and the part of its rows


class NotSumsError(Exception):
    """A formula is no sums over sums; the reason is for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sums:
    """terms: part -> its coefficient, never 0. constant: what is added to them."""

    terms: dict[Key, float] = field(default_factory=dict)
    constant: float = 0.0

    def times(self, number: float) -> "Sums":
        terms = {key: number * weight for key, weight in self.terms.items()}
        return Sums(terms, number * self.constant)

    def over(self, other: "Sums") -> float | None:
        """The number that this is of the other, None where they are not proportional."""
        if self.terms.keys() != other.terms.keys() or not self.terms:
            return None
        first = next(iter(self.terms))
        number = self.terms[first] / other.terms[first]
        return number if self == other.times(number) else None


@dataclass(frozen=True, slots=True)
class Quotient:
    """number x the product of `above` / the product of `below`; none of the sums is constant."""

    number: float
    above: tuple[Sums, ...] = ()
    below: tuple[Sums, ...] = ()

    @property
    def numerator(self) -> Sums:
        """Everything above the line as one sum; raises NotSumsError where it is a product."""
        match self.above:
            case ():
                return Sums(constant=self.number)
            case (one,):
                return one.times(self.number)
            case _:
                raise NotSumsError("a product of sums does not add up over segments")

    @property
    def denominator(self) -> Sums:
        """Everything below the line as one sum; raises NotSumsError where it is a product."""
        match self.below:
            case ():
                return Sums(constant=1.0)
            case (one,):
                return one
            case _:
                raise NotSumsError("a ratio of ratios does not add up over segments")


def number(value: float) -> Quotient:
    """A plain number."""
    return Quotient(value)


def part(key: Key) -> Quotient:
    """One count or sum of rows."""
    return Quotient(1.0, (Sums({key: 1.0}),))


def product(factors: Iterable[Quotient]) -> Quotient:
    """All factors at once, so that it does not matter in which order they are written."""
    value = 1.0
    above: list[Sums] = []
    below: list[Sums] = []
    for factor in factors:
        value *= factor.number
        above += factor.above
        below += factor.below
    left: list[Sums] = []
    for one in above:
        found = ((at, of) for at, other in enumerate(below) if (of := one.over(other)) is not None)
        match next(found, None):
            case None:
                left.append(one)
            case at, of:
                value *= of
                del below[at]
    return Quotient(value, tuple(left), tuple(below)) if value else Quotient(0.0)


def inverse(quotient: Quotient) -> Quotient:
    """1 / quotient; raises NotSumsError where that is 1 / 0."""
    if not quotient.number:
        raise NotSumsError("it divides by 0")
    return Quotient(1.0 / quotient.number, quotient.below, quotient.above)


def negative(quotient: Quotient) -> Quotient:
    """The same with the other sign."""
    return replace(quotient, number=-quotient.number)


def total(quotients: Iterable[Quotient]) -> Quotient:
    """Ratios of the same sums add up, and so do numbers and ratios: 1 - a / b = (b - a) / b."""
    found = [one for one in quotients if one.number]
    below = next((one.denominator for one in found if one.below), None)
    above = _added(_written_over(below, one) for one in found)
    over = [] if below is None else [Quotient(1.0, (), (below,))]
    if not above.terms:
        return product([number(above.constant), *over])
    return product([Quotient(1.0, (above,)), *over])


def _added(addends: Iterable[Sums]) -> Sums:
    """One sum of all of them; what cancels is not among its terms."""
    weights: dict[Key, float] = {}
    constant = 0.0
    for one in addends:
        constant += one.constant
        for key, weight in one.terms.items():
            weights[key] = weights.get(key, 0.0) + weight
    return Sums({key: weight for key, weight in weights.items() if weight}, constant)


def _written_over(below: Sums | None, one: Quotient) -> Sums:
    """What stands above the line when `one` is written over these sums."""
    if below is None:
        return one.numerator
    if not one.above and not one.below:
        return below.times(one.number)
    if not one.below:
        raise NotSumsError("a sum and a ratio together do not add up over segments")
    of = below.over(one.denominator)
    if of is None:
        raise NotSumsError("ratios of different sums do not add up over segments")
    return one.numerator.times(of)
