"""Rows that last from one day to another: their columns, and the measures that ask for them."""

from collections.abc import Iterator
from typing import Any

from kpitree.tree.draft import Draft, Mistake
from kpitree.tree.expressions import AGGREGATES, Call, ExpressionError, calls_in
from kpitree.tree.measures import SIGNED
from kpitree.tree.mistakes import Mistakes
from kpitree.tree.model import Leaf, Source
from kpitree.tree.positions import KeyPath

_SUCH_AS = {"time": "date", "from": "start_date", "to": "end_date"}
_IN_ORDER = frozenset({"first", "last"})


def times_of(table: dict[str, Any], key: KeyPath, mistakes: Mistakes) -> tuple[str, str | None]:
    """The columns with a row's time, or with its start and end; each mistake is noted.

    A row has one of the two. Where the file has any of `from` and `to`, there is an end, so that
    what is asked of the source is judged by what was meant.
    """
    given = [name for name in _SUCH_AS if table[name] is not None or mistakes.about((*key, name))]
    for name in given:
        if table[name] is not None and not table[name].strip():
            mistakes.add((*key, name), "this is empty")
    if given in ([], ["from"], ["to"]):
        _missing(given, key, mistakes)
    elif "time" in given and len(given) > 1:
        message = "rows have either time, or from and to; these have both"
        mistakes.add((*key, "time"), message, "rows that last have no time: leave it out")
    elif len(given) > 1 and table["from"] is not None and table["from"] == table["to"]:
        message = "from and to are the same column, so that no row would last for a day"
        mistakes.add((*key, "to"), message, "rows of one day each have: time")
    if given in ([], ["time"]):
        return table["time"] or "", None
    return table["from"] or "", table["to"] or ""


def _missing(given: list[str], key: KeyPath, mistakes: Mistakes) -> None:
    missing = {"from": "to", "to": "from"}[given[0]] if given else "time"
    hint = f'such as: {missing} = "{_SUCH_AS[missing]}"'
    if not given:
        hint += "; rows that last have from and to"
    mistakes.add(key, f"the key {missing!r} is missing", hint)


def stocks_have_rows_that_last(draft: Draft) -> Iterator[Mistake]:
    """`at` and `count_when` go with a source of spans, `time` with any other, never two of them."""
    for name, field, leaf in draft.leaves():
        source = draft.sources.get(leaf.source)
        if source is None:
            continue
        key, table = ("kpi", name), draft.tables[name]
        if source.until is None:
            yield from _of_one_day(key, table, source)
        else:
            yield from _of_spans(key, table)
            yield from _aggregates_of_spans((*key, field), leaf, source)


def _of_one_day(key: KeyPath, table: dict[str, Any], source: Source) -> Iterator[Mistake]:
    for name in ("at", "count_when"):
        if table[name] is not None:
            message = f"{name} is for rows that last, and each of {source.id!r} has one day"
            hint = (
                'rows that last have, in their source, instead of time: from = "start_date",'
                ' to = "end_date"'
            )
            yield Mistake((*key, name), message, hint)


def _of_spans(key: KeyPath, table: dict[str, Any]) -> Iterator[Mistake]:
    if table["at"] is not None and table["count_when"] is not None:
        message = "at is for what is there, count_when for what comes or goes; this has both"
        yield Mistake((*key, "count_when"), message, "keep one of them")
    if table["time"] is not None:
        hint = 'by the day they started or ended on, rows are counted with: count_when = "started"'
        yield Mistake((*key, "time"), "rows that last have from and to, not one time", hint)


def _aggregates_of_spans(key: KeyPath, leaf: Leaf, source: Source) -> Iterator[Mistake]:
    for call in _aggregates(leaf):
        if call.name in _IN_ORDER:
            rows = f"those of {source.id!r} have a start and an end"
            message = f"{call.name}() is for rows with one day each, and {rows}"
            hint = 'what is there at the end of a period is a count or sum: at = "end"'
            yield Mistake(key, inside=ExpressionError(message, call.at, hint))
        elif leaf.at == "average" and call.name not in SIGNED:
            message = f"{call.name}() has no average of the days of a period"
            hint = 'sum, count and mean have one; others are at = "end" or "start"'
            yield Mistake(key, inside=ExpressionError(message, call.at, hint))


def carried_values_are_stocks(draft: Draft) -> Iterator[Mistake]:
    """A value that holds until the next one is told is a first() or last()."""
    for name, field, leaf in draft.leaves():
        for call in _aggregates(leaf):
            if leaf.carry and call.name not in _IN_ORDER:
                message = f"only first() and last() are carried forward, not {call.name}()"
                error = ExpressionError(message, call.at, "leave out: carry = true")
                yield Mistake(("kpi", name, field), inside=error)


def _aggregates(leaf: Leaf) -> Iterator[Call]:
    return (call for call in calls_in(leaf.measure) if call.name in AGGREGATES)
