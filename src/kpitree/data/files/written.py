"""How people write dates: which time_format reads a text, and whether one reads anything."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from kpitree.data.files.texts import no_value, shown
from kpitree.errors import AmbiguousDateError, SourceError

_PARTS: Final = re.compile(  # such as 31.01.2026, 1/31/26 or 31-01-2026 23:30
    r"\d{1,2}(?P<mark>[/.-])\d{1,2}(?P=mark)(?P<year>\d{4}|\d{2})"
    r"(?P<clock>[T ]\d{1,2}:\d{2}(:\d{2})?)?"
)
_WAYS: Final = {2: "two", 3: "three"}
_FORMATS: Final = (
    *("%Y%m%d", "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%m-%Y", "%Y%m", "%Y-%m-%dZ"),
    *("%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d", "%Y.%m.%d %H:%M:%S"),
    *("%Y%m%dT%H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H:%M:%S"),
    *("%d %b %Y", "%d %B %Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%a %d %b %Y"),
    *("%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%d%b%Y", "%b %Y", "%B %Y", "%b-%Y"),
)
_BASIC_ZONED: Final = re.compile(r"\d{8}T\d{6}(Z|[+-]\d{4})")
_YEARS: Final = range(1900, 2200)
_FRACTION: Final = r"\.?[369]?f"  # of a second
_SPECIFIERS: Final = re.compile(
    rf"%(?:[-_0]?[a-eghjklmnprstuvwxyzA-DF-IMPR-YZ%+]|:{{0,3}}z|#z|{_FRACTION})"
)


def by_python_habit(time_format: str) -> str:
    """The format with fractions of a second as polars says them, which are .%f in Python."""
    return time_format.replace(".%f", "%.f")


def refuse_bad_format(time_format: str, where: str) -> None:
    """Raise SourceError for a time_format that reads no date at all, or leaves off a zone."""
    said = f"time_format = {shown(time_format)}"
    found = _SPECIFIERS.findall(time_format)
    unknown = _SPECIFIERS.sub("", time_format).partition("%")
    if "%Z" in found:
        raise SourceError(
            f"{said}: %Z is not read, as such a short name is not that of one zone alone",
            where=where,
            hint="%z reads zones such as +0100 and -08:00",
        )
    if "%f" in by_python_habit(time_format):
        raise SourceError(
            f"{said}: %f is not read by itself", where=where, hint="fractions of a second are %.f"
        )
    if unknown[1]:
        raise SourceError(
            f"{said}: {'%' + unknown[2][:1]} stands for nothing",
            where=where,
            hint="%Y is the year, %m the month, %d the day, %H the hour, %M the minute",
        )
    if not found:
        raise SourceError(
            f"{said} names no part of a date",
            where=where,
            hint='each part has its letter behind a %: time_format = "%d.%m.%Y"',
        )


def unknown_form(sample: str, texts: Sequence[str], place: Callable[[str], str]) -> SourceError:
    """The error for a column whose first text is not ISO 8601. sample: as it stands there.

    texts: the first ones of the column, stripped. place: where a text stands.
    """
    formats = _day_and_month(texts)
    if len(formats) > 1:
        *some, last = (f'"{each}"' for each in formats)
        return AmbiguousDateError(
            f"the date {shown(sample)} can be read {_WAYS[len(formats)]} ways",
            where=place(sample),
            hint=f"say which: time_format = {', '.join(some)} or {last}",
        )
    found = next(iter(formats), _guess(texts[0]))
    nothing = no_value(sample, "date")
    if found:
        hint = f'say how it is written, such as time_format = "{found}"'
    elif nothing:
        hint = f"{nothing}; else say how it is written: time_format"
    else:
        hint = "write it as 2026-01-31"
    return SourceError(
        f"the text {shown(sample)} is no date of the form 2026-01-31",
        where=place(sample),
        hint=hint,
    )


def possible_formats(texts: Sequence[str]) -> list[str]:
    """The formats by which the texts may be dates, if any; several where they can be read so.

    texts: at least one, stripped, none of which stands for nothing.
    """
    if formats := _day_and_month(texts):
        return formats
    found = _guess(texts[0])
    return [found] if found else []


def _day_and_month(texts: Sequence[str]) -> list[str]:
    """The formats with day, month or a short year first by which all so written are dates."""
    parts = _PARTS.fullmatch(texts[0])
    if parts is None:
        return []
    mark, year, clock = parts["mark"], "%Y" if len(parts["year"]) == 4 else "%y", parts["clock"]
    shape = "" if clock is None else ("T" if "T" in clock else " ") + "%H:%M"
    shape += ":%S" if clock and clock.count(":") == 2 else ""
    orders = [("%d", "%m", year), ("%m", "%d", year)]
    if year == "%y":
        orders.append(("%y", "%m", "%d"))
    alike = [text for text in texts if _PARTS.fullmatch(text)]
    formats = [mark.join(order) + shape for order in orders]
    return [each for each in formats if all(_read(text, each) for text in alike)]


def _guess(text: str) -> str:
    """The format by which a text is a date of a year that may be meant, or ""."""
    if _BASIC_ZONED.fullmatch(text):
        return "%Y%m%dT%H%M%S%#z"
    return next((each for each in _FORMATS if _is_written(text, each)), "")


def _is_written(text: str, time_format: str) -> bool:
    """Whether a text is what the format writes, but for zeros before a number, and case."""
    moment = _read(text, time_format)
    if moment is None or moment.year not in _YEARS:
        return False
    again = moment.strftime(time_format)
    return _bare(again) == _bare(text)


def _bare(text: str) -> str:
    return re.sub(r"\b0+(?=\d)", "", text).lower()


def _read(text: str, time_format: str) -> datetime | None:
    try:
        return datetime.strptime(text, time_format)  # noqa: DTZ007 - only asked whether
    except ValueError:
        return None
