"""Handlers of the registration's custom resource: the event, and the looks that follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import CloudFormationCustomResourceEvent

from wms_connector.functions.frame import framed, telling
from wms_connector.functions.registration_resource import STARTED, RegistrationResource

if TYPE_CHECKING:
    from wms_connector.functions.place import Place


def begin(event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Answer CloudFormation's event; only a deletion is carried out here."""
    asked = CloudFormationCustomResourceEvent(event)
    resource = RegistrationResource(place, told=telling(place))
    match asked.request_type:
        case "Create":
            return resource.begin(asked.resource_properties)
        case "Update":
            answer = resource.begin(asked.resource_properties)
            return answer | {"PhysicalResourceId": asked.physical_resource_id}
        case "Delete":
            resource.delete()
            return {"PhysicalResourceId": asked.physical_resource_id}


def look(event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Tell the framework whether the connectors run; it asks again until they do."""
    asked = CloudFormationCustomResourceEvent(event)
    if asked.request_type == "Delete":
        return {"IsComplete": True}
    data = asked.get("Data") or {}
    return RegistrationResource(place, told=telling(place)).look(
        asked.resource_properties,
        request=asked.request_id,
        started=float(data.get(STARTED) or place.clock()),
    )


on_event = framed(begin)
is_complete = framed(look)
