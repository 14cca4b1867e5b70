"""`kpitree cache`: what is kept of data that was read, and how to be rid of it."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpitree.cli import console
from kpitree.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpitree.data.cache.store import Held, Store

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="What is kept of data that was read.",
)

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


class Form(StrEnum):
    """How the state of the cache is told."""

    TABLE = "table"
    JSON = "json"


@app.command("info")
def info(
    form: Annotated[Form, typer.Option("--format", "-f", help="For people, or for programs.")] = (
        Form.TABLE
    ),
) -> None:
    """Where the cache is, how much it holds, and how much it may.

    \b
    Examples:
      kpitree cache info
      kpitree cache info --format json | jq .bytes
    """
    store = _store()
    held = _listed(store)
    match form:
        case Form.JSON:
            told = _for_programs(store, held)
            console.answer(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        case Form.TABLE:
            lines = _for_people(store, held)
            wide = max(map(len, lines))
            console.answer("".join(f"{name:{wide}}  {said}\n" for name, said in lines.items()))


@app.command("clear")
def clear() -> None:
    """Remove all that is kept; the next runs read the data anew.

    \b
    Example:
      kpitree cache clear
    """
    store = _store()
    try:
        removed = store.clear()
    except OSError as error:
        raise _refused(store.folder, error) from error
    entries = sum(each.finished for each in removed)
    said = "1 entry" if entries == 1 else f"{entries:,} entries"
    console.answer(f"removed {said}, {size_said(sum(each.size for each in removed))}\n")


def _store() -> "Store":
    """Also where the environment turns it off: what is there is there."""
    from kpitree.data.cache.folder import FOLDER, bound, folder
    from kpitree.data.cache.store import Store

    place = folder()
    if place is None:
        raise UsageError("there is no home folder to keep anything in", hint=f"set {FOLDER}")
    return Store(place, bound())


def _listed(store: "Store") -> "list[Held]":
    try:
        return store.held()
    except OSError as error:
        raise _refused(store.folder, error) from error


def _refused(folder: Path, error: OSError) -> OutputError:
    return OutputError(f"the cache is out of reach: {error.strerror or error}", where=str(folder))


def _for_programs(store: "Store", held: "Sequence[Held]") -> dict[str, str | int | bool | None]:
    from kpitree.data.cache.folder import is_on

    return {
        "schema_version": 1,
        "folder": str(store.folder),
        "entries": sum(each.finished for each in held),
        "bytes": sum(each.size for each in held),
        "bound": store.bound,
        "last_used": _last_used(held),
        "enabled": is_on(),
    }


def _for_people(store: "Store", held: "Sequence[Held]") -> dict[str, str]:
    from kpitree.data.cache.folder import OFF, is_on

    size = size_said(sum(each.size for each in held))
    return {
        "folder": str(store.folder),
        "entries": f"{sum(each.finished for each in held):,}",
        "size": f"{size} of at most {size_said(store.bound)}",
        "last used": _last_used(held) or "never",
        "in use": "yes" if is_on() else f"no: {OFF} is set",
    }


def _last_used(held: "Sequence[Held]") -> str | None:
    last = max((each.used for each in held if each.finished), default=None)
    return None if last is None else _moment(last)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(sep=" ", timespec="seconds")


def size_said(size: int) -> str:
    """999 bytes, 12.3 MB, 123 MB; in powers of 1024."""
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    if unit == 0:
        return "1 byte" if size == 1 else f"{size:,} bytes"
    return f"{amount:.{0 if amount >= 100 else 1}f} {_UNITS[unit]}"
