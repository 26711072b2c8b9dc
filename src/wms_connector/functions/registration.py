"""Handlers of the registration's custom resource: the event, and the looks that follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.utilities.data_classes import CloudFormationCustomResourceEvent

from wms_connector.aws.properties import connectors_of
from wms_connector.functions.frame import framed, telling

if TYPE_CHECKING:
    from wms_connector.functions.place import Place

STARTED: Final = "Started"
"""In the answer's Data: when the registration began, seconds since 1970."""


def begin(event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Answer CloudFormation's event; only a deletion is carried out here.

    The physical id never changes: a change would be a deletion.
    """
    asked = CloudFormationCustomResourceEvent(event)
    if asked.request_type == "Delete":
        from wms_connector.functions.registration_resource import RegistrationResource

        RegistrationResource(place, told=telling(place)).delete()
        return {"PhysicalResourceId": asked.physical_resource_id}
    connectors_of(asked.resource_properties)  # what cannot be read fails at once
    return {
        "PhysicalResourceId": asked.physical_resource_id
        or f"{place.names.connector_stack}-registration",
        "Data": {STARTED: str(int(place.clock()))},
    }


def look(event: dict[str, Any], place: Place) -> dict[str, Any]:
    """Tell the framework whether the connectors run; it asks again until they do."""
    asked = CloudFormationCustomResourceEvent(event)
    if asked.request_type == "Delete":
        return {"IsComplete": True}
    from wms_connector.functions.registration_resource import RegistrationResource

    data = asked.get("Data") or {}
    return RegistrationResource(place, told=telling(place)).look(
        asked.resource_properties,
        asked.old_resource_properties,
        request=asked.request_id,
        started=float(data.get(STARTED) or place.clock()),
    )


on_event = framed(begin)
is_complete = framed(look)
