"""Data that is broken, and what the command says of it: one entry each, for test_broken_files."""

# ruff: noqa: E501 - a message stands whole, as it is seen

import bz2
import gzip
import io
import lzma
import zipfile
from dataclasses import dataclass, field
from datetime import date

import polars as pl

GOOD = "day,amount,stage\n2026-01-05,10,won\n2026-01-06,20.5,lost\n"
LONG = "day,amount,stage\n" + "".join(
    f"2026-01-{n % 28 + 1:02},{n * 7919 % 10007},won\n" for n in range(40_000)
)

ZSTD = bytes.fromhex(  # GOOD as zstd packs it, which Python 3.11 cannot
    "28b52ffd0458c101006461792c616d6f756e742c73746167650a323032362d30312d30352c31302c776f6e0a323032362d30312d30362c32302e352c6c6f73740aab8ee0fa"
)


def packed(text: str, *, to: int | None = None) -> bytes:
    return gzip.compress(text.encode(), mtime=0)[:to]


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


SPANS = {"from": "day", "to": "gone"}  # rows that last
BACKWARDS: dict[str, list[object]] = {
    "first day": [date(2026, 1, 5)],
    "gone": [date(2025, 1, 4)],
    "amount": [1.0],
    "stage": ["x"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What the folder of the tree holds, what the tree says of it, and what is then said."""

    says: str
    holds: dict[str, str | bytes] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    measure: str = "sum(amount)"
    options: tuple[str, ...] = ()
    exit_code: int = 3


CASES: dict[str, Broken] = {
    "a missing file": Broken(
        holds={"dada.csv": GOOD},
        says="error: data.csv: there is no such file\nhint: did you mean 'dada.csv'?",
    ),
    "a missing folder": Broken(
        keys={"path": "exports/data.csv"},
        says=(
            "error: exports/data.csv: there is no such file\n"
            "hint: there is no folder 'exports' either"
        ),
    ),
    "a missing column": Broken(
        holds={"data.csv": GOOD},
        measure="sum(amuont)",
        says=(
            "error: data.csv: there is no column 'amuont', which sum(amuont) names\n"
            "hint: did you mean 'amount'?"
        ),
    ),
    "a missing time column": Broken(
        holds={"data.csv": GOOD},
        keys={"time": "date"},
        says=(
            "error: data.csv: there is no column 'date', which time = 'date' of [sources.data] names\n"
            "hint: known names: amount, day, stage"
        ),
    ),
    "text where numbers are": Broken(
        holds={"data.csv": GOOD + "2026-01-07,none,won\n"},
        says=(
            "error: data.csv, line 4: the column 'amount' is used as a number, but holds the text 'none'\n"
            "hint: if it stands for no value, say so: null_values = ['none']"
        ),
    ),
    "text where numbers are, packed": Broken(
        holds={"data.csv.gz": packed(GOOD + "2026-01-07,none,won\n")},
        keys={"path": "data.csv.gz"},
        says=(
            "error: data.csv.gz, line 4: the column 'amount' is used as a number, but holds the text 'none'\n"
            "hint: if it stands for no value, say so: null_values = ['none']"
        ),
    ),
    "thousands": Broken(
        holds={"data.csv": GOOD + '2026-01-07,"1,000.5",won\n'},
        says=(
            "error: data.csv, line 4: the column 'amount' is used as a number, but holds the text '1,000.5'\n"
            'hint: if it is a number written for people, say so: clean = { amount = "number" }'
        ),
    ),
    "an empty file": Broken(holds={"data.csv": ""}, says=("error: data.csv: the file is empty")),
    "a header only": Broken(
        holds={"data.csv": "day,amount,stage\n"},
        says="error: the source 'data' has no rows with a date",
    ),
    "only blank dates": Broken(
        holds={"data.csv": "day,amount,stage\n,1,won\n"},
        says="error: the source 'data' has no rows with a date",
    ),
    "no rows in the period": Broken(
        holds={"data.csv": GOOD},
        options=("--period", "2030-01"),
        says=(
            "error: there is no data for 2030-01\n"
            "hint: the data: data from 2026-01-05 to 2026-01-06"
        ),
    ),
    "a long row": Broken(
        holds={"data.csv": GOOD + "2026-01-07,1,000,won\n"},
        says=(
            "error: data.csv, line 4: line 4 has 4 fields, the header has 3\n"
            "hint: put a text that holds the separator in double quotes"
        ),
    ),
    "a short row": Broken(
        holds={"data.csv": GOOD + "2026-01-07,1\n"},
        says=(
            "error: data.csv, line 4: line 4 has 2 fields, the header has 3\n"
            "hint: put a text that holds the separator in double quotes"
        ),
    ),
    "another encoding": Broken(
        holds={"data.csv": (GOOD + "2026-01-07,1,gelöst\n").encode("latin-1")},
        says=(
            "error: data.csv, line 4: the text is not UTF-8\n"
            'hint: say how it is written, such as encoding = "windows-1252"'
        ),
    ),
    "UTF-16 that does not say so": Broken(
        holds={"data.csv": GOOD.encode("utf-16-le")},
        says=(
            'error: data.csv: the text is not UTF-8\nhint: it seems to be: encoding = "utf-16-le"'
        ),
    ),
    "a stray quote": Broken(
        holds={"data.csv": GOOD + '2026-01-15,6,5" pipe\n'},
        says=(
            "error: data.csv, line 4: a double quote stands astray in a text\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "two stray quotes": Broken(
        holds={"data.csv": GOOD + '2026-01-15,6,5" pipe\n2026-01-16,6,7" pipe\n2026-01-17,6,x\n'},
        says=(
            "error: data.csv, line 4: a double quote stands astray in a text\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "text after a quoted text": Broken(
        holds={"data.csv": GOOD + '2026-01-15,6,"big" pipe\n'},
        measure="count(stage)",
        says=(
            "error: data.csv, line 4: a double quote stands astray in a text\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "an unclosed quote": Broken(
        holds={"data.csv": GOOD + '2026-01-15,"6,won\n2026-01-16,6,lost\n'},
        says=(
            "error: data.csv, line 4: a double quote opens a text here, and none closes it\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "an unclosed quote at the end": Broken(
        holds={"data.csv": GOOD + '2026-01-15,"6'},
        says=(
            "error: data.csv, line 4: a double quote opens a text here, and none closes it\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "an unclosed quote before quoted texts": Broken(
        holds={"data.csv": GOOD + '2026-01-15,6,"won\n2026-01-16,6,"lost"\n'},
        says=(
            "error: data.csv, line 4: a double quote opens a text here, and none closes it\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "a stray quote in the second file": Broken(
        holds={"d/1.csv": GOOD, "d/2.csv": GOOD + '2026-01-15,6,5" pipe\n'},
        keys={"path": "d"},
        says=(
            "error: d (2.csv), line 4: a double quote stands astray in a text\n"
            'hint: put the text in double quotes, and write one inside it twice: "5"" pipe"'
        ),
    ),
    "a packed file cut short": Broken(
        holds={"data.csv.gz": packed(GOOD, to=30)},
        keys={"path": "data.csv.gz"},
        says="error: data.csv.gz: the gzip file is cut short or damaged",
    ),
    "a packed file cut short late": Broken(
        holds={"data.csv.gz": packed(LONG, to=-20)},
        keys={"path": "data.csv.gz"},
        says="error: data.csv.gz: the gzip file is cut short or damaged",
    ),
    "a packed file that is damaged": Broken(
        holds={"data.csv.gz": packed(GOOD)[:-8] + bytes(8)},
        keys={"path": "data.csv.gz"},
        says="error: data.csv.gz: the gzip file is cut short or damaged",
    ),
    "broken Parquet": Broken(
        holds={"data.parquet": b"PAR1 and no more"},
        keys={"path": "data.parquet"},
        says="error: data.parquet: this is no whole Parquet file: it is cut short, or of another kind",
    ),
    "Parquet cut short": Broken(
        holds={"data.parquet": parquet(day=["2026-01-05"], amount=[1])[:-20]},
        keys={"path": "data.parquet"},
        says="error: data.parquet: this is no whole Parquet file: it is cut short, or of another kind",
    ),
    "Parquet that is CSV": Broken(
        holds={"data.parquet": GOOD},
        keys={"path": "data.parquet"},
        says="error: data.parquet: this is no whole Parquet file: it is cut short, or of another kind",
    ),
    "broken Arrow": Broken(
        holds={"data.arrow": b"ARROW1 and no more"},
        keys={"path": "data.arrow"},
        says="error: data.arrow: this is no whole Arrow file: it is cut short, or of another kind",
    ),
    "broken NDJSON": Broken(
        holds={
            "data.ndjson": '{"day": "2026-01-05", "amount": 1}\n{"day": "2026-01-06", "amount":\n'
        },
        keys={"path": "data.ndjson"},
        says=(
            "error: data.ndjson, line 2: this line is no JSON object\n"
            'hint: each line of NDJSON is one object, such as {"day": "2026-01-31", "n": 3}'
        ),
    ),
    "dates that can be read two ways": Broken(
        holds={"data.csv": "day,amount\n03/04/2026,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the date '03/04/2026' can be read two ways\n"
            'hint: say which: time_format = "%d/%m/%Y" or "%m/%d/%Y"'
        ),
    ),
    "dates with the day first": Broken(
        holds={"data.csv": "day,amount\n31.01.2026,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the text '31.01.2026' is no date of the form 2026-01-31\n"
            'hint: say how it is written, such as time_format = "%d.%m.%Y"'
        ),
    ),
    "dates with the month first": Broken(
        holds={"data.csv": "day,amount\n02/13/2026,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the text '02/13/2026' is no date of the form 2026-01-31\n"
            'hint: say how it is written, such as time_format = "%m/%d/%Y"'
        ),
    ),
    "dates that a later one explains": Broken(
        holds={"data.csv": "day,amount\n02/03/2026 10:30,1\n02/13/2026 10:30,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the text '02/03/2026 10:30' is no date of the form 2026-01-31\n"
            'hint: say how it is written, such as time_format = "%m/%d/%Y %H:%M"'
        ),
    ),
    "a date written otherwise": Broken(
        holds={"data.csv": GOOD + "03/04/2026,1,won\n"},
        says=(
            "error: data.csv, line 4, column 'day': the text '03/04/2026' is no date of the form 2026-01-31\n"
            "hint: write it as the first ones are"
        ),
    ),
    "a date written otherwise in the second file": Broken(
        holds={"d/1.csv": GOOD, "d/2.csv": GOOD + "31.01.2026,1,won\n"},
        keys={"path": "d"},
        says=(
            "error: d (2.csv), line 4, column 'day': the text '31.01.2026' is no date of the form 2026-01-31\n"
            "hint: write it as the first ones are"
        ),
    ),
    "a date written otherwise in NDJSON": Broken(
        holds={
            "data.ndjson": '{"day": "2026-01-05", "amount": 1}\n\n{"day": "31.01.2026", "amount": 1}\n'
        },
        keys={"path": "data.ndjson"},
        says=(
            "error: data.ndjson, line 3, column 'day': the text '31.01.2026' is no date of the form 2026-01-31\n"
            "hint: write it as the first ones are"
        ),
    ),
    "no date at all": Broken(
        holds={"data.csv": "day,amount\nsoon,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the text 'soon' is no date of the form 2026-01-31\n"
            "hint: if it stands for no date, say so: null_values = ['soon']; else say how it is written: time_format"
        ),
    ),
    "a day that no month has": Broken(
        holds={"data.csv": GOOD + "2026-02-30,1,won\n"},
        says=(
            "error: data.csv, line 4, column 'day': the text '2026-02-30' is no date of the form 2026-01-31\n"
            "hint: write it as the first ones are"
        ),
    ),
    "a sentinel for never": Broken(
        holds={"data.csv": GOOD + "9999-12-31,1,won\n"},
        says=(
            "error: data.csv, line 4, column 'day': the date '9999-12-31' of [sources.data] is outside the years 1900 to 2199\n"
            "hint: if it stands for no date, say so: null_values = ['9999-12-31']"
        ),
    ),
    "a sentinel for never, as a date": Broken(
        holds={"data.parquet": parquet(day=[date(2026, 1, 5), date(9999, 12, 31)], amount=[1, 2])},
        keys={"path": "data.parquet"},
        says=(
            "error: data.parquet, row 2, column 'day': the date '9999-12-31' of [sources.data] is outside the years 1900 to 2199\n"
            'hint: leave such rows out: where = "year(day) < 2200" in the source'
        ),
    ),
    "a year of four digits with two of them": Broken(
        holds={"data.csv": "day,amount\n31.01.26,1\n"},
        keys={"time_format": "%d.%m.%Y"},
        says=(
            "error: data.csv, line 2, column 'day': the date '31.01.26' of [sources.data] is outside the years 1900 to 2199\n"
            'hint: a year of two digits is %y: time_format = "%d.%m.%y"'
        ),
    ),
    "a year with its zeros": Broken(
        holds={"data.csv": GOOD + "0026-01-01,1,won\n"},
        says=(
            "error: data.csv, line 4, column 'day': the date '0026-01-01' of [sources.data] is outside the years 1900 to 2199\n"
            "hint: if it stands for no date, say so: null_values = ['0026-01-01']"
        ),
    ),
    "files of several kinds": Broken(
        holds={"d/1.csv": GOOD, "d/2.ndjson": "{}"},
        keys={"path": "d"},
        says=(
            "error: d: files of several kinds stand together: CSV, NDJSON\n"
            "hint: name the files of one kind with a pattern, such as *.parquet"
        ),
    ),
    "a file of no kind": Broken(
        holds={"data.docx": GOOD},
        keys={"path": "data.docx"},
        says=(
            "error: data.docx: its name does not tell what kind of file it is\n"
            "hint: known endings: .csv .tsv .txt .ndjson .jsonl .json, also with .gz .zst .bz2 .xz .zip; .parquet .pq .arrow .ipc .feather .xlsx .xlsm .xlsb .xls .ods"
        ),
    ),
    "an empty folder": Broken(
        holds={"d/README.md": "none"},
        keys={"path": "d"},
        says=(
            "error: d: the folder holds no data files\n"
            "hint: known endings: .csv .tsv .txt .ndjson .jsonl .json, also with .gz .zst .bz2 .xz .zip; .parquet .pq .arrow .ipc .feather .xlsx .xlsm .xlsb .xls .ods"
        ),
    ),
    "a pattern that nothing matches": Broken(
        keys={"path": "data-*.csv"},
        says="error: data-*.csv: no file matches this pattern\nhint: * stands for any part of a name",
    ),
    "files of other types": Broken(
        holds={
            "d/1.parquet": parquet(day=[date(2026, 1, 5)], amount=[1]),
            "d/2.parquet": parquet(day=[date(2026, 1, 5)], amount=["1"]),
        },
        keys={"path": "d"},
        says=(
            "error: d (2.parquet): the column 'amount' holds texts here, and numbers in 1.parquet\n"
            'hint: if the texts are numbers, say so: clean = { amount = "number" }'
        ),
    ),
    "files of which none has a column": Broken(
        holds={"d/1.csv": "day,x\n2026-01-05,1\n", "d/2.csv": "x,day,y\n1,2026-01-05,2\n"},
        keys={"path": "d"},
        says=(
            "error: d: there is no column 'amount', which sum(amount) names\n"
            "hint: known names: day, x, y"
        ),
    ),
    "dates and texts in Parquet": Broken(
        holds={"data.parquet": parquet(day=["2026-01-05", "soon"], amount=[1, 2])},
        keys={"path": "data.parquet"},
        says=(
            "error: data.parquet, row 2, column 'day': the text 'soon' is no date of the form 2026-01-31\n"
            "hint: if it stands for no date, say so: null_values = ['soon']; else write it as the first ones are"
        ),
    ),
    "a number that can be read two ways": Broken(
        holds={"data.csv": GOOD + '2026-01-07,"1,234",won\n'},
        keys={"clean": "number"},
        says=(
            "error: data.csv, line 4: the number '1,234' in the column 'amount' can be read two ways\n"
            'hint: say which: decimal = "." or ","'
        ),
    ),
    "what stays no number": Broken(
        holds={"d/1.csv": GOOD, "d/2.csv": GOOD + "2026-01-07,$1.2.3,won\n"},
        keys={"path": "d", "clean": "number"},
        says=(
            "error: d (2.csv), line 4: the column 'amount' is used as a number, but holds the text '$1.2.3'\n"
            "hint: write it as a number, such as 1234.5"
        ),
    ),
    "the other decimal mark": Broken(
        holds={"data.csv": GOOD},
        keys={"decimal": ","},
        says=(
            "error: data.csv, line 3: the column 'amount' is used as a number, but holds the text '20.5'\n"
            "hint: the source says decimal = ','"
        ),
    ),
    "a decimal comma": Broken(
        holds={"data.csv": "day;amount\n2026-01-05;10\n2026-01-05;20,5\n"},
        says=(
            "error: data.csv, line 3: the column 'amount' is used as a number, but holds the text '20,5'\n"
            'hint: if the comma is the decimal mark, say so: decimal = ","'
        ),
    ),
    "a text behind quoted line breaks": Broken(
        holds={"data.csv": 'day,note,amount\n2026-01-05,"a\nb\n",1\n\n2026-01-06,"c\n",x\n'},
        says=(
            "error: data.csv, line 6: the column 'amount' is used as a number, but holds the text 'x'\n"
            "hint: if it stands for no value, say so: null_values = ['x']"
        ),
    ),
    "a date behind quoted line breaks": Broken(
        holds={"data.csv": 'note,day,amount\n"a\nb",2026-01-05,1\n\n"c\n",soon,1\n'},
        says=(
            "error: data.csv, line 5, column 'day': the text 'soon' is no date of the form 2026-01-31\n"
            "hint: if it stands for no date, say so: null_values = ['soon']; else write it as the first ones are"
        ),
    ),
    "texts as true and false": Broken(
        holds={"data.csv": "day,amount,stage\n2026-01-05,10,yes\n"},
        measure="sum(amount, where=stage)",
        says=(
            "error: data.csv: the column 'stage' holds texts, such as 'yes', and stands where true or false is needed\n"
            """hint: if they say yes or no: clean = { stage = "boolean" }; else write a comparison, such as: stage == 'yes'"""
        ),
    ),
    "true, and then a text": Broken(
        holds={
            "data.csv": "day,amount,stage\n"
            + "2026-01-05,1,true\n" * 1_500
            + "2026-01-05,1,maybe\n"
        },
        measure="sum(amount, where=stage)",
        says=(
            "error: data.csv, line 1502: the column 'stage' is used as true or false, but holds the text 'maybe'\n"
            "hint: yes, true, on, 1 and no, false, off, 0 are read; if it stands for no value, say so: null_values = ['maybe']"
        ),
    ),
    "no header": Broken(
        holds={"data.csv": "2026-01-05,10,won\n2026-01-06,20,won\n"},
        says=(
            "error: data.csv: there is no column 'amount': the first line seems to hold data\n"
            "hint: write the names of the columns into the first line, now '2026-01-05,10,won'"
        ),
    ),
    "lines before the header": Broken(
        holds={"data.csv": "Deals of January,,\n,,\n" + GOOD},
        says=(
            "error: data.csv: the header stands in line 3\n"
            "hint: remove the lines before it: the first line names the columns"
        ),
    ),
    "bytes that are no Shift JIS": Broken(
        holds={"data.csv": GOOD.encode() + b"2026-01-07,1,\xff\xff\n"},
        keys={"encoding": "shift_jis"},
        says=(
            "error: data.csv, line 4: the text is not shift_jis\n"
            "hint: another encoding, or none for UTF-8, may be the right one"
        ),
    ),
    "an encoding that is none": Broken(
        holds={"data.csv": GOOD},
        keys={"encoding": "latn-1"},
        exit_code=2,
        says=(
            "error: tree.toml:8: [sources.data] encoding: 'latn-1' is no encoding that is known here\n"
            "hint: did you mean 'latin-1'?"
        ),
    ),
    "a zip of several files": Broken(
        holds={"data.zip": zipped(**{"a.csv": GOOD, "b.csv": GOOD})},
        keys={"path": "data.zip"},
        says=(
            "error: data.zip: the zip file holds 2 files: a.csv, b.csv\n"
            "hint: a zip of one file is read; unpack this one into a folder, and name that"
        ),
    ),
    "a zip cut short": Broken(
        holds={"data.csv.zip": zipped(**{"a.csv": GOOD})[:-30]},
        keys={"path": "data.csv.zip"},
        says="error: data.csv.zip: the zip file is cut short or damaged",
    ),
    "bzip2 cut short": Broken(
        holds={"data.csv.bz2": bz2.compress(LONG.encode())[:-20]},
        keys={"path": "data.csv.bz2"},
        says="error: data.csv.bz2: the bzip2 file is cut short or damaged",
    ),
    "xz cut short": Broken(
        holds={"data.csv.xz": lzma.compress(LONG.encode())[:-20]},
        keys={"path": "data.csv.xz"},
        says="error: data.csv.xz: the xz file is cut short or damaged",
    ),
    "zstd cut short": Broken(
        holds={"data.csv.zst": ZSTD[:-4]},
        keys={"path": "data.csv.zst"},
        says="error: data.csv.zst: the zstd file is cut short or damaged",
    ),
    "a workbook without the library": Broken(
        holds={"data.xlsx": b"PK"},
        keys={"path": "data.xlsx"},
        says=(
            "error: data.xlsx: reading workbooks needs fastexcel, which is not installed\n"
            "hint: pip install 'kpitree[excel]'"
        ),
    ),
    "a Delta table without the library": Broken(
        holds={"d/_delta_log/00000000000000000000.json": "{}"},
        keys={"path": "d"},
        says=(
            "error: d: reading Delta tables needs deltalake, which is not installed\n"
            "hint: pip install 'kpitree[delta]'"
        ),
    ),
    "an Iceberg table without the library": Broken(
        holds={"d/metadata/v1.metadata.json": "{}"},
        keys={"path": "d"},
        says=(
            "error: d: reading Iceberg tables needs pyiceberg, which is not installed\n"
            "hint: pip install 'kpitree[iceberg]'"
        ),
    ),
    "a JSON array of something else": Broken(
        holds={"data.json": '[{"day": "2026-01-05", "amount": 1}, 5]'},
        keys={"path": "data.json"},
        says="error: data.json, entry 2: this entry of the array is no JSON object",
    ),
    "a text in a JSON array": Broken(
        holds={
            "data.json": '[{"day": "2026-01-05", "amount": 1}, {"day": "2026-01-05", "amount": "x"}]'
        },
        keys={"path": "data.json"},
        says=(
            "error: data.json, entry 2: the column 'amount' is used as a number, but holds the text 'x'\n"
            "hint: if it stands for no value, say so: null_values = ['x']"
        ),
    ),
    "a JSON array cut short": Broken(
        holds={"data.json": '[{"day": "2026-01-05",\n "amount": 1}'},
        keys={"path": "data.json"},
        says="error: data.json, line 2: this is no JSON",
    ),
    "two columns of one name": Broken(
        holds={"data.csv": "day,amount,amount\n2026-01-05,1,2\n"},
        says="error: data.csv: two columns are named 'amount'",
    ),
    "numbers as the time": Broken(
        holds={"data.parquet": parquet(day=[20260105], amount=[1])},
        keys={"path": "data.parquet"},
        says=(
            "error: data.parquet: the column 'day' holds numbers, and time = 'day' needs dates\n"
            "hint: make the date from its parts: date(year, month, day) in [sources.….columns]"
        ),
    ),
    "numbers as the time, in CSV": Broken(
        holds={"data.csv": "day,amount\n20260105,1\n"},
        says=(
            "error: data.csv, line 2, column 'day': the text '20260105' is no date of the form 2026-01-31\n"
            'hint: say how it is written, such as time_format = "%Y%m%d"'
        ),
    ),
    "texts added up": Broken(
        holds={"data.parquet": parquet(day=[date(2026, 1, 5)], amount=["1"])},
        keys={"path": "data.parquet"},
        says="error: data.parquet: the column 'amount' holds texts, and sum(amount) needs numbers there\n"
        'hint: if the texts are numbers, say so: clean = { amount = "number" }',
    ),
    "a broken regular expression": Broken(
        holds={"data.csv": GOOD},
        measure="count(where=matches(stage, '('))",
        exit_code=2,
        says=(
            "error: '(', used in the where of count(), is no regular expression: unclosed group\n"
            "hint: for a plain piece of text use contains(x, '…')"
        ),
    ),
    "empty NDJSON": Broken(
        holds={"data.ndjson": ""},
        keys={"path": "data.ndjson"},
        says="error: data.ndjson: the file is empty",
    ),
    "a date of another format": Broken(
        holds={"data.csv": GOOD},
        keys={"time_format": "%d.%m.%Y"},
        says=(
            "error: data.csv, line 2, column 'day': the text '2026-01-05' is no date of the format '%d.%m.%Y'\n"
            "hint: write it as the first ones are"
        ),
    ),
    "a sentinel in another column of dates": Broken(
        holds={"data.csv": "day,closed,amount\n2026-01-05,9999-12-31,1\n"},
        measure='sum(amount)"\ntime = "closed',
        says=(
            "error: data.csv, line 2, column 'closed': the date '9999-12-31' of [sources.data] is outside the years 1900 to 2199\n"
            "hint: if it stands for no date, say so: null_values = ['9999-12-31']"
        ),
    ),
    "a sentinel at a time of day": Broken(
        holds={"data.csv": "day,amount\n2026-01-05 10:00,1\n9999-12-31 23:59:59,1\n"},
        says=(
            "error: data.csv, line 3, column 'day': the date '9999-12-31 23:59:59' of [sources.data] is outside the years 1900 to 2199\n"
            "hint: if it stands for no date, say so: null_values = ['9999-12-31 23:59:59']"
        ),
    ),
    "an end before the start": Broken(
        holds={
            "data.csv": "id,day,gone,amount\n1,2026-01-05,2026-01-05,1\n2,2026-02-01,2026-03-01,2\n3,2026-02-10,2026-02-01,3\n"
        },
        keys=SPANS,
        says=(
            "error: data.csv, line 4: a row of [sources.data] ends on 2026-02-01, before it starts on 2026-02-10\n"
            'hint: right it, or leave such rows out: where = "is_null(gone) or days_between(day, gone) >= 0"'
        ),
    ),
    "an end before the start, written otherwise": Broken(
        holds={"data.csv": "day,gone,amount\n05.01.2026,10.01.2026,1\n02.02.2026,10.01.2026,2\n"},
        keys=SPANS | {"time_format": "%d.%m.%Y"},
        says=(
            "error: data.csv, line 3: a row of [sources.data] ends on 10.01.2026, before it starts on 02.02.2026\n"
            'hint: right it, or leave such rows out: where = "is_null(gone) or days_between(day, gone) >= 0"'
        ),
    ),
    "an end before the start, in NDJSON": Broken(
        holds={
            "data.ndjson": '{"day": "2026-01-05", "gone": null, "amount": 1}\n\n{"day": "2026-01-05", "gone": "2026-01-04", "amount": 1}\n'
        },
        keys=SPANS | {"path": "data.ndjson"},
        says=(
            "error: data.ndjson, line 3: a row of [sources.data] ends on 2026-01-04, before it starts on 2026-01-05\n"
            'hint: right it, or leave such rows out: where = "is_null(gone) or days_between(day, gone) >= 0"'
        ),
    ),
    "an end before the start, in Parquet": Broken(
        holds={"data.parquet": parquet(**BACKWARDS)},
        keys=SPANS | {"path": "data.parquet", "from": "first day"},
        says=(
            "error: data.parquet, row 1: a row of [sources.data] ends on 2025-01-04, before it starts on 2026-01-05\n"
            "hint: right it, or leave such rows out: where = \"is_null(gone) or days_between(col('first day'), gone) >= 0\""
        ),
    ),
    "no column with the end": Broken(
        holds={"data.csv": "day,goen,amount\n2026-01-05,,1\n"},
        keys=SPANS,
        says="error: data.csv: there is no column 'gone', which to = 'gone' of [sources.data] names\nhint: did you mean 'goen'?",
    ),
    "an end that is a number": Broken(
        holds={"data.parquet": parquet(day=[date(2026, 1, 5)], gone=[20260105], amount=[1.0])},
        keys=SPANS | {"path": "data.parquet"},
        says=(
            "error: data.parquet: the column 'gone' holds numbers, and to = 'gone' needs dates\n"
            "hint: make the date from its parts: date(year, month, day) in [sources.….columns]"
        ),
    ),
    "an end that is no date": Broken(
        holds={"data.csv": "day,gone,amount\n2026-01-05,2026-01-06,1\n2026-01-05,never,1\n"},
        keys=SPANS,
        says=(
            "error: data.csv, line 3, column 'gone': the text 'never' is no date of the form 2026-01-31\n"
            "hint: if it stands for no date, say so: null_values = ['never']; else write it as the first ones are"
        ),
    ),
    "an end of another format": Broken(
        holds={"data.csv": "day,gone,amount\n05.01.2026,2026-01-06,1\n"},
        keys=SPANS | {"time_format": "%d.%m.%Y"},
        says=(
            "error: data.csv, line 2, column 'gone': the text '2026-01-06' is no date of the format '%d.%m.%Y'\n"
            "hint: write it as the first ones are"
        ),
    ),
    "a start that stands for never": Broken(
        holds={"data.csv": "day,gone,amount\n2026-01-05,2026-01-06,1\n9999-12-31,9999-12-31,1\n"},
        keys=SPANS,
        says=(
            "error: data.csv, line 3, column 'day': the date '9999-12-31' of [sources.data] is outside the years 1900 to 2199\n"
            "hint: if it stands for no date, say so: null_values = ['9999-12-31']"
        ),
    ),
    "spans none of which has a start": Broken(
        holds={"data.csv": "day,gone,amount\n,2026-01-06,1\n"},
        keys=SPANS,
        says="error: the source 'data' has no rows with a date",
    ),
}
