"""Findings about what the workers do: connectors, and the topics that they fill. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.aws.verify.facts import Unseen
from wms_connector.aws.verify.finding import Finding, Level, unseen
from wms_connector.model.ages import age

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.aws.verify.facts import ConnectorFacts, Observation
    from wms_connector.model.names import Names


def connectors(seen: Observation, names: Names) -> Iterator[Finding]:
    """Judge each connector that is desired or there."""
    desired, actual = seen.deployment, seen.connectors
    if isinstance(actual, Unseen):
        yield unseen("connector", names.connector, actual)
        return
    if isinstance(desired, Unseen):
        yield unseen("deployment", names.connector_stack, desired)
        wanted: dict[str, str] = {}
    else:
        wanted = desired.connectors
    apply = f"`wms-connector apply --stage {names.stage}`"
    for name in sorted({*wanted, *actual}):
        if name not in actual:
            yield Finding(
                "connector", name, Level.FAIL, "is not registered", f"Register it: {apply}"
            )
        elif name not in wanted and not isinstance(desired, Unseen):
            yield Finding(
                "connector", name, Level.WARN,
                f"{actual[name].summary}; the deployed pipeline does not name it",
                f"See what would be done with it: `wms-connector plan --stage {names.stage}`",
            )  # fmt: skip
        else:
            yield _connector(name, actual[name], wanted.get(name), names)


def _connector(name: str, facts: ConnectorFacts, wanted: str | None, names: Names) -> Finding:
    stage = names.stage
    if facts.is_held:
        return Finding(
            "connector", name, Level.FAIL, f"{facts.summary}: it reads nothing",
            f"Let it go on: `wms-connector resume --stage {stage}`",
        )  # fmt: skip
    if not facts.is_running:
        why = f" ({' <- '.join(facts.causes)})" if facts.causes else ""
        return Finding(
            "connector", name, Level.FAIL, facts.summary + why,
            f"Mend the cause, then `wms-connector restart --stage {stage}`; "
            f"`wms-connector status --stage {stage}` explains it",
        )  # fmt: skip
    if wanted is not None and facts.digest != wanted:
        return Finding(
            "connector", name, Level.WARN,
            f"{facts.summary}; its configuration is not that of the deployed pipeline",
            f"See the difference: `wms-connector plan --stage {stage}`",
        )  # fmt: skip
    return Finding("connector", name, Level.OK, facts.summary)


def topics(seen: Observation, names: Names) -> Iterator[Finding]:
    """Judge each desired topic."""
    facts = seen.topics
    if isinstance(facts, Unseen):
        yield unseen("topic", "all", facts)
        return
    for topic in facts.topics:
        if not topic.exists:
            yield Finding(
                "topic", topic.name, Level.FAIL, f"is not there ({topic.purpose})",
                f"Find out who deleted it, then deploy: wms-connector deploy --stage {names.stage}",
            )  # fmt: skip
            continue
        told = ["as desired"] if not topic.differences else list(topic.differences)
        level = Level.WARN if topic.differences else Level.OK
        step = "The next deployment changes what it may; the rest is left as it is"
        if topic.purpose == "data":
            told.append(
                "no event yet"
                if topic.newest_ms is None
                else f"newest event {age(seen.now - topic.newest_ms / 1000)} old"
            )
        yield Finding(
            "topic", topic.name, level, "; ".join(told), step if topic.differences else ""
        )
