"""Which files a source is: a file, a glob, a folder, an object store, or standard input."""

import atexit
import gzip
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from glob import glob, has_magic
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from kpitree.errors import SourceError, did_you_mean

STANDARD_INPUT: Final = "-"


class Kind(StrEnum):
    CSV = "CSV"
    PARQUET = "Parquet"
    NDJSON = "NDJSON"
    IPC = "Arrow"


ENDINGS: Final = {
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
    ".txt": Kind.CSV,
    ".csv.gz": Kind.CSV,
    ".tsv.gz": Kind.CSV,
    ".txt.gz": Kind.CSV,
    ".parquet": Kind.PARQUET,
    ".pq": Kind.PARQUET,
    ".ndjson": Kind.NDJSON,
    ".jsonl": Kind.NDJSON,
    ".arrow": Kind.IPC,
    ".ipc": Kind.IPC,
    ".feather": Kind.IPC,
}
_KNOWN: Final = f"known endings: {' '.join(ENDINGS)}"
_GZIP: Final = b"\x1f\x8b"
_FIRST_BYTES: Final = {b"PAR1": Kind.PARQUET, b"ARROW1": Kind.IPC, b"{": Kind.NDJSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files of one kind, read as one table.

    shown: as the user wrote it, for messages. paths: what to open, in a fixed order.
    hive: whether folders named key=value are columns. remote: an object store or the web.
    """

    kind: Kind
    shown: str
    paths: tuple[str, ...]
    hive: bool = False
    remote: bool = False

    def name(self, path: str) -> str:
        """How a message should name one of the paths."""
        if len(self.paths) == 1 and not self.hive:
            return self.shown
        return f"{self.shown} ({Path(path).name})"

    def only(self, path: str) -> "Files":
        """One of them."""
        return replace(self, paths=(path,))

    @contextmanager
    def open(self, path: str) -> Iterator[BufferedIOBase]:
        """One of the paths, unpacked, for reading bytes.

        Raises SourceError: the packed file is cut short. OSError: it cannot be opened.
        """
        with Path(path).open("rb") as file:
            packed = file.read(len(_GZIP)) == _GZIP
            file.seek(0)
            try:
                yield gzip.GzipFile(fileobj=file) if packed else file
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise SourceError(
                    "the gzip file is cut short or damaged", where=self.name(path)
                ) from None


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
        kind = _kind_of(location, shown)
        return Files(kind=kind, shown=shown, paths=(location,), remote=True)
    path = Path(location)
    if path.is_dir():
        return _folder(path, shown)
    if path.exists():
        return Files(kind=_kind_of(path.name, shown), shown=shown, paths=(str(path),))
    if has_magic(location):
        found = glob(location, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
        return _of_one_kind(sorted(path for path in found if Path(path).is_file()), shown)
    raise SourceError("there is no such file", where=shown, hint=_nearest(path))


def _nearest(path: Path) -> str:
    if not path.parent.is_dir():
        return f"there is no folder {path.parent.name!r} either"
    return did_you_mean(path.name, [entry.name for entry in path.parent.iterdir()])


def _ending(name: str) -> str:
    lower = name.lower()
    return next((end for end in sorted(ENDINGS, key=len)[::-1] if lower.endswith(end)), "")


def _kind_of(name: str, shown: str) -> Kind:
    if ending := _ending(name.partition("?")[0]):
        return ENDINGS[ending]
    raise SourceError("its name does not tell what kind of file it is", where=shown, hint=_KNOWN)


def _folder(folder: Path, shown: str) -> Files:
    entries = sorted(folder.iterdir())
    hive = any(entry.is_dir() and "=" in entry.name for entry in entries)
    found = sorted(folder.rglob("*")) if hive else entries
    paths = [
        str(path)
        for path in found
        if path.is_file() and not path.name.startswith((".", "_")) and _ending(path.name)
    ]
    if not paths:
        raise SourceError("the folder holds no data files", where=shown, hint=_KNOWN)
    files = _of_one_kind(paths, shown)
    if hive and files.kind is not Kind.PARQUET:
        raise SourceError(
            f"folders named key=value are read for Parquet only, not {files.kind}", where=shown
        )
    return Files(kind=files.kind, shown=shown, paths=files.paths, hive=hive)


def _of_one_kind(paths: list[str], shown: str) -> Files:
    if not paths:
        raise SourceError(
            "no file matches this pattern", where=shown, hint="* stands for any part of a name"
        )
    kinds = {path: _kind_of(path, shown) for path in paths}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(sorted(set(kinds.values())))
        raise SourceError(
            f"files of several kinds stand together: {listed}",
            where=shown,
            hint="name the files of one kind with a pattern, such as *.parquet",
        )
    return Files(kind=kinds[paths[0]], shown=shown, paths=tuple(paths))


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
