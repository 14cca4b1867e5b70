"""`kpitree eval`: the main job."""

import sys
import time
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from kpitree.calendar import Grain
from kpitree.cli import console
from kpitree.cli.options import Ascii, Color, ColorOption, Depth, Output, Quiet, Tree, Verbose
from kpitree.errors import UsageError

FOUND = 1  # the exit code when --fail-on found what it names
STATUSES = ("on_track", "at_risk", "off_track", "no_target", "no_data")
FAILING = ("off_track", "at_risk", "no_data")

TIME = "Choosing time"
COMPARING = "Comparing"
CHOOSING = "Choosing what"
OUTPUT = "Output"


class Format(StrEnum):
    """What the answer looks like; the same numbers in each."""

    TABLE = "table"
    PLAIN = "plain"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    MARKDOWN = "markdown"


def evaluate(
    tree: Tree,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="2026-10, 2026-Q4, 2026-W45, 2026-11-20, 2026, 2026-01..2026-06 or latest;"
            " default: the last complete period.",
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="The day on which today falls: only days before it count.",
            show_default=False,
        ),
    ] = None,
    grain: Annotated[
        Grain | None, typer.Option(help="Another grain than the tree's.", show_default=False)
    ] = None,
    last: Annotated[int, typer.Option(min=1, metavar="N", help="N periods side by side.")] = 1,
    ytd: Annotated[bool, typer.Option("--ytd", help="From 1 January to the period's end.")] = False,
    vs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REFERENCE",
            help="target, previous, last-year, benchmark or a period; repeatable."
            " Default: the first three, those that exist.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="DIM[,DIM]", help="Also by segment.", show_default=False),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION", help="Only these rows: \"region == 'EMEA'\".", show_default=False
        ),
    ] = None,
    kpi: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only these KPIs; repeatable.", show_default=False),
    ] = None,
    explain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Drivers of these too, missed or not.", show_default=False
        ),
    ] = None,
    depth: Depth = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Another assumption.", show_default=False),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE", help="Read a source from here; - is stdin.", show_default=False
        ),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS[,STATUS]",
            help="Only KPIs with these statuses; prints nothing when there are none.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS[:KPI]",
            help="Exit with 1 on off_track, at_risk or no_data; repeatable.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", "-f", help="Default: table, or by the ending of -o.", show_default=False
        ),
    ] = None,
    output: Output = None,
    color: ColorOption = Color.AUTO,
    ascii_only: Ascii = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Every KPI against target, last period and last year; and why.

    The tree with actual, target, variance, status and trend; below it each missed KPI's exact
    drivers, in a sentence and a table that adds up.

    \b
    Examples:
      kpitree eval trees/sales.toml
      kpitree eval trees/sales.toml --period 2026-Q3 --by region
      kpitree eval trees/sales.toml --format json | jq '.kpis[0].value'
      kpitree eval trees/sales.toml --format plain | cut -f1,5
      kpitree eval trees/sales.toml --only off_track --fail-on off_track
      zcat deals.csv.gz | kpitree eval trees/sales.toml --source deals=-
    """
    started = time.perf_counter()
    failing = [_failing(one) for one in fail_on or ()]
    statuses = _statuses(only)

    from kpitree import pipeline
    from kpitree.pipeline.chosen import fails, with_status
    from kpitree.pipeline.question import Question
    from kpitree.render.formats import format_of, renderer
    from kpitree.render.progress import progress
    from kpitree.tree.read import load_tree

    chosen = form.value if form else format_of(output) if output else "table"
    render = renderer(chosen)
    question = Question(
        period=period,
        as_of=None if as_of is None else _day(as_of),
        grain=grain,
        last=last,
        ytd=ytd,
        vs=tuple(vs or ()),
        by=_listed(by),
        where=where,
        kpis=tuple(kpi or ()),
        assumptions=dict(_assumption(one) for one in assume or ()),
        sources=dict(_pair(one, "--source", "deals=deals.csv") for one in source or ()),
        explain=tuple(explain or ()),
    )
    model = load_tree(tree)
    for _, name in failing:
        if name is not None:
            model.kpi(name)
    with progress("reading the data", enabled=not quiet and sys.stderr.isatty()):
        found = pipeline.evaluate(model, question)
    failed = fails(found, failing)
    if statuses:
        found = with_status(found, statuses)
    if not found.kpis.is_empty():
        style = console.style_for(sys.stdout, color, ascii_only=ascii_only, depth=depth)
        text = render(found, style if output is None else style.for_file())
        console.answer(text) if output is None else console.write_file(output, text)
        if not quiet:
            console.warn(found.warnings, color)
    if verbose:
        seconds = time.perf_counter() - started
        console.say(f"{len(model.kpis)} KPIs, {len(model.sources)} sources, {seconds:.2f} s\n")
    if failed:
        raise typer.Exit(FOUND)


def _day(moment: datetime) -> date:
    return moment.date()


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError(f"{text!r} is not NAME=VALUE", where=option, hint=f"such as {example}")
    return name, value


def _assumption(text: str) -> tuple[str, float]:
    name, value = _pair(text, "--set", "price=12.5")
    try:
        number = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        raise UsageError(f"{value!r} is not a number", where="--set") from None
    if number in (float("inf"), float("-inf")) or number != number:  # noqa: PLR0124 - NaN
        raise UsageError(f"{value!r} is not a number to work with", where="--set")
    return name, number


def _statuses(text: str | None) -> tuple[str, ...]:
    found = _listed(text)
    for status in found:
        if status not in STATUSES:
            hint = f"statuses: {', '.join(STATUSES)}"
            raise UsageError(f"there is no status {status!r}", where="--only", hint=hint)
    return found


def _failing(text: str) -> tuple[str, str | None]:
    status, _, kpi = text.partition(":")
    if status == "stale":
        raise UsageError("'stale' is not supported yet", where="--fail-on")
    if status not in FAILING:
        hint = f"write {', '.join(FAILING)}, or one of them with a KPI: off_track:revenue"
        raise UsageError(f"cannot fail on {status!r}", where="--fail-on", hint=hint)
    return status, kpi or None
