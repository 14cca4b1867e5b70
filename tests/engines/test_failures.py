"""What goes wrong elsewhere is said clearly, and no secret is ever said."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from engines.servers import PASSWORD, Postgres, free_port
from kpitree.data.engines.secrets import HIDDEN, address
from kpitree.errors import SourceError

Write = Callable[[str, str], Path]

TREE = """
    [tree]
    name = "t"
    [sources.orders]
    time = "ordered_on"
    {place}
    [kpi.total]
    measure = "sum(amount)"
    source = "orders"
"""


def told(write: Write, place: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What `kpitree eval --verbose` says of a tree, as a program of its own."""
    tree = write("tree.toml", TREE.format(place=place.replace("\n", "\n    ")))
    return subprocess.run(
        [sys.executable, "-m", "kpitree", "eval", str(tree), "--verbose"],
        capture_output=True, text=True, check=False, timeout=120, env=os.environ | environment,
    )  # fmt: skip


def silent(text: str) -> bool:
    return not any(form in text for form in (PASSWORD, quote(PASSWORD, safe=""), "s3cret"))


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ('table = "orders"', None),
        ('table = "nothing"', "nothing"),
        ('table = "no.such.table.here"', "is no name of a table"),
        ('query = "select * from"', "Expected table name"),
        ('query = "select * from orders where no_column = 1"', "no_column"),
        ('query = "select 1/(units - units) as amount, ordered_on from orders"', "by zero"),
    ],
)
def test_a_database(server: Postgres, write: Write, place: str, says: str | None) -> None:
    done = told(write, f'connection = "{server.url()}"\n{place}')
    assert silent(done.stdout + done.stderr)
    if says is None:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 3, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password(server: Postgres, write: Write) -> None:
    url = server.url().replace("${PGPASSWORD}", "${OTHER}")
    done = told(write, f'connection = "{url}"\ntable = "orders"', OTHER="wr0ng/s3cret@x")
    assert done.returncode == 3
    assert "password" in done.stderr
    assert "wr0ng" not in done.stderr
    assert "Traceback" not in done.stderr
    assert silent(done.stderr)


def test_a_password_in_the_tree_file(server: Postgres, write: Write) -> None:
    url = server.url(quote("s3cret-written", safe=""))
    done = told(write, f'connection = "{url}"\ntable = "orders"')
    assert done.returncode == 3
    assert "s3cret-written" not in done.stderr + done.stdout


def test_no_such_variable(server: Postgres, write: Write) -> None:
    url = server.url().replace("${PGPASSWORD}", "${NOT_SET}")
    done = told(write, f'connection = "{url}"\ntable = "orders"')
    assert done.returncode == 3
    assert "the environment has no variable 'NOT_SET'" in done.stderr
    assert "export NOT_SET=" in done.stderr


def test_no_server(server: Postgres, write: Write) -> None:
    url = server.url().replace(str(server.port), str(free_port()))
    done = told(write, f'connection = "{url}"\ntable = "orders"')
    assert done.returncode == 3
    assert "is the server running" in done.stderr
    assert silent(done.stderr)


def test_a_connection_dropped_in_the_middle(server: Postgres, write: Write) -> None:
    """The server ends the query while it runs; the next run is right."""
    query = "select *, pg_sleep(0.01) is null as slept from orders"
    slow = f'connection = "{server.url()}"\nquery = "{query}"\nwhere = "slept == false"'
    ended: list[str] = []

    def end() -> None:
        until = time.monotonic() + 60
        running = "usename = 'kpitree' and state = 'active' and query like 'FETCH%'"
        while time.monotonic() < until and not any(ended):
            time.sleep(0.3)
            chosen = f"select pg_terminate_backend(pid) from pg_stat_activity where {running}"  # noqa: S608
            ended.append(server.sql(chosen).strip())

    killer = threading.Thread(target=end)
    killer.start()
    done = told(write, slow)
    killer.join()
    assert any(ended), "the query was over before it could be ended"
    assert done.returncode == 3, done.stderr
    assert "the connection was lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert silent(done.stderr)
    assert told(write, f'connection = "{server.url()}"\ntable = "orders"').returncode == 0


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('encoding = "windows-1252"', "does not know 'encoding'"),
        ('clean = "number"', "does not know 'clean'"),
        ('time_format = "%s"', "%s of the time_format '%s' is read by the engine polars only"),
        ("where = \"matches(note, '(?i)x')\"", "engines do not agree on '('"),
    ],
)
def test_what_duckdb_cannot(data: Path, write: Write, keys: str, says: str) -> None:
    file = data / "orders.csv"
    done = told(write, f'path = "{file}"\nengine = "duckdb"\n{keys}')
    assert done.returncode == 3, done.stderr
    assert says in done.stderr


def test_a_text_where_a_number_should_be(tmp_path: Path, write: Write) -> None:
    """The same message, with its line, as polars gets."""
    write("rows.csv", "ordered_on,amount\n2026-01-01,1\n2026-01-02,1_000\n")
    said = [
        told(write, f'path = "{tmp_path}/rows.csv"\n{engine}').stderr
        for engine in ("", 'engine = "duckdb"')
    ]
    assert "line 3" in said[0]
    assert said[0] == said[1]


def test_addresses() -> None:
    known = {"PGPASSWORD": "p@ss:w/rd", "URL": "postgres://me:abc@h/d", "TOKEN": "t0k"}
    found = address("postgres://me:${PGPASSWORD}@host:5432/db", "it", known)
    assert found.url == "postgres://me:p%40ss%3Aw%2Frd@host:5432/db"
    assert found.scrub("no p@ss:w/rd, no p%40ss%3Aw%2Frd") == f"no {HIDDEN}, no {HIDDEN}"
    assert address("${URL}", "it", known).url == "postgres://me:abc@h/d"
    assert address("${URL}", "it", known).scrub("abc!") == f"{HIDDEN}!"
    assert address("sc://h:1/;token=${TOKEN}", "it", known).scrub("t0k") == HIDDEN
    assert address("x://h/?access_token=abc&b=1", "it", known).scrub("abc") == HIDDEN


def test_a_missing_variable_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="no variable 'NONE'"):
        address("postgres://me:${NONE}@h/d", "the connection of [sources.x]", {})
