"""The tree under other values: before, after, and what moved."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from kpitree.analysis.attribution import attribute
from kpitree.analysis.attribution.contract import Attribution, State
from kpitree.analysis.attribution.scope import looks_back
from kpitree.analysis.recompute import Row, above
from kpitree.analysis.variance import facts, with_status, with_variance
from kpitree.tree.expressions import Expr, Name, Number, replace_names
from kpitree.tree.model import Branch, Node, Tree

AFTER = "what if"
Why = Callable[[str, Row], str]  # KPI and the row in which it has no value -> the reason


def hidden(tree: Tree, given: Sequence[str]) -> dict[str, str]:
    """Those of the KPIs given that cannot be heard -> the one above that hides them.

    A KPI is heard when a way up from it leads to a KPI that no formula names, past none that is
    given itself: such a one no longer listens to its formula.
    """
    heard: set[str] = set()
    named = {operand for kpi in tree.kpis for operand in tree.operands(kpi)}
    waiting = [kpi for kpi in tree.kpis if kpi not in named]
    while waiting:
        one = waiting.pop()
        if one not in heard:
            heard.add(one)
            waiting += () if one in given else tree.operands(one)
    return {kpi: _nearest_above(tree, kpi, given) for kpi in given if kpi not in heard}


def _nearest_above(tree: Tree, kpi: str, given: Sequence[str]) -> str:
    """A given KPI on a way up from one that is not heard: on every such way there is one."""
    while True:
        parents = [one for one in tree.kpis if kpi in tree.operands(one)]
        found = next((one for one in parents if one in given), None)
        if found is not None:
            return found
        kpi = parents[0]


def outcomes(
    kpis: Sequence[Node],
    given: Sequence[str],
    before: Row,
    after: Row,
    targets: Row,
    ranges: Mapping[str, tuple[float, float]],
    why: Why,
) -> pl.DataFrame:
    """OUTCOMES of these KPIs, in their order.

    targets, ranges: what each is held to, before and after alike.
    """
    ids = [kpi.id for kpi in kpis]
    bounds = [ranges.get(kpi, (None, None)) for kpi in ids]
    held = pl.DataFrame(
        {
            "kpi": ids,
            "held_to": [targets.get(kpi) for kpi in ids],
            "low": [low for low, _ in bounds],
            "high": [high for _, high in bounds],
        },
        schema={"kpi": pl.String, **dict.fromkeys(("held_to", "low", "high"), pl.Float64)},
    )
    about = facts(kpis)
    states = {
        name: _state(held, row, why).pipe(with_status, about)
        for name, row in (("before", before), ("after", after))
    }
    pairs = states["after"].with_columns(reference=states["before"]["value"])
    return with_variance(pairs, about).select(
        "kpi",
        given=pl.col("kpi").is_in(list(given)),
        before="reference",
        before_reason=states["before"]["reason"],
        after="value",
        after_reason="reason",
        change="change",
        percent="percent",
        favourable="favourable",
        target="held_to",
        before_status=states["before"]["status"],
        after_status="status",
    )


def _state(held: pl.DataFrame, row: Row, why: Why) -> pl.DataFrame:
    values = [row.get(kpi) for kpi in held["kpi"]]
    reasons = [
        why(kpi, row) if value is None else None
        for kpi, value in zip(held["kpi"], values, strict=True)
    ]
    return held.with_columns(
        pl.Series("value", values, pl.Float64), pl.Series("reason", reasons, pl.String)
    )


def taken_apart(
    tree: Tree,
    kpi: str,
    operands_first: Iterable[Node],
    given: Sequence[str],
    before: State,
    after: State,
    *,
    method: str,
) -> Attribution:
    """The change of a KPI by the values given: they are its drivers, wherever they stand.

    What they do not move is a number here, so that it is no driver. `sequential` moves the
    values in the order given. Raises UsageError for an unknown method.
    """
    formulas = above(operands_first, given)
    moved = {*given, *(one.id for one in formulas)}

    def fixed(name: Name) -> Expr:
        value = None if name.id in moved else before.values.get(name.id)
        return name if value is None else Number(value, name.at)

    opened = {
        one.id: replace(one, formula=replace_names(one.formula, fixed), driver=False)
        for one in formulas
    }
    ends = {name: replace(tree.kpis[name], driver=True) for name in given}
    tree = replace(tree, kpis={**tree.kpis, **opened, **ends})
    order = _in_order(tree, kpi, given) if method == "sequential" else ()
    found = attribute(tree, kpi, before, after, vs="what-if", method=method, order=order)
    lines = [one for one in found.lines if one.kpi in moved or one.effect != "driver"]
    return replace(found, lines=tuple(lines))


def _in_order(tree: Tree, kpi: str, given: Sequence[str]) -> tuple[str, ...]:
    """The drivers of a KPI: first those given, as they were given."""
    found = dict.fromkeys(_drivers(tree, kpi))
    return (*(one for one in given if one in found), *(one for one in found if one not in given))


def _drivers(tree: Tree, kpi: str) -> Iterator[str]:
    waiting, seen = [kpi], {kpi}
    while waiting:
        one = waiting.pop()
        operands = () if one != kpi and tree.kpis[one].driver else tree.operands(one)
        node = tree.kpis[one]
        if not operands or (isinstance(node, Branch) and looks_back(node)):
            yield one
            continue
        waiting += (name for name in reversed(operands) if name not in seen)
        seen.update(operands)
