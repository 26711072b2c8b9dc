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
    from collections.abc import Iterable, Sequence

    from wms_connector.local.fetch import Cache
    from wms_connector.local.lock import Artifact
    from wms_connector.model.pipeline import Pipeline
    from wms_connector.model.plugin import PluginSource


def unpacked(artifact: Artifact, cache: Cache) -> Path:
    """Give the folder that holds the plugin's folder: an entry of `plugin.path`.

    The archive's checksum is verified before it is unpacked. Raises ArtifactError.
    """
    target = cache.folder / "plugins" / artifact.sha256
    if not target.is_dir():
        archive = cache.path(artifact)
        if not _is(archive, artifact.sha256):
            archive.unlink()
            raise ArtifactError(
                f"{archive} is damaged: its SHA-256 is not that of artifacts.lock",
                hint="It was removed; run the command again to fetch it anew",
            )
        unpack(archive, target)
    return target


def operators(sources: Iterable[PluginSource], cache: Cache) -> tuple[Path, ...]:
    """Give the folders of the operator's plugins; archives are verified and unpacked once.

    Raises ArtifactError.
    """
    return tuple(_operators(source, cache) for source in sources)


def _operators(source: PluginSource, cache: Cache) -> Path:
    path = source.path.expanduser().absolute()
    if source.sha256 is None:
        return path
    target = cache.folder / "plugins" / source.sha256
    if target.is_dir():
        return target
    if not path.is_file():
        raise ArtifactError(
            f"there is no archive {path}", hint="Download the plugin from its maker, and name it"
        )
    if not _is(path, source.sha256):
        raise ArtifactError(
            f"{path} is not the archive that was meant: its SHA-256 is not {source.sha256}",
            hint="Download it again, and compare the checksum with its maker's",
        )
    unpack(path, target)
    return target


def unpack(archive: Path, target: Path) -> None:
    """Unpack a `.zip`, or a `.tar` however packed, whole or not at all; raises ArtifactError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".unpacking-"))
        try:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as packed:
                    packed.extractall(scratch)  # noqa: S202 - never writes outside, unlike tar
            else:
                with tarfile.open(archive) as packed_tar:
                    packed_tar.extractall(scratch, filter="data")
            scratch.chmod(0o755)
            _put(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise ArtifactError(
            f"{archive} cannot be unpacked: {error}", hint="Free some space, then try again"
        ) from None


def _is(file: Path, sha256: str) -> bool:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except OSError as error:
        raise ArtifactError(
            f"{file} cannot be read: {error.strerror}", hint="Check the path and its rights"
        ) from None


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
            hint="Download the plugin from its maker, and name its folder, or its archive as "
            'FILE#sha256=DIGEST, in WMS_CONNECTOR_JDBC_PLUGIN; or set connector = "debezium"',
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
