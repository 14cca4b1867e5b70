"""Files that a command writes are none of those that it reads."""

from collections.abc import Iterable
from pathlib import Path

from kpitree.cli.folders import is_there
from kpitree.errors import UsageError


def refuse_inputs(outputs: Iterable[Path], inputs: Iterable[str | Path]) -> None:
    """Raises UsageError where a file to be written is one that is read, under whatever name."""
    read = [Path(one) for one in inputs if "://" not in str(one)]
    for output in outputs:
        for one in read:
            if is_there(output) and is_there(one) and output.samefile(one):
                raise UsageError(
                    "this file is read, and would be written over",
                    where=str(output),
                    hint="another name with -o",
                )
