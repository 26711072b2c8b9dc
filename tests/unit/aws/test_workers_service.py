from __future__ import annotations

import pytest
from tests.unit.aws.fakes import Calls, aws_of, client_error

from wms_connector.aws.errors import DeniedError, MissingError
from wms_connector.aws.workers_service import describe_service, replace_tasks


def test_a_service_is_described() -> None:
    ecs = Calls(describe_services={"services": [{"status": "ACTIVE", "desiredCount": 2}]})
    assert describe_service(aws_of(ecs=ecs), "c", "s")["desiredCount"] == 2
    assert ecs.asked == [("describe_services", {"cluster": "c", "services": ["s"]})]


@pytest.mark.parametrize("services", [[], [{"status": "INACTIVE"}]])
def test_a_service_that_is_gone_is_missing(services: list[dict[str, str]]) -> None:
    ecs = Calls(describe_services={"services": services})
    with pytest.raises(MissingError, match="no ECS service s"):
        describe_service(aws_of(ecs=ecs), "c", "s")


def test_tasks_are_replaced_by_new_ones_of_the_same_definition() -> None:
    ecs = Calls(update_service={})
    replace_tasks(aws_of(ecs=ecs), "c", "s")
    asked = {"cluster": "c", "service": "s", "forceNewDeployment": True}
    assert ecs.asked == [("update_service", asked)]
    with pytest.raises(DeniedError, match="replace the tasks of the service s"):
        replace_tasks(aws_of(ecs=Calls(update_service=client_error("AccessDenied"))), "c", "s")
