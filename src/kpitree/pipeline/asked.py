"""What may be asked of a KPI's change, and a pair of states taken apart as it is asked."""

from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution
from kpitree.analysis.attribution.explain import METHODS
from kpitree.errors import UsageError, did_you_mean
from kpitree.pipeline.questions import MIX_REFERENCES, ChangeQuestion
from kpitree.pipeline.sides import is_condition
from kpitree.pipeline.states import Pair
from kpitree.tree.model import Constant, Tree

MIX = "mix"  # in --order, beside the driver whose mix effect it places


def check(tree: Tree, kpi: str, asked: ChangeQuestion) -> None:
    """Raises UsageError for what the tree does not have, or what does not go together."""
    if isinstance(tree.kpi(kpi), Constant):
        raise UsageError(f"{kpi!r} is an assumption: it has no drivers", hint="choose another KPI")
    if asked.method not in METHODS:
        hint = did_you_mean(asked.method, METHODS)
        raise UsageError(f"there is no method {asked.method!r}", where="--method", hint=hint)
    if asked.mix_reference not in MIX_REFERENCES:
        hint = f"write {' or '.join(MIX_REFERENCES)}"
        message = f"mix is not measured from {asked.mix_reference!r}"
        raise UsageError(message, where="--mix-reference", hint=hint)
    if asked.order and asked.method != "sequential":
        hint = "add: --method sequential"
        raise UsageError(f"the method {asked.method} knows no order", where="--order", hint=hint)
    if asked.factors and asked.method != "log":
        hint = "add: --method log"
        raise UsageError("only the method log gives factors", where="--form", hint=hint)
    if not asked.by and (asked.mix_reference != "average" or says_mix(tree, asked)):
        where = "--mix-reference" if asked.mix_reference != "average" else "--order"
        raise UsageError("there is a mix only by segment", where=where, hint="add: --by DIMENSION")
    if asked.mix_reference == "segments" and asked.method in ("log", "sequential"):
        message = f"the method {asked.method} measures mix from the average, or from none"
        hint = "write average or none, or use --method path"
        raise UsageError(message, where="--mix-reference", hint=hint)
    for option, number in (("--depth", asked.depth), ("--top", asked.top)):
        if number is not None and number < 1:
            raise UsageError(f"{number} is no number of levels or lines", where=option)
    if asked.by and asked.depth is not None:
        hint = "--by splits the drivers; leave out one of the two"
        raise UsageError("--depth and --by cannot be combined", hint=hint)
    if asked.by and asked.vs in ("target", "benchmark"):
        hint = "compare with a period: --vs previous"
        message = f"the {asked.vs} is for the whole, so a miss cannot be split by segment"
        raise UsageError(message, where="--by", hint=hint)
    if asked.through and (asked.vs in ("target", "benchmark") or is_condition(asked.vs)):
        hint = "compare with a period: --vs last-year"
        raise UsageError(f"no periods lead from {asked.vs} on", where="--through", hint=hint)
    for dimension in asked.by:
        if dimension not in tree.segments:
            hint = did_you_mean(dimension, tree.segments) if tree.segments else ""
            hint = hint or "declare it in [sources.NAME.dimensions]"
            raise UsageError(f"there is no dimension {dimension!r}", where="--by", hint=hint)


def says_mix(tree: Tree, asked: ChangeQuestion) -> bool:
    """Whether --order places the mix effect (and no KPI of that name)."""
    return MIX in asked.order and MIX not in tree.kpis


def take_apart(found: Pair, kpi: str, asked: ChangeQuestion) -> Attribution:
    """The change between two states, by the method asked for."""
    return attribute(
        found.tree,
        kpi,
        found.before,
        found.after,
        vs=found.vs,
        method=asked.method,
        order=order_of(found.tree, asked),
        gradients=bool(asked.by),
        factors=asked.factors,
    )


def order_of(tree: Tree, asked: ChangeQuestion) -> tuple[str, ...]:
    """The drivers of --order."""
    return tuple(name for name in asked.order if name != MIX or not says_mix(tree, asked))
