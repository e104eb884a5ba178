"""The cost of reading a model's stream with BedrockModel and with plain boto3, alternating, in fresh interpreters.

BedrockModel uses boto3 too; the difference is what it adds: pieces of text, metrics, streams that can be stopped.
Both read the same answer of the model stand-in, one token per frame, as fast as it can write. Cold:
CPU from the interpreter's start to the first piece. Warm: CPU for a thousand tokens. Medians, and ratios to plain.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from local.model.process import ModelProcess
from local.workspace import free_port

_ROUNDS = 5
_TOKENS = 1000
_MODEL = "us.anthropic.claude-sonnet-4-6"

_OURS = """
from shared.models.bedrock import BedrockModel
from shared.models.model import Message, ModelRequest
model = BedrockModel(MODEL, max_tokens=4096, attempt_seconds=30)
def texts(question):
    for piece in model.stream(ModelRequest("Be kind.", (Message("user", question),))):
        if isinstance(piece, str):
            yield piece
"""
_PLAIN = """
import boto3
client = boto3.client("bedrock-runtime")
def texts(question):
    messages = [{"role": "user", "content": [{"text": question}]}]
    answer = client.converse_stream(modelId=MODEL, system=[{"text": "Be kind."}], messages=messages)
    for event in answer["stream"]:
        if text := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
            yield text
"""
_MEASURE = """
import json, time
stream = texts("benchmark")
next(stream)
cold = time.process_time()
for _ in stream:
    pass
started = time.process_time()
count = sum(1 for _ in range(5) for _ in texts("benchmark"))
print(json.dumps({"cold": cold, "warm": (time.process_time() - started) / count * 1000, "pieces": count / 5}))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        log, settings = Path(folder) / "model.log", {"MODEL_TOKENS_PER_SECOND": "1000000"}
        with ModelProcess(log, free_port(), settings) as model:
            answer = " ".join(["word"] * _TOKENS)
            model.behave("benchmark", answers=[answer] * 6 * 2 * _ROUNDS)
            ours, plain = [], []
            for _ in range(_ROUNDS):
                ours.append(_measured(_OURS, model.endpoint))
                plain.append(_measured(_PLAIN, model.endpoint))
    print(f"{'':32}{'ours':>8}{'plain':>10}{'ratio':>8}")
    for name, figure in (("first piece, ms CPU", "cold"), ("a thousand tokens, ms CPU", "warm")):
        mine, theirs = (statistics.median(each[figure] for each in all_) * 1000 for all_ in (ours, plain))
        print(f"{name:32}{mine:8.1f}{theirs:10.1f}{mine / theirs:8.2f}")


def _measured(client: str, endpoint: str) -> dict[str, float]:
    environment = os.environ | {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint,
        "AWS_REGION": "us-west-2",
        "AWS_DEFAULT_REGION": "us-west-2",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    program = f"MODEL = {_MODEL!r}\n{client}{_MEASURE}"
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    measured: dict[str, float] = json.loads(run.stdout)
    return measured


if __name__ == "__main__":
    main()
