"""The parts' logs: what in them tells why a start failed, and all of them in one stream."""

from __future__ import annotations

import heapq
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_STAMP: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)[.,](\d{3})(?: ?UTC|Z)? ?")
_TELLING: Final = re.compile(
    r"\b(ERROR|FATAL|PANIC|SEVERE)\b|^\s*Caused by:|^Exception in thread|^Error |"
    r"OutOfMemoryError|No space left|Address already in use|could not bind|Permission denied"
)
_CAUSE: Final = re.compile(r"^\s*Caused by:|^[\w.$]+(Exception|Error)(:|$)")
_LINE_LIMIT: Final = 300
_TAIL_BYTES: Final = 262_144


def excerpt(text: str, *, lines: int = 8, secrets: Iterable[str] = ()) -> list[str]:
    """Pick the lines that tell the cause: errors and their causes, or else the last lines.

    Each line appears once, shortened to 300 characters, and without the given secrets.
    """
    everything = [line.rstrip() for line in text.splitlines() if line.strip()]
    telling = [line for line in everything if _TELLING.search(line) or _CAUSE.search(line)]
    chosen = list(dict.fromkeys(telling or everything[-lines:]))
    if len(chosen) > lines:
        # What came first is the cause more often than not; what came last is its consequence.
        chosen = [*chosen[: lines - 2], *chosen[-2:]]
    return [_redacted(line, secrets)[:_LINE_LIMIT] for line in chosen]


def read_from(path: Path, offset: int = 0) -> str:
    """Read a log from an offset in bytes, at most its last 256 KiB."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(offset if offset <= size else 0, size - _TAIL_BYTES))
            return file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _redacted(line: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        if secret:
            line = line.replace(secret, "********")
    return line


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A log entry: when (UTC), whose, and its text, which may have several lines."""

    at: datetime
    part: str
    text: str


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def entries(part: str, lines: Iterable[str], *, since: datetime = _EPOCH) -> Iterator[Entry]:
    """Split a log into entries; a line without a time stamp belongs to the entry before it.

    `since` is the time of the entry before the first line. Without one, lines without a time stamp
    at the beginning have the time of the first that has one.
    """
    at, collected = since, list[str]()
    for line in lines:
        found = _STAMP.match(line)
        if found is None:
            collected.append(line.rstrip("\n"))
            continue
        stamped = datetime.fromisoformat(f"{found[1]}T{found[2]}.{found[3]}+00:00")
        if collected:
            yield Entry(stamped if at == _EPOCH else at, part, "\n".join(collected))
        at = stamped
        collected = [line[found.end() :].rstrip("\n")]
    if collected:
        yield Entry(at, part, "\n".join(collected))


def merged(logs: Mapping[str, Path]) -> Iterator[Entry]:
    """Give all entries of several logs, ordered by time, without holding them in memory."""
    yield from heapq.merge(*(_of_file(part, path) for part, path in logs.items()))


def follow(
    logs: Mapping[str, Path],
    *,
    from_start: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    poll_seconds: float = 0.3,
) -> Iterator[Entry]:
    """Give entries as they come, for ever; what arrives in one poll is ordered by time."""
    places = {part: 0 if from_start else _size(path) for part, path in logs.items()}
    last = dict.fromkeys(logs, _EPOCH)
    while True:
        fresh: list[Entry] = []
        for part, path in logs.items():
            if _size(path) < places[part]:
                places[part] = 0  # the log was put aside at a start
            text, places[part] = _whole_lines(path, places[part])
            came = list(entries(part, text.splitlines(), since=last[part]))
            last[part] = came[-1].at if came else last[part]
            fresh.extend(came)
        yield from sorted(fresh)
        sleep(poll_seconds)


def _of_file(part: str, path: Path) -> Iterator[Entry]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from entries(part, file)
    except FileNotFoundError:
        return


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _whole_lines(path: Path, offset: int) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read()
    except FileNotFoundError:
        return "", offset
    end = data.rfind(b"\n") + 1
    return data[:end].decode(errors="replace"), offset + end
