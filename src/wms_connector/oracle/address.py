"""Addresses of Oracle databases, without passwords, and where the password then comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from wms_connector.model.errors import SecretError
from wms_connector.oracle.errors import AddressError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wms_connector.model.secrets import DbInfo

PASSWORD_VARIABLE: Final = "WMS_CONNECTOR_ORACLE_PASSWORD"  # noqa: S105 - a variable's name
STANDIN: Final = "oracle-standin://"

_PASSFILE: Final = re.compile(r"[?&]passfile=(?P<file>[^&]+)")
_STANDIN_TARGET: Final = re.compile(r"(?P<host>[^/:@\s]+):(?P<port>\d{1,5})/(?P<name>[\w$#]+)")
_DESCRIPTOR: Final = re.compile(
    r"\(\s*HOST\s*=\s*([^)\s]+)\s*\).*?\(\s*PORT\s*=\s*(\d+)", re.IGNORECASE | re.DOTALL
)
# host:1521/SERVICE, //host/SERVICE, tcps://host:2484/SERVICE, host:1521:SID
_PLACE: Final = re.compile(
    r"(?:(?:tcps?:)?//)?(?P<host>[\w.-]+)(?::(?P<port>\d+))?[/:]\w.*", re.IGNORECASE
)
_PORT: Final = 1521
_FORM: Final = "Write USER@HOST:1521/SERVICE or USER@(DESCRIPTION=...)"


@dataclass(frozen=True, slots=True)
class OracleAddress:
    """Who signs in where.

    `target` is Oracle's connect string (`host:1521/service`, a descriptor, or an alias of
    tnsnames.ora); of a stand-in it is `host:port/database`, and `is_standin` says so.
    """

    user: str
    target: str
    is_standin: bool = False
    passfile: Path | None = None

    @classmethod
    def parse(cls, text: str) -> OracleAddress:
        """Read `user@target[?passfile=FILE]`, with `oracle-standin://` before it for a stand-in.

        Raises AddressError, which never holds the text, also when a password stands in it.
        """
        is_standin = text.startswith(STANDIN)
        plain = text.removeprefix(STANDIN)
        passfile = _PASSFILE.search(plain)
        if passfile is not None:
            plain = _without(passfile, plain)
        user, at, target = plain.partition("@")
        if "/" in user or ":" in user:
            raise AddressError(
                "a password, or something like it, stands in the address of the database",
                hint="Leave it out, it would stay in the shell's history: set "
                f"{PASSWORD_VARIABLE}, add ?passfile=FILE, or type it when asked",
            )
        if not at or not user.strip('"') or not target or re.search(r"\s", user):
            raise AddressError("the address names no user and database", hint=_FORM)
        if is_standin and not _STANDIN_TARGET.fullmatch(target):
            raise AddressError(
                "the address of the stand-in is not whole",
                hint=f"Write {STANDIN}USER@127.0.0.1:PORT/DATABASE?passfile=FILE",
            )
        return cls(user, target, is_standin, Path(passfile["file"]) if passfile else None)

    @classmethod
    def of_secret(cls, info: DbInfo, *, pluggable: bool) -> OracleAddress:
        """Read `dbInfo`: its jdbcUrl if it has one, else host, port and service.

        `pluggable`: to the pluggable database itself, as JDBC connectors sign in; otherwise to the
        database that `dbname` names, as Debezium does. Raises AddressError for a jdbcUrl that no
        other client than JDBC can use.
        """
        if info.jdbc_url is not None:
            return cls(info.user, _of_url(info.jdbc_url.get_secret_value()))
        service = info.pdb if pluggable and info.pdb else info.name
        return cls(info.user, f"{info.host}:{info.port}/{service}")

    def password(
        self, environment: Mapping[str, str], ask: Callable[[str], str] | None
    ) -> SecretStr:
        """Find the password: the address's own file, the environment, or whoever sits there.

        Raises AddressError if there is nobody to ask, SecretError if the file cannot be read.
        """
        if self.passfile is not None:
            return _from_file(self.passfile)
        if given := environment.get(PASSWORD_VARIABLE):
            return SecretStr(given)
        if ask is None:
            raise AddressError(
                f"there is no password for {self}",
                hint=f"Set {PASSWORD_VARIABLE}, or add ?passfile=FILE to the address",
            )
        return SecretStr(ask(f"Password of {self}"))

    def __str__(self) -> str:
        return f"{STANDIN if self.is_standin else ''}{self.user}@{self.target}"


def place_of(target: str) -> tuple[str, int] | None:
    """Give the first host and port of a connect string; None for an alias, or an unknown form."""
    if found := _DESCRIPTOR.search(target):
        return found[1], int(found[2])
    if plain := _PLACE.fullmatch(target):
        return plain["host"], int(plain["port"] or _PORT)
    return None


def _of_url(url: str) -> str:
    """Take the connect string out of a JDBC URL of Oracle's thin driver; never repeats it."""
    head, at, target = url.partition("@")
    if head.lower() != "jdbc:oracle:thin:" or not at or not target:
        raise AddressError(
            "the jdbcUrl of dbInfo is none of Oracle's thin driver without a password in it",
            hint="Write jdbc:oracle:thin:@//HOST:PORT/SERVICE, or name the database with --dsn",
        )
    if target.startswith("("):
        return target
    return target.removeprefix("//").partition("?")[0]  # the rest is for the JDBC driver


def _without(option: re.Match[str], text: str) -> str:
    """Take one option out of `...?a=1&b=2`; the one after a first takes over its question mark."""
    before, after = text[: option.start()], text[option.end() :]
    return before + ("?" + after[1:] if option[0][0] == "?" and after else after)


def _from_file(path: Path) -> SecretStr:
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretError(f"{path} is not UTF-8 text", hint="Save it as UTF-8") from None
    except OSError as error:
        raise SecretError(
            f"the password's file {path} cannot be read: {error.strerror}",
            hint="Check the path and its rights",
        ) from None
    if not text:
        raise SecretError(f"the password's file {path} is empty", hint="Write the password into it")
    return SecretStr(text)
