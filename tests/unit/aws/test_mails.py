from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.aws.mails import QUIET_SECONDS, Mails

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable


def test_of_a_kind_one_is_sent_and_then_none_for_a_while(table: LedgerTable) -> None:
    mails = Mails(table)
    assert mails.may_send("worker-stopped", 1_000.0)
    assert not mails.may_send("worker-stopped", 1_060.0)
    assert mails.may_send("SERVICE_TASK_START_IMPAIRED", 1_060.0)
    assert not mails.may_send("worker-stopped", 1_000.0 + QUIET_SECONDS - 1)
    assert mails.may_send("worker-stopped", 1_000.0 + QUIET_SECONDS)


def test_one_that_could_not_be_sent_does_not_keep_the_next_one_quiet(table: LedgerTable) -> None:
    mails = Mails(table)
    assert mails.may_send("worker-stopped", 1_000.0)
    mails.not_sent("worker-stopped")
    assert mails.may_send("worker-stopped", 1_001.0)
