"""A request against the columns there are: conditions, moments, dimensions and parts compiled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import and_
from types import MappingProxyType
from typing import Final

from kpitree.data.aggregates import RowsOf
from kpitree.data.classes import Classes, asked_by
from kpitree.data.columns import PLURALS, Columns, Value
from kpitree.data.dialect import POLARS, Frame
from kpitree.data.dialect import Expr as Compiled
from kpitree.data.lookups import Joined, columns_of_lookups, join
from kpitree.data.moments import Forms
from kpitree.data.opening import open_rows
from kpitree.data.plan import BLANK_ROW, Plan
from kpitree.data.repeats import repeats_of
from kpitree.data.request import CubeRequest
from kpitree.data.rows import compile_condition, compile_number, compile_row
from kpitree.data.sources import Opened
from kpitree.data.uses import Sought, by_column, used_by
from kpitree.errors import SourceError
from kpitree.tree.expressions import Expr, Name, names_in
from kpitree.tree.lookups import lookup_of
from kpitree.tree.measures import Part
from kpitree.tree.model import Source

_AS_THEY_ARE: Final = frozenset({"count", "n_unique"})  # any kind of value will do


def make_plan(
    request: CubeRequest,
    not_finite: frozenset[str] = frozenset(),
    forms: Mapping[str, Forms] = MappingProxyType({}),
) -> Plan:
    """Open the source and compile the request against its columns; reads samples at most.

    not_finite: raw columns whose NaN and infinities are to be taken as null. forms: see Columns.
    Raises SourceError: no such file or column, or a column of the wrong kind. TreeError: see
    compile_row.
    """
    source = request.source
    used = used_by(source, request.parts, request.dimensions, request.where)
    opened = open_rows(source, request.override, used.raw, request.files)
    clock = opened.dialect.clock(request.timezone, source.time_zone)
    columns = Columns(opened, clock, source.time, source.time_format, forms, source.until)
    columns.elsewhere = lambda: columns_of_lookups(source)
    floats = {name: f"raw:{name}" for name in used.raw if _is_float(opened, name)}
    columns.rows = _with_raw(opened, floats, not_finite)
    joined: list[Joined] = []
    for step in used.steps:
        if isinstance(step, Sought):
            joined.append(join(step, columns, source))
        else:
            said = f"[sources.{source.id}.columns] {step}"
            columns.add(step, compile_row(source.columns[step], columns, said))
    return _compiled(request, columns, floats, used.read, joined)


def _with_raw(opened: Opened, floats: Mapping[str, str], not_finite: Iterable[str]) -> Frame:
    """The rows, their floats under a second name, and null where they are not finite."""
    dialect = opened.dialect
    rows = opened.rows
    if opened.reading.layout is not None:
        nothing = reduce(and_, (dialect.col(name).is_null() for name in opened.types))
        rows = rows.with_columns(nothing.alias(BLANK_ROW))
    if floats:
        rows = rows.with_columns(dialect.col(name).alias(raw) for name, raw in floats.items())
    for name in not_finite:
        number = dialect.col(name)
        finite = dialect.when(dialect.is_finite(number)).then(number)
        rows = rows.with_columns(finite.alias(name))
    return rows


def _is_float(opened: Opened, name: str) -> bool:
    return name in opened.types and opened.types[name].is_float()


def _compiled(
    request: CubeRequest,
    columns: Columns,
    floats: dict[str, str],
    read: Sequence[str],
    joined: Iterable[Joined],
) -> Plan:
    source = request.source
    kept = _condition(source.where, columns, f"the where of [sources.{source.id}]")
    moments = {time: _moment(time, source, columns) for time in request.times}
    dimensions = {name: _dimension(name, source, columns) for name in request.dimensions}
    parts = {part: _rows_of(part, columns, moments[part.time]) for part in request.parts}
    asked = _condition(by_column(request.where, source), columns, "--where")
    classes = _classes(request, columns, moments)
    rows = columns.rows if kept is None else columns.rows.filter(kept)
    repeats = repeats_of(source, columns, rows, read) if source.unique_by else None
    if repeats is not None:
        rows = columns.dialect.once(repeats.rows, list(repeats.keys.values()))
    chosen = rows if asked is None else rows.filter(asked)
    if source.until is not None:  # what never started did not end either
        chosen = chosen.filter(~moments[source.time].expr.is_null())
    return Plan(
        request=request,
        columns=columns,
        rows=rows,
        chosen=chosen,
        moments=moments,
        dimensions=dimensions,
        parts=parts,
        floats=floats,
        joined=tuple(joined),
        repeats=repeats,
        classes=classes,
    )


def _classes(
    request: CubeRequest, columns: Columns, moments: Mapping[str, Value]
) -> dict[str, Classes]:
    """By time column, what sorts rows into classes, where that is worth it."""
    found = {}
    for time in request.additive_times if columns.dialect is POLARS else ():
        atoms = request.atoms(time)
        asked = asked_by(atoms)
        if asked is not None:
            used = f"the where of [sources.{request.source.id}]'s leaves"
            answers = {one: compile_condition(one, columns, used) for one in asked}
            plain = {part.argument: replace(part, where=None) for part in atoms.values()}
            values = {
                argument: _rows_of(part, columns, moments[time]) for argument, part in plain.items()
            }
            values.setdefault(None, RowsOf(None, None, moments[time].expr))
            found[time] = Classes(answers, values)
    return found


def _condition(expr: Expr | None, columns: Columns, used: str) -> Compiled | None:
    return None if expr is None else compile_condition(expr, columns, used)


def _moment(time: str, source: Source, columns: Columns) -> Value:
    lasts = {} if source.until is None else {source.time: "from", source.until: "to"}
    used = f"{lasts.get(time, 'time')} = {time!r}"
    return columns.moment(columns.find(time, f"{used} of [sources.{source.id}]"), used)


def _dimension(name: str, source: Source, columns: Columns) -> Compiled:
    value = columns.find(source.dimensions[name], f"the dimension {name!r}")
    if value.kind == "other":
        raise SourceError(
            f"{value.said} holds {PLURALS[value.kind]}, so it cannot be the dimension {name!r}",
            where=columns.shown,
        )
    text = columns.text(value)
    own = value.column not in source.columns and lookup_of(source, value.column) is None
    if columns.opened.reading.layout is not None and own:
        return text  # an empty field of CSV is null already
    return columns.dialect.when(text != columns.dialect.lit("")).then(text)  # type: ignore[no-any-return] # see Dialect.when


def _rows_of(part: Part, columns: Columns, moment: Value) -> RowsOf:
    used = spoken(part)
    every = _condition(part.where, columns, f"the where of {used}")
    if every is not None and part.where is not None and not names_in(part.where):
        every = columns.hidden(every)
    if part.argument is None:
        return RowsOf(every, None, moment.expr)
    if part.function in _AS_THEY_ARE:
        value = compile_row(part.argument, columns, used).expr
    else:
        value = compile_number(part.argument, columns, used)
    if not names_in(part.argument):
        value = columns.hidden(value)
    counted = value if every is None else columns.dialect.when(every).then(value)
    return RowsOf(every, counted, moment.expr)


def spoken(part: Part) -> str:
    """A part for people: sum(amount)."""
    match part.argument:
        case None:
            return f"{part.function}()"
        case Name(id=column):
            return f"{part.function}({column})"
        case _:
            return f"{part.function}(…)"
