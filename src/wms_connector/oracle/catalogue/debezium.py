"""What Debezium says, for Oracle and in general.

Sentences are read from the sources of Debezium 3.6.1: BaseSourceTask, OracleConnectorTask,
AbstractLogMinerStreamingChangeEventSource, LogFileCollector, LogMinerDmlParser,
TransactionCommitConsumer, KafkaSchemaHistory, ArchiveDestinationNameResolver, OracleConnection,
CommitLogWriterFlushStrategy, TableSchemaBuilder, ErrorHandler; seen running where docs say so.
"""

from __future__ import annotations

from typing import Final

from wms_connector.oracle.catalogue.entry import Entry, Part, Recovery, Who

_P: Final = Part.DEBEZIUM
_EITHER: Final = (Recovery.SCHEMA_HISTORY, Recovery.SNAPSHOT)

ENTRIES: Final = (
    Entry(
        "restart-point-purged", _P, "… but this is no longer available on the server.",
        "the archived logs from the restart point on are gone: changes since then cannot be read",
        "have the DBA restore the logs (RMAN RESTORE ARCHIVELOG FROM SCN, `status` shows it) and "
        "restart: then nothing is lost. If there are none: `wms-connector recover snapshot`",
        Who.DBA, recovery=(Recovery.SNAPSHOT,),
        phrases=(
            "this is no longer available on the server",
            "do not contain the offset scn",
            "has been deleted. a re-snapshot is required",
        ),
    ),
    Entry(
        "log-not-found", _P, "None of the log files contain offset SCN: …",
        "for an hour a log from the restart point on could not be found: it is not archived yet, "
        "or it was deleted",
        "`status` shows which of the two. Not archived: see what stops the archiver, then "
        "`wms-connector restart`; nothing is lost. Deleted: as for restart-point-purged",
        Who.DBA, transient=True, restart=True,
        phrases=("none of the log files contain offset scn",),
    ),
    Entry(
        "schema-history-lost", _P, "The db history topic is missing.",
        "the schema history topic is gone or empty; the offset is still there",
        "`wms-connector recover schema-history` rebuilds it without a new snapshot of the rows",
        Who.OPERATOR, recovery=(Recovery.SCHEMA_HISTORY,),
        phrases=("the db history topic is missing",
                 "the db history topic or its content is fully or partially missing"),
    ),
    Entry(
        "schema-history-unread", _P, "The database schema history couldn't be recovered.",
        "the schema history topic could not be read to its end in time",
        "look at the brokers; raise schema.history.internal.kafka.recovery.poll.interval.ms",
        Who.OPERATOR, transient=True, restart=True,
        phrases=("the database schema history couldn't be recovered",),
    ),
    Entry(
        "schema-history-not-made", _P, "Creation of database schema history topic failed",
        "the schema history topic is not there, and the worker may not make it",
        "`wms-connector topics apply`, then restart",
        Who.OPERATOR, restart=True, phrases=("creation of database schema history topic failed",),
    ),
    Entry(
        "no-offset-to-recover", _P, "Could not find existing redo log information …",
        "snapshot.mode=recovery needs an offset, and there is none",
        "write snapshot.mode=initial back: `wms-connector apply`",
        Who.OPERATOR, phrases=("could not find existing redo log information",),
    ),
    Entry(
        "snapshot-not-allowed", _P, "The connector previously stopped while taking a snapshot …",
        "a snapshot was interrupted, and the configuration allows none",
        "write snapshot.mode=initial back: `wms-connector apply`",
        Who.OPERATOR, phrases=("the connector previously stopped while taking a snapshot",),
    ),
    Entry(
        "no-supplemental-logging", _P, "Supplemental logging not properly configured.",
        "minimal supplemental logging of the database is off",
        "ALTER DATABASE ADD SUPPLEMENTAL LOG DATA, and (ALL) COLUMNS for each table; changes "
        "before that are not complete in the redo",
        Who.DBA, phrases=("supplemental logging not properly configured",
                          "supplemental logging not configured"),
    ),
    Entry(
        "not-archivelog", _P, "The Oracle server is not configured to use a archive log LOG_MODE",
        "the database is not in ARCHIVELOG mode",
        "STARTUP MOUNT; ALTER DATABASE ARCHIVELOG; ALTER DATABASE OPEN",
        Who.DBA, phrases=("is not configured to use a archive log log_mode",),
    ),
    Entry(
        "no-archive-destination", _P, "Failed to locate a local and valid archive destination",
        "no archive destination is LOCAL and VALID, or not the one that is configured",
        "look at V$ARCHIVE_DEST_STATUS; correct archive.destination.name",
        Who.DBA, phrases=("failed to locate a local and valid archive destination",
                          "archive destinations are local and valid",
                          "is unknown to oracle"),
    ),
    Entry(
        "dml-not-parsed", _P, "DML statement couldn't be parsed. / Failed to parse … DML",
        "a change does not fit the structure that the connector knows of the table: DDL that it "
        "did not see (of a user whose DDL it was told to leave out), or that online_catalog does "
        "not follow",
        "use log.mining.strategy=hybrid and leave out no user's DDL; now: `wms-connector recover "
        "schema-history` when no other DDL is on its way, else `recover snapshot`",
        Who.OPERATOR,
        phrases=("dml statement couldn't be parsed", "failed to parse insert dml",
                 "failed to parse update dml", "failed to parse delete dml",
                 "failed to parse dml:", "arrayindexoutofboundsexception"),
        recovery=_EITHER,
    ),
    Entry(
        "schema-mismatch", _P, "Schema mismatch between event with … columns …",
        "a change has more columns than the connector knows of the table",
        "use log.mining.strategy=hybrid; now: `wms-connector recover schema-history` when no other "
        "DDL is on its way, else `recover snapshot`",
        Who.OPERATOR,
        phrases=("schema mismatch between event with",
                 "internal schema representation is probably out of sync",
                 "no metadata registered for captured table", "' found in table '"),
        recovery=_EITHER,
    ),
    Entry(
        "structure-unknown", _P, "Oracle LogMiner is unable to re-construct the SQL for …",
        "a change was written under a structure of its table that the connector does not know: "
        "the table was changed, and the history does not hold what it was before",
        'with online_catalog, write log_mining_strategy = "hybrid" into the pipeline file, then '
        "`wms-connector apply`: it goes on from its offset, and nothing is lost. With hybrid, "
        "which follows changes as long as the history is whole: `wms-connector recover snapshot`",
        Who.OPERATOR, recovery=(Recovery.SNAPSHOT,),
        phrases=("unable to re-construct the sql for",),
    ),
    Entry(
        "ddl-not-parsed", _P, "Trying to alter table …, which does not exist",
        "a DDL statement concerns a table whose structure the history does not hold",
        "store.only.captured.tables.ddl=true keeps foreign DDL out; then `wms-connector recover "
        "schema-history`",
        Who.OPERATOR, phrases=("trying to alter table", "table, which does not exist"),
    ),
    Entry(
        "table-not-relational", _P, "Table … was not found in ALL_ALL_TABLES …",
        "the table is not there, is no plain table, or the user may not see it",
        "check the pipeline file's tables and the grants with `wms-connector preflight`",
        Who.DBA, phrases=("was not found in all_all_tables",
                          "unable to find relational table model",
                          "unable to find table in relational model",
                          "could not get ddl metadata for table"),
    ),
    Entry(
        "unknown-table", _P, "Failed to resolve UNKNOWN table name by object id lookup",
        "a change belongs to a table that was dropped and purged",
        "restart once; if it stays so, its former rows cannot be read: `recover snapshot`",
        Who.OPERATOR, restart=True, phrases=("failed to resolve unknown table name",),
    ),
    Entry(
        "flush-table", _P, "Failed to create flush table / to flush … (LGWR) buffers",
        "the connector's own table LOG_MINING_FLUSH_… cannot be made or written",
        "CREATE TABLE and a quota on its tablespace; the primary, not a standby",
        Who.DBA, phrases=("failed to create flush table", "failed to flush oracle logwriter"),
    ),
    Entry(
        "snapshot-of-table", _P, "Snapshotting of table … failed",
        "the first snapshot of a table failed; the cause stands beside it",
        "mend the cause; a restart begins the snapshot anew",
        Who.OPERATOR, restart=True, phrases=("snapshotting of table",), frame=True,
    ),
    Entry(
        "heartbeat-query", _P, "Could not execute heartbeat action query",
        "the statement in heartbeat.action.query failed",
        "correct it, or grant what it needs", Who.OPERATOR,
        phrases=("could not execute heartbeat action query",), frame=True,
    ),
    Entry(
        "value-not-converted", _P, "Couldn't convert value for column …",
        "a column's value is not of the kind that its type allows",
        "look at the row; exclude the column, or add a converter",
        Who.DEVELOPER, phrases=("couldn't convert value for column",
                                "failed to properly convert data value"),
    ),
    Entry(
        "rollback-emitted", _P, "Potential Oracle LogMiner Bug - Rollback transaction …",
        "changes were sent of a transaction that was rolled back",
        "`wms-connector audit` shows which rows differ; then `recover snapshot`",
        Who.OPERATOR, phrases=("potential oracle logminer bug",),
    ),
    Entry(
        "retried", _P, "This connector will be restarted.",
        "the connector met an error that it takes for passing, and starts its task again",
        "mend the cause if it does not pass", Who.NOBODY, transient=True, restart=True,
        phrases=("producer. this connector will be restarted",), frame=True,
    ),
    Entry(
        "stopped", _P, "An exception occurred in the change event producer. …",
        "the connector gave up; the cause stands beside it",
        "mend the cause, then `wms-connector restart`", Who.OPERATOR,
        phrases=("in the change event producer. this connector will be stopped",), frame=True,
    ),
    Entry(
        "slot-in-use", _P, "replication slot … is active for PID …",
        "PostgreSQL still holds the slot for the former connection",
        "wait; it is given up when the old connection ends",
        Who.NOBODY, transient=True, restart=True, phrases=("is active for pid",),
    ),
    Entry(
        "history-misconfigured", _P, "Error configuring an instance of …; check the logs",
        "a setting of the connector or of its schema history is refused",
        "`wms-connector lint`; the worker's log names the key",
        Who.OPERATOR, phrases=("error configuring an instance of",),
    ),
)  # fmt: skip
