"""AWS Signature Version 4: of one request, in its headers, and of a form that somebody else posts to S3."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """`token` belongs to those that end, as a role's do."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A request as it goes on the wire: `path` is percent-encoded, `headers` include Host."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class UnsignedForm:
    """One object that may be put into a bucket: under this key, of so many bytes, with these fields and no others."""

    bucket: str
    key: str
    fields: Mapping[str, str]
    least_bytes: int
    most_bytes: int
    expires_at: datetime


def query_string(query: Mapping[str, str]) -> str:
    """Without the question mark, in the order in which it is signed."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(
    request: Unsigned, credentials: Credentials, service: str, region: str, now: datetime
) -> dict[str, str]:
    """The request's headers and those that prove who sends it. `now` is in UTC; AWS allows five minutes' difference.

    `service` is the name in the scope of the signature. S3 signs paths as they are, and the body's hash as a header.
    """
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    body_hash = hashlib.sha256(request.body).hexdigest()
    headers = dict(request.headers) | {"X-Amz-Date": moment}
    if credentials.token:
        headers["X-Amz-Security-Token"] = credentials.token
    if service == "s3":
        headers["X-Amz-Content-SHA256"] = body_hash
    lines = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(lines))
    canonical = "\n".join(
        (
            request.method,
            request.path if service == "s3" else quote(request.path, safe="/~"),
            query_string(request.query),
            *(f"{name}:{lines[name]}" for name in sorted(lines)),
            "",
            names,
            body_hash,
        )
    )
    scope = _scope(moment, region, service)
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_key, moment[:8], region, service)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["Authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def signed_fields(form: UnsignedForm, credentials: Credentials, region: str, now: datetime) -> dict[str, str]:
    """The form's fields and those that prove who lets it be posted; S3 refuses it where anything else is in it.

    Whoever posts it sends them in this order, and the file last. It ends with the credentials at the latest.
    """
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = _scope(moment, region, "s3")
    proof = {
        "x-amz-algorithm": _ALGORITHM,
        "x-amz-credential": f"{credentials.access_key}/{scope}",
        "x-amz-date": moment,
    }
    if credentials.token:
        proof["x-amz-security-token"] = credentials.token
    exactly = {**form.fields, "bucket": form.bucket, "key": form.key, **proof}
    policy = {
        "expiration": form.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conditions": [
            ["content-length-range", form.least_bytes, form.most_bytes],
            *({name: value} for name, value in exactly.items()),
        ],
    }
    encoded = b64encode(json.dumps(policy).encode()).decode()
    signature = hmac.digest(_signing_key(credentials.secret_key, moment[:8], region, "s3"), encoded.encode(), "sha256")
    return {**form.fields, "key": form.key, **proof, "policy": encoded, "x-amz-signature": signature.hex()}


def _scope(moment: str, region: str, service: str) -> str:
    return f"{moment[:8]}/{region}/{service}/aws4_request"


@lru_cache(maxsize=16)
def _signing_key(secret_key: str, date: str, region: str, service: str) -> bytes:
    """The same all day: four of the six hashes of a signature."""
    key = b"AWS4" + secret_key.encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
