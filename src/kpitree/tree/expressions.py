"""The one small language of a tree file: what a parsed expression is, and what it may hold.

A parsed expression is numbers, texts, flags, names and calls; operators are calls too:

    "+" and "*"      two or more arguments (chains are flattened: a - b + c is +(a, neg b, c))
    "/" "**"         two;  "neg" "not" one;  "and" "or" two or more
    "==" "!=" "<" "<=" ">" ">="   two;  "in"  the value, then each item
    a function       by its name; an aggregate's `where=` is kept apart from its arguments
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from kpitree.tree.spellings import MAX_TERMS

Place = tuple[int, int]  # first and one-past-last character in the expression's text


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    at: Place = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    at: Place = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Flag:
    value: bool
    at: Place = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A KPI in a formula, a column in a row expression.

    lookup: what stands before the dot of a looked-up column, where it is written with one:
    account.region. The id is the whole, also where it is written col("account.Region Name").
    """

    id: str
    at: Place = field(default=(0, 0), compare=False)
    lookup: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    args: "tuple[Expr, ...]"
    where: "Expr | None" = None
    at: Place = field(default=(0, 0), compare=False)
    # Kept when first asked for: of a large tree both are asked for again and again.
    _hash: int | None = field(default=None, init=False, repr=False, compare=False)
    _names: tuple[str, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        if self._hash is None:
            object.__setattr__(self, "_hash", hash((self.name, self.args, self.where)))
        assert self._hash is not None
        return self._hash

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """Without the hash, which is another one in every process."""
        return Call, (self.name, self.args, self.where, self.at)

    @property
    def names(self) -> tuple[str, ...]:
        """See names_in()."""
        if self._names is None:
            found = dict.fromkeys(node.id for node in walk(self) if isinstance(node, Name))
            object.__setattr__(self, "_names", tuple(found))
        assert self._names is not None
        return self._names


Expr = Number | Text | Flag | Name | Call


class ExpressionError(ValueError):
    """What is wrong in an expression, at which characters, and what to try."""

    def __init__(self, message: str, at: Place, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives; kinds are n(umber), t(ext), c(ondition), any (*).

    The last kind of `takes` repeats up to `most` arguments.
    """

    takes: str
    gives: str
    least: int = -1  # defaults to len(takes)
    most: int = -1  # defaults to len(takes)
    aggregate: bool = False

    def bounds(self) -> tuple[int, int]:
        size = len(self.takes)
        least = size if self.least < 0 else self.least
        return least, max(size, least) if self.most < 0 else self.most


MANY: Final = 1_000
OPERATORS: Final = {
    "+": Signature("n", "n", 2, MAX_TERMS),
    "*": Signature("n", "n", 2, MAX_TERMS),
    "/": Signature("nn", "n"),
    "**": Signature("nn", "n"),
    "neg": Signature("n", "n"),
}
CONDITIONS: Final = {
    **{name: Signature("**", "c") for name in ("==", "!=", "<", "<=", ">", ">=")},
    "and": Signature("c", "c", 2, MANY),
    "or": Signature("c", "c", 2, MANY),
    "not": Signature("c", "c"),
}
# Functions that refer to other periods; n must be a whole number written out.
OVER_TIME: Final = {
    "prev": Signature("nn", "n", 1, 2),
    "rolling_sum": Signature("nn", "n"),
    "rolling_mean": Signature("nn", "n"),
    "year_to_date": Signature("n", "n"),
}
FORMULA: Final = {
    **OPERATORS,
    **CONDITIONS,
    **OVER_TIME,
    "if_else": Signature("cnn", "n"),
    "min": Signature("n", "n", 2, MANY),
    "max": Signature("n", "n", 2, MANY),
    "abs": Signature("n", "n"),
    "sqrt": Signature("n", "n"),
    "log": Signature("n", "n"),
    "exp": Signature("n", "n"),
    "coalesce": Signature("n", "n", 2, MANY),
}
AGGREGATES: Final = {
    "count": Signature("*", "n", 0, 1, aggregate=True),
    "n_unique": Signature("*", "n", aggregate=True),
    "sum": Signature("n", "n", aggregate=True),
    "mean": Signature("n", "n", aggregate=True),
    "median": Signature("n", "n", aggregate=True),
    "quantile": Signature("nn", "n", aggregate=True),
    "min": Signature("n", "n", aggregate=True),
    "max": Signature("n", "n", aggregate=True),
    "std": Signature("n", "n", aggregate=True),
    "first": Signature("n", "n", aggregate=True),
    "last": Signature("n", "n", aggregate=True),
}
MEASURE: Final = {**OPERATORS, **AGGREGATES}
ROW: Final = {
    **OPERATORS,
    **CONDITIONS,
    "in": Signature("**", "c", 2, MANY),
    "is_null": Signature("*", "c"),
    "coalesce": Signature("*", "*", 2, MANY),
    "if_else": Signature("c**", "*"),
    "lower": Signature("t", "t"),
    "upper": Signature("t", "t"),
    "strip": Signature("t", "t"),
    "starts_with": Signature("tt", "c"),
    "contains": Signature("tt", "c"),
    "matches": Signature("tt", "c"),
    "date": Signature("nnn", "d"),
    "year": Signature("d", "n"),
    "month": Signature("d", "n"),
    "day": Signature("d", "n"),
    "weekday": Signature("d", "n"),
    "days_between": Signature("dd", "n"),
    "hours_between": Signature("dd", "n"),
    "col": Signature("t", "*"),
}
KINDS: Final = {"n": "a number", "t": "a text", "c": "a condition", "d": "a date"}
RESERVED: Final = frozenset(
    {*FORMULA, *AGGREGATES, *ROW, "true", "false", "True", "False", "None", "null", "where"}
)


def names_in(expr: Expr) -> tuple[str, ...]:
    """Every name an expression mentions, each once, in reading order."""
    match expr:
        case Call():
            return expr.names
        case Name(id=name):
            return (name,)
        case _:
            return ()


def calls_in(expr: Expr) -> Iterator[Call]:
    """Every operator and function of an expression, in reading order."""
    return (node for node in walk(expr) if isinstance(node, Call))


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, in reading order."""
    left = [expr]
    while left:
        one = left.pop()
        yield one
        if isinstance(one, Call):
            if one.where is not None:
                left.append(one.where)
            left.extend(reversed(one.args))


def replace_names(expr: Expr, new: Callable[[Name], Expr]) -> Expr:
    """The same expression with every name exchanged for what `new` gives for it."""
    match expr:
        case Name():
            return new(expr)
        case Call():
            where = None if expr.where is None else replace_names(expr.where, new)
            args = tuple(replace_names(arg, new) for arg in expr.args)
            return replace(expr, args=args, where=where)
        case _:
            return expr
