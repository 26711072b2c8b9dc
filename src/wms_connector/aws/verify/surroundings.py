"""Findings about what is not ours: the brokers' own rules, and who hears of alerts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms_connector.aws.control import ReachReport
from wms_connector.aws.verify.brokers import admits
from wms_connector.aws.verify.facts import Unseen
from wms_connector.aws.verify.finding import Finding, Level, unseen
from wms_connector.model.emails import normalized

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wms_connector.aws.verify.facts import AlertFacts, IngressFacts, Observation
    from wms_connector.model.names import Names


def brokers(seen: Observation, names: Names) -> Iterator[Finding]:
    """Judge whether the brokers let us in, and say how that was found out."""
    facts = seen.brokers
    if isinstance(facts, Unseen):
        yield unseen("brokers", "ingress", facts)
    elif isinstance(facts, ReachReport):
        yield from _reached(facts)
    else:
        yield from _admitted(facts, names)


def _reached(report: ReachReport) -> Iterator[Finding]:
    how = "TCP tried from the functions' subnets"
    for tried in report.tried:
        area = "brokers" if tried.kind == "broker" else "database"
        subject = f"{tried.what}, port {tried.port}"
        if tried.reached:
            yield Finding(area, subject, Level.OK, f"can be reached ({how})")
        else:
            yield Finding(
                area, subject, Level.FAIL, f"cannot be reached: {tried.reason} ({how})",
                f"Let the subnets in at the {tried.kind}'s own firewall or security group",
            )  # fmt: skip


def _admitted(facts: IngressFacts, names: Names) -> Iterator[Finding]:
    groups = ", ".join(facts.groups)
    for comer in facts.wanted:
        subject = f"{comer.what} -> port {facts.port}"
        if admits(facts, comer):
            yield Finding("brokers", subject, Level.OK, f"a rule of {groups} admits them")
            continue
        lists = sorted({rule.source for rule in facts.rules if rule.source.startswith("pl-")})
        perhaps = f"; not looked into: {', '.join(lists)}" if lists else ""
        yield Finding(
            "brokers", subject, Level.WARN if lists else Level.FAIL,
            f"no rule of {groups} admits the group {comer.group} or all of its subnets{perhaps}",
            f"Add to {facts.groups[0]} a rule for TCP {facts.port} from {comer.group} "
            f"(the {comer.what} of {names.connector_stack})",
        )  # fmt: skip


def alerts(seen: Observation, names: Names) -> Iterator[Finding]:
    """Judge who hears of alerts."""
    facts = seen.alerts
    if isinstance(facts, Unseen):
        yield unseen("alerts", names.alerts_topic, facts)
        return
    confirmed = {normalized(found.endpoint) for found in facts.subscriptions if found.confirmed}
    waiting = {normalized(found.endpoint) for found in facts.subscriptions} - confirmed
    for address in sorted(confirmed):
        yield Finding("alerts", address, Level.OK, "subscribed and confirmed")
    for address in sorted(waiting):
        yield Finding(
            "alerts", address, Level.WARN, "has not confirmed, and hears of nothing",
            "Let them follow the link in AWS's mail (it is valid for two days)",
        )  # fmt: skip
    yield from _wanted(facts, confirmed | waiting, names)
    if not confirmed:
        yield Finding(
            "alerts", names.alerts_topic,
            # Of a branch's environment nobody need hear; of a named stage somebody must.
            Level.FAIL if names.stage.is_named else Level.WARN,
            "nobody hears of alerts",
            "Confirm a subscription" if waiting else "Write addresses into alertEmails, and deploy",
        )  # fmt: skip


def _wanted(facts: AlertFacts, subscribed: set[str], names: Names) -> Iterator[Finding]:
    deploy = f"Deploy the alerts again: `wms-connector deploy --stage {names.stage}`"
    if facts.wanted is None:
        yield Finding(
            "alerts", "alertEmails", Level.WARN, "there is no such secret",
            'Store {"emails": [...]} and deploy',
        )  # fmt: skip
        return
    wanted = {normalized(address) for address in facts.wanted}
    for address in sorted(wanted - subscribed):
        yield Finding(
            "alerts", address, Level.WARN, "stands in alertEmails and is not subscribed", deploy
        )
    for address in sorted(subscribed - wanted):
        yield Finding(
            "alerts", address, Level.WARN, "is subscribed and does not stand in alertEmails", deploy
        )
    for text in facts.refused:
        yield Finding(
            "alerts", repr(text), Level.WARN, "stands in alertEmails and is no address",
            "Mend the secret, then deploy",
        )  # fmt: skip
