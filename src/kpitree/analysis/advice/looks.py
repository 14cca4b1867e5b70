"""Every rule that takes data, by its code."""

from collections.abc import Callable, Iterator
from typing import Final

from kpitree.advice.contract import Finding
from kpitree.analysis.advice.drivers import cancelling
from kpitree.analysis.advice.evidence import Evidence
from kpitree.analysis.advice.leading import does_not_lead
from kpitree.analysis.advice.targets import do_not_add_up, never_missed, never_reached, ran_out
from kpitree.analysis.advice.values import misses_measured, no_values

LOOKS: Final[dict[str, Callable[[Evidence], Iterator[Finding]]]] = {
    "KT401": never_reached,
    "KT402": never_missed,
    "KT403": do_not_add_up,
    "KT404": cancelling,
    "KT405": misses_measured,
    "KT406": no_values,
    "KT407": ran_out,
    "KT408": does_not_lead,
}


def look(seen: Evidence) -> list[Finding]:
    """What all of them find, rule by rule, each in the order of the tree file."""
    return [found for rule in LOOKS.values() for found in rule(seen)]
