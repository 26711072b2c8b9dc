"""The stand-in as a part of the runtime: its process, its two ports, its driver's place."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.local.java import Program
from wms_connector.local.ports import HOST
from wms_connector.local.standin import build, dbapi

if TYPE_CHECKING:
    import threading

    from wms_connector.local.fetch import Cache
    from wms_connector.local.progress import Progress
    from wms_connector.local.standin.build import Built
    from wms_connector.local.state import StateFolder

NAME: Final = "oracle-standin"
DOOR: Final = "oracle-standin-door"
"""Under this name the state keeps the port for programs that speak no JDBC."""

DATABASE: Final = "ORCLCDB"
PDB: Final = "ORCLPDB1"
PASSWORD_VARIABLE: Final = "STANDIN_SYS_PASSWORD"  # noqa: S105 - a variable's name
HEAP_MB: Final = 512  # redo of 100,000 rows in one transaction, and the engine's pages
_MAIN: Final = "standin.server.Main"


def built(cache: Cache, progress: Progress, cancelled: threading.Event) -> Built:
    """Compile it unless the cache has it; raises ArtifactError, BuildError."""
    return build.build(cache, progress, cancelled=cancelled)


def program(jars: Built) -> Program:
    """Give it as a Java program."""
    return Program(_MAIN, jars.class_path, HEAP_MB, ("-XX:+UseSerialGC",))


def arguments(folder: StateFolder, port: int, door: int) -> tuple[str, ...]:
    """Give its command-line arguments: ports for JDBC and for its door, data, names."""
    return (
        "--port", str(port),
        "--door", str(door),
        "--data", str(folder.part(NAME) / "data"),
        "--database", DATABASE,
        "--pdb", PDB,
    )  # fmt: skip


def url(port: int) -> str:
    """Give the JDBC URL."""
    return f"jdbc:oracle-standin://{HOST}:{port}/{DATABASE}"


def is_ready(door: int) -> bool:
    """Tell whether it lets programs in, which it does last of all."""
    return dbapi.answers(HOST, door)


def passfile(folder: StateFolder) -> Path:
    """Name the file with the application's password, which the DSN refers to."""
    return folder.path / "oracle.password"


def write_passfile(folder: StateFolder) -> None:
    """Write that file, readable by its owner only."""
    folder.write_private(passfile(folder).name, folder.password().get_secret_value() + "\n")


def plugins(cache: Cache, jars: Built, unpacked: Path) -> Path:
    """Give an entry of `plugin.path` that holds the connector with the stand-in's driver.

    Links to jars in the cache, in a folder of their own: the plugin as it comes stays as it was
    checked, and a runtime with another version of the driver has another folder.
    """
    name = hashlib.sha256(f"{unpacked} {jars.class_path}".encode()).hexdigest()[:32]
    target = cache.folder / "plugins" / f"standin-{name}"
    if target.is_dir():
        return target
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".linking-"))
    try:
        for plugin in unpacked.iterdir():
            beside = scratch / plugin.name
            beside.mkdir()
            for file in plugin.iterdir():
                (beside / file.name).symlink_to(file)
            build.plugin(jars, beside)
        scratch.chmod(0o755)
        try:
            scratch.rename(target)
        except OSError:
            if not target.is_dir():  # another command was quicker otherwise
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target
