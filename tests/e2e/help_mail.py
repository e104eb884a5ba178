"""The help desk as those use it who write to it by mail."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from local.inbox.messages import Delivered
from shared.json.encoding import rfc3339
from tests.e2e.clients import Api, Platform, User
from tests.e2e.local_inbox import inbox_of


class HelpDesk:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._s3, self.outputs = platform, platform.aws("s3"), platform.outputs
        [function] = [each for each in platform.functions if "mail.handlers.receive_mail" in each["Handler"]]
        self._function: str = function["FunctionName"]
        self._events = dict[str, dict[str, Any]]()
        self._variables: dict[str, str] = function["Environment"]["Variables"]
        self.address = self._variables["HELP_ADDRESS"]

    def as_user(self, user: User) -> Api:
        return Api(self._platform.outputs["apis"]["knowledge_base"], None, user.access_token)

    def receive(self, mail: bytes) -> str:
        """As SES does. The key of the mail."""
        key = f"inbox/{secrets.token_hex(20)}"
        answer = self._s3.put_object(Bucket=self._variables["MAIL_BUCKET"], Key=key, Body=mail)
        detail = {
            "bucket": {"name": self._variables["MAIL_BUCKET"]},
            "object": {"key": key, "version-id": answer["VersionId"]},
        }
        at = rfc3339(datetime.now(UTC))
        self._events[key] = {
            "id": key,
            "source": "aws.s3",
            "detail-type": "Object Created",
            "time": at,
            "detail": detail,
        }
        return key

    def receive_again(self, key: str) -> None:
        """As the bus does, which may deliver an event twice."""
        payload = json.dumps(self._events[key])
        answer = self._platform.aws("lambda").invoke(FunctionName=self._function, Payload=payload)
        assert "FunctionError" not in answer, answer["Payload"].read()

    def keys(self, keys: list[str]) -> list[str]:
        """Those of the mails that are there."""
        found = self._s3.list_object_versions(Bucket=self._variables["MAIL_BUCKET"])
        there = {each["Key"] for each in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]}
        return [key for key in keys if key in there]

    def found(self, staff: User, word: str) -> list[dict[str, Any]]:
        """Tickets of whomever, by a word of their subjects."""
        items: list[dict[str, Any]] = self.as_user(staff).get(f"/tickets?q={word}").json()["items"]
        return items

    def tickets(self, user: User) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.as_user(user).get("/tickets").json()["items"]
        return items

    def texts(self, user: User, ticket_id: str) -> list[str]:
        ticket = self.as_user(user).get(f"/tickets/{ticket_id}").json()
        return [each["text"] for each in ticket["replies"]]

    def mails(self, to: str) -> list[Delivered]:
        return [each for each in inbox_of(self._platform, to) if self.address.partition("@")[2] in str(each.headers)]
