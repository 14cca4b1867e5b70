"""The name of a question: a digest of whatever decides its figures, but for the files' contents."""

import dataclasses
import zoneinfo
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Final

import polars as pl

from kpitree.data.request import CubeRequest
from kpitree.tree.model import Source

# What a source says of its figures once they are there.
_OF_NO_MATTER: Final[Mapping[type, frozenset[str]]] = {
    Source: frozenset({"covers", "fresh_within", "ranges"})
}


def question(request: CubeRequest, *, closed: bool, more: object = ()) -> str:
    """The same for requests that the same files answer with the same figures.

    closed: whether the periods asked for, and their days, decide them too. more: whatever else.
    """
    source = request.source
    where = str(Path(request.override or source.location).absolute())
    periods = (request.grain, request.calendar, request.days) if closed else ()
    zones = [_zone(zone) for zone in (request.timezone, source.time_zone) if zone]
    asked = (source, list(request.parts.items()), request.dimensions, request.where)
    told = _told((where, asked, request.timezone, zones, periods, more, _program(source.engine)))
    return blake2b(told.encode(), digest_size=20).hexdigest()


def _told(value: object) -> str:
    """A text that is another for every other value. Places in a tree file are no matter."""
    match value:
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case None | bool() | int() | float() | str() | date():
            return f"{type(value).__name__}:{value!r}"
        case tuple() | list():
            return f"[{','.join(map(_told, value))}]"
        case Mapping():
            return f"{{{','.join(f'{_told(key)}={_told(of)}' for key, of in value.items())}}}"
        case _ if dataclasses.is_dataclass(value):
            left_out = _OF_NO_MATTER.get(type(value), frozenset())
            fields = [
                f"{field.name}={_told(getattr(value, field.name))}"
                for field in dataclasses.fields(value)
                if field.compare and field.name not in left_out
            ]
            return f"{type(value).__name__}({','.join(fields)})"
        case _:
            raise TypeError(f"{type(value).__name__} has no name in the cache")


@cache
def _program(engine: str) -> tuple[str, ...]:
    """The programs that make the figures, and this one's own files where they are being edited."""
    rooms = (Path(__file__).parents[2] / room for room in ("data", "tree"))
    files = (file for room in rooms for file in room.rglob("*.py"))
    changed = max((file.stat().st_mtime_ns for file in files), default=0)
    own = (version("kpitree"), str(changed), pl.__version__)
    return own if engine == "polars" else (*own, version("narwhals"), version(engine))


@cache
def _zone(name: str) -> str:
    """The rules of a time zone, which change now and then."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder, name)
        if file.is_file():
            return blake2b(file.read_bytes(), digest_size=16).hexdigest()
    return version("tzdata")
