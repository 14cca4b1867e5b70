"""A request against the columns there are: conditions, moments, dimensions and parts compiled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from kpitree.data.aggregates import AtomKey, RowsOf
from kpitree.data.cube.classes import Classes, asked_by
from kpitree.data.cube.plan import BLANK_ROW, Plan
from kpitree.data.cube.sifted import Sifted, sifted_by
from kpitree.data.dialect import POLARS, Frame
from kpitree.data.dialect import Expr as Compiled
from kpitree.data.files.uses import Sought, Use, Used, by_column, used_by
from kpitree.data.moments import Forms
from kpitree.data.opening import open_rows
from kpitree.data.request import CubeRequest
from kpitree.data.rows.columns import PLURALS, Columns, Value
from kpitree.data.rows.expressions import compile_condition, compile_number, compile_row
from kpitree.data.rows.guards import guarded
from kpitree.data.rows.lookups import Joined, columns_of_lookups, join
from kpitree.data.rows.repeats import repeats_of
from kpitree.data.sources import Opened
from kpitree.errors import SourceError
from kpitree.tree.expressions import Expr, Name, names_in
from kpitree.tree.lookups import lookup_of
from kpitree.tree.measures import Part
from kpitree.tree.model import Source

Known = dict[tuple[str, Expr], Compiled]
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
    numbers = _numbers_of_rows(opened, used)
    conditions = [each for each in (source.where, by_column(request.where, source)) if each]
    early = guarded(source, conditions, request.times) & numbers.keys()
    columns.rows = _with_raw(opened, numbers, not_finite | early)
    joined: list[Joined] = []
    for step in used.steps:
        if isinstance(step, Sought):
            joined.append(join(step, columns, source))
        else:
            said = f"[sources.{source.id}.columns] {step}"
            columns.add(step, compile_row(source.columns[step], columns, said))
    floats = {name: _raw(name) for name in numbers}
    return _compiled(request, columns, floats, early, used.read, joined)


def _raw(name: str) -> str:
    return f"raw:{name}"


def _numbers_of_rows(opened: Opened, used: Used) -> dict[str, Compiled]:
    """The raw columns in use whose numbers may be NaN or infinite; texts that are read as such."""
    say, types = opened.dialect, opened.types
    floats = {name: say.col(name) for name in used.raw if name in types and types[name].is_float()}
    # Of texts that only an idle computed column takes for numbers nobody knows that they are.
    texts = (name for name in used.raw if Use.NUMBER in used.asked.get(name, ()))
    return floats | {
        name: say.number_in_text(say.col(name)) for name in texts if name in opened.texts_as_numbers
    }


def _with_raw(opened: Opened, numbers: Mapping[str, Compiled], not_finite: Iterable[str]) -> Frame:
    """The rows, their numbers under a second name, and null where they are not finite."""
    dialect = opened.dialect
    rows = opened.rows
    if opened.reading.layout is not None:
        nothing = dialect.all_of(dialect.col(name).is_null() for name in opened.types)
        rows = rows.with_columns(nothing.alias(BLANK_ROW))
    if numbers:
        rows = rows.with_columns(number.alias(_raw(name)) for name, number in numbers.items())
    for name in sorted(not_finite):
        finite = dialect.is_finite(dialect.col(_raw(name)))
        rows = rows.with_columns(dialect.when(finite).then(dialect.col(name)).alias(name))
    return rows


def _compiled(
    request: CubeRequest,
    columns: Columns,
    floats: dict[str, str],
    early: frozenset[str],
    read: Sequence[str],
    joined: Iterable[Joined],
) -> Plan:
    source = request.source
    kept = _condition(source.where, columns, f"the where of [sources.{source.id}]")
    moments = {time: _moment(time, source, columns) for time in request.times}
    dimensions = {name: _dimension(name, source, columns) for name in request.dimensions}
    known: Known = {}
    parts = {part: _rows_of(part, columns, moments[part.time], known) for part in request.parts}
    asked = _condition(by_column(request.where, source), columns, "--where")
    classes, sifted = _looks(request, columns, moments)
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
        early=early,
        joined=tuple(joined),
        repeats=repeats,
        classes=classes,
        sifted=sifted,
    )


def _looks(
    request: CubeRequest, columns: Columns, moments: Mapping[str, Value]
) -> tuple[dict[str, Classes], dict[str, Sifted]]:
    """By time column, what sorts rows into classes or sifts them, where one of them is worth it."""
    classes, sifted = {}, {}
    for time in request.additive_times if columns.dialect is POLARS else ():
        atoms, moment = request.atoms(time), moments[time]
        if asked := sifted_by(atoms, columns.opened.reading.files):
            looked = _looked(request, columns, moment, atoms, asked)
            sifted[time] = Sifted(*looked, (moment.expr, moment.dtype))
        elif asked := asked_by(atoms):
            classes[time] = Classes(*_looked(request, columns, moment, atoms, asked))
    return classes, sifted


def _looked(
    request: CubeRequest,
    columns: Columns,
    moment: Value,
    atoms: Mapping[AtomKey, Part],
    asked: Iterable[Expr],
) -> tuple[dict[Expr, Compiled], dict[Expr | None, RowsOf]]:
    """What is asked of each row, compiled, and what is aggregated, without conditions."""
    used = f"the where of [sources.{request.source.id}]'s leaves"
    answers = {one: compile_condition(one, columns, used) for one in asked}
    plain = {part.argument: replace(part, where=None) for part in atoms.values()}
    values = {argument: _rows_of(part, columns, moment, {}) for argument, part in plain.items()}
    values.setdefault(None, RowsOf(None, None, moment.expr))
    return answers, values


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


def _rows_of(part: Part, columns: Columns, moment: Value, known: Known) -> RowsOf:
    """known: what was compiled for other parts, of which many have a condition in common."""
    used = spoken(part)
    every = value = None
    if part.where is not None:
        if ("where", part.where) not in known:
            known["where", part.where] = _every(part.where, columns, f"the where of {used}")
        every = known["where", part.where]
    if part.argument is not None:
        kind = "value" if part.function in _AS_THEY_ARE else "number"
        if (kind, part.argument) not in known:
            known[kind, part.argument] = _value(kind, part.argument, columns, used)
        value = known[kind, part.argument]
    counted = value if every is None or value is None else columns.dialect.when(every).then(value)
    return RowsOf(every, counted, moment.expr)


def _every(where: Expr, columns: Columns, used: str) -> Compiled:
    every = compile_condition(where, columns, used)
    return every if names_in(where) else columns.hidden(every)


def _value(kind: str, argument: Expr, columns: Columns, used: str) -> Compiled:
    if kind == "value":
        value = compile_row(argument, columns, used).expr
    else:
        value = compile_number(argument, columns, used)
    return value if names_in(argument) else columns.hidden(value)


def spoken(part: Part) -> str:
    """A part for people: sum(amount)."""
    match part.argument:
        case None:
            return f"{part.function}()"
        case Name(id=column):
            return f"{part.function}({column})"
        case _:
            return f"{part.function}(…)"
