"""Workers are forked from a process with the packages loaded, and share nothing else with it or with each other."""

import base64
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.emulator.bootstrap import WorkerStart
from local.emulator.forked_workers import CAN_FORK, ForkedWorker, ForkServers
from local.emulator.preloading import SERVICES
from tests.contracts.emulator.aws import Aws, eventually, has_ended, package

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.xdist_group("emulator-patches"),
    pytest.mark.skipif(not CAN_FORK, reason="workers are not forked on this system"),
]

HANDLERS = Path(__file__).parent / "forks"
OURS = {"shared", "identity", "personalization", "commerce", "communications", "local"}


def function(aws: Aws, handler: str, **settings: Any) -> str:
    return aws.function(handler, Code={"ZipFile": package(handlers=HANDLERS)}, **settings)


def answer(aws: Aws, arn: str, event: object = None) -> Any:
    result, failed = aws.invoke(arn, event)
    assert not failed, result
    return result


def variables(**values: str) -> dict[str, Any]:
    return {"Environment": {"Variables": values}}


# --- The process


@pytest.fixture(scope="module")
def process(patched: Aws) -> dict[str, Any]:
    """A worker's description of its own process."""
    described: dict[str, Any] = answer(patched, function(patched, "process", **variables(COLOUR="green")))
    return described


def test_environment_is_the_functions_own(patched: Aws, process: dict[str, Any]) -> None:
    mine = process["environment"]
    other = answer(patched, function(patched, "process", **variables(SIZE="large")))["environment"]
    assert (mine["COLOUR"], mine.get("SIZE")) == ("green", None)
    assert (other.get("COLOUR"), other["SIZE"]) == (None, "large")
    assert mine["AWS_ACCESS_KEY_ID"] != other["AWS_ACCESS_KEY_ID"]


def test_worker_is_like_one_started_by_its_bootstrap(unpatched: Aws, process: dict[str, Any]) -> None:
    unforked = answer(unpatched, function(unpatched, "process", **variables(COLOUR="green")))
    for aspect in ("arguments", "input", "open_files", "threads"):
        assert process[aspect] == unforked[aspect], aspect
    of_the_emulator_or_shell = {"WITHOUT_PATCHES", "PWD", "OLDPWD", "_", "SHLVL"}
    assert process["environment"].keys() ^ unforked["environment"].keys() <= of_the_emulator_or_shell
    for each in (process, unforked):
        assert each["path"][0] == each["folder"] == each["environment"]["LAMBDA_TASK_ROOT"]
    assert process["path"][1:] == unforked["path"][1:]
    assert process["group"] == os.getpgid(process["parent"])


def test_packages_are_loaded_but_none_of_our_code(process: dict[str, Any]) -> None:
    assert {"boto3", "pydantic", "pynamodb.models", "aws_lambda_powertools.event_handler"} <= set(process["modules"])
    assert [name for name in process["modules"] if name.partition(".")[0] in OURS] == []


def test_fork_server_has_one_thread_and_only_the_emulators_sockets(process: dict[str, Any]) -> None:
    server = Path(f"/proc/{process['parent']}")
    assert len(list((server / "task").iterdir())) == 1
    files = [os.readlink(file) for file in (server / "fd").iterdir()]
    sockets, watched = ([file for file in files if file.startswith(kind)] for kind in ("socket:", "anon_inode:[pidfd]"))
    assert len(sockets) == 1 + len(watched)  # one for requests, and one for each worker


def test_session_reads_the_workers_environment_and_parses_no_models(patched: Aws) -> None:
    first, second = (answer(patched, function(patched, "session"), {"services": SERVICES}) for _ in range(2))
    assert (first["parsed"], second["parsed"]) == ([], [])
    assert first["access_key"] != second["access_key"]
    assert (first["regions"], first["endpoints"]) == (["us-west-2"], [patched.endpoint])


def test_workers_share_no_random_state(patched: Aws) -> None:
    arn = function(patched, "chance")
    with ThreadPoolExecutor() as threads:
        first, second = threads.map(lambda _: answer(patched, arn), range(2))
    assert first["pid"] != second["pid"]
    assert first["parent"] == second["parent"]
    assert [name for name in first["values"] if first["values"][name] == second["values"][name]] == []


# --- Its invocations


def test_exit_of_a_worker_fails_its_invocation(patched: Aws) -> None:
    arn = function(patched, "end")
    for _ in range(2):
        error, failed = patched.invoke(arn, {"code": 7})
        assert (failed, error["errorType"]) == (True, "Runtime.ExitError")


def test_worker_is_stopped_at_the_time_out(patched: Aws) -> None:
    error, failed = patched.invoke(function(patched, "print_pid_and_sleep", Timeout=1), {"seconds": 20})
    assert (failed, error["errorType"]) == (True, "Sandbox.Timedout")


def test_error_on_import_is_reported(patched: Aws) -> None:
    error, failed = patched.invoke(function(patched, "process", Handler="missing.handler"), {})
    assert failed
    assert "No module named 'missing'" in error["errorMessage"]


def test_output_of_a_worker_is_logged(patched: Aws) -> None:
    arn = function(patched, "log")
    invoked = patched.client("lambda").invoke(FunctionName=arn, Payload="{}", LogType="Tail")
    lines = base64.b64decode(invoked["LogResult"]).decode().splitlines()
    assert [line for line in lines if line.startswith(("to ", "past "))] == [
        "to standard output",
        "to standard error",
        "past Python",
    ]


def test_function_recovers_from_the_death_of_the_fork_server(patched: Aws) -> None:
    arn = function(patched, "process")
    before = answer(patched, arn)
    os.kill(before["parent"], signal.SIGKILL)
    assert eventually(lambda: has_ended(before["pid"]))
    assert answer(patched, arn)["parent"] != before["parent"]


# --- The fork server alone


type Fork = Callable[[str], ForkedWorker]


@pytest.fixture(scope="module")
def lock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("project") / "uv.lock"
    file.write_text("version = 1")
    return file


@pytest.fixture(scope="module")
def servers(lock: Path) -> Iterator[ForkServers]:
    servers = ForkServers(installed=[lock])
    yield servers
    servers.close()


@pytest.fixture
def fork(servers: ForkServers, tmp_path: Path) -> Fork:
    """Start a worker that runs some code on import of its handler."""

    def start(code: str) -> ForkedWorker:
        (tmp_path / "probe.py").write_text(f"import os, sys, time\n{code}\nsys.stdout.flush()\nos._exit(0)\n")
        environment = {"_HANDLER": "probe.handler", "AWS_LAMBDA_FUNCTION_NAME": "probe", "AWS_LAMBDA_RUNTIME_API": ""}
        return servers.start_worker(WorkerStart(str(tmp_path), environment))

    return start


def output(worker: ForkedWorker) -> str:
    with worker.stdout as stream:
        return stream.read().decode().strip()


@pytest.mark.parametrize(
    ("code", "expected"),
    [("pass", 0), ("os._exit(7)", 7), ("sys.exit(3)", 3), ("os.kill(os.getpid(), 11)", -11), ("raise KeyError", 1)],
)
def test_exit_code_is_that_of_the_worker(fork: Fork, code: str, expected: int) -> None:
    worker = fork(code)
    output(worker)
    assert worker.wait(10) == worker.poll() == expected


def test_worker_can_be_terminated_and_killed(fork: Fork) -> None:
    for end, number in ((ForkedWorker.terminate, signal.SIGTERM), (ForkedWorker.kill, signal.SIGKILL)):
        worker = fork("time.sleep(60)")
        assert worker.poll() is None
        end(worker)
        output(worker)
        assert worker.wait(10) == -number
        end(worker)  # without effect: it has exited


def test_worker_is_killed_when_its_socket_is_closed(fork: Fork) -> None:
    worker = fork("print('ready', flush=True); time.sleep(60)")
    pid = worker.pid
    with worker.stdout as stream:
        stream.readline()
    del worker
    assert eventually(lambda: has_ended(pid))


def test_next_worker_runs_edited_code(fork: Fork) -> None:
    assert [output(fork(f"print({number})")) for number in range(3)] == ["0", "1", "2"]


def test_changed_lock_starts_a_new_server_and_the_old_one_exits_after_its_last_worker(fork: Fork, lock: Path) -> None:
    print_parent = "print(os.getppid(), flush=True)"
    old = fork(f"{print_parent}; time.sleep(60)")
    with old.stdout as stream:
        old_server = int(stream.readline())
        assert int(output(fork(print_parent))) == old_server

        lock.write_text("version = 2")
        new_server = int(output(fork(print_parent)))

        assert new_server != old_server
        assert int(output(fork(print_parent))) == new_server
        assert old.poll() is None
        old.kill()
        assert eventually(lambda: is_zombie(old_server))


def is_zombie(pid: int) -> bool:
    """Whether this child process has exited."""
    return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
