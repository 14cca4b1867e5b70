"""`kpitree rank`: the league table of a dimension."""

from typing import TYPE_CHECKING, Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer_judged
from kpitree.cli.options import Color
from kpitree.cli.parsing import listed, question_of, renderer_of
from kpitree.cli.statuses import FOUND, Wanted, wanted
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpitree.analysis.results.ranking import Ranking


def rank(
    tree: options.Tree,
    kpi: options.Kpi = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIM[,DIM]",
            help="Whose members are ranked; several dimensions make cells.",
            show_default=False,
        ),
    ] = None,
    vs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REFERENCE",
            help="previous, last-year or a period; repeatable. Default: previous.",
            show_default=False,
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            metavar="FIGURE",
            help="Rank by value, attainment or change (against the first --vs).",
            autocompletion=lambda: list(options.SORTS),
        ),
    ] = "value",
    top: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Only the first N.", show_default=False),
    ] = None,
    bottom: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Only the last N.", show_default=False),
    ] = None,
    period: options.Period = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    ytd: options.YearToDate = False,
    where: options.Where = None,
    assume: options.Assumptions = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS[,STATUS]",
            help="Only members with these statuses; nothing when there are none. Repeatable.",
            show_default=False,
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            help="Exit with 1 when a member is off_track, at_risk or has no_data, or the data is"
            " stale; repeatable.",
            show_default=False,
        ),
    ] = None,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """Who is first: people, regions or products by a KPI.

    Value, part of the whole, own goal and attainment, change; and a mark on everyone who cannot
    be told from the others, because there are too few rows or it is their usual spread.

    \b
    Examples:
      kpitree rank trees/sales.toml revenue --by rep
      kpitree rank trees/quota.toml --by rep --only off_track,at_risk
      kpitree rank trees/sales.toml close_rate --by region,channel --bottom 5
      kpitree rank trees/sales.toml --by rep --sort change --vs last-year
      kpitree rank trees/sales.toml --by rep --format plain | cut -f1-3
    """
    asking = wanted(only, fail_on)
    _refuse_named(asking)

    from kpitree.pipeline.questions import RankQuestion
    from kpitree.pipeline.rank import rank as ranked
    from kpitree.tree.read import load_tree

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
    asked = RankQuestion(
        about=about,
        kpi=kpi,
        by=listed(by),
        vs=tuple(vs or ()),
        sort=sort,
        top=top,
        bottom=bottom,
        only=asking.only,
    )
    model = load_tree(tree)
    asking.check(model, about.as_of)
    if answer_judged(
        model,
        lambda tree: ranked(tree, asked),
        render,
        asking,
        _as_asked,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    ):
        raise typer.Exit(FOUND)


def _refuse_named(asking: Wanted) -> None:
    """--fail-on is about any member, and the KPI is said already."""
    for status, name in asking.failing:
        if name is not None:
            hint = f"write {status} alone; --where keeps one member"
            raise UsageError("rank looks at all members", where="--fail-on", hint=hint)


def _as_asked(found: "Ranking", only: "Sequence[str]") -> "Ranking":  # noqa: ARG001 - what give() takes
    """--only was asked before --top and --bottom: the answer has nothing else."""
    return found
