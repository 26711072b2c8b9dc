"""docs/runbook.md is the code's, and speaks of every finding; docs/health.md lists them."""

from __future__ import annotations

import os
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

from wms_connector.cli.main import COMMANDS
from wms_connector.health.findings import KINDS
from wms_connector.health.guides import guides
from wms_connector.health.runbook import page

if TYPE_CHECKING:
    import pytest

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_the_code_s() -> None:
    text = page(KINDS)
    if os.environ.get("WMS_CONNECTOR_UPDATE_GOLDEN"):
        (DOCS / "runbook.md").write_text(text, encoding="utf-8")
    assert (DOCS / "runbook.md").read_text(encoding="utf-8") == text, (
        "set WMS_CONNECTOR_UPDATE_GOLDEN=1"
    )


def test_the_page_is_printed_by_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("wms_connector.health", run_name="__main__")
    assert capsys.readouterr().out == page(KINDS)


def test_every_kind_has_one_section_with_all_that_a_person_needs() -> None:
    sections = dict(
        re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## |\Z)", page(KINDS), re.MULTILINE | re.DOTALL)
    )
    assert list(sections) == [kind.id for kind in KINDS]
    assert set(guides()) == set(sections)
    for kind in KINDS:
        text = " ".join(sections[kind.id].split())
        assert kind.title in text
        assert " ".join(kind.cause.split()) in text
        assert " ".join(kind.step.split()) in text
        for part in ("Where to look: -", "What to do: 1.", "By itself:"):
            assert part in text, (kind.id, part)
        if kind.metric is not None:
            assert f"`<stack>-{kind.alarm}` on `{kind.metric.name}`" in text


def test_links_lead_somewhere() -> None:
    for name in ("runbook.md", "health.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+\.md)", text):
            assert (DOCS / target).exists(), target
        anchors = set(re.findall(r"^## (.*)$", (DOCS / "runbook.md").read_text(), re.MULTILINE))
        for anchor in re.findall(r"\]\((?:runbook\.md)?#([a-z-]+)\)", text):
            assert anchor in anchors, anchor


def test_health_md_lists_every_finding() -> None:
    text = (DOCS / "health.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[([a-z-]+)\]\(runbook\.md#([a-z-]+)\) \|", text, re.MULTILINE)
    assert rows == [(kind.id, kind.id) for kind in KINDS]


def test_commands_that_it_names_are_there() -> None:
    text = page(KINDS) + (DOCS / "health.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`wms-connector ([a-z]+)", text)) <= set(COMMANDS)
