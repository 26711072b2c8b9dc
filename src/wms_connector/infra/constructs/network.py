"""The network that is there already, and who may connect to whom in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from wms_connector.infra.constructs.egress import egress
from wms_connector.infra.validation import acknowledge
from wms_connector.model.names import EXPORTER_PORT, REST_PORT

if TYPE_CHECKING:
    from wms_connector.infra.inputs import StageInputs


class Network(Construct):
    """VPC and private subnets of the stage's secret; one security group for workers, one for ours.

    Nothing may be reached but what `egress` names and the workers' REST interface, and nobody comes
    in but the stage's own workers and functions, to that interface, and functions to the port on
    which a worker tells its metrics.
    """

    def __init__(self, scope: Construct, id_: str, *, inputs: StageInputs) -> None:
        super().__init__(scope, id_)
        # By attributes, not looked up: a look-up needs the account while synthesizing. The zones
        # are never asked for, because the subnets are always named.
        self.vpc = ec2.Vpc.from_vpc_attributes(
            self, "Vpc", vpc_id=inputs.vpc.id, availability_zones=["named-by-subnets"]
        )
        self.subnets = ec2.SubnetSelection(
            subnets=[
                ec2.Subnet.from_subnet_id(self, f"Subnet{number}", subnet)
                for number, subnet in enumerate(dict.fromkeys(inputs.vpc.private_subnets), start=1)
            ]
        )
        acknowledge(
            self,
            {
                "Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId": "Routes are the account's; "
                "nothing here asks for them."
            },
        )
        name = inputs.names.connector_stack
        self.workers = self._group("Workers", f"Workers of {name}", inputs)
        self.functions = self._group("Functions", f"Functions of {name}", inputs)
        rest = ec2.Port.tcp(REST_PORT)
        # Workers hand calls on to their leader.
        among = "REST among the workers"
        self.workers.add_ingress_rule(self.workers, rest, among)
        self.workers.add_egress_rule(self.workers, rest, among)
        self.workers.connections.allow_from(self.functions, rest, "REST from our functions")
        figures = ec2.Port.tcp(EXPORTER_PORT)
        self.workers.connections.allow_from(self.functions, figures, "Metrics to our functions")

    def _group(self, id_: str, description: str, inputs: StageInputs) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self, id_, vpc=self.vpc, description=description, allow_all_outbound=False
        )
        for rule in egress(inputs):
            peer = ec2.Peer.ipv6 if ":" in rule.cidr else ec2.Peer.ipv4
            group.add_egress_rule(peer(rule.cidr), ec2.Port.tcp(rule.port), rule.what)
        return group
