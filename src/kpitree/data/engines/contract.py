"""What every engine can do: run a query, and say what it understands."""

from typing import Any, Protocol

import polars as pl

from kpitree.data.files.mistakes import Reading


class Engine(Protocol):
    """Whoever runs queries over rows that are not in this process.

    name: for messages. text_end: how its regular expressions say the end of a text.
    """

    @property
    def name(self) -> str: ...

    @property
    def text_end(self) -> str: ...

    @property
    def place(self) -> object:
        """Rows can be joined where they are if their engines have the same place."""

    def knows_letters(self) -> bool:
        """Whether it lowers and raises letters beyond those of English."""

    def orders_letters(self) -> bool:
        """Whether it puts texts in the order of their characters' numbers."""

    def upload(self, frame: pl.DataFrame) -> Any:
        """A few rows of this process, as a frame of narwhals beside the engine's own."""

    def run(self, frame: Any, reading: Reading) -> pl.DataFrame:
        """A narwhals LazyFrame, collected. Raises SourceError: whatever the engine complains of."""
