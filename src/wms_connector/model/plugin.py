"""How an operator names a connector's plugin that no public repository has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from wms_connector.model.errors import UsageError

VARIABLE: Final = "WMS_CONNECTOR_JDBC_PLUGIN"
"""Environment variable that names one, for laptop and image alike."""

ARCHIVES: Final = (".zip", ".tar.gz", ".tgz")
_CHECKSUM: Final = re.compile(r"sha256[:=]([0-9a-fA-F]{64})")


class PluginError(UsageError):
    """What names a plugin is not a folder, nor an archive with its checksum."""


@dataclass(frozen=True, slots=True)
class PluginSource:
    """A folder that holds the plugin's jars, or an archive with its SHA-256 (lower-case hex)."""

    path: Path
    sha256: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `FOLDER`, or `ARCHIVE#sha256=DIGEST`; raises PluginError."""
        name, mark, checksum = text.partition("#")
        if not mark:
            if name.lower().endswith(ARCHIVES):
                raise PluginError(
                    f"the plugin's archive {name} is named without its checksum",
                    hint=f"Write {name}#sha256=DIGEST, with what `sha256sum` and its maker tell",
                )
            return cls(Path(name))
        match = _CHECKSUM.fullmatch(checksum)
        if match is None or not name.lower().endswith(ARCHIVES):
            raise PluginError(
                f"{text!r} is no plugin",
                hint="Name a folder, or an archive as FILE#sha256=DIGEST "
                f"({', '.join(ARCHIVES)}; 64 hexadecimal digits)",
            )
        return cls(Path(name), match[1].lower())
