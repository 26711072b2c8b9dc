"""What a judgement needs of the looks before it. `assess` gives the next one; JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads it

from pydantic import Field

from wms_connector.health.observation import Value


class Mark(Value):
    """Something that was seen in `count` looks in a row, from `first` to `last`.

    Looks that lie closer together than the policy's spacing count once. `evidence` is what was
    seen last.
    """

    count: int
    first: float
    last: float
    evidence: str = ""


class Stand(Value):
    """Offsets that have not moved since `since`, and what the source stood at then.

    `moved` is when the source was first seen to have moved since. Long texts are kept as a digest.
    """

    offset: str
    since: float
    source: str | None = None
    moved: float | None = None


class History(Value):
    """`seen` by the key of a finding (`Finding.key`); `stands` by connector.

    `seen` holds soft states that are not a finding yet as well.
    """

    seen: Mapping[str, Mark] = Field(default_factory=dict)
    stands: Mapping[str, Stand] = Field(default_factory=dict)
