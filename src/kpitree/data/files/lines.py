"""NDJSON: one JSON object a line, whose keys are columns."""

import glob
from collections.abc import Mapping

import polars as pl

from kpitree.data.files.found import Files

Types = dict[str, pl.DataType]


def scan_ndjson(files: Files, types: Mapping[str, pl.DataType], length: int | None) -> pl.LazyFrame:
    """The rows of all files, with the columns of the first; types: of some of them, as used.

    length: the rows by which the other types are guessed; None for all of them.
    """
    return pl.scan_ndjson(_paths(files), schema_overrides=dict(types), infer_schema_length=length)


def scan_known(files: Files, types: Types) -> pl.LazyFrame:
    """As scan_ndjson, with exactly these columns, null where a row has none."""
    return pl.scan_ndjson(_paths(files), schema=types, include_file_paths=files.path_column)


def _paths(files: Files) -> list[str]:
    # scan_ndjson has no glob=False: a local name that holds [ or * is escaped instead.
    return list(files.paths) if files.remote else list(map(glob.escape, files.paths))
