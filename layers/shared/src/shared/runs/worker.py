"""Works on a run: takes what its answerer says, keeps it as frames and sends them to whoever follows.

One thread takes the pieces, for a model may keep it waiting; everything else happens in order on the caller's. A frame
is kept before it is sent. Every second, and with every frame, the worker looks who follows and whether the run was
ended from outside. At the end that thread is interrupted: no model speaks on to nobody.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread

from shared.errors import AlmonerError, TryLater, Unavailable
from shared.observability.logs import logger, without_message
from shared.observability.metrics import Metrics, with_metrics
from shared.resilience.backoff import Backoff
from shared.resilience.interruption import Interruption, interruptible_by
from shared.runs.ending import end, problem_of
from shared.runs.pacing import Pacing
from shared.runs.run import OUTCOME, Answerer, Ended, Frame, Outcome, Run, RunLog, Sender, text_of

_LOOK_SECONDS = 1.0
_RENEW_SECONDS = 10.0
_TRY_FOR_SECONDS = 20.0  # less than a lease
_SENDS_AT_ONCE = 8
_LEAVE_SECONDS = 1.0
_METRICS: Metrics = {("kind",): ("durationMs", "firstPieceMs", "frames"), ("kind", "outcome"): ("runs",)}


class Overtaken(Exception):
    """The run was ended by somebody else."""


class Worker:
    """Works on one run after another."""

    def __init__(
        self,
        log: RunLog,
        answerers: Mapping[str, Answerer],
        sender: Sender,
        now: Callable[[], datetime],
        run_seconds: float = 120,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._log, self._answerers, self._sender = log, answerers, sender
        self._now, self._run_seconds, self._clock, self._wait = now, run_seconds, clock, wait
        self._threads = ThreadPoolExecutor(_SENDS_AT_ONCE, thread_name_prefix="run")

    def work(self, run_id: str, owner: str) -> Outcome | None:
        """Take the run, answer it, end it. None where it is not there to be taken: that is no error, it was before.

        Raises Unavailable where the log is out of reach; the run is then looked after when its lease has run out.
        """
        run = self._log.take(run_id, owner, self._now())
        if run is None:
            logger.info("run not taken", extra={"runId": run_id})
            return None
        return _Work(self, run, owner).do()


class _Work:
    """The work on one run."""

    def __init__(self, worker: Worker, run: Run, owner: str) -> None:
        self._log, self._sender, self._threads = worker._log, worker._sender, worker._threads
        self._now, self._clock, self._wait = worker._now, worker._clock, worker._wait
        self._answerer = worker._answerers[run.kind]
        self._run, self._owner = run, owner
        self._started = self._clock()
        self._deadline = self._started + worker._run_seconds
        self._renew_at, self._look_at = self._started + _RENEW_SECONDS, self._started + _LOOK_SECONDS
        self._pacing = Pacing()
        self._frames: list[Frame] = []
        self._delivery = _Delivery(self._sender, self._threads)
        self._waiting: list[str] = []
        self._inbox: SimpleQueue[str | BaseException | None] = SimpleQueue()
        self._over, self._interruption = Event(), Interruption()
        self._first_piece_ms: float | None = None

    def do(self) -> Outcome:
        reader = Thread(target=self._read, name="pieces", daemon=True)
        reader.start()
        try:
            outcome = self._answer_to_the_end()
            self._deliver_the_end()
        finally:
            reader.join(_LEAVE_SECONDS)  # what it has open would stay so while the function sleeps
        spent = round((self._clock() - self._started) * 1000)
        told = {"runId": self._run.run_id, "kind": self._run.kind, "outcome": outcome, "frames": len(self._frames)}
        told |= {"runs": 1, "durationMs": spent}
        if self._first_piece_ms is not None:
            told["firstPieceMs"] = self._first_piece_ms
        logger.info("run ended", extra=with_metrics(told, _METRICS))
        return outcome

    def _read(self) -> None:
        """Hand on every piece, then None or what went wrong."""
        try:
            with interruptible_by(self._interruption):
                self._put_pieces()
            self._inbox.put(None)
        except BaseException as error:  # noqa: BLE001  it is raised again where it can be answered
            self._inbox.put(error)

    def _put_pieces(self) -> None:
        pieces = self._answerer.pieces(self._run)
        try:
            for piece in pieces:
                if self._over.is_set():
                    break
                self._inbox.put(piece)
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _answer_to_the_end(self) -> Outcome:
        """Raises Unavailable where the log stays out of reach."""
        try:
            return self._answer()
        except Overtaken:
            return self._follow_the_end()
        finally:
            self._over.set()
            self._interruption.end()

    def _answer(self) -> Outcome:
        """Raises Overtaken."""
        while True:
            try:
                piece = self._inbox.get(timeout=max(0.0, self._wake_at() - self._clock()))
            except Empty:
                self._keep_up()
                continue
            if isinstance(piece, str):
                self._first_piece_ms = self._first_piece_ms or round((self._clock() - self._started) * 1000, 1)
                self._waiting.append(piece)
                self._pacing.came(piece)
                self._keep_up()
                continue
            self._flush()
            if piece is None:
                return self._end("done")
            if isinstance(piece, AlmonerError):
                return self._end("failed", piece)
            logger.error("answerer failed", extra={"runId": self._run.run_id} | without_message(piece))
            return self._end("failed")

    def _wake_at(self) -> float:
        due = self._pacing.due_at() if self._waiting else self._look_at
        return min(due, self._look_at, self._renew_at, self._deadline)

    def _keep_up(self) -> None:
        """Do what is due; first of all hold the lease, for everything else may take its time."""
        if self._renew_at <= self._clock():
            self._renew()
        if self._waiting and self._pacing.due_at() <= self._clock():
            self._flush()
        if self._look_at <= self._clock():
            self._look()
        if self._deadline <= self._clock():
            self._flush()
            self._inbox.put(Unavailable("It took too long; what was said is kept."))
            self._deadline = float("inf")

    def _renew(self) -> None:
        """Raises Overtaken. A log that is out of reach is asked again in a moment: nothing but it can take the run."""
        try:
            held = self._log.renew(self._run.run_id, self._owner, self._now())
        except Unavailable:
            logger.warning("lease not renewed yet", extra={"runId": self._run.run_id})
            self._renew_at = self._clock() + _LOOK_SECONDS
            return
        if not held:
            raise Overtaken
        self._renew_at = self._clock() + _RENEW_SECONDS

    def _flush(self) -> None:
        """Keep what has come as one frame, and send it to whoever follows by now."""
        if not self._waiting:
            return
        frame = Frame(self._run.run_id, len(self._frames) + 1, "delta", {"text": "".join(self._waiting)})
        looked = self._threads.submit(self._log.find, self._run.run_id, self._now())
        self._append(frame)
        self._waiting.clear()
        self._frames.append(frame)
        try:
            followers = looked.result()
        except Unavailable:
            followers = None  # the frame is kept: those who miss it get it with the next
        self._pacing.sent(self._clock())
        self._look_at = self._clock() + _LOOK_SECONDS
        if followers:
            self._delivery.deliver(followers.followers, self._frames)

    def _append(self, frame: Frame) -> None:
        """Raises Overtaken. A frame that is there already is ours where an attempt's answer was lost."""

        def is_kept() -> bool:
            written = self._log.append(frame, self._run.expires_at)
            return written or self._log.frames(frame.run_id, frame.seq - 1, self._now())[:1] == (frame,)

        if not self._patiently(is_kept):
            raise Overtaken

    def _patiently[T](self, write: Callable[[], T]) -> T:
        """Try again while the log is out of reach, and the lease holds; the model's next words wait meanwhile."""
        give_up_at = self._clock() + _TRY_FOR_SECONDS
        backoff = Backoff(0.1, 2.0, jitter=max)  # nobody else writes this run: there is no rival to keep away from
        while True:
            try:
                return write()
            except Unavailable:
                pause = backoff.next_seconds()
                if self._clock() + pause > give_up_at:
                    raise
            logger.warning("not kept, trying again", extra={"runId": self._run.run_id, "frames": len(self._frames)})
            self._wait(pause)

    def _look(self) -> None:
        """See who follows; raise Overtaken where the run was ended from outside while the model says nothing."""
        self._look_at = self._clock() + _LOOK_SECONDS
        try:
            run = self._log.find(self._run.run_id, self._now())
        except Unavailable:
            return  # it is looked again in a moment
        if run is None or not run.is_open:
            raise Overtaken
        self._delivery.deliver(run.followers, self._frames)

    def _end(self, outcome: Outcome, error: AlmonerError | None = None) -> Outcome:
        """Raises Overtaken. Where the context refuses what it should keep, the run has failed with its reason."""
        extra = problem_of(error) if outcome == "failed" else {}
        try:
            frame = self._patiently(lambda: self._write_end(outcome, extra))
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

    def _write_end(self, outcome: Outcome, extra: Mapping[str, object]) -> Frame:
        text, seq = text_of(self._frames), len(self._frames) + 1
        return end(self._run, outcome, text, seq, self._log, self._answerer, extra, sleep=self._wait)

    def _follow_the_end(self) -> Outcome:
        """Read what others have ended the run with."""
        self._frames += self._patiently(lambda: self._log.frames(self._run.run_id, len(self._frames), self._now()))
        return OUTCOME.get(self._frames[-1].type, "failed") if self._frames else "failed"

    def _deliver_the_end(self) -> None:
        """After the end nobody can begin to follow: this look sees everyone. No frame follows that could bring this."""

        def deliver() -> None:
            run = self._log.find(self._run.run_id, self._now())
            if run and not self._delivery.deliver(run.followers, self._frames):
                raise Unavailable("Not everybody could be sent the end.")

        try:
            self._patiently(deliver)
        except Unavailable:
            logger.warning("end not sent", extra={"runId": self._run.run_id})


class _Delivery:
    """Sends each follower what it has not had yet, in order."""

    def __init__(self, sender: Sender, threads: ThreadPoolExecutor) -> None:
        self._sender, self._threads = sender, threads
        self._began: dict[str, int] = {}
        self._had: dict[str, int] = {}
        self._gone: set[str] = set()

    def deliver(self, followers: Mapping[str, int], frames: list[Frame]) -> bool:
        """Whether everybody who is there has everything now."""
        for connection_id, began_after in followers.items():
            if self._began.get(connection_id) != began_after:  # new, or came back and had more by then
                self._began[connection_id] = self._had[connection_id] = began_after
        there = [connection_id for connection_id in followers if connection_id not in self._gone]
        behind = [connection_id for connection_id in there if self._had[connection_id] < len(frames)]
        if len(behind) == 1:
            return self._send(behind[0], frames)
        return all(list(self._threads.map(lambda connection_id: self._send(connection_id, frames), behind)))

    def _send(self, connection_id: str, frames: list[Frame]) -> bool:
        for frame in frames[self._had[connection_id] :]:
            try:
                if not self._sender.send(connection_id, frame.message):
                    self._gone.add(connection_id)
                    return True
            except Unavailable:
                logger.warning("frame not sent, it waits for the next", extra={"runId": frame.run_id, "seq": frame.seq})
                return False
            self._had[connection_id] = frame.seq
        return True
