"""From a spreadsheet to a tree file: the sheet is read, made a tree, and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from kpitree.calendar import Calendar, Span
from kpitree.data.sheets import read_actuals, read_sheet
from kpitree.data.starting.looking import Look, look_into
from kpitree.errors import Notice, UsageError, did_you_mean
from kpitree.tree.model import Source, Tree
from kpitree.tree.read import load_tree
from kpitree.tree.sheets.actuals import SOURCE
from kpitree.tree.sheets.importing import Imported, Wishes, import_sheet
from kpitree.tree.sheets.sheet import Sheet, listed

MOST_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What is asked for. table: the spreadsheet; "-" is standard input. tree: the file to be.

    sheet: of a workbook. root: the goal. decimal: "." or ",". period: of the actual values.
    data: source -> a file with its rows. times: source -> the column that dates them.
    like: a tree file whose sources, calendar and currency are meant.
    """

    table: str
    tree: Path
    sheet: str | None = None
    root: str | None = None
    decimal: str | None = None
    period: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, str] = field(default_factory=dict)
    like: Path | None = None


def import_table(wanted: Import) -> Imported:
    """The text of the tree file, and the lines of the table of actuals beside it.

    Raises:
        SourceError: the table, or a file of data, is missing or unreadable.
        TreeErrors: the table is no tree; every mistake with its row and column.
        UsageError: a period that is none, or data without one column that can date them.
    """
    like = None if wanted.like is None else load_tree(wanted.like)
    sheet = read_sheet(wanted.table, wanted.sheet, wanted.decimal)
    looks = {name: look_into(file, file) for name, file in wanted.data.items()}
    stem = wanted.tree.stem
    found = import_sheet(
        sheet,
        Wishes(
            name=stem.replace("_", " ").replace("-", " ").strip().capitalize() or stem,
            root=wanted.root,
            decimal=wanted.decimal,
            sources={name: _source(name, looks[name], wanted) for name in wanted.data},
            like=None if like is None else _moved(like, wanted.tree.parent),
            actuals=actuals_of(wanted.tree).name,
            period=_period(wanted.period, like),
        ),
        wanted.tree,
    )
    guessed = _guessed_encodings(sheet, looks)
    return replace(
        found, notices=(*found.notices, *guessed, *_missing_actuals(like, found, wanted))
    )


def _missing_actuals(like: Tree | None, found: Imported, wanted: Import) -> tuple[Notice, ...]:
    """The table of actuals of the other tree, where the new one reads it and it is not there."""
    source = None if like is None else like.sources.get(SOURCE)
    if source is None or SOURCE in wanted.data or found.actuals or not source.location:
        return ()
    if "://" in source.location or any(sign in source.location for sign in "*?["):
        return ()
    if Path(source.location).exists():
        return ()
    message = f"the source {SOURCE} is {source.location}, and there is no such file"
    return (Notice(code="actuals_missing", message=message, source=SOURCE),)


def _guessed_encodings(sheet: Sheet, looks: Mapping[str, Look]) -> tuple[Notice, ...]:
    """Where the letters are no UTF-8, and nothing says what they are."""
    found = []
    if sheet.encoding is not None:
        message = f"the letters of {sheet.shown} are read as {sheet.encoding}"
        message += "; if they look wrong, save it as UTF-8"
        found.append(Notice(code="encoding", message=message))
    for name, look in looks.items():
        if look.encoding is not None:
            message = f"the letters of the source {name!r} are read as {look.encoding}"
            message += "; if they look wrong, change `encoding`"
            found.append(Notice(code="encoding", message=message, source=name))
    return tuple(found)


def actuals_of(tree: Path) -> Path:
    """The table of actuals beside a tree file."""
    return tree.with_name(f"{tree.stem}_actuals.csv")


def _period(period: str | None, like: Tree | None) -> Span | None:
    """The period of the actual values, which is one of the tree's grain."""
    if period is None:
        return None
    span = (Calendar() if like is None else like.calendar).parse(period)
    if span.grain is None:
        raise UsageError(
            f"{span.label} is no single period",
            where="--period",
            hint="a month, a quarter, a year, a week or a day: 2026-10, 2026-Q4, 2026",
        )
    if like is not None and span.grain is not like.grain:
        raise UsageError(
            f"{span.label} is a {span.grain}, and the tree of --like is measured by {like.grain}",
            where="--period",
            hint=f"name a {like.grain}",
        )
    return span


def actuals_to_write(file: Path, found: Imported) -> Imported:
    """Without lines where the table that is there has values: those are kept, and that is said.

    Raises SourceError where it cannot be read.
    """
    if not found.actuals or not file.exists():
        return found
    table = read_actuals(file)
    if not table.filled:
        return found
    missing = [one.kpi for one in found.actuals if one.kpi not in table.kpis]
    message = f"{file} has values and is kept as it is"
    if missing:
        message += f"; add lines for {listed(missing)}"
    if any(one.value is not None for one in found.actuals):
        message += "; the column actual is not written there"
    message += ": check covers in the tree file"
    notice = Notice(code="actuals_kept", message=message)
    kept = tuple(one for one in found.notices if one.code != "actuals")
    return replace(found, actuals=(), notices=(*kept, notice))


def _source(name: str, look: Look, wanted: Import) -> dict[str, Any]:
    """The [sources.NAME] of a file: its time is the column told, or the only one that can be."""
    file, told = wanted.data[name], wanted.times.get(name)
    known = look.columns["column"].to_list()
    if told is not None and told not in known:
        hint = did_you_mean(told, known)
        raise UsageError(f"{file} has no column {told!r}", where="--time", hint=hint)
    dated = look.columns.filter(look.columns["first"].is_not_null())
    columns = dated["column"].to_list()
    time = told or (columns[0] if len(columns) == 1 else None)
    if time is None:
        several = ", ".join(columns[:MOST_COLUMNS]) or "no column holds dates"
        message = f"which column says when a row of {name!r} was? {several}"
        example = columns[0] if columns else "COLUMN"
        raise UsageError(message, where=file, hint=f"say it: --time {name}={example}")
    table: dict[str, Any] = {"path": _from(file, wanted.tree.parent), "time": time}
    formats = dated.filter(dated["column"] == time)["formats"].to_list()
    if formats and formats[0] and "" not in formats[0]:
        table["time_format"] = formats[0][0]
    return table | ({} if look.encoding is None else {"encoding": look.encoding})


def _from(file: str, folder: Path) -> str:
    """The path of a file as a tree file in the folder names it."""
    return file if "://" in file or Path(file).is_absolute() else _relative(file, folder)


def _relative(file: str, folder: Path) -> str:
    return Path(os.path.relpath(file, folder)).as_posix()


def _moved(tree: Tree, folder: Path) -> Tree:
    """The tree with its paths as a file in another folder names them."""
    targets = tree.targets
    if targets is not None:
        targets = replace(targets, path=_path(targets.path, targets.location, folder))
    sources = {name: _source_moved(source, folder) for name, source in tree.sources.items()}
    return replace(tree, sources=sources, targets=targets)


def _source_moved(source: Source, folder: Path) -> Source:
    lookups = {
        name: replace(one, rows=_source_moved(one.rows, folder))
        for name, one in source.lookups.items()
    }
    path = _path(source.path, source.location, folder)
    return replace(source, path=path, lookups=lookups)


def _path(path: str, location: str, folder: Path) -> str:
    """location: what it leads to, from where we are; empty for tables and queries."""
    stays = not location or "://" in location or Path(path).is_absolute()
    return path if stays else _relative(location, folder)
