"""`kpitree init --template`: files written together, or not at all."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kpitree import templates
from kpitree.cli.app import app
from kpitree.tree.read import load_tree


def init(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["init", *map(str, arguments)])


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_what_is_written(tmp_path: Path) -> None:
    result = init(tmp_path / "x y", "--template", "oee")
    assert result.exit_code == 0, result.output
    template = templates.template("oee")
    wanted = {"oee.toml": template.tree, **template.files}
    assert files(tmp_path / "x y") == {name: text.encode() for name, text in wanted.items()}
    tree = tmp_path / "x y" / "oee.toml"
    assert f"wrote {tree}\n" in result.stdout
    assert result.stdout.endswith(
        f"Next:\n  kpitree eval '{tree}'\n  kpitree drivers '{tree}'\n  kpitree check '{tree}'\n"
    )


def test_the_list_names_all() -> None:
    result = init("--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(templates.NAMES)
    assert all(templates.about(name) in result.stdout for name in templates.NAMES)


def test_another_name(tmp_path: Path) -> None:
    result = init(tmp_path, "--template", "oee", "--name", 'The "best" plant', "--yes")
    assert result.exit_code == 0, result.output
    assert load_tree(tmp_path / "the_best_plant.toml").name == 'The "best" plant'


@pytest.mark.parametrize("name", ["x\x7f", "x\udcff", "x\ny", "", "\ufffd"])
def test_what_cannot_be_a_name(name: str, tmp_path: Path) -> None:
    result = init(tmp_path / "x", "--template", "oee", "--name", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: --name: this cannot be a name")
    assert files(tmp_path) == {}


def test_an_unknown_one(tmp_path: Path) -> None:
    result = init(tmp_path / "x", "--template", "ooe")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no template 'ooe'" in result.stderr
    assert "did you mean 'oee'?" in result.stderr
    assert files(tmp_path) == {}


def test_nothing_is_written_where_one_file_is_there(tmp_path: Path) -> None:
    template = templates.template("oee")
    taken = sorted(template.files)
    for name in taken:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine", "utf-8")
    result = init(tmp_path, "--template", "oee")
    assert result.exit_code == 2
    assert all(str(tmp_path / name) in result.stderr for name in taken)
    assert files(tmp_path) == dict.fromkeys(taken, b"mine")
    assert init(tmp_path, "--template", "oee", "--force").exit_code == 0
    assert files(tmp_path)["oee.toml"] == template.tree.encode()


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "oee.toml").mkdir()
    result = init(tmp_path, "--template", "oee", "--force")
    assert result.exit_code == 2
    assert "there is a folder of this name" in result.stderr
    assert files(tmp_path) == {}


@pytest.mark.parametrize("place", ["file", "file/deeper"])
def test_a_file_in_the_place_of_a_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    result = init(tmp_path / place, "--template", "oee")
    assert result.exit_code == 2
    assert "this is a file, not a folder" in result.stderr
    assert files(tmp_path) == {"file": b"mine"}


def test_data_does_not_go_with_it(tmp_path: Path) -> None:
    result = init(tmp_path, "--template", "oee", "--data", "x.csv")
    assert result.exit_code == 2
    assert "do not go together" in result.stderr


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    result = init(tmp_path / ("x" * 300), "--template", "oee")
    assert result.exit_code == 2
    assert "there can be no such file or folder: File name too long" in result.stderr
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", templates.NAMES)
def test_the_commands_of_the_header_name_the_file(tmp_path: Path, name: str) -> None:
    assert init(tmp_path, "--template", name, "--name", "My shop").exit_code == 0
    text = (tmp_path / "my_shop.toml").read_text("utf-8")
    header = text[: text.index("[tree]")]
    assert " my_shop.toml" in header
    assert f" {name}.toml" not in header


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = tempfile.mkstemp
    made: list[object] = []

    def full(**options: Any) -> tuple[int, str]:
        if made:
            raise OSError(28, "No space left on device")
        made.append(options)
        return make(**options)

    (tmp_path / "oee.toml").write_text("mine", "utf-8")
    monkeypatch.setattr(tempfile, "mkstemp", full)
    result = init(tmp_path, "--template", "oee", "--force")
    assert result.exit_code != 0
    assert "No space left on device" in result.stderr
    assert files(tmp_path) == {"oee.toml": b"mine"}
