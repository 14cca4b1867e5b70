"""What all tests share: golden files on request, steady property tests, input beside the test."""

import os
from collections.abc import Callable, Iterator
from inspect import cleandoc
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, settings

# A machine under load must not fail a law, so nothing is timed. Examples are the same on every
# run: a red test is red for everyone. `HYPOTHESIS_PROFILE=thorough make test` looks for new ones.
settings.register_profile(
    "steady",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=2_000,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# What the caller's terminal and habits would change in what kpitree prints.
TERMINAL = (
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PY_COLORS",
    "TERMINAL_WIDTH",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite",
        action="store_true",
        help="Record golden files anew from what is answered now; then read the diff.",
    )


@pytest.fixture(scope="session", autouse=True)
def _plain_terminal() -> Iterator[None]:
    """Every test, and every program it starts, sees the same terminal: none."""
    with pytest.MonkeyPatch.context() as patch:
        for name in TERMINAL:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All tests share one cache, so that each of them tells whether the keys of it are right."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("KPITREE_NO_CACHE", "KPITREE_CACHE_SIZE"):
            patch.delenv(name, raising=False)
        patch.setenv("KPITREE_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a text under tmp_path, less the indentation and the blank line it begins with."""

    def _write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return path

    return _write


@pytest.fixture
def tree_file(request: pytest.FixtureRequest, write: Callable[[str, str], Path]) -> Path:
    """The test's own docstring as tmp_path/tree.toml: the test shows its input.

    Write the docstring raw (r-prefixed) where the TOML holds backslashes.
    """
    text = request.function.__doc__
    if not text:
        pytest.fail(f"{request.node.name} asks for tree_file but has no docstring to be it")
    return write("tree.toml", cleandoc(text) + "\n")
