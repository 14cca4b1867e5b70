"""A diff shows what changes: not line ends, and no escapes of users."""

from kpitree.render.diff import diff


def test_lines_around_a_change() -> None:
    before = "".join(f"{number}\n" for number in range(9))
    assert diff(before, before.replace("4\n", "four\n"), "x.toml") == (
        "--- x.toml (now)\n+++ x.toml (then)\n@@ -2,7 +2,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n"
    )


def test_nothing_has_changed() -> None:
    assert diff("a\n", "a\n", "x") == ""
    assert diff("\ufeffa\r\n", "a\n", "x") == ""


def test_a_missing_end_is_told() -> None:
    assert diff("a\nb", "a\nc", "x") == (
        "--- x (now)\n+++ x (then)\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )


def test_only_line_feeds_end_lines() -> None:
    assert diff("a\u2028b\x0bc\n", "", "x").splitlines()[3:] == [r"-a\u2028b\x0bc"]


def test_colours_and_words_that_act() -> None:
    painted = diff("a\n", "[bold]\x1b[5m\tb\n", "x\x1b", color=True)
    assert "\x1b[32m+[bold]\\x1b[5m" in painted
    assert "\x1b[31m-a" in painted
    assert "x\\x1b (now)" in painted
