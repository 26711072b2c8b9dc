"""What a change does to each kind of stage, for whoever reviews it.

`WMS_CONNECTOR_UPDATE_GOLDEN=1 pytest tests/infra/test_snapshot.py` writes the snapshot anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized

FOLDER = Path(__file__).parent / "snapshot"
UPDATE = os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN") == "1"
# Of the bootstrap stack: the CDK's own, the same in every template.
_THE_CDKS = ("Parameters", "Rules")


class _Plain(yaml.SafeDumper):
    """Without anchors: each place says all of it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(template: dict[str, Any]) -> str:
    """A template without what tells a reviewer nothing: digests of packages, the CDK's rules."""
    own = {key: value for key, value in template.items() if key not in _THE_CDKS}
    text: str = yaml.dump(own, Dumper=_Plain, sort_keys=False, default_flow_style=None, width=100)
    return re.sub(r"\b[0-9a-f]{64}\b", "<digest>", text)


@pytest.mark.parametrize("part", ["alerts", "connector"])
def test_the_template_is_the_reviewed_one(each: Synthesized, part: str) -> None:
    file = FOLDER / f"{each.inputs.stage.kind}-{each.inputs.security}" / f"{part}.yaml"
    text = _text(getattr(each, part))
    if UPDATE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.is_file(), f"{file} is missing: set WMS_CONNECTOR_UPDATE_GOLDEN=1 to write it"
    assert text == file.read_text(encoding="utf-8"), (
        f"{file.name} differs: if that is meant, set WMS_CONNECTOR_UPDATE_GOLDEN=1 and review it"
    )
