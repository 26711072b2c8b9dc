"""The database and the topics: from what was seen to what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.health.observation import UNASKED, Question
from wms_connector.health.part import Part
from wms_connector.health.traces import refuses_sign_in

if TYPE_CHECKING:
    from wms_connector.health.observation import Observation

DATABASE = "database"
"""What findings of the whole database are about."""


def assess_database(seen: Observation) -> Part:
    """Judge whether the database takes connections, and the user.

    Whoever asks the database signs in as the connector does, so a refusal of the check's own
    questions is one of the connector too.
    """
    part = Part()
    if seen.database is None:
        part.cannot_see("database-unreachable")
    refusal = _refusal(seen)
    if not _signed_in(seen):
        part.cannot_see("login-refused")
    if refusal:
        part.find("login-refused", DATABASE, refusal)
    elif seen.database is not None and not seen.database.ok:
        part.find("database-unreachable", DATABASE, seen.database.reason)
    return part


def assess_topics(seen: Observation) -> Part:
    """Judge whether the topics are there."""
    part = Part()
    if seen.topics is None:
        part.cannot_see("topic-missing")
        return part
    for topic in seen.topics:
        if not topic.exists:
            of = f", for {topic.table}" if topic.table else ""
            part.find("topic-missing", topic.name, f"the topic {topic.name}{of}, is not there")
    return part


def _signed_in(seen: Observation) -> bool:
    """Whether nobody has failed to ask the database as the user, for whatever reason."""
    away = seen.database is not None and not seen.database.ok
    flows = [connector.flow for connector in seen.connectors or () if connector.flow is not None]
    unasked = Question.FLOW in seen.unseen or any(UNASKED in flow.unknown for flow in flows)
    return not away and not unasked


def _refusal(seen: Observation) -> str:
    texts = []
    if seen.database is not None and not seen.database.ok:
        texts.append(seen.database.reason)
    texts += [
        reason
        for connector in seen.connectors or ()
        if connector.flow is not None
        for reason in connector.flow.unknown.values()
    ]
    return next((line for line in map(refuses_sign_in, texts) if line), "")
