"""A form by which somebody else puts one object into a bucket of ours."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What is posted to `url` as multipart/form-data: the fields, and after them the content as `file`."""

    url: str
    fields: Mapping[str, str]
