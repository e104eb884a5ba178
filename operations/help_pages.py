"""Uploads the shop's help pages to the bucket in which the support chat looks for them."""

import hashlib
from pathlib import Path
from typing import Any

PAGES = Path(__file__).resolve().parent.parent / "commerce" / "help"
_PREFIX = "help/"


def publish_help_pages(s3: Any, bucket: str, folder: Path = PAGES) -> int:
    """How many pages were new or had changed. Pages of the bucket that are not in the folder are removed."""
    pages = {f"{_PREFIX}{file.name}": file.read_bytes() for file in sorted(folder.glob("*.md"))}
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=_PREFIX).get("Contents", ())
    there = {found["Key"]: found["ETag"].strip('"') for found in listed}
    changed = {key: text for key, text in pages.items() if there.get(key) != _etag(text)}
    for key, text in changed.items():
        s3.put_object(Bucket=bucket, Key=key, Body=text, ContentType="text/markdown; charset=utf-8")
    for key in there.keys() - pages.keys():
        s3.delete_object(Bucket=bucket, Key=key)
    return len(changed)


def _etag(content: bytes) -> str:
    """As S3 makes it of what is encrypted with its own keys."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
