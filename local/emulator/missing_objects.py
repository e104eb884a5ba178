"""S3: what callers learn about objects that do not exist."""

from typing import Any

from ministack import app
from ministack.services import s3

from local.emulator.provisioning import Answer, Json

_MISSING = (b"<Code>NoSuchKey</Code>", b"<Code>NoSuchVersion</Code>")


def tell_only_those_who_may_list() -> None:
    """Answer 403 instead of 404 for a missing object to callers without s3:ListBucket, as AWS does."""
    handle = s3.handle_request

    async def handle_with_permission(
        method: str, path: str, headers: Json, body: bytes, query: Json, **more: Any
    ) -> Answer:
        answer: Answer = await handle(method, path, headers, body, query, **more)
        bucket, key = s3._parse_bucket_key(path, headers)
        status, _, content = answer
        is_signed = app.extract_access_key_id(headers, query)
        if not (method in ("GET", "HEAD") and key and status == 404 and is_signed) or more.get("internal"):
            return answer
        if method == "GET" and not any(code in content for code in _MISSING):
            return answer
        denied: Answer | None = app._enforce_data_plane(
            "s3", "s3:ListBucket", headers, query, "", resource_arn=f"arn:aws:s3:::{bucket}"
        )
        return denied or answer

    s3.handle_request = handle_with_permission
