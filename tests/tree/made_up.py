"""Made-up tree files: tables that a reader accepts, with texts of all kinds."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

# Quotes, breaks, controls, scripts, and what is special in TOML; no lone surrogates.
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text(st.sampled_from("ab '\"\\\n\r\t=[]{}#.,é\x1b\u2028😀%"), max_size=20),
    st.sampled_from(["Umsatz\nnetto\n", '"""', "'''", "\\", "# no comment", "a\r\nb", " "]),
)
FILLED = TEXTS.filter(str.strip)
DOTLESS = FILLED.filter(lambda text: "." not in text)
PATHS = FILLED.filter(lambda text: "\0" not in text)
COLUMNS = st.sampled_from(["amount", "col('Order Date')", "stage", "account.size"])
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 0.1, 1e-7, 1e22, 3_000_000, 0.62]),
)
PERIODS = st.sampled_from(["2026-01", "2026-02", "2026-12", "2026-W07", "2026-03-01"])
BY_PERIOD = st.dictionaries(PERIODS, NUMBERS, min_size=1)
CONDITIONS = st.sampled_from(
    [
        "stage == 'won'",
        "not (is_null(amount) or amount > 10)",
        "stage in ['a \\'b', \"c\"]",
        "account.region == 'x'",
        "col('account.Region Name') != 'ü'",
        "amount < 3 <= account.size",
    ]
)
MEASURES = st.sampled_from(
    [
        "count()",
        "sum(amount * 2) - 1",
        "count(where=stage == 'won') / count()",
        "quantile(account.size, 0.9)",
        "n_unique(col('Order Date'))",
    ]
)
THRESHOLDS = st.one_of(
    st.floats(0, 99).map(lambda number: f"{number:f}%"),
    st.sampled_from(["0%", "5 %", "2pp", "0.3pp", "123456789.123456789%", 0, 10, 2.5]),
)


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


@st.composite
def paths_to_a_day(draw: st.DrawFn) -> dict[str, Any]:
    """{ value, by, from, since, milestones }, whose days are in order."""
    by = draw(DAYS)
    table: dict[str, Any] = {"value": draw(NUMBERS), "by": by}
    if draw(st.booleans()):
        table |= {"from": draw(NUMBERS), "since": by - timedelta(days=400)}
    days = draw(st.lists(st.integers(1, 399), unique=True, max_size=3))
    milestones = {(by - timedelta(days=day)).isoformat(): draw(NUMBERS) for day in days}
    return table | ({"milestones": milestones} if milestones else {})


TARGETS = st.one_of(
    NUMBERS,
    BY_PERIOD,
    st.fixed_dictionaries({"value": NUMBERS, "per": st.sampled_from(["year", "day"])}),
    st.fixed_dictionaries(
        {"growth": st.floats(-0.9, 9), "over": st.sampled_from(["last_year", "previous"])}
    ),
    paths_to_a_day(),
    st.fixed_dictionaries(
        {"source": st.just("deals"), "measure": MEASURES},
        optional={"where": CONDITIONS, "time": FILLED, "per": st.sampled_from(["month", "year"])},
    ),
)
ABOUT = some(
    label=TEXTS,
    description=TEXTS,
    unit=st.one_of(st.sampled_from(["currency", "percent", "days", "hours"]), TEXTS),
    decimals=st.integers(0, 9),
    role=st.sampled_from(["kgi", "kpi", "metric", "guardrail"]),
    owner=TEXTS,
    review=st.sampled_from(["daily", "yearly"]),
    deadline=DAYS,
    indicator=st.sampled_from(["leading", "lagging"]),
    leads=st.lists(st.just("other"), max_size=2),
    level=st.sampled_from(["strategic", "operational"]),
    department=TEXTS,
    tags=st.lists(TEXTS, max_size=12),
    controllable=st.booleans(),
    driver=st.booleans(),
    missing=st.sampled_from(["zero", "carry"]),
    counterweight=st.just("other"),
    direction=st.sampled_from(["up", "down"]),
    target=TARGETS,
    benchmark=st.fixed_dictionaries({"value": NUMBERS}, optional={"source": TEXTS}),
    rebaseline=st.lists(PERIODS, max_size=3),
    ignore=st.lists(st.just("KT101"), max_size=2),
)
OF_DEALS = st.fixed_dictionaries(
    {"measure": MEASURES, "source": st.just("deals")},
    optional={"where": CONDITIONS, "time": DOTLESS},
)
OF_STAFF = st.one_of(
    st.fixed_dictionaries(
        {"measure": st.just("count()"), "source": st.just("staff")},
        optional={"at": st.sampled_from(["start", "end", "average"])},
    ),
    st.just({"measure": "sum(pay)", "source": "staff", "count_when": "ended"}),
)
CARRIED = st.just({"measure": "last(amount)", "source": "deals", "carry": True})
LEAVES = st.one_of(OF_DEALS, OF_STAFF, CARRIED)
CONSTANTS = st.one_of(NUMBERS, BY_PERIOD).map(lambda value: {"value": value})
FORMULAS = st.sampled_from(
    [
        "a - (b - 3) * prev(a, 2)",
        "if_else(a > 0 and b != 1, a / b, -a ** 2)",
        "coalesce(a, b, 0.1) + a",
        "b",
    ]
)
MEASURED = OF_DEALS.map(
    lambda leaf: {("measured" if key == "measure" else key): one for key, one in leaf.items()}
)
BRANCHES = st.builds(
    lambda formula, measured: {"formula": formula, **measured},
    FORMULAS,
    st.one_of(st.just({}), MEASURED),
)
LOOKUPS = st.fixed_dictionaries(
    {
        "path": PATHS,
        "on": st.one_of(
            st.just("account_id"),
            st.just(["account_id", "city"]),
            st.just({"account_id": "id"}),
            DOTLESS.map(lambda text: {"account_id": text}),
        ),
    },
    optional={"columns": st.just({"size": "a * 2"}), "clean": st.just("number")},
)
SOURCES = st.fixed_dictionaries(
    {
        "path": PATHS,
        "time": DOTLESS,
        "lookup": st.fixed_dictionaries({"account": LOOKUPS}),
    },
    optional={
        "time_format": TEXTS,
        "time_zone": st.just("Europe/Berlin"),
        "null_values": st.lists(TEXTS, max_size=12),
        "where": CONDITIONS,
        "dimensions": st.dictionaries(
            st.sampled_from(["region", "size", "größe"]),
            DOTLESS,
        ),
        "columns": st.just({"net": "amount - 1", "big": "net > 2"}),
        "covers": st.tuples(DAYS, DAYS).map(sorted),
        "fresh_within": st.sampled_from(["1d", "2w", "99999w", "15d"]),
        "engine": st.sampled_from(["polars", "duckdb"]),
        "sheet": TEXTS,
        "encoding": st.just("latin-1"),
        "decimal": st.sampled_from([".", ","]),
        "clean": st.one_of(
            st.just("number"), st.just({"a b": "boolean"}), st.just({"*": "boolean"})
        ),
        "unique_by": st.lists(DOTLESS, max_size=2),
        "ranges": st.just({"amount": [0, 1e9], "it's": [0.5, 0.5]}),
    },
)
STAFF: dict[str, Any] = {"path": "staff.csv", "from": "hired", "to": "left"}
DATABASE = st.sampled_from(
    [
        {"connection": "duckdb://shop.duckdb", "table": "orders", "time": "day"},
        {"connection": "sqlite://../a b/shop.db?mode=ro", "query": "select 1", "time": "day"},
        {"connection": "sqlite:////elsewhere/far/away.db", "table": "x", "time": "day"},
        {"connection": "postgres://me:${PASSWORD}@host/x", "table": "x", "time": "day"},
    ]
)
CALENDARS = some(
    grain=st.sampled_from(["month", "year", "day"]),
    week_start=st.sampled_from(["monday", "sunday"]),
    fiscal_year_start=st.integers(1, 12),
    fiscal_year_name=st.sampled_from(["end", "start"]),
    timezone=st.just("Europe/Berlin"),
)


def merged(*parts: dict[str, Any]) -> dict[str, Any]:
    """One table of several."""
    return {key: value for part in parts for key, value in part.items()}


KPIS = st.builds(merged, st.one_of(LEAVES, BRANCHES, CONSTANTS), ABOUT)
LEAVES_ONLY = st.builds(merged, st.one_of(LEAVES, CONSTANTS), ABOUT)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """The tables of a tree file without mistakes."""
    kpis = {"a": draw(LEAVES_ONLY), "b": draw(LEAVES_ONLY), "größe_2": draw(KPIS)}
    kpis["other"] = {"value": 1}
    kpis["top"] = draw(st.builds(merged, BRANCHES, ABOUT))
    return {
        "tree": {"root": "top", **draw(some(name=TEXTS, currency=TEXTS))},
        "calendar": draw(CALENDARS),
        "sources": {"deals": draw(SOURCES), "staff": STAFF, "shop": draw(DATABASE)},
        "kpi": kpis,
        **draw(some(targets=st.just({"path": "goals ü.csv"}))),
    }
