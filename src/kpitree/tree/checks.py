"""Whether the parts of a tree fit together. To add a check: a function, and a line in CHECKS.

Each check sees the whole draft and yields its mistakes; all run, whatever the others found.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from kpitree.errors import did_you_mean
from kpitree.tree.draft import ALL, Draft, Mistake
from kpitree.tree.expressions import (
    AGGREGATES,
    OVER_TIME,
    Call,
    Expr,
    ExpressionError,
    Name,
    calls_in,
    walk,
)
from kpitree.tree.graph import first_loop
from kpitree.tree.lookups import (
    computed_columns_come_before_use,
    looked_up_columns_have_a_lookup,
    lookups_come_before_use,
)
from kpitree.tree.model import Branch, DataTarget, Leaf
from kpitree.tree.stocks import carried_values_are_stocks, stocks_have_rows_that_last

MAX_LOOP: Final = 8  # KPIs of a circle shown


def there_are_kpis(draft: Draft) -> Iterator[Mistake]:
    """A file without a KPI is no tree."""
    if not draft.names and "kpi" not in draft.unread:
        yield Mistake((), "the file has no KPI", "a KPI is a table such as: [kpi.revenue]")


def operands_are_kpis(draft: Draft) -> Iterator[Mistake]:
    """A formula names KPIs of this file."""
    known = frozenset(draft.names)
    for name, kpi in draft.kpis.items():
        if isinstance(kpi, Branch):
            for unknown in _unknown(kpi.formula, known):
                message = f"there is no KPI {unknown.id!r}"
                hint = did_you_mean(unknown.id, draft.names)
                error = ExpressionError(message, unknown.at, hint)
                yield Mistake(("kpi", name, "formula"), inside=error)


def _unknown(expr: Expr, known: frozenset[str]) -> Iterator[Name]:
    seen: set[str] = set()
    for node in walk(expr):
        if isinstance(node, Name) and node.id not in known and node.id not in seen:
            seen.add(node.id)
            yield node


def leaves_have_sources(draft: Draft) -> Iterator[Mistake]:
    """A measure's source is one of this file's."""
    known = frozenset((None, *draft.source_names))
    for name, table in draft.tables.items():
        source = table["source"]
        measured = table["measure"] is not None or table["measured"] is not None
        if measured and source not in known and "sources" not in draft.unread:
            hint = did_you_mean(source, draft.source_names) or f"declare it: [sources.{source}]"
            yield Mistake(("kpi", name, "source"), f"there is no source {source!r}", hint)


def measures_aggregate(draft: Draft) -> Iterator[Mistake]:
    """A measure without an aggregate is a number of its own: a value."""
    for name, field, leaf in draft.leaves():
        if not any(call.name in AGGREGATES for call in calls_in(leaf.measure)):
            hint = "a plain number is a value: value = ..."
            error = ExpressionError("a measure aggregates rows, and this does not", ALL, hint)
            yield Mistake(("kpi", name, field), inside=error)


def no_loops(draft: Draft) -> Iterator[Mistake]:
    """No KPI is computed from itself, however indirectly."""
    if loop := first_loop(draft.operands()):
        key = ("kpi", loop[0], "formula")
        shown = loop if len(loop) <= MAX_LOOP else [*loop[:MAX_LOOP], "...", loop[-1]]
        if len(loop) == 2:
            yield Mistake(key, f"{loop[0]!r} is computed from itself")
        else:
            message = f"the formulas go round in a circle: {' -> '.join(shown)}"
            yield Mistake(key, message, "one of them needs a measure or a value of its own")


def root_is_a_kpi(draft: Draft) -> Iterator[Mistake]:
    """There is one goal: the KPI that [tree] names, or the only one that feeds no other."""
    root = draft.tree["root"]
    if root is not None and root not in draft.names:
        yield Mistake(
            ("tree", "root"), f"there is no KPI {root!r}", did_you_mean(root, draft.names)
        )
    tops = draft.tops()
    if root is None and len(tops) > 1 and draft.is_whole():
        listed = f"{', '.join(tops[:6])}{', ...' if len(tops) > 6 else ''}"
        message = f"several KPIs feed no other: {listed}; which one is the goal?"
        yield Mistake(("tree",), message, f'write in [tree]: root = "{tops[0]}"')


def names_of_kpis_exist(draft: Draft) -> Iterator[Mistake]:
    """`leads` and `counterweight` name other KPIs of this file."""
    known = frozenset(draft.names)
    for name, table in draft.tables.items():
        named = [("leads", lead) for lead in table["leads"]]
        if table["counterweight"] is not None:
            named.append(("counterweight", table["counterweight"]))
        for field, kpi in named:
            if kpi not in known:
                hint = did_you_mean(kpi, draft.names)
                yield Mistake(("kpi", name, field), f"there is no KPI {kpi!r}", hint)
            elif kpi == name:
                yield Mistake(("kpi", name, field), "this names the KPI itself, not another one")


def segments_are_dimensions(draft: Draft) -> Iterator[Mistake]:
    """What --by offers is declared by a source."""
    known = draft.dimensions()
    for segment in draft.tree["segments"] or ():
        if segment not in known and "sources" not in draft.unread:
            hint = did_you_mean(segment, known) or "declare it in [sources.NAME.dimensions]"
            yield Mistake(("tree", "segments"), f"no source has the dimension {segment!r}", hint)


def dimensions_have_plain_names(draft: Draft) -> Iterator[Mistake]:
    """A dimension can be written in --by and --where."""
    for source in draft.sources.values():
        for name in source.dimensions:
            if not name.isidentifier():
                key = ("sources", source.id, "dimensions", name)
                yield Mistake(key, f"{name!r} is not a plain name", "letters, digits and _ only")


def zones_exist(draft: Draft) -> Iterator[Mistake]:
    """Time zones are those of the IANA database."""
    zones: list[tuple[tuple[str, ...], str | None]] = [
        (("calendar", "timezone"), draft.calendar["timezone"]),
        *((("sources", one.id, "time_zone"), one.time_zone) for one in draft.sources.values()),
    ]
    for key, zone in zones:
        if zone is not None and not _is_zone(zone):
            places = [name for name in available_timezones() if "/" in name]
            close = get_close_matches(zone, places, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "such as: Europe/Berlin or UTC"
            yield Mistake(key, f"there is no time zone {zone!r}", hint)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def plans_have_rows_of_one_day(draft: Draft) -> Iterator[Mistake]:
    """A row of a plan is for the period that holds its day."""
    for name, kpi in draft.kpis.items():
        match kpi.target:
            case DataTarget(plan=Leaf(source=source)) if source in draft.sources:
                if draft.sources[source].until is not None:
                    message = f"the rows of {source!r} last; a plan's rows are of one day each"
                    yield Mistake(("kpi", name, "target", "source"), message)


def over_time_takes_a_kpi(draft: Draft) -> Iterator[Mistake]:
    """prev(x) and its kin look up another period's value, so x is a KPI with a name."""
    for name, kpi in draft.kpis.items():
        if not isinstance(kpi, Branch):
            continue
        for call in calls_in(kpi.formula):
            if call.name in OVER_TIME and not isinstance(call.args[0], Name):
                yield _not_a_kpi(name, call)


def _not_a_kpi(name: str, call: Call) -> Mistake:
    hint = "give the expression a KPI of its own"
    error = ExpressionError(f"{call.name}() takes the name of a KPI", call.at, hint)
    return Mistake(("kpi", name, "formula"), inside=error)


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
    lookups_come_before_use,
    looked_up_columns_have_a_lookup,
    over_time_takes_a_kpi,
    stocks_have_rows_that_last,
    carried_values_are_stocks,
    plans_have_rows_of_one_day,
]
