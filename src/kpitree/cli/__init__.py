"""The command line: parse, call the pipeline, print what the renderers return.

The only room that knows typer. Commands import what they compute with when they run, so that
`--help` and completion load neither polars nor networkx.
"""

import atexit
import gc
import os
import signal
import sys
import traceback
from pathlib import Path

BUG = 70
READER_GONE = 141
REPORT = "this is a bug in kpitree: please report it with the lines above and `kpitree --version`"


PATIENCE = 1_000_000  # objects made before the garbage collector looks; Python has 700


def _spare_the_collector() -> None:
    """A fifth of a short run goes to looking for cyclic garbage among what was just imported.

    Long runs still collect. At the end everything goes with the process, so the last look at
    each object is left out too.
    """
    gc.set_threshold(PATIENCE)
    atexit.register(gc.freeze)


def _reopen_what_is_closed() -> None:
    """After `kpitree ... >&-` writing to stdout is an error, and a file of -o is not."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end


def main() -> None:
    """The `kpitree` command."""
    _reopen_what_is_closed()
    if hasattr(signal, "SIGPIPE"):  # not on Windows
        # `kpitree ... | head -1` ends like any Unix tool: silently, with 141 for the shell.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _spare_the_collector()
    from kpitree.cli.app import app

    try:
        app()
    except BrokenPipeError:  # where there is no SIGPIPE
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)
    except Exception:  # noqa: BLE001 - the top: whatever arrives here is a bug, and says so
        traceback.print_exc()
        print(f"\n{REPORT}", file=sys.stderr)  # noqa: T201 - there is no console left to ask
        sys.exit(BUG)
