"""What an operator may ask of a deployment's workers, and the form of question and answer.

REST stays private: who may send a configuration can have `${env:…}` resolved into a topic, a log
or an error. So the control function takes a method, a path and a query, never a body. For a call
that needs a configuration it renders the one of its own pipeline, and the caller only says which
one he means, by its digest. The rules below are all that it relays.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field

from wms_connector.aws.canonical import canonical
from wms_connector.aws.checks import Check
from wms_connector.connectors.shape import DatabaseShape
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wms_connector.model.names import Names

PURPOSE: Final = "control"
"""Of the function's name: `names.function(PURPOSE)`."""

TOPICS: Final = "/-/topics"
REACH: Final = "/-/reach"
HEALTH: Final = "/-/health"
DEPLOYMENT: Final = "/-/deployment"
"""Questions to the function itself; a worker knows no such path."""

FORBIDDEN: Final = 403
"""The function's own answer: the call is not one that it relays."""
OTHER_CONFIG: Final = 412
"""The function's own answer: its pipeline renders another configuration than the caller's."""
NOT_SENT: Final = 502
"""The function's own answer: no worker took the call, so nothing was done."""
ANSWER_LOST: Final = 504
"""The function's own answer: the call was sent, and it may have been done."""

FAULT: Final = "FunctionError"
"""Class of what our functions raise: its text is one line that was redacted, so it may be shown."""

Method = Literal["GET", "PUT", "POST", "DELETE"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class ControlRequest(_Value):
    """The payload of the function. There is no body, and there is no place for one.

    `path` is escaped as in a URL. `config_digest` is `digest` of the configuration that the
    caller means, for the calls that need one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    method: Method
    path: str
    query: tuple[tuple[str, str], ...] = ()
    config_digest: str | None = None


class ControlReply(_Value):
    """What the function answers: a worker's answer, redacted, or one of its own.

    Its own have the statuses above (an answer of a worker never has) and a `message`.
    """

    status: int
    body: str = ""
    headers: dict[str, str] = Field(default_factory=lambda: {"content-type": "application/json"})

    @classmethod
    def own(cls, status: int, message: str) -> ControlReply:
        """Give an answer of the function itself."""
        return cls(status=status, body=json.dumps({"message": message}))


class DeploymentReport(_Value):
    """Answer of `/-/deployment`: what the operator's machine has to know to render the same.

    `connectors`: the digest of each connector's configuration, as the packaged pipeline has it.
    `guarantee`: the pipeline's, in words.
    """

    stage: str
    product: str
    version: str
    security: KafkaSecurity
    database: DatabaseShape
    connectors: dict[str, str]
    guarantee: str = ""
    cluster_arn: str | None = None


class TopicReport(_Value):
    """One desired topic. `purpose` is kafka.topics.Purpose; `differences` are sentences.

    `newest_ms` is the timestamp of its newest record in milliseconds since 1970, None when it is
    empty or was not asked for (only data topics are).
    """

    name: str
    purpose: str
    exists: bool
    differences: tuple[str, ...] = ()
    newest_ms: int | None = None


class TopicsReport(_Value):
    """Answer of `/-/topics`."""

    topics: tuple[TopicReport, ...]


class ReachedReport(_Value):
    """One TCP connection that was tried; `reason` says why it failed. `what` is `broker 1` etc."""

    what: str
    kind: Literal["broker", "database"]
    port: int
    reached: bool
    reason: str = ""


class ReachReport(_Value):
    """Answer of `/-/reach`: who can be reached from the functions' subnets."""

    tried: tuple[ReachedReport, ...]


class HealthReport(_Value):
    """Answer of `/-/health`: the last health check; None if there was none yet."""

    check: Check | None = None


def digest(config: Mapping[str, str]) -> str:
    """SHA-256 (hex) of a configuration's canonical JSON.

    Its `name` does not count: Kafka Connect takes it from the path, and adds it by itself.
    """
    counted = {key: value for key, value in config.items() if key != "name"}
    return hashlib.sha256(canonical(counted).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rule:
    """One call that is relayed. `{connector}` is one of the stage's own, `{plugin}` a class.

    `query` are the pairs that may follow. `renders`: it needs a configuration, which the function
    renders. `own`: the function answers it itself.
    """

    method: Method
    pattern: str
    query: frozenset[tuple[str, str]] = frozenset()
    renders: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Allowed:
    """A call that may be relayed, and what its path names (None where it names none)."""

    rule: Rule
    connector: str | None = None
    plugin: str | None = None


def _flags(*keys: str) -> frozenset[tuple[str, str]]:
    return frozenset((key, value) for key in keys for value in ("true", "false"))


RULES: Final = (
    Rule("GET", "/"),
    Rule("GET", "/health"),
    Rule("GET", "/connectors", frozenset({("expand", "info"), ("expand", "status")})),
    Rule("GET", "/connectors/{connector}"),
    Rule("GET", "/connectors/{connector}/config"),
    Rule("GET", "/connectors/{connector}/status"),
    Rule("GET", "/connectors/{connector}/tasks"),
    Rule("GET", "/connectors/{connector}/topics"),
    Rule("GET", "/connectors/{connector}/offsets"),
    Rule("GET", "/connector-plugins", _flags("connectorsOnly")),
    Rule("GET", "/connector-plugins/{plugin}/config"),
    Rule("PUT", "/connector-plugins/{plugin}/config/validate", renders=True),
    Rule("PUT", "/connectors/{connector}/config", renders=True),
    Rule("PUT", "/connectors/{connector}/pause"),
    Rule("PUT", "/connectors/{connector}/resume"),
    Rule("PUT", "/connectors/{connector}/stop"),
    Rule("POST", "/connectors/{connector}/restart", _flags("includeTasks", "onlyFailed")),
    Rule("POST", "/connectors/{connector}/tasks/{task}/restart"),
    Rule("DELETE", "/connectors/{connector}"),
    Rule("DELETE", "/connectors/{connector}/offsets"),
    Rule("GET", TOPICS, own=True),
    Rule("GET", REACH, own=True),
    Rule("GET", HEALTH, own=True),
    Rule("GET", DEPLOYMENT, own=True),
)
"""All that is relayed; no logger, no PATCH, no POST of a connector: those need a caller's body."""

_SEGMENTS: Final = {
    "{connector}": r"(?P<connector>[^/?#]+)",
    "{plugin}": r"(?P<plugin>[A-Za-z0-9_.$]+)",
    "{task}": r"[0-9]{1,4}",
}
# What Kafka Connect's own client refuses too: its web server would take it for something else.
_NO_NAME: Final = re.compile(r"[\x00-\x1f\x7f/\\;%?]")


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", pattern)
    return re.compile("".join(_SEGMENTS.get(part) or re.escape(part) for part in parts))


_PATTERNS: Final = tuple((rule, _compiled(rule.pattern)) for rule in RULES)


def allowed(request: ControlRequest, names: Names) -> Allowed | None:
    """Tell whether a stage's control function relays a call, and by which rule; None if not."""
    for rule, pattern in _PATTERNS:
        if rule.method != request.method or (found := pattern.fullmatch(request.path)) is None:
            continue
        if not rule.query.issuperset(request.query):
            return None
        named: dict[str, Any] = found.groupdict()
        connector = unquote(named["connector"]) if "connector" in named else None
        if connector is not None and (
            _NO_NAME.search(connector) or not names.owns_connector(connector)
        ):
            return None
        return Allowed(rule, connector, named.get("plugin"))
    return None
