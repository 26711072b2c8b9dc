"""Destroying: the workers' stack, then the alerts'; told, repeatable, never a named stage."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.aws.fakes import Calls, CloudFormation, aws_of, client_error
from tests.unit.clock import Clock

from wms_connector.aws.deletion import Waiting
from wms_connector.aws.destroy import Destroyed, Existing, destroy, look
from wms_connector.aws.errors import AwsError, DeniedError, NamedStageError, StackError
from wms_connector.model.names import Names
from wms_connector.model.stage import NAMED_STAGES, Stage

NAMES = Names(Stage.parse("branch-1"), "wms")
CONNECTOR, ALERTS = "wms-connector-branch-1", "wms-alerts-branch-1"
TOPICS = {"id": {"S": "topics"}, "names": {"SS": ["branch-1.wms.B", "branch-1.wms.A"]}}
DROPPED = {"topics": {"N": "2"}, "flush_table": {"S": "LOG_T"}, "dropped": {"BOOL": True}}


class Here:
    """A stage with both stacks, a ledger, and time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.cfn = CloudFormation()
        self.cfn.add(CONNECTOR, "Service", "Topics", "Rules")
        self.cfn.add(ALERTS, "Topic")
        self.ledger: dict[str, Any] = {"topics": TOPICS, "deletion": DROPPED}
        self.clock = Clock()
        self.told: list[str] = []
        self.aws = aws_of(cloudformation=self.cfn, dynamodb=Calls(get_item=self._item))

    def _item(self, TableName: str, Key: Any, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert (TableName, ConsistentRead) == (NAMES.ledger, True)
        found = self.ledger.get(Key["id"]["S"])
        if isinstance(found, Exception):
            raise found
        return {} if found is None else {"Item": found}

    def look(self) -> Existing:
        return look(self.aws, NAMES)

    def run(self, **more: Any) -> Destroyed:
        waiting = Waiting(
            progress=self.told.append, clock=self.clock, sleep=self.clock.sleep, **more
        )
        return destroy(self.aws, NAMES, self.look(), waiting)

    @property
    def deleted(self) -> list[str]:
        return [call.removeprefix("delete ") for call in self.cfn.calls if "delete" in call]


@pytest.fixture
def here() -> Here:
    return Here()


def test_both_stacks_go_the_workers_first(here: Here) -> None:
    assert here.look().topics == ("branch-1.wms.A", "branch-1.wms.B")
    done = here.run()
    assert done == Destroyed((CONNECTOR, ALERTS), (), topics=2, left=())
    assert here.deleted == [CONNECTOR, ALERTS]
    assert here.told[0] == f"{CONNECTOR}: deletion begun"
    assert f"{CONNECTOR}: DELETE_COMPLETE Topics (AWS::Topics)" in here.told
    assert here.told[-1] == f"{ALERTS}: deleted"
    assert here.told.index(f"{CONNECTOR}: deleted") < here.told.index(f"{ALERTS}: deletion begun")


def test_doing_it_again_finds_nothing_and_is_fine(here: Here) -> None:
    here.run()
    assert here.run() == Destroyed((), (CONNECTOR, ALERTS))
    assert here.deleted == [CONNECTOR, ALERTS]
    assert here.look().topics is None


def test_a_stack_that_is_forgotten_at_once_counts_as_deleted(here: Here) -> None:
    here.cfn.forgets = True
    assert here.run().deleted == (CONNECTOR, ALERTS)


def test_only_the_alerts_are_left(here: Here) -> None:
    here.cfn = CloudFormation()
    here.cfn.add(ALERTS, "Topic")
    here.aws = aws_of(cloudformation=here.cfn, dynamodb=Calls(get_item=here._item))
    assert here.run() == Destroyed((ALERTS,), (CONNECTOR,))


@pytest.mark.parametrize("name", NAMED_STAGES)
def test_a_named_stage_is_refused_before_anything_is_asked(name: str) -> None:
    names, aws = Names(Stage.parse(name), "wms"), aws_of()
    with pytest.raises(NamedStageError, match="never destroyed"):
        look(aws, names)
    with pytest.raises(NamedStageError):
        destroy(aws, names, Existing((), ()))


@given(st.text(max_size=20))
def test_no_text_that_is_a_stage_leads_to_a_named_one(text: str) -> None:
    try:
        names = Names(Stage.parse(text), "wms")
    except Exception:  # noqa: BLE001 - no stage at all
        return
    if names.connector_stack in {f"wms-connector-{name}" for name in NAMED_STAGES}:
        with pytest.raises(NamedStageError):
            look(aws_of(), names)


def test_what_failed_is_named_and_a_repeat_goes_on(here: Here) -> None:
    reason = "Kafka is\n out of reach.\n    at invokeUserFunction (/var/task/framework.js:2:6)"
    here.cfn.fails = {"Topics": reason, "Rules": "Resource deletion cancelled"}
    with pytest.raises(StackError) as caught:
        here.run()
    assert caught.value.what == (
        f"the stack {CONNECTOR} could not be deleted: Topics (AWS::Topics): Kafka is out of reach"
    )
    assert "repeat the command" in str(caught.value.hint)
    assert here.cfn.status(ALERTS) == "CREATE_COMPLETE"
    here.cfn.fails = {}
    here.told.clear()
    assert here.run().deleted == (CONNECTOR, ALERTS)
    assert not any("Service" in line for line in here.told)


def test_a_failure_without_a_resource_has_the_stacks_reason(here: Here) -> None:
    here.cfn.fails = {"Rules": "Resource deletion cancelled"}
    with pytest.raises(StackError, match="failed to delete: \\['Rules'\\]"):
        here.run()


def test_a_deletion_that_is_under_way_is_followed(here: Here) -> None:
    here.cfn.delete_stack(CONNECTOR)
    here.cfn.describe_stacks(CONNECTOR)
    assert here.run().deleted == (CONNECTOR, ALERTS)
    assert here.told[0] == f"{CONNECTOR}: is being deleted already"
    assert here.deleted == [CONNECTOR, ALERTS]


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
def test_a_stack_in_the_middle_of_a_change_is_left(here: Here, status: str) -> None:
    next(iter(here.cfn.stacks.values()))["StackStatus"] = status
    with pytest.raises(StackError, match=f"in the middle of a change \\({status}\\)"):
        here.run()
    assert here.deleted == []


def test_a_stack_of_a_change_set_that_was_never_executed_is_deleted(here: Here) -> None:
    next(iter(here.cfn.stacks.values()))["StackStatus"] = "REVIEW_IN_PROGRESS"
    assert here.run().deleted == (CONNECTOR, ALERTS)


def test_a_protected_stack_is_left(here: Here) -> None:
    next(iter(here.cfn.stacks.values()))["EnableTerminationProtection"] = True
    with pytest.raises(StackError, match="protected against deletion"):
        here.run()
    assert here.deleted == []


def test_another_product_s_stack_of_the_same_name_is_left(here: Here) -> None:
    outputs = [{"OutputKey": "Stage", "OutputValue": "connector-branch-1"}]
    here.cfn.stacks[next(iter(here.cfn.stacks))]["Outputs"] = outputs
    with pytest.raises(StackError, match="is that of stage connector-branch-1: nothing was del"):
        here.run()
    assert here.deleted == []


def test_what_the_template_keeps_is_told(here: Here) -> None:
    here.cfn.keeps = {"Rules"}
    assert here.run().left == ("AWS::Rules physical-Rules, which the template keeps",)


@pytest.mark.parametrize(
    ("report", "topics", "left"),
    [
        (None, None, "perhaps the table LOG_MINING_FLUSH_BRANCH_1 in Oracle"),
        (client_error("AccessDeniedException"), None, "perhaps the table"),
        ({"topics": {"N": "3"}}, 3, None),
        (
            {"topics": {"N": "3"}, "flush_table": {"S": "T"}, "dropped": {"BOOL": False},
             "reason": {"S": "ORA-01031."}},
            3,
            "the table T in Oracle (ORA-01031): its DBA drops it with DROP TABLE T",
        ),
        ({"flush_table": {"S": "T"}}, 0, "(it gives no reason)"),
    ],
    ids=["nothing", "denied", "no table", "kept", "kept silently"],
)  # fmt: skip
def test_what_is_left_in_oracle_is_told(
    here: Here, report: Any, topics: int | None, left: str | None
) -> None:
    here.ledger["deletion"] = report
    done = here.run()
    assert done.topics == topics
    assert (left is None) == (done.left == ())
    assert left is None or left in done.left[0]


def test_waiting_ends_and_the_deletion_goes_on(here: Here) -> None:
    with pytest.raises(StackError) as caught:
        here.run(seconds=2)
    assert "is still being deleted after 0 minutes" in caught.value.what
    assert "(Topics (AWS::Topics))" in caught.value.what
    assert "that goes on" in caught.value.what


class Stuck(CloudFormation):
    """A CloudFormation whose stacks stay as they are."""

    shown = "DELETE_IN_PROGRESS"
    events_come = False

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        self._find(StackName)["StackStatus"] = self.shown
        if self.events_come:
            for number in range(5):
                self._resource(StackName, f"R{number}", "DELETE_IN_PROGRESS")


def stuck(here: Here, shown: str, *, events_come: bool = False) -> Here:
    here.cfn = Stuck()
    here.cfn.shown, here.cfn.events_come = shown, events_come
    here.cfn.add(CONNECTOR)
    here.aws = aws_of(cloudformation=here.cfn, dynamodb=Calls(get_item=here._item))
    return here


def test_a_long_silence_is_broken(here: Here) -> None:
    with pytest.raises(StackError, match="being deleted"):
        stuck(here, "DELETE_IN_PROGRESS").run(seconds=200)
    assert [line for line in here.told if "still" in line] == [
        f"{CONNECTOR}: after {minutes} min still being deleted" for minutes in (1, 2, 3)
    ]


def test_many_that_are_under_way_are_counted(here: Here) -> None:
    with pytest.raises(StackError, match=r"R2 \(AWS::R2\) and 2 more"):
        stuck(here, "DELETE_IN_PROGRESS", events_come=True).run(seconds=200)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("CREATE_COMPLETE", "is not being deleted: it is CREATE_COMPLETE"),
        ("DELETE_FAILED", "CloudFormation gives no reason"),
    ],
)
def test_a_former_state_is_believed_only_after_a_while(here: Here, shown: str, told: str) -> None:
    with pytest.raises(StackError, match=told):
        stuck(here, shown).run()
    assert here.clock.now > 60


def test_who_may_not_delete_is_told(here: Here) -> None:
    def refuse(**_: Any) -> None:
        text = "User: arn:aws:x is not authorized to perform: cloudformation:DeleteStack on …"
        raise client_error("AccessDenied", text)

    here.cfn.delete_stack = refuse
    with pytest.raises(DeniedError, match="you may not delete the stack wms-connector-branch-1"):
        here.run()


def test_another_fault_of_aws_is_not_taken_for_a_missing_stack(here: Here) -> None:
    aws = aws_of(cloudformation=Calls(describe_stacks=client_error("ValidationError", "odd")))
    with pytest.raises(AwsError, match="odd"):
        look(aws, NAMES)
    assert look(aws_of(cloudformation=Calls(describe_stacks={"Stacks": []})), NAMES).stacks == ()
