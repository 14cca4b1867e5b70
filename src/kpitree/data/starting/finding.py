"""Which files of a folder hold data that a tree may start from."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kpitree.data.files import packed

_TEXTS: Final = (".csv", ".tsv", ".ndjson", ".jsonl")
_ENDINGS: Final = (
    *_TEXTS,
    *(text + end for text in _TEXTS for end in packed.ENDINGS),
    ".parquet",
)
_WORKBOOKS: Final = (".xlsx", ".ods")
_TARGETS: Final = frozenset({b"kpi", b"period", b"target"})
_HEADER: Final = 4_096  # bytes in which the names of a table of targets stand
MOST: Final = 30  # files to choose from


def data_files(folder: Path) -> list[Path]:
    """Data files that stand in the folder itself, by name; hidden ones and targets are none.

    At most MOST. Workbooks only where they can be read. Raises OSError: no look into the folder.
    """
    endings = _ENDINGS + (_WORKBOOKS if find_spec("fastexcel") else ())
    found = (
        path
        for path in sorted(folder.iterdir())
        if path.name.lower().endswith(endings)
        and not path.name.startswith((".", "_", "~$"))
        and path.is_file()
        and not _holds_targets(path)
    )
    return [path for path, _ in zip(found, range(MOST), strict=False)]


def _holds_targets(path: Path) -> bool:
    """Whether it is a table of targets: kpi, period, target."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    with path.open("rb") as file:
        header = file.readline(_HEADER).lower()
    for mark in b";\t|":
        header = header.replace(bytes((mark,)), b",")
    return {name.strip(b' "\r\n') for name in header.split(b",")} >= _TARGETS
