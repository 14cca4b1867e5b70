"""What `--only` and `--fail-on` name: statuses, and KPIs that are stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpitree.cli.parsing import listed
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kpitree.tree.model import Tree

FAILING = ("off_track", "at_risk", "no_data", "stale")
FOUND = 1  # the exit code when --fail-on found what it names


@dataclass(frozen=True, slots=True)
class Wanted:
    """only: statuses, none for all. failing: a status, and one KPI or None for any."""

    only: tuple[str, ...]
    failing: tuple[tuple[str, str | None], ...]

    def check(self, tree: "Tree", as_of: "date | None") -> list[str]:
        """The KPIs that --fail-on names.

        Raises UsageError for those that the tree does not have, and for what cannot be told.
        """
        from kpitree.tables import STALE

        asking = {
            "--only": STALE in self.only,
            "--fail-on": any(status == STALE for status, _ in self.failing),
        }
        for option, asks in asking.items():
            if asks:
                _refuse_ageless(tree, f"{option} {STALE}", as_of)
        return [tree.kpi(kpi).id for _, kpi in self.failing if kpi is not None]


def wanted(only: Sequence[str] | None, fail_on: Sequence[str] | None) -> Wanted:
    """What the options name. Raises UsageError for a word that is no status."""
    return Wanted(_chosen(only), tuple(map(_failing, fail_on or ())))


def _chosen(texts: Sequence[str] | None) -> tuple[str, ...]:
    from kpitree.tables import STALE, STATUSES

    found = listed(texts)
    for status in found:
        if status not in (*STATUSES, STALE):
            hint = f"statuses: {', '.join(STATUSES)}; or {STALE}"
            raise UsageError(f"there is no status {status!r}", where="--only", hint=hint)
    return found


def _failing(text: str) -> tuple[str, str | None]:
    status, _, kpi = text.partition(":")
    if status not in FAILING:
        hint = f"write {', '.join(FAILING)}, or one of them with a KPI: off_track:revenue"
        raise UsageError(f"cannot fail on {status!r}", where="--fail-on", hint=hint)
    return status, kpi or None


def _refuse_ageless(tree: "Tree", where: str, as_of: "date | None") -> None:
    """Whether data is stale can be asked of a source that says so, on a day that is said."""
    if as_of is None:
        hint = "--as-of today"
        raise UsageError("how old data is depends on the day", where=where, hint=hint)
    if all(source.fresh_within is None for source in tree.sources.values()):
        message = "no source of this tree says how fresh it is to be"
        raise UsageError(message, where=where, hint='[sources.NAME] fresh_within = "2d"')
