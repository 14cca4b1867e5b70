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
    explain: tuple[str, ...] = ()
    history: int = HISTORY
    limits: str = "mean"
    moved: bool = False
    links: bool = False

    def without_repeats(self) -> "Question":
        """The same question; what is asked for twice is answered once."""
        return replace(self, vs=tuple(dict.fromkeys(self.vs)), by=tuple(dict.fromkeys(self.by)))


MIX_REFERENCES = ("average", "segments", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuestion:
    """What is asked of one KPI's change: options of `kpitree drivers`, arguments of `drivers()`.

    kpi: the KPI explained; None = the root.
    vs: a word of REFERENCES, a period label, or a row condition: then the rows that fulfil it are
        set against all others of the same period.
    by: dimensions to split the lines by. method: a key of METHODS.
    order: for the method sequential: the drivers, and `mix` beside the one that it belongs to.
    mix_reference: what mix effects are measured from: "average", half-way between the driver's
        two values; "segments", the sum of mean share x mean rate; "none", from 0.
    factors: lines as factors too (method log).
    depth: levels below the KPI at which lines are summed up; None = the drivers.
    top: how many lines are shown, the others as one line; None = all.
    through: also period by period. about: the rest, as of an evaluation; its vs, by, kpis and
        explain are not looked at.
    """

    about: Question = field(default_factory=Question)
    kpi: str | None = None
    vs: str = "previous"
    by: tuple[str, ...] = ()
    method: str = "path"
    order: tuple[str, ...] = ()
    mix_reference: str = "average"
    factors: bool = False
    depth: int | None = None
    top: int | None = None
    through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeversQuestion:
    """What is asked about levers: options of `kpitree levers`, arguments of `levers()`.

    kpi: the KPI to be moved; None = the root. to: another goal than its target, as a number or a
    shift of its value (analysis/shift.py). about: the rest, as of an evaluation; its vs, by, kpis
    and explain are not looked at.
    """

    about: Question = field(default_factory=Question)
    kpi: str | None = None
    to: str | float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfQuestion:
    """What is asked of changed values: options of `kpitree whatif`, arguments of `whatif()`.

    settings: KPI -> its value, or a shift of it (analysis/shift.py); at least one.
    kpi: the KPI whose change is taken apart; None = the root. method: a key of METHODS.
    about: the rest, as of an evaluation; its vs, by, kpis and explain are not looked at.
    """

    about: Question = field(default_factory=Question)
    settings: Mapping[str, str | float]
    kpi: str | None = None
    method: str = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastQuestion:
    """What is asked of the days to come: options of `kpitree forecast`, arguments of `forecast()`.

    kpis: those forecast; () = the root and all with a target, a good range or a deadline.
    about: the rest, as of an evaluation, its period "latest" unless said; its vs, by, kpis, ytd,
    last and explain are not looked at.
    """

    about: Question = field(default_factory=Question)
    kpis: tuple[str, ...] = ()


SORTS = ("value", "attainment", "change")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankQuestion:
    """What is asked of a league table: options of `kpitree rank`, arguments of `rank()`.

    kpi: None = the root. by: the dimensions whose members are ranked, at least one.
    vs: previous, last-year or period labels; () = previous.
    sort: a word of SORTS: what they are ranked by; the change is against the first of vs.
    top, bottom: only so many of the first or of the last ranks; not both.
    only: statuses; members with others are not shown. about: the rest, as of an evaluation; its
    vs, by, kpis, explain and last are not looked at.
    """

    about: Question = field(default_factory=Question)
    kpi: str | None = None
    by: tuple[str, ...] = ()
    vs: tuple[str, ...] = ()
    sort: str = "value"
    top: int | None = None
    bottom: int | None = None
    only: tuple[str, ...] = ()


LIMITS_AROUND = ("mean", "median")


def around_median(limits: str) -> bool:
    """Whether limits lie around the median. Raises UsageError for no word of LIMITS_AROUND."""
    if limits not in LIMITS_AROUND:
        hint = did_you_mean(limits, LIMITS_AROUND)
        raise UsageError(f"there are no limits {limits!r}", where="--limits", hint=hint)
    return limits == "median"
TREND_PERIODS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendQuestion:
    """What is asked of values over time: options of `kpitree trend`, arguments of `trend()`.

    kpis: those shown; () = all that have data. last: how many periods, or as many as there are.
    limits: what process limits lie around, a word of LIMITS_AROUND. about: the rest, as of an
    evaluation, its period the last one; its vs, kpis, explain and last are not looked at.
    """

    about: Question = field(default_factory=Question)
    kpis: tuple[str, ...] = ()
    last: int = TREND_PERIODS
    limits: str = "mean"
