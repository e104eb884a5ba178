"""Prints the functions' logs, newest last."""

import sys
import time

from local.deployment import client
from local.workspace import Workspace

_HISTORY_SECONDS = 600
_POLL_SECONDS = 1.0


def show_logs(workspace: Workspace, follow: bool | None = None) -> None:
    """Print the last ten minutes of every log group and, in a terminal, follow them until interrupted."""
    logs = client("logs", workspace)
    since_ms = int((time.time() - _HISTORY_SECONDS) * 1000)
    seen: set[tuple[int, str, str]] = set()
    while True:
        events = []
        for group in logs.describe_log_groups()["logGroups"]:
            found = logs.filter_log_events(logGroupName=group["logGroupName"], startTime=since_ms)["events"]
            events += [event | {"group": group["logGroupName"]} for event in found]
        for event in sorted(events, key=lambda event: event["timestamp"]):
            identity = event["timestamp"], event["logStreamName"], event["message"]
            if identity not in seen:
                seen.add(identity)
                print(f"{_label(event['group'])} {event['message'].rstrip()}", flush=True)
        if not (sys.stdout.isatty() if follow is None else follow):
            return
        time.sleep(_POLL_SECONDS)


def _label(group: str) -> str:
    """`Personalization  Logs` for `/aws/cloudformation/almoner-Personalization-fbd71b0d-445/Logs`."""
    stack, _, name = group.removeprefix("/aws/cloudformation/").partition("/")
    context = stack.split("-")[1] if "-" in stack else "root"
    return f"{context[:16]:16} {name[:12]:12}"
