"""The expressions of a sheet: formulas with names or labels, measures, conditions."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from kpitree.errors import did_you_mean
from kpitree.tree.expressions import Expr, ExpressionError, names_in
from kpitree.tree.parsing import parse_condition, parse_formula, parse_measure
from kpitree.tree.sheets.naming import Names
from kpitree.tree.sheets.sheet import Notes, Row
from kpitree.tree.unparsing import spelled

_SIGNS: Final = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "∕": "/"})  # noqa: RUF001 - as people write them
_PARSERS: Final[dict[str, Callable[[str], Expr]]] = {
    "measure": parse_measure,
    "measured": parse_measure,
    "where": parse_condition,
}


def read_formula(row: Row, names: Names, notes: Notes) -> str | None:
    """The formula over names, or None with a mistake noted.

    It may begin with = and name KPIs by their labels: = Deals × Close rate.
    """
    text = row.cells["formula"].removeprefix("=").strip().translate(_SIGNS)
    try:
        return _read(text, names)
    except ExpressionError as error:
        notes.mistake(row, "formula", f"{text[:80]!r}: {error.message}", error.hint)
        return None


def _read(text: str, names: Names) -> str:
    error = None
    for attempt in _attempts(text, names):
        try:
            expr = parse_formula(attempt)
        except ExpressionError as wrong:
            error = error or wrong
            continue
        unknown = [name for name in names_in(expr) if name not in names.rows]
        if not unknown:
            return spelled(expr) if attempt != text else text
        error = ExpressionError(
            f"no row is the KPI {unknown[0]!r}", (0, 1), _meant(unknown[0], names)
        )
    assert error is not None, "one of both attempts failed"
    raise error


def _meant(unknown: str, names: Names) -> str:
    if re.fullmatch(r"\$?[A-Z]{1,3}\$?[0-9]{1,7}", unknown):
        return "cells of a spreadsheet are not read; name the KPIs, such as: Deals * Order value"
    return did_you_mean(unknown, names.rows)


def _attempts(text: str, names: Names) -> Iterator[str]:
    """The text as it is, and with labels and other spellings exchanged for names."""
    yield text
    parts, end = [], 0
    for place, name in names.calls(text):
        if several := names.several(text[place]):
            message = f"several KPIs are called {text[place]!r}: {several}"
            span = (place.start, place.stop)
            raise ExpressionError(message, span, "write the name of the one that is meant")
        parts += [text[end : place.start], name]
        end = place.stop
    yield "".join((*parts, text[end:]))


def read_rows_of_data(row: Row, notes: Notes) -> dict[str, str]:
    """The measure of a leaf, or what a formula should reproduce, and its condition."""
    found = {}
    for column, parser in _PARSERS.items():
        if column not in row.cells:
            continue
        text = row.cells[column]
        try:
            parser(text)
        except ExpressionError as error:
            notes.mistake(row, column, f"{text[:80]!r}: {error.message}", error.hint)
        found[column] = text
    return found
