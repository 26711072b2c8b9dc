"""What of the secrets shapes the stacks, and what is told when one of them is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr

from wms_connector.infra.constructs.environment import secret_fields
from wms_connector.infra.inputs import StageInputs, read_inputs
from wms_connector.model.brokers import Broker
from wms_connector.model.errors import SecretError, SecretNotFoundError
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.security import KafkaSecurity

PIPELINE = 'tables = ["WMS.T"]\n'
CANARY = "canary-5f2a"
BOUNDARY = "arn:aws:iam::111122223333:policy/teams/boundary"
CLUSTER = "arn:aws:kafka:eu-west-1:111122223333:cluster/c/0a-1"
AUTH_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:AmazonMSK_wms-AbCdEf"
SECRETS: dict[str, Any] = {
    "vpc": {
        "id": "vpc-0123456789abcdef0",
        "privateSubnets": ["subnet-0123456a", "subnet-0123456b"],
        "publicSubnets": [],
    },
    "iam/path": "/teams/wms/",
    "iam/permissionsBoundary": BOUNDARY,
    "brokerString": "b-1.example.com:9094,b-2.example.com:9094",
    "dbInfo": {"ip": "10.0.0.5", "db": "ORCL", "user": "cdc", "password": CANARY},
    "alertEmails": {"emails": ["a@example.com"]},
    "kafkaAuth": {"username": "u", "password": CANARY},
}


class Secrets:
    """Secrets by path, and which of them were read."""

    def __init__(self, own: dict[str, Any] | None = None, **default: Any) -> None:
        values = SECRETS | {key.replace("__", "/"): value for key, value in default.items()}
        self.values = {f"mmdl/default/{key}": value for key, value in values.items()}
        self.values |= {f"mmdl/main/{key}": value for key, value in (own or {}).items()}
        self.asked: list[str] = []

    def read(self, path: str) -> SecretStr:
        self.asked.append(path)
        value = self.values.get(path)
        if value is None:
            raise SecretNotFoundError(f"there is no secret {path}")
        if isinstance(value, Exception):
            raise value
        return SecretStr(value if isinstance(value, str) else json.dumps(value))


def read(
    own: dict[str, Any] | None = None, *, more: str = "", stage: str = "main", **default: Any
) -> StageInputs:
    pipeline = Pipeline.parse(PIPELINE + more)
    return read_inputs(pipeline, pipeline.stage(stage), Secrets(own, **default))


def refused(own: dict[str, Any] | None = None, **rest: Any) -> str:
    with pytest.raises(SecretError) as caught:
        read(own, **rest)
    assert CANARY not in str(caught.value)
    return str(caught.value)


def test_what_shapes_the_stacks() -> None:
    found = read()
    assert found.names.connector_stack == "wms-connector-main"
    assert found.vpc.private_subnets == ("subnet-0123456a", "subnet-0123456b")
    assert found.brokers == (Broker("b-1.example.com", 9094), Broker("b-2.example.com", 9094))
    assert found.security is KafkaSecurity.TLS
    assert (found.role_path, found.boundary) == ("/teams/wms/", BOUNDARY)
    assert (found.database_host, found.database_port) == ("10.0.0.5", 1521)
    assert found.emails == ("a@example.com",)
    assert found.kafka_secret is None
    assert found.origins["dbInfo"] == "mmdl/default/dbInfo"


def test_nothing_of_it_is_a_password_or_a_user() -> None:
    found = read(own={"brokerString": "b-1.example.com:9096", "dbInfo": {
        "host": "db.example.com", "dbname": "ORCL", "user": "the-user", "password": CANARY,
        "jdbcUrl": f"jdbc:oracle:thin:x/{CANARY}@y",
    }})  # fmt: skip
    assert found.kafka_secret is not None
    assert CANARY not in repr(found)
    assert "the-user" not in repr(found)


def test_each_secret_is_the_stages_own_first() -> None:
    found = read(own={"dbInfo": SECRETS["dbInfo"] | {"ip": "10.0.0.9"}})
    assert found.database_host == "10.0.0.9"
    assert found.database_secret.path == "mmdl/main/dbInfo"
    assert found.broker_secret.path == "mmdl/default/brokerString"


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        ({"ip": "1.2.3.4", "db": "d"}, ("ip", "db", None, None)),
        ({"host": "h", "dbname": "d", "port": 1522, "pdb": "p", "jdbcUrl": "u"},
         ("host", "dbname", "pdb", "jdbcUrl")),
        # A key that holds nothing is as good as none.
        ({"host": "h", "ip": "i", "db": "d", "port": None, "pdb": "", "jdbcUrl": None},
         ("host", "db", None, None)),
    ],
)  # fmt: skip
def test_the_spelling_of_the_keys_is_kept(values: dict[str, Any], keys: tuple[Any, ...]) -> None:
    found = read(dbInfo={"user": "u", "password": CANARY} | values)
    secret = found.database_secret
    spelled = (secret.host_key, secret.name_key, secret.pdb_key, secret.url_key)
    assert spelled == keys
    assert (found.database.pdb, found.database.url) == (bool(keys[2]), bool(keys[3]))


def test_brokers_as_text_or_as_json() -> None:
    assert read().broker_secret.key is None
    found = read(brokerString={"brokerString": "b:9094"})
    assert (found.broker_secret.key, found.brokers) == ("brokerString", (Broker("b", 9094),))


def test_scram_needs_its_secret_and_others_do_not_look_for_it() -> None:
    found = read(brokerString="b:9096")
    assert found.kafka_secret is not None
    assert (found.kafka_secret.path, found.kafka_secret.arn) == ("mmdl/default/kafkaAuth", None)
    assert "kafkaAuth" in refused(brokerString="b:9096", kafkaAuth=None)
    assert "username" in refused(brokerString="b:9096", kafkaAuth={"password": CANARY})
    assert read(kafkaAuth=None).kafka_secret is None


def test_scram_s_secret_may_name_one_of_another_name() -> None:
    found = read(brokerString="b:9096", kafkaAuth=AUTH_ARN)
    assert found.kafka_secret is not None
    assert found.kafka_secret.arn == AUTH_ARN


class Named(Secrets):
    """The same in AWS, where each has an ARN."""

    def arn(self, path: str) -> str:
        return f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:{path}-AbCdEf"


def test_tasks_refer_to_secrets_by_whole_arns_wherever_there_are_any() -> None:
    auth = {"username": CANARY, "password": CANARY}
    pipeline = Pipeline.parse(PIPELINE)
    source = Named({"dbInfo": SECRETS["dbInfo"]}, brokerString="b:9096", kafkaAuth=auth)
    found = read_inputs(pipeline, pipeline.stage("main"), source)
    references = {field.secret for field in secret_fields(found).values()}
    assert references == {
        source.arn(f"mmdl/{place}")
        for place in ("main/dbInfo", "default/brokerString", "default/kafkaAuth")
    }
    source.values["mmdl/default/kafkaAuth"] = AUTH_ARN
    found = read_inputs(pipeline, pipeline.stage("main"), source)
    assert secret_fields(found)["KAFKA_USER"].secret == AUTH_ARN


def test_without_aws_they_are_told_by_path() -> None:
    assert secret_fields(read())["DB_USER"].secret == "mmdl/default/dbInfo"


def test_iam_needs_the_clusters_arn() -> None:
    message = refused(brokerString="b:9098")
    assert "mmdl/default/brokerString" in message
    assert "cluster_arn" in message
    found = read(brokerString="b:9098", more=f'[kafka]\ncluster_arn = "{CLUSTER}"\n')
    assert found.security is KafkaSecurity.IAM


@pytest.mark.parametrize("key", ["vpc", "brokerString", "dbInfo", "alertEmails"])
def test_a_missing_secret_names_both_paths(key: str) -> None:
    message = refused(**{key: None})
    assert f"neither mmdl/main/{key} nor mmdl/default/{key} is there" in message


@pytest.mark.parametrize(
    ("key", "setting"),
    [("iam/path", "path"), ("iam/permissionsBoundary", "permissions_boundary")],
)
def test_an_account_without_says_so_in_the_pipeline_file(key: str, setting: str) -> None:
    missing = {key.replace("/", "__"): None}
    assert f"write {setting} = false under [iam]" in refused(**missing)
    found = read(more=f"[iam]\n{setting} = false\n", **missing)
    assert None in {found.role_path, found.boundary}
    assert {found.role_path, found.boundary} != {None}


@pytest.mark.parametrize("told", ["reading it is denied", "reading it is throttled"])
def test_what_is_denied_or_throttled_never_falls_back(told: str) -> None:
    assert told in refused(own={"dbInfo": SecretError(told)})


def test_a_secret_that_may_not_fall_back() -> None:
    more = '[stages.main]\nrequire_own_secrets = ["dbInfo", "iam/path"]\n'
    assert "mmdl/main/dbInfo" in refused(more=more)
    assert "forbids the default" in refused(more=more)
    own = {"dbInfo": SECRETS["dbInfo"], "iam/path": "/own/"}
    assert read(own=own, more=more).role_path == "/own/"
    # Another stage is not meant.
    assert read(more=more, stage="feature-1").database_host == "10.0.0.5"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        (
            "vpc",
            {"id": "vpc-0123456789abcdef0", "privateSubnets": []},
            ("privateSubnets: not a list of at least one subnet-",),
        ),
        ("vpc", {"id": "vpc-0123456789abcdef0"}, ("privateSubnets: missing",)),
        (
            "vpc",
            {"id": "vpc-0123456789abcdef0", "privateSubnets": [""]},
            ("privateSubnets.0: not subnet- and 8 or 17",),
        ),
        ("vpc", {"id": "vpc-0a1b", "privateSubnets": ["subnet-0123456a"]}, ("id: not vpc- and 8",)),
        (
            "vpc",
            {"id": "vpc-0a1b2c3d", "privateSubnets": ["subnet-0123456a", "subnet-0A1B2C3D"]},
            ("privateSubnets.1: not subnet-",),
        ),
        (
            "vpc",
            {"id": "vpc-0a1b2c3d", "privateSubnets": ["subnet-0123456a"], "dataSubnets": "x"},
            ("dataSubnets: not a list of subnets",),
        ),
        ("alertEmails", {"emails": [1]}, ("emails.0: not a text",)),
        ("dbInfo", SECRETS["dbInfo"] | {"ip": 7}, ("ip: not a text",)),
        ("dbInfo", {"ip": "x", "user": "u"}, ("dbname or db: missing; password: missing",)),
        ("vpc", {"id": "main", "privateSubnets": ["subnet-0123456a"]}, ("id", "vpc-")),
        ("vpc", "vpc-0123456789abcdef0", ("is not JSON", "privateSubnets")),
        ("dbInfo", '{"ip": ', ("is not JSON",)),
        ("dbInfo", "[]", ("no object",)),
        ("dbInfo", SECRETS["dbInfo"] | {"port": "oracle"}, ("port: not a number from 1 to 65535",)),
        ("dbInfo", SECRETS["dbInfo"] | {"port": 70000}, ("port", "65535")),
        ("brokerString", "b-1.example.com", ("'b-1.example.com' is no broker", "host:port")),
        ("brokerString", "b:9094,", ("'' is no broker",)),
        ("brokerString", "b:kafka", ("'b:kafka' is no broker", "65535")),
        ("brokerString", "b:9094,c:9096", ("disagree",)),
        ("brokerString", "b:1234", ("'b:1234'", "security under [kafka]")),
        ("alertEmails", {"emails": []}, ("emails: not a list of at least one text",)),
        ("alertEmails", {"emails": ["nobody"]}, ("names no valid address: 'nobody'",)),
        ("iam/path", "teams", ("'teams', which is no IAM path", "/teams/wms/")),
        ("iam/path", "/" + "a" * 600 + "/", ("512",)),
        ("iam/permissionsBoundary", "arn:aws:s3:::x", ("is no policy", "arn:aws:iam::")),
        ("iam/path", " ", ("is empty",)),
    ],
)
def test_what_is_malformed_is_told_with_path_and_what_is_allowed(
    key: str, value: Any, expected: tuple[str, ...]
) -> None:
    message = refused(own={key: value})
    assert f"mmdl/main/{key}" in message
    for part in expected:
        assert part in message, message
    assert "\n" not in message


def test_a_named_security_still_reads_the_brokers() -> None:
    more = '[kafka]\nsecurity = "tls"\n'
    assert read(brokerString="b:1234", more=more).brokers == (Broker("b", 1234),)
    assert "is no broker" in refused(brokerString="b", more=more)


def test_a_boundary_may_be_a_name() -> None:
    assert read(iam__permissionsBoundary="teams/boundary").boundary == "teams/boundary"


def test_addresses_are_trimmed_distinct_and_the_bad_ones_named() -> None:
    emails = [" A@example.com", "A@EXAMPLE.com", "a@example.com", "nobody", "b@x y"]
    found = read(alertEmails={"emails": emails})
    assert found.emails == ("A@example.com", "a@example.com")
    assert found.bad_emails == ("nobody", "b@x y")
