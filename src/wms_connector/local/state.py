"""The state folder: what a runtime consists of.

Written after each step, so that a crash at any moment leaves what the next command can read.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from typing import TYPE_CHECKING, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from wms_connector.local.aot import Training
from wms_connector.local.errors import BusyError, StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Kind = Literal["postgres", "standin", "broker", "worker"]
SourceName = Literal["postgres", "oracle"]
_SECRETS: Final = "secrets.json"
DATABASE: Final = "database"
"""Name of the password of the laptop's user of the database."""
_PRIVATE: Final = 0o600
_FOLDER: Final = 0o700


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Launch(_Value):
    """How a part is started; enough to start it again as it was. Holds no secret."""

    name: str
    kind: Kind
    argv: tuple[str, ...]
    folder: str
    log: str
    port: int
    training: Training | None = None


class Process(_Value):
    """A process, told from a later one with the same id by when it was created (epoch, s)."""

    pid: int
    created: float


class Part(_Value):
    """A part and, while it should run, its process."""

    launch: Launch
    process: Process | None = None


class External(_Value):
    """An Oracle database of the user's: addresses without passwords.

    `connector` is who the connector signs in as, `application` who `write` and `audit` do.
    `pdb` is the pluggable database that holds the tables, if there is one.
    """

    connector: str
    application: str
    pdb: str | None = None


class State(_Value):
    """What state.json holds. `external` is set if the database is not one of the parts."""

    version: Literal[1] = 1
    stage: str
    product: str
    cluster_id: str
    database: str
    user: str
    ports: dict[str, int] = Field(default_factory=dict)
    parts: dict[str, Part] = Field(default_factory=dict)
    seeded: bool = False
    source: SourceName = "postgres"
    external: External | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether `local down` has stopped all parts, or none was ever started.

        A part that was killed keeps its process: it is gone, and nobody has stopped it.
        """
        return all(part.process is None for part in self.parts.values())

    def with_part(self, part: Part) -> State:
        """Give a state in which a part is as given."""
        return self.model_copy(update={"parts": {**self.parts, part.launch.name: part}})

    def without_part(self, name: str) -> State:
        """Give a state that has no such part."""
        rest = {key: part for key, part in self.parts.items() if key != name}
        return self.model_copy(update={"parts": rest})


class StateFolder:
    """Reads and writes one runtime's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @property
    def logs(self) -> Path:
        """Where the parts' output goes."""
        return self.path / "logs"

    @property
    def passfile(self) -> Path:
        """The password file in libpq's form, which the DSN refers to."""
        return self.path / "pgpass"

    def part(self, name: str) -> Path:
        """Give a part's own folder."""
        return self.path / name

    def make(self) -> None:
        """Make the folder; raises StateError."""
        try:
            self.path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise StateError(
                f"the state folder {self.path} cannot be made: {error.strerror}",
                hint="Name another one with --state or WMS_CONNECTOR_STATE",
            ) from None

    def read(self) -> State | None:
        """Give the recorded state, or None if there is none; raises StateError."""
        file = self.path / "state.json"
        try:
            text = file.read_text(encoding="utf-8")
            return State.model_validate_json(text)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StateError(
                f"{file} cannot be read: {error.strerror}",
                hint="Check its rights, or name another folder with --state",
            ) from None
        except ValidationError as error:
            raise StateError(
                f"{file} was not written by this version: {error.errors()[0]['msg']}",
                hint="`wms-connector local down --purge` stops what it names and removes it",
            ) from None

    def write(self, state: State) -> None:
        """Record the state; after a crash the file is the old one or the new one, never a mix."""
        self.write_private("state.json", state.model_dump_json(indent=1) + "\n")

    def write_private(self, name: str, text: str) -> Path:
        """Write a file that only its owner may read, all or nothing."""
        target = self.path / name
        scratch = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            target.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
            handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            scratch.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                scratch.unlink()
            raise StateError(
                f"{target} cannot be written: {error.strerror}",
                hint="Free some space, or name another folder with --state",
            ) from None
        return target

    def password(self) -> SecretStr:
        """Give the password of the laptop's user of the database."""
        return self.secret(DATABASE)

    def secret(self, name: str) -> SecretStr:
        """Give a password by its name; made on first use, kept in a file of mode 600."""
        known = self._secrets()
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._write_secrets(known)
        return SecretStr(known[name])

    def keep_secret(self, name: str, value: SecretStr) -> None:
        """Keep a password that was given from outside, as those that are made here."""
        known = self._secrets()
        if known.get(name) != value.get_secret_value():
            self._write_secrets({**known, name: value.get_secret_value()})

    def forget_secret(self, name: str) -> None:
        """Keep a password no longer."""
        known = self._secrets()
        if known.pop(name, None) is not None:
            self._write_secrets(known)

    def passwords(self) -> tuple[SecretStr, ...]:
        """Give every password: what no output may show."""
        return tuple(map(SecretStr, self._secrets().values()))

    def _secrets(self) -> dict[str, str]:
        file = self.path / _SECRETS
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
            found[DATABASE]  # what every folder has since its first `up`
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateError(
                f"{file} cannot be read ({type(error).__name__})",
                hint="`wms-connector local down --purge` removes the folder",
            ) from None
        return {str(name): str(value) for name, value in found.items()}

    def _write_secrets(self, known: dict[str, str]) -> None:
        made = {DATABASE: secrets.token_urlsafe(24), **known}
        self.write_private(_SECRETS, json.dumps(made) + "\n")

    @contextlib.contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Keep two commands from changing the same runtime at once; raises BusyError."""
        self.make()
        with (self.path / "lock").open("a+", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                holder = handle.read().strip() or "another command"
                raise BusyError(
                    f"{holder} is working on {self.path}",
                    hint="Wait for it to end, or name another folder with --state",
                ) from None
            handle.truncate(0)
            handle.write(f"`{purpose}` (process {os.getpid()})")
            handle.flush()
            yield
            handle.truncate(0)
