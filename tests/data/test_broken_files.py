"""Broken data through the real command: the exact message, exit 3, and never a traceback."""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from data.broken import CASES, GOOD, Broken, packed, parquet
from kpitree.cli.app import app
from kpitree.data.cube.cube import Cube
from kpitree.data.files import found as files
from kpitree.data.files.found import Files, Kind
from kpitree.data.files.mistakes import Reading, explaining
from kpitree.errors import SourceError

TREE = """
[tree]
name = "Broken"

[sources.data]
{keys}

[sources.data.dimensions]
stage = "stage"

[kpi.revenue]
measure = "{measure}"
"""


@pytest.fixture(autouse=True)
def _fresh_input() -> Iterator[None]:
    files.spooled_input.cache_clear()
    yield
    files.spooled_input.cache_clear()


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    result = evaluate(case, tmp_path, monkeypatch, *case.options)
    assert result.stderr == case.says + "\n"
    assert (result.exit_code, result.stdout) == (case.exit_code, "")


def evaluate(
    case: Broken, folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str, **given: Any
) -> Result:
    for path, contents in case.holds.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    keys = {"path": "data.csv"} | ({} if "from" in case.keys else {"time": "day"}) | case.keys
    said = "\n".join(f"{key} = '{value}'" for key, value in keys.items())
    (folder / "tree.toml").write_text(TREE.format(keys=said, measure=case.measure))
    monkeypatch.chdir(folder)
    return CliRunner().invoke(app, ["eval", "tree.toml", *options], **given)


MONTH = GOOD.replace("-05,", "-01,").replace("-06,", "-31,")
BINARY: dict[str, list[object]] = {
    "day": [date(2026, 1, 1), date(2026, 1, 31)],
    "amount": [10.0, 20.5],
}


def as_arrow() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(BINARY).write_ipc(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("data[1].csv", MONTH),
        ("data[1].csv.gz", packed(MONTH)),
        ("da*a.csv", MONTH),
        ("data[1].parquet", parquet(**BINARY)),
        ("data[1].arrow", as_arrow()),
        ("data[1].ndjson", '{"day":"2026-01-01","amount":10}\n{"day":"2026-01-31","amount":20.5}'),
        ("d[1]/data.csv", MONTH),
    ],
)
def test_a_name_may_hold_brackets(
    name: str, contents: str | bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a file that the name would match, were it a pattern."""
    decoy = name.replace("[1]", "1").replace("*", "t")
    case = Broken(holds={name: contents, decoy: contents[:9]}, keys={"path": name}, says="")
    result = evaluate(case, tmp_path, monkeypatch, "--format", "plain", "--period", "2026-01")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "30.5" in result.stdout


def test_a_broken_stdin_is_named_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        GOOD.encode() + b'2026-01-15,6,5" pipe\n': ", line 4: a double quote stands astray",
        packed(GOOD, to=30): ": the gzip file is cut short or damaged",
        GOOD.encode() + b"2026-01-15,x,won\n": ", line 4: the column 'amount' is used as a number",
        b"": ": the file is empty",
    }
    for contents, message in said.items():
        files.spooled_input.cache_clear()
        result = evaluate(
            Broken(says=""), tmp_path, monkeypatch, "--source", "data=-", input=contents
        )
        assert result.exit_code == 3
        assert result.stderr.startswith(f"error: standard input{message}")


def test_a_packed_stdin_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--source", "data=-", "--period", "2026-01", "--format", "plain")
    result = evaluate(Broken(says=""), tmp_path, monkeypatch, *options, input=packed(MONTH))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "30.5" in result.stdout


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", forbidden)  # root may read whatever its mode says
    case = Broken(holds={"d/data.csv": GOOD}, keys={"path": "d"}, says="")
    result = evaluate(case, tmp_path, monkeypatch)
    assert result.stderr == "error: d: it cannot be opened: Permission denied\n"
    assert result.exit_code == 3


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_any = Path.open

    def forbidden(path: Path, *how: Any, **more: Any) -> Any:
        if path.name == "data.csv":
            raise PermissionError(13, "Permission denied")
        return open_any(path, *how, **more)

    case = Broken(holds={}, says="")
    (tmp_path / "data.csv").write_text(GOOD)
    monkeypatch.setattr(Path, "open", forbidden)
    result = evaluate(case, tmp_path, monkeypatch)
    assert result.stderr == "error: data.csv: it cannot be opened: Permission denied\n"
    assert result.exit_code == 3


def test_only_the_warning_about_a_region_is_silenced() -> None:
    reading = Reading(files=Files(kind=Kind.CSV, shown="s3://x/y.csv", paths=("",), remote=True))
    with explaining(reading):
        warnings.warn("'(default_)region' not set; polars will try", UserWarning, stacklevel=1)
    with pytest.raises(UserWarning, match="another"), explaining(reading):
        warnings.warn("another", UserWarning, stacklevel=1)


def test_the_last_cause_of_an_unreachable_store_is_told() -> None:
    causes = "error sending request\n\nCaused by:\n    0: client error\n    1: unknown name"
    reading = Reading(files=Files(kind=Kind.CSV, shown="s3://x/y.csv", paths=("",), remote=True))
    said = "s3://x/y.csv: the CSV data cannot be read: error sending request: unknown name"
    with pytest.raises(SourceError, match=f"^{re.escape(said)}$"), explaining(reading):
        raise OSError(causes)


# --- what is no mistake, and what is nearly one ---------------------------------------------------


def test_an_empty_field_in_quotes_is_null(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., Any]
) -> None:
    path = csv('day,amount,stage\n2026-01-05,"",""\n2026-01-06,2,\n"",3,won\n')
    cube = read(path, ["count(amount)", "count(stage)", "count()"], dimensions=("stage",))
    assert cube.roll_up(months(2026, 1), ("stage",)).rows() == [(0, "(none)", 1.0, 0.0, 2.0)]
    assert [notice.message for notice in cube.notices] == [
        "1 row has no date in 'day' and is left out"
    ]


def test_an_empty_text_is_no_segment_of_its_own(
    parquet: Callable[..., Path], read: Callable[..., Cube], months: Callable[..., Any]
) -> None:
    path = parquet({"day": [date(2026, 1, n) for n in (1, 2, 2)], "stage": ["", None, "won"]})
    measures = ["count()", "n_unique(stage)", "median(month(day))"]
    cube = read(path, measures, dimensions=("stage",))
    assert cube.roll_up(months(2026, 1), ("stage",)).rows() == [
        (0, "(none)", 2.0, 1.0, 1.0),
        (0, "won", 1.0, 1.0, 1.0),
    ]


def test_a_computed_dimension_may_be_empty_too(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., Any]
) -> None:
    path = csv('day,stage\n2026-01-01," "\n2026-01-01,\n')
    cube = read(path, ["count()"], dimensions=("stage",), columns={"stage": "strip(stage)"})
    assert cube.roll_up(months(2026, 1), ("stage",)).rows() == [(0, "(none)", 2.0)]


def test_impossible_years_that_where_leaves_out_are_none(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv(GOOD + "9999-12-31,5,open\n")
    assert value(path, "sum(amount)", where="stage != 'open'") == 30.5
    assert value(path, "sum(amount)", where="year(day) < 2200") == 30.5
    assert value(path, "sum(amount)", null_values=("9999-12-31",)) == 30.5
    edges = csv("day,amount\n1900-01-01,1\n2199-12-31,2\n")
    assert value(edges, "sum(amount)") == 3.0


@pytest.mark.parametrize("days", [None, (date(2026, 1, 1), date(2026, 2, 1))])
def test_an_impossible_year_is_found_whatever_is_asked(
    days: tuple[date, date] | None, csv: Callable[[str], Path], read: Callable[..., Cube]
) -> None:
    for measure in ("sum(amount)", "median(amount)"):
        with pytest.raises(SourceError, match="outside the years 1900 to 2199"):
            read(csv(GOOD + "1899-12-31,5,open\n"), [measure], request={"days": days})


def test_blank_lines_are_no_rows(
    csv: Callable[[str], Path], read: Callable[..., Cube], months: Callable[..., Any]
) -> None:
    measures = ["sum(amount)", "count()"]
    for text in (GOOD + "\n\n", GOOD.replace("2026-01-06", "\n2026-01-06"), GOOD + ",,\n"):
        for path in (csv(text), csv(text.replace("\n", "\r\n"))):
            cube = read(path, measures)
            assert cube.roll_up(months(2026, 1)).rows() == [(0, 30.5, 2.0)]
            assert cube.notices == ()
    cube = read(csv(GOOD + "\n,7,won\n\n"), measures)
    assert [n.message for n in cube.notices] == ["1 row has no date in 'day' and is left out"]
    both = [("count()", "closed"), ("count(where=stage == 'won')", "day")]
    cube = read(csv("day,closed,stage\n2026-01-01,2026-01-01,won\n\n,,won\n"), both)
    assert [n.message for n in cube.notices] == [
        "1 row has no date in 'day' and is left out",
        "1 row has no date in 'closed' and is left out",
    ]
