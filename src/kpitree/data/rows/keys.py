"""The two sides of a join's key as values of one kind, so that equal means what it should."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data.dialect import Dialect, Expr
from kpitree.data.rows.columns import PLURALS, Columns, Value
from kpitree.errors import SourceError

# Digits that a whole number of 64 bits always holds; .0 is how pandas writes one.
_WHOLE: Final = r"^ *[+-]?0*([0-9]{1,18}|([1-8][0-9]|9[01])[0-9]{17})(\.0*)? *$"
_WIDER: Final = r"^ *[+-]?0*[0-9]{1,37}(\.0*)? *$"
_NUMBER: Final = r"^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$"
_WIDE: Final = (pl.UInt64, pl.Int128, pl.UInt128)
_LARGEST: Final = 2.0**63  # whole floats below it are whole numbers of 64 bits
_LARGEST_WIDE: Final = 2.0**120  # likewise of Int128, and of 38 digits
_SAFE: Final = 2.0**53  # below it every whole number is a float

Side = tuple[Columns, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One column of a key. name: the one that both sides get.

    own, theirs: what is compared, of the rows and of the lookup. mine: the rows' before that.
    """

    name: str
    own: Expr
    theirs: Expr
    mine: Expr


def alike(name: str, own: Side, theirs: Side, used: str) -> Key:
    """Both sides as one kind. Raises SourceError where there is none."""
    left, right = _compared(own, theirs, used)
    return Key(name=name, own=left, theirs=right, mine=own[1].expr)


def _compared(own: Side, theirs: Side, used: str) -> tuple[Expr, Expr]:
    kinds = {own[1].kind, theirs[1].kind}
    if kinds == {"number"}:
        return _numbers(own, theirs)
    if kinds == {"number", "text"}:
        of_numbers = own if own[1].kind == "number" else theirs
        return _read(own, of_numbers), _read(theirs, of_numbers)
    if kinds == {"condition"}:
        return own[1].expr, theirs[1].expr
    if kinds & {"date", "instant"} and kinds <= {"date", "instant", "text", "null"}:
        return _moments(own, theirs, used)
    if "other" not in kinds and (kinds == {"text"} or "null" in kinds):
        return own[0].text(own[1]), theirs[0].text(theirs[1])
    raise SourceError(
        f"{own[1].said} holds {PLURALS[own[1].kind]}, and {theirs[1].said} of {theirs[0].shown} "
        f"{PLURALS[theirs[1].kind]}: {used} cannot compare them",
        where=own[0].shown,
        hint="compute a column of the same kind in [sources.….columns], and name it in on",
    )


def _numbers(own: Side, theirs: Side) -> tuple[Expr, Expr]:
    types = (own[1].dtype, theirs[1].dtype)
    if types[0] == types[1]:
        return own[1].expr, theirs[1].expr
    common = _common(types)
    left, right = (_number(columns.dialect, value, common) for columns, value in (own, theirs))
    return left, right


def _number(say: Dialect, value: Value, common: pl.DataType) -> Expr:
    """A number as the common kind; null where a whole one is no float, and hence equal to none."""
    number = say.cast(value.expr, common, value.dtype)
    if common != pl.Float64() or not value.dtype.is_integer():
        return number
    dtype = _common((value.dtype,))
    return _exact(say, say.cast(value.expr, dtype, value.dtype), dtype)


def _exact(say: Dialect, whole: Expr, dtype: pl.DataType) -> Expr:
    """Whole numbers as the floats that are equal to them, null where none is."""
    number = say.cast(whole, pl.Float64())
    largest = _LARGEST if dtype == pl.Int64() else _LARGEST_WIDE
    small = say.when(number.abs() < say.lit(largest)).then(number)
    back = say.cast(small, dtype)
    return say.when(back == whole).then(number)  # type: ignore[no-any-return] # see Dialect.when


def _common(types: tuple[pl.DataType, ...]) -> pl.DataType:
    if not all(dtype.is_integer() for dtype in types):
        return pl.Float64()
    return pl.Int128() if any(dtype in _WIDE for dtype in types) else pl.Int64()


def _read(side: Side, of_numbers: Side) -> Expr:
    """A side whose other one, or itself, holds numbers. A text that is none becomes null."""
    (columns, value), dtype = side, of_numbers[1].dtype
    say = columns.dialect
    common = _common((dtype,))
    if value.kind == "number":
        return say.cast(value.expr, common, value.dtype)
    text = columns.text(value)
    # Texts are read once, as whole numbers where they are such, else as floats.
    if common == pl.Float64():
        whole = _exact(say, _whole(say, text, pl.Int64()), pl.Int64())
        return say.coalesce([whole, _float(say, text, _WHOLE)])
    number = _float(say, text, _WIDER)
    whole_float = (number.abs() < say.lit(_SAFE)) & (number == number.floor())
    rounded = say.cast(say.when(whole_float).then(number), common)
    return say.coalesce([_whole(say, text, common), rounded])


def _whole(say: Dialect, text: Expr, dtype: pl.DataType) -> Expr:
    """Texts of whole numbers, as such; null for others."""
    pattern = _WIDER if dtype == pl.Int128() else _WHOLE
    plain = say.when(say.matches(text, pattern)).then(text).str.strip_chars(" ")
    return say.cast(plain.str.replace_all(r"[+]|\.0*$", ""), dtype, pl.String())


def _float(say: Dialect, text: Expr, but: str) -> Expr:
    """Texts of numbers as Float64, but those of a pattern; null for others."""
    held = say.matches(text, _NUMBER) & ~say.matches(text, but)
    return say.number_in_text(say.when(held).then(text).str.strip_chars(" "))


def _moments(own: Side, theirs: Side, used: str) -> tuple[Expr, Expr]:
    sides = [(columns.clock, columns.moment(value, used)) for columns, value in (own, theirs)]
    if all(value.kind == "instant" for _, value in sides):
        left, right = (clock.local(value.expr, value.dtype) for clock, value in sides)
    else:
        left, right = (clock.day(value.expr, value.dtype) for clock, value in sides)
    return left, right
