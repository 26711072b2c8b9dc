"""Java's ahead-of-time cache: classes loaded, linked and profiled in one run serve the next.

The first run of a program is its training: it records, and writes the cache when it is asked to
end (`-XX:AOTCacheOutput`, JDK 25). Nobody waits for a training before the first start; the first
stop takes some seconds more. A part that is killed writes none, and the next one records again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

from wms_connector.local.java import environment
from wms_connector.model.java import AGENT

if TYPE_CHECKING:
    from wms_connector.local.java import Java, Program

FLAGS: Final = ("-XX:AOTCache=", "-XX:AOTCacheOutput=")
_CHECK_SECONDS: Final = 30
_AGENT_MODULE: Final = '"--add-modules=java.instrument"'
"""What an agent adds to a program as far as a cache goes; the agent itself would open its port."""
_KEPT: Final = 3  # caches of one program: two versions of the product may be in use at once


class Training(BaseModel):
    """A run that records: where Java writes the cache, and where it belongs once it is checked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: str
    target: str


def place(cache: Path, java: Java, program: Program) -> Path:
    """Give the place of a program's cache: another Java, class path or option, another cache."""
    key = json.dumps(
        [
            java.version,
            str(java.launcher),
            platform.machine(),
            program.main,
            [str(path) for path in program.class_path],
            program.java_options(),
        ]
    )
    name = program.main.rpartition(".")[2].lower()
    return cache / "aot" / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:20]}.aot"


def options(cache: Path, training: Training | None) -> list[str]:
    """Give the options that use a cache, or else record one."""
    if cache.is_file():
        return [f"{FLAGS[0]}{cache}"]
    return [f"{FLAGS[1]}{training.output}"] if training else []


def adopt(training: Training, java: Java, arguments: Path) -> bool:
    """Check what a training run has written and put it where the next start finds it.

    `arguments` is the argument file that the training ran with. Tells whether there is a cache
    now; a file that Java does not accept is removed. Never raises: a start without is slower,
    and right.
    """
    output, target = Path(training.output), Path(training.target)
    if not output.is_file():
        return target.is_file()
    try:
        if not _accepted(output, java, arguments):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target first: the cache may be on another file system than the state.
        scratch = target.with_name(f".{target.name}.{output.stat().st_ino}")
        shutil.copyfile(output, scratch)
        scratch.replace(target)
        _prune(target)
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            output.unlink()
            Path(f"{output}.config").unlink(missing_ok=True)
    return True


def _prune(newest: Path) -> None:
    """Remove what earlier versions left: a cache of a program has some 80 MB."""
    program = newest.name.partition("-")[0]
    caches = sorted(newest.parent.glob(f"{program}-*.aot"), key=lambda file: -file.stat().st_mtime)
    for old in caches[_KEPT:]:
        old.unlink(missing_ok=True)


def _accepted(output: Path, java: Java, arguments: Path) -> bool:
    """Ask Java itself: with AOTMode=on it refuses to run with a cache that does not fit."""
    kept = [
        _AGENT_MODULE if line.startswith(f'"{AGENT}') else line
        for line in arguments.read_text(encoding="utf-8").splitlines()
        if not any(flag in line for flag in FLAGS)
    ]
    # All but the main class: `-version` prints and ends.
    trial = arguments.with_name("check.args")
    text = "\n".join([*kept[:-1], f'"{FLAGS[0]}{output}"', '"-XX:AOTMode=on"', "-version"])
    trial.write_text(text, encoding="utf-8")
    try:
        done = subprocess.run(
            [str(java.launcher), f"@{trial}"],
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment({}),
            timeout=_CHECK_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        trial.unlink(missing_ok=True)
    return done.returncode == 0
