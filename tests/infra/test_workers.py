"""The workers' service and its tasks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra.template import actions, of_type, resources, statements, text
from tests.infra.variants import BRANCH

from wms_connector.health.agent import agent_config, prometheus_config
from wms_connector.infra.constructs.agent import WANTED_MIB, memory
from wms_connector.infra.image import ImageSource, file
from wms_connector.model.sizing import Sizing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.infra.conftest import Synthesized


def task(stage: Synthesized) -> dict[str, Any]:
    (definition,) = of_type(stage.connector, "AWS::ECS::TaskDefinition").values()
    properties: dict[str, Any] = definition["Properties"]
    return properties


def container(stage: Synthesized, name: str = "connect") -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        one["Name"]: one for one in task(stage)["ContainerDefinitions"]
    }
    assert set(found) == {"connect", "agent"}
    return found[name]


def service(stage: Synthesized) -> dict[str, Any]:
    (found,) = of_type(stage.connector, "AWS::ECS::Service").values()
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_size_and_heap_are_the_pipeline_files(each: Synthesized) -> None:
    sizing = each.inputs.pipeline.sizing(each.inputs.stage)
    assert (task(each)["Cpu"], task(each)["Memory"]) == (str(sizing.cpu), str(sizing.memory))
    assert container(each)["Cpu"] == sizing.container_cpu
    assert container(each)["Memory"] == sizing.container_memory
    environment = {one["Name"]: one["Value"] for one in container(each)["Environment"]}
    assert environment["HEAP_MIB"] == str(sizing.heap_mib)
    assert 0.55 < sizing.heap_mib / sizing.container_memory < 0.66
    assert service(each)["DesiredCount"] == sizing.workers


def test_architecture_and_platform_are_said(each: Synthesized) -> None:
    assert task(each)["RuntimePlatform"] == {
        "CpuArchitecture": "X86_64",
        "OperatingSystemFamily": "LINUX",
    }
    assert service(each)["PlatformVersion"] == "1.4.0"


def test_a_deployment_hands_over_and_goes_back_if_it_fails(each: Synthesized) -> None:
    configuration = service(each)["DeploymentConfiguration"]
    assert configuration["MinimumHealthyPercent"] == 100
    assert configuration["MaximumPercent"] == 200
    assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_a_worker_is_asked_without_a_jvm_and_may_be_silent_for_minutes(each: Synthesized) -> None:
    health = container(each)["HealthCheck"]
    assert health["Command"][0] == "CMD"
    assert "java" not in " ".join(health["Command"])
    # From the first silence to the last: longer than an outage of the brokers may be.
    assert health["Interval"] * (health["Retries"] - 1) > 300
    # What ECS allows.
    assert health["Retries"] <= 10
    assert 5 <= health["Interval"] <= 300
    assert 120 <= health["StartPeriod"] <= 300


def test_it_has_time_to_stop(each: Synthesized) -> None:
    # Its tasks have 10 s, its clients 30 s; Fargate's longest is 120 s.
    assert 60 <= container(each)["StopTimeout"] <= 120


def test_its_root_is_read_only_and_its_user_nobody(each: Synthesized) -> None:
    assert container(each)["ReadonlyRootFilesystem"] is True
    assert container(each)["User"].split(":")[0] not in {"", "0", "root"}
    mounted = {one["ContainerPath"] for one in container(each)["MountPoints"]}
    asked = each.inputs.pipeline.settings(each.inputs.stage).ecs_exec
    assert mounted == {"/tmp", *(("/var/lib/amazon", "/var/log/amazon") if asked else ())}
    assert not container(each).get("Privileged")


def test_a_shell_is_there_only_if_asked_for(assemblies: Mapping[str, Synthesized]) -> None:
    for stage in assemblies.values():
        asked = stage.inputs.pipeline.settings(stage.inputs.stage).ecs_exec
        assert service(stage)["EnableExecuteCommand"] is asked
        assert ("ssmmessages" in json.dumps(stage.connector)) is asked


def test_names_are_the_stages(each: Synthesized) -> None:
    names = each.inputs.names
    (cluster,) = of_type(each.connector, "AWS::ECS::Cluster").values()
    assert cluster["Properties"]["ClusterName"] == names.cluster == service(each)["ServiceName"]
    (zone,) = of_type(each.connector, "AWS::ServiceDiscovery::PrivateDnsNamespace").values()
    (entry,) = of_type(each.connector, "AWS::ServiceDiscovery::Service").values()
    host = f"{entry['Properties']['Name']}.{zone['Properties']['Name']}"
    assert names.connect_url == f"http://{host}:8083"
    assert [one["ContainerPort"] for one in container(each)["PortMappings"]] == [8083]


def test_secrets_come_by_field_and_by_reference_only(main: Synthesized) -> None:
    found = {one["Name"]: text(one["ValueFrom"]) for one in container(main)["Secrets"]}
    assert {name: value.split(":secret:")[1] for name, value in found.items()} == {
        "DB_HOST": "mmdl/default/dbInfo:ip::",
        "DB_NAME": "mmdl/default/dbInfo:db::",
        "DB_PDB": "mmdl/default/dbInfo:pdb::",
        "DB_USER": "mmdl/default/dbInfo:user::",
        "DB_PASSWORD": "mmdl/default/dbInfo:password::",
        "BROKERS": "mmdl/default/brokerString",
    }


def test_a_stages_own_secrets_with_scram_and_a_url(branch: Synthesized) -> None:
    found = {
        one["Name"]: text(one["ValueFrom"]).split(":secret:")[1]
        for one in container(branch)["Secrets"]
    }
    own = f"mmdl/{BRANCH}"
    assert found["DB_URL"] == f"{own}/dbInfo:jdbcUrl::"
    assert found["DB_HOST"] == f"{own}/dbInfo:host::"
    assert found["BROKERS"] == f"{own}/brokerString:brokerString::"
    assert found["KAFKA_USER"] == f"{own}/kafkaAuth:username::"
    assert found["KAFKA_PASSWORD"] == f"{own}/kafkaAuth:password::"


def test_all_that_the_worker_refers_to_is_in_its_environment(each: Synthesized) -> None:
    environment = {one["Name"]: one["Value"] for one in container(each)["Environment"]}
    given = {*environment, *(one["Name"] for one in container(each)["Secrets"])}
    (connectors,) = of_type(each.connector, "Custom::KafkaConnectors").values()
    asked = environment["WORKER_PROPERTIES"] + connectors["Properties"]["Connectors"]
    for name in ("DB_HOST", "DB_PORT", "DB_NAME", "DB_PDB", "DB_URL", "DB_USER", "DB_PASSWORD",
                 "BROKERS", "KAFKA_USER", "KAFKA_PASSWORD"):  # fmt: skip
        if f"${{env:{name}}}" in asked:
            assert name in given


def test_logs_go_to_the_stages_group(each: Synthesized) -> None:
    options = container(each)["LogConfiguration"]["Options"]
    group = each.connector["Resources"][options["awslogs-group"]["Ref"]]
    assert group["Properties"]["LogGroupName"] == each.inputs.names.log_group
    assert group["Properties"]["RetentionInDays"] == each.inputs.pipeline.logs.retention_days
    assert "KmsKeyId" in group["Properties"]


def test_the_image_is_the_one_that_the_sources_make(each: Synthesized) -> None:
    digest = ImageSource.of(each.inputs.pipeline).digest()
    assert text(container(each)["Image"]).endswith(
        f"/cdk-one-container-assets-111122223333-us-east-1:{digest}"
    )
    assets = json.loads(
        (each.folder / f"{each.inputs.names.connector_stack}.assets.json").read_text()
    )
    assert "executable" in assets["dockerImages"][digest]["source"]


def test_without_iam_a_worker_may_write_its_metrics_and_nothing_else(main: Synthesized) -> None:
    role = task(main)["TaskRoleArn"]["Fn::GetAtt"][0]
    (only,) = statements(main.connector, role)
    assert {action.partition(":")[0] for action in actions(only)} == {"logs"}
    assert "logs:PutLogEvents" in actions(only)
    (group,) = resources(only)
    assert group.endswith(f":log-group:{main.inputs.names.metrics_log_group}:*")


def test_a_worker_goes_on_without_its_agent(each: Synthesized) -> None:
    assert container(each)["Essential"] is True
    agent = container(each, "agent")
    assert agent["Essential"] is False
    assert agent["RestartPolicy"] == {"Enabled": True, "RestartAttemptPeriod": 60}
    assert not agent.get("Cpu")
    assert "Memory" not in agent
    assert "Secrets" not in agent
    assert container(each)["Memory"] + agent["MemoryReservation"] <= int(task(each)["Memory"])


def test_the_agent_is_given_what_the_worker_leaves() -> None:
    def reserved(container: int) -> int | None:
        return memory(Sizing(cpu=1024, memory=3072, container_memory=container))

    assert reserved(2560) == WANTED_MIB
    assert reserved(3072 - 100) == 100
    assert reserved(3072 - 10) is None
    assert reserved(3072) is None


def test_the_agent_counts_what_the_worker_tells(each: Synthesized) -> None:
    agent = container(each, "agent")
    given = {one["Name"]: one["Value"] for one in agent["Environment"]}
    assert given == {
        "CW_CONFIG_CONTENT": agent_config(each.inputs.names),
        "PROMETHEUS_CONFIG_CONTENT": prometheus_config(each.inputs.names),
    }
    options = agent["LogConfiguration"]["Options"]
    group = each.connector["Resources"][options["awslogs-group"]["Ref"]]
    assert group["Properties"]["LogGroupName"] == each.inputs.names.metrics_log_group


def test_the_agents_image_is_pulled_from_the_accounts_own_repository(each: Synthesized) -> None:
    """A task starts only if all its images can be pulled, and a stage may see no public one."""
    image = text(container(each, "agent")["Image"])
    assert "/cdk-one-container-assets-111122223333-us-east-1:" in image
    base = file("agent/Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^ARG BASE=\S+@sha256:[0-9a-f]{64}$", base, re.MULTILINE)


def test_with_iam_it_may_use_exactly_its_topics(assemblies: Mapping[str, Synthesized]) -> None:
    production = assemblies["production"]
    role = task(production)["TaskRoleArn"]["Fn::GetAtt"][0]
    kafka = [
        one
        for one in statements(production.connector, role)
        if actions(one)[0].startswith("kafka-cluster:")
    ]
    assert kafka
    assert not [arn for one in kafka for arn in resources(one) if "*" in arn]
    assert not [action for one in kafka for action in actions(one) if "*" in action]


def test_only_ecs_of_this_account_takes_the_role(each: Synthesized) -> None:
    role = each.connector["Resources"][task(each)["TaskRoleArn"]["Fn::GetAtt"][0]]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


@pytest.mark.parametrize("name", ["main", "production"])
def test_named_stages_are_observed_closely(
    assemblies: Mapping[str, Synthesized], name: str
) -> None:
    (cluster,) = of_type(assemblies[name].connector, "AWS::ECS::Cluster").values()
    assert cluster["Properties"]["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "enabled"}
    ]


def test_no_log_group_is_made_behind_an_ephemeral_stages_back(branch: Synthesized) -> None:
    (cluster,) = of_type(branch.connector, "AWS::ECS::Cluster").values()
    assert cluster["Properties"]["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "disabled"}
    ]
