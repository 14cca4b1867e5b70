"""What can be ranked: KPIs of rows, by dimensions that all of their sources have."""

from kpitree.errors import UsageError, did_you_mean
from kpitree.pipeline.plan import Plan, sources_of
from kpitree.pipeline.questions import SORTS, RankQuestion
from kpitree.pipeline.sides import is_condition
from kpitree.tree.model import Constant, Tree


def check(tree: Tree, kpi: str, asked: RankQuestion) -> None:
    """Raises UsageError for what the tree does not have, or what does not go together."""
    if isinstance(tree.kpi(kpi), Constant):
        hint = "choose another KPI"
        raise UsageError(f"{kpi!r} is an assumption: it is the same for everyone", hint=hint)
    if not asked.by:
        raise _by_what(tree)
    for vs in asked.vs:
        _check_reference(vs)
    if asked.sort not in SORTS:
        hint = did_you_mean(asked.sort, SORTS)
        raise UsageError(f"there is no order by {asked.sort!r}", where="--sort", hint=hint)
    if asked.top is not None and asked.bottom is not None:
        hint = "leave out one of the two"
        raise UsageError("--top and --bottom cannot be combined", hint=hint)
    for option, number in (("--top", asked.top), ("--bottom", asked.bottom)):
        if number is not None and number < 1:
            message = f"{number} is no number of members, which is 1 or more"
            raise UsageError(message, where=option)


def _by_what(tree: Tree) -> UsageError:
    if not tree.segments:
        message = "this tree has no dimension whose members could be ranked"
        hint = "declare one in [sources.NAME.dimensions]"
        return UsageError(message, where=str(tree.file), hint=hint)
    hint = " or ".join(f"--by {one}" for one in tree.segments)
    return UsageError("say which dimension's members are to be ranked", hint=hint)


def _check_reference(vs: str) -> None:
    hint = "compare with a period: --vs previous"
    if vs == "target":
        raise UsageError("goals of members are shown anyway", where="--vs", hint=hint)
    if vs == "benchmark" or is_condition(vs):
        what = "a condition on rows" if is_condition(vs) else "the benchmark of the whole"
        raise UsageError(f"members are not compared with {what}", where="--vs", hint=hint)


def check_dimensions(plan: Plan, kpi: str, by: tuple[str, ...]) -> None:
    """Raises UsageError where a source that the KPI is computed from lacks a dimension.

    One that no source has is left to make_plan, which names the nearest.
    """
    sources = sources_of(plan)
    if not sources:
        raise UsageError(f"{kpi!r} is computed from assumptions: it is the same for everyone")
    for dimension in by:
        lacking = [one.id for one in sources if dimension not in one.dimensions]
        if dimension in plan.tree.segments and lacking:
            message = f"{kpi!r} reads the source {lacking[0]!r}, which has no {dimension!r}"
            hint = f"declare it in [sources.{lacking[0]}.dimensions], or rank another KPI"
            raise UsageError(message, where="--by", hint=hint)
