"""The table of states against verdicts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.health.looks import (
    AT,
    BOOM,
    EXPIRED,
    LOGIN,
    NAME,
    NO_LISTENER,
    NO_TOPIC,
    POLICY,
    PURGED,
    RIGHTS,
    TICK,
    again,
    connector,
    failed,
    flags,
    flowing,
    ids,
    judged,
    look,
    task,
)

from wms_connector.health.budget import Attempt
from wms_connector.health.history import History
from wms_connector.health.observation import (
    Connector,
    Flow,
    Observation,
    Question,
    Reach,
    Service,
    Topic,
    Worker,
)
from wms_connector.health.policy import Policy

DOWN: dict[str, Any] = {
    "connect": Reach(ok=False, reason="no worker answers"),
    "worker": Reach(ok=False),
    "connectors": None,
}
NO_DATABASE = Reach(ok=False, reason="10.0.0.9:1521 refuses connections")
ROLLING = Service(desired=2, running=1, pending=1, rolling=True)
GONE = (Topic(name="wms.A.B", exists=False, table="A.B"),)

# What is seen; what is found in the first look (in order); what a restart is to heal.
HARD = [
    ("all is well", look(), [], False),
    ("task FAILED", look(failed()), ["task-failed"], True),
    ("connector FAILED", look(connector(state="FAILED", trace=BOOM, tasks=())),
     ["connector-failed"], True),
    ("transaction timed out while a broker was frozen", look(failed(EXPIRED)),
     ["task-failed"], True),
    ("an error that nobody knows", look(failed("x.Strange: never seen")), ["task-failed"], True),
    ("a code that nobody knows", look(failed("ORA-64999: x")), ["task-failed"], True),
    ("no trace", look(failed("")), ["task-failed"], True),
    ("failed of the database, which is back", look(failed(NO_LISTENER)), ["task-failed"], True),
    ("failed of the database, which is away", look(failed(NO_LISTENER), database=NO_DATABASE),
     ["database-unreachable", "task-failed"], False),
    ("log-in refused", look(failed(LOGIN)), ["login-refused", "task-failed"], False),
    ("restart point purged", look(failed(PURGED)), ["position-lost", "task-failed"], False),
    ("missing privilege", look(failed(RIGHTS)), ["restart-useless", "task-failed"], False),
    ("schema history lost", look(failed("DebeziumException: The db history topic is missing.")),
     ["restart-useless", "task-failed"], False),
    ("PostgreSQL refuses the log-in",
     look(failed('PSQLException: FATAL: password authentication failed for user "wms"')),
     ["login-refused", "task-failed"], False),
    ("the slot was dropped", look(failed('ERROR: replication slot "wms_a" does not exist')),
     ["position-lost", "task-failed"], False),
    ("one of two tasks heals",
     look(connector(tasks=(task("FAILED", RIGHTS), task("FAILED", BOOM, 1)))),
     ["restart-useless", "task-failed"], True),
    ("one of two tasks may not sign in",
     look(connector(tasks=(task("FAILED", LOGIN), task("FAILED", BOOM, 1)))),
     ["login-refused", "task-failed"], False),
    ("failed in a deployment", look(failed(), service=Service(desired=1, running=1, rolling=True)),
     ["task-failed"], False),
    ("failed, and a topic is gone", look(failed(NO_TOPIC), topics=GONE),
     ["topic-missing", "task-failed"], False),
    ("failed of a topic that is back", look(failed(NO_TOPIC)), ["task-failed"], True),
    ("failed of something else, and a topic is gone", look(failed(), topics=GONE),
     ["topic-missing", "task-failed"], True),
    ("failed, and its logs are gone", look(failed(flow=Flow(lost="log 7 is gone"))),
     ["position-lost", "task-failed"], False),
    ("failed while it is paused", look(failed(state="PAUSED")), ["task-failed", "held"], False),
    ("paused", look(connector(state="PAUSED", tasks=(task("PAUSED"),))), ["held"], False),
    ("stopped", look(connector(state="STOPPED", tasks=())), ["held"], False),
    ("no worker answers", look(**DOWN), ["connect-unreachable"], False),
    ("fewer workers than desired", look(service=Service(desired=2, running=1)),
     ["service-unhealthy"], False),
    ("no worker runs", look(service=Service(desired=1, running=0, message="m"), **DOWN),
     ["service-unhealthy", "connect-unreachable"], False),
    ("a deployment", look(service=ROLLING), [], False),
    ("a deployment, and no worker answers", look(service=ROLLING, **DOWN), [], False),
    ("the brokers are away",
     look(connectors=None, topics=None, brokers=Reach(ok=False, reason="no broker answers"),
          unseen={Question.TOPICS: "x", Question.FLOW: "x", Question.CONNECTORS: "x"}),
     ["brokers-unreachable"], False),
    ("failed, and the brokers are away", look(failed(EXPIRED), brokers=Reach(ok=False)),
     ["brokers-unreachable", "task-failed"], False),
    ("the database is away", look(database=NO_DATABASE), ["database-unreachable"], False),
    ("the check's own log-in is refused",
     look(flowing(unknown={"sign-in": "ORA-28000: locked"}, behind_seconds=None)),
     ["login-refused"], False),
    ("the database's port answers that nobody may sign in",
     look(database=Reach(ok=False, reason='FATAL:  password authentication failed for user "x"')),
     ["login-refused"], False),
    ("failed, and the check's own log-in is refused",
     look(failed(flow=Flow(offset="o", unknown={"database": "ORA-01017"}))),
     ["login-refused", "task-failed"], False),
    ("desired, not there", look(connector("other", ours=False)),
     ["connector-missing", "connector-unknown"], False),
    ("one too many", look(connector(), connector("wms-oracle-cdc-OLD")),
     ["connector-unknown"], False),
    ("one too many, and FAILED", look(connector(), failed(name="strange", ours=False)),
     ["connector-unknown"], False),
    ("a topic is gone", look(topics=GONE), ["topic-missing"], False),
    ("far behind", look(flowing(behind_seconds=301.0)), ["lag-high"], False),
    ("as far behind as allowed", look(flowing(behind_seconds=300.0)), [], False),
    ("behind in a snapshot", look(flowing(behind_seconds=9e4, in_snapshot=True)), [], False),
    ("little headroom", look(flowing(headroom_hours=5.9)), ["headroom-low"], False),
    ("enough headroom", look(flowing(headroom_hours=6.0)), [], False),
    ("no headroom", look(flowing(headroom_hours=0.0, lost="purged")), ["position-lost"], False),
    ("a log waits to be archived", look(flowing(held_up="log 5 is full")),
     ["log-not-archived"], False),
    ("topics were not told", look(topics=None, unseen={Question.TOPICS: "refused"}),
     ["check-failed"], False),
    ("what follows from a silent Connect is no question refused",
     look(**DOWN, unseen={Question.CONNECTORS: "x", Question.FLOW: "x", Question.WORKERS: "x"}),
     ["connect-unreachable"], False),
    ("what follows from a silent database is no question refused",
     look(database=NO_DATABASE, unseen={Question.FLOW: "x"}), ["database-unreachable"], False),
    ("connectors were not told", look(connectors=None, unseen={Question.CONNECTORS: "500"}),
     ["check-failed"], False),
    ("on a laptop, where no service is", look(service=None, workers=()), [], False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "found", "restart"), [row[1:] for row in HARD], ids=[row[0] for row in HARD]
)
def test_what_is_found_at_once(seen: Observation, found: list[str], restart: bool) -> None:
    verdict = judged(seen)
    assert sorted(ids(verdict)) == sorted(found)
    assert verdict.restart == ((NAME,) if restart else ())
    assert verdict.healthy == (not found)
    has_failed = "task-failed" in found or "connector-failed" in found
    assert (NAME in verdict.waits) == (has_failed and not restart)


SOFT = [
    ("no task", look(connector(tasks=())), "no-tasks"),
    ("UNASSIGNED", look(connector(state="UNASSIGNED")), "not-running"),
    ("RESTARTING", look(connector(state="RESTARTING")), "not-running"),
    ("a state of a later version", look(connector(state="WAITING")), "not-running"),
    ("a task UNASSIGNED", look(connector(tasks=(task("UNASSIGNED"),))), "not-running"),
    ("the worker is not ready", look(worker=Reach(ok=False, reason="503")), "worker-unhealthy"),
    ("little heap", look(workers=(Worker(name="w", heap_free=0.05),)), "heap-low"),
    ("lag cannot be told", look(flowing(behind_seconds=None, unknown={"time": "ORA-00942"})),
     "lag-unknown"),
    ("a deployment that does not end", look(service=ROLLING), "service-unhealthy"),
    ("nobody answers in a deployment",
     look(service=ROLLING.model_copy(update={"running": 2}), **DOWN), "connect-unreachable"),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "found"), [row[1:] for row in SOFT], ids=[row[0] for row in SOFT])
def test_what_is_found_in_the_third_look_in_a_row(seen: Observation, found: str) -> None:
    looks = [seen.model_copy(update={"at": AT + n * TICK}) for n in range(3)]
    well = look(at=AT + 2 * TICK)
    assert ids(again(looks[0])) == []
    assert ids(again(*looks[:2])) == []
    last = again(*looks)
    assert ids(last) == [found]
    assert last.findings[0].since == AT
    assert not last.restart
    three_more = [seen.model_copy(update={"at": AT + n * TICK}) for n in (3, 4)]
    assert ids(again(*looks[:2], well, *three_more)) == []


def test_looks_that_lie_close_together_count_once() -> None:
    seen = look(connector(tasks=()))
    close = [seen.model_copy(update={"at": AT + n}) for n in range(20)]
    assert ids(again(*close)) == []
    apart = [seen.model_copy(update={"at": AT + 30.0 * n}) for n in range(3)]
    assert ids(again(*apart)) == ["no-tasks"]


def test_a_clock_that_goes_back_counts_no_look_twice_and_makes_none_wait_for_long() -> None:
    seen = look(connector(tasks=()))
    jumps = [0.0, -10_000.0, -9_999.0, -9_998.0]
    assert ids(again(*(seen.model_copy(update={"at": AT + by}) for by in jumps))) == []
    longer = [*jumps, -9_960.0, -9_900.0]
    last = again(*(seen.model_copy(update={"at": AT + by}) for by in longer))
    assert ids(last) == ["no-tasks"]
    assert last.findings[0].since == AT - 10_000


def test_a_soft_state_that_could_not_be_seen_between_is_neither_well_nor_counted() -> None:
    seen = look(connector(tasks=()))
    at = [seen.model_copy(update={"at": AT + n * TICK}) for n in range(4)]
    blind = look(at=AT + TICK, **DOWN)
    assert "no-tasks" not in ids(again(at[0], blind, at[2]))
    assert ids(again(at[0], blind, at[2], at[3])) == ["no-tasks"]


def test_what_a_deployment_has_still_to_register_or_to_remove_is_soft() -> None:
    def seen(number: int, service: Service) -> Observation:
        there = (connector(), connector("former"))
        return look(*there, at=AT + number * TICK, desired=(NAME, "new"), service=service)

    rolling = [seen(number, Service(desired=1, running=1, rolling=True)) for number in range(3)]
    both = ["connector-missing", "connector-unknown"]
    assert ids(again(*rolling[:2])) == []
    assert ids(again(*rolling)) == both
    assert ids(again(rolling[0], seen(1, Service(desired=1, running=1)))) == both


def test_looks_that_lie_far_apart_are_not_in_a_row() -> None:
    """A check that was off for a night has not seen what was between."""
    seen = look(connector(tasks=()))
    at = [seen.model_copy(update={"at": AT + n * TICK}) for n in (0, 1, 60, 61, 62)]
    assert ids(again(*at[:3])) == []
    last = again(*at)
    assert ids(last) == ["no-tasks"]
    assert last.findings[0].since == at[2].at


def test_a_flag_that_could_not_be_judged_has_no_value() -> None:
    down = flags(judged(look(**DOWN)))
    assert down["ConnectApiUnreachable"] == 1
    for name in ("ConnectorTaskFailed", "ConnectorMissing", "LagHigh", "ConnectWorkerUnhealthy"):
        assert name not in down
    assert down["DbTcpUnreachable"] == 0
    well = flags(judged(look()))
    assert {name: value for name, value in well.items() if value == 1} == {}
    assert well["ConnectorTaskFailed"] == well["LagHigh"] == well["HealthCheckFailed"] == 0
    laptop = flags(judged(look(service=None, topics=None, database=None, workers=(), worker=None)))
    for name in ("EcsServiceUnhealthy", "TopicMissing", "DbTcpUnreachable", "WorkerHeapLow"):
        assert name not in laptop
    assert flags(judged(look(connector(flow=None)))).keys().isdisjoint({"LagHigh", "LagUnknown"})
    nothing = flags(judged(Observation(at=AT, desired=(NAME,))))
    assert nothing == {"HealthCheckFailed": 0.0}


def test_what_a_silent_database_does_not_tell_is_not_well_because_of_that() -> None:
    """No mail says "well again" of a lag that nobody can measure any more."""
    blind = {"LagHigh", "ArchiveHeadroomLow", "ArchiveLogWaiting", "RestartPointLost"}
    silent = connector(flow=Flow(offset="o1", unknown={"database": "no answer"}))
    told = flags(judged(look(silent, database=NO_DATABASE)))
    assert told["DbTcpUnreachable"] == 1
    assert told.keys().isdisjoint(blind | {"DbLoginRefused"})
    late = {"database": "the database has taken the connection and not answered for 20 s"}
    hangs = flags(judged(look(connector(flow=Flow(offset="o1", unknown=late)))))
    assert "DbLoginRefused" not in hangs
    unseen = {Question.FLOW: "no answer within 60 s"}
    assert "DbLoginRefused" not in flags(judged(look(connector(flow=None), unseen=unseen)))
    assert flags(judged(look()))["DbLoginRefused"] == 0
    other = connector("b", flow=Flow(offset="o1", behind_seconds=900.0))
    assert flags(judged(look(silent, other, desired=(NAME, "b"))))["LagHigh"] == 1
    partly = flowing(unknown={"transactions": "ORA-00942"}, headroom_hours=50.0)
    assert {flags(judged(look(partly)))[name] for name in blind} == {0.0}
    late = flags(judged(look(unseen={Question.FLOW: "no answer in time"})))
    assert late.keys().isdisjoint(blind | {"ConnectorNoProgress"})
    assert late["HealthCheckFailed"] == 1
    lost = flags(judged(look(failed(PURGED, flow=Flow(unknown={"archive": "x"})))))
    assert lost["RestartPointLost"] == 1


def test_a_flag_is_1_whether_it_is_explained_or_not() -> None:
    verdict = judged(look(failed(NO_LISTENER), database=NO_DATABASE))
    assert flags(verdict)["ConnectorTaskFailed"] == flags(verdict)["DbTcpUnreachable"] == 1


def test_figures_are_given_for_each_and_the_worst_for_the_stage() -> None:
    seen = look(
        flowing(behind_seconds=4.0, waiting=7, headroom_hours=50.0),
        connector("b", flow=Flow(behind_seconds=9.0, waiting=3, headroom_hours=20.0)),
        connector("c", flow=Flow(behind_seconds=99.0, in_snapshot=True, headroom_hours=1e999)),
        connector("unknown", flow=Flow(behind_seconds=1e6)),
        desired=(NAME, "b", "c"),
        topics=(
            Topic(name="t1", exists=True, table="A.B", newest=AT - 5),
            Topic(name="t2", exists=True, table="A.C", newest=AT - 500),
            Topic(name="t3", exists=True, table="A.D", newest=AT + 5),
            Topic(name="t4", exists=True, table="A.E"),
            Topic(name="heartbeat", exists=True, newest=AT),
        ),
        workers=(Worker(name="w1", heap_free=0.5, queue_free=1.0), Worker(name="w2")),
    )
    values = {(m.metric.name, m.about): m.value for m in judged(seen).measurements}
    assert values["SecondsBehindSource", ""] == values["SecondsBehindSource", "b"] == 9
    assert values["SecondsBehindSource", NAME] == 4
    assert ("SecondsBehindSource", "c") not in values
    assert values["SourceWaiting", ""] == 7
    assert values["ArchiveHeadroomHours", ""] == 20
    assert ("ArchiveHeadroomHours", "c") not in values
    assert (values["EventAgeSeconds", ""], values["EventAgeSeconds", "t2"]) == (0, 500)
    assert ("EventAgeSeconds", "t4") not in values
    assert (values["WorkerHeapFreePercent", ""], values["QueueFreePercent", "w1"]) == (50, 100)
    assert ("WorkerHeapFreePercent", "w2") not in values


def test_consequences_name_their_cause() -> None:
    seen = look(
        connector("b", tasks=(task("FAILED", RIGHTS),)),
        failed(),
        desired=(NAME, "b"),
        topics=GONE,
    )
    by_key = {finding.key: finding for finding in judged(seen).findings}
    # Of its own: the other's missing privilege does not explain it, the topic does.
    assert by_key[f"task-failed:{NAME}"].because is not None
    assert by_key[f"task-failed:{NAME}"].because.id == "topic-missing"
    assert by_key["restart-useless:b"].because is None
    alone = judged(look(connector("b", tasks=(task("FAILED", RIGHTS),)), failed(),
                        desired=(NAME, "b")))  # fmt: skip
    because = {f.key: f.because and f.because.id for f in alone.findings}
    assert because[f"task-failed:{NAME}"] is None
    assert because["task-failed:b"] == "restart-useless"
    down = judged(look(service=Service(desired=1, running=0), **DOWN))
    assert [f.because and f.because.id for f in down.findings] == [None, "service-unhealthy"]


def test_the_worst_stand_first_and_causes_before_what_follows() -> None:
    verdict = judged(look(connector(state="PAUSED"), database=NO_DATABASE, topics=GONE))
    assert ids(verdict) == ["database-unreachable", "topic-missing", "held"]
    assert verdict.severity.name == "CRITICAL"
    assert verdict.as_json()["findings"][0]["id"] == "database-unreachable"
    assert verdict.as_json()["severity"] == "critical"


def test_evidence_says_who_where_and_what() -> None:
    (finding,) = judged(look(failed())).findings
    assert finding.evidence == f"task 0 of {NAME} on 10.0.0.1:8083: ConnectException: boom"
    assert finding.next_step == finding.kind.step
    refused = judged(look(failed(LOGIN))).findings[0]
    assert "wrong" not in refused.evidence
    assert refused.evidence.startswith(f"{NAME}: ORA-01017: the database refuses user")
    assert refused.next_step.startswith("operator: put the right ones into the dbInfo secret")
    two = judged(look(connector(worker="", tasks=(task("FAILED", "x"), task("FAILED", "y", 1)))))
    assert two.findings[0].evidence.startswith(f"tasks 0, 1 of {NAME}")
    silent = judged(look(connector(state="FAILED", worker="", tasks=())))
    assert silent.findings[0].evidence == f"{NAME}: Kafka Connect gives no reason"
    lag = judged(look(flowing(behind_seconds=7_500.0, waiting=12_345))).findings[0]
    assert lag.evidence == (f"{NAME} is 2 h behind its source, 12,345 SCNs wait; allowed are 5 min")
    assert "wait" not in judged(
        look(flowing(behind_seconds=400.0, waiting=None))
    ).findings[0].evidence  # fmt: skip


def test_very_much_is_cut() -> None:
    topics = tuple(Topic(name=f"t{n}", exists=False) for n in range(300))
    verdict = judged(look(failed("x.Error: " + "y" * 5_000), topics=topics))
    missing = [f for f in verdict.findings if f.kind.id == "topic-missing"]
    assert len(missing) == 20
    assert "(and 280 more)" in missing[0].evidence
    assert all(len(f.evidence) <= 500 for f in verdict.findings)
    assert len(verdict.history.model_dump_json()) < 20_000


def test_a_history_is_bounded_and_goes_through_json_and_back() -> None:
    history = History()
    for n in range(40):
        topics = tuple(Topic(name=f"{'t' * 240}{n}-{m}", exists=False) for m in range(50))
        names = tuple(f"c{m}" for m in range(30))
        seen = look(
            *(connector(name, flow=Flow(offset="o" * 9_999, source="s")) for name in names),
            at=AT + n * TICK, desired=names, topics=topics,
        )  # fmt: skip
        history = judged(seen, history).history
        blind = look(at=AT + n * TICK + 1, **DOWN, topics=None, desired=names)
        history = judged(blind, history).history
        assert len(history.model_dump_json()) < 150_000
    assert len(history.seen) <= 200
    assert History.model_validate_json(history.model_dump_json()) == history


def test_an_exhausted_budget_is_a_finding_and_says_when_it_refills() -> None:
    spent = tuple(Attempt(AT - by, NAME) for by in (3_000.0, 2_000.0, 1_000.0))
    verdict = judged(look(failed()), attempts=spent)
    assert ids(verdict) == ["restart-budget-exceeded", "task-failed"]
    assert verdict.restart == ()
    assert "is free at 2027-01-15 08:10 UTC" in verdict.findings[0].evidence
    assert "no restart is left" in verdict.waits[NAME]
    assert verdict.findings[1].because is verdict.findings[0].kind
    assert flags(verdict)["AutoRestartBudgetExceeded"] == 1
    # What nothing has to heal exceeds nothing.
    for seen in (look(), look(failed(RIGHTS)), look(failed(), database=NO_DATABASE)):
        assert flags(judged(seen, attempts=spent))["AutoRestartBudgetExceeded"] == 0


def test_a_back_off_is_waited_for_and_is_no_finding() -> None:
    verdict = judged(look(failed()), attempts=(Attempt(AT - 60, NAME),))
    assert ids(verdict) == ["task-failed"]
    assert verdict.restart == ()
    assert verdict.waits[NAME].startswith("the next restart may be attempted at")


def test_automatic_restarts_can_be_turned_off() -> None:
    verdict = judged(look(failed()), policy=Policy(restarts=0))
    assert ids(verdict) == ["task-failed"]
    assert verdict.restart == ()
    assert "turned off" in verdict.waits[NAME]


def test_the_same_look_gives_the_same_verdict() -> None:
    seen = look(failed(), database=NO_DATABASE, topics=GONE)
    assert judged(seen) == judged(seen)
    assert judged(Observation.model_validate_json(seen.model_dump_json())) == judged(seen)


def test_connectors_of_a_schema_each_are_judged_by_themselves() -> None:
    two = look(failed(), failed(name="b"), desired=(NAME, "b"))
    assert judged(two).restart == (NAME, "b")
    assert judged(two, attempts=(Attempt(AT - 1, "b"),)).restart == (NAME,)
    unseen_one: Connector = connector("b", flow=None)
    assert ids(judged(look(connector(), unseen_one, desired=(NAME, "b")))) == []


def test_the_policy_stands_in_the_pipeline_file() -> None:
    assert POLICY.restarts == 3
    assert POLICY.window == 3_600
