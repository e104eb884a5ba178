"""The help desk."""

from tests.access.matrix import Call, anybody, over_http, row
from tests.access.world import HELP_DESK, World


@row(HELP_DESK, "GET /health", over_http(anybody(200)))
def get_health(_: World) -> Call:
    return Call()
