-- The driver's calls.
CREATE ALIAS IF NOT EXISTS SYS.SIM_LOGIN FOR 'standin.server.Functions.logIn';
CREATE ALIAS IF NOT EXISTS SYS.SIM_BEFORE FOR 'standin.server.Functions.before';
CREATE ALIAS IF NOT EXISTS SYS.SIM_TRANSLATE FOR 'standin.server.Functions.translate';
CREATE ALIAS IF NOT EXISTS SYS.SIM_NAMES_TABLE FOR 'standin.server.Functions.namesTable';
CREATE ALIAS IF NOT EXISTS SYS.SIM_FAILED FOR 'standin.server.Functions.failed';
CREATE ALIAS IF NOT EXISTS SYS.SIM_END FOR 'standin.server.Functions.end';
CREATE ALIAS IF NOT EXISTS SYS.SIM_SAVEPOINT FOR 'standin.server.Functions.savepoint';
CREATE ALIAS IF NOT EXISTS SYS.SIM_ROLLBACK_TO FOR 'standin.server.Functions.rollbackTo';
CREATE ALIAS IF NOT EXISTS SYS.SIM_DDL FOR 'standin.server.Functions.ddl';
CREATE ALIAS IF NOT EXISTS SYS.SIM_BLOCK FOR 'standin.server.Functions.block';
CREATE ALIAS IF NOT EXISTS SYS.SIM_LOCK FOR 'standin.server.Functions.lock';
CREATE ALIAS IF NOT EXISTS SYS.SIM_NOTHING FOR 'standin.server.Functions.nothing';
-- Tables that are functions.
CREATE ALIAS IF NOT EXISTS SYS.SIM_AS_OF FOR 'standin.server.Functions.asOf';
CREATE ALIAS IF NOT EXISTS SYS.SIM_CONTENTS FOR 'standin.server.Functions.contents';
CREATE ALIAS IF NOT EXISTS SYS.SIM_MINED_LOGS FOR 'standin.server.Functions.minedLogs';
CREATE ALIAS IF NOT EXISTS SYS.SIM_TRANSACTIONS FOR 'standin.server.Functions.transactions';
CREATE ALIAS IF NOT EXISTS SYS.SIM_SESSIONS FOR 'standin.server.Functions.userSessions';
-- What the dictionary's views are made with.
CREATE ALIAS IF NOT EXISTS SYS.SIM_VISIBLE FOR 'standin.server.Functions.visible';
CREATE ALIAS IF NOT EXISTS SYS.SIM_HAS FOR 'standin.server.Functions.hasPrivilege';
CREATE ALIAS IF NOT EXISTS SYS.SIM_PRIVILEGE_NAMES DETERMINISTIC FOR 'standin.server.Privileges.systemNames';
CREATE ALIAS IF NOT EXISTS SYS.SIM_ROLE_NAMES DETERMINISTIC FOR 'standin.server.Privileges.roleNames';
CREATE ALIAS IF NOT EXISTS SYS.SIM_JDBC_TYPE DETERMINISTIC FOR 'standin.server.Functions.jdbcType';
CREATE ALIAS IF NOT EXISTS SYS.SIM_GET_DDL FOR 'standin.server.Functions.getDdl';
CREATE ALIAS IF NOT EXISTS SYS.SIM_CURRENT_SCN FOR 'standin.server.Functions.currentScn';
-- Oracle's own functions that the engine has not.
CREATE ALIAS IF NOT EXISTS SYS.SCN_TO_TIMESTAMP FOR 'standin.server.Functions.timeOfScn';
CREATE ALIAS IF NOT EXISTS SYS.TIMESTAMP_TO_SCN FOR 'standin.server.Functions.scnAt';
CREATE ALIAS IF NOT EXISTS SYS.SYS_CONTEXT FOR 'standin.server.Functions.context';
CREATE ALIAS IF NOT EXISTS SYS.NLS_CHARSET_ID FOR 'standin.server.Functions.charsetId';
-- What SYS arranges.
CREATE ALIAS IF NOT EXISTS SYS.SIM_SWITCH_LOG FOR 'standin.server.Control.switchLog';
CREATE ALIAS IF NOT EXISTS SYS.SIM_HOLD_ARCHIVING FOR 'standin.server.Control.holdArchiving';
CREATE ALIAS IF NOT EXISTS SYS.SIM_PURGE_ARCHIVES FOR 'standin.server.Control.purgeArchives';
CREATE ALIAS IF NOT EXISTS SYS.SIM_ADD_FAULT FOR 'standin.server.Control.addFault';
CREATE ALIAS IF NOT EXISTS SYS.SIM_CLEAR_FAULTS FOR 'standin.server.Control.clearFaults';
CREATE ALIAS IF NOT EXISTS SYS.SIM_REFUSE_CONNECTIONS FOR 'standin.server.Control.refuseConnections';
CREATE ALIAS IF NOT EXISTS SYS.SIM_KILL_SESSIONS FOR 'standin.server.Control.killSessions';
CREATE ALIAS IF NOT EXISTS SYS.SIM_SET FOR 'standin.server.Control.set';
