"""What a KPI is built among, and how its expressions are read."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kpitree.calendar import Calendar, Grain
from kpitree.tree.expressions import Expr, ExpressionError
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.positions import KeyPath

URI: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The names of all sources, what a period label means, and the tree's grain.

    lasting: the sources whose rows last from one day to another.
    """

    sources: tuple[str, ...]
    calendar: Calendar
    mistakes: Mistakes
    grain: Grain = Grain.MONTH
    lasting: frozenset[str] = frozenset()


def expression(text: str, parser: Any, key: KeyPath, mistakes: Mistakes) -> Expr | None:
    """The parsed expression, or None with a mistake noted."""
    try:
        parsed: Expr = parser(text)
    except ExpressionError as error:
        mistakes.add_expression(key, error)
        return None
    return parsed


def optional(text: str | None, parser: Any, key: KeyPath, mistakes: Mistakes) -> Expr | None:
    """The parsed expression of a key that may be left out."""
    return None if text is None else expression(text, parser, key, mistakes)


def location_of(path: str, folder: Path) -> str:
    """What to open: a path of the tree file is relative to its folder."""
    return path if URI.match(path) else os.path.normpath(folder / path)
