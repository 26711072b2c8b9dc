"""The functions as Lambda gets them."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra.template import of_type
from tests.infra.variants import BRANCH

from wms_connector.aws.deployment import Deployment
from wms_connector.infra.constructs.function_settings import ALL, FunctionSettings
from wms_connector.model.security import KafkaSecurity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.infra.conftest import Synthesized


def ours(stage: Synthesized) -> dict[str, dict[str, Any]]:
    """Properties of our functions by purpose."""
    found = {}
    for one in of_type(stage.connector, "AWS::Lambda::Function").values():
        name = one["Properties"].get("FunctionName", "")
        if name:
            purpose = name.removeprefix(f"{stage.inputs.names.connector_stack}-")
            found[purpose] = one["Properties"]
    return found


@pytest.mark.parametrize("settings", ALL, ids=lambda settings: settings.purpose)
def test_its_handler_is_there(settings: FunctionSettings) -> None:
    module, _, name = settings.handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_names_fit_lambda_for_the_longest_stage() -> None:
    assert all(len(settings.purpose) <= 8 for settings in ALL)


def test_they_share_one_package_for_their_platform(each: Synthesized) -> None:
    assert set(ours(each)) == {settings.purpose for settings in ALL}
    packages = {str(one["Code"]) for one in ours(each).values()}
    assert len(packages) == 1
    assert {one["Runtime"] for one in ours(each).values()} == {"python3.13"}
    assert {tuple(one["Architectures"]) for one in ours(each).values()} == {("x86_64",)}


def test_the_package_is_in_the_assembly_with_the_pipeline_file(main: Synthesized) -> None:
    (key,) = {one["Code"]["S3Key"] for one in ours(main).values()}
    folder = main.folder / f"asset.{key.removesuffix('.zip')}"
    assert (folder / "pipeline.toml").is_file()
    assert (folder / "wms_connector/functions/topics.py").is_file()
    compiled = next(folder.glob("pydantic_core/*.so"))
    assert "cpython-313-x86_64-linux-gnu" in compiled.name


def test_they_know_their_deployment_and_no_secret(assemblies: Mapping[str, Synthesized]) -> None:
    for stage in assemblies.values():
        for one in ours(stage).values():
            variables = one["Environment"]["Variables"]
            deployment = Deployment.from_environment(variables)
            assert deployment.names == stage.inputs.names
            assert deployment.connect_url == stage.inputs.names.connect_url
            assert deployment.broker_secret == stage.inputs.broker_secret.path
            assert deployment.alerts_topic.endswith(f":{stage.inputs.names.alerts_topic}")
            assert deployment.security == stage.inputs.security
            assert variables["POWERTOOLS_LOGGER_LOG_EVENT"] == "false"
    scram = Deployment.from_environment(
        ours(assemblies["branch"])["control"]["Environment"]["Variables"]
    )
    assert scram.security is KafkaSecurity.SCRAM
    assert scram.kafka_secret == f"mmdl/{BRANCH}/kafkaAuth"


def test_those_that_need_it_are_in_the_vpc_and_the_framework_is_not(each: Synthesized) -> None:
    inside = {purpose for purpose, one in ours(each).items() if "VpcConfig" in one}
    assert inside == {settings.purpose for settings in ALL if settings.in_vpc}
    assert set(ours(each)) - inside == {"mail"}
    frameworks = [
        one["Properties"]
        for one in of_type(each.connector, "AWS::Lambda::Function").values()
        if "FunctionName" not in one["Properties"]
    ]
    assert len(frameworks) == 4
    assert not [one for one in frameworks if "VpcConfig" in one]


def test_all_are_traced_or_wait_for_those_that_are(each: Synthesized) -> None:
    assert {one["TracingConfig"]["Mode"] for one in ours(each).values()} == {"Active"}


def test_every_function_writes_into_a_group_of_the_stack(each: Synthesized) -> None:
    groups = of_type(each.connector, "AWS::Logs::LogGroup")
    for one in of_type(each.connector, "AWS::Lambda::Function").values():
        group = groups[one["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["Properties"]["RetentionInDays"] == each.inputs.pipeline.logs.retention_days
        assert "KmsKeyId" in group["Properties"]


def test_the_key_serves_exactly_these_groups(each: Synthesized) -> None:
    groups = {
        one["Properties"]["LogGroupName"]
        for one in of_type(each.connector, "AWS::Logs::LogGroup").values()
    }
    (key,) = of_type(each.connector, "AWS::KMS::Key").values()
    assert key["Properties"]["EnableKeyRotation"] is True
    named = set(re.findall(r"log-group:([^'\"]+)", str(key["Properties"]["KeyPolicy"])))
    assert named == groups


def test_what_holds_data_stays_with_a_named_stage_and_goes_with_an_ephemeral_one(
    each: Synthesized,
) -> None:
    for type_ in ("AWS::Logs::LogGroup", "AWS::KMS::Key", "AWS::DynamoDB::Table"):
        policies = {one["DeletionPolicy"] for one in of_type(each.connector, type_).values()}
        assert policies == ({"RetainExceptOnCreate"} if each.inputs.stage.is_named else {"Delete"})
