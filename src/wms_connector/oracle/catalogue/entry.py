"""One entry of the error catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Which part of the pipeline says it."""

    DATABASE = "Oracle"
    LOGMINER = "LogMiner and redo"
    NETWORK = "Oracle Net and JDBC driver"
    PYTHON = "python-oracledb"
    DEBEZIUM = "Debezium"
    CONNECT = "Kafka Connect"
    KAFKA = "Kafka"
    POSTGRES = "PostgreSQL, the laptop's source"


class Who(StrEnum):
    """Who has to act."""

    DBA = "DBA"
    OPERATOR = "operator"
    NETWORK = "network"
    DEVELOPER = "developer"
    NOBODY = "nobody"


class Recovery(StrEnum):
    """Which `wms-connector recover` is the way out."""

    SNAPSHOT = "snapshot"
    SCHEMA_HISTORY = "schema-history"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an error means here and what to do about it. Holds nothing of the text it was found in.

    `codes` are Oracle's, without `TNS-` where the same number exists as `ORA-`; `phrases` are
    words of the message, in lower case, for what has no code; `patterns` are regular expressions of
    them, where a name stands between. `says` is the message as its author
    wrote it, shortened. `transient`: it can pass without anybody's doing. `restart`: a FAILED task
    may run again after a restart, at the latest once the cause has passed; where it is false a
    restart fails in the same way until somebody has acted. `frame`: it stands around another error
    and says nothing of the cause. `recovery`: which `wms-connector recover` is a way out.
    """

    key: str
    part: Part
    says: str
    meaning: str
    step: str
    who: Who
    transient: bool = False
    restart: bool = False
    codes: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    frame: bool = False
    recovery: tuple[Recovery, ...] = ()

    @property
    def name(self) -> str:
        """What a line calls it: its first code, else its key."""
        return self.codes[0] if self.codes else self.key

    @property
    def sentence(self) -> str:
        """Meaning, who acts, and the next step, for a screen."""
        actor = "" if self.who is Who.NOBODY else f"{self.who}: "
        return f"{self.name}: {self.meaning}. {actor}{self.step}"

    def as_json(self) -> dict[str, object]:
        """The entry for programs."""
        return {
            "key": self.key,
            "code": self.codes[0] if self.codes else None,
            "part": self.part.value,
            "meaning": self.meaning,
            "transient": self.transient,
            "restart_heals": self.restart,
            "who": self.who.value,
            "next_step": self.step,
            "recover": [recovery.value for recovery in self.recovery],
        }
