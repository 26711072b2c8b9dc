"""Signing in to the stage's database beside its connectors: once, in time, and never in vain.

A refused sign-in brings the account nearer to its lock, and the connectors use the same account.
So a version of the secret that was refused is not tried again by who looks, until some hours are
over or the secret has another version. What was refused stands in the ledger, for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wms_connector.aws.rotations import Refusal
from wms_connector.functions.bounded import LateError, within
from wms_connector.health.tcp import reached
from wms_connector.health.traces import refuses_sign_in
from wms_connector.oracle.address import OracleAddress
from wms_connector.oracle.errors import AddressError, OracleFailure

if TYPE_CHECKING:
    from wms_connector.functions.place import Place
    from wms_connector.health.observation import Reach
    from wms_connector.oracle.database import Database

AGAIN_SECONDS: Final = 6 * 3_600.0
"""Until a refused version is tried again by who only looks. Oracle's default profile locks after
ten refusals: two days and a half, with a finding all the while."""
STATEMENT_SECONDS: Final = 10.0
# What the driver cannot speak: it says nothing of the password.
_OTHER_TONGUE: Final = frozenset({"DPY-3001", "DPY-3010", "DPY-3015", "ORA-12660"})


class Answer(StrEnum):
    """What came of a sign-in. `UNTRIED`: it cannot be tried from here, whatever the password is."""

    TAKEN = "taken"
    REFUSED = "refused"
    AWAY = "away"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Tried:
    """A sign-in that was tried; `reason` is one line, without a secret, unless it was taken."""

    answer: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StageDatabase:
    """The database of the stage's secret. `pluggable`: JDBC connectors sign in to that itself."""

    place: Place
    pluggable: bool = False

    def reach(self) -> Reach:
        """Tell whether it takes a TCP connection; raises SecretError."""
        return reached(self._address_of(), dial=self.place.network.dial)

    def look(self) -> Database | None:
        """Open a session for questions, in the pluggable database if there is one.

        None for a database that is not Oracle. Raises OracleFailure, LateError, SecretError,
        AddressError, AwsError; of a version that was refused of late, the refusal again.
        """
        if self.place.deployment.database.vendor != "oracle":
            return None
        version, rotations = self._version(), self.place.rotations
        known = rotations.refusal()
        if known is not None and self._stands(known, version):
            raise OracleFailure(known.reason)
        try:
            session = self._signed_in()
        except OracleFailure as error:
            if _is_refusal(error):
                self._refused(version, error)
            raise OracleFailure(self._told(error), code=error.code) from None
        if known is not None:
            rotations.taken()
        return self._inside(session)

    def try_sign_in(self) -> Tried:
        """Sign in and leave, whatever was refused before; raises SecretError, AwsError."""
        if self.place.deployment.database.vendor != "oracle":
            return self._untried("only Oracle can be signed in to from here")
        version = self._version()
        try:
            self._signed_in().close()
        except AddressError as error:
            return self._untried(error.what)
        except LateError as error:
            return Tried(Answer.AWAY, error.what)
        except OracleFailure as error:
            return self._failed(version, error)
        self.place.rotations.taken()
        return Tried(Answer.TAKEN)

    def known_refusal(self) -> Refusal | None:
        """Give the refusal of the secret's current version, however old; None if there is none."""
        known = self.place.rotations.refusal()
        return known if known is not None and known.version == self._version() else None

    def _failed(self, version: str, error: OracleFailure) -> Tried:
        if _is_refusal(error):
            return Tried(Answer.REFUSED, self._refused(version, error))
        if error.code in _OTHER_TONGUE:
            return self._untried(self._told(error))
        return Tried(Answer.AWAY, self._told(error))

    def _untried(self, why: str) -> Tried:
        reach = self.reach()
        return Tried(Answer.UNTRIED, why) if reach.ok else Tried(Answer.AWAY, reach.reason)

    def _signed_in(self) -> Database:
        info, network = self.place.secrets.database(), self.place.network
        address = OracleAddress.of_secret(info, pluggable=self.pluggable)
        seconds = network.sign_in_seconds
        late = f"the database has taken the connection and not answered for {seconds:.0f} s"
        return within(seconds, lambda: network.sign_in(address, info.password), late)

    def _inside(self, session: Database) -> Database:
        """The root does not show a common user the transactions of the pluggable database."""
        from wms_connector.oracle.identifier import identifier

        session.limit(STATEMENT_SECONDS)
        pdb = self.place.secrets.database().pdb
        if pdb is not None and not self.pluggable:
            name = identifier(pdb, "pluggable database")
            session.execute(f"ALTER SESSION SET CONTAINER = {name}")
        return session

    def _stands(self, known: Refusal, version: str) -> bool:
        young = abs(self.place.clock() - known.at) < AGAIN_SECONDS
        return known.version == version and young

    def _refused(self, version: str, error: OracleFailure) -> str:
        told = self._told(error)
        self.place.rotations.refused(Refusal(version, self.place.clock(), told))
        return told

    def _told(self, error: OracleFailure) -> str:
        return self.place.redactor().text(error.text)

    def _version(self) -> str:
        return self.place.secrets.version(self.place.deployment.database_secret)

    def _address_of(self) -> tuple[str, int]:
        from wms_connector.functions.reports import address_of

        return address_of(self.place.secrets.database())


def _is_refusal(error: OracleFailure) -> bool:
    return bool(refuses_sign_in(error.evidence or ""))
