"""What a KPI tree is: plain frozen values, with no file, frame or terminal in sight."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from kpitree.calendar import Calendar, Grain, Span
from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.expressions import Expr, names_in

EVERY: Final = "*"  # in Source.clean: every column that is used as a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of one kind: where they are and what a row means.

    id: the name in the tree file, as in [sources.deals].
    path: as the user wrote it. location: what to open (a path, glob or folder, or a URI).
    time: the column (or computed column) that places a row in a period.
    time_format: strptime format of `time` when it is text that is not ISO 8601.
    time_zone: the zone of naive instants, or None to take them as they are.
    where: a row condition that all rows this source is about fulfil, or None.
    columns: computed columns by name, in the order of the file; later ones may use earlier ones.
    dimensions: dimension name -> column (or computed column).
    covers: first and last day (both included) it speaks for; None = first to last dated row.
    until: for rows that last: the column with their end, of the same kind as `time`, their start;
        a row is active on day d when time <= d < until, and still active when until is null.
    fresh_within: how many days old its last day may be before it is stale; None = any.
    engine: "polars", "duckdb" or "spark". connection: a URL whose ${NAMES} stand for words of the
        environment: a database, or where Spark is; else None. table, query: what is read there,
        instead of a path; `path` then says so for messages, and location is "".
    sheet: of a workbook, None = its only one.
    encoding: of text files, None = UTF-8. decimal: the decimal mark of numbers in text, "." or
        ",", or None when not said. clean: column -> "number" or "boolean", what its texts stand
        for; the key EVERY is for all columns used as numbers.
    unique_by: columns that tell rows apart; of rows that are alike in all that is read, one counts.
    ranges: column -> the smallest and the largest value that make sense.
    lookups: by name; their columns are known as name.column.
    """

    id: str
    path: str
    location: str
    time: str
    time_format: str | None = None
    time_zone: str | None = None
    null_values: tuple[str, ...] = ()
    where: Expr | None = None
    columns: dict[str, Expr] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)
    covers: tuple[date, date] | None = None
    until: str | None = None
    fresh_within: int | None = None
    engine: str = "polars"
    connection: str | None = None
    table: str | None = None
    query: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    clean: dict[str, str] = field(default_factory=dict)
    unique_by: tuple[str, ...] = ()
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    lookups: dict[str, "Lookup"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A many-to-one join: each row has at most one match, and rows without one stay.

    name: as in [sources.deals.lookup.account]. rows: what is looked up in, a source without a
    time. on: column of the source (raw, computed, or of an earlier lookup) -> column of `rows`.
    """

    name: str
    rows: Source
    on: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How far on the bad side of its target a value may be.

    amount: a fraction of the target's size when relative (0.05 = 5 %), else in the KPI's own unit.
    """

    amount: float
    relative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Within at_risk of the target is on track; beyond off_track is off track."""

    at_risk: Threshold = Threshold(amount=0.0, relative=True)
    off_track: Threshold = Threshold(amount=0.05, relative=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTarget:
    """The same target for every period at the tree's grain, in the KPI's unit."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodTargets:
    """A target by period: label -> value, in the KPI's unit; no target for periods not named."""

    values: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadTarget:
    """A target for each period of a grain (1.2 M a year), in the KPI's unit."""

    value: float
    per: Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class PathTarget:
    """A value to be reached by a day, and the way there, in the KPI's unit.

    by: the last day of the way. points: what has to be reached by the end of which day, oldest
    first; the last one is (by, value), and straight lines lead from each to the next. With that
    one alone the value holds for every period.
    """

    value: float
    by: date
    points: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthTarget:
    """So much more than the KPI itself was: 0.2 is 20 %. over: "last_year" or "previous"."""

    growth: float
    over: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTarget:
    """A plan that is data: rows of another source, each for the period that holds its day.

    plan: a hidden leaf. per: the grain of the periods that the plan's rows are for.
    """

    plan: "Leaf"
    per: Grain


Target = PlainTarget | PeriodTargets | SpreadTarget | PathTarget | GrowthTarget | DataTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsFile:
    """A table of targets: columns kpi, period, target, and dimensions for goals of segments.

    path: as the user wrote it. location: what to open.
    """

    path: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A row of such a table: a target of the whole, or the goal of one segment.

    period: the days it is for. value: in the KPI's unit. segment: dimension -> member, empty for
    the whole. where: its place in the file, for messages.
    """

    kpi: str
    period: Span
    value: float
    segment: dict[str, str]
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What others reach: a value in the KPI's unit, and who says so."""

    value: float
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """What every KPI says about itself.

    unit: "number", "currency" (the tree's), "percent" (0.25 is 25 %), "days", "hours" or free text.
    direction: "up" (more is better), "down", or "range" with good_range = (low, high).
    driver: one driver in attribution, whatever stands under it.
    missing: what attribution takes for a state without a value: "zero", "carry" or None.
    rebaseline: labels of the periods from which on its values are judged anew (signal or noise).
    ignore: codes of design advice that is not wanted about it.
    """

    id: str
    label: str
    description: str = ""
    unit: str = "number"
    decimals: int | None = None
    role: str | None = None
    owner: str | None = None
    review: str | None = None
    deadline: date | None = None
    indicator: str | None = None
    leads: tuple[str, ...] = ()
    level: str | None = None
    department: str | None = None
    tags: tuple[str, ...] = ()
    controllable: bool = False
    driver: bool = False
    missing: str | None = None
    counterweight: str | None = None
    direction: str = "up"
    good_range: tuple[float, float] | None = None
    thresholds: Thresholds = Thresholds()
    target: Target | None = None
    benchmark: Benchmark | None = None
    rebaseline: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Kpi):
    """A KPI measured from the rows of one source.

    measure: aggregates over row expressions, and arithmetic between them.
    where: a row condition that applies to all of the measure's aggregates.
    time: places this leaf's rows in time instead of the source's own column.
    at: of rows that last, those active at the "end" of the period, at its "start" (the end of the
        day before), or the "average" of the ends of its days; None for other sources.
    count_when: of rows that last, those that "started" or "ended" in the period; then at is None.
    carry: whether a period without a value has the last one before it (first() and last() only).
    """

    measure: Expr
    source: str
    where: Expr | None = None
    time: str | None = None
    at: str | None = None
    count_when: str | None = None
    carry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Kpi):
    """A KPI computed from other KPIs.

    measured: a hidden leaf that the formula should reproduce, or None.
    """

    formula: Expr
    measured: Leaf | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Kpi):
    """An assumption: one number, or a number by period label."""

    value: float | dict[str, float]


Node = Leaf | Branch | Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """KPIs and sources by id, in the order of the file; `root` is the KGI.

    segments: the dimensions offered by --by. ignore: codes of design advice that is not wanted.
    file: the tree file, as the user named it.
    targets: a table of targets beside those that the KPIs name themselves, or None.
    """

    name: str
    root: str
    file: Path
    grain: Grain = Grain.MONTH
    calendar: Calendar = Calendar()
    timezone: str | None = None
    currency: str | None = None
    segments: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    sources: dict[str, Source]
    kpis: dict[str, Node]
    targets: TargetsFile | None = None

    def kpi(self, kpi_id: str) -> Node:
        """Return one KPI, or raise UsageError with the closest known id as a hint."""
        try:
            return self.kpis[kpi_id]
        except KeyError:
            raise UsageError(
                f"there is no KPI {kpi_id!r}",
                where=str(self.file),
                hint=did_you_mean(kpi_id, self.kpis),
            ) from None

    def operands(self, kpi_id: str) -> tuple[str, ...]:
        """The KPIs that a formula names, each once, in the order they are written."""
        match self.kpis[kpi_id]:
            case Branch(formula=formula):
                return names_in(formula)
            case _:
                return ()
