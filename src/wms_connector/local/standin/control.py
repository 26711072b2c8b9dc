"""Makes the stand-in do what Oracle does only when it is in trouble: for tests and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from wms_connector.local.standin import dbapi
from wms_connector.oracle.database import Database
from wms_connector.oracle.errors import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from wms_connector.oracle.address import OracleAddress

SYS: Final = "SYS"
FOR_EVER: Final = -1


def open_standin(address: OracleAddress, password: SecretStr) -> Database:
    """Sign in at the stand-in; raises OracleFailure."""
    host, _, rest = address.target.partition(":")
    port, _, service = rest.partition("/")
    return session(int(port), address.user, password, host=host, service=service)


def session(
    port: int,
    user: str,
    password: SecretStr,
    *,
    host: str = "127.0.0.1",
    service: str | None = None,
) -> Database:
    """Sign in at the stand-in whose door has this port; raises OracleFailure.

    The service decides the container: without one it is the one with the tables.
    """
    word = password.get_secret_value()
    try:
        return Database(dbapi.connect(host, port, user, word, service=service))
    except dbapi.Error as error:
        raise translated(error) from None


class Standin:
    """A session as SYS, which faults never meet, and the passwords of the others.

    `passwords` are those of the database's users, by their names.
    """

    def __init__(self, port: int, passwords: Mapping[str, SecretStr]) -> None:
        self.port = port
        self._passwords = {user.upper(): password for user, password in passwords.items()}
        self._sys = self.session(SYS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def database(self) -> Database:
        """The session as SYS."""
        return self._sys

    def session(
        self, user: str, password: SecretStr | None = None, *, service: str | None = None
    ) -> Database:
        """Sign in as another user; raises OracleFailure."""
        word = password or self._passwords[user.upper()]
        return session(self.port, user, word, service=service)

    def reconnect(self) -> None:
        """Sign in again, after the stand-in itself was gone."""
        self._sys.close()
        self._sys = self.session(SYS)

    def close(self) -> None:
        """Leave."""
        self._sys.close()

    # Redo and archives

    def switch_log(self) -> None:
        """End the current redo log and begin the next."""
        self._call("SIM_SWITCH_LOG")

    def hold_archiving(self, hold: bool = True) -> None:  # noqa: FBT001, FBT002 - reads well
        """Leave logs that are switched from now on unarchived, until it is called with False."""
        self._call("SIM_HOLD_ARCHIVING", hold)

    def purge(self, *, keep: int) -> None:
        """Remove archived logs but the newest `keep`, as RMAN does."""
        self._call("SIM_PURGE_ARCHIVES", keep)

    # Faults: each is a rule, in the order in which they were made

    def fault(
        self, pattern: str = ".*", *, error: str = "ORA-03113", times: int = 1, users: str = ".*"
    ) -> None:
        """Answer statements that match a regular expression with an error, so many times.

        An error that is a code only gets the text that Oracle has for it.
        """
        self._fault(pattern, "error", error, times, 0, users)

    def cut(self, pattern: str = ".*", *, times: int = 1, users: str = ".*") -> None:
        """Cut the connection on which such a statement arrives."""
        self._fault(pattern, "cut", None, times, 0, users)

    def delay(
        self, pattern: str = ".*", *, seconds: float, times: int = FOR_EVER, users: str = ".*"
    ) -> None:
        """Let such statements wait."""
        self._fault(pattern, "delay", None, times, round(seconds * 1000), users)

    def freeze(self, pattern: str = ".*", *, times: int = 1, users: str = ".*") -> None:
        """Leave such statements without an answer until the faults are cleared."""
        self._fault(pattern, "freeze", None, times, 0, users)

    def refuse(self, error: str = "ORA-12541") -> None:
        """Refuse new connections, of all but SYS, until `allow`."""
        self._call("SIM_REFUSE_CONNECTIONS", error)

    def allow(self) -> None:
        """Let connections in again."""
        self._call("SIM_REFUSE_CONNECTIONS", None)

    def kill_sessions(self, user: str) -> None:
        """End the sessions of a user, who is told ORA-00028."""
        self._call("SIM_KILL_SESSIONS", user)

    def clear(self) -> None:
        """End all that was arranged: faults, refusals, held archives."""
        self._call("SIM_CLEAR_FAULTS")
        self.allow()
        self.hold_archiving(False)

    # The dictionary

    def set(self, name: str, value: object) -> None:
        """Set a fact of the dictionary, for instance LOG_MODE."""
        self._call("SIM_SET", name, None if value is None else str(value))

    def sql(self, statement: str, **binds: Any) -> None:
        """Run a statement as SYS and commit."""
        self._sys.execute(statement, **binds)
        self._sys.commit()

    def _fault(
        self, pattern: str, action: str, text: str | None, times: int, delay_ms: int, users: str
    ) -> None:
        self._call("SIM_ADD_FAULT", pattern, action, text, times, delay_ms, users)

    def _call(self, name: str, *arguments: object) -> None:
        """Call a procedure; its arguments are written out, for it has overloads by their types."""
        written = ", ".join(map(_literal, arguments))
        self._sys.execute(f"CALL SYS.{name}({written})")
        self._sys.commit()


def _literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case _:
            return "'" + str(value).replace("'", "''") + "'"
