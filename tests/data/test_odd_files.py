"""Files that are nearly what they should be: each is refused with a hint that helps, or read."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any, Final

import polars as pl
import pytest

from data.broken import GOOD, Broken
from data.test_broken_files import evaluate
from kpitree.data.files import written
from kpitree.errors import SourceError

QUOTES: Final = (
    "hint: double quotes hold the separator only where the field begins with one, without a space"
)
PLAIN: Final = 'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
UNPACK: Final = "hint: unpack it first: zstd -d FILE"
AGAIN: Final = "hint: the header seems to stand here again: remove that line"


def zstd(text: bytes) -> bytes:
    """A frame of zstd with one block, which holds the text as it is."""
    size = len(text)
    block = (size << 3 | 1).to_bytes(3, "little") + text
    return b"\x28\xb5\x2f\xfd\xa0" + size.to_bytes(4, "little") + block


def csv_of(text: str, says: str, **keys: str) -> Broken:
    return Broken(holds={"data.csv": text}, keys=keys, says=f"error: data.csv{says}")


def zst_of(text: bytes, says: str) -> Broken:
    return Broken(
        holds={"data.csv.zst": zstd(text)},
        keys={"path": "data.csv.zst"},
        says=f"error: data.csv.zst: {says}\n{UNPACK}",
    )


def number(text: str, hint: str) -> Broken:
    return csv_of(
        f'day;amount\n2026-01-05;"{text}"\n',
        f", line 2: the column 'amount' is used as a number, but holds the text '{text}'\n"
        f"hint: {hint}",
    )


def first_date(text: str, hint: str) -> Broken:
    return csv_of(
        f"day,amount\n{text},1\n",
        f", line 2, column 'day': the text '{text}' is no date of the form 2026-01-31\n"
        f"hint: {hint}",
    )


def bad_format(time_format: str, says: str) -> Broken:
    return csv_of(
        "day,amount\n2026-01-31 23:30 PST,1\n",
        f", column 'day': time_format = '{time_format}'{says}",
        time_format=time_format,
    )


CASES: Final = {
    "quotes behind a space": csv_of(
        'day,note,amount,qty\n2026-01-05,"Smith, J",10,1\n2026-01-06, "Miller, 7, Sons", 5, 1\n',
        f", line 3: line 3 has 6 fields, the header has 4\n{QUOTES}",
    ),
    "quotes inside a text": csv_of(
        'day,note,amount,qty\n2026-01-05,a "b, 7, c" d,5,x\n',
        f", line 2: line 2 has 6 fields, the header has 4\n{QUOTES}",
    ),
    "quotes inside a text, and empty fields": csv_of(
        'day,note,amount,qty\n2026-01-05,a "b, 7, c",,\n',
        f", line 2: line 2 has 6 fields, the header has 4\n{QUOTES}",
    ),
    "a space behind quotes": csv_of(
        'day,note,amount\n2026-01-05,"a\nb" ,7\n',
        f", line 3: a double quote closes a text, and spaces stand behind it\n{PLAIN}",
    ),
    "a header short of a field": csv_of(
        '"day","amount"\n"1","2026-01-05",10\n',
        ", line 2: line 2 has 3 fields, the header has 2\n"
        "hint: put a text that holds the separator in double quotes",
    ),
    "a zone by its name": bad_format(
        "%Y-%m-%d %H:%M %Z",
        ": %Z is not read, as such a short name is not that of one zone alone\n"
        "hint: %z reads zones such as +0100 and -08:00",
    ),
    "a format of another kind": bad_format(
        "dd.MM.yyyy",
        " names no part of a date\n"
        'hint: each part has its letter behind a %: time_format = "%d.%m.%Y"',
    ),
    "a letter that stands for nothing": bad_format(
        "%d.%m.%Q",
        ": %Q stands for nothing\n"
        "hint: %Y is the year, %m the month, %d the day, %H the hour, %M the minute",
    ),
    "fractions of a second": bad_format(
        "%Y-%m-%d %H:%M:%S,%f",
        ": %f is not read by itself\nhint: fractions of a second are %.f",
    ),
    "a short year": csv_of(
        "day,amount\n26-01-05,1\n",
        ", line 2, column 'day': the date '26-01-05' can be read two ways\n"
        'hint: say which: time_format = "%d-%m-%y" or "%y-%m-%d"',
    ),
    "all short": csv_of(
        "day,amount\n01/02/03,1\n",
        ", line 2, column 'day': the date '01/02/03' can be read three ways\n"
        'hint: say which: time_format = "%d/%m/%y", "%m/%d/%y" or "%y/%m/%d"',
    ),
    "a week": first_date("2026-W02", "write it as 2026-01-31"),
    "a quarter": first_date("2026-Q1", "write it as 2026-01-31"),
    "seconds since 1970": first_date("1768000000", "write it as 2026-01-31"),
    "a serial number": first_date("46027", "write it as 2026-01-31"),
    "a sentinel": first_date(
        "0000-00-00",
        "if it stands for no date, say so: null_values = ['0000-00-00']; "
        "else write it as the first ones are",
    ),
    "a currency by its name": number("5,00 Euro", "write it as a number, such as 1234.5"),
    "a date among numbers": number("5. Januar 2026", "write it as a number, such as 1234.5"),
    "the header again": csv_of(
        GOOD + "day,amount,stage\n",
        f", line 4: the column 'amount' is used as a number, but holds the text 'amount'\n{AGAIN}",
    ),
    "the name of the time column again": csv_of(
        GOOD + "day,3,x\n",
        f", line 4, column 'day': the text 'day' is no date of the form 2026-01-31\n{AGAIN}",
    ),
    "a long text": csv_of(
        GOOD + f"2026-01-07,{'x' * 300},won\n",
        ", line 4: the column 'amount' is used as a number, but holds the text "
        f"'{'x' * 59}…'\nhint: write it as a number, such as 1234.5",
    ),
    "a long date": csv_of(
        f"day,amount\n{'x' * 300},1\n",
        f", line 2, column 'day': the text '{'x' * 59}…' is no date of the form 2026-01-31\n"
        "hint: write it as 2026-01-31",
    ),
    "a long name": csv_of(
        f"day,{'x' * 300}\n2026-01-05,1\n",
        ": there is no column 'amount', which sum(amount) names\n"
        f"hint: known names: day, {'x' * 59}…",
    ),
    "two carriage returns": csv_of(
        GOOD.replace("\n", "\r\r\n"),
        r": the lines end with \r\r\n" + "\nhint: write them with one carriage return at most; "
        'in Python: open(path, "w", newline="")',
    ),
    "a repeated name in one of the files": Broken(
        holds={"d/a.csv": GOOD, "d/b.csv": "day,amount,amount\n2026-01-05,1,2\n"},
        keys={"path": "d"},
        says="error: d (b.csv): two columns are named 'amount'",
    ),
    "UTF-16 in zstd": zst_of(
        GOOD.encode("utf-16"), "what zstd packs is read as UTF-8 only, which it is not"
    ),
    "carriage returns in zstd": zst_of(
        GOOD.replace("\n", "\r").encode(),
        "what zstd packs is read with lines that end as on Windows or Linux",
    ),
    "spaces in zstd": zst_of(
        GOOD.encode() + b"  \n",
        "what zstd packs is read without lines of spaces alone, a byte order mark or an array"
        " around it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_odd_file_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = evaluate(CASES[name], tmp_path, monkeypatch)
    assert result.stderr == CASES[name].says + "\n"
    assert (result.exit_code, result.stdout) == (3, "")


def test_what_zstd_packs_as_it_is_is_read(tmp_path: Path, value: Callable[..., Any]) -> None:
    path = tmp_path / "data.csv.zst"
    path.write_bytes(zstd(GOOD.replace("\n", "\r\n").encode()))
    assert value(path, "sum(amount)") == 30.5


def test_quotes_that_are_well_placed_are_let_pass(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv(
        "day,note,amount,qty\n"
        '2026-01-05,"a ""b"", c",5,x\n2026-01-06,the "x" y,6,"x, y"\n'
        '"2026-01-07","","7","a,\n""b,"",c"\n2026-01-08,"a, 1, 2, 3",8,\n'
    )
    assert value(path, "sum(amount)") == 26.0
    assert value(path, "count(qty)") == 3.0


def test_fractions_as_python_writes_them(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    path = csv("day,amount\n2026-01-05 10:00:00.250000,1\n2026-01-05 10:00:01.750000,1\n")
    keys = {"time_format": "%Y-%m-%d %H:%M:%S.%f"}
    spread = value(path, "sum(hours_between('2026-01-05 10:00:00', day) * 3600)", **keys)
    assert spread == pytest.approx(2.0)


def test_thousands_of_columns_take_no_longer_than_hundreds(
    csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    """Of the processor: half a second, and minutes where it goes by their square."""
    names = [f"c{number}" for number in range(4_000)]
    rows = [f"2026-01-{day:02},1,{','.join('1' for _ in names)}" for day in range(1, 29)]
    path = csv("\n".join([f"day,amount,{','.join(names)}", *rows, "", "," * 4_001, ""]))
    began = process_time()
    assert value(path, "sum(amount)") == 28.0
    assert process_time() - began < 20


# --- formats -------------------------------------------------------------------------------------

MOMENT: Final = datetime(2026, 11, 5, 14, 7, 9)


@pytest.mark.parametrize("time_format", written._FORMATS)
def test_a_format_that_is_proposed_reads_the_date(
    time_format: str, csv: Callable[[str], Path], read: Callable[..., Any]
) -> None:
    text = MOMENT.strftime(time_format)
    path = csv(f'day;amount\n"{text}";1\n')
    with pytest.raises(SourceError) as caught:
        read(path, ["sum(amount)"])
    proposed = caught.value.hint.partition('time_format = "')[2].partition('"')[0]
    assert proposed, caught.value.hint
    cube = read(path, ["sum(amount)"], time_format=proposed)
    first = MOMENT.date() if "%d" in time_format else MOMENT.date().replace(day=1)
    assert cube.coverage == (first, first)


def test_utc_in_the_basic_format_is_proposed_and_read(
    csv: Callable[[str], Path], read: Callable[..., Any]
) -> None:
    path = csv("day,amount\n20260105T233000Z,1\n")
    with pytest.raises(SourceError) as caught:
        read(path, ["sum(amount)"])
    assert caught.value.hint.endswith('time_format = "%Y%m%dT%H%M%S%#z"')
    berlin = {"timezone": "Europe/Berlin"}
    cube = read(path, ["sum(amount)"], time_format="%Y%m%dT%H%M%S%#z", request=berlin)
    assert [str(day) for day in cube.coverage] == ["2026-01-06", "2026-01-06"]


@pytest.mark.parametrize("letter", "YymdbBjHMSpeFTDRzaAIkl")
def test_letters_that_polars_knows_are_let_pass(letter: str) -> None:
    written.refuse_bad_format(f"%{letter}", "data.csv")
    shown = pl.select(pl.lit(MOMENT).dt.replace_time_zone("UTC").dt.strftime(f"%{letter}"))
    assert shown.item() != f"%{letter}"
