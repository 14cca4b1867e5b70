"""In which encoding a text file seems to be written."""

from pathlib import Path
from typing import Final

from kpitree.data.files.copies import Recipe, copy_of
from kpitree.data.files.delimited import refuse_other_encodings
from kpitree.data.files.found import Files, Kind
from kpitree.errors import SourceError

_START: Final = 1_024
_LIKELY: Final = "windows-1252"  # of the single-byte ones, what spreadsheets in the west write
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def encoding_of(files: Files) -> str | None:
    """None where it is UTF-8 or says so itself. Else a guess, for the user to look at.

    Raises SourceError: bytes that are no text.
    """
    if files.remote or files.kind not in (Kind.CSV, Kind.NDJSON):
        return None
    found = {_of_one(files, path) for path in files.paths} - {None}
    return next(iter(sorted(filter(None, found))), None)


def _of_one(files: Files, path: str) -> str | None:
    with files.open(path) as file:
        start = file.read(_START)
    if start.startswith(_MARKS):
        return None
    if b"\x00" in start:
        return _wide(start, files.name(path))
    try:
        refuse_other_encodings(files.only(path))
    except SourceError:
        copy_of(path, Recipe(encoding=_LIKELY), files.name(path))  # raises where it is not that
        return _LIKELY
    return None


def _wide(start: bytes, shown: str) -> str:
    """UTF-16 without a mark. Raises SourceError for bytes that are something else."""
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if len(start) > 3 and not any(start[first:64:2]):
            return encoding
    raise SourceError(
        "this is no text, though its name says so",
        where=shown,
        hint=f"CSV and NDJSON are text; what kind of file is {Path(shown).name}?",
    )
