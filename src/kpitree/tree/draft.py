"""A tree file as far as it could be read, and what a check finds in it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from kpitree.tree.expressions import ExpressionError, names_in
from kpitree.tree.model import Branch, Leaf, Node, Source
from kpitree.tree.positions import KeyPath

ALL: Final = (0, sys.maxsize)  # the whole of an expression


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where and what; `inside` is the ExpressionError when it has a caret."""

    key: KeyPath
    message: str = ""
    hint: str = ""
    inside: ExpressionError | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A tree file read as far as it could be.

    names, source_names: every [kpi.name] and [sources.name] of the file, whatever is in it.
    kpis, sources: those that could be built. tables: the raw values of [tree], [calendar], KPIs.
    unread: "kpi" or "sources" where a mistake kept all of them from being read.
    """

    names: tuple[str, ...]
    kpis: dict[str, Node]
    sources: dict[str, Source]
    source_names: tuple[str, ...]
    tree: dict[str, Any]
    calendar: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    unread: frozenset[str]

    def dimensions(self) -> list[str]:
        """Every declared dimension, each once, in the order of the file."""
        return list(dict.fromkeys(name for one in self.sources.values() for name in one.dimensions))

    def operands(self) -> dict[str, tuple[str, ...]]:
        return {
            name: names_in(kpi.formula) if isinstance(kpi, Branch) else ()
            for name, kpi in self.kpis.items()
        }

    def is_whole(self) -> bool:
        """Whether every KPI could be read and names only KPIs, so that the shape is known."""
        operands = {name for names in self.operands().values() for name in names}
        return len(self.kpis) == len(self.names) and operands <= set(self.names)

    def tops(self) -> list[str]:
        """The KPIs that feed no other, in the order of the file."""
        fed = {name for names in self.operands().values() for name in names}
        return [name for name in self.kpis if name not in fed]

    def leaves(self) -> Iterator[tuple[str, str, Leaf]]:
        """Every measure: the KPI's name, the key it stands at, and what was made of it."""
        for name, kpi in self.kpis.items():
            match kpi:
                case Leaf():
                    yield name, "measure", kpi
                case Branch(measured=Leaf() as measured):
                    yield name, "measured", measured
