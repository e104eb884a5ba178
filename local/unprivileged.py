"""For servers that refuse to run as root."""

import os


def unprivileged() -> list[str]:
    """What a command begins with: in a namespace of its own, root is another user, who can still use our files."""
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
