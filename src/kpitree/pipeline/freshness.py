"""How old the data is on the day asked for, and which KPIs rest on data that is too old."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from kpitree.analysis.moments import Coverage
from kpitree.errors import Notice
from kpitree.pipeline.plan import Plan
from kpitree.tree.model import Branch, Leaf, Tree


@dataclass(frozen=True, slots=True)
class Freshness:
    """Which KPIs rest on data that is too old, and what is said of it.

    kpis: None without as_of, or where no source that was read says how fresh it is to be.
    """

    kpis: frozenset[str] | None
    notices: tuple[Notice, ...]


def freshness(plan: Plan, coverage: Mapping[str, Coverage], as_of: date | None) -> Freshness:
    """Of all that was read for a plan."""
    if as_of is None or all(plan.tree.sources[one].fresh_within is None for one in plan.parts):
        return Freshness(None, ())
    stale = _stale_sources(plan.tree, _ages(coverage, as_of))
    return Freshness(_stale_kpis(plan, stale), tuple(_notices(plan.tree, stale, as_of)))


def _ages(coverage: Mapping[str, Coverage], as_of: date) -> dict[str, int]:
    """Source -> days from its last covered day to as_of: 1 when it goes to the day before."""
    return {name: (as_of - one.last).days for name, one in coverage.items()}


def _stale_sources(tree: Tree, old: Mapping[str, int]) -> dict[str, int]:
    """The sources older than their `fresh_within` allows, with their age in days."""
    found: dict[str, int] = {}
    for name, age in old.items():
        limit = tree.sources[name].fresh_within
        if limit is not None and age > limit:
            found[name] = age
    return found


def _stale_kpis(plan: Plan, stale: Mapping[str, int]) -> frozenset[str]:
    """The KPIs of a plan that any stale source feeds, however far down."""
    found: set[str] = set()
    for name, kpi in plan.nodes.items():  # operands first
        match kpi:
            case Leaf(source=source):
                is_stale = source in stale
            case Branch(measured=Leaf(source=source)):
                is_stale = source in stale
            case _:
                is_stale = any(one in found for one in plan.tree.operands(name))
        if is_stale:
            found.add(name)
    return frozenset(found)


def _notices(tree: Tree, stale: Mapping[str, int], as_of: date) -> Iterator[Notice]:
    """One a stale source: how old it is, and how old it may be."""
    for name, age in stale.items():
        limit = tree.sources[name].fresh_within
        days = "1 day" if age == 1 else f"{age} days"
        message = f"{name} is stale: {days} old on {as_of}, and fresh within {limit} d"
        yield Notice(code="stale", message=message, source=name)
