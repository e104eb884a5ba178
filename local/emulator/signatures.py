"""S3: which signatures are accepted."""

from ministack.services import s3

from local.emulator.provisioning import Answer, Json

_UNSUPPORTED = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."


def refuse_old_signatures() -> None:
    """Refuse signatures of version 2, as AWS does for all buckets created since June 2020.

    MiniStack accepts any that the root user has made, without verifying them; the SDK makes such URLs by default.
    """
    validate, enforce = s3.validate_object_request, s3._enforce_signed_post_policy

    def validate_version_4(method: str, path: str, headers: Json, query: Json) -> Answer | None:
        if headers.get("authorization", "").startswith("AWS ") or {"AWSAccessKeyId", "Signature"} <= query.keys():
            return _refusal(path)
        invalid: Answer | None = validate(method, path, headers, query)
        return invalid

    def enforce_version_4(fields: Json, bucket: str, region: str, size: int, sigv4: bool) -> Answer | None:
        refused: Answer | None = enforce(fields, bucket, region, size, sigv4) if sigv4 else _refusal(f"/{bucket}")
        return refused

    s3.validate_object_request, s3._enforce_signed_post_policy = validate_version_4, enforce_version_4


def _refusal(resource: str) -> Answer:
    answer: Answer = s3._error("InvalidRequest", _UNSUPPORTED, 400, resource)
    return answer
