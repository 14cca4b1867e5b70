"""Where the cache is, how large it may become, and whether there is one."""

import os
import re
import sys
from pathlib import Path
from typing import Final

from kpitree.errors import UsageError

FOLDER: Final = "KPITREE_CACHE_DIR"
OFF: Final = "KPITREE_NO_CACHE"
SIZE: Final = "KPITREE_CACHE_SIZE"

_DEFAULT_SIZE: Final = 1 << 30
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?", re.IGNORECASE)
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def is_on() -> bool:
    """Whether the environment lets anything be kept."""
    return os.environ.get(OFF, "") in ("", "0")


def folder() -> Path | None:
    """KPITREE_CACHE_DIR, or the user's own folder for such things; None where there is no home."""
    if named := os.environ.get(FOLDER):
        return Path(named).absolute()
    if sys.platform == "win32":
        return _below(os.environ.get("LOCALAPPDATA", ""), "kpitree", "Cache")
    if sys.platform == "darwin":
        return _below("~", "Library", "Caches", "kpitree")
    if found := _below(os.environ.get("XDG_CACHE_HOME", ""), "kpitree"):
        return found
    return _below("~", ".cache", "kpitree")


def _below(parent: str, *names: str) -> Path | None:
    """None unless the parent is absolute, as the XDG specification wants it."""
    path = os.path.expanduser(parent)  # noqa: PTH111 - Path.expanduser raises without a home
    return Path(path, *names) if Path(path).is_absolute() else None


def bound() -> int:
    """How many bytes all that is kept may have. Raises UsageError for what says no size."""
    said = os.environ.get(SIZE, "").strip()
    if not said:
        return _DEFAULT_SIZE
    found = _SIZE.fullmatch(said)
    if found is None:
        raise UsageError(f"{said!r} is no size", where=SIZE, hint="such as 500 MB, or 2 GB")
    number, unit = found.groups()
    return int(float(number) * 1024 ** _POWERS[unit.upper()])
