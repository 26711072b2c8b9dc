"""The stand-in's server alone, without broker or worker, and LogMiner as the connector uses it."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from wms_connector.local.fetch import Cache
from wms_connector.local.java import java
from wms_connector.local.ports import choose
from wms_connector.local.progress import Silent
from wms_connector.local.standin import dbapi
from wms_connector.local.standin.build import build
from wms_connector.model.places import default_cache

if TYPE_CHECKING:
    import signal
    from pathlib import Path

    from wms_connector.local.standin.control import Standin
    from wms_connector.oracle.database import Database

ROOT = "ORCLCDB"
PASSWORDS = {
    user: SecretStr(f"{user.lower()}-1") for user in ("SYS", "MMDL", "WMS_APP", "C##WMS", "C##BARE")
}
COLUMNS = (
    "ID NUMBER(12) PRIMARY KEY, CODE VARCHAR2(10), QTY NUMBER(14,3), FREE NUMBER, FLG CHAR(3),"
    " DUE DATE, TS TIMESTAMP(6), TZ TIMESTAMP(6) WITH TIME ZONE, NOTE CLOB"
)
GRANTS = (
    "CREATE SESSION, SET CONTAINER, FLASHBACK ANY TABLE, SELECT ANY TABLE, SELECT ANY TRANSACTION,"
    " SELECT_CATALOG_ROLE, EXECUTE_CATALOG_ROLE, LOGMINING, CREATE TABLE, LOCK ANY TABLE"
)


class Server:
    """The server's process, to be stopped, killed and started again on the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built = build(Cache(default_cache()), Silent())
        self.port = choose()
        self._jdbc = choose({self.port})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                str(java().launcher),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                os.pathsep.join(str(path) for path in self._built.class_path),
                "standin.server.Main",
                *("--port", str(self._jdbc), "--door", str(self.port), "--data", str(self._folder)),
            ],
            env={"STANDIN_SYS_PASSWORD": PASSWORDS["SYS"].get_secret_value()},
            stdin=subprocess.DEVNULL,
        )
        while not dbapi.answers("127.0.0.1", self.port):
            assert self._process.poll() is None
            time.sleep(0.05)

    def end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None


class Miner:
    """A LogMiner session of the connector's user."""

    def __init__(self, session: Database) -> None:
        self.session = session
        self.since = self.scn()

    def scn(self) -> int:
        return int(self.session.scalar("SELECT CURRENT_SCN FROM V$DATABASE"))

    def files(self, since: int) -> list[str]:
        return [
            row["NAME"]
            for row in self.session.query(
                "SELECT NAME FROM V$ARCHIVED_LOG WHERE NAME IS NOT NULL AND NEXT_CHANGE# > :scn"
                " UNION ALL SELECT F.MEMBER FROM V$LOGFILE F, V$LOG L"
                " WHERE F.GROUP# = L.GROUP# AND L.STATUS = 'CURRENT'",
                scn=since,
            )
        ]

    def rows(self, table: str | None = None, *, options: str = "") -> list[dict[str, Any]]:
        """What the redo holds since this miner was made, of one table or all."""
        end = self.scn()
        self.begin(self.files(self.since), self.since, end, options)
        owner, _, name = (table or ".").partition(".")
        found = self.session.query(
            "SELECT SCN, OPERATION, OPERATION_CODE, SQL_REDO, CSF, ROLLBACK, STATUS, INFO, ROW_ID,"
            " TABLE_NAME, SEG_OWNER, DATA_OBJ#, DATA_OBJV#, DATA_OBJD#, COMMIT_SCN, START_SCN,"
            " USERNAME, SRC_CON_NAME, RAWTOHEX(XID) XID FROM V$LOGMNR_CONTENTS"
            " WHERE SCN > :low AND SCN <= :high",
            low=self.since,
            high=end,
        )
        self.end()
        return [
            row
            for row in found
            if table is None or (row["SEG_OWNER"], row["TABLE_NAME"]) == (owner, name)
        ]

    def begin(self, files: list[str], low: int, high: int, options: str = "") -> None:
        for file in files:
            self.session.execute(
                f"BEGIN sys.dbms_logmnr.add_logfile(LOGFILENAME => '{file}',"
                " OPTIONS => DBMS_LOGMNR.ADDFILE); END;"
            )
        self.session.execute(
            f"BEGIN sys.dbms_logmnr.start_logmnr(startScn => '{low}', endScn => '{high}',"
            f" options => DBMS_LOGMNR.DICT_FROM_ONLINE_CATALOG{options}"
            " + DBMS_LOGMNR.NO_ROWID_IN_STMT); END;"
        )

    def end(self) -> None:
        self.session.execute("BEGIN SYS.DBMS_LOGMNR.END_LOGMNR(); END;")


def users(control: Standin) -> None:
    def word(user: str) -> str:
        return PASSWORDS[user].get_secret_value()

    control.sql(f'CREATE USER MMDL IDENTIFIED BY "{word("MMDL")}" QUOTA UNLIMITED ON USERS')
    control.sql(f'CREATE USER WMS_APP IDENTIFIED BY "{word("WMS_APP")}"')
    control.sql("GRANT CREATE SESSION, CREATE TABLE TO MMDL, WMS_APP")
    with control.session("SYS", service=ROOT) as root:
        for user in ("C##WMS", "C##BARE"):
            root.execute(f'CREATE USER {user} IDENTIFIED BY "{word(user)}" CONTAINER=ALL')
        root.execute(f"GRANT {GRANTS} TO C##WMS CONTAINER=ALL")
        root.execute("GRANT CREATE SESSION, SET CONTAINER TO C##BARE CONTAINER=ALL")
        root.execute("ALTER DATABASE ADD SUPPLEMENTAL LOG DATA")
        root.commit()
