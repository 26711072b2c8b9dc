from tests.e2e.support import *
from tests.e2e import support
import time

t0 = time.monotonic()


def say(x):
    print(f"{time.monotonic() - t0:7.1f} {x}", flush=True)


import tests.oracle.recovery.test_kills as K


def kul(runtime, reader, writer, part):
    say("kill " + part)
    runtime.kill(part)
    say("killed")
    runtime.start(part)
    say("started")
    flows(reader, runtime.status())
    say("flows")
    writer.until_written(20)
    say("written")


K.kill_under_load = kul
oa = K.audited


def aud(rt):
    say("audit")
    r = oa(rt)
    say("audited")
    return r


K.audited = aud
from tests.oracle.recovery.test_kills import *
