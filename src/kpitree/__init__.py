"""KPI trees: every number against target, last period and last year, and exactly why.

import kpitree

tree = kpitree.load("trees/sales.toml")
result = tree.evaluate(period="2026-10", by=["region"])
result.kpis          # polars frames, described in kpitree.tables
result.comparisons
result.attributions  # exact drivers of what was missed
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kpitree.errors import KpiTreeError, Notice, SourceError, TreeError, TreeErrors, UsageError

if TYPE_CHECKING:
    from kpitree.analysis.results.evaluation import Evaluation
    from kpitree.api import LoadedTree, load

__all__ = [
    "Evaluation",
    "KpiTreeError",
    "LoadedTree",
    "Notice",
    "SourceError",
    "TreeError",
    "TreeErrors",
    "UsageError",
    "load",
]

_ON_DEMAND = {
    "load": "kpitree.api",
    "LoadedTree": "kpitree.api",
    "Evaluation": "kpitree.analysis.results.evaluation",
}


def __getattr__(name: str) -> Any:
    """Load polars and networkx when they are first needed: `kpitree --help` never needs them."""
    if name not in _ON_DEMAND:
        raise AttributeError(f"module 'kpitree' has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
