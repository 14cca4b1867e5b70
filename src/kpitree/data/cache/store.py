"""Bytes by name in the cache's folder: there whole, or not there.

An entry is written beside its place and then moved there, which the system does at once or not
at all; its last bytes are a digest of the others, so that one whose disk lost some of it is known
by that, without waiting for the disk each time. Several programs may write at once: the last one
wins, and each of them was right.
"""

import contextlib
import errno
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from kpitree.data.cache import folder
from kpitree.errors import Notice

ENDING: Final = ".kpitree"
_UNFINISHED: Final = ".unfinished"
_NAME: Final = "[0-9a-f]{40}"
_ENTRY: Final = re.compile(rf"{_NAME}{re.escape(ENDING)}")
_PIECE: Final = re.compile(rf"\.{_NAME}\.\d+-[0-9a-f]{{8}}{re.escape(_UNFINISHED)}")
_STRAY: Final = 3600.0  # seconds after which nobody is still writing
_MAGIC: Final = b"kpitree cache 1\n"
_DIGEST: Final = 16
# Of backup programs and the like (bford.info/cachedir): what is in here can be had again.
_TAG: Final = "CACHEDIR.TAG"
_TAGGED: Final = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by kpitree.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file of the cache. used: when it last was, in seconds since 1970. finished: or a piece."""

    path: Path
    size: int
    used: float
    finished: bool


@dataclass(frozen=True, slots=True)
class Store:
    """folder: need not exist, and may hold other files, which stay as they are.

    bound: in bytes, of all entries together. A name is 40 hexadecimal digits.
    """

    folder: Path
    bound: int

    def read(self, name: str) -> bytes | None:
        """What is kept under a name, or None; also where it is damaged or cannot be read."""
        path = self._path(name)
        try:
            found = path.read_bytes()
        except OSError:  # what cannot be had is read anew, and whether it can be kept is seen then
            return None
        body, digest = found[len(_MAGIC) : -_DIGEST], found[-_DIGEST:]
        if not found.startswith(_MAGIC) or _digest(body) != digest:
            return None
        with contextlib.suppress(OSError):  # it is of use even where nothing may be written
            os.utime(path)
        return body

    def write(self, name: str, body: bytes) -> Notice | None:
        """Keep it, and let go of what was not used for longest. A word where that fails."""
        if len(body) > self.bound:
            return None
        path = self._path(name)
        unfinished = path.with_name(f".{name}.{os.getpid()}-{secrets.token_hex(4)}{_UNFINISHED}")
        try:
            self._make_folder()
            try:
                with open(unfinished, "xb", opener=_for_me_alone) as file:
                    file.write(_MAGIC)
                    file.write(body)
                    file.write(_digest(body))
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
            self._tidy(path)
        except OSError as error:
            return Notice(
                code="cache_unwritable",
                message=f"what was read cannot be kept in {self.folder}:"
                f" {error.strerror or error}; --no-cache does without",
            )
        return None

    def held(self) -> list[Held]:
        """All that is kept, the longest unused first. Raises OSError: it cannot be listed."""
        return sorted(self._held(), key=lambda held: (held.used, held.path))

    def clear(self) -> list[Held]:
        """Remove all that is kept, and return it; other files stay. Raises OSError."""
        held = self.held()
        for each in held:
            each.path.unlink(missing_ok=True)
        return held

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{ENDING}"

    def _make_folder(self) -> None:
        if self.folder.is_dir():
            return
        lacking = [each for each in (self.folder, *self.folder.parents) if not each.exists()]
        for each in reversed(lacking):  # mkdir(parents=True) leaves the parents to the umask
            each.mkdir(mode=0o700, exist_ok=True)
        if not self.folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.folder))
        with open(self.folder / _TAG, "w", encoding="utf-8", opener=_for_me_alone) as tag:
            tag.write(_TAGGED)

    def _held(self) -> Iterator[Held]:
        try:
            entries = list(os.scandir(self.folder))
        except FileNotFoundError:
            return
        for entry in entries:
            finished = _ENTRY.fullmatch(entry.name) is not None
            if (finished or _PIECE.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(FileNotFoundError):  # another run has let it go
                    found = entry.stat(follow_symlinks=False)
                    yield Held(
                        path=Path(entry.path),
                        size=found.st_size,
                        used=found.st_mtime,
                        finished=finished,
                    )

    def _tidy(self, new: Path) -> None:
        """Keep within the bound, and take away what a run that was killed left unfinished."""
        held = self.held()
        strays = [each for each in held if not each.finished]
        for stray in strays:
            if stray.used < time.time() - _STRAY:
                stray.path.unlink(missing_ok=True)
        size = sum(each.size for each in held if each.finished)
        for each in held:
            if size <= self.bound:
                break
            if each.finished and each.path != new:
                each.path.unlink(missing_ok=True)
                size -= each.size


def _for_me_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()


def open_store(*, wanted: bool = True) -> Store | None:
    """The user's cache; None where it is not wanted, or there is no place for it.

    Raises UsageError: KPITREE_CACHE_SIZE is no size.
    """
    place = folder.folder() if wanted and folder.is_on() else None
    return None if place is None else Store(place, folder.bound())
