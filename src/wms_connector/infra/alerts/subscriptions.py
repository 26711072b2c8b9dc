"""Who hears of alerts: one e-mail subscription for each address."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from aws_cdk.aws_sns import CfnSubscription

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk.aws_sns import ITopic
    from constructs import Construct

_DIGITS: Final = 12


def subscribe(scope: Construct, topic: ITopic, addresses: Iterable[str]) -> None:
    """Subscribe each address.

    A subscription's logical id is a digest of its address: another address is another resource,
    so a changed list makes and removes exactly what changed, in whatever order it is written.
    """
    for address in sorted(addresses):
        digest = hashlib.sha256(address.encode()).hexdigest()[:_DIGITS]
        CfnSubscription(
            scope,
            f"Email{digest}",
            topic_arn=topic.topic_arn,
            protocol="email",
            endpoint=address,
        )
