"""GitHub workflows as the tests see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"


@dataclass(frozen=True)
class Step:
    """One step, and the job that it stands in."""

    workflow: str
    job: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}, {self.job}: {self.content.get('name')}"


def load(name: str) -> dict[str, Any]:
    """Read a workflow. YAML 1.1 takes the key `on` for true; it gets its name back."""
    found: dict[Any, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    found["on"] = found.pop(True)
    return found


NAMES = sorted(path.stem for path in FOLDER.glob("*.yml"))
WORKFLOWS = {name: load(name) for name in NAMES}
JOBS = {
    f"{name}, {job}": content
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}
STEPS = [
    Step(name, job, step)
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
    for step in content["steps"]
]


def script(workflow: str, job: str, step: str) -> str:
    """Give the shell text of one step."""
    return next(
        found.content["run"]
        for found in STEPS
        if (found.workflow, found.job, found.content["name"]) == (workflow, job, step)
    )
