"""Forty pages of a cancer charity's content; its events lie around the day that they are drawn on."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from personalization.content.domain.content import Content, Kind

_FILE = Path(__file__).with_name("content.json")
_START = timedelta(hours=10)


def sample_content(today: datetime) -> list[Content]:
    """The same on every call but for the events' times: `startsInDays` counts from the midnight `today`."""
    return [_content(item, today) for item in json.loads(_FILE.read_text())]


def _content(item: dict[str, Any], today: datetime) -> Content:
    starts_at = today + timedelta(days=item["startsInDays"]) + _START if "startsInDays" in item else None
    return Content(
        content_id=item["contentId"],
        kind=Kind(item["kind"]),
        title=item["title"],
        summary=item["summary"],
        body=item["body"],
        tags=tuple(item["tags"]),
        url=item.get("url"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=item["days"]) if starts_at and "days" in item else None,
        updated_at=today,
    )
