"""Open the files of a source lazily, with every column of the type its use asks for."""

import gzip
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import polars as pl

from kpitree.data.files import STANDARD_INPUT, Files, Kind, find_files
from kpitree.data.mistakes import Csv, Opened, reading, refuse_other_encodings
from kpitree.data.uses import Use
from kpitree.errors import SourceError
from kpitree.tree.model import Source

_SAMPLE_ROWS: Final = 1_000
_SEPARATORS: Final = (",", ";", "\t", "|")
