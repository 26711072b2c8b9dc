from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import boto3
import pytest
from moto import mock_aws
from pydantic import SecretStr

from wms_connector.model.environment import ALLOWLIST, Env
from wms_connector.model.errors import PipelineError, SecretError, SecretNotFoundError
from wms_connector.model.names import Names
from wms_connector.model.pipeline import Pipeline
from wms_connector.model.secret_sources import FileSecrets, SecretsManager
from wms_connector.model.secrets import (
    PLAIN_SECRETS,
    SECRETS,
    AlertEmails,
    BrokerString,
    DbInfo,
    Resolved,
    Vpc,
    parse,
    resolve,
)
from wms_connector.model.security import KafkaSecurity, java_client_properties
from wms_connector.model.settings import SecretKey
from wms_connector.model.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-5f2a"
NAMES = Names(Stage.parse("feature-1"), "wms")
OWN, DEFAULT = "mmdl/feature-1/dbInfo", "mmdl/default/dbInfo"
DB = {"ip": "10.0.0.1", "db": "ORCL", "user": "cdc", "password": CANARY}


class Answers:
    """A source that answers with texts or raises errors, and remembers what it was asked."""

    def __init__(self, **answers: str | Exception) -> None:
        self.answers = {key.replace("__", "/"): value for key, value in answers.items()}
        self.asked: list[str] = []

    def read(self, path: str) -> SecretStr:
        self.asked.append(path)
        answer = self.answers.get(path, SecretNotFoundError(f"there is no secret {path}"))
        if isinstance(answer, Exception):
            raise answer
        return SecretStr(answer)


def answers(own: Any = None, default: Any = None) -> Answers:
    source = Answers()
    source.answers = {p: a for p, a in ((OWN, own), (DEFAULT, default)) if a is not None}
    return source


def found(text: str) -> Resolved:
    return Resolved("dbInfo", OWN, "stage", SecretStr(text))


def test_the_stages_own_secret_wins_and_the_default_is_not_even_read() -> None:
    source = answers("own", "default")
    resolved = resolve(source, NAMES, "mmdl", "dbInfo")
    assert (resolved.origin, resolved.path) == ("stage", OWN)
    assert resolved.text.get_secret_value() == "own"
    assert source.asked == [OWN]


def test_not_found_leads_on_to_the_default() -> None:
    resolved = resolve(answers(default="d"), NAMES, "mmdl", "dbInfo")
    assert (resolved.origin, resolved.path) == ("default", DEFAULT)


@pytest.mark.parametrize(
    "own", [SecretError("reading it is denied"), SecretError("throttled"), "", "  \n"]
)
def test_nothing_else_leads_on(own: Any) -> None:
    source = answers(own, "default")
    with pytest.raises(SecretError) as caught:
        resolve(source, NAMES, "mmdl", "dbInfo")
    assert not isinstance(caught.value, SecretNotFoundError)
    assert source.asked == [OWN]


def test_neither_names_both_paths() -> None:
    with pytest.raises(SecretNotFoundError, match=f"neither {OWN} nor {DEFAULT}"):
        resolve(answers(), NAMES, "mmdl", "dbInfo")


def test_an_empty_default_is_an_error() -> None:
    with pytest.raises(SecretError, match=f"{DEFAULT} is empty"):
        resolve(answers(default=" "), NAMES, "mmdl", "dbInfo")


def test_db_info_with_either_spelling() -> None:
    short = parse(found(json.dumps(DB)), DbInfo)
    long = parse(
        found(json.dumps({"host": "10.0.0.1", "dbname": "ORCL", "port": "1522", "pdb": "",
                          "user": "cdc", "password": CANARY, "jdbcUrl": None})),
        DbInfo,
    )  # fmt: skip
    assert (short.host, short.name, short.port) == ("10.0.0.1", "ORCL", 1521)
    assert (long.host, long.name, long.port, long.pdb, long.jdbc_url) == (
        "10.0.0.1", "ORCL", 1522, None, None
    )  # fmt: skip
    assert CANARY not in repr(short)
    assert CANARY not in str(long.model_dump())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CANARY, "is not JSON"),
        (json.dumps([CANARY]), "no object"),
        (json.dumps({"password": CANARY}), "host"),
        (json.dumps(DB | {"port": f"x{CANARY}"}), "port"),
        (json.dumps(DB | {"port": 70_000}), "port"),
        (json.dumps(DB | {"password": ""}), "password"),
    ],
)
def test_malformed_secrets_name_path_and_keys_but_no_value(text: str, told: str) -> None:
    with pytest.raises(SecretError) as caught:
        parse(found(text), DbInfo)
    assert told in str(caught.value)
    assert OWN in str(caught.value)
    assert CANARY not in str(caught.value)
    assert CANARY not in str(caught.value.__context__ or "")
    assert "host or ip" in str(caught.value.hint)


def test_brokers_as_text_or_json() -> None:
    assert parse(found(" b:9092\n"), BrokerString).brokers == "b:9092"
    assert parse(found('{"brokerString": "b:9092"}'), BrokerString).brokers == "b:9092"
    with pytest.raises(SecretError):
        parse(found('{"brokers": "b:9092"}'), BrokerString)


def test_emails_and_network() -> None:
    mails = parse(found('{"emails": ["a@b.com", "x", "a b@c.de"]}'), AlertEmails)
    assert mails.invalid == ("x", "a b@c.de")
    vpc = parse(found('{"id": "vpc-1a2b3c4d", "privateSubnets": ["subnet-1a2b3c4d"]}'), Vpc)
    assert vpc.private_subnets == ("subnet-1a2b3c4d",)
    with pytest.raises(SecretError, match="privateSubnets"):
        parse(found('{"id": "vpc-1a2b3c4d", "privateSubnets": []}'), Vpc)
    assert set(SECRETS) == {"dbInfo", "brokerString", "kafkaAuth", "alertEmails", "vpc"}


def test_a_file_stands_in(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({OWN: DB, "p": "text"}))
    source = FileSecrets(file)
    assert json.loads(source.read(OWN).get_secret_value()) == DB
    assert source.read("p").get_secret_value() == "text"
    with pytest.raises(SecretNotFoundError):
        source.read(DEFAULT)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff"])
def test_a_file_that_is_no_json_object(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secrets.json"
    file.write_bytes(content)
    with pytest.raises(SecretError) as caught:
        FileSecrets(file).read(OWN)
    assert not isinstance(caught.value, SecretNotFoundError)


def test_a_missing_file_is_not_a_missing_secret(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="no file or folder") as caught:
        FileSecrets(tmp_path / "none").read(OWN)
    assert not isinstance(caught.value, SecretNotFoundError)


def test_a_folder_stands_in(tmp_path: Path) -> None:
    (tmp_path / "mmdl/default").mkdir(parents=True)
    (tmp_path / "mmdl/default/dbInfo.json").write_text("{}")
    (tmp_path / "mmdl/default/brokerString").write_text("b:9092")
    source = FileSecrets(tmp_path)
    assert source.read(DEFAULT).get_secret_value() == "{}"
    assert source.read("mmdl/default/brokerString").get_secret_value() == "b:9092"
    with pytest.raises(SecretNotFoundError):
        source.read(OWN)
    with pytest.raises(SecretError, match="leads out of"):
        source.read("../../etc/hostname")


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["vpc", "dbInfo"], f"The keys there look like dbInfo, vpc: write {DEFAULT}"),
        (["mmdl/default/dbinfo"], f"There is mmdl/default/dbinfo: write {DEFAULT}"),
        (["mmdl/feature-1/db-info"], f"There is mmdl/feature-1/db-info: write {OWN}"),
        (["mmdl/defualt/dbInfo"], f"There is mmdl/defualt/dbInfo: write {DEFAULT}"),
        (["mmdl/default/vpc", "mmdl/default/kafkaAuth"], f"Create the secret {OWN}"),
        ([], f"Create the secret {OWN}"),
    ],
)
@pytest.mark.parametrize("is_folder", [False, True])
def test_what_was_probably_meant_is_told(
    tmp_path: Path, paths: list[str], told: str, is_folder: bool
) -> None:
    place = tmp_path / "secrets"
    if is_folder:
        place.mkdir()
        for path in paths:
            file = place / f"{path}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(CANARY)
    else:
        place.write_text(json.dumps(dict.fromkeys(paths, CANARY)))
    with pytest.raises(SecretNotFoundError) as caught:
        resolve(FileSecrets(place), NAMES, "mmdl", "dbInfo")
    assert told in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(SecretError, match="cannot be read"):
        FileSecrets(loop).read(OWN)


class Refusing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:  # noqa: N803
        raise self.error


def client_error(code: str) -> Exception:
    error = Exception("as botocore's")
    error.response = {"Error": {"Code": code}}  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (client_error("AccessDeniedException"), "denied"),
        (client_error("ThrottlingException"), "throttled"),
        (client_error("DecryptionFailure"), "decrypted"),
        (client_error("InternalServiceError"), "InternalServiceError"),
        (TimeoutError("no route"), "TimeoutError"),
    ],
)
def test_secrets_manager_tells_its_errors_apart(error: Exception, told: str) -> None:
    with pytest.raises(SecretError, match=told) as caught:
        SecretsManager(Refusing(error)).read(OWN)
    assert not isinstance(caught.value, SecretNotFoundError)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-central-1")


def test_secrets_manager(aws: Any) -> None:
    made = aws.create_secret(Name=DEFAULT, SecretString=json.dumps(DB))
    aws.create_secret(Name="binary", SecretBinary=b"x")
    source = SecretsManager(aws)
    assert parse(resolve(source, NAMES, "mmdl", "dbInfo"), DbInfo).user == "cdc"
    assert (source.arn(DEFAULT), source.arn(OWN)) == (made["ARN"], None)
    with pytest.raises(SecretNotFoundError):
        source.read(OWN)
    with pytest.raises(SecretError, match="binary"):
        source.read("binary")


def test_references_are_inside_the_allow_list() -> None:
    assert Env.DB_PASSWORD.reference == "${env:DB_PASSWORD}"
    assert ALLOWLIST.startswith("^(DB_HOST|")
    assert ALLOWLIST.endswith("|KAFKA_PASSWORD)$")


@pytest.mark.parametrize("security", KafkaSecurity)
def test_client_properties_hold_references_only(security: KafkaSecurity) -> None:
    properties = java_client_properties(security)
    assert properties["security.protocol"] in {"PLAINTEXT", "SSL", "SASL_SSL"}
    if security is KafkaSecurity.SCRAM:
        assert 'password="${env:KAFKA_PASSWORD}"' in properties["sasl.jaas.config"]
    if security is KafkaSecurity.IAM:
        assert properties["sasl.mechanism"] == "AWS_MSK_IAM"


def test_the_pipeline_file_can_name_each_secret_and_no_other() -> None:
    assert set(get_args(SecretKey)) == {*SECRETS, *PLAIN_SECRETS}


def test_a_stage_that_must_have_its_own_secret_does_not_read_the_default() -> None:
    text = 'tables = ["A.B"]\n[stages.production]\nrequire_own_secrets = ["dbInfo"]'
    wms = Pipeline.parse(text)
    source = Answers(mmdl__default__dbInfo="d", mmdl__default__kafkaAuth="k")
    assert wms.secret(source, wms.stage("val"), "dbInfo").origin == "default"
    assert wms.secret(source, wms.stage("production"), "kafkaAuth").origin == "default"
    with pytest.raises(SecretNotFoundError, match="mmdl/production/dbInfo is not there"):
        wms.secret(source, wms.stage("production"), "dbInfo")
    with pytest.raises(PipelineError, match="require_own_secrets"):
        Pipeline.parse(text.replace("dbInfo", "dbinfo"))
