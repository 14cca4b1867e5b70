"""Which target holds for a span, what targets imply for other KPIs, and whether they add up."""

from kpitree.analysis.targets.adding import Adding, adding_up, growing, mixed, powers
from kpitree.analysis.targets.consistency import do_not_add_up, furthest_off, gap_in_words
from kpitree.analysis.targets.forms import Written, grown, level_on, target_for
from kpitree.analysis.targets.implied import (
    Formula,
    differ,
    fixed,
    formulas_of,
    implied_targets,
)
from kpitree.analysis.targets.needed import Needs, needed_targets
from kpitree.analysis.targets.spreading import Found, constant_for, spread

__all__ = [
    "Adding",
    "Formula",
    "Found",
    "Needs",
    "Written",
    "adding_up",
    "constant_for",
    "differ",
    "do_not_add_up",
    "fixed",
    "formulas_of",
    "furthest_off",
    "gap_in_words",
    "growing",
    "grown",
    "implied_targets",
    "level_on",
    "mixed",
    "needed_targets",
    "powers",
    "spread",
    "target_for",
]
