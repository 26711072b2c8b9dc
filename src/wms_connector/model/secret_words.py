"""What a secret's form wants, and what is wrong with a secret, in plain words; never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import AliasChoices

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic.fields import FieldInfo

SUBNET: Final = "subnet- and 8 or 17 digits 0-9a-f"
"""A subnet's id: what the elements are of a list whose description speaks of subnets."""


def faults(form: type[BaseModel], error: ValidationError) -> str:
    """Say what is wrong with each key: pydantic's own words speak of its types."""
    found = error.errors(include_url=False, include_input=False)
    # A list whose elements are none is told to be too short as well.
    within = {fault["loc"][0] for fault in found if len(fault["loc"]) > 1}
    return "; ".join(
        _fault(form, fault["loc"], fault["type"])
        for fault in found
        if len(fault["loc"]) > 1 or fault["loc"][0] not in within
    )


def expected(form: type[BaseModel]) -> str:
    """Say which keys a form has; those that may be missing stand in brackets."""
    keys = []
    for field in form.model_fields.values():
        shown = " or ".join(_spelled(form, field))
        shown += f" ({field.description})" if field.description else ""
        keys.append(shown if field.is_required() else f"[{shown}]")
    return f"an object with the keys {', '.join(keys)}"


def _fault(form: type[BaseModel], where: tuple[int | str, ...], kind: str) -> str:
    field = next(f for f in form.model_fields.values() if where[0] in _spelled(form, f))
    if kind == "missing":
        return f"{' or '.join(_spelled(form, field))}: missing"
    name = ".".join(str(part) for part in where)
    return f"{name}: not {_element(field) if len(where) > 1 else field.description or 'a text'}"


def _element(field: FieldInfo) -> str:
    return SUBNET if "subnet" in str(field.description) else "a text"


def _spelled(form: type[BaseModel], field: FieldInfo) -> list[str]:
    """Give the names that a key may have in a secret."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices]
    return (
        [alias]
        if isinstance(alias, str)
        else [name for name, known in form.model_fields.items() if known is field]
    )
