"""The workers' ECS service: how it is, and having all its tasks replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wms_connector.aws.errors import MissingError

if TYPE_CHECKING:
    from wms_connector.aws.session import Aws


def describe_service(aws: Aws, cluster: str, service: str) -> dict[str, Any]:
    """Give ECS's description of a service; raises AwsError, MissingError where there is none."""
    with aws.doing(f"look at the service {service}"):
        answer = aws.client("ecs").describe_services(cluster=cluster, services=[service])
    services: list[dict[str, Any]] = answer["services"]
    if not services or services[0].get("status") == "INACTIVE":
        raise MissingError(
            f"there is no ECS service {service}", hint="Deploy the stage again: it is gone"
        )
    return services[0]


def replace_tasks(aws: Aws, cluster: str, service: str) -> None:
    """Begin to replace a service's tasks by new ones of the same definition; raises AwsError.

    Secrets are read anew by each new task. The service's own settings see to it that the old ones
    stay until the new ones are well.
    """
    with aws.doing(f"replace the tasks of the service {service}"):
        aws.client("ecs").update_service(cluster=cluster, service=service, forceNewDeployment=True)
