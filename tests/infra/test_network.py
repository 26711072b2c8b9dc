"""Who may connect to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.infra.template import of_type
from tests.infra.variants import ADDRESS, VPC

from wms_connector.model.names import EXPORTER_PORT

if TYPE_CHECKING:
    from tests.infra.conftest import Synthesized

DESCRIPTION = re.compile(r"[A-Za-z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")


def groups(stage: Synthesized) -> dict[str, tuple[str, dict[str, Any]]]:
    """Logical id and properties of each security group, by what it is for."""
    return {
        one["Properties"]["GroupDescription"].split()[0]: (name, one["Properties"])
        for name, one in of_type(stage.connector, "AWS::EC2::SecurityGroup").items()
    }


def between(stage: Synthesized, direction: str, peer: str) -> set[tuple[str, str, int]]:
    """(of which group, to or from which, port) of rules between groups."""
    of = {name: purpose for purpose, (name, _) in groups(stage).items()}
    return {
        (
            of[rule["Properties"]["GroupId"]["Fn::GetAtt"][0]],
            of[rule["Properties"][peer]["Fn::GetAtt"][0]],
            rule["Properties"]["FromPort"],
        )
        for rule in of_type(stage.connector, f"AWS::EC2::SecurityGroup{direction}").values()
    }


def test_there_are_two_groups_in_the_vpc_of_the_secret(each: Synthesized) -> None:
    assert set(groups(each)) == {"Workers", "Functions"}
    assert {properties["VpcId"] for _, properties in groups(each).values()} == {VPC["id"]}


def test_egress_is_database_brokers_and_https(main: Synthesized) -> None:
    for _, properties in groups(main).values():
        rules = {(rule["CidrIp"], rule["FromPort"], rule["ToPort"])
                 for rule in properties["SecurityGroupEgress"]}  # fmt: skip
        assert rules == {
            (f"{ADDRESS}/32", 1521, 1521),
            ("10.0.0.0/8", 9094, 9094),
            ("0.0.0.0/0", 443, 443),
        }
        assert {rule["IpProtocol"] for rule in properties["SecurityGroupEgress"]} == {"tcp"}


def test_a_database_by_its_name_is_reached_in_its_range_on_its_port(branch: Synthesized) -> None:
    for _, properties in groups(branch).values():
        assert ("10.0.0.0/8", 1522) in {
            (rule["CidrIp"], rule["FromPort"]) for rule in properties["SecurityGroupEgress"]
        }


def test_rest_is_for_workers_and_our_functions_and_metrics_for_these(each: Synthesized) -> None:
    assert between(each, "Ingress", "SourceSecurityGroupId") == {
        ("Workers", "Workers", 8083),
        ("Workers", "Functions", 8083),
        ("Workers", "Functions", EXPORTER_PORT),
    }
    assert between(each, "Egress", "DestinationSecurityGroupId") == {
        ("Workers", "Workers", 8083),
        ("Functions", "Workers", 8083),
        ("Functions", "Workers", EXPORTER_PORT),
    }


def test_nobody_else_comes_in(each: Synthesized) -> None:
    assert not any("SecurityGroupIngress" in properties for _, properties in groups(each).values())


def test_nothing_is_public(each: Synthesized) -> None:
    (service,) = of_type(each.connector, "AWS::ECS::Service").values()
    place = service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert place["AssignPublicIp"] == "DISABLED"
    assert place["Subnets"] == VPC["privateSubnets"]
    workers, _ = groups(each)["Workers"]
    assert place["SecurityGroups"] == [{"Fn::GetAtt": [workers, "GroupId"]}]


def test_the_functions_group_stands_until_lambda_has_removed_its_interfaces(
    each: Synthesized,
) -> None:
    group, _ = groups(each)["Functions"]
    (interfaces,) = of_type(each.connector, "AWS::EC2::SecurityGroup")[group]["DependsOn"]
    policy = each.connector["Resources"][interfaces]["Properties"]
    functions = of_type(each.connector, "AWS::Lambda::Function").values()
    in_vpc = {one["Properties"]["Role"]["Fn::GetAtt"][0] for one in functions
              if "VpcConfig" in one["Properties"]}  # fmt: skip
    assert {role["Ref"] for role in policy["Roles"]} == in_vpc
    allowed, denied = policy["PolicyDocument"]["Statement"]
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    assert "lambda:SourceFunctionArn" in denied["Condition"]["ArnEquals"]


def test_rules_are_described_in_characters_that_ec2_takes(each: Synthesized) -> None:
    described = {properties["GroupDescription"] for _, properties in groups(each).values()}
    for _, properties in groups(each).values():
        described |= {rule["Description"] for rule in properties["SecurityGroupEgress"]}
    for direction in ("Ingress", "Egress"):
        rules = of_type(each.connector, f"AWS::EC2::SecurityGroup{direction}").values()
        described |= {rule["Properties"]["Description"] for rule in rules}
    assert {one for one in described if not DESCRIPTION.fullmatch(one)} == set()
