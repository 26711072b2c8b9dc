"""The app: a stage's two stacks, and what holds for all that is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import App, Aspects, Environment

from wms_connector.infra.account import QUALIFIER
from wms_connector.infra.alerts_stack import AlertsStack
from wms_connector.infra.aspects import RolePath
from wms_connector.infra.connector_stack import ConnectorStack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import StageInputs

_QUALIFIER: Final = "@aws-cdk/core:bootstrapQualifier"
_BOUNDARY: Final = "@aws-cdk/core:permissionsBoundary"


def build(
    inputs: StageInputs,
    options: Options,
    *,
    account: str | None = None,
    region: str | None = None,
    outdir: Path | None = None,
    context: Mapping[str, Any] | None = None,
) -> App:
    """Make the app of a stage; `synth()` of what is returned writes its assembly.

    Alerts come first: what publishes to their topic finds it there, and one command deploys both.
    """
    app = App(
        analytics_reporting=False,
        outdir=str(outdir) if outdir else None,
        # Not a synthesizer of ours: each stack gets a copy of that, which Python would not see.
        context={**(context or {}), _QUALIFIER: QUALIFIER, **_boundary(inputs.boundary)},
    )
    if inputs.role_path is not None:
        Aspects.of(app).add(RolePath(inputs.role_path))
    stage = inputs.stage
    common: dict[str, Any] = {
        "env": Environment(account=account, region=region),
        "tags": {"product": inputs.pipeline.product, "stage": stage.name},
        # A named stage is never deleted by mistake: this has to be switched off by hand first.
        "termination_protection": stage.is_named,
    }
    alerts = AlertsStack(
        app,
        inputs.names.alerts_stack,
        inputs=inputs,
        description=f"Alerts of stage {stage} of {inputs.pipeline.product}",
        **common,
    )
    connector = ConnectorStack(
        app,
        inputs.names.connector_stack,
        inputs=inputs,
        options=options,
        description=f"Changes out of Oracle into Kafka: stage {stage} of {inputs.pipeline.product}",
        **common,
    )
    connector.add_stack_dependency(alerts, "alarms and the mail function publish to its topic")
    return app


def _boundary(policy: str | None) -> dict[str, Any]:
    if policy is None:
        return {}
    return {_BOUNDARY: {"arn" if policy.startswith("arn:") else "name": policy}}
