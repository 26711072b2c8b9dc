"""Programs that are run to their end and asked for what they say."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from wms_connector.local.java import environment

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(
    command: Sequence[str], *, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program without input, and with as little of our environment as any child has.

    Its status is the caller's to judge. Raises OSError if it cannot be started and
    subprocess.TimeoutExpired if it takes longer than `seconds`.
    """
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment({}),
        timeout=seconds,
    )
