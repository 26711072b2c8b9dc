from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from wms_connector.aws.mails import QUIET_SECONDS, Mails, change, event

if TYPE_CHECKING:
    from wms_connector.aws.ledger_table import LedgerTable


def test_of_a_kind_one_is_sent_and_then_none_for_a_while(table: LedgerTable) -> None:
    mails = Mails(table)
    assert mails.claim("worker-stopped", event(1_000.0))
    assert not mails.claim("worker-stopped", event(1_060.0))
    assert mails.claim("SERVICE_TASK_START_IMPAIRED", event(1_060.0))
    assert not mails.claim("worker-stopped", event(1_000.0 + QUIET_SECONDS - 1))
    assert mails.claim("worker-stopped", event(1_000.0 + QUIET_SECONDS))
    assert mails.claim("worker-stopped", event(1_000.0))  # a clock that was set back


def test_a_change_of_an_alarm_is_told_once_and_its_end_only_to_who_heard_of_it(
    table: LedgerTable,
) -> None:
    mails = Mails(table)
    assert not mails.claim("LagHigh", change("OK", "10:00"))  # the alarm was made just now
    assert mails.claim("LagHigh", change("ALARM", "10:10"))
    assert not mails.claim("LagHigh", change("ALARM", "10:10"))
    assert not mails.claim("HeapLow", change("OK", "10:11"))
    assert mails.claim("LagHigh", change("OK", "10:20"))
    assert not mails.claim("LagHigh", change("OK", "10:20"))
    assert mails.claim("LagHigh", change("ALARM", "10:30"))
    assert mails.claim("LagHigh", change("ALARM", "10:40"))  # the end between was never delivered


def test_one_that_could_not_be_sent_does_not_keep_the_next_one_quiet(table: LedgerTable) -> None:
    mails = Mails(table)
    for state, at in (("ALARM", "10:10"), ("OK", "10:20")):
        claim = mails.claim("LagHigh", change(state, at))
        assert claim is not None
        claim.give_back()
        assert mails.claim("LagHigh", change(state, at))


def test_of_many_at_once_one_is_sent(table: LedgerTable) -> None:
    with ThreadPoolExecutor(4) as pool:
        claims = list(
            pool.map(lambda n: Mails(table).claim("worker-stopped", event(1_000.0 + n)), range(12))
        )
    assert len([claim for claim in claims if claim is not None]) == 1


def test_who_never_comes_to_note_it_sends_it_all_the_same(table: LedgerTable) -> None:
    mails, times = Mails(table), iter(range(100))

    def busy(last: str) -> str:
        table.update("mails", "SET #x = :new", values={"new": {"S": f"other {next(times)}"}})
        return f"mine after {last}"

    assert mails.claim("x", busy) is not None
