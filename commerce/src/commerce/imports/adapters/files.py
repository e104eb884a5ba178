"""Files of imports and exports in one bucket.

uploads/{importId} comes by a form, files/{importId} with a request; parts/{importId}/{part} and
reports/{importId}/{part} are made of it.
"""

import json
from collections.abc import Sequence
from typing import Any

from commerce.imports.domain.background import FORM_VALID, StoredFile
from commerce.imports.domain.reporting import LineReport, Outcome
from shared.errors import NotFound
from shared.http.contract import JSON
from shared.json.encoding import encode
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm
from shared.text.csv_file import ColumnError, Record


class S3ImportFiles:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def form(self, import_id: str, content_type: str, size_bytes: int) -> UploadForm:
        """Signed locally."""
        return self._bucket.form(
            f"uploads/{import_id}", content_type, max_bytes=size_bytes, expires_in_seconds=FORM_VALID.seconds
        )

    def uploaded(self, import_id: str) -> StoredFile | None:
        """One HeadObject."""
        key = f"uploads/{import_id}"
        head = self._bucket.head(key)
        return StoredFile(key, head.version_id) if head else None

    def store(self, import_id: str, content: bytes, content_type: str) -> StoredFile:
        """One PutObject."""
        key = f"files/{import_id}"
        return StoredFile(key, self._bucket.put(key, content, content_type))

    def content(self, file: StoredFile) -> bytes:
        """One GetObject of exactly this version: a later upload has another."""
        content = self._bucket.get(file.key, file.version_id)
        if content is None:
            raise NotFound("The file is not there any more: send it again.")
        return content

    def put_part(self, import_id: str, part: int, records: Sequence[Record]) -> None:
        """One PutObject."""
        self._put(f"parts/{import_id}/{part}", records)

    def part(self, import_id: str, part: int) -> list[Record]:
        """One GetObject."""
        return [
            Record(each["line"], each["cells"], each["names"], _errors(each["errors"]))
            for each in self._get(f"parts/{import_id}/{part}")
        ]

    def put_report(self, import_id: str, part: int, lines: Sequence[LineReport]) -> None:
        """One PutObject."""
        self._put(f"reports/{import_id}/{part}", lines)

    def report(self, import_id: str, part: int) -> tuple[LineReport, ...]:
        """One GetObject."""
        return tuple(
            LineReport(
                each["line"],
                each["productId"],
                Outcome(each["outcome"]),
                _errors(each["errors"]),
                _errors(each["notes"]),
            )
            for each in self._get(f"reports/{import_id}/{part}")
        )

    def _put(self, key: str, items: Sequence[object]) -> None:
        self._bucket.put(key, encode(list(items)).encode(), JSON)

    def _get(self, key: str) -> Any:
        content = self._bucket.latest(key)
        if content is None:
            raise NotFound("The report is not there any more: send the file again.")
        return json.loads(content)


def _errors(documents: Sequence[dict[str, str]]) -> tuple[ColumnError, ...]:
    return tuple(ColumnError(each["column"], each["message"]) for each in documents)
