"""Conditional reads (RFC 9110, 13): whoever has the present answer does not get it again."""

import hashlib
import re
from http import HTTPStatus

from shared.http.events import Event, header_values
from shared.http.response import Answer

# `"…"` or `W/"…"`: what is between the quotes has no quotes, but may have commas
_TAG = re.compile(r'(?:W/)?("[^"\s]*")')


def revalidated(answer: Answer, event: Event, *, cached_by_gateway: bool) -> Answer:
    """The answer with its `ETag`; 304 without a body if the request has it in `If-None-Match`.

    Never 304 behind a gateway that caches: it would keep that for everybody, also for those who have no answer yet.
    """
    tag = _tag(answer.body)
    headers = {**answer.headers, "ETag": f"W/{tag}", "Vary": "Accept-Encoding"}
    if cached_by_gateway or not _has(tag, ",".join(header_values(event, "If-None-Match"))):
        return Answer(answer.status, headers, answer.body)
    without_type = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Answer(HTTPStatus.NOT_MODIFIED, without_type, "")


def _tag(body: str) -> str:
    """Of the answer before it is compressed, with which its bytes change: so it is sent as a weak one."""
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'


def _has(tag: str, if_none_match: str) -> bool:
    """By weak comparison. `*` is whatever there is; what cannot be read is not there."""
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)
