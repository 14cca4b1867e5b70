"""`kpitree segments`: the few slices that hold most of a KPI's change."""

import sys
from typing import Annotated

import typer

from kpitree.cli import console, options
from kpitree.cli.options import Color
from kpitree.cli.parsing import format_name, listed, question_of


def segments(
    tree: options.Tree,
    kpi: options.Kpi = None,
    vs: Annotated[
        str, typer.Option(metavar="REFERENCE", help="previous, last-year or a period.")
    ] = "previous",
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
    from kpitree.render.formats import renderer
    from kpitree.render.progress import progress
    from kpitree.tree.read import load_tree

    render = renderer(format_name(form, output))
    question = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=ytd,
        where=where,
        assume=assume,
        source=source,
    )
    model = load_tree(tree)
    with progress("reading the data", enabled=not quiet and sys.stderr.isatty()):
        found = search(
            model, question, kpi=kpi, vs=vs, by=listed(by), top=top, deep=deep, noise=noise
        )
    style = console.style_for(output, color, ascii_only=ascii_only)
    console.deliver(render(found, style), output)
    if not quiet:
        console.warn(found.warnings, color, ascii_only=ascii_only)
