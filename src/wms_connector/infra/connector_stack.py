"""The stack `wms-connector-<slug>`: a stage's workers, its topics, and its connectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, Stack

from wms_connector.infra.constructs.alarms import Alarms
from wms_connector.infra.constructs.dashboard import Dashboard
from wms_connector.infra.constructs.ecs_events import EcsEvents
from wms_connector.infra.constructs.function_settings import CONTROL
from wms_connector.infra.constructs.functions import Functions
from wms_connector.infra.constructs.health import HealthCheck
from wms_connector.infra.constructs.ledger import Ledger
from wms_connector.infra.constructs.log_metrics import LogMetrics
from wms_connector.infra.constructs.logs import Logs
from wms_connector.infra.constructs.network import Network
from wms_connector.infra.constructs.registration import Registration
from wms_connector.infra.constructs.rotation import Rotation
from wms_connector.infra.constructs.topics import Topics
from wms_connector.infra.constructs.workers import Workers
from wms_connector.infra.policies import has_dashboard

if TYPE_CHECKING:
    from aws_cdk import CustomResource
    from constructs import Construct

    from wms_connector.infra.context import Options
    from wms_connector.infra.inputs import StageInputs


class ConnectorStack(Stack):
    """Made in this order, and deleted in the reverse one.

    Network, roles, logs and ledger; the topics; the workers; the connectors; what watches them. So
    when the topics are deleted the workers are gone, and what the deletion needs is still there.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        inputs: StageInputs,
        options: Options,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id_, **kwargs)
        network = Network(self, "Network", inputs=inputs)
        logs = Logs(self, "Logs", inputs=inputs)
        ledger = Ledger(self, "LedgerTable", inputs=inputs)
        functions = Functions(
            self, "Functions", inputs=inputs, options=options, network=network, logs=logs
        )
        framework_log = logs.group("Framework", f"/aws/lambda/{id_}-framework")
        base = (network, logs, ledger, functions)
        topics = Topics(
            self,
            "Topics",
            inputs=inputs,
            functions=functions,
            log_group=framework_log,
            outlived_by=base,
        )
        workers = Workers(
            self,
            "Workers",
            inputs=inputs,
            network=network,
            log_group=logs.workers,
            metrics_log=logs.metrics,
        )
        workers.service.node.add_dependency(topics)
        registration = Registration(
            self,
            "Registration",
            inputs=inputs,
            functions=functions,
            log_group=framework_log,
            outlived_by=(*base, workers),
        )
        self._watch(inputs, functions, logs, workers, registration.resource)
        for name, value in {
            "Stage": inputs.stage.name,
            "Cluster": workers.cluster.cluster_name,
            "Service": workers.service.service_name,
            "ControlFunction": functions.of(CONTROL).function_name,
            "LogGroup": logs.workers.log_group_name,
            "Ledger": ledger.table_name,
            "Vpc": inputs.vpc.id,
            "WorkersSecurityGroup": network.workers.security_group_id,
            "FunctionsSecurityGroup": network.functions.security_group_id,
        }.items():
            CfnOutput(self, name, value=value)

    def _watch(
        self,
        inputs: StageInputs,
        functions: Functions,
        logs: Logs,
        workers: Workers,
        registration: CustomResource,
    ) -> None:
        """Add what looks after the stage.

        It begins last and ends first: it would miss what is not there yet, and restart what is just
        being deleted.
        """
        after = (registration,)
        common: dict[str, Any] = {"inputs": inputs, "functions": functions, "after": after}
        HealthCheck(self, "Health", registration=registration, **common)
        LogMetrics(self, "LogMetrics", inputs=inputs, log_group=logs.workers)
        EcsEvents(self, "EcsEvents", **common)
        Rotation(self, "Rotation", **common)
        alarms = Alarms(self, "Alarms", **common)
        if has_dashboard(inputs.pipeline, inputs.stage):
            Dashboard(
                self,
                "Dashboard",
                inputs=inputs,
                functions=functions,
                logs=logs,
                service=workers.service,
                alarms=alarms.mailing,
            )
