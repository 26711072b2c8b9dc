"""No secret value is anywhere in what is deployed: each is a text that is found if it leaks."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from typing import TYPE_CHECKING

from tests.infra.variants import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.infra.conftest import Synthesized


def _everything(stage: Synthesized) -> Iterator[tuple[str, bytes]]:
    """Every file of the assembly, those inside of archives too."""
    for path in stage.folder.rglob("*"):
        if not path.is_file():
            continue
        name = str(path.relative_to(stage.folder))
        yield name, path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for inner in archive.namelist():
                    yield f"{name}!{inner}", archive.read(inner)


def test_no_value_of_a_secret_is_in_the_assembly(each: Synthesized) -> None:
    hidden = re.compile(b"canary-|" + b"|".join(re.escape(_encoded(shift)) for shift in range(3)))
    looked_at, found = 0, []
    for name, content in _everything(each):
        looked_at += 1
        found += [f"{name}: {match.group(0)!r}" for match in hidden.finditer(content)]
    assert looked_at > 10
    assert found == []


def test_every_text_that_must_be_hidden_holds_the_canary(each: Synthesized) -> None:
    """Or else the test above would look for something that is not there."""
    paths = [path for path in each.variant.secrets if path.endswith(("dbInfo", "kafkaAuth"))]
    for path in paths:
        for key, value in each.variant.secrets[path].items():
            if key not in {"ip", "port"}:
                assert "canary-" in value, (path, key)


def test_an_address_is_there_as_a_rules_range_and_nowhere_else(each: Synthesized) -> None:
    """A security group's rule cannot do without it; a host's name shapes nothing."""
    rules = [
        resource["Properties"]["CidrIp"]
        for resource in each.of_type("AWS::EC2::SecurityGroupEgress").values()
        if "CidrIp" in resource["Properties"]
    ] + [
        rule["CidrIp"]
        for group in each.of_type("AWS::EC2::SecurityGroup").values()
        for rule in group["Properties"].get("SecurityGroupEgress", [])
        if "CidrIp" in rule
    ]
    has_address = "ip" in next(
        value for path, value in each.variant.secrets.items() if path.endswith("dbInfo")
    )
    assert (f"{ADDRESS}/32" in rules) is has_address
    elsewhere = re.sub(
        rf'"CidrIp": "{re.escape(ADDRESS)}/32"|"Description": "[^"]*"',
        "",
        json.dumps(each.templates),
    )
    assert ADDRESS not in elsewhere


def _encoded(shift: int) -> bytes:
    """The canary as base64 has it when it stands `shift` bytes behind a multiple of three."""
    text = base64.b64encode(b"\0" * shift + b"canary-")
    return text[shift and shift + 1 : -4]
