"""How a run ends, whoever ends it: its worker, somebody who stops it, or who finds that its worker is gone."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared.errors import AlmonerError, Unavailable
from shared.observability.logs import logger, without_message
from shared.persistence.unit_of_work import WriteRefused
from shared.resilience.backoff import Backoff
from shared.runs.run import (
    QUEUED_AT_MOST,
    TERMINAL,
    Answerer,
    Ended,
    Frame,
    Outcome,
    Queue,
    Run,
    RunLog,
    Sender,
    text_of,
)

_ATTEMPTS = 10


def problem_of(error: AlmonerError | None) -> Mapping[str, Any]:
    """What an error frame tells; of None, that it is our fault."""
    detail = error.detail if error else "Something went wrong on our side; it has been noted."
    return {"title": "The answer could not be finished.", "detail": detail}


NEVER_TAKEN: Mapping[str, Any] = problem_of(
    Unavailable("Too much is being asked right now; nothing was done, ask again later.")
)
WORKER_LOST: Mapping[str, Any] = problem_of(Unavailable("The work on it broke off; what was said is kept, ask again."))


def end(
    run: Run,
    outcome: Outcome,
    text: str,
    seq: int,
    log: RunLog,
    answerer: Answerer,
    extra: Mapping[str, Any] | None = None,
    only_overdue_at: datetime | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Frame:
    """Write the run's end as frame `seq`. Raises Ended where that frame is taken; Unavailable."""
    backoff = Backoff(0.01, 0.5, sleep)
    for _ in range(_ATTEMPTS):
        ending = answerer.ending(run, text, outcome)
        frame = Frame(run.run_id, seq, TERMINAL[outcome], {**(extra or {}), **ending.extra})
        try:
            log.end(run, frame, ending, only_overdue_at=only_overdue_at)
        except WriteRefused:  # what the context built on has moved: build on what is there now, and not all at once
            backoff.pause()
            continue
        return frame
    raise Unavailable("The run's end could not be kept; try again.", retry_after_seconds=2)


def end_from_outside(
    run: Run,
    outcome: Outcome,
    log: RunLog,
    answerer: Answerer,
    now: datetime,
    extra: Mapping[str, Any] | None = None,
    only_overdue_at: datetime | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Frame:
    """End a run that a worker may be busy with: after what it has said by now. Its last frame, whoever wrote it.

    Raises Ended where the worker is well, if asked to look at that; Unavailable.
    """
    for _ in range(_ATTEMPTS):
        frames = log.frames(run.run_id, 0, now)
        if frames and frames[-1].is_terminal:
            return frames[-1]
        try:
            return end(run, outcome, text_of(frames), len(frames) + 1, log, answerer, extra, only_overdue_at, sleep)
        except Ended:
            if only_overdue_at and not _is_overdue(log.find(run.run_id, now), only_overdue_at):
                raise
    raise Unavailable("The run could not be ended; try again.", retry_after_seconds=1)


def _is_overdue(run: Run | None, now: datetime) -> bool:
    return run is not None and run.overdue_at <= now


def stop(run: Run, log: RunLog, answerers: Mapping[str, Answerer], sender: Sender, now: datetime) -> Frame:
    """Have the run say no more; what it said is kept. Stopping what has ended changes nothing. Raises Unavailable."""
    frame = end_from_outside(run, "stopped", log, answerers[run.kind], now)
    if frame.type == "stopped":
        _tell_where_no_worker_does(run, frame, log, sender, now)
    return frame


def fail_if_lost(run: Run, log: RunLog, answerers: Mapping[str, Answerer], sender: Sender, now: datetime) -> Run:
    """The run as it is, after its end was written where its worker has gone. Raises Unavailable."""
    if not run.is_lost(now):
        return run
    try:
        frame = end_from_outside(run, "failed", log, answerers[run.kind], now, WORKER_LOST, only_overdue_at=now)
    except Ended:  # the worker has renewed its lease
        return run
    _tell(run, frame, sender)
    return log.find(run.run_id, now) or run


def look_after(
    log: RunLog, queue: Queue, answerers: Mapping[str, Answerer], sender: Sender, now: datetime, limit: int = 100
) -> int:
    """Queue again what nobody has taken, and end what nobody works on any more; how many runs that were."""
    overdue = log.overdue(now, limit)
    for run in overdue:
        try:
            _look_after(run, log, queue, answerers, sender, now)
        except AlmonerError as error:  # one run does not hold up the others; the next round looks again
            logger.warning("run not looked after", extra={"runId": run.run_id} | without_message(error))
        except Exception as error:  # noqa: BLE001  nor does one that cannot be ended at all
            logger.error("run cannot be looked after", extra={"runId": run.run_id} | without_message(error))
    return len(overdue)


def _look_after(
    run: Run, log: RunLog, queue: Queue, answerers: Mapping[str, Answerer], sender: Sender, now: datetime
) -> None:
    if run.status == "running":
        fail_if_lost(run, log, answerers, sender, now)
    elif now - run.created_at < QUEUED_AT_MOST:
        if log.requeue(run, now):
            queue.put(run)
    else:
        with suppress(Ended):  # somebody has taken it after all
            frame = end_from_outside(run, "failed", log, answerers[run.kind], now, NEVER_TAKEN, only_overdue_at=now)
            _tell_where_no_worker_does(run, frame, log, sender, now)


def _tell_where_no_worker_does(run: Run, frame: Frame, log: RunLog, sender: Sender, now: datetime) -> None:
    """A worker tells the followers itself, in the right order; one that never was, or has gone, does not."""
    current = log.find(run.run_id, now)
    if current and (current.owner is None or run.is_lost(now)):
        _tell(current, frame, sender)


def _tell(run: Run, frame: Frame, sender: Sender) -> None:
    """Best effort: a client that misses the frame, or one before it, comes back for what it has not."""
    for connection_id in run.followers:
        try:
            sender.send(connection_id, frame.message)
        except Unavailable:
            logger.warning("end not sent", extra={"runId": run.run_id})
