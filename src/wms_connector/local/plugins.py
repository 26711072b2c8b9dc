"""Unpacks plugin archives, each once, into a folder that Kafka Connect can be pointed at."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from wms_connector.local.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wms_connector.local.fetch import Cache
    from wms_connector.local.lock import Artifact
    from wms_connector.model.pipeline import Pipeline


def unpacked(artifact: Artifact, cache: Cache) -> Path:
    """Give the folder that holds the plugin's folder: an entry of `plugin.path`.

    The archive's checksum is verified before it is unpacked. Raises ArtifactError.
    """
    target = cache.folder / "plugins" / artifact.sha256
    if target.is_dir():
        return target
    archive = cache.path(artifact)
    try:
        with archive.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != artifact.sha256:
            archive.unlink()
            raise ArtifactError(
                f"{archive} is damaged: its SHA-256 is not that of artifacts.lock",
                hint="It was removed; run the command again to fetch it anew",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".unpacking-"))
        try:
            with tarfile.open(archive) as packed:
                packed.extractall(scratch, filter="data")
            scratch.chmod(0o755)
            _put(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (OSError, tarfile.TarError) as error:
        raise ArtifactError(
            f"{archive} cannot be unpacked: {error}", hint="Free some space, then try again"
        ) from None
    return target


def check_plugins(pipeline: Pipeline, folders: Sequence[Path]) -> None:
    """Raise ArtifactError unless the plugin of a pipeline of kind `jdbc` is in the folders."""
    for folder in folders:
        if not folder.is_dir():
            raise ArtifactError(
                f"there is no folder {folder}", hint="Name the folder that holds the plugin's jars"
            )
    if pipeline.connector != "jdbc":
        return
    entry = f"{pipeline.jdbc.connector_class.replace('.', '/')}.class"
    jars = (jar for folder in folders for jar in sorted(folder.rglob("*.jar")))
    if not any(_holds(jar, entry) for jar in jars):
        where = ", ".join(str(folder) for folder in folders) or "no folder was named"
        raise ArtifactError(
            f"the pipeline needs {pipeline.jdbc.connector_class}, which is not to be had from "
            f"Maven's central repository ({where})",
            hint="Download the plugin from its maker, unpack it, and name its folder in "
            'WMS_CONNECTOR_JDBC_PLUGIN; or set connector = "debezium"',
        )


def linked(folders: Sequence[Path], into: Path) -> tuple[Path, ...]:
    """Give the entries of `plugin.path` for the user's folders, whatever lies in each of them.

    Kafka Connect takes every child of an entry for a plugin: a folder of jars that was named
    itself would become as many plugins as it has jars. So the entry holds links to the folders.
    """
    if into.is_dir():
        shutil.rmtree(into)
    if not folders:
        return ()
    into.mkdir(parents=True)
    for number, folder in enumerate(folders):
        (into / f"{number}-{folder.name}").symlink_to(folder, target_is_directory=True)
    return (into,)


def _holds(jar: Path, entry: str) -> bool:
    try:
        with zipfile.ZipFile(jar) as archive:
            return entry in archive.NameToInfo
    except (OSError, zipfile.BadZipFile):
        return False


def _put(scratch: Path, target: Path) -> None:
    try:
        scratch.replace(target)
    except OSError:
        if not target.is_dir():  # another command was quicker otherwise
            raise
