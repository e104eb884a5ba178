"""The charity's help documents, which the help desk answers from."""

import mimetypes
from typing import Any

from local.workspace import ROOT

DOCUMENTS = ROOT / "knowledge_base" / "help"


def upload_help_documents(s3: Any, bucket: str) -> int:
    """Into a bucket that has none: what staff have added and deleted stays as it is. How many were uploaded."""
    if s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["KeyCount"]:
        return 0
    documents = sorted(DOCUMENTS.iterdir())
    for document in documents:
        content_type = mimetypes.guess_type(document.name)[0] or "text/markdown"
        s3.put_object(Bucket=bucket, Key=document.name, Body=document.read_bytes(), ContentType=content_type)
    return len(documents)
