import socket
import threading

from shared.errors import Unavailable
from shared.models.bedrock import BedrockModel
from shared.models.model import Message, ModelRequest, RetryingModel
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from shared.resilience.interruption import Interruption, current, interruptible_by, is_interrupted
from shared.runs.worker import Worker
from tests.shared.models.converse_server import ConverseServer, Hangs, Streams
from tests.shared.models.test_bedrock_stream import BEGIN, said
from tests.shared.runs.fake_runs import FakeAnswerer, FakeClock, FakeLog, FakeSender, a_run, answered_by

HELLO = ModelRequest("Be kind.", (Message("user", "Hello"),))


def listening(interruption: Interruption, words: list[object], failures: list[Exception]) -> threading.Thread:
    """Somebody who listens to a model until it ends."""

    def listen() -> None:
        patient = RetryingModel(BedrockModel("model", max_tokens=1024, attempt_seconds=30), CircuitBreaker(1, 20))
        try:
            with interruptible_by(interruption):
                for piece in patient.stream(HELLO, Deadline(120)):
                    words.append(piece)
                    interruption.end()
        except Unavailable as error:
            failures.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    return thread


def test_reader_of_a_silent_stream_is_let_go_and_the_stream_is_closed(bedrock: ConverseServer) -> None:
    bedrock.outcomes.append(Streams((BEGIN, said("Hello")), then="hangs"))
    words: list[object] = []
    failures: list[Exception] = []

    listening(Interruption(), words, failures).join(10)

    assert words == ["Hello"]
    assert len(failures) == 1
    assert bedrock.left.wait(5)


def test_model_that_has_not_begun_is_left_and_not_called_again(bedrock: ConverseServer) -> None:
    bedrock.outcomes += [Hangs(), Hangs()]
    interruption, failures = Interruption(), list[Exception]()
    thread = listening(interruption, [], failures)
    while not bedrock.requests:
        assert thread.is_alive()

    interruption.end()
    thread.join(3)  # within a second, on a machine with time

    assert [type(failure) for failure in failures] == [Unavailable]  # not that of a busy model: the model is well
    assert len(bedrock.requests) == 1


def test_connection_of_whoever_comes_late_is_closed_at_once() -> None:
    interruption = Interruption()
    interruption.end()
    ours, theirs = socket.socketpair()

    with ours, theirs:
        interruption.add(ours)
        assert ours.recv(1) == b""


def test_connection_that_is_done_with_stays_open() -> None:
    interruption = Interruption()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with interruptible_by(interruption):
            interruption.add(ours)
        interruption.end()

        theirs.send(b"x")
        assert ours.recv(1) == b"x"


def test_interruption_is_the_threads_own_and_ends_with_its_block() -> None:
    interruption = Interruption()
    interruption.end()
    others: list[bool] = []
    with interruptible_by(interruption):
        thread = threading.Thread(target=lambda: others.append(is_interrupted()))
        thread.start()
        thread.join()
        assert is_interrupted()

    assert others == [False]
    assert current() is None


def test_worker_lets_nobody_speak_on_after_the_end() -> None:
    ours, theirs = socket.socketpair()
    log, clock, over = FakeLog(), FakeClock(), threading.Event()

    def wait_for_ever() -> None:
        interruption = current()
        assert interruption
        clock.seconds = 1000  # the worker's time is up
        interruption.add(ours)
        ours.recv(1)
        over.set()

    log.create(a_run(), lambda _: None)
    answerers = answered_by(FakeAnswerer(["Hello", wait_for_ever]))
    with ours, theirs:
        worker = Worker(log=log, answerers=answerers, sender=FakeSender(), clock=clock)

        assert worker.work("run-1", "me") == "failed"
        assert over.is_set()


def test_data_that_waits_to_be_read_is_noticed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        interruption = Interruption()
        assert not interruption.has_waiting_data()
        interruption.add(ours)
        assert not interruption.has_waiting_data()
        theirs.sendall(b"word")
        assert interruption.has_waiting_data()
        ours.recv(10)
        assert not interruption.has_waiting_data()


def test_a_socket_that_is_closed_already_has_no_data() -> None:
    ours, theirs = socket.socketpair()
    interruption = Interruption()
    interruption.add(ours)
    ours.close()
    theirs.close()
    assert not interruption.has_waiting_data()
