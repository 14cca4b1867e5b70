"""How someone would have to write what they typed for a key, where its type does not take it."""

import contextlib
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, get_args, get_origin

from kpitree.errors import UsageError
from kpitree.tree.editing.spelling import plain, spelled, typed
from kpitree.tree.editing.typed import types_of
from kpitree.tree.positions import KeyPath
from kpitree.tree.sheets.numbers import CellError, Written, read_number

_TRUE: Final = frozenset({"true", "yes", "on", "y", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "n", "0"})


def suggested(path: KeyPath, text: str) -> tuple[str, ...]:
    """Values of TOML that were probably meant, the likeliest first; () where nobody can say."""
    kinds = types_of(path)
    if kinds == [str]:
        return ()
    try:
        value = plain(typed(text))
    except UsageError:
        value = None
        if (bare := _without_comment(text)) is not None:
            return (bare,)
    if bool in kinds:
        return _truth(text)
    if value is None and (int in kinds or float in kinds):
        whole = float not in kinds
        return tuple(dict.fromkeys(_numbers(text.strip(), whole=whole)))
    if any(get_origin(one) is list and get_args(one) == (str,) for one in kinds):
        return _list(text, value)
    return ()


def _without_comment(text: str) -> str | None:
    for found in re.finditer("#", text):
        try:
            typed(text[: found.start()])
        except UsageError:
            continue
        return text[: found.start()].strip()
    return None


def _truth(text: str) -> tuple[str, ...]:
    word = text.strip().lower()
    return ("true",) if word in _TRUE else ("false",) if word in _FALSE else ()


def _list(text: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ()
    words = [word.strip(" \"'") for word in text.strip(" []").split(",")]
    return (spelled([word for word in words if word]),)


def _numbers(text: str, *, whole: bool) -> Iterator[str]:
    """A number as people write it: 5%, 1,5 and 1 000; 1,000 may be two numbers."""
    for written in _readings(text):
        number = Decimal(repr(written.value))
        if written.currency is None and not (whole and number != number.to_integral_value()):
            number = number.to_integral_value() if number == number.to_integral_value() else number
            yield f"{number:,f}".replace(",", "_")


def _readings(text: str) -> Iterator[Written]:
    """The one that it has; where it can be read two ways, the one of TOML's decimal mark first."""
    try:
        yield read_number(text)
    except CellError:
        for mark in (".", ","):
            with contextlib.suppress(CellError):
                yield read_number(text, mark)
