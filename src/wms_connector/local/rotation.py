"""A new password for the laptop's database, as a rotated secret brings it to a deployment.

The new value is tried once before any worker is replaced; then the workers are replaced one after
the other, so that one of several always runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from wms_connector.local import postgres
from wms_connector.local.errors import LocalError, NotRunningError
from wms_connector.local.sources import source_of
from wms_connector.local.state import DATABASE
from wms_connector.model.errors import UsageError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from wms_connector.local.control import LocalControl

NEXT: Final = "database-next"
"""Name of a password that is on its way: kept before the database is told, so that a crash between
the two locks nobody out."""
_SECONDS: Final = 10


class PasswordRefusedError(LocalError):
    """The database does not take the new password; nothing was replaced."""


def rotate(control: LocalControl) -> tuple[str, ...]:
    """Give the user of the database a new random password, and the workers with it.

    Gives the names of the workers that were replaced. Takes up what was interrupted. Raises
    UsageError for a database that is not the laptop's PostgreSQL, NotRunningError, LocalError.
    """
    _dsn(control)  # before a password is made for it
    word = control.folder.secret(NEXT)
    if not signs_in(control, word):
        _alter(control, word)
    replaced = adopt(control, word)
    control.folder.forget_secret(NEXT)
    return replaced


def adopt(control: LocalControl, word: SecretStr) -> tuple[str, ...]:
    """Take a password that the database has been given already: try it, then replace the workers.

    Gives the names of the workers that were replaced. Raises PasswordRefusedError before anything
    is changed, and what starting a worker raises: those after it keep the former password.
    """
    if not signs_in(control, word):
        raise PasswordRefusedError(
            "the database refuses its user with the new password; no worker was replaced",
            hint="The workers go on with the former one. Set the database's password to the new "
            "one, or leave it as it was",
        )
    state = control.recorded()
    control.folder.keep_secret(DATABASE, word)
    postgres.write_passfile(control.folder, state.user, word)
    names = [name for name, part in state.parts.items() if part.launch.kind == "worker"]
    for name in names:
        control.replace(name)
    return tuple(names)


def signs_in(control: LocalControl, word: SecretStr) -> bool:
    """Try a password once: False if it is refused. Raises NotRunningError if nobody answers."""
    try:
        psycopg.connect(
            _dsn(control), password=word.get_secret_value(), connect_timeout=_SECONDS
        ).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return False
        raise NotRunningError(
            "the database does not answer, so the password is not tried",
            hint="Start it with `wms-connector local up`",
        ) from None
    return True


def _alter(control: LocalControl, word: SecretStr) -> None:
    user = control.recorded().user
    try:
        with psycopg.connect(
            _dsn(control),
            password=control.folder.password().get_secret_value(),
            connect_timeout=_SECONDS,
            autocommit=True,
        ) as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(user), sql.Literal(word.get_secret_value())
                )
            )
    except psycopg.Error as error:
        # The first line: what follows may quote the statement, and the password in it.
        reason = str(error).strip().partition("\n")[0]
        raise LocalError(
            f"the database did not change the password of {user}: {reason}",
            hint=_after_refusal(control, user, reason),
        ) from None


def _after_refusal(control: LocalControl, user: str, reason: str) -> str:
    """Say what makes the next try succeed. Names the file of the password, never the password."""
    begin = "No worker was replaced; they go on with the password that they have. "
    if "password authentication failed" not in reason:
        return f"{begin}Mend what the database says, then run `wms-connector local rotate` again"
    return (
        f"{begin}Role {user} has another one by now: give it back the one that stands at the end "
        f"of {control.folder.passfile} (ALTER ROLE {user} PASSWORD '...', by whoever can still "
        "sign in), then run `wms-connector local rotate` again. Nobody can: `wms-connector local "
        "down --purge` and `local up` begin anew, without the data"
    )


def _dsn(control: LocalControl) -> str:
    state = control.recorded()
    if state.source != "postgres":
        raise UsageError(
            f"the password of {source_of(state).title} is not the laptop's to change",
            hint="This is for a runtime with PostgreSQL; elsewhere stop it with `local down`, and "
            "start it with the new password",
        )
    return source_of(state).dsn(control.folder, state)
