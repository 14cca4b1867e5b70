"""`make test-engines`: real servers, started once for all tests and stopped at the end.

Plain pytest does not come here (pyproject.toml, norecursedirs): these take a minute, and Java.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.servers import PASSWORD, Postgres, postgres


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder that every user may enter, with a name short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="kpitree-", dir="/tmp") as folder:  # noqa: S108
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def server(short_folder: Path) -> Iterator[Postgres]:
    with postgres(short_folder / "postgres") as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        yield running
