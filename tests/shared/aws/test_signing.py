import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import botocore.auth
import botocore.signers
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.session import get_session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.aws.signing import Credentials, Unsigned, UnsignedForm, query_string, signed_fields, signed_headers

NOW = datetime(2026, 11, 21, 23, 59, 58, tzinfo=UTC)
HOST = "service.us-west-2.amazonaws.com"

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
keys = st.text("abcdefABCDEF0123456789+/", min_size=1, max_size=40)
names = st.sampled_from(["X-Amz-Target", "Content-Type", "X-Amz-Meta-Note", "Range"])
segments = st.text("abcXYZ019-_~%=@:+ü", min_size=1, max_size=8).filter(lambda text: text not in {".", ".."})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    service=st.sampled_from(["dynamodb", "execute-api", "s3", "sqs"]),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=st.lists(segments, max_size=4).map(lambda parts: "/" + "/".join(parts)),
    query=st.dictionaries(words.filter(bool), words, max_size=4),
    headers=st.dictionaries(names, st.text("abc 019;=/\t", max_size=20), max_size=4),
    body=st.binary(max_size=200),
    secret=keys,
    token=st.none() | keys,
)
def test_signature_is_the_one_that_botocore_makes(
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
    secret: str,
    token: str | None,
) -> None:
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
    url = f"https://{HOST}{path}" + (f"?{query_string(query)}" if query else "")
    theirs = AWSRequest(method, url, dict(headers), body)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(BotocoreCredentials("AKID", secret, token), service, "us-west-2").add_auth(theirs)

    unsigned = Unsigned(method, path, query, {"Host": HOST, **headers}, body)
    ours = signed_headers(unsigned, Credentials("AKID", secret, token), service, "us-west-2", NOW)

    assert ours["Authorization"] == theirs.headers["Authorization"]
    assert ours.get("X-Amz-Security-Token") == theirs.headers.get("X-Amz-Security-Token")


@given(
    key=st.lists(segments, min_size=1, max_size=3).map("/".join),
    fields=st.dictionaries(st.sampled_from(["Content-Type", "x-amz-meta-alt", "Cache-Control"]), words, max_size=3),
    most_bytes=st.integers(1, 5_000_000),
    seconds=st.integers(1, 300),
    secret=keys,
    token=st.none() | keys,
)
def test_form_is_the_one_that_botocore_makes(
    key: str, fields: dict[str, str], most_bytes: int, seconds: int, secret: str, token: str | None
) -> None:
    conditions = [["content-length-range", 1, most_bytes], *({name: value} for name, value in fields.items())]
    with pytest.MonkeyPatch.context() as patch:
        for module in (botocore.auth, botocore.signers):
            patch.setattr(module, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
        theirs = _botocore_s3(secret, token).generate_presigned_post("pictures", key, fields, conditions, seconds)

    form = UnsignedForm("pictures", key, fields, 1, most_bytes, NOW + timedelta(seconds=seconds))
    ours = signed_fields(form, Credentials("AKID", secret, token), "us-west-2", NOW)

    assert ours == theirs["fields"]


@cache
def _client() -> Any:
    session = get_session()
    session.set_credentials("AKID", "any")
    return session.create_client("s3", "us-west-2", config=Config(signature_version="s3v4"))


def _botocore_s3(secret: str, token: str | None) -> Any:
    """Making a client takes a tenth of a second, so there is one, which signs with whatever it is given."""
    client = _client()
    client._request_signer._credentials = BotocoreCredentials("AKID", secret, token)
    return client


def test_every_field_of_a_form_but_the_proof_is_in_its_policy() -> None:
    form = UnsignedForm("pictures", "uploads/a", {"Content-Type": "image/png"}, 1, 10, NOW + timedelta(minutes=5))
    signed = signed_fields(form, Credentials("AKID", "secret", "token"), "us-west-2", NOW)
    policy = json.loads(b64decode(signed["policy"]))

    named = {name for condition in policy["conditions"] if isinstance(condition, dict) for name in condition}

    assert named == signed.keys() - {"policy", "x-amz-signature"} | {"bucket"}
    assert ["content-length-range", 1, 10] in policy["conditions"]
    assert policy["expiration"] == "2026-11-22T00:04:58Z"


def test_key_of_another_day_is_another() -> None:
    unsigned = Unsigned("POST", "/", {}, {"Host": HOST}, b"")
    credentials = Credentials("AKID", "secret")
    days = [NOW.replace(day=day) for day in (20, 21, 20)]

    first, second, third = (signed_headers(unsigned, credentials, "sqs", "us-west-2", day) for day in days)

    assert first == third != second


def test_secrets_stay_out_of_what_is_printed() -> None:
    assert "hidden" not in repr(Credentials("AKID", "hidden", "hidden too"))
