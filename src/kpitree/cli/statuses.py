"""What `--only` and `--fail-on` name: statuses, and KPIs that are stale."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpitree.cli.parsing import listed
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from kpitree.tree.model import Tree

FOUND = 1  # the exit code when --fail-on found what it names
FAILING = ("off_track", "at_risk", "no_data", "stale")


def chosen_statuses(texts: Sequence[str] | None) -> tuple[str, ...]:
    """The statuses of --only. Raises UsageError for a word that is none."""
    from kpitree.tables import STALE, STATUSES

    found = listed(texts)
    for status in found:
        if status not in (*STATUSES, STALE):
            hint = f"statuses: {', '.join(STATUSES)}; or {STALE}"
            raise UsageError(f"there is no status {status!r}", where="--only", hint=hint)
    return found


def failing(texts: Sequence[str] | None) -> list[tuple[str, str | None]]:
    """What --fail-on names: a status, and one KPI or None for any. Raises UsageError."""
    return [_failing(text) for text in texts or ()]


def _failing(text: str) -> tuple[str, str | None]:
    status, _, kpi = text.partition(":")
    if status not in FAILING:
        hint = f"write {', '.join(FAILING)}, or one of them with a KPI: off_track:revenue"
        raise UsageError(f"cannot fail on {status!r}", where="--fail-on", hint=hint)
    return status, kpi or None


def refuse_ageless(
    tree: "Tree",
    only: Sequence[str],
    failing: Sequence[tuple[str, str | None]],
    as_of: "date | None",
) -> None:
    """Whether data is stale can be asked of a source that says so, on a day that is said."""
    asking = {"--only": "stale" in only, "--fail-on": any(one == "stale" for one, _ in failing)}
    for option, asks in asking.items():
        if asks and as_of is None:
            raise UsageError(
                "how old data is depends on the day", where=f"{option} stale", hint="--as-of today"
            )
        if asks and all(source.fresh_within is None for source in tree.sources.values()):
            raise UsageError(
                "no source of this tree says how fresh it is to be",
                where=f"{option} stale",
                hint='[sources.NAME] fresh_within = "2d"',
            )
