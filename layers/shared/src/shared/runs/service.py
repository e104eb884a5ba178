"""What anybody but its worker does with a run: find it, follow it, stop it, end it where its worker is gone."""

from collections.abc import Sequence

from shared.errors import NotFound, Unavailable
from shared.event_streams.waiting import Check, Pauses, wait_for
from shared.observability.logs import logger
from shared.resilience.clock import Clock, SystemClock
from shared.runs.ending import RunEnder, problem_of
from shared.runs.run import Ended, Enders, Frame, Run, RunLog, Sender

_PAUSES = Pauses(first=0.1, longest=0.5)

_WORKER_LOST = Unavailable("The work on it broke off; what was said is kept, ask again.")
_NEVER_TAKEN = Unavailable("The service is too busy right now; nothing was done, ask again later.")


class RunService:
    def __init__(self, *, log: RunLog, enders: Enders, sender: Sender, clock: Clock | None = None) -> None:
        self._log, self._sender, self._clock = log, sender, clock or SystemClock()
        self._ender = RunEnder(log, enders, self._clock)

    def find(self, run_id: str) -> Run | None:
        return self._log.find(run_id, self._clock.now())

    def find_own(self, run_id: str, user_id: str, subject: str | None = None) -> Run:
        """The user's run, of that subject where one is given, ended first where its worker has gone.

        Raises NotFound, for another's run too; Unavailable.
        """
        run = self.find(run_id)
        if run is None or run.user_id != user_id or (subject is not None and run.subject != subject):
            raise NotFound("There is no such run.")
        return self.fail_if_lost(run)

    def frames(self, run: Run) -> Sequence[Frame]:
        """What it has said by now."""
        return self._log.frames(run.run_id, 0, self._clock.now())

    def stop(self, run: Run) -> Frame:
        """Have the run say no more; what it said is kept. Stopping what has ended changes nothing. Raises Unavailable.

        Returns the run's last frame.
        """
        frame = self._ender.end_from_outside(run, "stopped")
        if frame.type == "stopped":
            self._send_unless_a_worker_does(run, frame)
        return frame

    def forget(self, run_id: str) -> None:
        """Stop the run if it goes on, and delete what it has said. May be repeated. Raises Unavailable.

        A worker that has not noticed yet may keep one frame more, which nobody can read and which expires in a day.
        """
        run = self.find(run_id)
        if run and run.is_open:
            self._send(run, self._ender.end_from_outside(run, "stopped"))
        self._log.forget(run_id)

    def fail_if_lost(self, run: Run) -> Run:
        """The run as it is, ended first where its worker has gone. Raises Unavailable."""
        now = self._clock.now()
        if not run.is_lost(now):
            return run
        try:
            frame = self._ender.end_from_outside(run, "failed", problem=problem_of(_WORKER_LOST), only_overdue_at=now)
        except Ended:  # the worker has renewed its lease
            return run
        self._send(run, frame)
        return self.find(run.run_id) or run

    def fail_untaken(self, run: Run) -> None:
        """End a run that has waited for a worker for too long, unless one has just taken it. Raises Unavailable."""
        now, problem = self._clock.now(), problem_of(_NEVER_TAKEN)
        try:
            frame = self._ender.end_from_outside(run, "failed", problem=problem, only_overdue_at=now)
        except Ended:
            return
        self._send_unless_a_worker_does(run, frame)

    def follow(self, run: Run, connection_id: str, *, after: int) -> None:
        """Send the frames after `after`; then have the worker send what follows, unless the run has ended.

        Of a run that has ended, the last frame is sent in any case: whoever asks gets an answer.

        The connection becomes a follower only when it has all there was: of two senders, one begins where the other
        has stopped.
        """
        has_ended = False
        while True:
            frames = self._log.frames(run.run_id, after, self._clock.now())
            if has_ended and not frames:
                frames = self._log.frames(run.run_id, 0, self._clock.now())[-1:]
            for frame in frames:
                if not self._sender.send(connection_id, frame.message):
                    return
                after = frame.seq
            if has_ended or (frames and frames[-1].is_terminal):
                return
            if self._log.follow(run.run_id, connection_id, after):
                return
            has_ended = True  # in between: the rest is there now

    def poll(self, run: Run, check: Check, *, after: int) -> Sequence[Frame] | None:
        """The frames after `after`, as soon as there are any; empty where nothing will follow; None after 24 s.

        Raises what `check` raises.
        """

        def look() -> Sequence[Frame] | None:
            frames = self._log.frames(run.run_id, after, self._clock.now())
            # of a run that has ended, the terminal frame was there already, at or before `after`
            return frames or (None if run.is_open else ())

        return wait_for(look, check, self._clock, _PAUSES)

    def _send_unless_a_worker_does(self, run: Run, frame: Frame) -> None:
        """A worker sends the end itself, after the frames before it; one that never was, or has gone, does not."""
        current = self.find(run.run_id)
        if current and (current.owner is None or current.is_lost(self._clock.now())):
            self._send(current, frame)

    def _send(self, run: Run, frame: Frame) -> None:
        """Best effort: a client that misses the frame, or one before it, resumes after the last that it has."""
        for connection_id in run.followers:
            try:
                self._sender.send(connection_id, frame.message)
            except Unavailable:
                logger.warning("end not sent", extra={"runId": run.run_id})
