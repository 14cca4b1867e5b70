"""Packed files, unpacked while they are read: gzip, bzip2, xz and zip with one file in it.

zstd is unpacked by polars alone, as the standard library of Python 3.11 does not know it.
"""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Final

from kpitree.errors import SourceError

ENDINGS: Final = (".gz", ".zst", ".bz2", ".xz", ".zip")
_FIRST_BYTES: Final = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
}
_BZIP2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")
AS_THEY_ARE: Final = frozenset({"", "gzip", "zstd"})  # what polars reads by itself
_DAMAGED: Final = (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def packing_of(start: bytes) -> str:
    """How a file that begins so is packed: gzip, zstd, bzip2, xz, zip, or "" for not at all."""
    if start.startswith(b"BZh") and start[4:10] not in _BZIP2_BLOCKS:
        return ""  # a text may begin so, too
    return next((how for first, how in _FIRST_BYTES.items() if start.startswith(first)), "")


@contextmanager
def opened(path: str, shown: str) -> Iterator[BufferedIOBase]:
    """The unpacked bytes of a file.

    Raises SourceError: it is cut short or damaged, or a zip of several files. OSError: it cannot
    be opened.
    """
    with Path(path).open("rb") as file:
        how = packing_of(file.read(10))
        file.seek(0)
        try:
            yield _unpacked(file, how, shown)
        except _DAMAGED:
            raise damaged(how, shown) from None
        except OSError as error:
            if how != "bzip2" or error.errno is not None:  # bz2 raises it for damage, too
                raise
            raise damaged(how, shown) from None


def damaged(how: str, shown: str) -> SourceError:
    """The error for a packed file that ends too early, or whose checksum is wrong."""
    return SourceError(f"the {how} file is cut short or damaged", where=shown)


def _unpacked(file: IO[bytes], how: str, shown: str) -> BufferedIOBase:
    match how:
        case "gzip":
            return gzip.GzipFile(fileobj=file)
        case "bzip2":
            return bz2.BZ2File(file)
        case "xz":
            return lzma.LZMAFile(file)
        case "zip":
            archive = zipfile.ZipFile(file)
            try:
                return archive.open(_only_member(archive, shown))  # type: ignore[return-value] # a ZipExtFile is one
            except RuntimeError:
                raise SourceError(
                    "the zip file is locked with a password", where=shown, hint="unpack it first"
                ) from None
        case _:
            return file  # type: ignore[return-value] # a buffered reader is one


def member_of(path: Path, shown: str) -> str:
    """The name of the one file in a zip. Raises SourceError: there is none, or several."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _only_member(archive, shown)
    except zipfile.BadZipFile:
        raise damaged("zip", shown) from None


def _only_member(archive: zipfile.ZipFile, shown: str) -> str:
    names = [
        name
        for name in archive.namelist()
        if not name.endswith("/") and not name.startswith("__MACOSX/")
    ]
    if "xl/workbook.xml" in names:
        raise SourceError("this is an Excel workbook", where=shown, hint="name it so: .xlsx")
    if len(names) != 1:
        listed = f": {', '.join(names[:5])}{' …' * (len(names) > 5)}" if names else ""
        raise SourceError(
            f"the zip file holds {len(names) or 'no'} files{listed}",
            where=shown,
            hint="a zip of one file is read; unpack this one into a folder, and name that",
        )
    return names[0]
