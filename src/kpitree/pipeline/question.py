"""What a reader asks of a tree: options of `kpitree eval`, arguments of `evaluate()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kpitree.calendar import Grain
from kpitree.errors import UsageError, did_you_mean

HISTORY = 25  # whole periods: the latest 24 before one are what it is judged by
REFERENCES = ("target", "previous", "last-year", "benchmark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Every field has the default that `kpitree eval TREE` uses.

    period: a label such as 2026-10, a range, or "latest"; None = the last complete period.
    as_of: the day on which "today" falls: only days before it count; None = all of the data.
    grain: another grain than the tree's. last: how many periods side by side.
    ytd: from the first day of the (fiscal) year to the end of the period.
    vs: words of REFERENCES or period labels; () = target, previous, last-year, those that exist.
    by: dimensions to split by. where: row conditions over dimensions or columns, all of which hold.
    kpis: the KPIs shown (and all that is under them is computed); () = all.
    assumptions: constant KPI -> the value to take instead of the file's.
    sources: source -> file to read instead; "-" is standard input.
    cache: whether figures of unchanged files may come from the user's cache, and go there.
    explain: KPIs to take apart whether they missed or not.
    history: how many whole periods up to the last one shown are computed, too, for trends and
        process limits; 0 for none.
    limits: what process limits lie around, a word of LIMITS_AROUND.
    moved: also compare with the period before each reference that is a period (vs "moved").
    links: also with every period on the way from the first such reference (vs "link").
    """

    period: str | None = None
    as_of: date | None = None
    grain: Grain | None = None
    last: int = 1
    ytd: bool = False
    vs: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    assumptions: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    cache: bool = True
    explain: tuple[str, ...] = ()
    history: int = HISTORY
    limits: str = "mean"
    moved: bool = False
    links: bool = False

    def without_repeats(self) -> "Question":
        """The same question; what is asked for twice is answered once."""
        return replace(self, vs=tuple(dict.fromkeys(self.vs)), by=tuple(dict.fromkeys(self.by)))


LIMITS_AROUND = ("mean", "median")


def around_median(limits: str) -> bool:
    """Whether limits lie around the median. Raises UsageError for no word of LIMITS_AROUND."""
    if limits not in LIMITS_AROUND:
        hint = did_you_mean(limits, LIMITS_AROUND)
        raise UsageError(f"there are no limits {limits!r}", where="--limits", hint=hint)
    return limits == "median"
