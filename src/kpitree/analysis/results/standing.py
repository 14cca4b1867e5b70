"""How what an answer tells of stands: what `--only` and `--fail-on` look at."""

from collections.abc import Collection
from dataclasses import dataclass

from kpitree.tables import STALE


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a KPI, or of one of its periods or segments: its status, and whether its data is stale.

    stale: None where that is not known.
    """

    kpi: str
    status: str
    stale: bool | None

    def is_any(self, statuses: Collection[str]) -> bool:
        """Whether it has one of these statuses; STALE may be among them."""
        return self.status in statuses or (self.stale is True and STALE in statuses)


def is_stale(kpi: str, stale: Collection[str] | None) -> bool | None:
    """Whether a KPI is among those that rest on old data; None where these are not known."""
    return None if stale is None else kpi in stale
