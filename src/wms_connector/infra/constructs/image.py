"""The workers' image in the template: an asset whose making is a command of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Fn, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs

if TYPE_CHECKING:
    from constructs import Construct

    from wms_connector.infra.image import ImageSource


def container_image(scope: Construct, source: ImageSource) -> ecs.ContainerImage:
    """Give the image as a container has it; whoever runs it may pull from its repository.

    The template needs the digest of what the image is made from, and nothing is fetched or built
    for that. `cdk deploy` runs the command, if the repository has no such image yet.
    """
    location = Stack.of(scope).synthesizer.add_docker_image_asset(
        source_hash=source.digest(),
        executable=source.command(),
        display_name="Kafka Connect worker",
    )
    repository = ecr.Repository.from_repository_name(scope, "Repository", location.repository_name)
    tag = location.image_tag or Fn.select(1, Fn.split(":", location.image_uri))
    return ecs.ContainerImage.from_ecr_repository(repository, tag)
