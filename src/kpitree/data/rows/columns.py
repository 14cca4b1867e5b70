"""The columns a row expression can name: raw, computed, and texts read as dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Final

import polars as pl

from kpitree.data.dialect import POLARS, Dialect, Expr, Frame
from kpitree.data.files.delimited import refuse_ragged
from kpitree.data.files.mistakes import explaining, first_text, place_of
from kpitree.data.files.texts import header_again, no_value, shown
from kpitree.data.files.written import refuse_bad_format
from kpitree.data.moments import NO_FORM, Clock, Forms, Parse, forms_met, parser
from kpitree.data.sources import Opened
from kpitree.errors import SourceError, did_you_mean

_SAMPLES: Final = 100  # texts looked at to find out how dates are written


@dataclass(frozen=True, slots=True)
class Value:
    """One value of each row.

    said: what a message calls it, such as "the column 'stage'". text: of a literal text, else None.
    column: its name when it is a plain column, else "". number_in_text: text that is also a number.
    place: the path that it comes from, where that is not the rows' own.
    """

    expr: Expr
    dtype: pl.DataType
    said: str
    text: str | None = None
    column: str = ""
    number_in_text: bool = False
    place: str = ""

    @property
    def kind(self) -> str:
        """number, text, condition, date, instant, null (of any kind) or other."""
        dtype = self.dtype
        if dtype.is_numeric():
            return "number"
        if isinstance(dtype, pl.String | pl.Categorical | pl.Enum):
            return "text"
        named = {pl.Boolean: "condition", pl.Date: "date", pl.Datetime: "instant", pl.Null: "null"}
        return named.get(dtype.base_type(), "other")

    def known_as(self, column: str, expr: Expr, place: str) -> "Value":
        """The same value where it is a column of other rows. place: the path of its own."""
        said = f"the column {column!r}"
        return replace(self, expr=expr, said=said, column=column, place=place)


@dataclass(frozen=True, slots=True)
class Unread:
    """A column of texts, and what was read from them: null where a text is no date."""

    column: str
    time_format: str | None
    text: str  # the hidden column that holds the texts
    parsed: str
    parse: Parse

    def bad(self, dialect: Dialect) -> Expr:
        """Whether a row's text is no date."""
        return ~dialect.col(self.text).is_null() & dialect.col(self.parsed).is_null()

    def count(self, dialect: Dialect) -> Expr:
        return dialect.how_many(self.bad(dialect)).alias(self.parsed)


@dataclass(slots=True)
class Columns:
    """The rows of an opened source, growing by computed columns while expressions are compiled.

    time_format: how texts say a time in `time`, the source's own time column, when not ISO 8601.
    until: its column with the end of rows that last; its texts say it in the same way.
    forms: in what forms the texts of a column read as dates were met beyond its first ones, by the
    hidden column that holds them.
    unread: checks to be made together with the scan, one for each text column read as dates.
    met: likewise, all forms that are reckoned with.
    elsewhere: the columns that might be looked up, when asked for one that is not there.
    """

    opened: Opened
    clock: Clock
    time: str
    time_format: str | None = None
    forms: Mapping[str, Forms] = field(default_factory=dict)
    until: str | None = None
    rows: Frame = field(init=False)
    unread: list[Unread] = field(default_factory=list)
    met: dict[str, Forms] = field(default_factory=dict)
    elsewhere: Callable[[], Sequence[str]] = tuple
    _values: dict[str, Value] = field(init=False)
    _moments: dict[str, Value] = field(default_factory=dict)
    _computed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rows = self.opened.rows
        self._values = {
            name: Value(
                self.dialect.col(name),
                dtype,
                f"the column {name!r}",
                column=name,
                number_in_text=name in self.opened.texts_as_numbers,
            )
            for name, dtype in self.opened.types.items()
        }

    @property
    def dialect(self) -> Dialect:
        return self.opened.dialect

    @property
    def shown(self) -> str:
        return self.opened.shown

    def place_of(self, *values: Value) -> str:
        """The path that values come from, for messages: that of the first which is a column."""
        columns = (value.place or self.shown for value in values if value.column)
        return next(columns, self.shown)

    def find(self, name: str, used: str) -> Value:
        """A column by name. used: who asks for it. Raises SourceError with the nearest name."""
        try:
            return self._values[name]
        except KeyError:
            raise SourceError(
                f"there is no column {name!r}, which {used} names",
                where=self.shown,
                hint=self._meant(name),
            ) from None

    def _meant(self, name: str) -> str:
        """The hint for a column that is not there."""
        others = self.elsewhere()
        looked_up = [other for other in others if other.partition(".")[2] == name]
        if looked_up:
            return f"did you mean {looked_up[0]!r}?"
        return did_you_mean(name, [*self._values, *others])

    def look_up(self, name: str, value: Value) -> None:
        """Know a column that the rows have from a lookup."""
        self._values[name] = value

    def look_up_moment(self, name: str, moment: Value) -> None:
        """Know what dates the texts of such a column are."""
        self._moments[name] = moment

    def add(self, name: str, value: Value) -> None:
        """Add a computed column; later expressions that say `name` mean this one."""
        self.rows = self.rows.with_columns(value.expr.alias(name))
        self._values[name] = Value(
            self.dialect.col(name), value.dtype, f"the column {name!r}", column=name
        )
        self._moments.pop(name, None)
        self._computed.add(name)

    def hidden(self, expr: Expr) -> Expr:
        """The expression as a column of every row; a bare literal aggregates as one row."""
        name = f"hidden:{len(self.rows.collect_schema())}"
        self.rows = self.rows.with_columns(expr.alias(name))
        return self.dialect.col(name)

    def text(self, value: Value) -> Expr:
        """A value of any kind, as text."""
        return self._cast(value, pl.String())

    def _cast(self, value: Value, dtype: pl.DataType) -> Expr:
        return (
            value.expr
            if value.dtype == dtype
            else self.dialect.cast(value.expr, dtype, value.dtype)
        )

    def moment(self, value: Value, used: str) -> Value:
        """The value as a date or an instant; texts are read. Raises SourceError for other kinds."""
        match value.kind:
            case "date" | "instant":
                return value
            case "null":
                return replace(value, expr=self._cast(value, pl.Date()), dtype=pl.Date())
            case "text":
                return self._moments.get(value.column) or self._read(value)
            case kind:
                raise SourceError(
                    f"{value.said} holds {PLURALS[kind]}, and {used} needs dates",
                    where=self.place_of(value),
                    hint="make the date from its parts: date(year, month, day) in "
                    "[sources.….columns]"
                    if kind == "number"
                    else "",
                )

    def _read(self, value: Value) -> Value:
        number = len(self.unread)
        text, parsed = f"text:{number}", f"moment:{number}"
        self.rows = self.rows.with_columns(self.text(value).alias(text))
        said = value.column or value.said
        time_format = self._format_for(value.column, text)
        if time_format is not None:
            refuse_bad_format(time_format, f"{self.shown}, column {said!r}")
        samples = self._samples(text)
        if time_format is None:
            self.met[text] = self.forms.get(text, NO_FORM) | forms_met(samples)
        try:
            parse, dtype = self.dialect.parser(
                samples,
                time_format,
                place=lambda bad: self.place(said, bad),
                clock=self.clock,
                known=self.forms.get(text, NO_FORM),
            )
        except SourceError:
            self._refuse_shifted()
            raise
        self.rows = self.rows.with_columns(parse(self.dialect.col(text)).alias(parsed))
        self.unread.append(Unread(said, time_format, text, parsed, parse))
        read = replace(value, expr=self.dialect.col(parsed), dtype=dtype)
        if value.column:
            self._moments[value.column] = read
        return read

    def _refuse_shifted(self) -> None:
        """Where no date is found, the fields of a line may stand under other columns' names."""
        files, layout = self.opened.reading.files, self.opened.reading.layout
        if layout is not None and not files.remote:
            with explaining(self.opened.reading):
                refuse_ragged(files, layout)

    def _format_for(self, column: str, text: str) -> str | None:
        """The source's time_format, for its time column and for others written the same way."""
        if self.time_format is None or column in (self.time, self.until):
            return self.time_format
        samples = self._samples(text)
        parse, _ = parser(samples, self.time_format, place=lambda _: self.shown, clock=Clock())
        read = pl.DataFrame({text: samples}, schema={text: pl.String}).select(parse(pl.col(text)))
        return None if read.to_series().null_count() else self.time_format

    def _samples(self, text: str) -> list[str]:
        some = self.rows.select(text).drop_nulls().head(_SAMPLES)
        return self.opened.collect([some])[0].to_series().to_list()

    def forms_unread(self, counts: pl.DataFrame) -> dict[str, Forms]:
        """`forms`, and those of the texts counted as unread; the same if there is no other."""
        met = dict(self.forms)
        for unread in self.unread:
            if unread.time_format is None and counts[unread.parsed].item():
                text = self.dialect.col(unread.text)
                texts = self.rows.filter(unread.bad(self.dialect)).select(
                    self.dialect.forms_among(text)
                )
                among = self.opened.collect([texts])[0].row(0)
                for form in compress(Forms, among):
                    met[unread.text] = met.get(unread.text, NO_FORM) | form
        return met

    def refuse_unread(self, counts: pl.DataFrame) -> None:
        """Raise SourceError for the first text that is no date, if any was counted."""
        for unread in self.unread:
            if counts[unread.parsed].item():
                raise self._unreadable(unread)

    def _unreadable(self, unread: Unread) -> SourceError:
        text = self._first_bad(unread)
        how = (
            f"of the format {unread.time_format!r}"
            if unread.time_format
            else "of the form 2026-01-31"
        )
        nothing = no_value(text, "date")
        return SourceError(
            f"the text {shown(text)} is no date {how}",
            where=self.place(unread.column, text),
            hint=header_again(text, unread.column)
            or (f"{nothing}; else " if nothing else "") + "write it as the first ones are",
        )

    def _first_bad(self, unread: Unread) -> str:
        """The first text that is no date, in the order of the files; else the least."""
        reading, column = self.opened.reading, unread.column
        own = column in self.opened.types and column not in {*self._computed, *reading.rules}
        if own and self.dialect is POLARS:
            with explaining(reading):
                found = first_text(reading, column, unread.parse)
            if found is not None:
                return found
        bad = self.rows.filter(unread.bad(self.dialect))
        least = bad.select(self.dialect.col(unread.text).min())
        text: str = self.opened.collect([least])[0].item()
        return text

    def place(self, column: str, text: str) -> str:
        """Where a column holds a text, for messages: the file, the line if it is known."""
        with explaining(self.opened.reading):
            return f"{place_of(self.opened.reading, {column: text})}, column {column!r}"

    def row_with(self, texts: Mapping[str, str]) -> str:
        """Where the first row with these texts in its columns stands: see place()."""
        with explaining(self.opened.reading):
            return place_of(self.opened.reading, texts)

    def text_of(self, time: str) -> Expr | None:
        """The texts that a column of dates was read from, or None."""
        texts = (self.dialect.col(unread.text) for unread in self.unread if unread.column == time)
        return next(texts, None)


PLURALS: Final = {
    "number": "numbers",
    "text": "texts",
    "condition": "true or false",
    "date": "dates",
    "instant": "points in time",
    "null": "nothing",
    "other": "values of a kind that kpitree does not read",
}
