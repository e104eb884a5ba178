"""Whether the help desk works, for anybody"""

from knowledge_base.health import wiring
from knowledge_base.health.answers import HealthAnswer, health_answer
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.request import Request

app = Api(prime=(wiring.probes,), kind="http")


@app.route("GET /health", callers=ANYBODY, answers={200: HealthAnswer})
def get_health(_: Request) -> HealthAnswer:
    """What the help desk depends on, and how fast each answers; `degraded` where one does not. Nothing else of it."""
    return health_answer(wiring.current())
