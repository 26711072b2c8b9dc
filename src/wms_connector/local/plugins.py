"""Unpacks plugin archives, each once, into a folder that Kafka Connect can be pointed at."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from wms_connector.local.errors import ArtifactError

if TYPE_CHECKING:
    from wms_connector.local.fetch import Cache
    from wms_connector.local.lock import Artifact


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


def _put(scratch: Path, target: Path) -> None:
    try:
        scratch.replace(target)
    except OSError:
        if not target.is_dir():  # another command was quicker otherwise
            raise
