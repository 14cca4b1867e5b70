"""Whether the parts of a tree fit together. To add a check: a function, and a line in CHECKS.

Each check sees the whole draft and yields its mistakes; all run, whatever the others found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpitree.errors import did_you_mean
from kpitree.tree.expressions import Call, Expr, ExpressionError, Name, calls_in, names_in, walk
from kpitree.tree.graph import first_loop
from kpitree.tree.model import Branch, Leaf, Node, Source
from kpitree.tree.positions import KeyPath


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where and what; `inside` is the ExpressionError when it has a caret."""

    key: KeyPath
    message: str = ""
    hint: str = ""
    inside: ExpressionError | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A tree file read as far as it could be.

    names: every [kpi.name] of the file, also those whose own table has mistakes.
    kpis, sources: those that could be built. tables: the raw values of [tree], [calendar], KPIs.
    """

    names: tuple[str, ...]
    kpis: dict[str, Node]
    sources: dict[str, Source]
    tree: dict[str, Any]
    calendar: dict[str, Any]
    tables: dict[str, dict[str, Any]]

    def dimensions(self) -> list[str]:
        """Every declared dimension, each once, in the order of the file."""
        return list(dict.fromkeys(name for one in self.sources.values() for name in one.dimensions))

    def operands(self) -> dict[str, tuple[str, ...]]:
        return {
            name: names_in(kpi.formula) if isinstance(kpi, Branch) else ()
            for name, kpi in self.kpis.items()
        }

    def tops(self) -> list[str]:
        """The KPIs that feed no other, in the order of the file."""
        fed = {name for names in self.operands().values() for name in names}
        return [name for name in self.kpis if name not in fed]


def there_are_kpis(draft: Draft) -> Iterator[Mistake]:
    if not draft.names:
        yield Mistake((), "the file has no KPI", 'such as: [kpi.revenue]  measure = "sum(amount)"')


def operands_are_kpis(draft: Draft) -> Iterator[Mistake]:
    for name, kpi in draft.kpis.items():
        if isinstance(kpi, Branch):
            key, text = ("kpi", name, "formula"), draft.tables[name]["formula"]
            for unknown in _unknown(kpi.formula, draft.names):
                message = f"there is no KPI {unknown.id!r}"
                hint = did_you_mean(unknown.id, draft.names)
                yield Mistake(key, inside=(text, ExpressionError(message, unknown.at, hint)))


def _unknown(expr: Expr, known: tuple[str, ...]) -> Iterator[Name]:
    seen: set[str] = set()
    for node in walk(expr):
        if isinstance(node, Name) and node.id not in known and node.id not in seen:
            seen.add(node.id)
            yield node


def leaves_have_sources(draft: Draft) -> Iterator[Mistake]:
    for name, table in draft.tables.items():
        source = table["source"]
        if source is not None and source not in draft.sources:
            hint = did_you_mean(source, draft.sources) or "declare it: [sources.NAME]"
            yield Mistake(("kpi", name, "source"), f"there is no source {source!r}", hint)


def measures_aggregate(draft: Draft) -> Iterator[Mistake]:
    """A measure without an aggregate is a number of its own: a value."""
    for name, kpi in draft.kpis.items():
        if isinstance(kpi, Leaf) and not list(calls_in(kpi.measure)):
            key, text = ("kpi", name, "measure"), draft.tables[name]["measure"]
            error = ExpressionError(
                "a measure aggregates rows, and this does not",
                (0, len(text)),
                "a plain number is a value: value = ...",
            )
            yield Mistake(key, inside=(text, error))


def no_loops(draft: Draft) -> Iterator[Mistake]:
    """No KPI is computed from itself, however indirectly."""
    if loop := first_loop(draft.operands()):
        key = ("kpi", loop[0], "formula")
        yield Mistake(key, f"the formulas go round in a circle: {' -> '.join(loop)}")


def root_is_a_kpi(draft: Draft) -> Iterator[Mistake]:
    root = draft.tree["root"]
    if root is not None and root not in draft.names:
        yield Mistake(
            ("tree", "root"), f"there is no KPI {root!r}", did_you_mean(root, draft.names)
        )
    tops = draft.tops()
    unfinished = len(draft.kpis) < len(draft.names)
    if root is None and len(tops) > 1 and not unfinished:
        message = f"several KPIs feed no other: {', '.join(tops[:6])}; which one is the goal?"
        yield Mistake(("tree",), message, f'write in [tree]: root = "{tops[0]}"')


def names_of_kpis_exist(draft: Draft) -> Iterator[Mistake]:
    for name, table in draft.tables.items():
        named = [("leads", lead) for lead in table["leads"]]
        if table["counterweight"] is not None:
            named.append(("counterweight", table["counterweight"]))
        for field, kpi in named:
            if kpi not in draft.names:
                hint = did_you_mean(kpi, draft.names)
                yield Mistake(("kpi", name, field), f"there is no KPI {kpi!r}", hint)


def segments_are_dimensions(draft: Draft) -> Iterator[Mistake]:
    known = draft.dimensions()
    for segment in draft.tree["segments"] or ():
        if segment not in known:
            hint = did_you_mean(segment, known) or "declare it in [sources.NAME.dimensions]"
            yield Mistake(("tree", "segments"), f"no source has the dimension {segment!r}", hint)


def dimensions_have_plain_names(draft: Draft) -> Iterator[Mistake]:
    for source in draft.sources.values():
        for name in source.dimensions:
            if not name.isidentifier():
                key = ("sources", source.id, "dimensions", name)
                yield Mistake(key, f"{name!r} is not a plain name", "letters, digits and _ only")


def zones_exist(draft: Draft) -> Iterator[Mistake]:
    zones: list[tuple[KeyPath, str | None]] = [
        (("calendar", "timezone"), draft.calendar["timezone"]),
        *((("sources", one.id, "time_zone"), one.time_zone) for one in draft.sources.values()),
    ]
    for key, zone in zones:
        if zone is not None and not _is_zone(zone):
            yield Mistake(key, f"there is no time zone {zone!r}", "such as: Europe/Berlin or UTC")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def computed_columns_come_before_use(draft: Draft) -> Iterator[Mistake]:
    """A computed column may use earlier ones; a later one would be a circle."""
    for source in draft.sources.values():
        names = list(source.columns)
        for at, (column, expr) in enumerate(source.columns.items()):
            for used in names_in(expr):
                if used in names[at + 1 :]:
                    key = ("sources", source.id, "columns", column)
                    yield Mistake(
                        key, f"{column!r} uses {used!r}, which is computed later", "put it first"
                    )


def over_time_takes_a_kpi(draft: Draft) -> Iterator[Mistake]:
    """prev(x) and its kin look up another period's value, so x is a KPI with a name."""
    over_time = ("prev", "rolling_sum", "rolling_mean", "year_to_date")
    for name, kpi in draft.kpis.items():
        if not isinstance(kpi, Branch):
            continue
        for call in calls_in(kpi.formula):
            if call.name in over_time and not isinstance(call.args[0], Name):
                yield _not_a_kpi(name, call, draft.tables[name]["formula"])


def _not_a_kpi(name: str, call: Call, text: str) -> Mistake:
    hint = "give the expression a KPI of its own"
    error = ExpressionError(f"{call.name}() takes the name of a KPI", call.at, hint)
    return Mistake(("kpi", name, "formula"), inside=(text, error))


CHECKS: list[Callable[[Draft], Iterator[Mistake]]] = [
    there_are_kpis,
    operands_are_kpis,
    leaves_have_sources,
    measures_aggregate,
    no_loops,
    root_is_a_kpi,
    names_of_kpis_exist,
    segments_are_dimensions,
    dimensions_have_plain_names,
    zones_exist,
    computed_columns_come_before_use,
    over_time_takes_a_kpi,
]
