"""Which path in a file or folder was probably meant, where a secret's own is not there."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN: Final = 3
_LIKE: Final = 0.8
"""How alike two names are that differ by a slip: `difflib`'s ratio, 1 for the same."""


def nearby(there: Sequence[str], wanted: Sequence[str], prefix: str, key: str) -> str | None:
    """Give the next step for a secret that is at none of `wanted`, as the names there tell it.

    None where they tell nothing. `wanted` are `<prefix>/<stage>/<key>`, the last one preferred.
    """
    if there and not any(path.startswith(f"{prefix}/") for path in there):
        shown = ", ".join(sorted(there, key=lambda path: path != key)[:_SHOWN])
        return f"The keys there look like {shown}: write {wanted[-1]}"
    for path in wanted:
        for name in there:
            if name != path and _is_slip(name, path, key):
                return f"There is {name}: write {path} if that is meant"
    return None


def _is_slip(name: str, path: str, key: str) -> bool:
    """Whether a name is a path but for a slip in its key, or in what is before it."""
    folder = path.removesuffix(key)
    if name.startswith(folder):
        return _alike(name.removeprefix(folder), key)
    return name.endswith(f"/{key}") and _alike(name.removesuffix(key), folder)


def _alike(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE
