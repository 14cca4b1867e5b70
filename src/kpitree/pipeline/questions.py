"""What a reader asks of the other commands than `eval`: their options, their arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpitree.pipeline.question import Question

TREND_PERIODS = 24
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
