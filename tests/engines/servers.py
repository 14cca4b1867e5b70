"""Real servers for the tests: PostgreSQL from Debian's packages, and Spark Connect from pip's."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NoReturn

import pytest

PASSWORD: Final = "s3cret/of@the:house"  # noqa: S105 - of a server that lives for a test run
_BINARIES: Final = "/usr/lib/postgresql"
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "fsync": "off",
    "max_connections": "40",
}
# Of a few thousand rows: what makes large queries fast takes longer than these take.
QUICK_SPARK: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


def cannot(reason: str) -> NoReturn:
    """Skip, saying why; but CI has everything, so there it is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A server on loopback. home: its data folder, and what it logs."""

    port: int
    home: Path
    binaries: Path
    user: str | None  # who runs it, where it is not who runs the tests

    def url(self, password: str = "${PGPASSWORD}") -> str:  # noqa: S107 - a name, not a value
        return f"postgres://kpitree:{password}@127.0.0.1:{self.port}/shop"

    def run(self, program: str, *args: str) -> str:
        """Run one of the server's own programs, as the one who runs the server."""
        prefix = () if self.user is None else ("setpriv", f"--reuid={self.user}", "--clear-groups")
        command = [*prefix, str(self.binaries / program), *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{self._log()}")
        return done.stdout

    def _log(self) -> str:
        log = self.home / "log"
        return log.read_text("utf-8") if log.exists() else ""

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        options += f" -c port={self.port} -c unix_socket_directories={self.home}"
        data, log = str(self.home / "data"), str(self.home / "log")
        self.run("pg_ctl", "start", "--wait", "-D", data, "-l", log, "-o", options)

    def stop(self) -> None:
        self.run("pg_ctl", "stop", "--wait", "-m", "immediate", "-D", str(self.home / "data"))

    def sql(self, statement: str, database: str = "shop") -> str:
        """What psql answers, unaligned."""
        return self.run(
            "psql", "-X", "-qAt", "-v", "ON_ERROR_STOP=1", "-h", str(self.home), "-p",
            str(self.port), "-U", "postgres", "-d", database, "-c", statement,
        )  # fmt: skip


@contextmanager
def postgres(home: Path) -> Iterator[Postgres]:
    """A server of its own, with a database `shop` and a user `kpitree`. home: a short path."""
    found = sorted(Path(_BINARIES).glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        cannot("PostgreSQL is not there: apt-get install postgresql")
    user = _unprivileged()
    server = Postgres(port=free_port(), home=home, binaries=found[-1], user=user)
    home.mkdir(mode=0o755, parents=True)
    if user is not None:
        shutil.chown(home, user)
    server.run(
        "initdb", "-D", str(home / "data"), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8",
        "--auth-local=trust", "--auth-host=scram-sha-256",
    )  # fmt: skip
    server.start()
    try:
        server.sql(f"create user kpitree password '{PASSWORD}'", "postgres")
        server.sql("create database shop owner kpitree", "postgres")
        yield server
    finally:
        server.stop()


def _unprivileged() -> str | None:
    """PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    cannot("PostgreSQL must not be run by root, and there is no user postgres or nobody")


def need_spark() -> None:
    if find_spec("pyspark") is None:
        cannot("Spark is not there: pip install 'kpitree[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        cannot("Spark needs Java 17: apt-get install openjdk-17-jre-headless")


@contextmanager
def spark_connect(home: Path, master: str) -> Iterator[str]:
    """The URL of a Spark Connect server, a process of its own."""
    need_spark()
    port, submit = free_port(), Path(import_module("pyspark").__path__[0], "bin", "spark-submit")
    home.mkdir(parents=True)
    confs = QUICK_SPARK | {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": str(home / "warehouse"),
    }
    settings = [text for name, value in confs.items() for text in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(submit), "--master", master, *settings, "--class", server, "spark-internal"],
            stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=home,
            env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(port, process, home / "log")
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {log.read_text('utf-8')[-2000:]}")
