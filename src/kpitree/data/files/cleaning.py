"""Numbers and flags as people write them, read as what they are.

A rule is said with plain methods of texts (strip, regular expressions, cast), lazily, row by row.
Each text is read by itself, so neither the order of the rows nor what a file holds elsewhere
changes what it means; one that could mean two numbers is refused until `decimal` says which.

A number may have, at its ends:
* a sign: - + or a typographic minus, before or behind; or it stands in parentheses: (5) is -5;
  right behind the decimal mark it is no sign, but stands for no cents: 5,- is 5;
* a currency: a sign such as $ € £ ¥ (US$ and R$ too), a code of ISO 4217, or one of
  kr zł Kč Ft Rs; other letters could be a unit or a factor (5 MIO, 5 K€), and are refused;
* a percent sign, before or behind: 25 % is 0.25;
and spaces, of any width, between these.
Its digits may stand in groups of three, all parted by the same mark: comma, point, apostrophe,
space or underscore, whichever is not the decimal mark; with commas also in the Indian way,
1,23,456. Numbers with an exponent (1.5e6) have none of that. NaN and infinities stay what they are.
Texts that hold nothing but spaces are null.

Without `decimal` a number that has one reading is read so: 1,234.50 and 1.234,50 and 12,5 and
1 234,5 and 0.125. Those with two are refused: 1,234 and 1.234.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from kpitree.data.files.texts import header_again, no_value, shown
from kpitree.data.files.uses import Use
from kpitree.errors import SourceError
from kpitree.tree.model import EVERY, Source

_BLANKS: Final = " \t\u00a0\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_S: Final = f"[{_BLANKS}]"
_MINUS: Final = "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_SIGNS: Final = f"[{_MINUS}+]"  # a hyphen stands first, or it is a range
_APOSTROPHES: Final = "['\u2019\u02bc\uff07]"
# The currency signs of Unicode but cents, written out: not every engine knows \p{Sc}.
_SIGN: Final = (
    "[$\u00a3-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db"
    "\u20a0-\u20cf\ufdfc\ufe69\uff04\uffe1\uffe5\uffe6]"
)
_CODES: Final = (  # ISO 4217, and what the euro replaced
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
    "BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB "
    "EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD "
    "JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG "
    "XOF XPF YER ZAR ZMW ZWG ZWL ATS BEF CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL "
    "MTL NLG PTE SIT SKK"
)
_COUNTRY: Final = "(?:US|AU|CA|CN|HK|JP|MX|NT|NZ|RD|SG|TT|[ACJRS])"  # not K or M: 5 M$ are many
_LETTERS: Final = f"(?:{_COUNTRY}?{_SIGN}|{'|'.join(_CODES.split())}|kr|zł|Kč|Ft|Rs)"
_KNOWN: Final = f"^[^A-Z]*(?:{_LETTERS}[^A-Z]*)*$"  # asked once, as it is long
_CURRENCY: Final = f"(?:[A-Z]{{0,2}}{_SIGN}|[A-Z]{{3}}|kr|zł|Kč|Ft|Rs)"
_NO_CENTS: Final = "[-\u2012-\u2015\u2212]{1,2}"
_NEGATIVE: Final = f"(?:^|[^{_MINUS}\u2014\u2015.,])[{_MINUS}]|[(]"
_EXPONENT: Final = "(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)[eE][-+]?[0-9]+"
_AS_IT_IS: Final = f"^[-+]?(?:{_EXPONENT}|[Nn][Aa][Nn]|[Ii]nf|[Ii]nfinity)$"
_YES: Final = ("yes", "y", "true", "t", "1", "on")
_NO: Final = ("no", "n", "false", "f", "0", "off")
_UNREADABLE: Final = "not read: "  # makes a text one that no cast takes for a number


@dataclass(frozen=True, slots=True)
class Rule:
    """How the texts of one column are read.

    kind: "number" as described above; "boolean": yes/no, y/n, true/false, t/f, 1/0, on/off in any
    case; "plain": digits with `decimal`, nothing else. decimal: "." or ",", or None when not said.
    """

    kind: Literal["number", "boolean", "plain"]
    decimal: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        return pl.Boolean() if self.kind == "boolean" else pl.Float64()

    def read(self, text: pl.Expr) -> pl.Expr:
        """The texts as Float64 or Boolean. Where one cannot be read, running it fails."""
        match self.kind:
            case "boolean":
                return _flag(text)
            case "plain":
                return _plain(text, self.decimal or ".").cast(pl.Float64)
            case _:
                return _number(text, self.decimal)

    def bad(self, text: pl.Expr) -> pl.Expr:
        """Whether a text is one that read() fails on."""
        held = text.is_not_null() & (text.str.strip_chars() != "")
        match self.kind:
            case "boolean":
                return held & ~text.str.strip_chars().str.to_lowercase().is_in([*_YES, *_NO])
            case "plain":
                plain = _plain(text, self.decimal or ".")
                return held & plain.cast(pl.Float64, strict=False).is_null()
            case _:
                return held & _digits(text, self.decimal).str.starts_with(_UNREADABLE)

    def refused(self, column: str, text: str, where: str) -> SourceError:
        """The error for a text that is `bad`."""
        if self.kind == "boolean":
            read = "yes, true, on, 1 and no, false, off, 0 are read"
            return SourceError(
                f"the column {column!r} is used as true or false, but holds the text {shown(text)}",
                where=where,
                hint="; ".join(filter(None, (read, no_value(text)))),
            )
        if self.kind == "number" and self.decimal is None and _is_ambiguous(text):
            return SourceError(
                f"the number {shown(text)} in the column {column!r} can be read two ways",
                where=where,
                hint='say which: decimal = "." or ","',
            )
        return text_for_number(where, column, text, decimal=self.decimal, cleaned=self.kind)


def rules_of(source: Source, uses: Mapping[str, AbstractSet[Use]]) -> dict[str, Rule]:
    """The rule of each column that has one, by what the source says and the column's use."""
    rules: dict[str, Rule] = {}
    for name, use in uses.items():
        if Use.NUMBER in use and EVERY in source.clean:
            rules[name] = Rule("number", source.decimal)
        elif Use.NUMBER in use and source.decimal == ",":
            rules[name] = Rule("plain", source.decimal)
    for name, kind in source.clean.items():
        if name != EVERY:
            rules[name] = Rule("boolean" if kind == "boolean" else "number", source.decimal)
    return rules


def key_of(column: str) -> str:
    """A column as a key of TOML."""
    return column if column.isidentifier() else f'"{column}"'


def text_for_number(
    where: str, column: str, text: str, *, decimal: str | None = None, cleaned: str = ""
) -> SourceError:
    """The error for a text that stands where a number is needed, with the key that reads it.

    decimal: as the source says. cleaned: the kind of the rule that failed on it, if any.
    """
    return SourceError(
        f"the column {column!r} is used as a number, but holds the text {shown(text)}",
        where=where,
        hint=header_again(text, column) or _way_out(column, text, decimal, cleaned),
    )


def _way_out(column: str, text: str, decimal: str | None, cleaned: str) -> str:
    clean = f'clean = {{ {key_of(column)} = "number" }}'
    if cleaned != "number":
        if _is_ambiguous(text) and decimal is None:
            return f'say how it is written: {clean}, and decimal = "." or ","'
        if "," in text and decimal is None and _reads(Rule("plain", ","), text):
            return 'if the comma is the decimal mark, say so: decimal = ","'
        if _reads(Rule("number", decimal), text):
            return f"if it is a number written for people, say so: {clean}"
    if decimal is not None and _reads(Rule("number"), text):
        return f"the source says decimal = {decimal!r}"
    return no_value(text) or f"write it as a number, such as {_example(decimal)}"


def _example(decimal: str | None) -> str:
    return "1234,5" if decimal == "," else "1234.5"


def _reads(rule: Rule, text: str) -> bool:
    return not pl.select(rule.bad(pl.lit(text))).item()


def _is_ambiguous(text: str) -> bool:
    return bool(pl.select(_two_ways(pl.lit(text).str.strip_chars(_BLANKS))).item())


# --- the rules, in terms of texts ----------------------------------------------------------------


def _flag(text: pl.Expr) -> pl.Expr:
    plain = text.str.strip_chars().str.to_lowercase()
    digit = (
        pl.when(plain.is_in(_YES))
        .then(pl.lit("1"))
        .when(plain.is_in(_NO))
        .then(pl.lit("0"))
        .when(plain != "")
        .then(pl.lit(_UNREADABLE) + text)
    )
    return digit.cast(pl.Int8) == 1


def _plain(text: pl.Expr, decimal: str) -> pl.Expr:
    """Texts that a cast takes for numbers; not those with a point where that is not the mark."""
    plain = text.str.strip_chars(" ")
    if decimal == ",":
        comma = plain.str.replace(",", ".", literal=True)
        pointless = ~plain.str.contains(".", literal=True)
        plain = pl.when(pointless).then(comma).otherwise(pl.lit(_UNREADABLE) + plain)
    return pl.when(text.str.strip_chars(" ") != "").then(plain)


def _number(text: pl.Expr, decimal: str | None) -> pl.Expr:
    number = _digits(text, decimal).cast(pl.Float64)
    return pl.when(text.str.contains("%", literal=True)).then(number / 100).otherwise(number)


def _digits(text: pl.Expr, decimal: str | None) -> pl.Expr:
    """The number as a cast takes it, before percents; null of nothing; _UNREADABLE + what is none.

    What each text is, is asked of the whole text, so that taking out the rest afterwards can do
    no harm.
    """
    plain = text.str.strip_chars(_BLANKS)
    sign = pl.when(plain.str.contains(_NEGATIVE)).then(pl.lit("-")).otherwise(pl.lit(""))
    point = sign + plain.str.replace_all("[^0-9.]", "")
    comma = sign + plain.str.replace_all("[^0-9,]", "").str.replace(",", ".", literal=True)
    bare = plain.str.replace(",", ".", literal=True) if decimal != "." else plain
    unread = pl.lit(_UNREADABLE) + plain
    read: pl.Expr = pl.when(plain != "").then(unread)
    if decimal != ".":
        read = pl.when(plain.str.contains(_COMMA)).then(comma).otherwise(read)
    if decimal != ",":
        read = pl.when(plain.str.contains(_POINT)).then(point).otherwise(read)
    if decimal is None:
        read = pl.when(_two_ways(plain)).then(unread).otherwise(read)
    unknown = plain.str.contains("[A-Z]") & ~plain.str.contains(_KNOWN)
    read = pl.when(unknown).then(unread).otherwise(read)
    return pl.when(_as_it_is(plain, decimal)).then(bare).otherwise(read)


def _as_it_is(plain: pl.Expr, decimal: str | None) -> pl.Expr:
    bare = plain.str.contains(_AS_IT_IS)
    if decimal is None:
        return bare
    return bare & ~plain.str.contains("," if decimal == "." else ".", literal=True)


def _two_ways(plain: pl.Expr) -> pl.Expr:
    marked = plain.str.contains("[.,]") & plain.str.contains(_KNOWN)
    return marked & plain.str.contains(_POINT) & plain.str.contains(_COMMA)


def _whole(mark: str, other: str) -> str:
    """The regular expression of whole texts that are a number with this decimal mark."""
    marks = (f"[{other}]", _APOSTROPHES, _S, "_")
    groups = [f"[1-9][0-9]{{0,2}}(?:{each}[0-9]{{3}})+" for each in marks]
    if other == ",":
        groups.append("[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
    digits = f"(?:(?:[0-9]+|{'|'.join(groups)})(?:[{mark}](?:[0-9]*|{_NO_CENTS}))?|[{mark}][0-9]+)"
    amount = f"(?:%{_S}*)?{digits}(?:{_S}*%)?"
    before, behind = f"(?:{_CURRENCY}{_S}*)?", f"(?:{_S}*{_CURRENCY})?"
    shapes = (
        f"(?:{_SIGNS}{_S}*{before}|{_CURRENCY}{_S}*{_SIGNS}{_S}*|{before}){amount}{behind}",
        f"{before}{amount}{_S}*{_SIGNS}{behind}",
        f"{before}{amount}{behind}{_S}*{_SIGNS}",
        f"[(]{_S}*{before}{amount}{behind}{_S}*[)](?:{_S}*%)?",
        f"{_CURRENCY}{_S}*[(]{_S}*{amount}{_S}*[)]",
        f"[(]{_S}*{amount}{_S}*[)]{_S}*{_CURRENCY}",
    )
    return f"^(?:{'|'.join(shapes)})$"


_POINT: Final = _whole(".", ",")
_COMMA: Final = _whole(",", ".")
