"""Many-to-one joins: the columns that rows have from elsewhere.

Every row has at most one match, so joining makes rows neither more nor fewer: a key that stands
twice in a lookup is refused. Rows of the lookup without a key are passed over; a row of the source
without a match stays, has no value in the looked-up columns, and is counted.

What a key is compared as: texts as they are written ("007" is not "7"; fields of CSV are texts),
numbers as numbers, dates as days. Where one side holds numbers and the other texts, a text
that is no number matches nothing. What is null matches nothing, not even null.

A lookup is read once, and only the columns of it that are asked for. It is looked through for
everything that could be wrong with it before the rows of the source are read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from kpitree.data.dialect import POLARS, Dialect, Expr, Frame
from kpitree.data.files.delimited import refuse_suspicious
from kpitree.data.files.uses import Sought, Use
from kpitree.data.moments import Forms
from kpitree.data.opening import open_rows
from kpitree.data.rows.columns import Columns, Value
from kpitree.data.rows.expressions import compile_row
from kpitree.data.rows.keys import Key, alike
from kpitree.data.rows.twins import count_of_each, first_twins, places_of
from kpitree.data.sources import Opened
from kpitree.errors import Notice, RepeatedKeyError, SourceError
from kpitree.tree.model import Lookup, Source

_RAW: Final = "raw:"
_UNMATCHED: Final = "unmatched:"
_ROWS: Final = "rows of:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A lookup whose columns the rows have.

    keyed: whether a row has a key. found: null without a match.
    notices: what the reader should know of how the lookup was read.
    """

    lookup: Lookup
    keyed: Expr
    found: Expr
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """A lookup opened and compiled.

    keys: those of the rows and of the lookup, compared as one kind. values: what is asked of it,
    by the name that it will have in the rows, with what an expression calls it. moments: likewise,
    texts that are read as dates. floats: see _finite().
    """

    columns: Columns
    keys: tuple[Key, ...]
    values: dict[str, tuple[str, Value]]
    moments: dict[str, tuple[str, Value]]
    floats: tuple[str, ...]


def join(sought: Sought, columns: Columns, source: Source) -> Joined:
    """Give the rows the columns that are asked of a lookup, as lookup.column.

    Raises SourceError: no such file or column, a value in it that cannot be read, keys of
    different kinds, or one that stands in it twice.
    """
    name = sought.lookup.name
    there, counts, table = _read(sought, columns, source)
    _refuse_repeated(there, sought.lookup, table, columns.opened)
    keys = [key.name for key in there.keys]
    rows = columns.rows.with_columns(
        reduce(and_, (~key.mine.is_null() for key in there.keys)).alias(f"keyed:{name}"),
        *(key.own.alias(key.name) for key in there.keys),
    )
    columns.rows = rows.join(table, on=keys, how="left")
    say, place = columns.dialect, there.columns.shown
    for out, (column, value) in there.values.items():
        columns.look_up(column, value.known_as(column, say.col(out), place))
    for out, (column, value) in there.moments.items():
        columns.look_up_moment(column, value.known_as(column, say.col(out), place))
    return Joined(
        lookup=sought.lookup,
        keyed=columns.dialect.col(f"keyed:{name}"),
        found=columns.dialect.col(f"found:{name}"),
        notices=(*there.columns.opened.notices, *_not_finite(name, source.id, counts)),
    )


def _read(
    sought: Sought,
    columns: Columns,
    source: Source,
    forms: Mapping[str, Forms] | None = None,
) -> tuple[_There, Mapping[str, pl.DataFrame], Frame]:
    """The lookup, what was counted in it, and its table: keys, values, and `found`."""
    there = _opened(sought, columns, source, forms or {})
    queries = dict(_checks(there))
    table = _table(there, sought.lookup.name)
    beside = columns.dialect.is_beside(there.columns.dialect)
    if columns.dialect is POLARS or not beside:  # beside it, it stays where it is
        queries["table"] = table
    frames = dict(zip(queries, there.columns.opened.collect(list(queries.values())), strict=True))
    reading = there.columns.opened.reading
    if reading.layout is not None and "suspicious" in frames:
        refuse_suspicious(reading.files, reading.layout, frames["suspicious"])
    if "unread" in frames:
        met = there.columns.forms_unread(frames["unread"])
        if met != (forms or {}):
            return _read(sought, columns, source, met)
        there.columns.refuse_unread(frames["unread"])
    return there, frames, columns.dialect.brought(frames["table"]) if "table" in frames else table


def _opened(sought: Sought, columns: Columns, source: Source, forms: Mapping[str, Forms]) -> _There:
    lookup, rows = sought.lookup, sought.lookup.rows
    opened = open_rows(rows, None, sought.raw)
    right = Columns(opened, columns.clock, "", rows.time_format, forms)
    floats = _finite(right, sought.raw)
    for column in sought.computed:
        said = f"[sources.{rows.id}.columns] {column}"
        right.add(column, compile_row(rows.columns[column], right, said))
    values: dict[str, tuple[str, Value]] = {}
    moments: dict[str, tuple[str, Value]] = {}
    for number, (column, uses) in enumerate(sought.columns.items()):
        asked, hidden = f"{lookup.name}.{column}", f"{lookup.name}:{number}"  # Spark splits at dots
        value = right.find(column, repr(asked))
        values[f"looked up:{hidden}"] = (asked, value)
        if Use.DATE in uses and value.kind == "text":
            moments[f"moment of:{hidden}"] = (asked, right.moment(value, repr(asked)))
    keys = tuple(_keys(lookup, source, columns, right))
    return _There(columns=right, keys=keys, values=values, moments=moments, floats=floats)


def _keys(lookup: Lookup, source: Source, left: Columns, right: Columns) -> Iterator[Key]:
    said = f"on of [sources.{source.id}.lookup.{lookup.name}]"
    for number, (own, there) in enumerate(lookup.on.items()):
        name = f"key:{lookup.name}:{number}"
        yield alike(name, (left, left.find(own, said)), (right, right.find(there, said)), said)


def _finite(columns: Columns, used: Iterable[str]) -> tuple[str, ...]:
    """Take NaN and infinities from the rows, which hold them under a second name.

    The columns that may have some: of floats, and of texts that are read as such.
    """
    say, opened = columns.dialect, columns.opened
    numbers = {
        name: say.number_in_text(say.col(name))
        if name in opened.texts_as_numbers
        else say.col(name)
        for name in used
        if name in opened.texts_as_numbers
        or (name in opened.types and opened.types[name].is_float())
    }
    if numbers:
        rows = columns.rows.with_columns(n.alias(_RAW + name) for name, n in numbers.items())
        columns.rows = rows.with_columns(
            say.when(say.is_finite(say.col(_RAW + name))).then(say.col(name)).alias(name)
            for name in numbers
        )
    return tuple(numbers)


def _checks(there: _There) -> Iterator[tuple[str, Frame]]:
    """What has to be known of a lookup before it is used."""
    columns, say = there.columns, there.columns.dialect
    if columns.unread:
        yield "unread", columns.rows.select(one.count(say) for one in columns.unread)
    if there.floats:
        raws = ((name, say.col(_RAW + name)) for name in there.floats)
        counted = (say.how_many(~say.is_finite(raw)).alias(name) for name, raw in raws)
        yield "finite", columns.rows.select(counted)
    if columns.opened.suspicious is not None:
        yield "suspicious", columns.opened.suspicious


def _table(there: _There, name: str) -> Frame:
    """One row for each row of the lookup with a key: the key, what is asked for, `found`."""
    say = there.columns.dialect
    rows = there.columns.rows.select(
        *(key.theirs.alias(key.name) for key in there.keys),
        *(value.expr.alias(out) for out, (_, value) in (there.values | there.moments).items()),
        say.lit(1, pl.Int64()).alias(f"found:{name}"),
    )
    return rows.filter(reduce(and_, (~say.col(key.name).is_null() for key in there.keys)))


def _not_finite(name: str, source: str, frames: Mapping[str, pl.DataFrame]) -> Iterator[Notice]:
    if "finite" not in frames:
        return
    for column, count in frames["finite"].row(0, named=True).items():
        if count:
            values = "1 value" if count == 1 else f"{count} values"
            yield Notice(
                code="non_finite",
                message=f"{values} of '{name}.{column}' NaN or infinite: taken as no value",
                source=source,
            )


# --- keys that stand twice ------------------------------------------------------------------------


def _refuse_repeated(there: _There, lookup: Lookup, table: Frame, beside: Opened) -> None:
    """beside: the rows that look it up; the table is where they are."""
    opened, keys = there.columns.opened, [key.name for key in there.keys]
    twins = first_twins(beside, count_of_each(beside.dialect, table, keys), keys)
    if twins is None:
        return
    rows = there.columns.rows.with_columns(key.theirs.alias(key.name) for key in there.keys)
    names = list(lookup.on.values())
    raw = [name for name in names if name in opened.types and name not in lookup.rows.columns]
    first, second = places_of(opened, rows, twins, raw)
    said = ", ".join(
        f"{column} {value!r}" for column, value in zip(names, twins.values(), strict=True)
    )
    other = f"in {second}" if second != first else "in another row"
    raise RepeatedKeyError(
        f"the key {said} of the lookup {lookup.name!r} stands here and {other}",
        where=first,
        hint="each row that looks it up would count twice: keep one row for each key,"
        " or look up by more columns: on = " + _such_as(lookup),
    )


def _such_as(lookup: Lookup) -> str:
    return f"[{', '.join(f'{name!r}' for name in (*lookup.on, '…'))}]".replace("'", '"')


# --- rows without a match -------------------------------------------------------------------------


def unmatched_of(joined: Iterable[Joined], say: Dialect, blank: Expr | None) -> Iterator[Expr]:
    """How many rows have a key that a lookup does not have, and how many rows there are.

    blank: whether a row is a blank line of a CSV file, which is no row, or None.
    """
    for one in joined:
        name = one.lookup.name
        yield say.how_many(one.keyed & one.found.is_null()).alias(_UNMATCHED + name)
        rows = one.keyed | ~one.keyed if blank is None else ~blank
        yield say.how_many(rows).alias(_ROWS + name)


def unmatched_notices(source: Source, counts: pl.DataFrame) -> Iterator[Notice]:
    """Rows that look for what is not there. counts: has those of unmatched_of()."""
    for name, lookup in source.lookups.items():
        if _UNMATCHED + name not in counts:
            continue
        count, rows = (int(counts[what + name].sum()) for what in (_UNMATCHED, _ROWS))
        if count:
            has = "has" if count == 1 else "have"
            yield Notice(
                code="unmatched_keys",
                message=f"{count} of {rows} row{'s' * (rows != 1)} {has} {_a_key(lookup)}"
                f" that {lookup.rows.path} does not have",
                source=source.id,
            )


def _a_key(lookup: Lookup) -> str:
    """The key of a row, for people: an 'account_id'."""
    first, *more = lookup.on
    if more:
        return f"a combination of {', '.join(map(repr, (first, *more[:-1])))} and {more[-1]!r}"
    return f"{'an' if first[:1].lower() in 'aeiou' else 'a'} {first!r}"


# --- what might have been meant -------------------------------------------------------------------


def columns_of_lookups(source: Source) -> list[str]:
    """Every column of every lookup that can be opened, for hints, as lookup.column."""
    found = []
    for name, lookup in source.lookups.items():
        try:
            known = open_rows(lookup.rows).types
        except SourceError:
            continue  # it was not asked for; the column that is not there has to be told
        found += [f"{name}.{column}" for column in dict.fromkeys((*known, *lookup.rows.columns))]
    return found
