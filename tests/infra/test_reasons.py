"""What was acknowledged of the rules' findings: each with a reason of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized

_SENTENCE = 30
"""Characters: less is no reason."""


def _acknowledged(stage: Synthesized) -> list[tuple[str, str, str]]:
    """Construct, finding, reason."""
    found = []
    for file in stage.folder.glob("*.metadata.json"):
        for path, entries in json.loads(file.read_text(encoding="utf-8")).items():
            for entry in entries:
                if entry["type"] == "aws:cdk:acknowledged-rules":
                    found += [(path, rule, reason) for rule, reason in entry["data"].items()]
    return found


def test_every_acknowledged_finding_has_a_reason(each: Synthesized) -> None:
    found = _acknowledged(each)
    assert found
    for path, rule, reason in found:
        assert len(reason) > _SENTENCE, (path, rule, reason)
        assert reason[-1] in ".!", (path, rule, reason)


def test_no_finding_is_acknowledged_for_a_whole_stack(each: Synthesized) -> None:
    """What is said of one construct must not hold for those that come later."""
    stacks = {f"/{stack}" for stack in each.templates}
    assert [entry for entry in _acknowledged(each) if entry[0] in stacks] == []
