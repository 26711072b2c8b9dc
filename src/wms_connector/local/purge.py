"""Removes a runtime's folder, and nothing that is somebody else's."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Final

from wms_connector.local.errors import StateError

if TYPE_CHECKING:
    from wms_connector.local.state import State, StateFolder

_NAMES: Final = frozenset(
    {
        "state.json",
        "secrets.json",
        "pipeline.json",
        "pgpass",
        "health.sqlite3",
        "health.sqlite3-journal",
        "oracle.password",
        "logs",
        "plugins",
        "postgres",
        "oracle-standin",
        "broker",
    }
)
_PATTERNS: Final = ("worker-*", "recover-*.json")


def purge(folder: StateFolder, state: State | None) -> None:
    """Remove what a runtime consists of, and the folder if nothing else is in it.

    `state` is None if it cannot be read. Raises StateError.
    """
    names = set(_NAMES) | (set(state.parts) if state else set())
    names |= {path.name for pattern in _PATTERNS for path in folder.path.glob(pattern)}
    # What a crash left of files that were being written.
    names |= {path.name for name in tuple(names) for path in folder.path.glob(f".{name}.*")}
    for name in sorted(names):
        path = folder.path / name
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError(
                f"{path} cannot be removed: {error.strerror}", hint="Remove it by hand"
            ) from None
    (folder.path / "lock").unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # somebody else's files are in it
        folder.path.rmdir()
