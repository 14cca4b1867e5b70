"""`make test-engines`: real servers, started once for all tests and stopped at the end.

Plain pytest does not come here (pyproject.toml, norecursedirs): these take minutes, and Java.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engines.loading import load, load_files
from engines.places import without_places
from engines.servers import (
    PASSWORD,
    QUICK_SPARK,
    Postgres,
    need_spark,
    postgres,
    spark_connect,
)
from engines.shop import TABLES, Case
from kpitree.cli.app import app

Eval = Callable[[Case, str], Any]


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder that every user may enter, with a name short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="kpitree-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def data(short_folder: Path) -> Path:
    """A folder with the rows as Parquet and as CSV."""
    folder = short_folder / "data"
    folder.mkdir()
    for name, rows in TABLES.items():
        rows().write_parquet(folder / f"{name}.parquet")
        rows().write_csv(folder / f"{name}.csv")
    return folder


@pytest.fixture(scope="session")
def server(short_folder: Path) -> Iterator[Postgres]:
    """PostgreSQL, with the rows as tables; PGPASSWORD is set."""
    with postgres(short_folder / "postgres") as running, pytest.MonkeyPatch.context() as patch:
        load(running, {name: rows() for name, rows in TABLES.items()})
        patch.setenv("PGPASSWORD", PASSWORD)
        yield running


@pytest.fixture(scope="session")
def files(short_folder: Path) -> Path:
    """A folder with the rows in files of DuckDB and of SQLite."""
    load_files(short_folder, {name: rows() for name, rows in TABLES.items()})
    return short_folder


@pytest.fixture(scope="session")
def connect(short_folder: Path) -> Iterator[str]:
    """The URL of a Spark Connect server."""
    with spark_connect(short_folder / "connect", "local[2]") as url:
        yield url


@pytest.fixture(scope="session")
def cluster(short_folder: Path) -> Iterator[str]:
    """The master of a Spark with two executors, each a process of its own."""
    need_spark()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("SPARK_WORKER_DIR", str(short_folder / "work"))
        patch.setenv("SPARK_LOCAL_DIRS", str(short_folder / "spark"))
        confs = QUICK_SPARK | {
            "spark.sql.warehouse.dir": str(short_folder / "warehouse"),
        }
        said = " ".join(f"--conf {name}={value}" for name, value in confs.items())
        patch.setenv("PYSPARK_SUBMIT_ARGS", f"{said} pyspark-shell")
        yield "local-cluster[2,1,1024]"


@pytest.fixture(scope="session")
def evaluated(short_folder: Path) -> Eval:
    """What `kpitree eval --format json` answers to a case; place: where its rows are."""
    folder = short_folder / "trees"
    folder.mkdir()
    known: dict[tuple[str, str], Any] = {}

    def _evaluated(case: Case, place: str) -> Any:
        if (case.name, place) not in known:
            file = case.write(folder, place)
            kept = () if case.command == "doctor" else ("--no-cache",)
            result = CliRunner().invoke(
                app, [case.command, str(file), *case.args, "--format", "json", *kept]
            )
            assert result.exit_code in (0, 1), result.output
            known[case.name, place] = without_places(json.loads(result.stdout))
        return known[case.name, place]

    return _evaluated


@pytest.fixture(autouse=True)
def _no_secrets_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - {"PGPASSWORD"}:
        if name.startswith("PG"):
            monkeypatch.delenv(name)
