"""Handler of the topics' custom resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import CloudFormationCustomResourceEvent

from wms_connector.functions.frame import framed, telling
from wms_connector.functions.topics_resource import TopicsResource

if TYPE_CHECKING:
    from wms_connector.functions.place import Place


def work(event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Do what CloudFormation asks; give the framework's answer."""
    asked = CloudFormationCustomResourceEvent(event)
    resource = TopicsResource(place, told=telling(place))
    match asked.request_type:
        case "Create":
            return resource.create(asked.resource_properties)
        case "Update":
            answer = resource.update(asked.resource_properties)
        case "Delete":
            answer = resource.delete(asked.resource_properties)
    return answer | {"PhysicalResourceId": asked.physical_resource_id}


handler = framed(work)
