"""CloudFormation, which waits for a custom resource: it gave us a URL where the answer is to be put."""

import json
from collections.abc import Mapping
from typing import Any

import urllib3

from shared.aws.failures import unavailable

_ID = "schema"
_SECONDS = 10.0


class Deployment:
    """The event of a custom resource; anything else is somebody who reads the function's result."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._event = event

    @property
    def is_a_removal(self) -> bool:
        """The data stays: removing the schema would be removing it."""
        return self._event.get("RequestType") == "Delete"

    def succeed(self, result: dict[str, object]) -> dict[str, object]:
        """Raises Unavailable."""
        self._answer({"Status": "SUCCESS"})
        return result

    def fail(self, reason: str) -> None:
        """Raises Unavailable."""
        self._answer({"Status": "FAILED", "Reason": reason})

    def _answer(self, answer: Mapping[str, str]) -> None:
        url = self._event.get("ResponseURL")
        if url is None:
            return
        ids = {name: self._event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
        body = json.dumps({**ids, "PhysicalResourceId": _ID, **answer}).encode()
        try:  # the URL is signed for a request without a content type
            response = urllib3.request("PUT", url, body=body, headers={"Content-Type": ""}, timeout=_SECONDS)
        except urllib3.exceptions.HTTPError as error:
            raise unavailable() from error
        if response.status != 200:
            raise unavailable()
