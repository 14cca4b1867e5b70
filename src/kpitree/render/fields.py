"""Fields of machine formats: texts as they are, numbers unrounded, null where there is nothing."""

from collections.abc import Callable

from kpitree.numbers import machine, machine_text

Field = str | int | float | bool | list[str] | None


def number(value: float | None) -> int | float | None:
    """The machine form of a number that may be missing."""
    return None if value is None else machine(value)


def machine_form(field: Field) -> Field:
    """A field as JSON has it: the same, its number in the machine form."""
    return machine(field) if isinstance(field, float) else field


def field_text(field: Field, text: Callable[[str], str]) -> str:
    """A field as a line of text holds it; nothing for null, a list joined by spaces.

    text: makes words harmless for the format.
    """
    match field:
        case None:
            return ""
        case bool():
            return "true" if field else "false"
        case str():
            return text(field)
        case list():
            return text(" ".join(field))
        case _:
            return machine_text(field)
