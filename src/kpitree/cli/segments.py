"""`kpitree segments`: the few slices that hold most of a KPI's change."""

from functools import partial
from typing import Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer
from kpitree.cli.options import Color
from kpitree.cli.parsing import listed, only_one, question_of, renderer_of


def segments(
    tree: options.Tree,
    kpi: options.Kpi = None,
    vs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REFERENCE",
            help="previous, last-year or a period. Default: previous.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIM[,DIM]",
            help="Search only these dimensions; repeatable. Default: all.",
            show_default=False,
        ),
    ] = None,
    deep: Annotated[
        int, typer.Option(min=1, max=2, metavar="N", help="Slices of up to 1 or 2 dimensions.")
    ] = 2,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="At most N slices.")] = 5,
    noise: Annotated[
        bool,
        typer.Option(
            "--noise", help="Also slices that stand out no more than chance would make them."
        ),
    ] = False,
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
    """The few slices that hold most of a change.

    One or two dimensions deep, none within another. A slice is told when it holds much more of
    the change than its size alone would give, and more than chance. With the rest they add up to
    the change.

    \b
    Examples:
      kpitree segments trees/sales.toml
      kpitree segments trees/sales.toml close_rate --vs 2026-07
      kpitree segments trees/sales.toml --vs last-year --by region,channel --top 3
      kpitree segments trees/flights.toml cancel_rate --format json | jq '.slices[0]'
    """
    from kpitree.pipeline.slices import search

    render = renderer_of(form, output)
    question = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=ytd,
        where=where,
        assume=assume,
        source=source,
        cache=not no_cache,
    )
    ask = partial(
        search,
        question=question,
        kpi=kpi,
        vs=only_one(vs, "--vs") or "previous",
        by=listed(by),
        top=top,
        deep=deep,
        noise=noise,
    )
    answer(
        tree,
        ask,
        render,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    )
