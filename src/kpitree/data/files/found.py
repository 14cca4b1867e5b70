"""Which files a source is: a file, a glob, a folder, an object store, or standard input."""

import atexit
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from glob import glob, has_magic
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from kpitree.data.files import packed
from kpitree.errors import SourceError, did_you_mean

STANDARD_INPUT: Final = "-"
FILE: Final = "file:"


class Kind(StrEnum):
    CSV = "CSV"
    PARQUET = "Parquet"
    NDJSON = "NDJSON"
    IPC = "Arrow"
    EXCEL = "Excel"
    DELTA = "Delta"
    ICEBERG = "Iceberg"


_TEXTS: Final = {
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".txt": Kind.CSV,
    ".ndjson": Kind.NDJSON,
    ".jsonl": Kind.NDJSON,
    ".json": Kind.NDJSON,  # an array of objects becomes one object a line
}
_OTHERS: Final = {
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
    ".arrow": Kind.IPC,
    ".ipc": Kind.IPC,
    ".feather": Kind.IPC,
    ".xlsx": Kind.EXCEL,
    ".xlsm": Kind.EXCEL,
    ".xlsb": Kind.EXCEL,
    ".xls": Kind.EXCEL,
    ".ods": Kind.EXCEL,
    ".metadata.json": Kind.ICEBERG,
}
ENDINGS: Final = (
    _TEXTS | _OTHERS | {text + end: kind for text, kind in _TEXTS.items() for end in packed.ENDINGS}
)
_KNOWN: Final = (
    f"known endings: {' '.join(_TEXTS)}, also with {' '.join(packed.ENDINGS)};"
    f" {' '.join(end for end in _OTHERS if end != '.metadata.json')}"
)
_FIRST_BYTES: Final = {
    b"PAR1": Kind.PARQUET,
    b"ARROW1": Kind.IPC,
    b"{": Kind.NDJSON,
    b"[{": Kind.NDJSON,
}
_DELTA_LOG: Final = "_delta_log"
_ICEBERG_FOLDER: Final = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files of one kind, read as one table.

    shown: as the user wrote it, for messages. paths: what to open, in a fixed order.
    several: whether messages have to say which. hive: whether folders named key=value are
    columns. remote: an object store or the web.
    copies: of paths that are copies made to be read, the files that they were made from.
    sheet: of workbooks, the name of the sheet that is read.
    by_file: whether rows say under FILE which path they are of, where that can be had.
    """

    kind: Kind
    shown: str
    paths: tuple[str, ...]
    several: bool = False
    hive: bool = False
    remote: bool = False
    copies: Mapping[str, str] = field(default_factory=dict, hash=False)
    sheet: str | None = None
    by_file: bool = False

    @property
    def path_column(self) -> str | None:
        """The column that says which path a row is of, for the scans of polars."""
        return FILE if self.by_file else None

    @property
    def found(self) -> tuple[str, ...]:
        """The user's own files, of which `paths` may be copies."""
        return tuple(self.copies.get(path, path) for path in self.paths)

    def name(self, path: str) -> str:
        """How a message should name one of the paths."""
        if not self.several:
            return self.shown
        return f"{self.shown} ({Path(self.copies.get(path, path)).name})"

    def only(self, path: str) -> "Files":
        """One of them."""
        return replace(self, paths=(path,), by_file=False)

    @contextmanager
    def open(self, path: str) -> Iterator[BufferedIOBase]:
        """One of the paths, unpacked, for reading bytes.

        Raises SourceError: the packed file is cut short. OSError: it cannot be opened.
        """
        with packed.opened(path, self.name(path)) as file:
            yield file


def find_files(location: str, shown: str) -> Files:
    """Find what there is at a path, glob, folder or URI; "-" is standard input.

    Raises SourceError: nothing there, of no known kind, of several kinds, or no way to look.
    """
    try:
        return _found(location, shown)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"it cannot be opened: {reason}", where=shown) from error


def _found(location: str, shown: str) -> Files:
    if location == STANDARD_INPUT:
        path = spooled_input()
        return Files(kind=_kind_by_first_bytes(path), shown="standard input", paths=(str(path),))
    if "://" in location:
        if location.rstrip("/").endswith(f"/{_DELTA_LOG}"):
            folder = location.rstrip("/").removesuffix(_DELTA_LOG)
            return Files(kind=Kind.DELTA, shown=shown, paths=(folder,), remote=True)
        kind = _kind_of(location, shown)
        return Files(kind=kind, shown=shown, paths=(location,), remote=True)
    path = Path(location)
    table = _lake_table(path, shown)
    if table is not None:
        return table
    if path.is_dir():
        return _folder(path, shown)
    if path.exists():
        return Files(kind=_kind_of_file(path, shown), shown=shown, paths=(str(path),))
    if has_magic(location):
        found = glob(location, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
        paths = [path for path in found if Path(path).is_file() and not _is_lock(Path(path))]
        return _keyed(_of_one_kind(sorted(paths), shown), location)
    raise SourceError("there is no such file", where=shown, hint=_nearest(path))


def _is_lock(path: Path) -> bool:
    """Whether it is what office programs put beside a file that is open in them."""
    return path.name.startswith(("~$", ".~lock."))


def _keyed(files: Files, pattern: str) -> Files:
    """With the keys of folders named key=value where a pattern goes through such."""
    parts = Path(pattern).parts
    fixed = next(at for at, part in enumerate(parts) if has_magic(part))
    hive = any("=" in part for path in files.paths for part in Path(path).parts[fixed:-1])
    return replace(files, hive=hive and files.kind is Kind.PARQUET)


def _lake_table(path: Path, shown: str) -> Files | None:
    """A Delta or an Iceberg table, which is a folder that only its own library can read."""
    if path.name == _DELTA_LOG:
        path = path.parent
    if (path / _DELTA_LOG).is_dir():
        return Files(kind=Kind.DELTA, shown=shown, paths=(str(path),))
    versions = list((path / _ICEBERG_FOLDER).glob("*.metadata.json")) if path.is_dir() else []
    if versions:
        newest = max(versions, key=lambda file: (_version(file.name), file.name))
        return Files(kind=Kind.ICEBERG, shown=shown, paths=(str(newest),))
    return None


def _version(name: str) -> int:
    """Of 00003-….metadata.json and of v3.metadata.json: 3."""
    digits = re.match(r"v?(\d+)", name)
    return int(digits[1]) if digits else -1


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent.name!r} either"
    return did_you_mean(path.name, [entry.name for entry in path.parent.iterdir()])


def _ending(name: str) -> str:
    """The part of a name that tells its kind, of one that is known; else nothing."""
    lower = name.lower()
    if lower.endswith(".metadata.json"):
        return ".metadata.json"
    whole, dot, last = lower.rpartition(".")
    ending = dot + last
    if ending in packed.ENDINGS:
        ending = "." + whole.rpartition(".")[2] + ending
    return ending if ending in ENDINGS else ""


def _kind_of(name: str, shown: str) -> Kind:
    if ending := _ending(name.partition("?")[0]):
        return ENDINGS[ending]
    raise SourceError("its name does not tell what kind of file it is", where=shown, hint=_KNOWN)


def _kind_of_file(path: Path, shown: str) -> Kind:
    if path.suffix.lower() == ".zip" and not _ending(path.name):
        return _kind_of(packed.member_of(path, shown), shown)
    return _kind_of(path.name, shown)


def _folder(folder: Path, shown: str) -> Files:
    entries = sorted(folder.iterdir())
    hive = any(entry.is_dir() and "=" in entry.name for entry in entries)
    found = sorted(folder.rglob("*")) if hive else entries
    paths = [
        str(path)
        for path in found
        if path.is_file() and not path.name.startswith((".", "_", "~$")) and _ending(path.name)
    ]
    if not paths:
        raise SourceError("the folder holds no data files", where=shown, hint=_KNOWN)
    files = _of_one_kind(paths, shown)
    if hive and files.kind is not Kind.PARQUET:
        raise SourceError(
            f"folders named key=value are read for Parquet only, not {files.kind}", where=shown
        )
    return replace(files, several=hive or files.several, hive=hive)


def _of_one_kind(paths: list[str], shown: str) -> Files:
    if not paths:
        raise SourceError(
            "no file matches this pattern", where=shown, hint="* stands for any part of a name"
        )
    kinds = {path: _kind_of_file(Path(path), shown) for path in paths}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(sorted(set(kinds.values())))
        raise SourceError(
            f"files of several kinds stand together: {listed}",
            where=shown,
            hint="name the files of one kind with a pattern, such as *.parquet",
        )
    several = len(paths) > 1
    return Files(kind=kinds[paths[0]], shown=shown, paths=tuple(paths), several=several)


@cache
def spooled_input() -> Path:
    """Standard input as a temporary file, read once and removed when the program ends."""
    with tempfile.NamedTemporaryFile(prefix="kpitree-", delete=False) as spool:
        path = Path(spool.name)
        atexit.register(path.unlink, missing_ok=True)
        shutil.copyfileobj(sys.stdin.buffer, spool)
    return path


def _kind_by_first_bytes(path: Path) -> Kind:
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((kind for first, kind in _FIRST_BYTES.items() if start.startswith(first)), Kind.CSV)
