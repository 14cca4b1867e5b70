"""`kpitree trend`: values over time, and which of them are signals."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer
from kpitree.cli.options import Around, Color
from kpitree.cli.parsing import listed, question_of, renderer_of
from kpitree.errors import UsageError

DRAWING = ("table", "markdown")  # the formats that can hold a chart


def trend(
    tree: options.Tree,
    kpis: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KPI", help="The KPIs; default: all that have data.", show_default=False
        ),
    ] = None,
    last: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How many periods, or as many as there are."),
    ] = 24,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="The last one: 2026-10, 2026-W45, ... or latest; default: the last complete one.",
            show_default=False,
        ),
    ] = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    by: options.By = None,
    where: options.Where = None,
    assume: options.Assumptions = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    limits: options.Limits = Around.MEAN,
    chart: Annotated[
        bool, typer.Option("--chart", help="Draw each KPI, with targets and limits.")
    ] = False,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """Values over time, with targets, process limits and signals.

    A value is a signal when it stands out from the 24 before it (XmR chart); all else is noise.
    For KPIs with leads = [...] it tests whether they do lead, and by how much.

    \b
    Examples:
      kpitree trend trees/sales.toml
      kpitree trend trees/sales.toml revenue close_rate --chart
      kpitree trend trees/pizza.toml orders --grain week --last 26
      kpitree trend trees/sales.toml close_rate --by region --limits median
      kpitree trend trees/sales.toml --format csv -o trend.csv
    """
    from kpitree.pipeline.questions import TrendQuestion
    from kpitree.pipeline.trend import trend as over_time

    if chart:
        _refuse_chart(form, output)
    render = renderer_of(form, output)
    about = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=False,
        where=where,
        assume=assume,
        source=source,
        cache=not no_cache,
    )
    asked = TrendQuestion(
        about=replace(about, by=listed(by)), kpis=tuple(kpis or ()), last=last, limits=limits.value
    )
    answer(
        tree,
        lambda model: over_time(model, asked),
        render,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
        chart=chart,
    )


def _refuse_chart(form: str | None, output: Path | None) -> None:
    """Raises UsageError for a format of numbers only."""
    from kpitree.render.formats import format_of

    name = form or (format_of(output) if output else "table")
    if name not in DRAWING:
        hint = f"formats with charts: {', '.join(DRAWING)}"
        raise UsageError(f"{name} holds numbers, and no chart", where="--chart", hint=hint)
