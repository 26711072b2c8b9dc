from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from wms_connector.connect.redact import MASK, Redactor, is_only_references
from wms_connector.model.masking import is_secret_key

CANARY = 'k@n/4ry "quoted" +ü'
PLAIN = Redactor()


@pytest.mark.parametrize(
    "key",
    ["database.password", "SASL.JAAS.CONFIG", "connection.pwd", "api_key", "client.secret",
     "sasl.oauthbearer.token", "ssl.keystore.key", "aws.credentials", "x.passphrase",
     "basic.auth.user.info", "private-key", "Authorization", "aws.access.key",
     "database.sslkey", "my.key"],
)  # fmt: skip
def test_keys_of_secrets(key: str) -> None:
    assert is_secret_key(key)
    assert PLAIN.value(key, "hunter2") == MASK


@pytest.mark.parametrize(
    "key",
    ["database.user", "topic.prefix", "key.converter", "message.key.columns",
     "sasl.oauthbearer.token.endpoint.url", "aws.credentials.provider.class"],
)  # fmt: skip
def test_keys_of_others(key: str) -> None:
    assert not is_secret_key(key)
    assert PLAIN.value(key, "hunter2") == "hunter2"


@pytest.mark.parametrize(
    "value",
    [
        "${env:DB_PASSWORD}",
        " ${env:A}${env:B} ",
        'Login required username="${env:U}" password="${env:P}";',
    ],
)
def test_references_name_a_secret_and_are_none(value: str) -> None:
    assert is_only_references(value)
    assert PLAIN.value("sasl.jaas.config", value) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "${env:A}plain",
        'Login required username="${env:U}" password="plain";',
        "Login required password=${env:P};",
    ],
)
def test_half_a_reference_is_no_reference(value: str) -> None:
    assert not is_only_references(value)


@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_is_nothing(empty: str | None) -> None:
    assert PLAIN.value("database.password", empty) == empty


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("password=hunter2;x=1", f"password={MASK};x=1"),
        ('{"password": "hunter2", "a": 1}', f'{{"password": {MASK}, "a": 1}}'),
        ("sasl.password: 'hunter 2' end", f"sasl.password: {MASK} end"),
        ("connect to http://me:hunter2@host:1/x", f"connect to http://me:{MASK}@host:1/x"),
        ("jdbc:oracle:thin:me/hunter2@//h:1521/s", f"jdbc:oracle:thin:me/{MASK}@//h:1521/s"),
        ("password authentication failed for user", "password authentication failed for user"),
        ("no secret here", "no secret here"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, told: str) -> None:
    assert PLAIN.text(text) == told


@pytest.mark.parametrize(
    "form",
    [CANARY, quote(CANARY, safe=""), quote_plus(CANARY), json.dumps(CANARY)[1:-1]],
)
def test_a_known_secret_is_masked_in_every_form(form: str) -> None:
    redactor = Redactor([SecretStr(CANARY)])
    assert redactor.text(f"before {form} after") == f"before {MASK} after"
    assert CANARY not in repr(redactor)


def test_a_secret_that_begins_another_leaves_no_rest() -> None:
    assert Redactor(["tiger", "tigerlily"]).text("tigerlily tiger") == f"{MASK} {MASK}"


def test_a_short_secret_is_masked_as_a_word_and_does_not_shred_texts() -> None:
    assert Redactor(["ab"]).text("ab=ab cabbage") == f"{MASK}={MASK} cabbage"


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_secret_masks_nothing(empty: str) -> None:
    assert Redactor([empty]).text("a b c") == "a b c"


@given(st.text(min_size=4).filter(str.strip), st.text(), st.text())
def test_no_text_keeps_a_known_secret(secret: str, before: str, after: str) -> None:
    told = Redactor([secret]).text(f"{before}{secret}{after}")
    assert secret not in told or secret in MASK or secret in f"{before}{MASK}{after}"


def test_configurations_and_json_are_masked_by_key_and_by_value() -> None:
    redactor = Redactor(["hunter2"])
    assert redactor.config({"database.password": "x", "url": "a?hunter2", "n": None}) == {
        "database.password": MASK,
        "url": f"a?{MASK}",
        "n": None,
    }
    data = {
        "a": ["hunter2", 1, None, True],
        "password": 5,
        "passwords": ["x", "${env:DB_PASSWORD}"],
        "secret": {"deep": "hunter2"},
        "token": False,
        "hunter2": True,
    }
    assert redactor.data(data) == {
        "a": [MASK, 1, None, True],
        "password": MASK,
        "passwords": [MASK, "${env:DB_PASSWORD}"],
        "secret": {"deep": MASK},
        "token": False,
        MASK: True,
    }


def test_a_row_s_values_in_a_statement_that_was_not_understood() -> None:
    trace = (
        'DmlParserException: Failed to parse insert DML: \'insert into "WMS"."T"("A") values '
        "('Mrs\nSmith');'\n\tat io.debezium.X.y(X.java:1)\nCaused by: java.lang.Error: Index 4"
    )
    told = PLAIN.text(trace)
    assert "Smith" not in told
    assert 'insert into "WMS"."T"' in told
    assert told.endswith("\n\tat io.debezium.X.y(X.java:1)\nCaused by: java.lang.Error: Index 4")
    for kind in ("update", "DELETE FROM"):
        assert PLAIN.text(f'{kind} "A"."B" set x = 1') == f'{kind} "A"."B" {MASK}'
