"""With MODEL_URL, the stand-in relays prompts to an OpenAI-compatible server, here a fake one."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from queue import Queue, ShutDown
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from local.model.process import ModelProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import eventually
from tests.local.model.conftest import runtime_client
from tests.local.model.conversations import SONNET, ask, tool_config
from tests.shared.serving import JoinedServer, serving

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("model")]

STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE = {"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}}
HANG_UP = None


def says(text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def calls(index: int, **call: Any) -> dict[str, Any]:
    function = {name: call.pop(name) for name in ("name", "arguments") if name in call}
    return {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": index, "function": function} | call]}}]}


class FakeModel(JoinedServer):
    """Streams what tests put into `script`: a status, then events, then HANG_UP or "[DONE]"."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: Queue[Any] = Queue()
        self.received: list[dict[str, Any]] = []
        self.reader_left = threading.Event()

    def will(self, *script: Any) -> None:
        for step in script:
            self.script.put(step)


class _Handler(BaseHTTPRequestHandler):
    server: FakeModel

    def do_GET(self) -> None:
        self._answer(200, json.dumps({"data": [{"id": "tiny"}]}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.received.append(body | {"path": self.path, "authorization": self.headers["authorization"]})
        with suppress(ShutDown):  # the test has ended
            self._follow_script()

    def _follow_script(self) -> None:
        status = self.server.script.get(timeout=30)
        if status != 200:
            self._answer(status, json.dumps({"error": {"message": "no such luck"}}).encode())
            return
        self.send_response(200)
        self.end_headers()
        while (step := self.server.script.get(timeout=30)) is not HANG_UP:
            data = step if isinstance(step, str) else json.dumps(step)
            try:
                self.wfile.write(f"data: {data}\n\n".encode())
                self.wfile.flush()
            except OSError:
                self.server.reader_left.set()
                return
            if step == "[DONE]":
                return

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    server = FakeModel()
    with serving(server, before_end=partial(server.script.shutdown, immediate=True)):
        yield server


@pytest.fixture
def relay(fake: FakeModel, tmp_path: Path) -> Iterator[Any]:
    environment = {"MODEL_URL": f"http://127.0.0.1:{fake.server_port}", "MODEL_API_KEY": "key"}
    with ModelProcess(tmp_path / "model.log", free_port(), environment) as process:
        client = runtime_client(process.endpoint)
        yield client
        client.close()


def test_streams_the_servers_answer_as_it_arrives(relay: Any, fake: FakeModel) -> None:
    fake.will(200, says("Hel"))
    events = iter(relay.converse_stream(**ask("Hi", system=[{"text": "Be kind."}]))["stream"])
    assert "messageStart" in next(events)
    assert next(events)["contentBlockDelta"]["delta"] == {"text": "Hel"}
    fake.will(says("lo"), STOP, USAGE, "[DONE]")  # the first part arrived before the second was sent
    rest = list(events)
    assert rest[0]["contentBlockDelta"]["delta"] == {"text": "lo"}
    assert rest[-2] == {"messageStop": {"stopReason": "end_turn"}}
    assert rest[-1]["metadata"]["usage"] == {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
    (received,) = fake.received
    assert received["path"] == "/v1/chat/completions"
    assert received["authorization"] == "Bearer key"
    assert received["model"] == "tiny"
    assert received["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    assert "max_tokens" not in received


def test_relays_tools_both_ways(relay: Any, fake: FakeModel) -> None:
    fake.will(200, says("Well."), calls(0, id="c1", name="note", arguments='{"ba'), calls(0, arguments='sis": []}'))
    fake.will(calls(0, id="c2", name="note", arguments="{}"), STOP, "[DONE]")  # a second call with the same index
    request = ask("Hi", toolConfig=tool_config(any={}), inferenceConfig={"maxTokens": 50, "stopSequences": ["END"]})
    first = relay.converse(**request)
    assert first["stopReason"] == "tool_use"
    assert first["output"]["message"]["content"] == [
        {"text": "Well."},
        {"toolUse": {"toolUseId": "c1", "name": "note", "input": {"basis": []}}},
        {"toolUse": {"toolUseId": "c2", "name": "note", "input": {}}},
    ]
    results = [{"toolResult": {"toolUseId": id_, "content": [{"text": "ok"}]}} for id_ in ("c1", "c2")]
    fake.will(200, says("Noted."), STOP, "[DONE]")
    messages = [*request["messages"], first["output"]["message"], {"role": "user", "content": results}]
    relay.converse(modelId=SONNET, messages=messages, toolConfig=tool_config())

    sent, second = fake.received
    assert (sent["tool_choice"], sent["max_tokens"], sent["stop"]) == ("required", 50, ["END"])
    assert sent["tools"][0]["function"]["name"] == "note"
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "tool", "tool"]
    assert [call["id"] for call in second["messages"][1]["tool_calls"]] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("status", "exception"),
    [(400, "ValidationException"), (429, "ThrottlingException"), (500, "ModelErrorException")],
)
def test_refusals_of_the_server_are_passed_on(relay: Any, fake: FakeModel, status: int, exception: str) -> None:
    fake.will(status)
    with pytest.raises(getattr(relay.exceptions, exception), match="no such luck"):
        relay.converse_stream(**ask("Hi"))


def test_an_interrupted_answer_is_an_error_in_the_stream(relay: Any, fake: FakeModel) -> None:
    fake.will(200, says("Hel"), HANG_UP)
    stream = relay.converse_stream(**ask("Hi"))["stream"]
    with closing(stream), pytest.raises(EventStreamError, match="modelStreamErrorException"):
        list(stream)


def test_a_client_that_disconnects_stops_the_server(relay: Any, fake: FakeModel) -> None:
    fake.will(200, says("Hel"))
    with closing(relay.converse_stream(**ask("Hi"))["stream"]) as stream:
        next(iter(stream))

    def noticed() -> bool:
        fake.will(says("more"))
        return fake.reader_left.is_set()

    assert eventually(noticed)


def test_an_unreachable_server_is_a_model_error(tmp_path: Path) -> None:
    environment = {"MODEL_URL": f"http://127.0.0.1:{free_port()}/v1", "MODEL_NAME": "tiny"}
    with ModelProcess(tmp_path / "model.log", free_port(), environment) as process:
        client = runtime_client(process.endpoint)
        with pytest.raises(client.exceptions.ModelErrorException, match="cannot be reached"):
            client.converse(**ask("Hi"))
        client.close()
