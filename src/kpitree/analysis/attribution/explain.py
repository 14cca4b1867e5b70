"""From what a method found to lines that add up, with names, shares and warnings."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Final, cast

from kpitree.analysis.attribution.contract import CLOSING, Attribution, Line, Problem, State
from kpitree.analysis.attribution.factors import log_mean
from kpitree.analysis.attribution.lines import flows_of, lines_of, nodes_of
from kpitree.analysis.attribution.scope import Solution, WithheldError
from kpitree.analysis.attribution.unexplained import Gaps, with_gaps
from kpitree.errors import UsageError, did_you_mean
from kpitree.tree.model import Tree

Method = Callable[[Problem], Solution]


@dataclass(frozen=True, slots=True)
class _Methods(Mapping[str, Method]):
    """A method's module is loaded when the method is taken; names are known without any."""

    modules: Mapping[str, str]

    def __getitem__(self, name: str) -> Method:
        return cast("Method", import_module(self.modules[name]).solve)

    def __contains__(self, name: object) -> bool:
        return name in self.modules

    def __iter__(self) -> Iterator[str]:
        return iter(self.modules)

    def __len__(self) -> int:
        return len(self.modules)


METHODS: Final[Mapping[str, Method]] = _Methods(
    {
        "path": "kpitree.analysis.attribution.path",
        "shapley": "kpitree.analysis.attribution.shapley",
        "levels": "kpitree.analysis.attribution.levels",
        "log": "kpitree.analysis.attribution.log",
        "sequential": "kpitree.analysis.attribution.sequential",
    }
)
SMALL_CHANGE: Final = 0.01  # of the gross movement; below, shares of the change would mislead


def attribute(  # noqa: PLR0913 - the question, and what each method may be told
    tree: Tree,
    kpi: str,
    before: State,
    after: State,
    *,
    vs: str,
    method: str = "path",
    order: tuple[str, ...] = (),
    gradients: bool = False,
    factors: bool = False,
) -> Attribution:
    """Take the change of one KPI between two states apart by its drivers (semantics.md 5).

    before, after: values of (at least) the KPI and its drivers, in their own units. Where they
        have none for the KPI itself, its formula (or the limit of its 0 / 0) is taken.
    vs: what `before` is: target, previous, last-year, ...; method: a key of METHODS.
    order: drivers in the order in which `sequential` moves them.
    gradients: also give the mean gradient of every driver, as splitting by segment needs it.
    factors: give every line as a factor too (method log).

    Lines stand in tree order, depth first, and are in the unit of the KPI; what a driver carried
    over a threshold is a line of its own after it. What is measured beside a formula and not
    given by it has a line `unexplained` (unexplained.py). When the states' values of the KPI are
    not what its formula gives for another reason, as targets may, a last such line takes the gap.
    Shares are None when the change is 0 or below SMALL_CHANGE of the sum of |lines|.

    A KPI without a formula is its own only driver.

    Raises UsageError for an unknown method or KPI, an order that does not name every driver once
    or that the method does not take, and factors of another method than log. What cannot be
    taken apart gives an Attribution with a reason and no lines.
    """
    if method not in METHODS:
        raise UsageError(
            f"there is no attribution method {method!r}", hint=did_you_mean(method, METHODS)
        )
    if order and method != "sequential":
        raise UsageError(
            f"the method {method} does not move drivers in an order",
            hint="use the method sequential, or leave out the order",
        )
    if factors and method != "log":
        raise UsageError(
            f"the lines of the method {method} are no factors", hint="use the method log"
        )
    tree.kpi(kpi)
    nothing = _nothing_yet(tree, kpi, before, after, vs, method, order)
    problem = Problem(
        tree=tree, kpi=kpi, before=before, after=after, order=order, gradients=gradients
    )
    try:
        gaps = with_gaps(problem)
        found = _taken_apart(gaps, METHODS[method](gaps.problem), nothing)
        return _with_factors(found) if factors else found
    except WithheldError as error:
        return replace(nothing, reason=error.reason)


def _nothing_yet(
    tree: Tree,
    kpi: str,
    before: State,
    after: State,
    vs: str,
    method: str,
    order: tuple[str, ...],
) -> Attribution:
    """What is known of a change before it is taken apart."""
    start, finish = before.values.get(kpi), after.values.get(kpi)
    return Attribution(
        kpi=kpi,
        label=tree.kpis[kpi].label,
        unit=tree.kpis[kpi].unit,
        vs=vs,
        method=method,
        from_label=before.label,
        to_label=after.label,
        before=start,
        after=finish,
        change=_finite_change(start, finish),
        order=order,
    )


def _finite_change(start: float | None, finish: float | None) -> float | None:
    if start is None or finish is None or not math.isfinite(finish - start):
        return None
    return finish - start


def _taken_apart(gaps: Gaps, solution: Solution, nothing: Attribution) -> Attribution:
    tree = gaps.problem.tree
    start = _or(nothing.before, solution.before)
    finish = _or(nothing.after, solution.after)
    change = finish - start
    if not math.isfinite(change):
        raise WithheldError(f"the change of {nothing.label} is too large for a number")
    lines = list(lines_of(tree, solution, gaps.kpis))
    gap = change - (solution.after - solution.before)
    if abs(gap) > CLOSING * max(map(abs, (start, finish, solution.before, solution.after))):
        lines.append(_contradiction(nothing.kpi, gap, nothing.vs, gaps.problem.before.gaps))
    gross = math.fsum(abs(line.line) for line in lines)
    shares = change != 0.0 and abs(change) >= SMALL_CHANGE * gross
    flows = flows_of(tree, solution, gaps.kpis)
    return replace(
        nothing,
        before=start,
        after=finish,
        change=change,
        residual=change - math.fsum(line.line for line in lines),
        gross=gross,
        lines=tuple(replace(line, share=line.line / change) if shares else line for line in lines),
        nodes=nodes_of(solution, flows, gaps.kpis),
        flows=flows,
        gradients={
            kpi: slope
            for kpi, slope in solution.gradients.items()
            if gaps.problem.gradients and kpi not in gaps.kpis
        },
        warnings=(*gaps.warnings, *solution.warnings),
    )


def _or(own: float | None, computed: float) -> float:
    return computed if own is None else own


def _contradiction(kpi: str, gap: float, vs: str, known: Mapping[str, str]) -> Line:
    label = known.get(kpi, "targets that do not add up" if vs == "target" else "unexplained")
    return Line(kpi=kpi, label=label, effect="unexplained", before=None, after=None, line=gap)


def _with_factors(found: Attribution) -> Attribution:
    """Every line as a factor; their product is after / before."""
    assert found.before is not None
    assert found.after is not None
    for label, value in ((found.from_label, found.before), (found.to_label, found.after)):
        if value <= 0.0:
            raise WithheldError(
                f"{found.label} is not above 0 in {label}, so that its change has no factors"
            )
    mean = log_mean(found.before, found.after)
    return replace(
        found,
        lines=tuple(replace(line, factor=math.exp(line.line / mean)) for line in found.lines),
    )
