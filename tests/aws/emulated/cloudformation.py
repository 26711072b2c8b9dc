"""Habits of CloudFormation that the emulator does not have.

What a resource depends on is not deleted while that resource could not be. A custom resource whose
creation failed is deleted like the others when the stack rolls back. And a deletion takes a while.
"""

from __future__ import annotations

import time
from typing import Any, Final

from ministack.services import cloudformation as service
from ministack.services.cloudformation import custom_resource, stacks

_delete_resource = stacks._delete_resource
_add_event = stacks._add_event
_invoke = custom_resource.invoke_custom_resource
_deliver = custom_resource.deliver_response

_DELETION_SECONDS: Final = 1.5
"""AWS takes seconds for each deletion, so what is noted in a table can be read for a while."""

_kept: dict[str, dict[str, Any]] = {}
_answers: dict[str, dict[str, Any]] = {}


def install() -> None:
    """Put ours in the place of the emulator's."""
    stacks._delete_resource = _delete_or_keep
    stacks._add_event = _event
    custom_resource.invoke_custom_resource = _invoke_or_take_back
    custom_resource.deliver_response = _delivered


def _delete_or_keep(
    kind: str, physical_id: str, properties: Any, stack_name: str, logical_id: str
) -> None:
    try:
        _delete_resource(kind, physical_id, properties, stack_name, logical_id)
        if kind.startswith("Custom::"):
            time.sleep(_DELETION_SECONDS)
    except Exception:
        stack = service._stacks[stack_name]
        if stack["StackStatus"] == "DELETE_IN_PROGRESS":
            there = stack["_resources"]
            template = stack["_template"]["Resources"]
            needed = stacks._with_dependencies([logical_id], template, set(there)) - {logical_id}
            kept = _kept.setdefault(stack["StackId"], {})
            kept |= {name: there.pop(name) for name in needed}
        raise


def _event(
    stack_id: str, stack_name: str, logical_id: str, kind: str, *rest: Any, **more: Any
) -> None:
    if logical_id == stack_name and (kept := _kept.pop(stack_id, None)):
        service._stacks[stack_name]["_resources"] |= kept
    _add_event(stack_id, stack_name, logical_id, kind, *rest, **more)


def _delivered(token: str, response: dict[str, Any]) -> Any:
    _answers[response.get("LogicalResourceId", "")] = response
    return _deliver(token, response)


def _invoke_or_take_back(
    request: str,
    logical_id: str,
    properties: Any,
    stack_name: str,
    stack_id: str,
    kind: str,
    *rest: Any,
    **more: Any,
) -> Any:
    try:
        return _invoke(request, logical_id, properties, stack_name, stack_id, kind, *rest, **more)
    except RuntimeError:
        if request == "Create":
            made = _answers[logical_id]["PhysicalResourceId"]
            _invoke("Delete", logical_id, properties, stack_name, stack_id, kind, made)
        raise
