"""The artefacts' lock: every file that the runtime and the image need, with its checksum."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local.errors import LockFileError
from wms_connector.local.maven import Coordinate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FILE_NAME: Final = "artifacts.lock"
_LINE: Final = re.compile(r"(\S+)\s+(\S+)\s+([1-9][0-9]*)\s+sha256:([0-9a-f]{64})")


class Purpose(StrEnum):
    """What an artefact is for."""

    BROKER = "broker"
    WORKER = "worker"
    ORACLE = "plugin-oracle"
    POSTGRES = "plugin-postgres"
    IAM = "msk-iam-auth"
    METRICS = "jmx-exporter"
    STANDIN = "stand-in"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One line of the lock. `size` in bytes; `sha256` in lower-case hex."""

    coordinate: Coordinate
    purposes: frozenset[Purpose]
    size: int
    sha256: str

    def __str__(self) -> str:
        purposes = ",".join(sorted(self.purposes))
        return f"{purposes:15} {self.coordinate!s:66} {self.size:>9} sha256:{self.sha256}"


def parse(text: str, *, origin: str = FILE_NAME) -> tuple[Artifact, ...]:
    """Read a lock; raises LockFileError that names the line."""
    found: dict[Coordinate, Artifact] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.split("#", 1)[0].strip()
        if not content:
            continue
        match = _LINE.fullmatch(content)
        if match is None:
            raise LockFileError(
                f"{origin}:{number} is not 'purposes coordinate bytes sha256:digest'",
                hint="Write it anew with scripts/lock",
            )
        try:
            purposes = frozenset(Purpose(purpose) for purpose in match[1].split(","))
        except ValueError as error:
            raise LockFileError(
                f"{origin}:{number}: {error}", hint=f"Allowed are {', '.join(Purpose)}"
            ) from None
        artifact = Artifact(Coordinate.parse(match[2]), purposes, int(match[3]), match[4])
        if artifact.coordinate in found:
            raise LockFileError(
                f"{origin}:{number} names {artifact.coordinate} a second time",
                hint="Write it anew with scripts/lock",
            )
        found[artifact.coordinate] = artifact
    return tuple(found.values())


def render(artifacts: Iterable[Artifact]) -> str:
    """Write a lock that is easy to review: one artefact a line, sorted."""
    head = (
        "# Every artefact of the runtime and the image: purposes, coordinate, bytes, checksum.\n"
        "# Made by scripts/lock from artifacts.in; not meant to be edited.\n"
    )
    ordered = sorted(artifacts, key=lambda artifact: artifact.coordinate)
    return head + "".join(f"{artifact}\n" for artifact in ordered)


def select(artifacts: Iterable[Artifact], purposes: Collection[Purpose]) -> tuple[Artifact, ...]:
    """Give the artefacts that serve any of these purposes, in the lock's order."""
    wanted = frozenset(purposes)
    return tuple(artifact for artifact in artifacts if artifact.purposes & wanted)


def load(path: Path | None = None) -> tuple[Artifact, ...]:
    """Read the lock that belongs to this version of the package; raises LockFileError."""
    place = path or _place()
    try:
        text = place.read_text(encoding="utf-8")
    except OSError as error:
        raise LockFileError(
            f"{place} cannot be read: {error.strerror}", hint="Install the package anew"
        ) from None
    return parse(text, origin=str(place))


def _place() -> Path:
    """In an installed package the lock lies beside this file; in a clone, under image/."""
    beside = Path(__file__).with_name(FILE_NAME)
    return beside if beside.is_file() else Path(__file__).parents[3] / "image" / FILE_NAME
