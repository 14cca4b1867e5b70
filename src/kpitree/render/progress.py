"""A sign of life on stderr for work that takes over a second, on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

PATIENCE = 1.0  # seconds before anything is shown


class _Sign:
    """Shown when its time has come, unless the work was done before."""

    def __init__(self, doing: str) -> None:
        self.doing = doing
        self.lock = Lock()
        self.over = False
        self.status: Status | None = None

    def show(self) -> None:
        # Most work is done before: rich is loaded only for what is shown.
        from rich.console import Console  # noqa: PLC0415 - only long work shows it
        from rich.status import Status  # noqa: PLC0415 - only long work shows it
        from rich.text import Text  # noqa: PLC0415 - only long work shows it

        with self.lock:
            if not self.over:
                console = Console(stderr=True, markup=False, emoji=False, highlight=False)
                self.status = Status(Text(self.doing), console=console)
                self.status.start()

    def end(self) -> None:
        with self.lock:
            self.over = True
            if self.status is not None:
                self.status.stop()


@contextmanager
def progress(doing: str, *, enabled: bool) -> Iterator[None]:
    """Say on stderr what is being done, if it takes longer than PATIENCE; leaves no trace."""
    if not enabled:
        yield
        return
    sign = _Sign(doing)
    timer = Timer(PATIENCE, sign.show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        sign.end()
