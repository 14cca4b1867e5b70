"""Numbers and flags as people write them: what each text is, and that nothing else is let pass."""

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpitree.data.files.cleaning import Rule
from kpitree.errors import SourceError

REFUSED = "refused"
Read = float | bool | str | None

NUMBERS: dict[str, tuple[Read, Read, Read]] = {
    # text: read without decimal, with decimal = ".", with decimal = ","
    "0": (0, 0, 0),
    "007": (7, 7, 7),
    "1234567": (1234567, 1234567, 1234567),
    "+5": (5, 5, 5),
    " 5 ": (5, 5, 5),
    "12.5": (12.5, 12.5, REFUSED),
    "12,5": (12.5, REFUSED, 12.5),
    ".5": (0.5, 0.5, REFUSED),
    ",5": (0.5, REFUSED, 0.5),
    "5.": (5, 5, REFUSED),
    "0.125": (0.125, 0.125, REFUSED),
    "0,125": (0.125, REFUSED, 0.125),
    "1234.567": (1234.567, 1234.567, REFUSED),
    "1,234": (REFUSED, 1234, 1.234),
    "1.234": (REFUSED, 1.234, 1234),
    "-1.234": (REFUSED, -1.234, -1234),
    "1,234,567": (1234567, 1234567, REFUSED),
    "1.234.567": (1234567, REFUSED, 1234567),
    "1,234.50": (1234.5, 1234.5, REFUSED),
    "1.234,50": (1234.5, REFUSED, 1234.5),
    "1,23,456.78": (123456.78, 123456.78, REFUSED),
    "1 234": (1234, 1234, 1234),
    "1 234,5": (1234.5, REFUSED, 1234.5),
    "1\u00a0234\u00a0567.5": (1234567.5, 1234567.5, REFUSED),
    "1\u202f234,5": (1234.5, REFUSED, 1234.5),
    "1'234.50": (1234.5, 1234.5, REFUSED),
    "1\u2019234": (1234, 1234, 1234),
    "1_000_000": (1e6, 1e6, 1e6),
    "1.5e6": (1.5e6, 1.5e6, REFUSED),
    "1,5E-3": (0.0015, REFUSED, 0.0015),
    "-2e3": (-2000, -2000, -2000),
    "$5": (5, 5, 5),
    "5 €": (5, 5, 5),
    "£1,234.50": (1234.5, 1234.5, REFUSED),
    "¥ 1 234": (1234, 1234, 1234),
    "US$ 5.25": (5.25, 5.25, REFUSED),
    "R$ 1.234,56": (1234.56, REFUSED, 1234.56),
    "EUR 12,50": (12.5, REFUSED, 12.5),
    "12.50 CHF": (12.5, 12.5, REFUSED),
    "kr 5": (5, 5, 5),
    "5 zł": (5, 5, 5),
    "₹1,00,000": (100000, 100000, REFUSED),
    "-$5": (-5, -5, -5),
    "$-5": (-5, -5, -5),
    "\u22125": (-5, -5, -5),
    "5-": (-5, -5, -5),
    "5,00- EUR": (-5, REFUSED, -5),
    "5 EUR-": (-5, -5, -5),
    # a dash behind the decimal mark stands for no cents
    "5,-": (5, REFUSED, 5),
    "5.-": (5, 5, REFUSED),
    "€ 5,-": (5, REFUSED, 5),
    "5,-- €": (5, REFUSED, 5),
    "5,\u2013 EUR": (5, REFUSED, 5),
    "CHF 1'250.-": (1250, 1250, REFUSED),
    "1.250,-": (1250, REFUSED, 1250),
    "-5,-": (-5, REFUSED, -5),
    "5,0-": (-5, REFUSED, -5),
    "(1,234.50)": (-1234.5, -1234.5, REFUSED),
    "($5)": (-5, -5, -5),
    "$(5)": (-5, -5, -5),
    "(5) EUR": (-5, -5, -5),
    "25 %": (0.25, 0.25, 0.25),
    "%25": (0.25, 0.25, 0.25),
    "-2.5%": (-0.025, -0.025, REFUSED),
    "(5%)": (-0.05, -0.05, -0.05),
    "": (None, None, None),
    " \u00a0\t": (None, None, None),
    "inf": (math.inf, math.inf, math.inf),
    **dict.fromkeys(
        ["x", "7x", "x7", "1,2,3", "12,34.5", "1.2.3", "--5", "-5-", "(5", "5)", "-(5)", "1 23",
         "1 234 56", "Jan 5", "$", "-", "()", "%", "1,234.567.8", "1,234,5", "1'234 567",
         "1 234_567", "5 %%", "$ 5 € 5", "1e", "e5", "1-2", "2026-01-05", "1/2", "५", "eur 5",
         "1.5 MIO", "5 TSD", "5 PCT", "5 BPS", "12 PCS", "100 MWH", "JAN 26", "EUR 5 MIO", "5¢",
         "5 MIO€", "5 K€", "M$ 5", "1,234 MIO"],
        (REFUSED, REFUSED, REFUSED),
    ),
}  # fmt: skip

FLAGS: dict[str, Read] = {
    **dict.fromkeys(["yes", "Y", "TRUE", "t", "1", "On", " yes "], True),
    **dict.fromkeys(["no", "N", "False", "f", "0", "OFF"], False),
    **dict.fromkeys(["", "  "], None),
    **dict.fromkeys(["2", "-1", "ja", "yess", "not read: 1", "1.0"], REFUSED),
}


def read(rule: Rule, text: str) -> Read:
    frame = pl.LazyFrame({"text": [text]})
    bad = frame.select(rule.bad(pl.col("text"))).collect(engine="streaming").item()
    try:
        value: Read = frame.select(rule.read(pl.col("text"))).collect(engine="streaming").item()
    except pl.exceptions.InvalidOperationError:
        assert bad, f"{text!r} is refused, and not told"
        return REFUSED
    assert not bad, f"{text!r} is told as bad, and read as {value}"
    return value


@pytest.mark.parametrize("text", NUMBERS)
@pytest.mark.parametrize(("place", "decimal"), [(0, None), (1, "."), (2, ",")])
def test_numbers(text: str, place: int, decimal: str | None) -> None:
    found, expected = read(Rule("number", decimal), text), NUMBERS[text][place]
    if isinstance(expected, float | int) and isinstance(found, float):
        assert found == pytest.approx(expected, rel=1e-15)
    else:
        assert found == expected


@pytest.mark.parametrize("text", FLAGS)
def test_flags(text: str) -> None:
    assert read(Rule("boolean"), text) is FLAGS[text] or FLAGS[text] == REFUSED
    assert (read(Rule("boolean"), text) == REFUSED) == (FLAGS[text] == REFUSED)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,5", 1.5), ("-1,5e3", -1500.0), ("7", 7.0), (" 7 ", 7.0), ("", None), (",5", 0.5),
     ("1.5", REFUSED), ("1.234,5", REFUSED), ("1,2,3", REFUSED), ("7 €", REFUSED)],
)  # fmt: skip
def test_a_decimal_comma_alone(text: str, value: Read) -> None:
    assert read(Rule("plain", ","), text) == value


@given(st.text(st.sampled_from("0123456789.,' -+()%$€eEUR_x\u00a0"), max_size=9))
def test_a_text_has_one_reading_or_none(text: str) -> None:
    """Without `decimal` only what both marks agree on, or one of them alone can read."""
    either = [read(Rule("number", mark), text) for mark in (".", ",")]
    read_by = {value for value in either if value != REFUSED}
    alone = read(Rule("number"), text)
    if len(read_by) == 1:
        assert alone in read_by
    else:
        assert alone == REFUSED


def written(number: int, cents: int, *, mark: str, group: str) -> str:
    digits = str(number)
    parts = [digits[max(end - 3, 0) : end] for end in range(len(digits), 0, -3)][::-1]
    return f"{group.join(parts)}{mark}{cents:02}"


@given(
    number=st.integers(0, 10**12),
    cents=st.integers(0, 99),
    style=st.sampled_from([(".", ","), (",", "."), (".", "'"), (",", " "), (",", "\u202f"),
                           (".", "_"), (".", ""), (",", "")]),
    around=st.sampled_from([("", "", 1), ("-", "", -1), ("(", ")", -1), ("$", "", 1),
                            ("", " EUR", 1), ("€ ", "-", -1), ("US$-", "", -1)]),
    said=st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read(
    number: int, cents: int, style: tuple[str, str], around: tuple[str, str, int], *, said: bool
) -> None:
    mark, group = style
    before, behind, sign = around
    text = before + written(number, cents, mark=mark, group=group) + behind
    found = read(Rule("number", mark if said else None), text)
    assert found == pytest.approx(sign * (number + cents / 100), rel=1e-15)


# --- through the cube -----------------------------------------------------------------------------

WRITTEN = 'day,amount,rate,active\n2026-01-05,"$1,000.50",25 %,Yes\n2026-01-06,(0.50),5 %,no\n'
CLEAN = {"amount": "number", "rate": "number", "active": "boolean"}


def test_columns_of_csv_are_cleaned(csv: Callable[[str], Path], value: Callable[..., Any]) -> None:
    path = csv(WRITTEN)
    assert value(path, "sum(amount)", clean=CLEAN) == 1000.0
    assert value(path, "mean(rate)", clean={"*": "number"}) == pytest.approx(0.15)
    assert value(path, "sum(amount, where=active)", clean=CLEAN) == 1000.5
    assert value(path, "count(where=amount < 0)", clean=CLEAN) == 1.0
    assert value(path, "sum(active)", clean=CLEAN) == 1.0


@pytest.mark.parametrize("kind", ["parquet", "arrow", "ndjson"])
def test_columns_of_text_elsewhere_too(
    kind: str, tmp_path: Path, csv: Callable[[str], Path], value: Callable[..., Any]
) -> None:
    frame = pl.read_csv(csv(WRITTEN), infer_schema=False)
    path = tmp_path / f"data.{kind}"
    if kind == "parquet":
        frame.write_parquet(path)
    elif kind == "arrow":
        frame.write_ipc(path)
    else:
        frame.write_ndjson(path)
    assert value(path, "sum(amount, where=active)", clean=CLEAN) == 1000.5
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)", clean=CLEAN, decimal=",")
    assert caught.value.where.startswith(f"data.{kind}, {'line' if kind == 'ndjson' else 'row'} 1")


def test_numbers_and_codes_need_no_cleaning(parquet: Callable[..., Path], value: Any) -> None:
    path = parquet({"day": [date(2026, 1, 5)] * 2, "n": [1.5, 2.5], "on": [1, 0]})
    assert value(path, "sum(n)", clean={"*": "number"}) == 4.0
    assert value(path, "sum(n, where=on)", clean={"on": "boolean", "n": "number"}) == 1.5


COMMA = {"decimal": ","}
BOTH = {"clean": {"*": "number"}}


@pytest.mark.parametrize(
    ("values", "keys", "expected"),
    [
        (["1.234", '"5,5"'], COMMA | BOTH, 6.734),
        (["1.234", '"5,5"'], COMMA, 6.734),
        (["1.234", "5.5"], COMMA, 6.734),
        (["1.234", "5.5", "1"], COMMA | BOTH, 7.734),
        (["1.234", "5.5", "null"], BOTH, 6.734),
        (["1.234", '"$5"'], BOTH, 6.234),
        (["1.234", '"1.234"'], COMMA | BOTH, 1235.234),
        (["1.234", '"1.5"'], BOTH | {"decimal": "."}, 2.734),
        (["-1.5e3", "12e-1", "2.5E+1", '"5 €"'], BOTH, -1468.8),
        (["-1.5e3", "12e-1", "2.5E+1", '"5 €"'], COMMA | BOTH, -1468.8),
        (["7", '"5 €"'], COMMA | BOTH, 12.0),
    ],
)
@pytest.mark.parametrize("key", ["amount", "Größe (m²)"])
def test_numbers_of_ndjson_are_no_texts(
    values: list[str], keys: dict[str, Any], expected: float, key: str, tmp_path: Path, value: Any
) -> None:
    """What decimal says is of texts: the number 1.234 is that, the text "1.234" is 1234."""
    path = tmp_path / "a.ndjson"
    names = [json.dumps(key), json.dumps(key, ensure_ascii=False)]
    path.write_text(
        "\n\n".join(
            f'{{"day": "2026-01-05", {names[at % 2]} : {each}, "note": "\\"amount\\": 1.5"}}'
            for at, each in enumerate(values)
        ),
        encoding="utf-8",
    )
    measure = f"sum(col('{key}'))"
    assert value(path, measure, **keys) == pytest.approx(expected, rel=1e-12)


def test_texts_of_ndjson_beside_numbers_name_their_line(tmp_path: Path, value: Any) -> None:
    path = tmp_path / "a.ndjson"
    rows = ["1.234", '"1.234"']
    path.write_text("\n\n".join(f'{{"day": "2026-01-05", "amount": {each}}}' for each in rows))
    with pytest.raises(SourceError) as caught:
        value(path, "sum(amount)", **BOTH)
    assert str(caught.value) == (
        "a.ndjson, line 3: the number '1.234' in the column 'amount' can be read two ways"
    )


def test_texts_with_types_where_numbers_are_needed(
    parquet: Callable[..., Path], value: Any
) -> None:
    path = parquet({"day": [date(2026, 1, 5)], "net amount": ["$5"]})
    with pytest.raises(SourceError) as caught:
        value(path, "sum(col('net amount'))")
    key = '"net amount"'
    assert caught.value.hint == (
        f'if the texts are numbers, say so: clean = {{ {key} = "number" }}'
    )
    assert value(path, "sum(col('net amount'))", clean={"net amount": "number"}) == 5.0


def test_clean_names_columns_that_are_there(csv: Callable[[str], Path], value: Any) -> None:
    with pytest.raises(SourceError) as caught:
        value(csv(WRITTEN), "count()", clean={"amuont": "number"})
    assert (caught.value.message, caught.value.hint) == (
        "there is no column 'amuont', which clean of [sources.data] names",
        "did you mean 'amount'?",
    )


def test_what_is_left_out_need_not_be_clean(csv: Callable[[str], Path], value: Any) -> None:
    path = csv("day,amount,note\n2026-01-05,$5,x\n2026-01-05,n/a,y\n")
    with pytest.raises(SourceError, match="line 3: the column 'amount' is used as a number"):
        value(path, "sum(amount)", clean={"*": "number"})
    assert value(path, "count(note)", clean={"*": "number"}) == 2.0
    assert value(path, "sum(amount)", clean={"*": "number"}, null_values=("n/a",)) == 5.0
