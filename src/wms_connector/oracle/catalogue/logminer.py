"""What LogMiner says, and what Oracle says of redo and archived logs.

Texts are those of Oracle's error messages, shortened. Which of them Debezium 3.6.1 tries again by
itself is read from its OracleErrorHandler.
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Who

_P: Final = Part.LOGMINER
_SEEN: Final = "`wms-connector status` shows the restart point and what is still there"

ENTRIES: Final = (
    Entry(
        "log-missing", _P, "missing logfile",
        "a log between the restart point and now is not there, or not archived yet",
        f"see that the archiver is not behind and no log was deleted; restore those from backup "
        f"(RMAN RESTORE ARCHIVELOG). {_SEEN}",
        Who.DBA, transient=True, restart=True, codes=("ORA-01291",),
    ),
    Entry(
        "log-unreadable", _P, "file … cannot be opened",
        "LogMiner cannot open a log: deleted, moved, or in use by a backup",
        f"check the file, restore it under its name (RMAN RESTORE ARCHIVELOG). {_SEEN}",
        Who.DBA, transient=True, restart=True,
        codes=("ORA-01284", "ORA-00308", "ORA-01285", "ORA-00313", "ORA-00312"),
    ),
    Entry(
        "file-gone", _P, "unable to obtain file status / unable to open file",
        "the file was deleted in the file system, behind the database's back",
        "restore it from backup, then RMAN CROSSCHECK ARCHIVELOG ALL; delete logs with RMAN only",
        Who.DBA, codes=("ORA-27037", "ORA-27041", "ORA-15012", "ORA-15173"),
    ),
    Entry(
        "log-reused", _P, "archived log contains sequence …; sequence … required",
        "an online log was written over while it was read",
        "wait; the connector takes the archived copy. Often: larger redo logs",
        Who.NOBODY, transient=True, restart=True, codes=("ORA-00310", "ORA-00334"),
    ),
    Entry(
        "log-corrupt", _P, "log corruption near block … / corrupt redo log block header",
        "a log is damaged",
        "validate it with RMAN, restore a good copy; without one a snapshot is the way on",
        Who.DBA, codes=("ORA-00353", "ORA-00354", "ORA-00333", "ORA-00355"),
    ),
    Entry(
        "logminer-corruption", _P, "LogMiner encountered corruption in the logstream",
        "LogMiner could not make sense of a log",
        "restart once; if it stays so, validate the logs with RMAN",
        Who.DBA, transient=True, restart=True, codes=("ORA-01343",),
    ),
    Entry(
        "scn-range", _P, "SCN range specified is invalid",
        "the range that was to be mined is not in the logs of this session",
        "restart; if it stays so, RESETLOGS or another database stands behind it",
        Who.DBA, restart=True, codes=("ORA-01281", "ORA-01282", "ORA-01287"),
    ),
    Entry(
        "no-log-file", _P, "no log file has been specified for the current LogMiner session",
        "LogMiner was started without a log: the range lies outside of what is there",
        f"restart. {_SEEN}", Who.DBA, transient=True, restart=True, codes=("ORA-01292",),
    ),
    Entry(
        "duplicate-log", _P, "cannot add duplicate logfile …",
        "one log lies in two archive destinations",
        "name one destination with archive.destination.name",
        Who.OPERATOR, restart=True, codes=("ORA-01289",),
    ),
    Entry(
        "no-session", _P, "dbms_logmnr.start_logmnr() must be invoked before selecting",
        "the LogMiner session was lost between two statements",
        "wait; the connector starts another",
        Who.NOBODY, transient=True, restart=True, codes=("ORA-01306", "ORA-01307", "ORA-01323"),
    ),
    Entry(
        "no-dictionary", _P, "failed to establish LogMiner Dictionary / … not found",
        "LogMiner finds no dictionary in the logs (log.mining.strategy=redo_log_catalog)",
        "write hybrid as log.mining.strategy: it needs none",
        Who.OPERATOR, transient=True, restart=True, codes=("ORA-01333", "ORA-01371"),
    ),
    Entry(
        "dictionary-lock", _P, "failed to exclusively lock system dictionary as required by BUILD",
        "the dictionary could not be written to the logs while structures were changed",
        "wait; the connector tries again. hybrid as log.mining.strategy needs no such build",
        Who.NOBODY, transient=True, restart=True, codes=("ORA-01327",),
        phrases=("failed to exclusively lock system dictionary",),
    ),
    Entry(
        "no-archivelog", _P, "archive log mode must be enabled to build into the logstream",
        "the database is not in ARCHIVELOG mode",
        "STARTUP MOUNT; ALTER DATABASE ARCHIVELOG; ALTER DATABASE OPEN",
        Who.DBA, codes=("ORA-01325",),
    ),
    Entry(
        "supplemental-needed", _P, "Supplemental log data must be added to run this command",
        "minimal supplemental logging is off",
        "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA", Who.DBA, codes=("ORA-01354",),
    ),
    Entry(
        "logminer-memory", _P, "LogMiner out-of-memory",
        "LogMiner's own memory is used up",
        "raise the PGA; shorter transactions", Who.DBA, transient=True, restart=True,
        codes=("ORA-01341",),
    ),
    Entry(
        "resetlogs", _P, "LogMiner processed redo beyond specified reset log scn",
        "the database was opened with RESETLOGS: positions before it mean nothing now",
        "`wms-connector recover snapshot`, after the DBA has confirmed it",
        Who.DBA, codes=("ORA-01346",),
    ),
    Entry(
        "continuous-mine", _P, "CONTINUOUS_MINE is desupported …",
        "a connector of an old version asks a new database for continuous mining",
        "use the plugin of this product", Who.OPERATOR, codes=("ORA-44609",),
    ),
)  # fmt: skip
