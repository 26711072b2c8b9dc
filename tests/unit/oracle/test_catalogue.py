from __future__ import annotations

import os
import re
import runpy
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.oracle.catalogue import ENTRIES, Recovery, Who, explain
from wms_connector.oracle.catalogue.page import page

PAGE = Path(__file__).parents[3] / "docs" / "errors.md"

PURGED = """\
org.apache.kafka.connect.errors.ConnectException: An exception occurred in the change event \
producer. This connector will be stopped.
\tat io.debezium.pipeline.ErrorHandler.setProducerThrowable(ErrorHandler.java:67)
Caused by: io.debezium.DebeziumException: The connector is trying to read change stream starting \
at OracleOffsetContext [scn=1204, txId=null], but this is no longer available on the server. \
Reconfigure the connector to use a snapshot mode when needed.
\tat io.debezium.connector.common.BaseSourceTask.validateSchemaHistory(BaseSourceTask.java:164)
\t... 9 more
"""
RIGHTS = """\
io.debezium.DebeziumException: Failed to create flush table
\tat io.debezium.connector.oracle.logminer.logwriter.CommitLogWriterFlushStrategy.x(C.java:106)
Caused by: java.sql.SQLSyntaxErrorException: ORA-01031: insufficient privileges

https://docs.oracle.com/error-help/db/ora-01031/
\tat oracle.jdbc.driver.T4CTTIoer11.processError(T4CTTIoer11.java:628)
"""


def keys(text: str) -> list[str]:
    return [entry.key for entry in explain(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PURGED, ["restart-point-purged", "stopped"]),
        (RIGHTS, ["insufficient-privileges", "flush-table"]),
        # Oracle's own stack: what happened last is said first.
        (
            ("ORA-01284: file /u01/arch/1_7_1.arc cannot be opened\n"
            "ORA-00308: cannot open archived log\nORA-27037: unable to obtain file status"),
            ["file-gone", "log-unreadable"],
        ),
        (
            "ORA-06550: line 1, column 7:\nPLS-00201: identifier 'SYS.DBMS_LOGMNR' unknown",
            ["package-not-visible", "plsql-frame"],
        ),
        ("ORA-00604: error occurred at recursive SQL level 1\nORA-01327: x",
         ["dictionary-lock", "recursive-sql"]),
        ("Unable to connect (primary): ORA-01017: invalid username/password",
         ["wrong-password", "no-connection"]),
        ("TNS-12541: TNS:no listener", ["no-listener"]),
        ("ORA-17002: I/O error: Connection reset\nCaused by: java.net.SocketException: x",
         ["io-error"]),
        ("DPY-6005: cannot connect to database (CONNECTION_ID=x).\nORA-12541: no listener",
         ["no-listener", "py-connection"]),
        (("DebeziumException: The db history topic is missing. You may attempt to recover it by "
         "reconfiguring the connector to recovery."), ["schema-history-lost"]),
        (("Online REDO LOG files or archive log files do not contain the offset scn 12. "
         "Please perform a new snapshot."), ["restart-point-purged"]),
        ("None of the log files contain offset SCN: 5, re-snapshot is required.",
         ["log-not-found"]),
        ("The archive log containing offset SCN: 5 has been deleted. A re-snapshot is required.",
         ["restart-point-purged"]),
        (("DmlParserException: Failed to parse insert DML: 'insert into x'\n"
         "Caused by: java.lang.ArrayIndexOutOfBoundsException: Index 4 out of bounds"),
         ["dml-not-parsed"]),
        (("org.apache.kafka.common.errors.RecordTooLargeException: The message is 9 bytes "
         "when serialized which is larger than 3, which is the value"),
         ["record-too-large"]),
        (("ProducerFencedException: There is a newer producer with the same transactionalId which "
         "fences the current one."), ["producer-fenced"]),
        (("org.apache.kafka.common.errors.InvalidTxnStateException: The producer attempted a "
         "transactional operation in an invalid state."), ["transaction-expired"]),
        (("org.postgresql.util.PSQLException: FATAL: password authentication failed for user "
          '"wms"'), ["postgres-sign-in"]),
        ('connection failed: FATAL:  role "wms" does not exist', ["postgres-sign-in"]),
        ('ERROR: replication slot "wms_feature_a" does not exist', ["slot-missing"]),
        (('ERROR: can no longer access replication slot "wms_a"\n  Detail: This replication slot '
          'has been invalidated due to "wal_removed".'), ["slot-lost"]),
        (('ERROR: can no longer get changes from replication slot "wms_a"\n  Detail: This slot has '
          "been invalidated because it exceeded the maximum reserved size."), ["slot-lost"]),
        ('ERROR: relation "role" does not exist', []),
        ("FATAL: the database system is shutting down", ["postgres-away"]),
        ("", []),
        ("all is well", []),
        ("XORA-01291 ORA-1291", []),
    ],
)  # fmt: skip
def test_what_an_error_means(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize("code", ["ORA-01291", "ORA-17820", "DPY-6005", "PLS-00201", "TNS-12514"])
def test_every_kind_of_code_is_known(code: str) -> None:
    (entry,) = explain(f"something said {code}: and more")
    assert entry.sentence.startswith(f"{entry.codes[0]}: ")


def test_a_code_that_is_not_there_leads_to_oracle_s_page_about_it() -> None:
    (entry,) = explain("ORA-64999: whatever")
    assert "https://docs.oracle.com/error-help/db/ora-64999/" in entry.sentence
    assert (entry.transient, entry.restart, entry.who) == (False, False, Who.DBA)


def test_what_recover_is_the_way_out_of() -> None:
    assert explain(PURGED)[0].recovery == (Recovery.SNAPSHOT,)
    assert explain("The db history topic is missing.")[0].recovery == (Recovery.SCHEMA_HISTORY,)
    assert explain("ORA-01291: missing logfile")[0].recovery == ()


def test_a_restart_does_not_heal_what_somebody_has_to_mend() -> None:
    for text in ("ORA-01017", "ORA-28000", "ORA-01031", PURGED, "The db history topic is missing."):
        assert not explain(text)[0].restart, text
    for text in ("ORA-03113", "ORA-12541", "ORA-01033", "ORA-04036"):
        assert explain(text)[0].restart, text
        assert explain(text)[0].transient, text


@given(st.text(), st.sampled_from([entry for entry in ENTRIES if entry.codes]), st.text())
def test_nothing_of_the_text_comes_back_but_its_code(before: str, entry, after: str) -> None:
    found = explain(f"{before} {entry.codes[0]} {after}")
    assert entry in found
    assert set(found) <= {*ENTRIES} | {e for e in found if e.meaning.endswith("does not hold")}


def test_a_very_long_text_is_looked_through_at_both_ends() -> None:
    assert keys("ORA-12541 " + "x" * 1_000_000 + " ORA-01017") == ["wrong-password", "no-listener"]


def test_each_code_and_key_stands_once_and_phrases_can_be_found() -> None:
    assert max(Counter(entry.key for entry in ENTRIES).values()) == 1
    assert max(Counter(code for entry in ENTRIES for code in entry.codes).values()) == 1
    assert max(Counter(p for entry in ENTRIES for p in entry.phrases).values()) == 1
    for entry in ENTRIES:
        assert entry.codes or entry.phrases or entry.patterns
        assert all(re.fullmatch(r"(ORA|PLS)-\d{5}|DPY-\d{4}", code) for code in entry.codes)
        assert all(phrase == phrase.lower() for phrase in entry.phrases)
        for phrase in entry.phrases:
            assert entry in explain(f"x {phrase.upper()} y")
        assert not entry.meaning.endswith(".")
        assert not entry.step.endswith(".")


def test_as_json_says_who_and_what() -> None:
    told = explain("ORA-12541")[0].as_json()
    assert told["code"] == "ORA-12541"
    assert told["who"] == "DBA"
    assert told["restart_heals"] is True
    assert explain("The db history topic is missing")[0].as_json()["recover"] == ["schema-history"]


def test_the_page_is_the_catalogue_s() -> None:
    text = page(ENTRIES)
    if os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "set WMS_CONNECTOR_UPDATE_GOLDEN=1"
    for entry in ENTRIES:
        assert (entry.codes or (entry.key,))[0] in text


def test_the_page_is_printed_by_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("wms_connector.oracle.catalogue", run_name="__main__")
    assert capsys.readouterr().out == page(ENTRIES)
