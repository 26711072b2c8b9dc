"""Starts ministack. Ends with the tests, however those end."""

from __future__ import annotations

import os
import threading
import time

from ministack.app import main
from tests.aws.emulated import alarms, calls, cloudformation, events, lambdas, resources, tasks

for part in (cloudformation, events, lambdas, calls, alarms, resources, tasks):
    part.install()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    tasks.end_all()
    os._exit(1)


threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
try:
    main()
finally:
    tasks.end_all()
