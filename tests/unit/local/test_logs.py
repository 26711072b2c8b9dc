from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wms_connector.local.logs import Entry, entries, excerpt, follow, merged, read_from

if TYPE_CHECKING:
    from pathlib import Path

JAVA = """2026-11-21T09:00:00.100Z INFO  [main] Main: starting
2026-11-21T09:00:00.200Z ERROR [main] Main: could not start with key=hunter2
java.lang.IllegalStateException: no
\tat a.b.C.d(C.java:1)
Caused by: java.net.BindException: Address already in use
2026-11-21T09:00:00.300Z INFO  [main] Main: stopped
"""
POSTGRES = """2026-11-21 09:00:00.150 UTC [7] LOG:  starting
2026-11-21 09:00:00.250 UTC [7] FATAL:  no
"""


def test_an_excerpt_has_errors_and_causes_without_frames() -> None:
    told = excerpt(JAVA, secrets=["hunter2"])
    assert [line.split(" ", 1)[0] for line in told] == [
        "2026-11-21T09:00:00.200Z",
        "java.lang.IllegalStateException:",
        "Caused",
    ]
    assert "hunter2" not in "".join(told)


def test_without_errors_it_has_the_last_lines() -> None:
    assert excerpt("1\n2\n\n3\n", lines=2) == ["2", "3"]
    assert excerpt("") == []


def test_a_long_excerpt_keeps_its_beginning_and_its_end() -> None:
    told = excerpt("".join(f"ERROR {number}\n" for number in range(50)), lines=5)
    assert told == ["ERROR 0", "ERROR 1", "ERROR 2", "ERROR 48", "ERROR 49"]


def test_a_line_is_told_once_and_not_in_full_length() -> None:
    assert excerpt("ERROR x\nERROR x\n") == ["ERROR x"]
    assert len(excerpt("ERROR " + "x" * 1000)[0]) == 300


def test_entries_keep_their_further_lines() -> None:
    found = list(entries("w", JAVA.splitlines()))
    assert [entry.text.count("\n") for entry in found] == [0, 3, 0]
    assert found[0].at == datetime(2026, 11, 21, 9, 0, 0, 100_000, tzinfo=UTC)
    assert found[0].text == "INFO  [main] Main: starting"


def test_logs_are_merged_by_time(tmp_path: Path) -> None:
    (tmp_path / "w").write_text(JAVA)
    (tmp_path / "p").write_text(POSTGRES)
    found = merged({"w": tmp_path / "w", "p": tmp_path / "p", "none": tmp_path / "none"})
    assert [entry.part for entry in found] == ["w", "p", "w", "p", "w"]


def test_following_gives_whole_lines_as_they_come(tmp_path: Path) -> None:
    log = tmp_path / "w"
    log.write_text("2026-11-21T09:00:00.000Z old\n")
    steps = iter(
        [
            "2026-11-21T09:00:01.000Z first\n2026-11-21T09:00:02.000Z sec",
            "ond\n",
            "2026-11-21T09:00:03.000Z third\n",
        ]
    )

    def sleep(_: float) -> None:
        with log.open("a") as file:
            file.write(next(steps))

    found = itertools.islice(follow({"w": log}, sleep=sleep), 3)
    assert [entry.text for entry in found] == ["first", "second", "third"]


def test_lines_without_a_time_have_that_of_a_neighbour(tmp_path: Path) -> None:
    found = list(entries("s", ["no time", "2026-11-21T09:00:00.000Z a", "more"]))
    assert [entry.at.hour for entry in found] == [9, 9]
    log = tmp_path / "s"
    log.touch()
    steps = iter(["2026-11-21T09:00:00.000Z ERROR it failed\n", "\tat a.b.C.d(C.java:1)\n"])

    def sleep(_: float) -> None:
        with log.open("a") as file:
            file.write(next(steps))

    first, rest = itertools.islice(follow({"s": log}, sleep=sleep), 2)
    assert (rest.at, rest.text) == (first.at, "\tat a.b.C.d(C.java:1)")


def test_a_log_that_was_put_aside_is_read_from_its_start(tmp_path: Path) -> None:
    log = tmp_path / "w"
    log.write_text("2026-11-21T09:00:00.000Z a long line that was there before\n")

    def sleep(_: float) -> None:
        log.write_text("2026-11-21T09:00:01.000Z new\n")

    (found,) = itertools.islice(follow({"w": log}, sleep=sleep), 1)
    assert found == Entry(datetime(2026, 11, 21, 9, 0, 1, tzinfo=UTC), "w", "new")


def test_reading_from_an_offset(tmp_path: Path) -> None:
    log = tmp_path / "w"
    assert read_from(log) == ""
    log.write_text("one\ntwo\n")
    assert read_from(log, 4) == "two\n"
    assert read_from(log, 99) == "one\ntwo\n"
