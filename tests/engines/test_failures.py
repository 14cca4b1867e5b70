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

from engines.loading import load
from engines.servers import PASSWORD, Postgres, free_port, postgres
from engines.shop import orders
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


def test_no_such_host(write: Write) -> None:
    url = "postgres://kpitree:${PGPASSWORD}@no-such-host.invalid/shop"
    done = told(write, f'connection = "{url}"\ntable = "orders"', PGPASSWORD=PASSWORD)
    assert done.returncode == 3
    assert "is the name of the host right?" in done.stderr
    assert "Traceback" not in done.stderr
    assert silent(done.stdout + done.stderr)


def test_a_server_that_was_stopped(short_folder: Path, write: Write) -> None:
    with postgres(short_folder / "other") as other:
        load(other, {"orders": orders().head(50)})
        place = f'connection = "{other.url()}"\ntable = "orders"'
        before = told(write, place, PGPASSWORD=PASSWORD)
        assert before.returncode == 0, before.stderr
        other.stop()
        done = told(write, place, PGPASSWORD=PASSWORD)
        assert done.returncode == 3
        assert "is the server running" in done.stderr
        assert "Traceback" not in done.stderr
        assert silent(done.stdout + done.stderr)
        other.start()
        after = told(write, place, PGPASSWORD=PASSWORD)
        assert (after.returncode, after.stdout) == (0, before.stdout)


def test_no_secret_is_kept(server: Postgres, write: Write, data: Path, tmp_path: Path) -> None:
    """Neither of what went well nor of what did not: the cache folder is looked through."""
    cache = {"KPITREE_CACHE_DIR": str(tmp_path / "cache"), "KPITREE_NO_CACHE": "0"}
    for table, code in (("orders", 0), ("nothing", 3)):
        place = f'connection = "{server.url()}"\ntable = "{table}"'
        done = told(write, place, **cache)
        assert done.returncode == code, done.stderr
    done = told(write, f'path = "{data}/orders.csv"', **cache)
    assert done.returncode == 0, done.stderr
    kept = [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert kept, "nothing was kept, so nothing was looked through"
    assert all(silent(file.read_bytes().decode("latin-1")) for file in kept)


@pytest.mark.parametrize(
    ("place", "library", "extra"),
    [
        ('path = "rows.csv"\nengine = "duckdb"', "duckdb", "sql"),
        ('path = "rows.csv"\nengine = "duckdb"', "narwhals", "sql"),
        ('connection = "postgres://h/d"\ntable = "t"', "ibis", "sql"),
        ('path = "rows.csv"\nengine = "spark"', "pyspark", "spark"),
    ],
)
def test_a_library_that_is_not_installed(
    write: Write, place: str, library: str, extra: str
) -> None:
    write("rows.csv", "ordered_on,amount\n2026-01-01,1\n")
    tree = write("tree.toml", TREE.format(place=place.replace("\n", "\n    ")))
    without = f"import sys; sys.modules[{library!r}] = None; from kpitree.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", without, "eval", str(tree), "--verbose"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert f"the library {library!r} is not installed" in done.stderr
    assert f"pip install 'kpitree[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_java(write: Write, data: Path, tmp_path: Path) -> None:
    place = f'path = "{data}/orders.parquet"\nengine = "spark"'
    done = told(write, place, JAVA_HOME=str(tmp_path))
    assert done.returncode == 3, done.stderr
    assert "Spark needs Java 17" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_no_spark_there(write: Write) -> None:
    url = f"sc://127.0.0.1:{free_port()}/;token=${{TOKEN}};user_id=me"
    place = f'engine = "spark"\nconnection = "{url}"\ntable = "orders"'
    done = told(write, place, TOKEN="s3cret-token")  # noqa: S106 - of nothing
    assert done.returncode == 3, done.stderr
    assert "is the server running" in done.stderr
    assert "Traceback" not in done.stderr
    assert silent(done.stdout + done.stderr)


def test_a_file_of_a_database_that_is_not_there(write: Write, tmp_path: Path) -> None:
    done = told(write, 'connection = "sqlite://nothing.db"\ntable = "orders"')
    assert done.returncode == 3
    assert "there is no file" in done.stderr
    assert not (tmp_path / "nothing.db").exists()


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('clean = "number"', "a database does not know 'clean'"),
        ('decimal = ","', "a database does not know 'decimal'"),
        ("where = \"region < 'm'\"", "puts texts in an order of its own"),
        ('where = "customer >= region"', "puts texts in an order of its own"),
    ],
)
def test_what_a_database_cannot(server: Postgres, write: Write, keys: str, says: str) -> None:
    done = told(write, f'connection = "{server.url()}"\ntable = "orders"\n{keys}')
    assert done.returncode == 3, done.stderr
    assert says in done.stderr


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
