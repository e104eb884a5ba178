"""POST /broadcasts"""

import json
from datetime import UTC, datetime
from functools import partial

from communications.broadcasts import wiring
from communications.broadcasts.answers import StartedBroadcast, dry_run_answer, started_answer
from communications.broadcasts.requests import BroadcastBody
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.ids import new_id
from shared.json.encoding import encode

app = Api(prime=(wiring.broadcasting, wiring.pages, wiring.first_answers), kind="http")


@app.route("POST /broadcasts", callers=STAFF, body=BroadcastBody, key="required", answers={202: StartedBroadcast})
def start_broadcast(request: Request[BroadcastBody]) -> object:
    """Staff send news to everybody who has consented, or to some of them. A dry run counts, and writes nothing."""
    now, wanted, claim = datetime.now(UTC), request.body.to_wanted(), request.claim
    if request.body.dry_run:
        return dry_run_answer(wiring.broadcasting().dry_run(wanted, now, wiring.has_time_to_count))

    def start() -> object:
        answer = started_answer(broadcast := wanted.begun(new_id(now), request.caller.user_id, now))
        record = partial(wiring.first_answers().record, claim.answered(answer, now) if claim else None)
        wiring.broadcasting().add(broadcast, record, wiring.begin())
        return answer

    answer = json.loads(encode(once(claim, wiring.first_answers(), now, start)))
    wiring.pages().put(answer["broadcastId"], page=0)  # also where the first request did not come that far
    return answer


handler = app
