"""ECS tasks that run: a task definition's essential container, as a process of this machine.

The file EMULATED_TASKS says of each cluster what that container's image is here: a command, and
properties that are of this machine (`plugin.path`, addresses), which follow those that the task
definition gives. Environment and secrets are the task definition's.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ministack.services import ecs
from ministack.services.cloudformation import stacks

if TYPE_CHECKING:
    from collections.abc import Callable

_GRACE: Final = 60.0
"""Seconds in which a stopped task may end by itself."""

_run_task = ecs._run_task
_stop_task = ecs._stop_task
_blocking = stacks._runs_on_worker_thread
_running: dict[str, tuple[str, subprocess.Popen[bytes]]] = {}
_one_at_a_time = threading.RLock()


def install() -> None:
    """Put ours in the place of the emulator's."""
    ecs._run_task = _run
    ecs._stop_task = _stop
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::ECS::Service" or _blocking(kind)


def end_all() -> None:
    """End what runs."""
    for _, process in _running.values():
        process.kill()


def _run(data: dict[str, Any]) -> Any:
    answer = _run_task(data)
    for task in json.loads(answer[2]).get("tasks", []):
        _aside(_start, task["taskArn"], ecs._tasks[task["taskArn"]])
    return answer


def _stop(data: dict[str, Any]) -> Any:
    _aside(_end, str(data["task"]))
    return _stop_task(data)


def _aside(work: Callable[..., None], *arguments: Any) -> None:
    """Do it, and not where all requests are answered: a worker takes seconds to end."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work(*arguments)
    else:
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(work, *arguments), daemon=True).start()


def _start(arn: str, task: dict[str, Any]) -> None:
    cluster = arn.split("/")[1]
    images = json.loads(Path(os.environ["EMULATED_TASKS"]).read_text())
    image = images.get(cluster)
    if image is None:
        return
    definition = ecs._task_defs[task["taskDefinitionArn"].rpartition("/")[2]]
    [container] = [one for one in definition["containerDefinitions"] if one.get("essential", True)]
    environment = _environment(container)
    folder = Path(image["folder"])
    settings = folder / f"{arn.rpartition('/')[2]}.properties"
    own = "".join(f"{key}={value}\n" for key, value in image["properties"].items())
    settings.write_text(environment.pop("WORKER_PROPERTIES") + "\n" + own)
    with _one_at_a_time, (folder / f"{cluster}.log").open("ab") as log:
        # A task has an address of its own; here they share one, so that the former ends first.
        for other, (name, _) in list(_running.items()):
            if name == cluster:
                _end(other)
        process = subprocess.Popen(
            [*image["command"], str(settings)],
            cwd=folder,
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        _running[arn] = (cluster, process)


def _environment(container: dict[str, Any]) -> dict[str, str]:
    plain = {item["name"]: item["value"] for item in container.get("environment", [])}
    secrets = [
        {"name": item["Name"], "valueFrom": item["ValueFrom"]}
        for item in container.get("secrets", [])
    ]
    return {**plain, **ecs._resolve_container_secrets({"secrets": secrets})}


def _end(arn: str) -> None:
    with _one_at_a_time:
        _, process = _running.pop(arn, ("", None))
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        process.kill()
        process.wait()
