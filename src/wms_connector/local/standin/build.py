"""Compiles the stand-in from its sources on first use; the cache keeps what was compiled.

There is no JDK on the machine: Eclipse's compiler runs on the Java that is there anyway.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local import lock, tools
from wms_connector.local.errors import LocalError
from wms_connector.local.fetch import fetch
from wms_connector.local.java import java

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from wms_connector.local.fetch import Cache
    from wms_connector.local.java import Java
    from wms_connector.local.lock import Artifact
    from wms_connector.local.progress import Progress

JAR: Final = "oracle-standin.jar"
_LEVEL: Final = "-17"  # Java that Debezium's connectors are built for; ecj has no `--release` here
_SECONDS: Final = 120
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
_RECIPE: Final = "1"  # part of the key: raise it when this module packs differently


class BuildError(LocalError):
    """The stand-in could not be compiled."""


@dataclass(frozen=True, slots=True)
class Built:
    """The stand-in's jar and the engine's: both belong on its class path and into its plugin."""

    jar: Path
    engine: Path

    @property
    def class_path(self) -> tuple[Path, Path]:
        """The class path of server and driver."""
        return self.jar, self.engine


def sources() -> Path:
    """Where the Java and the SQL lie: beside this file when installed, in a clone in standin/."""
    beside = Path(__file__).with_name("java")
    return beside if beside.is_dir() else Path(__file__).parents[4] / "standin"


def build(
    cache: Cache,
    progress: Progress,
    *,
    source: Path | None = None,
    cancelled: threading.Event | None = None,
) -> Built:
    """Give the stand-in's jar, compiled unless the cache has it. Raises ArtifactError, BuildError.

    The key is the content of the sources, of the engine and of the compiler. Two commands at once
    do no harm: each compiles beside the cache, and the first one's jar stays.
    """
    artifacts = lock.select(lock.load(), {lock.Purpose.STANDIN})
    fetch(artifacts, cache, progress, cancelled=cancelled)
    by_name = {artifact.coordinate.artifact: cache.path(artifact) for artifact in artifacts}
    folder = source or sources()
    files = _files(folder)
    target = cache.folder / "standin" / _key(folder, files, artifacts) / JAR
    if not target.is_file():
        progress.note("compiling the Oracle stand-in")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as scratch:
            classes = Path(scratch) / "classes"
            _compile(java(), by_name["ecj"], by_name["h2"], folder, classes, Path(scratch))
            packed = Path(scratch) / JAR
            _pack(folder, files, classes, packed)
            packed.replace(target)
    return Built(target, by_name["h2"])


def plugin(built: Built, into: Path) -> Path:
    """Put the driver where Connect finds it: beside a connector's own jars in a copy of links.

    `into` is the connector's plugin folder; what is there already stays.
    """
    into.mkdir(parents=True, exist_ok=True)
    for jar in built.class_path:
        link = into / jar.name
        link.unlink(missing_ok=True)
        link.symlink_to(jar)
    return into


def _files(folder: Path) -> tuple[Path, ...]:
    found = [
        *(folder / "src").rglob("*.java"),
        *(folder / "src" / "META-INF").rglob("*"),
        *(folder / "sql").glob("*.sql"),
    ]
    return tuple(sorted(file for file in found if file.is_file()))


def _key(folder: Path, files: Sequence[Path], artifacts: Sequence[Artifact]) -> str:
    digest = hashlib.sha256(_RECIPE.encode())
    for artifact in artifacts:
        digest.update(artifact.sha256.encode())
    for file in files:
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:32]


def _compile(
    runtime: Java, compiler: Path, engine: Path, folder: Path, classes: Path, scratch: Path
) -> None:
    temporary = scratch / "tmp"
    temporary.mkdir()
    done = tools.run(
        [
            str(runtime.launcher),
            "-XX:TieredStopAtLevel=1",  # ends before a better compiler would pay
            f"-Djava.io.tmpdir={temporary}",
            "-jar",
            str(compiler),
            _LEVEL,
            "-encoding",
            "UTF-8",
            "-parameters",
            "-g",
            "-nowarn",
            "-proc:none",
            "-cp",
            str(engine),
            "-d",
            str(classes),
            str(folder / "src"),
        ],
        seconds=_SECONDS,
    )
    if done.returncode:
        raise BuildError(
            f"the Oracle stand-in in {folder} does not compile:\n{done.stderr or done.stdout}",
            hint="Mend the Java sources, or take the repository's own",
        )


def _pack(folder: Path, files: Sequence[Path], classes: Path, target: Path) -> None:
    """Pack classes, SQL and the driver's registration; the same input gives the same bytes."""
    entries = {file.relative_to(classes).as_posix(): file for file in classes.rglob("*.class")}
    for file in files:
        if file.suffix == ".sql":
            entries[f"standin/{file.relative_to(folder).as_posix()}"] = file
        elif file.suffix != ".java":
            entries[file.relative_to(folder / "src").as_posix()] = file
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, entries[name].read_bytes())
