"""A KPI's two names: the label that readers see, and the name that formulas use."""

import keyword
import re
import unicodedata

from kpitree.tree.expressions import RESERVED


def label_of(name: str) -> str:
    """The label of a KPI that has none of its own: close_rate is Close rate."""
    return name.replace("_", " ").capitalize()


def name_of(label: str) -> str:
    """A name for a KPI known by its label: "Close rate (%)" is close_rate.

    Empty where the label has no letter or digit to make one of.
    """
    plain = unicodedata.normalize("NFKC", re.sub(r"\([^()]*\)", " ", label))
    name = _joined(plain) or _joined(unicodedata.normalize("NFKC", label))
    if not name:
        return ""
    if not name.isidentifier() or name in RESERVED or keyword.iskeyword(name):
        name = f"kpi_{name}"
    return name


def _joined(text: str) -> str:
    """Words in small letters with one _ between them; accents stay, as formulas know them."""
    # Letters whose small form is no plain one (a dotted capital I) are brought to it.
    small = unicodedata.normalize("NFKC", text.lower())
    return re.sub(r"[\W_]+", "_", "".join(_for_names(small))).strip("_")


def _for_names(text: str) -> list[str]:
    return [char if f"a{char}".isidentifier() else " " for char in text]
