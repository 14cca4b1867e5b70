"""Files replaced whole or not at all, and never over what another kpitree has just written."""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kpitree.errors import OutputError, UsageError

PATIENCE: Final = 10.0  # seconds of waiting for another program's lock
_PAUSE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Replacement:
    """path: as the user named it. text: what it will hold. before: what it must hold till then."""

    path: Path
    text: str
    before: bytes | None = None


def replace_files(wanted: Sequence[Replacement]) -> None:
    """Put texts into files, one after the other: each is the old one or the new one, never a part.

    Nothing is replaced before all texts are on the disk and all files are as they have to be.

    Raises OutputError where a file cannot be written, and UsageError where another program has
    changed it; they are untouched then, unless it is a file's last step, the new name, that fails
    (a folder that is closed meanwhile): those before it are replaced by then.
    """
    with contextlib.ExitStack() as cleaning:
        moves = [(one, *_written(one, cleaning)) for one in wanted]
        with _locked({path.parent for one, _, path in moves if one.before is not None}):
            for one in wanted:
                if one.before is not None:
                    refuse_changed(one.path, one.before)
            for one, temporary, path in moves:
                with told(one.path):
                    temporary.replace(path)
        for one, _temporary, path in moves:
            with told(one.path):
                _keep_name(path.parent)


def refuse_changed(path: Path, before: bytes) -> None:
    """Raises UsageError where the file does not hold what it did when it was read."""
    with told(path):
        now = path.read_bytes()
    if now != before:
        raise UsageError(
            "another program has changed the file meanwhile, so nothing is written",
            where=str(path),
            hint="look at what it holds now, and try again",
        )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the system refuses, as a mistake that names the file as the user did."""
    try:
        yield
    except OSError as error:
        hint = "" if path.parent.is_dir() else f"there is no folder {str(path.parent)!r}"
        raise OutputError(
            f"cannot write the file: {error.strerror or error}", where=str(path), hint=hint
        ) from None


def _written(wanted: Replacement, cleaning: contextlib.ExitStack) -> tuple[Path, Path]:
    """The text in a file of its own, and where that will stand: beside it, past all links.

    A program killed on the way leaves it there: .NAME.xxxxxxxx.
    """
    import tempfile  # slow to load, and most commands write no file

    with told(wanted.path):
        path = _past_links(wanted.path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        cleaning.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(wanted.text)
            file.flush()
            os.fsync(file.fileno())
        _as_before(temporary, path)
    return temporary, path


def _past_links(path: Path) -> Path:
    """Where the file itself is, or would be. Raises OSError: the links go round in a circle."""
    try:
        return path.resolve()
    except RuntimeError:  # of Python up to 3.12
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _as_before(temporary: Path, path: Path) -> None:
    """The old file's owner and mode; a new file's are those that every program gives."""
    if not path.exists():
        temporary.chmod(0o666 & ~_umask())
        return
    old, new = path.stat(), temporary.stat()
    if os.name == "posix" and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):  # only root gives files away: it is ours now
            os.chown(temporary, old.st_uid, old.st_gid)
    temporary.chmod(stat.S_IMODE(old.st_mode))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _locked(folders: Iterable[Path]) -> Iterator[None]:
    """No other kpitree that asks for one of these folders gets past here at the same time.

    The folder, not the file: that one is replaced, and whoever waits for it would hold the lock of
    a file that is gone. The lock ends with the program, however that ends. Where the system or a
    network drive has no such locks there is none (docs/editing.md).
    """
    with contextlib.ExitStack() as held:
        for folder in sorted(folders):  # the same order for all: nobody waits in a circle
            _lock(folder, held)
        yield


def _lock(folder: Path, held: contextlib.ExitStack) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written and not be read
        return
    held.callback(os.close, handle)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise _still_locked(folder) from None
            time.sleep(_PAUSE)
        except OSError:  # a drive without locks
            return
        else:
            return


def _still_locked(folder: Path) -> OutputError:
    return OutputError(
        "another program has locked the folder, so nothing is written",
        where=str(folder),
        hint="try again when it is done; `flock` on this folder keeps kpitree waiting, too",
    )


def _keep_name(folder: Path) -> None:
    """The new name outlasts a loss of power, too; the file itself is on the disk already."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written and not be read
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
