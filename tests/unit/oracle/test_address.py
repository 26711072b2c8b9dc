from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_connector.model.errors import SecretError
from wms_connector.oracle.address import PASSWORD_VARIABLE, OracleAddress
from wms_connector.oracle.errors import AddressError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C##WMS@db.example:1521/ORCL", OracleAddress("C##WMS", "db.example:1521/ORCL")),
        ("wms@ORCL_ALIAS", OracleAddress("wms", "ORCL_ALIAS")),
        ("wms@tcps://db:2484/s", OracleAddress("wms", "tcps://db:2484/s")),
        (
            "wms@(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=h)(PORT=1))(CONNECT_DATA=(SID=X)))",
            OracleAddress(
                "wms",
                "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=h)(PORT=1))(CONNECT_DATA=(SID=X)))",
            ),
        ),
        (
            "wms@db/s?passfile=pw.txt&expire_time=2",
            OracleAddress("wms", "db/s?expire_time=2", passfile=Path("pw.txt")),
        ),
        (
            "wms@db/s?expire_time=2&passfile=pw.txt",
            OracleAddress("wms", "db/s?expire_time=2", passfile=Path("pw.txt")),
        ),
        (
            "oracle-standin://C##WMS@127.0.0.1:8200/ORCLPDB1?passfile=state/pw",
            OracleAddress("C##WMS", "127.0.0.1:8200/ORCLPDB1", True, Path("state/pw")),
        ),
    ],
)
def test_addresses(text: str, expected: OracleAddress) -> None:
    assert OracleAddress.parse(text) == expected
    assert OracleAddress.parse(str(expected)).target == expected.target


@pytest.mark.parametrize(
    "text",
    ["", "wms", "@db/s", "wms@", "w ms@db/s", '""@db', "oracle-standin://u@host/db",
     "oracle-standin://u@host:1"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(AddressError):
        OracleAddress.parse(text)


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=4), st.sampled_from("/:"))
def test_a_password_in_the_address_is_refused_and_not_repeated(password: str, sign: str) -> None:
    secret = f"~{password}~"
    with pytest.raises(AddressError) as caught:
        OracleAddress.parse(f"wms{sign}{secret}@db/s")
    assert secret not in str(caught.value)


def test_where_the_password_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "pw"
    file.write_text("from file\n")
    plain = OracleAddress.parse("u@db/s")
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    in_file = OracleAddress.parse(f"u@db/s?passfile={file}")
    environment = {PASSWORD_VARIABLE: "from environment"}
    assert in_file.password(environment, ask).get_secret_value() == "from file"
    assert plain.password(environment, ask).get_secret_value() == "from environment"
    assert not asked
    assert plain.password({}, ask).get_secret_value() == "typed"
    assert asked == ["Password of u@db/s"]
    with pytest.raises(AddressError, match=PASSWORD_VARIABLE):
        plain.password({}, None)


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "empty"), (b"\xff\xfe", "UTF-8")]
)
def test_a_password_file_that_is_no_use(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "pw"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SecretError, match=said):
        OracleAddress.parse(f"u@db/s?passfile={file}").password({}, None)
