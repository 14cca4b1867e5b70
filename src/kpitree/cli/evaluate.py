"""`kpitree eval`: the main job."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from kpitree.cli import console, options
from kpitree.cli.answering import answer_judged
from kpitree.cli.options import Around, Color
from kpitree.cli.parsing import listed, question_of, renderer_of
from kpitree.cli.statuses import FOUND, wanted
from kpitree.errors import UsageError

if TYPE_CHECKING:
    from kpitree.pipeline.question import Question


def evaluate(
    tree: options.Tree,
    period: options.Period = None,
    as_of: options.AsOf = None,
    grain: options.GrainOption = None,
    last: options.Last = 1,
    ytd: options.YearToDate = False,
    vs: options.Vs = None,
    by: options.By = None,
    where: options.Where = None,
    kpi: options.OnlyKpis = None,
    explain: options.Explain = None,
    depth: options.Depth = None,
    assume: options.Assumptions = None,
    source: options.Sources = None,
    no_cache: options.NoCache = False,
    limits: options.Limits = Around.MEAN,
    only: options.Only = None,
    fail_on: options.FailOn = None,
    form: options.FormatOption = None,
    output: options.Output = None,
    color: options.ColorOption = Color.AUTO,
    ascii_only: options.Ascii = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Every KPI against target, last period and last year; and why.

    The tree with actual, target, variance, status and trend; below it each missed KPI's exact
    drivers, in a sentence and a table that adds up.

    \b
    Examples:
      kpitree eval trees/sales.toml
      kpitree eval trees/sales.toml --period 2026-Q3 --by region
      kpitree eval trees/sales.toml --format json | jq '.kpis[0].value'
      kpitree eval trees/sales.toml --format plain | cut -f1,3
      kpitree eval trees/sales.toml --only off_track --fail-on off_track
      zcat deals.csv.gz | kpitree eval trees/sales.toml --source deals=-
    """
    started = time.perf_counter()
    asking = wanted(only, fail_on)

    from kpitree import pipeline
    from kpitree.pipeline.chosen import with_status
    from kpitree.tree.read import load_tree

    render = renderer_of(form, output)
    asked = question_of(
        period=period,
        as_of=as_of,
        grain=grain,
        ytd=ytd,
        where=where,
        assume=assume,
        source=source,
        cache=not no_cache,
    )
    question = replace(
        asked,
        last=last,
        vs=tuple(vs or ()),
        by=listed(by),
        kpis=tuple(kpi or ()),
        explain=tuple(explain or ()),
        limits=limits.value,
    )
    model = load_tree(tree)
    for name in asking.check(model, question.as_of):
        _refuse_unseen(name, question)
    failed = answer_judged(
        model,
        lambda tree: pipeline.evaluate(tree, question),
        render,
        asking,
        with_status,
        output=output,
        color=color,
        ascii_only=ascii_only,
        quiet=quiet,
        depth=depth,
    )
    if verbose:
        seconds = time.perf_counter() - started
        console.say(f"{len(model.kpis)} KPIs, {len(model.sources)} sources, {seconds:.2f} s\n")
    if failed:
        raise typer.Exit(FOUND)


def _refuse_unseen(kpi: str, question: "Question") -> None:
    """A KPI that --kpi leaves out is not computed, and would never fail."""
    if question.kpis and kpi not in (*question.kpis, *question.explain):
        hint = f"add: --kpi {kpi}"
        raise UsageError(f"--kpi leaves out {kpi!r}", where="--fail-on", hint=hint)
