"""What a worker resolved must not leave, however an answer repeats it."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.connect.fake_worker import PLUGIN, client_of, error

from wms_connector.connect.errors import NotFoundError, RejectedConfigError
from wms_connector.connect.validation import WITHHELD, RawValidation, Validation, sentence_for
from wms_connector.model.errors import UsageError, WmsError

CANARY = "c4nary-s3cret"
CONFIG = {
    "connector.class": PLUGIN,
    "name": "wms-oracle-cdc",
    "database.hostname": "${env:DB_HOST}",
    "database.user": "${env:DB_USER}",
    "database.password": "${env:DB_PASSWORD}",
    "topic.prefix": "wms",
    "made.up": "1",
}
DEFINITIONS = [
    {"name": "database.hostname", "type": "STRING", "required": True, "documentation": "host"},
    {"name": "database.password", "type": "PASSWORD", "required": True},
    {"name": "snapshot.mode", "type": "STRING", "default_value": "initial", "later": 1},
]


def field(name: str, *errors: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "definition": {"name": name, "type": "STRING", "documentation": more.pop("doc", "")},
        "value": {"name": name, "value": value, "recommended_values": [], "errors": list(errors)}
        | more,
    }


def worker(*fields: dict[str, Any], definitions: int = 200, errors: int = 1, put: Any = None):
    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/config/validate"):
            answer = {"name": PLUGIN, "error_count": errors, "groups": [CANARY]}
            return httpx.Response(200, json=answer | {"configs": list(fields)})
        if path.endswith(f"{PLUGIN}/config"):
            if definitions != 200:
                return error(definitions)
            return httpx.Response(200, json=DEFINITIONS)
        if path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN, "type": "source"}])
        assert put is not None
        return put

    return client_of(handle)


def validated(*fields: dict[str, Any], config: dict[str, str] = CONFIG, **more: Any) -> Validation:
    return worker(*fields, **more).validate(config)


def everything(found: Validation) -> str:
    return repr(found) + str(found) + repr(found.errors) + repr(found.undefined)


def test_values_are_those_that_were_submitted() -> None:
    found = validated(field("database.user", value=CANARY), field("topic.prefix", value="wms"))
    shown = {each.name: each.submitted for each in found.fields}
    assert shown["database.user"] == "${env:DB_USER}"
    assert shown["database.password"] == "${env:DB_PASSWORD}"
    assert shown["topic.prefix"] == "wms"
    assert CANARY not in everything(found)


@pytest.mark.parametrize(
    "text",
    [
        f"Unable to connect (primary): ORA-01017: logon denied for {CANARY}",
        f'FATAL: password authentication failed for user "{CANARY}"',
        f"Invalid value {CANARY} for configuration tasks.max: Not a number of type INT",
        f"String must be one of: {CANARY}",
        f"Value must be at least {CANARY}",
        f"ORA-12541 ORA-{CANARY}",
        CANARY,
        CANARY.upper(),
        CANARY[::-1],
        base64.b64encode(CANARY.encode()).decode(),
    ],
)
@pytest.mark.parametrize("name", ["database.user", "topic.prefix", "snapshot.mode"])
def test_an_error_s_text_never_leaves_whichever_field_it_stands_in(name: str, text: str) -> None:
    found = validated(field(name, text))
    (told,) = found.errors[name]
    assert told == sentence_for(text)
    for form in (CANARY, CANARY.upper(), CANARY[::-1], base64.b64encode(CANARY.encode()).decode()):
        assert form not in everything(found)


def test_a_name_that_derives_from_a_resolved_value_is_withheld_but_its_error_counts() -> None:
    text = f'Missing required configuration "transforms.{CANARY}.type" which has no default value.'
    found = validated(field(f"transforms.{CANARY}.type", text), field(f"transforms.{CANARY}.x"))
    assert found.withheld == 2
    assert found.general == ("a key derived from a reference: it is required",)
    assert CANARY not in everything(found)


def test_recommended_values_documentation_and_groups_are_dropped() -> None:
    found = validated(
        field("database.user", recommended_values=[CANARY, None], doc=CANARY), field("name")
    )
    assert all(each.recommended == () for each in found.fields)
    assert CANARY not in everything(found)


def test_definitions_are_those_of_the_plugin_asked_without_a_configuration() -> None:
    found = {each.name: each for each in validated(field("database.hostname", doc=CANARY)).fields}
    definition = found["database.hostname"].definition
    assert definition is not None
    assert definition.documentation == "host"
    assert found["topic.prefix"].definition is None


def test_keys_that_nobody_defines_are_found() -> None:
    fields = [field(key) for key in CONFIG if key != "made.up"]
    assert validated(*fields).undefined == ("made.up",)
    left_out = [field(key) for key in CONFIG if key not in {"made.up", "database.hostname"}]
    assert validated(*left_out).undefined == ("made.up",)  # the plugin's definitions know it


def test_fields_of_framework_and_plugin_are_kept_though_they_were_not_submitted() -> None:
    found = validated(
        field("tasks.max", "Not a number"), field("snapshot.mode", "must be one of x")
    )
    assert found.errors == {
        "snapshot.mode": ("the value is none of those allowed",),
        "tasks.max": ("wrong type",),
    }


def test_a_field_without_a_value_is_no_fault() -> None:
    found = validated({"definition": {"name": "topic.prefix"}, "value": None}, errors=0)
    assert next(each for each in found.fields if each.name == "topic.prefix").defined
    nameless = validated({"definition": None, "value": None})
    assert nameless.withheld == 1


@pytest.mark.parametrize("status", [404, 405])
def test_a_worker_without_definitions_still_validates(status: int) -> None:
    found = validated(field("snapshot.mode", "x"), field("topic.prefix"), definitions=status)
    assert found.withheld == 1  # snapshot.mode was not submitted, and nobody vouches for its name
    assert "topic.prefix" in {each.name for each in found.fields}


def test_without_references_texts_pass_and_submitted_passwords_are_masked() -> None:
    config = {"connector.class": PLUGIN, "database.password": CANARY, "tasks.max": "x"}
    found = validated(
        field("tasks.max", "Invalid value x for configuration tasks.max", f"near {CANARY}"),
        field("transforms.a.type", "Missing", recommended_values=["A", CANARY, None]),
        config=config,
    )
    assert found.errors["tasks.max"] == (
        "Invalid value x for configuration tasks.max",
        "near ********",
    )
    derived = next(each for each in found.fields if each.name == "transforms.a.type")
    assert derived.recommended == ("A", "********")
    assert found.withheld == 0
    assert CANARY not in everything(found)


def test_the_same_sentence_is_said_once_a_field() -> None:
    assert validated(field("topic.prefix", "odd", "odder")).errors == {"topic.prefix": (WITHHELD,)}


@pytest.mark.parametrize("plugin", [None, "", "${env:DB_PASSWORD}"])
def test_the_class_must_be_written_out(plugin: str | None) -> None:
    config = {key: value for key, value in CONFIG.items() if key != "connector.class"}
    if plugin is not None:
        config["connector.class"] = plugin
    with pytest.raises(UsageError, match=r"connector\.class"):
        worker().validate(config)


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just(CANARY))
junk = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["configs", "value", "errors", "definition", "name", "message", CANARY]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@settings(deadline=None)
@given(junk, st.sampled_from([200, 400, 422, 500, 404, 403]))
def test_no_answer_of_any_form_leaks(answer: Any, status: int) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN}])
        if request.method == "GET":
            return httpx.Response(200, json=DEFINITIONS)
        return httpx.Response(status, json=answer)

    client = client_of(handle)
    for call in (client.validate, lambda config: client.put("wms-oracle-cdc", config)):
        told, caught = _said(call, CONFIG)
        assert CANARY not in told
        # Nor by the way of an error's cause, which a traceback would print.
        assert caught is None or caught.__cause__ is None
        assert caught is None or caught.__context__ is None or caught.__suppress_context__


def _said(call: Any, config: dict[str, str]) -> tuple[str, WmsError | None]:
    try:
        return repr(call(config)), None
    except WmsError as caught:
        return repr(caught) + str(caught) + repr(vars(caught)), caught


def test_the_sentences_are_constants() -> None:
    seen = {sentence_for(json.dumps(text)) for text in ("", CANARY, "ORA-01017", "timed out")}
    assert WITHHELD in seen
    assert len(seen) == 3


# Registering


def test_a_rejected_configuration_has_the_messages_by_field() -> None:
    rejected = error(400, f"Connector configuration is invalid: {CANARY}")
    client = worker(field("database.user", f"is required by {CANARY}, ORA-01017"), put=rejected)
    with pytest.raises(
        RejectedConfigError, match=r"database\.user: the database refuses"
    ) as caught:
        client.put("wms-oracle-cdc", CONFIG)
    assert caught.value.fields == {
        "database.user": ("the database refuses user or password (ORA-01017)",)
    }
    assert CANARY not in str(caught.value)


def test_a_rejection_that_comes_as_a_500_is_told_by_the_validation() -> None:
    broken = error(500, 'Cannot invoke "ConfigValueInfo.errors()" because it is null')
    with pytest.raises(RejectedConfigError, match=r"topic\.prefix: it is required"):
        worker(field("topic.prefix", "A value is required"), put=broken).put("x", _named("x"))


def test_a_rejection_about_withheld_names_is_told() -> None:
    client = worker(
        field(f"transforms.{CANARY}.type", "Missing required configuration"), put=error(400)
    )
    with pytest.raises(RejectedConfigError, match="a key derived from a reference: it is required"):
        client.put("x", _named("x"))


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"connector.class": PLUGIN, "database.password": "${env:DB_PASSWORD}"}, WITHHELD),
        ({"connector.class": PLUGIN}, "because of c4nary-s3cret"),
    ],
)
def test_a_rejection_that_validation_does_not_see_says_what_may_be_said(
    config: dict[str, str], told: str
) -> None:
    with pytest.raises(RejectedConfigError, match=told):
        worker(put=error(400, f"because of {CANARY}")).put("x", config)


def test_a_rejection_without_reason_says_so() -> None:
    with pytest.raises(RejectedConfigError, match="it gives no reason"):
        worker(put=httpx.Response(400)).put("x", {"connector.class": PLUGIN})


def test_a_plugin_that_is_not_there_lists_those_that_are() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN}])
        if request.method == "GET":
            return error(404)
        return error(500 if "validate" in request.url.path else 400, "Failed to find any class")

    client = client_of(handle)
    for call in (client.definitions, lambda name: client.validate({"connector.class": name})):
        with pytest.raises(NotFoundError, match=f"There are: {PLUGIN}") as caught:
            call("no.Such")
        assert caught.value.existing == (PLUGIN,)
    with pytest.raises(
        RejectedConfigError, match=r"connector\.class: there is no plugin 'no\.Such'"
    ):
        client.put("x", {"connector.class": "no.Such"})


def test_a_validation_that_the_worker_refuses_is_told() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN}])
        return error(400, f"connector.class {CANARY}")

    with pytest.raises(RejectedConfigError) as caught:
        client_of(handle).validate(CONFIG)
    assert WITHHELD in str(caught.value)
    assert CANARY not in str(caught.value)


def _named(name: str) -> dict[str, str]:
    return {**CONFIG, "name": name}


def test_a_raw_answer_shows_nothing_when_it_is_printed() -> None:
    raw = RawValidation.model_validate({"configs": [field("a", CANARY, value=CANARY)]})
    assert CANARY not in repr(raw) + str(raw)


@pytest.mark.parametrize("text", ["ORA-12170", "timed out", "regex", "at least", "anything"])
def test_what_another_client_has_said_already_stays_as_it_is(text: str) -> None:
    told = sentence_for(text)
    assert sentence_for(told) == told


def test_a_validation_that_fails_once_inside_is_repeated() -> None:
    tries: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/connector-plugins":
            return httpx.Response(200, json=[{"class": PLUGIN}])
        if request.method == "GET":
            return httpx.Response(200, json=DEFINITIONS)
        tries.append(request.method)
        return error(500, "odd") if len(tries) < 3 else httpx.Response(200, json={"configs": []})

    assert client_of(handle).validate(CONFIG).error_count == 0
    assert len(tries) == 3


@pytest.mark.parametrize("status", [401, 403, 405, 418])
def test_a_refusal_of_a_configuration_with_references_quotes_nothing(status: int) -> None:
    client = worker(put=error(status, f"not with {CANARY}"))
    for call in (
        lambda: client.put("x", _named("x")),
        lambda: client.create("x", _named("x")),
        lambda: client.patch("x", {"tasks.max": "1"}),
    ):
        with pytest.raises(WmsError) as caught:
            call()
        assert CANARY not in str(caught.value)
    with pytest.raises(WmsError, match=f"not with {CANARY}"):
        client.put("x", {"connector.class": PLUGIN})
