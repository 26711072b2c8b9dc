"""Events of AWS's own services, which the emulator neither sends nor lets anybody send.

A stack tells of its resources, as CloudFormation does; the tests send what others would. And a
schedule's turn comes at its second.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from ministack.services import eventbridge
from ministack.services.cloudformation import stacks

_put_events = eventbridge._put_events


def install() -> None:
    """Put ours in the place of the emulator's."""
    eventbridge._SCHEDULER_TICK_INTERVAL = 1
    eventbridge._put_events = partial(_put_events, allow_aws_source=True)
    told = stacks._add_event

    def tell(
        stack: str, name: str, resource: str, kind: str, status: str, *rest: Any, **more: Any
    ) -> None:
        told(stack, name, resource, kind, status, *rest, **more)
        _resource_changed(stack, resource, kind, status)

    stacks._add_event = tell


def _resource_changed(stack: str, resource: str, kind: str, status: str) -> None:
    """Send CloudFormation's event ("CloudFormation events detail reference")."""
    detail = {
        "stack-id": stack,
        "logical-resource-id": resource,
        "status-details": {"status": status},
        "resource-type": kind,
    }
    event = {
        "Source": "aws.cloudformation",
        "DetailType": "CloudFormation Resource Status Change",
        "Detail": json.dumps(detail),
        "Resources": [stack],
    }
    eventbridge._put_events({"Entries": [event]})
