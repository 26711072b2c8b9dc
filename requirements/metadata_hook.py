"""Tells the build what the package needs: the same .in files that the locks are made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


def _names(path: Path) -> list[str]:
    lines = (line.split("#", 1)[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


class RequirementsFiles(MetadataHookInterface):
    """Dependencies from requirements/run.in, the extras `local` and `aws` from their own files."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in what pyproject.toml calls dynamic."""
        folder = Path(self.root) / "requirements"
        metadata["dependencies"] = _names(folder / "run.in")
        metadata["optional-dependencies"] = {
            extra: _names(folder / f"{extra}.in") for extra in ("local", "aws")
        }
