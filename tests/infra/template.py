"""Reading a template as CloudFormation would: references, what depends on what, policies."""

from __future__ import annotations

import re
from typing import Any


def text(value: Any) -> str:
    """A value with its references spelled `${Id}`; pseudo parameters without the `AWS::`."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    match function:
        case "Fn::Join":
            return str(argument[0]).join(text(part) for part in argument[1])
        case "Fn::GetAtt":
            return f"${{{'.'.join(argument)}}}"
        case _:
            return f"${{{str(argument).removeprefix('AWS::')}}}"


def named(resources: dict[str, dict[str, Any]], part: str) -> str:
    """The one logical id that begins so."""
    (found,) = [name for name in resources if re.fullmatch(f"{part}[0-9A-F]{{8}}", name)]
    return found


def of_type(template: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    """The template's resources of a type."""
    resources: dict[str, dict[str, Any]] = template["Resources"]
    return {name: one for name, one in resources.items() if one["Type"] == type_}


def outlives(template: dict[str, Any], name: str) -> set[str]:
    """All that is deleted after a resource: what it depends on, however far away."""
    resources, seen, todo = template["Resources"], set[str](), [name]
    while todo:
        resource = resources[todo.pop()]
        explicit = resource.get("DependsOn", [])
        found = {
            *([explicit] if isinstance(explicit, str) else explicit),
            *_references(resource.get("Properties", {})),
        }
        new = (found & set(resources)) - seen
        seen |= new
        todo += new
    return seen


def statements(template: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """All statements of the policies of a role, by its logical id."""
    found = []
    for policy in of_type(template, "AWS::IAM::Policy").values():
        if {"Ref": role} in policy["Properties"]["Roles"]:
            found += policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def actions(statement: dict[str, Any]) -> list[str]:
    """A statement's actions."""
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


def resources(statement: dict[str, Any]) -> list[str]:
    """A statement's resources, as texts."""
    resource = statement["Resource"]
    return [text(one) for one in (resource if isinstance(resource, list) else [resource])]


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return {value["Ref"]}
        if set(value) == {"Fn::GetAtt"}:
            return {value["Fn::GetAtt"][0]}
        return set().union(*(_references(one) for one in value.values()))
    if isinstance(value, list):
        return set().union(*(_references(one) for one in value))
    return set()
