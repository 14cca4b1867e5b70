"""What a rule of design advice is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from kpitree.tree.model import Tree
from kpitree.tree.positions import KeyPath


class Severity(StrEnum):
    """How much it matters."""

    WARNING = "warning"  # numbers or decisions are probably wrong
    ADVICE = "advice"  # it would be a better KPI


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of advice about one place of a tree.

    message: one sentence about this place, without a full stop. key: where in the file: ("kpi",
    "deals") or ("kpi", "deals", "target"); () is the whole tree. kpi, source: what it is about.
    """

    code: str
    message: str
    key: KeyPath = ()
    kpi: str | None = None
    source: str | None = None


Look = Callable[[Tree], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """code: KT and three digits. name: a short word-with-hyphens. why, mend: a sentence each.

    look: what finds it in the tree alone; None where it takes data (analysis/advice).
    """

    code: str
    name: str
    severity: Severity
    why: str
    mend: str
    look: Look | None = None
