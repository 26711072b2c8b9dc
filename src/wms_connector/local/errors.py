"""What can go wrong on a laptop, each with its cause and the next step."""

from __future__ import annotations

from wms_connector.model.errors import WmsError


class LocalError(WmsError):
    """The runtime on this machine could not do something."""


class ArtifactError(LocalError):
    """An artefact could not be had: no network, not found, wrong checksum, no space."""


class LockFileError(LocalError):
    """The artefacts' lock cannot be used."""


class StateError(LocalError):
    """The state folder cannot be used."""


class BusyError(StateError):
    """Another command is working on the same state folder."""


class NotRunningError(LocalError):
    """A command needs a runtime that does not run."""


class StartError(LocalError):
    """A part did not come up; the message holds the relevant lines of its log."""


class TablesMissingError(LocalError):
    """The database has not all captured tables; everything else runs and waits for them."""


class StopError(LocalError):
    """A part did not stop."""
