"""Arguments and options that several commands share, each named once."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kpitree.calendar import Grain

Tree = Annotated[
    Path, typer.Argument(metavar="TREE", help="The tree file (TOML).", show_default=False)
]

Kpi = Annotated[
    str | None,
    typer.Argument(metavar="KPI", help="The KPI; default: the tree's goal.", show_default=False),
]


class Color(StrEnum):
    """When to send colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


ColorOption = Annotated[
    Color, typer.Option("--color", help="Colours: on a terminal, always or never.")
]
Ascii = Annotated[bool, typer.Option("--ascii", help="No box, block or arrow characters.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on stderr.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is done, on stderr.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file, whole or not at all; its ending gives the format.",
        show_default=False,
    ),
]
Depth = Annotated[
    int | None,
    typer.Option("--depth", min=0, metavar="N", help="Levels of the tree drawn below the goal."),
]


# --- choosing time -------------------------------------------------------------------------

Period = Annotated[
    str | None,
    typer.Option(
        metavar="PERIOD",
        help="2026-10, 2026-Q4, 2026-W45, 2026-11-20, 2026, FY2026-Q3, 2026-01..2026-06 or latest;"
        " default: the last complete period.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="The day on which today falls, or today: only days before it count.",
        show_default=False,
    ),
]
GrainOption = Annotated[
    Grain | None,
    typer.Option("--grain", help="Another grain than the tree's.", show_default=False),
]
Last = Annotated[int, typer.Option(min=1, metavar="N", help="N periods side by side.")]
YearToDate = Annotated[
    bool, typer.Option("--ytd", help="From the year's first day to the period's end.")
]

# --- choosing what -------------------------------------------------------------------------

Vs = Annotated[
    list[str] | None,
    typer.Option(
        metavar="REFERENCE",
        help="target, previous, last-year, benchmark or a period; repeatable."
        " Default: the first three, those that exist.",
        show_default=False,
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(metavar="DIM[,DIM]", help="Also by segment; repeatable.", show_default=False),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="Only these rows: \"region == 'EMEA'\"; repeated ones hold together.",
        show_default=False,
    ),
]
OnlyKpis = Annotated[
    list[str] | None,
    typer.Option("--kpi", metavar="NAME", help="Only these KPIs; repeatable.", show_default=False),
]
Explain = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Drivers of these too, missed or not.", show_default=False),
]
Assumptions = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Another assumption.", show_default=False),
]
Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME=FILE",
        help="Read a source from here; - is stdin.",
        show_default=False,
    ),
]

NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Read all of the data anew, and keep nothing of it.")
]

SORTS = ("value", "attainment", "change")  # of pipeline/questions.py
METHOD_NAMES = ("path", "shapley", "levels", "log", "sequential")  # of attribution/explain.py

Method = Annotated[
    str,
    typer.Option(
        metavar="METHOD",
        help=f"{', '.join(METHOD_NAMES)}.",
        autocompletion=lambda: list(METHOD_NAMES),
    ),
]


class Around(StrEnum):
    """What process limits lie around; LIMITS_AROUND of pipeline/question.py."""

    MEAN = "mean"
    MEDIAN = "median"


Limits = Annotated[
    Around, typer.Option("--limits", help="Process limits around the mean or the median.")
]

# --- what comes out ------------------------------------------------------------------------

FORMATS = ("table", "plain", "json", "jsonl", "csv", "tsv", "markdown")  # of render/formats.py

FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(FORMATS)}; default: table, or by the ending of -o.",
        autocompletion=lambda: list(FORMATS),
        show_default=False,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STATUS[,STATUS]",
        help="Only KPIs with these statuses, or stale ones; nothing when there are none."
        " Repeatable.",
        show_default=False,
    ),
]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="STATUS[:KPI]",
        help="Exit with 1 on off_track, at_risk, no_data or stale; repeatable.",
        show_default=False,
    ),
]
