"""Tree files as nobody should write them, and files of the repository with other line ends."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

IN_ONE_TABLE = """\
#:schema ./kpitree.schema.json
# of all kinds
  [ kpi ]   # all of them
a.value = 1   # one
a.label = 'A'
b = { value = 2,label="B" , target = {value = 5, per = "year"} } # two
"c".formula = "a+b"
# last of c
'c' . "unit" = "number"

# --- tree
[tree]
root = "c"
"""

SCATTERED = """\
# first, what is said of a
[kpi.a.thresholds]
at_risk = "0%"    # none
[calendar]
[kpi.total]
formula = '''
  a   # a is named here, too
  * b
  + prev(  a , 2 )
'''
leads = [ # what follows
  "a",    # first
  'b'
]
[sources.s.dimensions]
region = "region"

# about a, at last
[kpi.a]

# the value
value = 12_000
# below a

[kpi.other]
value = 0x10
counterweight = "a"
[kpi.b]
value = { "2026-01" = 1.50, 2026-02 = 2 }
   label = "B"
target.2026-01 = 5
target."2026-02" = 6
[sources]
s.path = "s.csv"
s.time = "day"
[tree]
root = 'total'"""

ALL_IN_BRACES = """\
kpi = { a = { value = 1 }, "b" = {value=2, thresholds.at_risk = "1%"}, c = {formula = "a - b"} } # x
tree = {root="c"}
"""

DOTTED_AT_THE_TOP = """\
tree.root = "c"
# the KPIs
kpi.a.value = 1
kpi.b.value = 2    # two

kpi.c.formula = "a / b"
kpi.c.description = \"\"\"
[kpi.fake]
# no comment about a
value = 1\\
  still the text\"\"\"
"""

ODD_TEXTS = """\
[kpi.total]
formula = "\\u0061 + b + größe"

description = \"""
# this is no comment
[kpi.x]
last = 1\"""
label = 'a "total" \\ of all'

#
# --- leaves, set off
#

# about a
[kpi.a]
value = 1

# once: label = "old"

[kpi."b"]
value = 2
tags = ["a", "b"] # of b
# more of b
[kpi."größe"]  # size
value = 3
"""

MADE_UP: Final = {
    "in one table": IN_ONE_TABLE,
    "scattered": SCATTERED,
    "all in braces": ALL_IN_BRACES,
    "dotted at the top": DOTTED_AT_THE_TOP,
    "odd texts": ODD_TEXTS,
}
REAL: Final = {path.name: path.read_text("utf-8") for path in sorted(ROOT.glob("trees/*.toml"))}
VARIANTS: Final = {
    "as it is": lambda text: text,
    "windows": lambda text: "\ufeff" + text.replace("\n", "\r\n"),
    "no end": lambda text: text.rstrip("\n"),
    "mixed": lambda text: text.replace("\n", "\r\n", 3),
}
