"""The control interface, and the process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from local.model.behaviour import Behaviours, UnknownSetting
from local.model.process import ModelControl, ModelProcess
from local.model.recording import MAX_REQUESTS, Recording
from local.workspace import ROOT, free_port
from tests.contracts.emulator.aws import eventually


def test_the_most_specific_rule_wins_and_counts_are_used_up() -> None:
    behaviours = Behaviours()
    behaviours.put({"tokensPerSecond": 1, "obeyInjections": True})
    behaviours.put({"match": "run", "tokensPerSecond": 2, "throttle": 1})
    behaviour = behaviours.of("about a run")
    assert (behaviour.get("tokensPerSecond"), behaviour.get("obeyInjections")) == (2, True)
    assert [behaviour.take("throttle"), behaviours.of("run").take("throttle")] == [True, False]
    assert behaviours.of("else").get("tokensPerSecond") == 1


@pytest.mark.parametrize("rule", [{"slow": 1}, {"tokensPerSecond": -1}, {"breakWith": "luck"}, {"answers": "one"}, []])
def test_an_invalid_rule_is_refused(rule: object) -> None:
    with pytest.raises(UnknownSetting):
        Behaviours().put(rule)


def test_the_recording_is_bounded() -> None:
    recording = Recording()
    for number in range(MAX_REQUESTS + 5):
        recording.add("converse", "m", {}, json.dumps({"n": str(number)}).encode())
    kept = recording.matching("")
    assert [len(kept), kept[0]["number"]] == [MAX_REQUESTS, 6]
    for _ in range(5):
        recording.add("converse", "m", {}, b" " * 5_000_000)
    assert len(recording.matching("")) == 3


@pytest.mark.emulator
@pytest.mark.xdist_group("model")
def test_an_error_in_a_rule_is_reported(stand_in: ModelProcess) -> None:
    with pytest.raises(HTTPError) as caught:
        stand_in.behave("x", slow=True)
    assert "slow is unknown" in json.load(caught.value)["message"]
    caught.value.close()


@pytest.mark.emulator
@pytest.mark.xdist_group("model")
@pytest.mark.parametrize("key", ["", "other"])
def test_nobody_controls_it_without_the_key(key: str, stand_in: ModelProcess) -> None:
    control = ModelControl(stand_in.endpoint, key)
    for call in (lambda: control.behave("x", throttle=True), lambda: control.forget("x"), control.requests):
        with pytest.raises(HTTPError, match="403") as caught:
            call()
        caught.value.close()


@pytest.mark.emulator
@pytest.mark.xdist_group("model")
def test_it_listens_on_the_loopback_interface_and_is_small(stand_in: ModelProcess) -> None:
    address = urlsplit(stand_in.endpoint)
    assert address.hostname == "127.0.0.1"
    status = Path(f"/proc/{stand_in.pid}/status")
    if status.exists():
        resident = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) < 60 * 1024


@pytest.mark.emulator
@pytest.mark.xdist_group("model")
def test_it_does_not_outlive_a_test_run_that_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, pathlib; from local.model.process import ModelControl, ModelProcess\n"
        f"process = ModelProcess(pathlib.Path({str(tmp_path / 'log')!r}), {free_port()}).__enter__()\n"
        "print(process.pid, flush=True); os._exit(1)"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    assert eventually(lambda: has_ended(int(run.stdout)))


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
