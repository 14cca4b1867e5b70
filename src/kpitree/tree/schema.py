"""The shape of a tree file, as types: what is checked on reading and what editors complete.

What shape.py checks and the JSON Schema of `kpitree schema` (json_schema.py) come from the same
structs.
A key that is not here is a mistake.
"""

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kpitree.calendar import Pattern, YearName


class _Table(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A TOML table: every key is optional here; what must be there is checked by build.py."""


class TreeTable(_Table):
    """What the tree is called, what its goal is, and in which currency."""

    name: Annotated[
        str | None, Meta(description="What the tree is called; default: the file's name.")
    ] = None
    root: Annotated[
        str | None,
        Meta(description="The goal (KGI); may be left out when exactly one KPI feeds no other."),
    ] = None
    currency: Annotated[
        str | None, Meta(description="The currency of KPIs with unit = 'currency', such as EUR.")
    ] = None
    segments: Annotated[
        list[str] | None,
        Meta(description="The dimensions offered by --by; default: every declared dimension."),
    ] = None
    ignore: Annotated[
        list[str], Meta(description="Codes of design advice that check leaves out: ['KT104'].")
    ] = []


class CalendarTable(_Table):
    """What a period is: its length, and where weeks and years begin."""

    grain: Annotated[
        Literal["day", "week", "month", "quarter", "year"],
        Meta(description="The period that targets and reviews are about; default: month."),
    ] = "month"
    week_start: Annotated[
        Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        Meta(description="The first day of a week; default: monday (ISO weeks)."),
    ] = "monday"
    fiscal_year_start: Annotated[
        int,
        Meta(
            ge=1,
            le=12,
            description="The month in which years begin, 1 to 12; default: 1, January.",
            extra={"hint": "a month by its number: fiscal_year_start = 4"},
        ),
    ] = 1
    fiscal_year_name: Annotated[
        YearName,
        Meta(description="Which calendar year names a fiscal year: that of its end (default)."),
    ] = "end"
    pattern: Annotated[
        Pattern | None,
        Meta(description="The weeks of the three months of a quarter, for retail calendars."),
    ] = None
    timezone: Annotated[
        str | None,
        Meta(description="The zone in which instants become days, such as Europe/Berlin."),
    ] = None


class _RowsTable(_Table):
    """Where rows are and how they are written: of a source, and of what is looked up."""

    path: Annotated[
        str | None,
        Meta(
            description="A file, a glob, a folder or an object-store URI; relative to the tree"
            " file. CSV, TSV, Parquet, NDJSON, Arrow, Excel, Delta or Iceberg."
        ),
    ] = None
    sheet: Annotated[
        str | None, Meta(description="The sheet of an Excel workbook; default: the only one.")
    ] = None
    table: Annotated[
        str | None, Meta(description="Instead of path: a table of the connection: public.orders.")
    ] = None
    query: Annotated[
        str | None, Meta(description="Instead of path: a SELECT that the connection runs.")
    ] = None
    time_format: Annotated[
        str | None,
        Meta(description="strptime format of a text time column that is not ISO 8601: %d-%m-%Y."),
    ] = None
    null_values: Annotated[
        list[str], Meta(description="Texts that stand for no value, such as 'NULL'.")
    ] = []
    encoding: Annotated[
        str | None,
        Meta(description="How a text file's letters are written, such as windows-1252."),
    ] = None
    decimal: Annotated[
        Literal[".", ","] | None,
        Meta(description="The decimal mark of numbers in text: '.' (default) or ','."),
    ] = None
    clean: Annotated[
        Literal["number"] | dict[str, Literal["number", "boolean"]] | None,
        Meta(
            description="What is written for people: 'number' for all numbers with thousands"
            " separators, currency or percent signs; or column by column, also 'boolean'."
        ),
    ] = None
    columns: Annotated[
        dict[str, str], Meta(description="Computed columns: name = row expression.")
    ] = {}


class LookupTable(_RowsTable):
    """Columns from another file: each row has at most one match there, by a key."""

    on: Annotated[
        str | list[str] | dict[str, str] | None,
        Meta(
            description="The key: a column of both, several, or a table: column of the rows ="
            " column of the lookup. A key stands once in the lookup."
        ),
    ] = None


class SourceTable(_RowsTable, rename={"from_": "from"}):
    """Rows of one kind: where they are, what dates them, and what they can be split by."""

    engine: Annotated[
        Literal["polars", "duckdb", "spark"],
        Meta(description="What reads and groups the rows; default: polars, in this process."),
    ] = "polars"
    connection: Annotated[
        str | None,
        Meta(
            description="A database (ibis URL): postgres://user:${PGPASSWORD}@host/name; with"
            " engine = 'spark' a master or a Spark Connect URL."
        ),
    ] = None
    time: Annotated[str | None, Meta(description="The column that places a row in a period.")] = (
        None
    )
    from_: Annotated[
        str | None,
        Meta(description="Instead of time, for rows that last: the column with their first day."),
    ] = None
    to: Annotated[
        str | None,
        Meta(
            description="For rows that last: the column with the first day on which they are"
            " there no more; empty: they still are."
        ),
    ] = None
    time_zone: Annotated[
        str | None, Meta(description="The zone of instants written without one, such as UTC.")
    ] = None
    where: Annotated[str | None, Meta(description="A condition on rows: only those are read.")] = (
        None
    )
    dimensions: Annotated[
        dict[str, str], Meta(description="dimension = column, for --by and --where.")
    ] = {}
    covers: Annotated[
        list[date] | None,
        Meta(description="First and last day this source speaks for; default: its dated rows."),
    ] = None
    fresh_within: Annotated[
        str | None,
        Meta(description="How old its last day may be before it is stale: '2d', '1w'."),
    ] = None
    unique_by: Annotated[
        list[str],
        Meta(description="Columns that tell rows apart: a row that repeats another counts once."),
    ] = []
    ranges: Annotated[
        dict[str, list[float]],
        Meta(description="column = [low, high]: values beyond are reported by doctor."),
    ] = {}
    lookup: Annotated[
        dict[str, LookupTable],
        Meta(description="Many-to-one joins: [sources.deals.lookup.account]."),
    ] = {}


class ThresholdsTable(_Table):
    """How far on the bad side of its target a value may be, in percent of the target, in points of
    a rate, or in the KPI's unit.
    """

    at_risk: Annotated[
        str | float, Meta(description="From here on a value is at risk: '0%', '2pp' or a number.")
    ] = "0%"
    off_track: Annotated[
        str | float, Meta(description="From here on a value is off track: '5%', '2pp' or a number.")
    ] = "5%"


class BenchmarkTable(_Table):
    """What others reach."""

    value: Annotated[float, Meta(description="What others reach, in the KPI's unit.")]
    source: Annotated[str, Meta(description="Who says so.")] = ""


class KpiTable(_Table):
    """A KPI: exactly one of formula, measure and value, and what it says about itself."""

    formula: Annotated[
        str | None, Meta(description="Arithmetic over other KPIs: 'deals * close_rate'.")
    ] = None
    measure: Annotated[
        str | None,
        Meta(description="Aggregates over the rows of one source: 'sum(amount) / count()'."),
    ] = None
    value: Annotated[
        float | dict[str, float] | None,
        Meta(description="An assumption: a number, or a number by period."),
    ] = None
    source: Annotated[str | None, Meta(description="The source that the measure is about.")] = None
    where: Annotated[
        str | None, Meta(description="A condition on rows for all aggregates of the measure.")
    ] = None
    time: Annotated[
        str | None, Meta(description="Places this KPI's rows in time by another column.")
    ] = None
    at: Annotated[
        Literal["end", "start", "average"] | None,
        Meta(
            description="Of rows that last, those active at the end of the period (default), at"
            " its start, or on the average of its days."
        ),
    ] = None
    count_when: Annotated[
        Literal["started", "ended"] | None,
        Meta(description="Of rows that last, those that started or ended in the period."),
    ] = None
    carry: Annotated[
        bool,
        Meta(description="A period without a first() or last() has the last value before it."),
    ] = False
    measured: Annotated[
        str | None,
        Meta(description="A measure that the formula should reproduce; differences are shown."),
    ] = None
    label: Annotated[str | None, Meta(description="The name readers see.")] = None
    description: Annotated[str | None, Meta(description="What it means, in a sentence.")] = None
    unit: Annotated[
        str,
        Meta(
            description="number, currency, percent (0.25 is 25 %), days, hours, or your own word."
        ),
    ] = "number"
    decimals: Annotated[
        Annotated[int, Meta(ge=0, le=9)] | None, Meta(description="Digits after the point.")
    ] = None
    role: Annotated[
        Literal["kgi", "kpi", "metric", "guardrail"] | None,
        Meta(description="The goal, one of its KPIs, a health metric, or a guardrail."),
    ] = None
    owner: Annotated[str | None, Meta(description="Who answers for it.")] = None
    review: Annotated[
        Literal["daily", "weekly", "monthly", "quarterly", "yearly"] | None,
        Meta(description="How often it is looked at."),
    ] = None
    deadline: Annotated[date | None, Meta(description="The day by which it is to be met.")] = None
    indicator: Annotated[
        Literal["leading", "lagging"] | None,
        Meta(description="Whether it moves before the result or with it."),
    ] = None
    leads: Annotated[
        list[str], Meta(description="KPIs that this leading indicator is believed to lead.")
    ] = []
    level: Annotated[
        Literal["strategic", "operational"] | None, Meta(description="Whose concern it is.")
    ] = None
    department: Annotated[str | None, Meta(description="The department it belongs to.")] = None
    tags: Annotated[list[str], Meta(description="Words to filter by.")] = []
    controllable: Annotated[bool, Meta(description="Whether someone can move it: a lever.")] = False
    driver: Annotated[
        bool, Meta(description="One driver in attribution, whatever stands under it.")
    ] = False
    missing: Annotated[
        Literal["zero", "carry"] | None,
        Meta(description="What attribution takes for a state without a value; default: nothing."),
    ] = None
    counterweight: Annotated[
        str | None, Meta(description="The guardrail KPI that keeps this one from being gamed.")
    ] = None
    direction: Annotated[
        Literal["up", "down"] | None, Meta(description="Which way is better; default: up.")
    ] = None
    range: Annotated[list[float] | None, Meta(description="[low, high]: good is in between.")] = (
        None
    )
    thresholds: Annotated[
        ThresholdsTable | None,
        Meta(description="How far on the bad side of its target a value may be."),
    ] = None
    target: Annotated[
        float | dict[str, Any] | None,
        Meta(
            description="A number for every period at the tree's grain, numbers by period, or a"
            " table: spread over a longer period, with a deadline, growth, or from data."
        ),
    ] = None
    benchmark: Annotated[
        BenchmarkTable | None, Meta(description="What others reach, and who says so.")
    ] = None
    rebaseline: Annotated[
        list[str],
        Meta(
            description="Periods with which its values start to be judged anew (signal or noise),"
            " such as after a change of its definition: ['2026-04']."
        ),
    ] = []
    ignore: Annotated[
        list[str],
        Meta(description="Codes of design advice that check leaves out here: ['KT104']."),
    ] = []


class TargetsTable(_Table):
    """A table of targets beside those that the KPIs name themselves."""

    path: Annotated[
        str | None,
        Meta(
            description="A CSV or Parquet file, relative to the tree file: columns kpi, period,"
            " target, and dimensions for goals of segments."
        ),
    ] = None


class File(_Table):
    """A KPI tree: a goal broken into the numbers that produce it."""

    tree: Annotated[TreeTable | None, Meta(description="The tree itself.")] = None
    calendar: Annotated[CalendarTable | None, Meta(description="What a period is.")] = None
    sources: Annotated[
        dict[str, SourceTable], Meta(description="Where rows come from, and what they mean.")
    ] = {}
    targets: Annotated[
        TargetsTable | None, Meta(description="A table of targets, by period and by segment.")
    ] = None
    kpi: Annotated[
        dict[str, KpiTable],
        Meta(description="The KPIs: each has exactly one of formula, measure, value."),
    ] = {}
