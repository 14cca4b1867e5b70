"""`kpitree drivers`: what moved one KPI, between any two states."""

from enum import StrEnum
from typing import Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer
from kpitree.cli.options import Color
from kpitree.cli.parsing import listed, only_one, question_of, renderer_of


class Form(StrEnum):
    """What a line is told as."""

    AMOUNTS = "amounts"
    FACTORS = "factors"


class MixReference(StrEnum):
    """What mix effects are measured from."""

    AVERAGE = "average"
    SEGMENTS = "segments"
    NONE = "none"


def drivers(
    tree: options.Tree,
    kpi: options.Kpi = None,
    vs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REFERENCE",
            help="target, previous, last-year, benchmark, a period, or a condition on rows that"
            " sets a segment against the rest: \"region == 'EMEA'\". Default: previous.",
            show_default=False,
        ),
    ] = None,
    by: options.By = None,
    method: options.Method = "path",
    order: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME,NAME",
            help="The drivers in the order in which sequential moves them; with --by, mix too.",
            show_default=False,
        ),
    ] = None,
    mix_reference: Annotated[
        MixReference,
        typer.Option(
            help="Mix as a difference from the average rate (of the two states, or over"
            " the segments), or from none."
        ),
    ] = MixReference.AVERAGE,
    form_of_lines: Annotated[
        Form, typer.Option("--form", help="Lines that add up, or factors that multiply (log).")
    ] = Form.AMOUNTS,
    depth: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Sum the lines N levels below the KPI.", show_default=False
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Only the N largest lines, the others as one.",
            show_default=False,
        ),
    ] = None,
    through: Annotated[
        bool, typer.Option("--through", help="Also period by period, beside the whole step.")
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
    """What moved a KPI: which drivers, which segments, mix and rate.

    Between any two states: period and period, actual and target, a segment and the rest. The
    lines add up to the change.

    \b
    Examples:
      kpitree drivers trees/sales.toml
      kpitree drivers trees/sales.toml revenue --vs last-year --by region
      kpitree drivers trees/sales.toml close_rate --vs "region == 'EMEA'"
      kpitree drivers trees/sales.toml --vs 2025-10 --through
      kpitree drivers trees/sales.toml --method sequential --order deals,close_rate,order_value
      kpitree drivers trees/pizza.toml --by name --top 10 --format csv
    """
    from kpitree.pipeline.drivers import explain
    from kpitree.pipeline.questions import ChangeQuestion

    render = renderer_of(form, output)
    question = ChangeQuestion(
        about=question_of(
            period=period,
            as_of=as_of,
            grain=grain,
            ytd=ytd,
            where=where,
            assume=assume,
            source=source,
            cache=not no_cache,
        ),
        kpi=kpi,
        vs=only_one(vs, "--vs") or "previous",
        by=tuple(dict.fromkeys(listed(by))),
        method=method,
        order=listed(order),
        mix_reference=mix_reference.value,
        factors=form_of_lines is Form.FACTORS,
        depth=depth,
        top=top,
        through=through,
    )
    answer(
        tree,
        lambda model: explain(model, question),
        render,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    )
