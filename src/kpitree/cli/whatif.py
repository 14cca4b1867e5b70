"""`kpitree whatif`: the tree under changed values."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer
from kpitree.cli.options import Color
from kpitree.cli.parsing import name_and_value, question_of, renderer_of
from kpitree.errors import UsageError


def whatif(
    tree: options.Tree,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any KPI but the goal: =420 or =62% (the value), =+5% (relative), =+3pp (points),"
            " =+20 or =-20 (a difference), ==-20 (a negative value); repeatable.",
            show_default=False,
        ),
    ] = None,
    kpi: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Take the change of this KPI apart; default: the tree's goal.",
            show_default=False,
        ),
    ] = None,
    method: options.Method = "path",
    period: options.Period = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    ytd: options.YearToDate = False,
    where: options.Where = None,
    depth: options.Depth = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """The tree under changed values, and what moved the goal.

    Values hold for the period shown; all others, and targets, stay what they are. A formula
    whose value is set is not computed. Lines add up to the difference.

    \b
    Examples:
      kpitree whatif trees/sales.toml --set close_rate=+3pp
      kpitree whatif trees/sales.toml --set close_rate=62% --set deals=+5%
      kpitree whatif trees/pizza.toml --set orders=1800 --set average_price=+0.50
      kpitree whatif trees/sales.toml --set deals=-100 --format json | jq .drivers.lines
    """
    from kpitree.pipeline.questions import WhatIfQuestion
    from kpitree.pipeline.whatif import whatif as changed

    render = renderer_of(form, output)
    about = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=ytd,
        where=where,
        source=source,
        cache=not no_cache,
    )
    asked = WhatIfQuestion(about=about, settings=_settings(settings or ()), kpi=kpi, method=method)
    answer(
        tree,
        lambda model: changed(model, asked),
        render,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
        depth=depth,
    )


def _settings(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, value = name_and_value(text, "--set", "close_rate=+5%")
        if name in found:
            message = f"{name!r} is set twice, to {found[name]} and to {value}"
            raise UsageError(message, where="--set", hint="choose one")
        found[name] = value
    return found
