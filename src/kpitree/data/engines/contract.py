"""What every engine can do: run a query, and say what it understands."""

from typing import Any, Protocol

import polars as pl

from kpitree.data.mistakes import Reading


class Engine(Protocol):
    """Whoever runs queries over rows that are not in this process.

    name: for messages. text_end: how its regular expressions say the end of a text.
    """

    @property
    def name(self) -> str: ...

    @property
    def text_end(self) -> str: ...

    def knows_letters(self) -> bool:
        """Whether it lowers and raises letters beyond those of English."""

    def run(self, frame: Any, reading: Reading) -> pl.DataFrame:
        """A narwhals LazyFrame, collected. Raises SourceError: whatever the engine complains of."""
