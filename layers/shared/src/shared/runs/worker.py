"""Works on a run: takes what its answerer says, keeps it as frames and sends them to whoever follows.

One thread reads the pieces; everything else happens in order on the caller's. A frame is kept before it is sent. Once a
second, the worker looks who follows and whether the run was ended from outside; a run that was ended also refuses its
next frame. At the end the reading thread is interrupted: no model speaks on to nobody.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from shared.errors import AlmonerError, TryLater, Unavailable
from shared.observability.logs import logger, without_message
from shared.observability.metrics import RUNS
from shared.resilience.clock import Clock, SystemClock
from shared.resilience.retries import retry_while_unavailable
from shared.runs.answerers import Answerers
from shared.runs.delivery import Delivery
from shared.runs.ending import RunEnder, problem_of
from shared.runs.frame_buffer import FrameBuffer
from shared.runs.lease import Lease, Overtaken
from shared.runs.pacing import Pacing
from shared.runs.piece_reader import PieceReader
from shared.runs.run import OUTCOME, Ended, Frame, Outcome, Run, RunLog, Sender

_LOOK_SECONDS = 1.0
_TRY_FOR_SECONDS = 20.0  # less than a lease
_SENDS_AT_ONCE = 8


class Worker:
    """Works on one run after another."""

    def __init__(
        self,
        *,
        log: RunLog,
        answerers: Answerers,
        sender: Sender,
        clock: Clock | None = None,
        run_seconds: float = 120,
    ) -> None:
        self.log, self.answerers, self.sender = log, answerers, sender
        self.clock, self.run_seconds = clock or SystemClock(), run_seconds
        self.ender = RunEnder(log, answerers, self.clock)
        self.threads = ThreadPoolExecutor(_SENDS_AT_ONCE, thread_name_prefix="run")

    def work(self, run_id: str, owner: str) -> Outcome | None:
        """Take the run, answer it, end it. None where it is not there to be taken: that is no error, it was before.

        Raises Unavailable where the log is out of reach; the run is then looked after when its lease has run out.
        """
        lease = Lease.take(run_id, owner, self.log, self.clock)
        if lease is None:
            logger.info("run not taken", extra={"runId": run_id})
            return None
        return _Work(self, lease).do()


class _Work:
    """The work on one run."""

    def __init__(self, worker: Worker, lease: Lease) -> None:
        self._log, self._clock, self._ender, self._threads = worker.log, worker.clock, worker.ender, worker.threads
        self._lease, self._run = lease, lease.run
        self._started = self._clock.monotonic()
        self._deadline, self._look_at = self._started + worker.run_seconds, self._started + _LOOK_SECONDS
        self._frames: list[Frame] = []
        self._buffer = FrameBuffer(Pacing(), self._clock)
        self._reader = PieceReader(worker.answerers.of(self._run.kind), self._run, self._buffer, self._clock)
        self._delivery = Delivery(worker.sender, self._threads)
        self._delivery.follow(self._run.followers)

    def do(self) -> Outcome:
        self._reader.start()
        try:
            outcome = self._answer_to_the_end()
            self._deliver_the_end()
        finally:
            self._reader.join()
        self._log_end(outcome)
        return outcome

    def _answer_to_the_end(self) -> Outcome:
        """Raises Unavailable where the log stays out of reach."""
        try:
            return self._answer()
        except Overtaken:
            return self._read_the_end()
        finally:
            self._reader.stop()

    def _answer(self) -> Outcome:
        """Raises Overtaken."""
        while not self._buffer.is_closed:
            self._buffer.wait(until=min(self._lease.renew_at, self._look_at, self._deadline))
            self._lease.renew_if_due()  # first of all, for everything else may take its time
            if self._buffer.is_due:
                self._flush()
            if self._look_at <= self._clock.monotonic():
                self._look()
            if self._deadline <= self._clock.monotonic():
                self._flush()
                return self._end("failed", Unavailable("It took too long; what was said is kept."))
        self._flush()
        error = self._buffer.error
        if error is None:
            return self._end("done")
        if isinstance(error, AlmonerError):
            return self._end("failed", error)
        logger.error("answerer failed", extra={"runId": self._run.run_id} | without_message(error))
        return self._end("failed")

    def _flush(self) -> None:
        """Keep what has come, text as one frame, and send it to whoever follows."""
        pieces, started = self._buffer.take(), self._clock.monotonic()
        if not pieces:
            return
        looking = self._threads.submit(self._find) if self._look_at <= started else None
        for piece in pieces:
            type_, fields = ("delta", {"text": piece}) if isinstance(piece, str) else (piece.type, piece.fields)
            frame = Frame(self._run.run_id, len(self._frames) + 1, type_, fields)
            self._append(frame)
            self._frames.append(frame)
        if looking:
            self._see_followers(looking)
        self._delivery.send(self._frames)
        self._buffer.sent(self._clock.monotonic() - started)

    def _append(self, frame: Frame) -> None:
        """Raises Overtaken. A frame that is there already is ours where an attempt's answer was lost."""

        def is_kept() -> bool:
            written = self._log.append(frame, self._run.expires_at)
            return written or self._log.frames(frame.run_id, frame.seq - 1, self._clock.now())[:1] == (frame,)

        if not self._patiently(is_kept):
            raise Overtaken

    def _look(self) -> None:
        """See who follows. Raises Overtaken where the run was ended from outside while the model says nothing."""
        self._look_at = self._clock.monotonic() + _LOOK_SECONDS
        try:
            run = self._find()
        except Unavailable:
            return  # the next look is in a moment
        if run is None or not run.is_open:
            raise Overtaken
        self._delivery.follow(run.followers)
        self._delivery.send(self._frames)

    def _see_followers(self, looking: "Future[Run | None]") -> None:
        try:
            run = looking.result()
        except Unavailable:
            return  # the frame is kept: who follows from now on gets it after the next look
        self._look_at = self._clock.monotonic() + _LOOK_SECONDS
        if run:
            self._delivery.follow(run.followers)

    def _find(self) -> Run | None:
        return self._log.find(self._run.run_id, self._clock.now())

    def _end(self, outcome: Outcome, error: AlmonerError | None = None) -> Outcome:
        """Raises Overtaken. Where the context refuses what it should keep, the run fails with the reason."""
        problem = problem_of(error) if outcome == "failed" else None
        try:
            frame = self._patiently(lambda: self._ender.end(self._run, outcome, self._frames, problem=problem))
        except Ended as ended:
            raise Overtaken from ended
        except TryLater:
            raise
        except AlmonerError as refusal:
            if outcome == "failed":
                raise
            return self._end("failed", refusal)
        self._frames.append(frame)
        return outcome

    def _read_the_end(self) -> Outcome:
        """What others have ended the run with. Of one that was erased, nothing stays that was written since."""
        if self._patiently(self._find) is None:
            self._patiently(lambda: self._log.forget(self._run.run_id))
            return "stopped"
        self._frames += self._patiently(
            lambda: self._log.frames(self._run.run_id, len(self._frames), self._clock.now())
        )
        return OUTCOME.get(self._frames[-1].type, "failed") if self._frames else "failed"

    def _deliver_the_end(self) -> None:
        """After the end nobody can begin to follow: this look sees everyone. No frame follows that could bring this."""

        def deliver() -> None:
            if run := self._find():
                self._delivery.follow(run.followers)
                if not self._delivery.send(self._frames):
                    raise Unavailable("Not everybody could be sent the end.")

        try:
            self._patiently(deliver)
        except Unavailable:
            logger.warning("end not sent", extra={"runId": self._run.run_id})

    def _patiently[T](self, call: Callable[[], T]) -> T:
        """Again while the log is out of reach, and the lease holds; the model's next words wait meanwhile."""

        def note() -> None:
            logger.warning("not kept, trying again", extra={"runId": self._run.run_id, "frames": len(self._frames)})

        return retry_while_unavailable(call, give_up_after_seconds=_TRY_FOR_SECONDS, clock=self._clock, on_retry=note)

    def _log_end(self, outcome: Outcome) -> None:
        measured = {
            "durationMs": round((self._clock.monotonic() - self._started) * 1000, 1),
            "frames": len(self._frames),
        }
        if self._buffer.first_piece_at is not None:
            measured["firstPieceMs"] = round((self._buffer.first_piece_at - self._started) * 1000, 1)
        run = {"runId": self._run.run_id, "outcome": outcome}
        logger.info("run worked on", extra={**run, **RUNS.line(self._run.kind, **measured)})
