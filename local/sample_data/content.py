"""Forty-five pages of a cancer charity's content, with events around the current day."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from personalization.content.domain.content import Content, Kind

_FILE = Path(__file__).with_name("content.json")
_START = timedelta(hours=10)


def sample_content(today: datetime) -> list[Content]:
    """Always the same except for the times of events: `startsInDays` is relative to `today`, a midnight."""
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
