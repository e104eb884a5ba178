"""Objects of a versioned bucket: what is sent to S3, and what its answers mean."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.errors import Unavailable
from shared.s3.buckets import Bucket, CurrentVersion, ObjectHead, ObjectVersion
from tests.shared.aws.aws_server import Answers, AwsServer

PNG = "image/png"
WRITTEN_AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def bucket(aws: AwsServer) -> Bucket:  # noqa: ARG001  aws: the surroundings
    return Bucket("texts", client("s3", attempts=1))


def listed(*versions: tuple[str, str], following: str = "") -> Answers:
    found = "".join(
        f"<Version><Key>{key}</Key><VersionId>{version}</VersionId><IsLatest>true</IsLatest>"
        "<LastModified>2026-02-03T04:05:06.000Z</LastModified></Version>"
        for key, version in versions
    )
    marker = f"<DeleteMarker><Key>gone</Key><VersionId>m</VersionId></DeleteMarker>{following}"
    listing = f"<EncodingType>url</EncodingType>{found}{marker}"
    namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    return Answers(f'<ListVersionsResult xmlns="{namespace}">{listing}</ListVersionsResult>'.encode())


def test_written_object_has_a_version(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", headers={"x-amz-version-id": "v1"})]

    assert bucket.put("p/ä b.txt", "👟".encode(), "text/plain; charset=utf-8") == "v1"

    [request] = aws.requests
    assert (request.method, request.target, request.body) == ("PUT", "/texts/p/%C3%A4%20b.txt", "👟".encode())
    assert request.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_bucket_without_versions_is_a_mistake_that_shows(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"")]

    with pytest.raises(RuntimeError, match="keeps no versions"):
        bucket.put("key", b"", "text/plain")


def test_no_more_of_an_object_is_read_than_wanted(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"text"), Answers(b"text"), Answers(b"")]

    assert [bucket.get("key", "v1", max_bytes) for max_bytes in (2, 9, 2)] == [b"te", b"text", b""]


def test_object_is_read_by_its_version(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"text"), Answers(b"<Error><Code>NoSuchVersion</Code></Error>", 404)]

    assert bucket.get("key", "v/1=") == b"text"
    assert bucket.get("key", "v2") is None
    assert aws.requests[0].target == "/texts/key?versionId=v%2F1%3D"


def test_refusal_is_no_absence(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"<Error><Code>AccessDenied</Code></Error>", 403), Answers(b"", 503)]

    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.get("key", "v1")
    with pytest.raises(Unavailable):
        bucket.get("key", "v1")


def test_versions_are_listed_page_after_page_without_markers(aws: AwsServer, bucket: Bucket) -> None:
    following = (
        "<IsTruncated>true</IsTruncated><NextKeyMarker>p/b+c</NextKeyMarker>"
        "<NextVersionIdMarker>2</NextVersionIdMarker>"
    )
    aws.outcomes = [listed(("p/a", "1"), ("p/b+c", "2"), following=following), listed(("p/%C3%A4", "3"))]

    assert list(bucket.versions("p/")) == [
        ObjectVersion("p/a", "1", WRITTEN_AT),
        ObjectVersion("p/b c", "2", WRITTEN_AT),
        ObjectVersion("p/ä", "3", WRITTEN_AT),
    ]
    first, second = (parse_qs(urlsplit(request.target).query, keep_blank_values=True) for request in aws.requests)
    assert {urlsplit(request.target).path for request in aws.requests} == {"/texts"}
    assert first == {"versions": [""], "encoding-type": ["url"], "prefix": ["p/"]}
    assert second == first | {"key-marker": ["p/b c"], "version-id-marker": ["2"]}


def test_current_versions_are_those_that_are_there(aws: AwsServer, bucket: Bucket) -> None:
    def version(number: int, latest: str) -> str:
        described = f"<IsLatest>{latest}</IsLatest><ETag>&quot;tag{number}&quot;</ETag><Size>{number}</Size>"
        return f"<Version><Key>p/a</Key><VersionId>v{number}</VersionId>{described}</Version>"

    listing = f"<ListVersionsResult>{version(2, 'true')}{version(1, 'false')}</ListVersionsResult>"
    aws.outcomes = [Answers(listing.encode())]

    assert list(bucket.current_versions("p/")) == [CurrentVersion("p/a", "v2", "tag2", 2)]


def test_keys_are_listed_page_after_page(aws: AwsServer, bucket: Bucket) -> None:
    def page(key: str, more: str = "") -> Answers:
        listing = f"<EncodingType>url</EncodingType><Contents><Key>{key}</Key></Contents>{more}"
        return Answers(
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{listing}</ListBucketResult>'.encode()
        )

    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>"
    aws.outcomes = [page("p/a", more), page("p/b+c")]

    assert list(bucket.keys("p/")) == ["p/a", "p/b c"]
    first, second = (parse_qs(urlsplit(request.target).query) for request in aws.requests)
    assert first["prefix"] == second["prefix"] == ["p/"]
    assert second["continuation-token"] == ["next"]


def test_versions_are_deleted_one_by_one(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", 204) for _ in range(20)]

    bucket.delete([ObjectVersion(f"key-{number}", "v", WRITTEN_AT) for number in range(20)])
    bucket.delete([])

    assert {(request.method, request.target) for request in aws.requests} == {
        ("DELETE", f"/texts/key-{number}?versionId=v") for number in range(20)
    }


def test_what_could_not_be_deleted_is_reported(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", 204), Answers(b"", 503), Answers(b"", 204)]

    with pytest.raises(Unavailable):
        bucket.delete([ObjectVersion(key, "v", WRITTEN_AT) for key in "abc"])


def test_new_object_is_written_unless_there_is_one(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b""), Answers(b"<Error><Code>PreconditionFailed</Code></Error>", 412)]

    assert bucket.put_new("a.png", b"png", "image/png", "public, max-age=60")
    assert not bucket.put_new("a.png", b"other", "image/png", "public, max-age=60")

    request = aws.requests[0]
    assert (request.method, request.target, request.body) == ("PUT", "/texts/a.png", b"png")
    assert request.headers["If-None-Match"] == "*"
    assert request.headers["Cache-Control"] == "public, max-age=60"
    assert request.headers["Content-Type"] == "image/png"


def test_new_object_that_may_not_be_written_is_no_old_one(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"<Error><Code>AccessDenied</Code></Error>", 403)]

    with pytest.raises(ClientError, match="AccessDenied"):
        bucket.put_new("a.png", b"png", "image/png", "public")


def test_head_tells_what_an_object_is(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", headers={"x-amz-version-id": "v1"}, announced_bytes=7), Answers(b"", 404)]

    assert bucket.head("a.png") == ObjectHead("v1", 7)
    assert bucket.head("b.png") is None
    assert [request.method for request in aws.requests] == ["HEAD", "HEAD"]


def test_head_that_is_refused_is_no_absence(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", 403)]

    with pytest.raises(ClientError, match="403"):
        bucket.head("a.png")


def test_form_lets_one_object_be_put_for_a_while(aws: AwsServer, bucket: Bucket) -> None:
    before = datetime.now(UTC)
    form = bucket.form("u/1", PNG, max_bytes=10, expires_in_seconds=300)

    policy = json.loads(b64decode(form.fields["policy"]))
    expires_in = datetime.fromisoformat(policy["expiration"]) - before
    assert form.url == f"{aws.url}/texts"
    assert list(form.fields)[:2] == ["Content-Type", "key"]
    assert timedelta(seconds=299) <= expires_in <= timedelta(seconds=310)
    assert form.fields["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    for condition in (
        ["content-length-range", 1, 10],
        {"bucket": "texts"},
        {"key": "u/1"},
        {"Content-Type": "image/png"},
    ):
        assert condition in policy["conditions"]
    assert not aws.requests


def test_form_may_say_more_of_the_object(bucket: Bucket) -> None:
    more = {"x-amz-storage-class": "INTELLIGENT_TIERING"}
    form = bucket.form("u/1", PNG, max_bytes=10, expires_in_seconds=300, more_fields=more)

    assert form.fields.items() >= more.items()
    assert more in json.loads(b64decode(form.fields["policy"]))["conditions"]


def test_hidden_object_keeps_its_versions(aws: AwsServer, bucket: Bucket) -> None:
    aws.outcomes = [Answers(b"", 204)]

    bucket.hide("a.png")

    assert [(request.method, request.target) for request in aws.requests] == [("DELETE", "/texts/a.png")]


def test_link_downloads_one_version_as_a_file(aws: AwsServer, bucket: Bucket) -> None:
    url = bucket.link("p/a", "v1", file_name='Quittung für „2026".pdf', expires_in_seconds=300)

    assert aws.requests == []
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.path.endswith("/p/a")
    assert query["versionId"] == "v1"
    assert query["X-Amz-Expires"] == "300"
    name = "Quittung%20f%C3%BCr%20%E2%80%9E2026%22.pdf"
    assert query["response-content-disposition"] == f"attachment; filename*=UTF-8''{name}"
