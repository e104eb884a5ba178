"""What became of messages, and having those sent that were not"""

from datetime import UTC, datetime

from communications.sending import answers, wiring
from communications.sending.domain.redriving import MAX_SENDS, Redrive
from communications.sending.requests import RedriveBody
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import optional_text, paging
from shared.http.request import Request
from shared.idempotency.claims import once, translated_refusals
from shared.ids import new_id
from shared.persistence.unit_of_work import UnitOfWork

_USER = optional_text("userId", max_length=64, description="Whose; without it, of all users those that are unknown.")

app = Api(prime=(wiring.settling, wiring.redriving, wiring.first_answers, wiring.cursors), kind="http")


@app.route("GET /sends", callers=STAFF, parameters=[_USER], answers={200: answers.SendsAnswer})
def list_sends(request: Request) -> answers.SendsAnswer:
    """Staff see the 25 newest mails, SMS and push messages of a user, or the 25 that have been unknown for longest."""
    user_id = request.value(_USER)
    settling = wiring.settling()
    rows = settling.of_user(user_id, MAX_SENDS) if user_id else settling.unknown(datetime.now(UTC), MAX_SENDS)
    return answers.sends_answer(rows)


@app.route("GET /sends/redrives", callers=STAFF, parameters=paging(), answers={200: answers.RedrivesAnswer})
def list_redrives(request: Request) -> answers.RedrivesAnswer:
    """Staff see who had what sent again, and why, the newest first."""
    page = wiring.redriving().redrives.listed(*request.page(wiring.cursors(), answers.REDRIVES))
    return answers.redrives_answer(page, wiring.cursors())


@app.route(
    "POST /sends/redrives", callers=STAFF, body=RedriveBody, key="required", answers={200: answers.RedriveAnswer}
)
def redrive_sends(request: Request[RedriveBody]) -> object:
    """Staff have sent what waits or has failed, and what is unknown if it may arrive twice. A dry run only says so."""
    now, wanted, claim = datetime.now(UTC), request.body.to_wanted(), request.claim
    if request.body.dry_run:
        return answers.dry_run_answer(wiring.redriving().dry_run(wanted, now))

    def record(redrive: Redrive, unit_of_work: UnitOfWork) -> None:
        answer = claim.answered(answers.redrive_answer(redrive), now) if claim else None
        wiring.first_answers().record(answer, unit_of_work)

    def redrive() -> object:
        with translated_refusals():
            made = wiring.redriving().redrive(new_id(now), wanted, request.caller.user_id, now, record)
            return answers.redrive_answer(made)

    return once(claim, wiring.first_answers(), now, redrive)


handler = app
