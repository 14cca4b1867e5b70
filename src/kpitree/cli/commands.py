"""All commands by name, each loaded when it is asked for: a run loads its own alone."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import typer
from typer.main import get_command

# In the order a newcomer meets them: the function (or group of commands), by its file in cli/.
COMMANDS: Final = {
    "init": "init:init",
    "catalog": "catalog:catalog",
    "import": "importing:import_",
    "add": "edit:add",
    "set": "edit:set_",
    "rename": "edit:rename",
    "remove": "edit:remove",
    "show": "trees:show",
    "check": "check:check",
    "eval": "evaluate:evaluate",
    "drivers": "drivers:drivers",
    "segments": "segments:segments",
    "trend": "trend:trend",
    "forecast": "forecast:forecast",
    "rank": "rank:rank",
    "levers": "levers:levers",
    "whatif": "whatif:whatif",
    "doctor": "doctor:doctor",
    "cache": "cache:app",
    "schema": "trees:schema",
}


class Commands(Mapping[str, Any]):
    """COMMANDS, as typer has them."""

    def __getitem__(self, name: str) -> Any:  # typer keeps the type to itself
        return _loaded(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _loaded(name: str) -> Any:
    """Raises KeyError for what is no command."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"kpitree.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command = get_command(found)
    else:
        alone = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        alone.command(name)(found)
        command = get_command(alone)
    command.name = name
    return command
