"""The kinds of stage that are synthesized, and their secrets: each value is a canary."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w
from pydantic import SecretStr

from wms_connector.model.errors import SecretNotFoundError
from wms_connector.model.pipeline import Pipeline

if TYPE_CHECKING:
    from wms_connector.model.stage import Stage

ROOT = Path(__file__).parents[2]

VPC = {
    "id": "vpc-0123456789abcdef0",
    "privateSubnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "dataSubnets": ["subnet-0123456789abcdef2"],
}
DATABASE = {
    "db": "canary-database-name",
    "user": "canary-database-user",
    "password": "canary-database-password",
    "schema": "canary-database-schema",
}
KAFKA = {"username": "canary-kafka-user", "password": "canary-kafka-password"}
ADDRESS = "10.171.187.93"
"""A database's address: a rule of the security group is made from it, and nothing else."""

CLUSTER = "arn:aws:kafka:us-east-1:111122223333:cluster/wms/0a1b2c3d-0000-1111-2222-333344445555-6"


@dataclass(frozen=True)
class Variant:
    """A stage's name, what its pipeline file and secrets have otherwise than the WMS ones."""

    stage_name: str
    secrets: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def pipeline(self) -> Pipeline:
        values = tomllib.loads((ROOT / "pipeline.toml").read_text(encoding="utf-8"))
        return Pipeline.parse(tomli_w.dumps(values | self.changes))

    @property
    def stage(self) -> Stage:
        return self.pipeline.stage(self.stage_name)

    @property
    def source(self) -> Dictionary:
        return Dictionary(self.secrets)


@dataclass(frozen=True)
class Dictionary:
    """Secrets out of a dictionary, by path."""

    values: dict[str, Any]

    def read(self, path: str) -> SecretStr:
        if path not in self.values:
            raise SecretNotFoundError(f"there is no secret {path}")
        value = self.values[path]
        if isinstance(value, Exception):
            raise value
        return SecretStr(value if isinstance(value, str) else json.dumps(value))


def _secrets(place: str, brokers: str, database: dict[str, Any]) -> dict[str, Any]:
    return {
        "mmdl/default/vpc": VPC,
        "mmdl/default/iam/path": "/teams/wms/",
        "mmdl/default/iam/permissionsBoundary": "arn:aws:iam::111122223333:policy/team-boundary",
        "mmdl/default/alertEmails": {"emails": ["wms@example.com", "WMS@example.com"]},
        f"mmdl/{place}/brokerString": brokers,
        f"mmdl/{place}/dbInfo": DATABASE | database,
    }


def _brokers(port: int) -> str:
    return ",".join(f"canary-broker-{number}.example.com:{port}" for number in (1, 2, 3))


BRANCH = "Feature_1." + "x" * 54
"""As long as a stage can be, in letters that AWS does not take."""

VARIANTS = {
    # Named: TLS, a database by its address in a PDB, everything from the default's secrets.
    "main": Variant(
        "main",
        _secrets("default", _brokers(9094), {"ip": ADDRESS, "pdb": "canary-database-pdb"}),
    ),
    # Ephemeral: SCRAM, a database by its name and a whole URL, secrets of its own, an account
    # without path and boundary, a stage whose slug is not its name.
    "branch": Variant(
        BRANCH,
        _secrets(
            BRANCH,
            json.dumps({"brokerString": _brokers(9096)}),
            {
                "host": "canary-database-host.example.com",
                "port": 1522,
                "jdbcUrl": "jdbc:oracle:thin:@canary-database-url",
            },
        )
        | {f"mmdl/{BRANCH}/kafkaAuth": KAFKA},
        {"iam": {"path": False, "permissions_boundary": False}},
    ),
    # Named and large: IAM, a shell in the tasks, logs for a year.
    "production": Variant(
        "production",
        _secrets("production", _brokers(9098), {"ip": ADDRESS, "port": 1521}),
        {
            "kafka": {"cluster_arn": CLUSTER},
            "logs": {"retention_days": 365},
            "stages": {
                "production": {
                    "ecs_exec": True,
                    "require_own_secrets": ["dbInfo", "brokerString"],
                }
            },
        },
    ),
}
