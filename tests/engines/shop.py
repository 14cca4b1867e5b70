"""The rows and the trees on which every engine must give the numbers that polars gives."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

ROWS: Final = 3_000
_FIRST: Final = date(2023, 11, 1)
_DAYS: Final = 240

ORDERS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "id": pl.Int64,
    "customer": pl.String,
    "region": pl.String,
    "channel": pl.String,
    "rep": pl.Int64,
    "amount": pl.Float64,
    "cost": pl.Float64,
    "units": pl.Int64,
    "rating": pl.Float64,
    "paid": pl.Boolean,
    "note": pl.String,
    "ordered_on": pl.Date,
    "placed_at": pl.Datetime("us"),
    "closed_at": pl.Datetime("us", "UTC"),
    "day_text": pl.String,
    "german_text": pl.String,
    "zoned_text": pl.String,
    "until": pl.Date,
}


def orders() -> pl.DataFrame:
    """The same rows on every run, with everything in them that engines could read otherwise."""
    rows = list(_orders(random.Random(5)))  # noqa: S311 - made-up rows need no secrecy
    return pl.DataFrame(rows, schema=ORDERS, orient="row")


def _orders(chance: random.Random) -> Iterator[tuple[Any, ...]]:
    berlin = ZoneInfo("Europe/Berlin")
    notes = ["Großkunde", "ÄRGER mit Lieferung", "  spät ", "007", "10% off_now", "", "a.b", None,
             "Zeile eins\nzwei", 'sagt "ja"', "x\\d", "École\u00a0", "٣ Stück"]  # fmt: skip
    amounts = [0.1, -250.0, 1e9 + 0.25, 0.0, 1e-7, 12_345.67, -0.0]
    for number in range(ROWS):
        day = _FIRST + timedelta(days=chance.randrange(_DAYS))
        # Around midnight and around the hours that clocks put forward and back, too.
        clock = timedelta(seconds=chance.choice([0, 1, 5_399, 7_200, 9_000, 84_600, 86_399]))
        if number % 3:
            clock = timedelta(
                seconds=chance.randrange(86_400), microseconds=chance.randrange(10**6)
            )
        placed = datetime.combine(day, datetime.min.time()) + clock
        closed = placed.replace(tzinfo=UTC) + timedelta(hours=chance.randrange(0, 400))
        dated = chance.random() > 0.03
        local = closed.astimezone(berlin).replace(microsecond=0)
        yield (
            number,
            chance.choice([f"c{chance.randrange(400)}", None]) if number % 7 else "Ünal",
            chance.choice(["north", "south", "Ost", None, ""]),
            chance.choice(["web", "shop", None]),
            chance.choice([1, 2, 3, None]),
            chance.choice([*amounts, None]) if number % 4 == 0 else chance.gauss(100, 60),
            chance.uniform(-5, 80) if chance.random() > 0.1 else None,
            chance.choice([0, 1, 2, 3, 1000, None]),
            chance.choice([1.0, 2.5, 4.0, None]),
            chance.choice([True, False, None]),
            chance.choice(notes),
            day if dated else None,
            placed if dated else None,
            closed if chance.random() > 0.2 else None,
            day.isoformat() if dated else None,
            day.strftime("%d.%m.%Y") if dated else None,
            (local.isoformat() if number % 2 else closed.strftime("%Y-%m-%d %H:%M:%S.%fZ"))
            if dated
            else None,
            None if chance.random() < 0.4 else day + timedelta(days=chance.randrange(0, 120)),
        )


def people() -> pl.DataFrame:
    """Most of the customers, and rows without a key."""
    chance = random.Random(6)  # noqa: S311 - made-up rows need no secrecy
    names = [f"c{number}" for number in range(400) if number % 5] + ["Ünal", None, None]
    return pl.DataFrame(
        {
            "name": names,
            "segment": [chance.choice(["big", "small", "", None]) for _ in names],
            "weight": [chance.choice([0.5, 2.0, None]) for _ in names],
            "since": [_FIRST + timedelta(days=chance.randrange(-300, 100)) for _ in names],
        },
        schema_overrides={"since": pl.Date},
    )


def repeated() -> pl.DataFrame:
    """Rows of which many stand there twice, and some have no number."""
    some = (
        orders()
        .head(600)
        .with_columns(pl.when(pl.col("id") % 50 != 0).then(pl.col("id")).alias("id"))
    )
    return pl.concat([some, some.filter(pl.col("id") % 3 == 0), some.tail(100)])


def strange() -> pl.DataFrame:
    """A few rows with numbers that are none."""
    odd = [1.5, float("nan"), float("inf"), float("-inf"), 2.0, None, 1e300, -1e300, 3.25, 0.0]
    days = [date(2024, 1, 1) + timedelta(days=7 * number) for number in range(len(odd))]
    return pl.DataFrame({"day": days, "x": odd, "kind": ["a", "b"] * 5})


TABLES: Final = {"orders": orders, "strange": strange, "people": people, "repeated": repeated}


@dataclass(frozen=True, slots=True)
class Case:
    """A tree over the orders, and a command of it.

    keys: of its source. kpis: its leaves, each a measure or the lines of its table.
    args: of the command. {people} in the keys is where those are, beside the rows.
    """

    name: str
    keys: str
    kpis: dict[str, str]
    args: tuple[str, ...] = ()
    calendar: str = ""
    rows: str = "orders"
    command: str = "eval"

    def write(self, folder: Path, place: str) -> Path:
        """The tree as a file; place: the keys that say where the rows are."""
        file = folder / f"{self.name}.toml"
        leaves = "".join(
            f"[kpi.{name}]\nsource = 'rows'\n{_table(said)}\n\n" for name, said in self.kpis.items()
        )
        total = " + ".join(self.kpis)
        rows = next(line for line in place.splitlines() if line.startswith(_PLACES))
        keys = self.keys.replace("{people}", rows.replace(self.rows, "people"))
        file.write_text(
            f"[tree]\nname = 'parity'\nroot = 'top'\n\n[calendar]\n{self.calendar}\n\n"
            f"[sources.rows]\n{place}\n{keys}\n\n{leaves}[kpi.top]\nformula = '{total}'\n",
            "utf-8",
        )
        return file


_PLACES: Final = ("path", "table", "query")


def _table(said: str) -> str:
    return said if "\n" in said or said.startswith("measure") else f"measure = {json.dumps(said)}"


_DIMENSIONS: Final = """
[sources.rows.dimensions]
region = "region"
channel = "channel"
rep = "rep"
rating = "rating"
paid = "paid"
"""
_BY_DATE: Final = 'time = "ordered_on"' + _DIMENSIONS
EVERY: Final = {
    "rows_": "count()",
    "paid_": "count(paid)",
    "total": "sum(amount)",
    "average": "mean(amount)",
    "least": "min(amount)",
    "most": "max(amount)",
    "spread": "std(amount)",
    "middle": "median(amount)",
    "high_end": "quantile(amount, 0.9)",
    "customers": "n_unique(customer)",
    "raters": "n_unique(rating)",
    "opening": "first(amount)",
    "closing": "last(units)",
    "share": "count(where=paid) / count()",
    "margin": "(sum(amount) - sum(cost)) / sum(amount)",
}
# Of columns that SQLite has as well, whose dates are texts and whose conditions are numbers.
PLAIN: Final = {
    "rows_": "count()",
    "total": "sum(amount)",
    "average": "mean(amount)",
    "least": "min(units)",
    "customers": "n_unique(customer)",
    "dear": "count(where=amount > 100 and not is_null(channel))",
    "rate": "sum(cost) / sum(amount)",
}
_HISTORY: Final = ("--last", "8")

CASES: Final = [
    Case("all_by_date", _BY_DATE, EVERY, _HISTORY),
    Case("all_by_region", _BY_DATE, EVERY, ("--by", "region")),
    Case("two_dimensions", _BY_DATE, EVERY, ("--by", "region,channel")),
    Case("numbers_as_dimensions", _BY_DATE, EVERY, ("--by", "rep,rating")),
    Case("conditions_as_dimensions", _BY_DATE, EVERY, ("--by", "paid")),
    Case(
        "only_some",
        _BY_DATE,
        EVERY,
        ("--where", "region in ['north', 'Ost'] and not is_null(channel)", "--by", "channel"),
    ),
    Case("by_week", _BY_DATE, EVERY, ("--grain", "week", "--last", "5")),
    Case("by_day", _BY_DATE, EVERY, ("--grain", "day", "--last", "9")),
    Case("instants", 'time = "placed_at"', EVERY, _HISTORY),
    Case("instants_by_day", 'time = "closed_at"', EVERY, ("--grain", "day", "--last", "40"),
         calendar='timezone = "Europe/Berlin"'),
    Case("instants_in_utc", 'time = "closed_at"', EVERY, _HISTORY),
    Case("naive_of_another_zone", 'time = "placed_at"\ntime_zone = "America/New_York"', EVERY,
         ("--grain", "day", "--last", "60"), calendar='timezone = "Australia/Lord_Howe"'),
    Case("texts_of_dates", 'time = "day_text"', EVERY, _HISTORY),
    Case("texts_by_format", 'time = "german_text"\ntime_format = "%d.%m.%Y"', EVERY, _HISTORY),
    Case("texts_with_zones", 'time = "zoned_text"', EVERY, ("--grain", "day", "--last", "30"),
         calendar='timezone = "Asia/Kolkata"'),
    Case("texts_with_zones_as_written", 'time = "zoned_text"', EVERY, _HISTORY),
    Case("fiscal", 'time = "ordered_on"', EVERY, ("--grain", "quarter"),
         calendar='fiscal_year_start = 2'),
    Case(
        "conditions",
        'time = "ordered_on"\nwhere = "amount > -200 or is_null(amount)"',
        {
            "in_": "count(where=channel in ['web', 'fax'])",
            "not_in": "count(where=not channel in ['web'])",
            "is_null_": "count(where=is_null(customer))",
            "three": "count(where=paid and amount > 50)",
            "either": "count(where=paid or amount > 50)",
            "neither": "count(where=not (paid or amount > 50))",
            "regex": "count(where=matches(note, '^[A-Z]|[0-9]+%'))",
            "digits": "count(where=matches(note, '\\\\d'))",
            "words": "count(where=matches(note, '^\\\\w+$'))",
            "space": "count(where=matches(note, '\\\\s$'))",
            "dot": "count(where=matches(note, 'eins.zwei|a.b'))",
            "literal": "count(where=contains(note, '_now'))",
            "backslash": "count(where=contains(note, '\\\\d'))",
            "percent": "count(where=contains(note, '%'))",
            "starts": "count(where=starts_with(note, 'a.'))",
            "small": "count(where=lower(note) == 'ärger mit lieferung')",
            "large": "count(where=upper(note) == 'GROSSKUNDE')",
            "bare": "count(where=strip(note) == 'spät')",
            "bare2": "count(where=strip(note) == 'École')",
            "quoted": "count(where=note == 'sagt \"ja\"')",
            "texts": "n_unique(lower(strip(note)))",
            "filled": "sum(coalesce(amount, cost, 1))",
            "chosen": "sum(if_else(paid, amount, -1))",
            "chosen_texts": "n_unique(if_else(paid, region, 'none'))",
            "flag": "sum(paid)",
            "equal": "count(where=paid == true)",
            "whole": "sum(units)",
            "whole_mean": "mean(units)",
        },
        _HISTORY,
    ),
    Case(
        "arithmetic",
        'time = "ordered_on"\n[sources.rows.columns]\nmargin = "amount - cost"\n'
        'rate = "margin / amount"\nper_unit = "amount / units"\n',
        {
            "margin_": "sum(margin)",
            "rate_": "mean(rate)",
            "by_zero": "sum(per_unit)",
            "by_zero_rows": "count(per_unit)",
            "square": "sum(amount ** 2)",
            "root": "sum(amount ** 0.5)",
            "inverse": "sum(units ** -1)",
            "constant": "sum(1)",
            "constant_where": "sum(2.5, where=paid)",
            "negative": "sum(-amount)",
            "spread": "std(margin)",
            "ratio": "quantile(rate, 0.25)",
        },
        _HISTORY,
    ),
    Case(
        "dates",
        'time = "made"\n[sources.rows.columns]\n'
        'made = "date(year(ordered_on), month(ordered_on), units + 28)"\n',
        {
            "rows_": "count()",
            "weekdays": "sum(weekday(made))",
            "days": "sum(day(made) + 100 * month(made))",
            "years": "mean(year(made))",
            "lasted": "sum(days_between(ordered_on, until))",
            "hours": "sum(hours_between(placed_at, closed_at))",
            "text_days": "sum(days_between(day_text, until))",
            "late": "count(where=closed_at > '2024-02-01')",
            "later": "count(where=placed_at >= '2024-01-15T12:00')",
            "sundays": "count(where=weekday(ordered_on) == 7)",
            "berlin_days": "sum(day(closed_at))",
            "compared": "count(where=placed_at < closed_at)",
        },
        _HISTORY,
        calendar='timezone = "Europe/Berlin"',
    ),
    Case(
        "two_times",
        'time = "ordered_on"',
        {
            "orders": "count()",
            "closed": 'measure = "count()"\ntime = "closed_at"',
            "closed_amount": 'measure = "sum(amount)"\ntime = "closed_at"',
            "closed_middle": 'measure = "median(amount)"\ntime = "closed_at"',
            "closed_customers": 'measure = "n_unique(customer)"\ntime = "closed_at"',
        },
        _HISTORY,
        calendar='timezone = "America/Sao_Paulo"',
    ),
    Case(
        "rows_that_last",
        'from = "ordered_on"\nto = "until"\n[sources.rows.dimensions]\nregion = "region"\n',
        {
            "active": "count()",
            "active_amount": "sum(amount)",
            "average": 'measure = "sum(amount)"\nat = "average"',
            "opening": 'measure = "count()"\nat = "start"',
            "customers": "n_unique(customer)",
            "middle": "median(amount)",
            "begun": 'measure = "sum(amount)"\ncount_when = "started"',
            "ended": 'measure = "count()"\ncount_when = "ended"',
        },
        (*_HISTORY, "--by", "region"),
    ),
    Case(
        "looked_up",
        'time = "ordered_on"\n[sources.rows.dimensions]\nsegment = "who.segment"\n'
        '[sources.rows.lookup.who]\n{people}\non = { customer = "name" }\n',
        {
            "weighted": "sum(amount * who.weight)",
            "big": "count(where=who.segment == 'big')",
            "old": "count(where=days_between(who.since, ordered_on) > 100)",
            "segments": "n_unique(who.segment)",
            "middle": "median(who.weight)",
            "joined": 'measure = "sum(amount)"\ntime = "who.since"',
        },
        (*_HISTORY, "--by", "segment", "--where", "is_null(segment) or segment != 'small'"),
    ),
    Case(
        "once_each",
        'unique_by = ["id"]\n' + _BY_DATE,
        {"rows_": "count()", "total": "sum(amount)", "customers": "n_unique(customer)"},
        (*_HISTORY, "--by", "region"),
        rows="repeated",
    ),
    Case(
        "drivers",
        _BY_DATE,
        {"rows_": "count()", "average": "mean(amount)", "most": "max(amount)"},
        ("--by", "region", "--period", "2024-03"),
        command="drivers",
    ),
    Case(
        "doctor",
        'ranges = { amount = [-1000, 20000] }\n' + _BY_DATE,
        {"total": "sum(amount)", "customers": "n_unique(customer)"},
        ("--as-of", "2024-07-01"),
        command="doctor",
    ),
    Case("plain", 'time = "day_text"\n[sources.rows.dimensions]\nregion = "region"', PLAIN,
         (*_HISTORY, "--by", "region", "--where", "region in ['north', 'Ost']")),
    Case("plain_looked_up", 'time = "day_text"\n[sources.rows.dimensions]\n'
         'segment = "who.segment"\n[sources.rows.lookup.who]\n{people}\n'
         'on = { customer = "name" }\n', PLAIN, (*_HISTORY, "--by", "segment")),
    Case(
        "not_finite",
        'time = "day"\n[sources.rows.dimensions]\nkind = "kind"\n',
        {"sum_": "sum(x)", "mean_": "mean(x)", "rows_": "count()", "values": "count(x)",
         "most": "max(x)", "middle": "median(x)"},
        ("--by", "kind", "--last", "3"),
        rows="strange",
    ),
]  # fmt: skip
