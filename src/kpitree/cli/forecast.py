"""`kpitree forecast`: where KPIs land, against what is promised."""

from typing import TYPE_CHECKING, Annotated

import typer

from kpitree.cli import options
from kpitree.cli.answering import answer_judged
from kpitree.cli.options import Color
from kpitree.cli.parsing import question_of, renderer_of
from kpitree.cli.statuses import FOUND, wanted
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpitree.analysis.results.forecast import Forecast


def forecast(
    tree: options.Tree,
    kpis: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KPI",
            help="The KPIs; default: the goal, and all with a target or a deadline.",
            show_default=False,
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD",
            help="The period to its end: 2026-10, 2026-Q4, 2026, ...; default: the latest one.",
            show_default=False,
        ),
    ] = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    where: options.Where = None,
    assume: options.Assumptions = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    only: options.Only = None,
    fail_on: options.FailOn = None,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
) -> None:
    """Where each KPI lands, against its target and deadline.

    Counts and sums go on as past periods usually did from this day on, and formulas follow. The
    interval comes from how far off the same rule was in those periods. Statuses are of the landing.

    \b
    Examples:
      kpitree forecast trees/sales.toml --as-of 2026-10-21
      kpitree forecast trees/sales.toml revenue --period 2026
      kpitree forecast trees/pizza.toml --grain week --as-of 2015-12-19
      kpitree forecast trees/sales.toml --as-of today --only off_track --fail-on off_track
      kpitree forecast trees/sales.toml --format json | jq -r '.forecasts[].sentence'
    """
    asking = wanted(only, fail_on)

    from kpitree.pipeline.chosen import landings_with_status
    from kpitree.pipeline.forecast import forecast as landed
    from kpitree.pipeline.questions import ForecastQuestion
    from kpitree.tree.read import load_tree

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
    asked = ForecastQuestion(about=about, kpis=tuple(kpis or ()))
    model = load_tree(tree)
    named = asking.check(model, about.as_of)
    if answer_judged(
        model,
        lambda tree: _with_all(landed(tree, asked), named),
        render,
        asking,
        landings_with_status,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
    ):
        raise typer.Exit(FOUND)


def _with_all(found: "Forecast", named: "Sequence[str]") -> "Forecast":
    """Raises UsageError for a KPI that is not forecast: it would never fail."""
    shown = list(dict.fromkeys(found.rows["kpi"]))
    for kpi in named:
        if kpi not in shown:
            hint = f"name the KPIs: kpitree forecast {found.tree.file} {' '.join((*shown, kpi))}"
            raise UsageError(f"{kpi!r} is not forecast", where="--fail-on", hint=hint)
    return found
