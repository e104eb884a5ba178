"""All that the platform keeps, before and after a request."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.e2e.clients import Platform

type Snapshot = Mapping[str, int | None]
"""What there is, and for how long, in epoch seconds."""

_QUIET_SECONDS, _PATIENCE_SECONDS = 2.5, 90
_AT_ONCE = 8


class Data:
    """Every item of every table, every version of every object, and every account with its groups."""

    def __init__(self, platform: Platform) -> None:
        self._pool_id = platform.outputs["userPoolId"]
        self._tables = [(name, name.rpartition("-")[0].rpartition("-")[2]) for name in platform.tables]
        self._dynamo, self._s3, self._cognito = (platform.aws(each) for each in ("dynamodb", "s3", "cognito-idp"))
        buckets = [bucket["Name"] for bucket in self._s3.list_buckets()["Buckets"]]
        self._buckets = [name for name in buckets if name.startswith("almoner-")]
        groups = self._cognito.list_groups(UserPoolId=self._pool_id)["Groups"]
        self._groups: list[str] = [group["GroupName"] for group in groups]

    def snapshot(self) -> Snapshot:
        parts: list[Callable[[], Iterable[tuple[str, int | None]]]] = [
            *((lambda name=name, table=table: list(self._items(name, table))) for name, table in self._tables),
            *((lambda bucket=bucket: list(self._versions(bucket))) for bucket in self._buckets),
            lambda: list(self._accounts()),
        ]
        with ThreadPoolExecutor(_AT_ONCE) as at_once:
            return dict(each for part in at_once.map(lambda part: part(), parts) for each in part)

    def when_quiet(self) -> Snapshot:
        """Once nothing changes by itself any more."""
        deadline, latest = time.monotonic() + _PATIENCE_SECONDS, self.snapshot()
        while True:
            time.sleep(_QUIET_SECONDS)
            before, latest = latest, self.snapshot()
            changed = changes(before, latest)
            if not changed:
                return latest
            assert time.monotonic() < deadline, changed

    def _items(self, name: str, table: str) -> Iterator[tuple[str, int | None]]:
        for page in self._dynamo.get_paginator("scan").paginate(TableName=name, ConsistentRead=True):
            for item in page["Items"]:
                expires_at = item.get("expiresAt", {}).get("N")
                yield f"{table} {_text(item)}", int(float(expires_at)) if expires_at else None

    def _versions(self, bucket: str) -> Iterator[tuple[str, None]]:
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for kind in ("Versions", "DeleteMarkers"):
                for version in page.get(kind, []):
                    yield f"{bucket} {kind} {version['Key']} {version['VersionId']}", None

    def _accounts(self) -> Iterator[tuple[str, None]]:
        pool = {"UserPoolId": self._pool_id}
        for page in self._cognito.get_paginator("list_users").paginate(**pool):
            for user in page["Users"]:
                yield f"account {_text(user)}", None
        for group in self._groups:
            for page in self._cognito.get_paginator("list_users_in_group").paginate(**pool, GroupName=group):
                for user in page["Users"]:
                    yield f"{group} {user['Username']}", None


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """What is there now, and what is not any more; but for what has expired."""
    now = time.time()
    gone = [each for each in before.keys() - after.keys() if (before[each] or now + 1) > now]
    return [*(f"- {each}" for each in sorted(gone)), *(f"+ {each}" for each in sorted(after.keys() - before.keys()))]


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
