"""Texts read as dates and instants, in words that every engine has: see moments.parser."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kpitree.data.dialect import Expr
from kpitree.data.engines import days
from kpitree.data.engines.clock import EngineClock
from kpitree.data.engines.patterns import spaces
from kpitree.data.engines.words import cast, coalesce, joined, lit, when, whole
from kpitree.data.moments import Clock, Forms, Parse
from kpitree.errors import SourceError

_NUMBER: Final = (
    "^([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?(inf|infinity|nan|NaN))$"
)
_INSTANT: Final = pl.Datetime("us")
_UTC: Final = pl.Datetime("us", "UTC")
_CLOCK: Final = f"{days.DATE} ([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
_ZONE: Final = " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_SHORT, _PLAIN = "[+-][0-9]{2}$", "[+-][0-9]{4}$"  # such as +01 and +0100
_LONGEST: Final = 26  # of a time with microseconds
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_NAMES: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_WHOLE_FORMATS: Final = {"%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%T": "%H:%M:%S", "%R": "%H:%M"}
_WIDTHS: Final = {"Y": 4, "y": 2, "m": 2, "d": 2, "e": 2, "H": 2, "M": 2, "S": 2}
_FIXED: Final = frozenset({"Y", "y"})
_MONTHS_BY: Final = {"b": _MONTHS, "B": _NAMES}


def stripped(text: Expr) -> Expr:
    """Texts without white space, as Unicode has it, on both sides."""
    return text.str.replace_all(f"^[{spaces()}]+", "").str.replace_all(f"[{spaces()}]+$", "")


def number(text: Expr) -> Expr:
    """Texts as Float64; the query fails where one is no number."""
    bare = text.str.replace_all("^ +", "")
    told = when(bare.str.contains(_NUMBER)).then(bare).otherwise(joined(lit("no number: "), bare))
    return cast(told, pl.Float64())


def condition(text: Expr) -> Expr:
    """Texts as conditions; the query fails where one is neither true nor false."""
    small = text.str.to_lowercase()
    told = (
        when(small.is_in(["true", "false"])).then(small).otherwise(joined(lit("neither: "), text))
    )
    return cast(told, pl.Boolean())


def by_forms(forms: Forms, clock: Clock) -> tuple[Parse, pl.DataType]:
    """As moments.parser reads ISO 8601."""
    if not forms & (Forms.CLOCK | Forms.ZONED):
        return _iso_date, pl.Date()
    two_clocks = Forms.DATE in forms and clock.source is not None
    if clock.tree is not None and (Forms.ZONED in forms or two_clocks):
        return lambda text: _instant(text, forms, clock), _UTC
    return lambda text: _naive(text, forms), _INSTANT


def _iso_date(text: Expr) -> Expr:
    return days.of_text(stripped(text))


def _clocked(text: Expr) -> Expr:
    """Naive instants of texts like 2026-01-31 23:59:59.5; null for others."""
    clock = when(text.str.contains(f"^{_CLOCK}$")).then(text)
    return cast(clock.str.slice(0, _LONGEST), _INSTANT)


def _plain(text: Expr) -> Expr:
    spaced = stripped(text).str.replace_all("T", " ", literal=True)
    return spaced.str.replace_all(",", ".", literal=True)


def _naive(text: Expr, forms: Forms) -> Expr:
    """The clock as written; zones are left off."""
    plain = _plain(text)
    bare = _without_zone(plain) if Forms.ZONED in forms else plain
    read = _clocked(bare)
    return read if Forms.DATE not in forms else _either(read, cast(_iso_date(text), _INSTANT))


def _without_zone(text: Expr) -> Expr:
    # Of a bare date, what looks like a zone is its day.
    zoned: Expr = when(text.str.contains(":")).then(text.str.replace_all(_ZONE, "")).otherwise(text)
    return zoned


def _instant(text: Expr, forms: Forms, clock: Clock) -> Expr:
    plain = _plain(text)
    read: list[Expr] = []
    if Forms.ZONED in forms:
        read.append(_zoned(plain))
    if Forms.CLOCK in forms:
        read.append(_utc(clock, _clocked(plain), _INSTANT))
    if Forms.DATE in forms:
        read.append(_utc(clock, _iso_date(text), pl.Date()))
    return _either(*read)


def _utc(clock: Clock, naive: Expr, dtype: pl.DataType) -> Expr:
    assert isinstance(clock, EngineClock), "made by the dialect"
    return clock.utc(naive, dtype)


def _zoned(text: Expr) -> Expr:
    """Instants of texts with a zone, such as 2026-01-31 23:59+01:00; null for others."""
    zoned = when(text.str.contains(f"^{_CLOCK}{_ZONE}")).then(text)
    clock = zoned.str.replace_all(_ZONE, "").str.slice(0, _LONGEST)
    return cast(joined(clock, _offset(zoned)), _UTC)


def _offset(text: Expr) -> Expr:
    """The zone at the end of a text, as +01:00."""
    utc = text.str.replace_all("Z$", "+00:00")
    shorter = utc.str.replace_all("[0-9][0-9]$", "")
    with_minutes = joined(shorter, lit(":"), utc.str.slice(-2))
    only_hours = joined(utc, lit(":00"))
    other = when(utc.str.contains(_SHORT)).then(only_hours).otherwise(utc)
    zone: Expr = when(utc.str.contains(_PLAIN)).then(with_minutes).otherwise(other)
    return zone.str.slice(-6)


def _either(*read: Expr) -> Expr:
    return read[0] if len(read) == 1 else coalesce(read)


# --- strptime formats ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a format. field: its letter, or "" of plain text. pattern: what it matches."""

    field: str
    pattern: str


def by_format(time_format: str, end: str) -> tuple[Parse, pl.DataType]:
    """As moments.parser reads a strptime format without a zone; end: see patterns.portable.

    Raises SourceError: it has a directive that the engines have no common words for.
    """
    tokens = _tokens(time_format)
    fields = {token.field for token in tokens}
    if not fields & {"H", "M", "S"}:
        return lambda text: _day(_fields(text, tokens, end)), pl.Date()
    return lambda text: _moment(_fields(text, tokens, end)), _INSTANT


def _tokens(time_format: str) -> list[_Token]:
    for short, long in _WHOLE_FORMATS.items():
        time_format = time_format.replace(short, long)
    pieces = re.findall(r"%(.)|([^%]+)", time_format, re.DOTALL)
    return [_token(letter, plain, time_format) for letter, plain in pieces]


def _token(letter: str, plain: str, time_format: str) -> _Token:
    if not letter or letter == "%":
        return _Token("", _literally(plain or "%"))
    if letter in _MONTHS_BY:
        return _Token(letter, "[A-Za-z]+")
    if letter in _WIDTHS:
        width = _WIDTHS[letter]
        return _Token(letter, f"[0-9]{{{width if letter in _FIXED else 1},{width}}}")
    raise SourceError(
        f"%{letter} of the time_format {time_format!r} is read by the engine polars only",
        hint=f"engines know {' '.join(f'%{known}' for known in (*_WIDTHS, *_MONTHS_BY))}",
    )


def _literally(text: str) -> str:
    return "".join(f"[{each}]" if each not in "^\\[]" else f"\\{each}" for each in text)


def _fields(text: Expr, tokens: Sequence[_Token], end: str) -> dict[str, Expr]:
    """The numbers that stand in a text; all null where it is not of the format."""
    form = "^" + "".join(token.pattern for token in tokens) + end
    formed = when(text.str.contains(form)).then(text)
    found = {}
    for position, token in enumerate(tokens):
        if token.field:
            before = "".join(token.pattern for token in tokens[:position])
            rest = formed.str.replace_all(f"^{before}", "") if before else formed
            found[token.field] = _number(rest, token.field)
    return found


def _number(text: Expr, field: str) -> Expr:
    """The number, or the month, with which a text begins."""
    if field in _MONTHS_BY:
        return _month(text.str.to_lowercase(), _MONTHS_BY[field])
    digits = text.str.slice(0, _WIDTHS[field]).str.replace_all("[^0-9].*$", "")
    number = cast(digits, pl.Int64())
    if field != "y":
        return number
    century: Expr = when(number < whole(70)).then(number + whole(2000))
    return century.otherwise(number + whole(1900))  # type: ignore[attr-defined,no-any-return] # see Dialect.when


def _month(text: Expr, names: Sequence[str]) -> Expr:
    number = lit(None, pl.Int64())
    for position, name in enumerate(names, start=1):
        number = when(text.str.starts_with(name)).then(whole(position)).otherwise(number)
    return number


def _day(fields: Mapping[str, Expr]) -> Expr:
    """Without a day, the first of the month."""
    year = fields["Y"] if "Y" in fields else fields["y"]
    months = (fields[letter] for letter in ("m", *_MONTHS_BY) if letter in fields)
    days_of = (fields[letter] for letter in ("d", "e") if letter in fields)
    return days.of_numbers(year, next(months), next(days_of, whole(1)))


def _moment(fields: Mapping[str, Expr]) -> Expr:
    clock = [fields.get(letter, whole(0)) for letter in ("H", "M", "S")]
    good = (clock[0] < whole(24)) & (clock[1] < whole(60)) & (clock[2] < whole(60))
    day = cast(when(good).then(_day(fields)), pl.String())
    digits = [cast(part, pl.String()).str.zfill(2) for part in clock]
    return cast(
        joined(day, lit(" "), digits[0], lit(":"), digits[1], lit(":"), digits[2]), _INSTANT
    )
