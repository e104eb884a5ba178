import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from shared.auth.tokens import jwks_url, verify_access_token
from shared.errors import Unauthenticated, Unavailable
from tests.shared.serving import JoinedServer, serving

KEY_ID = "key-1"


class KeyServer(JoinedServer):
    """Publishes key sets by path, as Cognito does, and remembers the paths of requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _KeyRequest)
        self.key_sets: dict[str, object] = {}
        self.raw: dict[str, bytes] = {}
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _KeyRequest(BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        key_set = self.server.key_sets.get(self.path)
        body = self.server.raw.get(self.path, json.dumps(key_set).encode() if key_set else b"")
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass(frozen=True)
class Pool:
    """A user pool: its issuer, its keys and its tokens."""

    server: KeyServer
    key: RSAPrivateKey
    pool_id: str = field(default_factory=lambda: f"us-west-2_{uuid.uuid4().hex}")

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.us-west-2.amazonaws.com/{self.pool_id}"

    def publish_keys(self) -> None:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        key_set = {"keys": [public | {"kid": KEY_ID, "use": "sig", "alg": "RS256"}]}
        self.server.key_sets[f"/{self.pool_id}/.well-known/jwks.json"] = key_set

    def claims(self, **changes: object) -> dict[str, Any]:
        """What a fresh access token says; a change to None takes a claim away."""
        now = datetime.now(UTC)
        claims = {
            "sub": "u1",
            "iss": self.issuer,
            "client_id": "client-of-almoner",
            "token_use": "access",
            "cognito:groups": ["staff"],
            "iat": now - timedelta(minutes=1),
            "exp": now + timedelta(minutes=59),
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, key: RSAPrivateKey | None = None, kid: str | None = KEY_ID, **changes: object) -> str:
        headers = {} if kid is None else {"kid": kid}
        return jwt.encode(self.claims(**changes), key or self.key, algorithm="RS256", headers=headers)


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def another_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def key_server() -> Iterator[KeyServer]:
    server = KeyServer()
    with serving(server):
        yield server


@pytest.fixture
def pool(key_server: KeyServer, key: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """A pool whose keys nobody has read yet: the verifier remembers key sets by issuer."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDP", key_server.url)
    pool = Pool(key_server, key)
    pool.publish_keys()
    return pool


def segment(content: object) -> str:
    """One part of a token written by hand."""
    return base64.urlsafe_b64encode(json.dumps(content, default=str).encode()).rstrip(b"=").decode()


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def plain_claims(pool: Pool) -> dict[str, Any]:
    return {
        name: seconds(value) if isinstance(value, datetime) else value
        for name, value in pool.claims(sub="attacker").items()
    }


def test_good_token_gives_its_claims(pool: Pool) -> None:
    claims = verify_access_token(pool.token(), pool.issuer)

    assert claims["sub"] == "u1"
    assert claims["token_use"] == "access"
    assert claims["cognito:groups"] == ["staff"]


def test_keys_are_fetched_once_for_many_tokens(pool: Pool) -> None:
    for user in ["u1", "u2", "u3"]:
        assert verify_access_token(pool.token(sub=user), pool.issuer)["sub"] == user

    assert pool.server.paths.count(f"/{pool.pool_id}/.well-known/jwks.json") == 1


def test_unknown_key_ids_do_not_make_us_hammer_the_key_server(pool: Pool) -> None:
    for number in range(5):
        with pytest.raises(Unauthenticated):
            verify_access_token(pool.token(kid=f"unknown-{number}"), pool.issuer)

    assert pool.server.paths.count(f"/{pool.pool_id}/.well-known/jwks.json") == 1


@pytest.mark.parametrize("ago", [timedelta(seconds=30), timedelta(days=365)])
def test_expired_token_is_refused(pool: Pool, ago: timedelta) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(exp=datetime.now(UTC) - ago), pool.issuer)


def test_token_that_is_not_valid_yet_is_refused(pool: Pool) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(nbf=datetime.now(UTC) + timedelta(hours=1)), pool.issuer)


@pytest.mark.parametrize("claim", ["exp", "iss", "sub"])
def test_token_that_lacks_a_needed_claim_is_refused(pool: Pool, claim: str) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(**{claim: None}), pool.issuer)


@pytest.mark.parametrize("suffix", ["x", "/", "/../us-west-2_other"])
def test_token_of_another_issuer_is_refused(pool: Pool, suffix: str) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(iss=pool.issuer + suffix), pool.issuer)


def test_id_token_is_refused(pool: Pool) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(token_use="id", aud="client-of-almoner", client_id=None), pool.issuer)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_unsigned_token_is_refused(pool: Pool, algorithm: str) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": KEY_ID}
    unsigned = f"{segment(header)}.{segment(plain_claims(pool))}"
    signature_of_another = pool.token().rsplit(".", 1)[1]

    for token in [f"{unsigned}.", f"{unsigned}.{signature_of_another}", unsigned]:
        with pytest.raises(Unauthenticated):
            verify_access_token(token, pool.issuer)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_public_key_is_not_taken_for_a_shared_secret(pool: Pool, encoding: Encoding) -> None:
    secret = pool.key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{segment({'alg': 'HS256', 'typ': 'JWT', 'kid': KEY_ID})}.{segment(plain_claims(pool))}"
    digest = hmac.digest(secret, signed.encode(), hashlib.sha256)
    signature = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    with pytest.raises(Unauthenticated):
        verify_access_token(f"{signed}.{signature}", pool.issuer)


def test_token_whose_payload_was_altered_is_refused(pool: Pool) -> None:
    header, _, signature = pool.token().split(".")

    with pytest.raises(Unauthenticated):
        verify_access_token(f"{header}.{segment(plain_claims(pool))}.{signature}", pool.issuer)


def test_token_whose_signature_was_altered_is_refused(pool: Pool) -> None:
    signed, signature = pool.token().rsplit(".", 1)

    for altered in ["", signature[:-4], signature[::-1], f"AAAA{signature[4:]}"]:
        with pytest.raises(Unauthenticated):
            verify_access_token(f"{signed}.{altered}", pool.issuer)


@pytest.mark.parametrize("kid", [KEY_ID, "unknown", "", None])
def test_token_of_a_key_that_the_pool_does_not_publish_is_refused(
    pool: Pool, another_key: RSAPrivateKey, kid: str | None
) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(key=another_key, kid=kid), pool.issuer)


@pytest.mark.parametrize("kid", ["unknown", "", None])
def test_token_that_does_not_name_a_published_key_is_refused(pool: Pool, kid: str | None) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(pool.token(kid=kid), pool.issuer)


def test_key_that_the_token_brings_along_is_not_believed(pool: Pool, another_key: RSAPrivateKey) -> None:
    brought = RSAAlgorithm.to_jwk(another_key.public_key(), as_dict=True) | {"kid": KEY_ID}
    elsewhere = f"{pool.server.url}/attacker/.well-known/jwks.json"
    pool.server.key_sets["/attacker/.well-known/jwks.json"] = {"keys": [brought]}
    headers = {"kid": KEY_ID, "jwk": brought, "jku": elsewhere}
    token = jwt.encode(pool.claims(), another_key, algorithm="RS256", headers=headers)

    with pytest.raises(Unauthenticated):
        verify_access_token(token, pool.issuer)
    assert "/attacker/.well-known/jwks.json" not in pool.server.paths


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
def test_garbage_is_refused(garbage: str) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(garbage, "https://issuer.invalid/us-west-2_garbage")


@pytest.mark.parametrize("header", [[], "text", {"alg": "RS256", "kid": 7}, {"alg": ["RS256"]}, {"kid": {}}])
def test_token_with_a_strange_header_is_refused(pool: Pool, header: object) -> None:
    with pytest.raises(Unauthenticated):
        verify_access_token(f"{segment(header)}.{segment(plain_claims(pool))}.AAAA", pool.issuer)


def test_error_does_not_repeat_the_token(pool: Pool) -> None:
    token = pool.token(exp=datetime.now(UTC) - timedelta(hours=1))

    with pytest.raises(Unauthenticated) as error:
        verify_access_token(token, pool.issuer)

    assert not any(part in error.value.detail for part in token.split("."))


ISSUER = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_pool"


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, f"{ISSUER}/.well-known/jwks.json"),
        ({"AWS_ENDPOINT_URL": ""}, f"{ISSUER}/.well-known/jwks.json"),
        ({"AWS_ENDPOINT_URL": "http://all:1"}, "http://all:1/us-west-2_pool/.well-known/jwks.json"),
        (
            {"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_COGNITO_IDP": "http://idp:2"},
            "http://idp:2/us-west-2_pool/.well-known/jwks.json",
        ),
    ],
)
def test_keys_are_where_the_issuer_or_the_endpoint_override_says(environment: dict[str, str], url: str) -> None:
    assert jwks_url(ISSUER, environment) == url


def test_key_server_out_of_reach_signs_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDP", "http://127.0.0.1:9")
    token = jwt.encode({"sub": "u"}, "k" * 32, headers={"kid": "unseen"})
    with pytest.raises(Unavailable):
        verify_access_token(token, "https://example.org/unreachable")


def test_key_server_that_answers_nonsense_signs_nobody_out(pool: Pool) -> None:
    pool.server.raw["/odd/.well-known/jwks.json"] = b"<html>busy</html>"
    token = jwt.encode({"sub": "u"}, "k" * 32, headers={"kid": "unseen"})
    with pytest.raises(Unavailable):
        verify_access_token(token, "https://example.org/odd")
