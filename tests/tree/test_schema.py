"""The JSON Schema that editors get: complete, without nulls, and true of what is read."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from kpitree.cli.app import app
from kpitree.errors import TreeErrors
from kpitree.tree.forms import TOLD_BY, GrowthTable, PlanTable, SpreadTable
from kpitree.tree.json_schema import json_schema
from kpitree.tree.read import load_tree
from kpitree.tree.schema import (
    BenchmarkTable,
    CalendarTable,
    File,
    KpiTable,
    LookupTable,
    SourceTable,
    TargetsTable,
    ThresholdsTable,
    TreeTable,
)

ROOT = Path(__file__).parents[2]
TREES = sorted((ROOT / "trees").glob("*.toml"))
BROKEN = Path(__file__).parent / "broken"
STRUCTS = [
    File,
    TreeTable,
    CalendarTable,
    SourceTable,
    LookupTable,
    KpiTable,
    ThresholdsTable,
    BenchmarkTable,
    TargetsTable,
    *TOLD_BY,
]
SCHEMA = json_schema()
TARGETS: dict[type[msgspec.Struct], str] = {  # with a key that takes words
    SpreadTable: 'target = {{ value = 1, {key} = "{word}" }}',
    GrowthTable: 'target = {{ growth = 1, {key} = "{word}" }}',
    PlanTable: 'target = {{ source = "s", measure = "count()", {key} = "{word}" }}',
}
SOURCES: dict[type[msgspec.Struct], str] = {
    SourceTable: "",
    LookupTable: '[sources.s.lookup.l]\npath = "l.csv"\non = "id"\n',
}
KINDS: dict[str, Any] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def faults(value: Any, schema: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Where a value is not what the part of JSON Schema that is used here says."""
    if "$ref" in schema:
        yield from faults(value, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")], path)
    if "anyOf" in schema and all(any(faults(value, one, path)) for one in schema["anyOf"]):
        yield f"{path}: none of the forms"
    for one in schema.get("allOf", ()):
        yield from faults(value, one, path)
    if "oneOf" in schema and sum(not any(faults(value, one)) for one in schema["oneOf"]) != 1:
        yield f"{path}: not exactly one"
    if "not" in schema and not any(faults(value, schema["not"])):
        yield f"{path}: {schema['not']}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{path}: not like {schema['pattern']}"
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield f"{path}: too short"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not one of {schema['enum']}"
    yield from _faults_of_kind(value, schema, path)
    if isinstance(value, dict):
        yield from _faults_of_table(value, schema, path)
    if isinstance(value, list):
        for at, one in enumerate(value):
            yield from faults(one, schema.get("items", {}), f"{path}[{at}]")


def _faults_of_kind(value: Any, schema: dict[str, Any], path: str) -> Iterator[str]:
    if "type" not in schema:
        return
    if schema.get("format") == "date" and isinstance(value, date):
        value = value.isoformat()  # what an editor's TOML server makes of a date
    is_bool = isinstance(value, bool) and schema["type"] != "boolean"
    if is_bool or not isinstance(value, KINDS[schema["type"]]):
        yield f"{path}: not a {schema['type']}"
    elif schema["type"] == "integer" and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield f"{path}: out of bounds"


def _faults_of_table(value: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{path}: {name} is missing"
    if len(value) < schema.get("minProperties", 0):
        yield f"{path}: too few"
    for name, one in value.items():
        yield from faults(name, schema.get("propertyNames", {}), f"{path}.{name}")
        more = schema.get("additionalProperties", {})
        inner = schema.get("properties", {}).get(name, more)
        if inner is False:
            yield f"{path}: there is no {name}"
        elif isinstance(inner, dict):
            yield from faults(one, inner, f"{path}.{name}")


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_key_is_there_and_explained(struct: type[msgspec.Struct]) -> None:
    properties = SCHEMA["$defs"][struct.__name__]["properties"]
    assert set(properties) == set(struct.__struct_encode_fields__)
    for name, schema in properties.items():
        assert len(schema["description"]) > 10, name
        assert schema["description"].endswith("."), name


def test_every_table_has_a_title_and_a_description() -> None:
    for name, table in SCHEMA["$defs"].items():
        assert table["title"], name
        assert table["description"].endswith("."), name


def test_every_word_of_a_choice_is_explained() -> None:
    choices = 0
    for table in SCHEMA["$defs"].values():
        for key, one in table["properties"].items():
            if "enum" in one:
                choices += 1
                told = one["x-taplo"]["docs"]["enumValues"]
                assert len(told) == len(one["enum"]), key
                assert all(told), key
    assert choices >= 15


def test_there_are_no_nulls() -> None:
    for part in _parts(SCHEMA):
        assert None not in part.values()
        assert None not in part.get("enum", [])
        assert part.get("type") != "null"


def test_every_reference_leads_somewhere() -> None:
    references = [part["$ref"] for part in _parts(SCHEMA) if "$ref" in part]
    assert references
    assert {one.removeprefix("#/$defs/") for one in references} == set(SCHEMA["$defs"])


def test_no_unknown_keys_anywhere() -> None:
    tables = SCHEMA["$defs"].values()
    assert all(table["additionalProperties"] is False for table in tables)


def test_only_what_must_be_there_is_required() -> None:
    required = {name: table.get("required", []) for name, table in SCHEMA["$defs"].items()}
    assert {name: keys for name, keys in required.items() if keys} == {
        "File": ["kpi"],
        "TargetsTable": ["path"],
        "LookupTable": ["on"],
        "BenchmarkTable": ["value"],
        "SpreadTable": ["value", "per"],
        "PathTable": ["value", "by"],
        "GrowthTable": ["growth", "over"],
        "PlanTable": ["source", "measure"],
    }


@pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.stem)
def test_the_sample_trees_are_valid(tree: Path) -> None:
    assert list(faults(tomllib.loads(tree.read_text("utf-8")), SCHEMA)) == []


@pytest.mark.parametrize(
    "name",
    [
        "unknown_keys",
        "unknown_table",
        "unknown_words",
        "wrong_types_in_kpi",
        "wrong_types_in_source",
        "wrong_types_in_tree",
        "source_without_path_and_time",
        "no_formula_measure_value",
        "all_three",
        "benchmarks",
        "numbers_too_large",
        "stocks_from_without_to",
        "stocks_time_and_from",
        "stocks_unknown_words",
        "sources_of_databases",
        "sources_unknown_words",
        "lookups_with_mistakes",
        "empty",
        "no_kpi",
        "only_a_comment",
        "targets_table_empty",
        "row_keys_with_formula",
        "stocks_keys_without_a_measure",
        "stocks_two_ways_at_once",
        "names_that_formulas_cannot_use",
        "source_with_empty_path",
        "formulas_with_gaps",
    ],
)
def test_an_editor_finds_what_can_be_seen_without_reading_expressions(name: str) -> None:
    data = tomllib.loads((BROKEN / f"{name}.toml").read_text("utf-8"))
    assert list(faults(data, SCHEMA))


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_the_words_of_a_choice_are_those_that_are_read(
    struct: type[msgspec.Struct], tmp_path: Path
) -> None:
    """A key whose schema lists words takes each of them, and no other."""
    tables: dict[type[msgspec.Struct], str]
    tables = {TreeTable: "tree", CalendarTable: "calendar", KpiTable: "kpi.a"}
    for name, schema in SCHEMA["$defs"][struct.__name__]["properties"].items():
        for word in _words(schema):
            text = _with_word(struct, tables, name, word)
            path = tmp_path / "tree.toml"
            path.write_text(text, "utf-8")
            load_tree(path)
            path.write_text(text.replace(f'"{word}"', f'"{word}x"'), "utf-8")
            with pytest.raises(TreeErrors):
                load_tree(path)


def _words(schema: dict[str, Any]) -> list[str]:
    """Those that a key can be, by itself or as one of its forms."""
    return [word for one in (schema, *schema.get("anyOf", ())) for word in one.get("enum", ())]


def _with_word(
    struct: type[msgspec.Struct], tables: dict[type[msgspec.Struct], str], name: str, word: str
) -> str:
    if struct in TARGETS:
        target = TARGETS[struct].format(key=name, word=word)
        return f'[sources.s]\npath = "s.csv"\ntime = "t"\n[kpi.a]\nvalue = 1\n{target}\n'
    if struct in SOURCES:
        source = '[kpi.a]\nvalue = 1\n[sources.s]\npath = "s.csv"\ntime = "t"\n'
        return f'{source}{SOURCES[struct]}{name} = "{word}"\n'
    text = f'[{tables[struct]}]\n{name} = "{word}"\n'
    if name in ("at", "count_when"):
        return text + 'measure = "count()"\n[sources.a]\npath = "a"\nfrom = "b"\nto = "c"\n'
    return text + ("value = 1\n" if struct is KpiTable else "[kpi.a]\nvalue = 1\n")


def test_the_command_prints_it(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == SCHEMA
    path = tmp_path / "kpitree.schema.json"
    assert CliRunner().invoke(app, ["schema", "-o", str(path)]).stdout == ""
    assert path.read_text("utf-8") == result.stdout
