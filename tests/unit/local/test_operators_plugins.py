"""The operator's own plugins: folders, and archives with their checksums."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from wms_connector.local.errors import ArtifactError
from wms_connector.local.fetch import Cache
from wms_connector.local.plugins import operators
from wms_connector.model.plugin import PluginError, PluginSource

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = b"a jar"


def packed(path: Path) -> str:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("plugin-1/lib/one.jar", CONTENT)
    else:
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo("plugin-1/lib/one.jar")
            entry.size = len(CONTENT)
            archive.addfile(entry, io.BytesIO(CONTENT))
    return f"{path}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.mark.parametrize("name", ["p.zip", "p.tar.gz", "p.tgz"])
def test_an_archive_is_verified_and_unpacked_once(tmp_path: Path, name: str) -> None:
    text = packed(tmp_path / name)
    cache = Cache(tmp_path / "cache")
    [folder] = operators([PluginSource.parse(text)], cache)
    assert (folder / "plugin-1" / "lib" / "one.jar").read_bytes() == CONTENT
    (tmp_path / name).unlink()
    assert operators([PluginSource.parse(text.replace("=", ":"))], cache) == (folder,)


def test_another_archive_than_was_meant_is_refused(tmp_path: Path) -> None:
    text = packed(tmp_path / "p.zip")
    cache = Cache(tmp_path / "cache")
    (tmp_path / "p.zip").write_bytes(b"other")
    with pytest.raises(ArtifactError, match="not the archive that was meant"):
        operators([PluginSource.parse(text)], cache)
    (tmp_path / "p.zip").unlink()
    with pytest.raises(ArtifactError, match="no archive"):
        operators([PluginSource.parse(text)], cache)
    digest = hashlib.sha256(b"no archive").hexdigest()
    (tmp_path / "q.zip").write_bytes(b"no archive")
    with pytest.raises(ArtifactError, match="cannot be unpacked"):
        operators([PluginSource.parse(f"{tmp_path}/q.zip#sha256={digest}")], cache)
    assert not list(cache.folder.rglob("*.jar"))


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert operators([PluginSource.parse(str(tmp_path))], Cache(tmp_path / "cache")) == (tmp_path,)


@pytest.mark.parametrize(
    "text", ["p.zip", "P.TGZ", "p.zip#", "p.zip#sha256=12", "folder#sha256=" + "a" * 64]
)
def test_an_archive_needs_a_checksum_and_a_folder_has_none(text: str) -> None:
    with pytest.raises(PluginError, match="sha256"):
        PluginSource.parse(text)
