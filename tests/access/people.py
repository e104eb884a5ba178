"""Who sends the requests of the matrix on a platform: people in every role."""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import requests

from tests.access.matrix import Call, Row
from tests.conformance import documents
from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually
from tests.e2e.local_inbox import code_for

IDENTITY, PERSONALIZATION, COMMERCE = "identity", "personalization", "commerce"
COMMUNICATIONS, HELP_DESK = "communications", "knowledge_base"
SIGNED_IN = {
    IDENTITY: "/users",
    PERSONALIZATION: "/api/projects",
    COMMERCE: "/cart",
    COMMUNICATIONS: "/users/me",
    HELP_DESK: "/tickets",
}
"""A route of each context that serves admins, and nobody who has not signed in."""


def unique() -> str:
    return f"access-{uuid.uuid4().hex}"


class People:
    """In every role, who send requests."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._started_at = platform, time.time()

    def send(self, row: Row, call: Call, caller: str) -> requests.Response:
        """The answer, which conforms to the API's document."""
        method, _, path = row.route.partition(" ")
        headers = {**call.headers, "Idempotency-Key": unique()}
        api = self.api(row.context, caller, call.concerns)
        return api(method, path.format(**call.path), params=call.query, headers=headers, json=call.json, data=call.text)

    def done(self, context: str, method: str, path: str, json: object = None, caller: str = "admin") -> Any:
        """What a caller who may do it is answered."""
        answer = self.api(context, caller)(method, path, json=json, headers={"Idempotency-Key": unique()})
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.text else None

    def api(self, context: str, caller: str, concerned: User | None = None) -> Api:
        key = None if caller == "keyless" else self._platform.api_key
        user = self.users[caller]
        if concerned and user is self.users["supporter"]:
            user = concerned
        token = user.access_token if user else None
        return Api(self._platform.outputs["apis"][context], key, token, documents()[context])

    def denials(self) -> list[dict[str, Any]]:
        """The lines of all functions, since the beginning, that say that AWS has not let them do something."""
        return [line for line in self._logged() if "Denied" in line.get("awsError", "")]

    def _logged(self) -> Iterator[dict[str, Any]]:
        logs = self._platform.aws("logs")
        for group in logs.describe_log_groups()["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"], startTime=int(self._started_at * 1000)
            )
            for event in (event for page in pages for event in page["events"]):
                if event["message"].startswith("{"):
                    yield json.loads(event["message"])

    @cached_property
    def users(self) -> Mapping[str, User | None]:
        supporter = self.newcomer()
        groups = {group: self._platform.sample_user(group) for group in ("staff", "finance", "admin")}
        new = {name: self.newcomer() for name in ("editor", "viewer", "another")}
        nobody = {"guest": None, "expired": self._expired(groups["admin"]), "deleted": self._deleted()}
        return {"supporter": supporter, "keyless": supporter, **nobody, **groups, **new}

    def id_of(self, caller: str) -> str:
        user = self.users[caller]
        assert user
        return user.user_id

    @cached_property
    def supporter_id(self) -> str:
        return self.id_of("supporter")

    def code_for(self, address: str) -> str:
        """The last one that was sent there."""
        return code_for(self._platform, address)

    def newcomer(self) -> User:
        """A supporter whose record is there."""
        user = self._platform.sign_up("Rosa Martínez")
        api = Api(self._platform.outputs["apis"][PERSONALIZATION], self._platform.api_key, user.access_token)
        eventually(lambda: api.get(f"/profile?userId={user.user_id}").ok)
        communications = Api(self._platform.outputs["apis"][COMMUNICATIONS], None, user.access_token)
        eventually(lambda: communications.get("/users/me").ok)
        return user

    def _expired(self, user: User) -> User:
        """Nothing but the time is wrong with the token."""
        now = int(time.time())
        valid, expired = (self._platform.token_until(user, now + seconds) for seconds in (60, -1))
        assert all(self._answers(valid, 200))
        return replace(user, access_token=expired)

    def _deleted(self) -> User:
        """Every context has finished with them, and so has the user pool."""
        someone, admin = self.newcomer(), self._platform.sample_user("admin")
        people, communications = self._as(IDENTITY, admin.access_token), self._as(COMMUNICATIONS, admin.access_token)
        for groups in (["admin"], []):
            put = people("PUT", f"/users/{someone.user_id}/groups", json={"groups": groups})
            assert put.ok, put.text
            someone = self._platform.sign_in(someone.email, PASSWORD) if groups else someone
        assert communications("DELETE", f"/users/{someone.user_id}").status_code == 202
        eventually(lambda: all(self._answers(someone.access_token, 401)))
        eventually(lambda: self._platform.has_erased(someone))
        return someone

    def _answers(self, token: str, status: int) -> Iterator[bool]:
        for context, path in SIGNED_IN.items():
            yield self._as(context, token).get(path).status_code == status

    def _as(self, context: str, token: str) -> Api:
        return Api(self._platform.outputs["apis"][context], self._platform.api_key, token, documents()[context])

    @cached_property
    def bystander(self) -> User:
        """Somebody to whom things may be done again and again."""
        return self.newcomer()
