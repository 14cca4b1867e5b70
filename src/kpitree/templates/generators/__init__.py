"""Made-up data, one module a template: rows() gives its files as CSV texts.

The same bytes come out everywhere: the only source of chance is Random(SEED).random(), and
everything is drawn from it with + - * / and comparisons alone (no logarithms or cosines, whose last
digit differs between C libraries). No clock is read: all data ends on chance.LAST_DAY.
"""
