"""Maven coordinates, and which repository they are fetched from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from pydantic import SecretStr

from wms_connector.local.errors import ArtifactError, LockFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PART: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_SHORT: Final = 3
_FULL: Final = 5
_SETTINGS_LIMIT: Final = 1_048_576  # bytes


@dataclass(frozen=True, slots=True, order=True)
class Coordinate:
    """`group:artifact:version`, or `group:artifact:version:classifier:type`."""

    group: str
    artifact: str
    version: str
    classifier: str = ""
    type: str = "jar"

    @classmethod
    def parse(cls, text: str) -> Coordinate:
        """Read a coordinate; raises LockFileError."""
        parts = text.split(":")
        valid = all(_PART.fullmatch(part) for part in parts) and ".." not in text
        if len(parts) not in {_SHORT, _FULL} or not valid:
            raise LockFileError(
                f"{text!r} is no Maven coordinate",
                hint="Write group:artifact:version or group:artifact:version:classifier:type",
            )
        return cls(*parts)

    @property
    def file(self) -> str:
        """Name of its file."""
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{classifier}.{self.type}"

    @property
    def path(self) -> str:
        """Where it lies in a Maven repository."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file}"

    def __str__(self) -> str:
        short = f"{self.group}:{self.artifact}:{self.version}"
        return f"{short}:{self.classifier}:{self.type}" if self.classifier else short


@dataclass(frozen=True, slots=True)
class Repository:
    """A Maven repository: its address, and a sign-in if it wants one."""

    url: str
    user: str | None = None
    password: SecretStr | None = None

    def address(self, coordinate: Coordinate) -> str:
        """Give the address of an artefact."""
        return f"{self.url.rstrip('/')}/{coordinate.path}"


def repository(
    settings: Path | None = None, environment: Mapping[str, str] | None = None
) -> Repository:
    """Find the repository as Maven would: a mirror in `~/.m2/settings.xml`, else the central one.

    The central one's address is the constant of `jgo`, the library that resolves the lock.
    Raises ArtifactError if the settings cannot be read.
    """
    path = settings or Path.home() / ".m2" / "settings.xml"
    variables = os.environ if environment is None else environment
    if path.is_file() and (mirror := _mirror(path, variables)):
        return mirror
    from jgo.constants import MAVEN_CENTRAL_URL

    return Repository(MAVEN_CENTRAL_URL)


def _mirror(path: Path, environment: Mapping[str, str]) -> Repository | None:
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > _SETTINGS_LIMIT or "<!DOCTYPE" in text:
            raise ArtifactError(
                f"{path} is no ordinary Maven settings file",
                hint="Remove its DOCTYPE and keep it below 1 MB",
            )
        root = ET.fromstring(text)  # noqa: S314 - the user's own file, without a DTD
    except (OSError, UnicodeDecodeError, ET.ParseError) as error:
        raise ArtifactError(
            f"{path} cannot be read: {error}", hint="Mend the file; Maven reads it as well"
        ) from None
    for mirror in _all(root, "mirrors", "mirror"):
        url = _expanded(_text(mirror, "url"), environment)
        if url and _mirrors_central(_text(mirror, "mirrorOf")):
            server = _text(mirror, "id")
            return Repository(url, *_sign_in(root, server, environment))
    return None


def _mirrors_central(mirror_of: str) -> bool:
    wanted = [part.strip() for part in mirror_of.split(",")]
    if "!central" in wanted:
        return False
    return any(part in {"central", "*", "external:*", "external:http:*"} for part in wanted)


def _sign_in(
    root: ET.Element, server: str, environment: Mapping[str, str]
) -> tuple[str | None, SecretStr | None]:
    for entry in _all(root, "servers", "server"):
        user = _expanded(_text(entry, "username"), environment)
        if _text(entry, "id") == server and user:
            return user, SecretStr(_expanded(_text(entry, "password"), environment))
    return None, None


def _all(root: ET.Element, parent: str, child: str) -> list[ET.Element]:
    return root.findall(f"{{*}}{parent}/{{*}}{child}")


def _text(element: ET.Element, child: str) -> str:
    return (element.findtext(f"{{*}}{child}") or "").strip()


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    """Fill in `${env.NAME}`, the form that such files use for passwords."""
    return re.sub(r"\$\{env\.(\w+)\}", lambda found: environment.get(found[1], ""), text)
