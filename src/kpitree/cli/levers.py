"""`kpitree levers`: what pulls on a KPI, and what each lever alone would have to become."""

from typing import Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer
from kpitree.cli.options import Color
from kpitree.cli.parsing import question_of, renderer_of


def levers(
    tree: options.Tree,
    kpi: options.Kpi = None,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="GOAL",
            help="Another goal than the target: 3000000, 62%, or from the value: +5%, +3pp, +20.",
            show_default=False,
        ),
    ] = None,
    period: options.Period = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    ytd: options.YearToDate = False,
    where: options.Where = None,
    assume: options.Assumptions = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """What pulls on a KPI, and what each lever would need.

    How far 1 % more of each leaf moves it; and for KPIs with controllable = true the value that
    reaches the target if all else stays, beside the best it ever was.

    \b
    Examples:
      kpitree levers trees/sales.toml
      kpitree levers trees/pizza.toml orders --period 2015-10
      kpitree levers trees/sales.toml --to +5%
      kpitree levers trees/sales.toml --format json | jq '.levers[] | {kpi, needed}'
    """
    from kpitree.pipeline.levers import levers as pulled
    from kpitree.pipeline.questions import LeversQuestion

    render = renderer_of(form, output)
    about = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=ytd,
        where=where,
        assume=assume,
        source=source,
        cache=not no_cache,
    )
    asked = LeversQuestion(about=about, kpi=kpi, to=to)
    answer(
        tree,
        lambda model: pulled(model, asked),
        render,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    )
