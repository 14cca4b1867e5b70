"""Ready-made trees, each with made-up data that makes it run.

A template is a tree file (trees/NAME.toml, as a person would write it) and a module that makes its
data (generators/NAME.py). Nothing of either is read before it is asked for.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from kpitree.errors import UsageError, did_you_mean

_ABOUT: Final = MappingProxyType(
    {
        "sales": "Sales: revenue from deals, close rate and order value; the pipeline ahead of it",
        "saas": "Subscriptions: MRR from what is new, grows, shrinks and leaves; LTV to CAC",
        "ecommerce": "Web shop: revenue from visits, carts, checkouts and orders, less returns",
        "marketing": "Marketing: customers from impressions, clicks and leads; CAC and ROAS",
        "support": "Customer service: answered in time, solved in time, satisfied; the backlog",
        "oee": "Production: OEE from availability, performance and quality",
        "recruiting": "Recruiting: hires from candidates, interviews and offers; time and cost",
        "finance": "Finance: runway from cash and burn, gross margin and operating cost",
        "dora": "Software delivery: deployments that hold, lead time, failures, time to restore",
        "project": "Projects: earned value from work due and delivered on time; cost and scope",
    }
)

NAMES: Final = tuple(_ABOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A tree and the data that it names.

    name: one of NAMES. about: one line. tree: the text of NAME.toml. files: relative path, always
    in the folder NAME_data, -> the text of a CSV file. The tree's paths are relative to the tree,
    so both belong into the same folder; several templates can share one.
    """

    name: str
    about: str
    tree: str
    files: dict[str, str]


def about(name: str) -> str:
    """What a template is for, in one line. Raises UsageError as template() does."""
    return _ABOUT[_known(name)]


def template(name: str) -> Template:
    """Make a template: the same bytes on every call, machine and day.

    Raises UsageError with the nearest name where there is no such template.
    """
    known = _known(name)
    tables: dict[str, str] = import_module(f"{__name__}.generators.{known}").rows()
    return Template(
        name=known,
        about=_ABOUT[known],
        tree=(files(__name__) / "trees" / f"{known}.toml").read_text("utf-8"),
        files={f"{known}_data/{file}": text for file, text in tables.items()},
    )


def _known(name: str) -> str:
    """The name itself, when there is such a template."""
    if name not in _ABOUT:
        raise UsageError(f"there is no template {name!r}", hint=did_you_mean(name, NAMES))
    return name
