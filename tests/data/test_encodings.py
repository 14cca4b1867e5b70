"""The same table in any encoding, packing, separator and line end gives the same numbers."""

import bz2
import codecs
import csv
import gzip
import io
import json
import lzma
import runpy
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpitree.calendar import Span
from kpitree.data.cube.cube import Cube
from kpitree.data.files import copies
from kpitree.errors import SourceError

GOOD = "day,amount,stage\n2026-01-05,10,gelöst\n2026-01-06,20.5,offen\n"
YEAR = Span(date(2026, 1, 1), date(2027, 1, 1), "2026")
SOLVED = "sum(amount, where=stage == 'gelöst')"


def zipped(text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._data.csv", "x")
        archive.writestr("data.csv", text)
    return buffer.getvalue()


# name: contents, keys of the source
ALIKE: dict[str, tuple[bytes, dict[str, Any]]] = {
    "utf8.csv": (GOOD.encode(), {"encoding": "utf-8"}),
    "bom.csv": (codecs.BOM_UTF8 + GOOD.encode(), {}),
    "bom-wins.csv": (codecs.BOM_UTF8 + GOOD.encode(), {"encoding": "windows-1252"}),
    "utf16.csv": (GOOD.encode("utf-16"), {}),
    "utf16be.csv": (codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"), {}),
    "utf16le.csv": (GOOD.encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "utf32.csv": (GOOD.encode("utf-32"), {}),
    "latin.csv": (GOOD.encode("latin-1"), {"encoding": "latin-1"}),
    "windows.csv": (GOOD.encode("cp1252"), {"encoding": "windows-1252"}),
    "mac.csv": (GOOD.replace("\n", "\r").encode("mac-roman"), {"encoding": "mac-roman"}),
    "old-mac.csv": (GOOD.replace("\n", "\r").encode(), {}),
    "crlf.csv": (GOOD.replace("\n", "\r\n").encode(), {}),
    "no-end.csv": (GOOD.rstrip("\n").encode(), {}),
    "spaces.csv": (GOOD.replace("\n", "\n   \n").encode(), {}),
    "spaces-crlf.csv": (GOOD.replace("\n", "\r\n\t \r\n").encode(), {}),
    "first-blank.csv": (b"\n\r\n" + GOOD.encode(), {}),
    "sep.csv": (b"sep=;\r\n" + GOOD.replace(",", ";").encode(), {}),
    "sep-bom.csv": (codecs.BOM_UTF8 + b"SEP=|\n" + GOOD.replace(",", "|").encode(), {}),
    "sep-quoted.csv": (b'"sep=,"\n' + GOOD.encode(), {}),
    "trailing.csv": (GOOD.replace("\n", ",\n").encode(), {}),
    "trailing-rows.csv": (GOOD.replace("t\n", "t,,\n").replace("n\n", "n,\n").encode(), {}),
    "quoted.csv": (b'"day","amount","stage"\n"2026-01-05","10","gel\xc3\xb6st"\n', {}),
    "other-words.csv": (b"day;amount;a, b, c, d\n2026-01-05;10;x\n", {}),
    "packed.csv.gz": (gzip.compress(GOOD.encode()), {}),
    "packed.csv.bz2": (bz2.compress(GOOD.encode()), {}),
    "packed.csv.xz": (lzma.compress(GOOD.encode()), {}),
    "packed.csv.zip": (zipped(GOOD.encode()), {}),
    "packed.zip": (zipped(GOOD.encode()), {}),
    "latin.csv.gz": (gzip.compress(GOOD.encode("latin-1")), {"encoding": "latin-1"}),
    "utf16.csv.zip": (zipped(GOOD.encode("utf-16")), {}),
    "no-ending-that-says-so.csv": (gzip.compress(GOOD.encode()), {}),
}


@pytest.mark.parametrize("name", ALIKE)
def test_the_same_from_all(name: str, tmp_path: Path, read: Callable[..., Cube]) -> None:
    contents, keys = ALIKE[name]
    (tmp_path / name).write_bytes(contents)
    cube = read(tmp_path / name, ["sum(amount, where=amount < 20)"], **keys)
    assert cube.days["day"].select("day:").drop_nulls().to_series().to_list()[0] == date(2026, 1, 5)
    assert cube.notices == ()
    (whole,) = cube.roll_up([YEAR]).rows()
    assert whole[1] == 10.0
    if b"o" in contents and name not in ("quoted.csv", "other-words.csv"):
        assert read(tmp_path / name, [SOLVED], **keys).roll_up([YEAR])[SOLVED].item() == 10.0


def test_arrays_of_json(tmp_path: Path, value: Callable[..., Any]) -> None:
    rows = [{"day": "2026-01-05", "amount": 10}, {"amount": 2.5, "day": "2026-01-06"}]
    for name, text in {
        "a.json": json.dumps(rows).encode(),
        "b.json": b"\n".join(json.dumps(row).encode() for row in rows),
        "c.json": json.dumps(rows, indent=2).encode("utf-16"),
        "d.json.gz": gzip.compress(json.dumps(rows).encode()),
        "e.ndjson.gz": gzip.compress(b"\n".join(json.dumps(row).encode() for row in rows)),
        "f.jsonl.xz": lzma.compress(b"\n".join(json.dumps(row).encode() for row in rows)),
    }.items():
        (tmp_path / name).write_bytes(text)
        assert value(tmp_path / name, "sum(amount)") == 12.5


def test_an_unchanged_file_is_copied_once(tmp_path: Path, value: Callable[..., Any]) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(GOOD.encode("latin-1"))
    for _ in range(3):
        assert value(path, SOLVED, encoding="latin-1") == 10.0
    made = {copy.name for copy in copies._folder().iterdir()}
    path.write_bytes(GOOD.replace("10", "11").encode("latin-1") + b"\n")
    assert value(path, SOLVED, encoding="latin-1") == 11.0
    assert len({copy.name for copy in copies._folder().iterdir()} - made) == 1


def test_a_full_disk_leaves_no_half_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Callable[..., Any]
) -> None:
    path = tmp_path / "full.csv"
    path.write_bytes(GOOD.encode("utf-16"))
    before = set(copies._folder().iterdir())

    def full(*_: Any) -> Any:
        yield "day,amount\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "_texts", full)
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)")
    assert str(caught.value) == (
        "full.csv: it cannot be unpacked into a temporary file: No space left on device"
    )
    assert set(copies._folder().iterdir()) == before


STYLES = {".": ["", ",", "'", " ", "\u202f"], ",": ["", ".", "'", " ", "\u00a0"]}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "windows-1252", "latin-1", "gb18030"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5),
    words=st.lists(st.text("aä;,|\t\"'\n é", max_size=4), min_size=5, max_size=5),
    encoding=st.sampled_from(ENCODINGS),
    separator=st.sampled_from(",;\t|"),
    mark=st.sampled_from(".,"),
    group=st.integers(0, 4),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_writer_writes_is_read(
    cents: list[int], words: list[str], encoding: str, separator: str, mark: str, group: int,
    line_end: str, tmp_path: Path, value: Callable[..., Any],
) -> None:  # fmt: skip
    """The sum by hand, whatever style the file is written in."""
    between = STYLES[mark][group]
    if encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"):
        between = "" if between == "\u202f" else between
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator=line_end)
    writer.writerow(["word", "day", "amount"])
    for word, amount in zip(words, cents, strict=False):
        digits = f"{abs(amount) // 100:,}".replace(",", between)
        sign = "-" if amount < 0 else ""
        writer.writerow([word, "2026-01-05", f"{sign}{digits}{mark}{abs(amount) % 100:02}"])
    path = tmp_path / "data.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    found = value(path, "sum(amount)", encoding=encoding, decimal=mark, clean={"*": "number"})
    assert found == pytest.approx(sum(cents) / 100, rel=1e-12, abs=1e-9)
    assert value(path, "count()", encoding=encoding) == len(cents)


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("month", "revenue"), [(1, 2110.50), (2, 2715.75), (3, 2499.75)])
def test_the_sample_exports(month: int, revenue: float, read: Callable[..., Cube]) -> None:
    """The sums are those of SOURCE.md, by hand."""
    cube = read(
        ROOT / "sample_data" / "exports" / "*.csv*", [("sum(Umsatz)", "Datum")], time="Datum",
        time_format="%d.%m.%Y", encoding="windows-1252", decimal=",", clean={"*": "number"},
        null_values=("k. A.",),
    )  # fmt: skip
    span = Span(date(2026, month, 1), date(2026, month + 1, 1), "month")
    assert cube.roll_up([span])["sum(Umsatz)"].item() == pytest.approx(revenue)


def test_the_sample_exports_are_what_their_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = runpy.run_path(str(ROOT / "sample_data" / "exports" / "generate.py"))
    monkeypatch.setitem(script["main"].__globals__, "HERE", tmp_path)
    script["main"]()
    for file in tmp_path.iterdir():
        assert file.read_bytes() == (ROOT / "sample_data" / "exports" / file.name).read_bytes()
