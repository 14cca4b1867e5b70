"""An entry is there whole or not at all, and the cache stays within its bound."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.kept import ADDITIVE, DAY, entries, request_of, settle, store_at, told, write
from kpitree.data.cache import folder
from kpitree.data.cache import store as stores
from kpitree.data.cache.cubes import kept_cube
from kpitree.data.cache.store import Store, open_store
from kpitree.data.cube.cube import read_cube
from kpitree.errors import UsageError

A, B, C, D = (letter * 40 for letter in "abcd")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    assert store.read(A) is None
    assert store.write(A, b"some bytes") is None
    assert store.read(A) == b"some bytes"
    assert store.write(A, b"other") is None
    assert store.read(A) == b"other"
    assert len(entries(store)) == 1


def test_only_its_owner_may_look(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.write(A, b"figures")
    [path] = entries(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_whatever_the_umask_is_its_folders_are_its_owners(tmp_path: Path, umask: int) -> None:
    store = Store(tmp_path / "new" / "parents" / "cache", 1_000)
    before = os.umask(umask)
    try:
        notice = store.write(A, b"figures")
    finally:
        os.umask(before)
    assert notice is None
    made = [tmp_path / "new", tmp_path / "new" / "parents", store.folder]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * 3
    files = list(store.folder.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_folder_that_was_there_keeps_its_rights(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.folder.mkdir()
    store.folder.chmod(0o755)
    assert store.write(A, b"figures") is None
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o755
    [path] = entries(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    """An entry of real figures."""
    place = tmp_path_factory.mktemp("whole")
    write(place / "1.parquet", [(DAY, 1.5, "a"), (DAY, None, "b")])
    settle()
    store = store_at(place)
    kept_cube(request_of(place, ".parquet", ADDITIVE), store)
    [path] = entries(store)
    return store, path


@given(data=st.data())
def test_damage_is_seen(whole: tuple[Store, Path], data: st.DataObject) -> None:
    store, path = whole
    name = path.name.removesuffix(stores.ENDING)
    good = path.read_bytes()
    assert store.read(name) is not None
    bad = bytearray(good)
    places = st.integers(0, len(good) - 1)
    match data.draw(st.sampled_from(["flip", "cut", "zeros", "more", "other"])):
        case "flip":
            for place in data.draw(st.lists(places, min_size=1, max_size=5, unique=True)):
                bad[place] ^= 1 << data.draw(st.integers(0, 7))
        case "cut":
            del bad[data.draw(places) :]
        case "zeros":
            first = data.draw(places)
            bad[first:] = bytes(len(bad) - first)
        case "more":
            bad += data.draw(st.binary(min_size=1))
        case "other":
            bad = bytearray(data.draw(st.binary(max_size=99)))
    try:
        path.write_bytes(bad)
        assert (store.read(name) is None) == (bytes(bad) != good)
        request = request_of(path.parent.parent, ".parquet", ADDITIVE)
        assert told(kept_cube(request, store)) == told(read_cube(request))
        assert store.read(name) is not None  # made anew
    finally:
        path.write_bytes(good)


def test_an_entry_of_an_older_format_is_none(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.write(A, b"figures")
    [path] = entries(store)
    path.write_bytes(path.read_bytes().replace(b"kpitree cache 1", b"kpitree cache 0"))
    assert store.read(A) is None


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    store = store_at(tmp_path, bound=1_000)
    for number, name in enumerate((A, B, C)):
        store.write(name, bytes(250))
        os.utime(store._path(name), (number, number))
    assert store.read(A) is not None  # and so it was used last
    store.write(D, bytes(250))
    assert {path.name[0] for path in entries(store)} == {"a", "c", "d"}


def test_what_a_killed_run_left_goes_after_a_while(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.write(A, b"x")
    old, new = (store.folder / f".{B}.{n}-0123abcd{stores._UNFINISHED}" for n in (1, 2))
    for path in (old, new):
        path.write_bytes(b"half of it")
    os.utime(old, (1, 1))
    store.write(C, b"y")
    assert not old.exists()
    assert new.exists()  # somebody may still be writing it


OTHERS = (
    "letter.txt",
    "notes.kpitree",
    f"{D.upper()}.kpitree",
    f"{A}0.kpitree",
    f"{A}.kpitree.kpitree",
    "download.unfinished",
    ".download.7-0123abcd.unfinished",
    f".{A}.7-0123abc.unfinished",
    f".{A}.7-0123abcd.unfinished.unfinished",
)


def test_what_is_not_its_own_stays(tmp_path: Path) -> None:
    """The folder named by KPITREE_CACHE_DIR may be anybody's, with old files of other programs."""
    store = store_at(tmp_path, bound=100)
    store.folder.mkdir()
    others = [store.folder / name for name in OTHERS]
    folders = [store.folder / name for name in ("dir.kpitree", f"{B}.kpitree", f".{B}.unfinished")]
    for other in others:
        other.write_bytes(bytes(90))
    for each in folders:
        each.mkdir()
    for path in (*others, *folders):
        os.utime(path, (1, 1))
    before = {path: path.stat().st_mtime for path in (*others, *folders)}
    assert store.write(A, bytes(60)) is None
    assert store.write(C, bytes(60)) is None  # one of both goes, to stay within the bound
    assert [held.path.name for held in store.held()] == [f"{C}{stores.ENDING}"]
    assert [held.path.name for held in store.clear()] == [f"{C}{stores.ENDING}"]
    assert store.clear() == []
    assert {path: path.stat().st_mtime for path in before} == before


@pytest.mark.parametrize("place", ["file", "below a file", "/proc/none/cache"])
def test_a_folder_that_cannot_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no folder")
    folders = {"file": tmp_path / "file", "below a file": tmp_path / "file" / "cache"}
    store = Store(folders.get(place, Path(place)), 1_000)
    assert store.read(A) is None
    notice = store.write(A, b"x")
    assert notice is not None
    assert notice.code == "cache_unwritable"
    assert "--no-cache" in notice.message
    if place != "/proc/none/cache":
        assert f"{store.folder}: Not a directory;" in notice.message
    assert (tmp_path / "file").read_text() == "no folder"


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own answer to the last bytes of an entry; nothing of it stays."""
    store = store_at(tmp_path)
    store.write(A, b"before")

    def full(_path: str, _flags: int) -> int:
        return os.open("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(stores, "_for_me_alone", full)
    notice = store.write(B, bytes(100_000))
    assert notice is not None
    assert "No space left on device" in notice.message
    assert store.read(A) == b"before"
    assert [path.name for path in store.folder.iterdir() if B in path.name] == []


@pytest.mark.parametrize(
    ("said", "size"),
    [("", 1 << 30), ("500 MB", 500 << 20), ("2GiB", 2 << 30), ("1.5k", 1536), ("100", 100)],
)
def test_bounds(monkeypatch: pytest.MonkeyPatch, said: str, size: int) -> None:
    monkeypatch.setenv(folder.SIZE, said)
    assert folder.bound() == size


@pytest.mark.parametrize("said", ["much", "-1 MB", "1 PB", "1,5 GB"])
def test_what_says_no_size(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv(folder.SIZE, said)
    with pytest.raises(UsageError, match="is no size"):
        open_store()


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(folder.FOLDER)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/home/kim")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert folder.folder() == Path("/home/kim/.cache/kpitree")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the specification says to ignore
    assert folder.folder() == Path("/home/kim/.cache/kpitree")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/kim")
    assert folder.folder() == Path("/var/kim/kpitree")
    monkeypatch.setattr("sys.platform", "darwin")
    assert folder.folder() == Path("/home/kim/Library/Caches/kpitree")
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/users/kim/local")
    assert folder.folder() == Path("/users/kim/local/kpitree/Cache")
    monkeypatch.setenv("LOCALAPPDATA", "")
    assert open_store() is None
    monkeypatch.setenv(folder.FOLDER, str(tmp_path))
    assert folder.folder() == tmp_path


@pytest.mark.parametrize(("said", "on"), [("1", False), ("yes", False), ("0", True), ("", True)])
def test_turned_off(monkeypatch: pytest.MonkeyPatch, said: str, on: bool) -> None:
    monkeypatch.setenv(folder.OFF, said)
    assert (open_store() is not None) == on
    assert open_store(wanted=False) is None
