"""A worker is killed in the middle of an answer, before its code can react: what the supporter sees."""

import time
from itertools import pairwise

import pytest

from tests.e2e.clients import Api, Platform, User
from tests.e2e.killing import kill
from tests.e2e.live import Events, Socket, assert_gapless, follow_url, text_of
from tests.e2e.test_chat import STORY, model_that, rows

pytestmark = [pytest.mark.platform, pytest.mark.alone]
_LEASE_SECONDS, _ROUND_SECONDS, _WORK_SECONDS = 30, 60, 5
_AT_MOST_SECONDS = _LEASE_SECONDS + _ROUND_SECONDS + _WORK_SECONDS


def test_a_worker_that_is_killed_repeats_nothing_and_loses_nothing_that_was_shown(
    platform: Platform, supporter: User
) -> None:
    api = Api(platform.outputs["apis"]["personalization"], platform.api_key, supporter.access_token)
    with model_that(platform, answers=[STORY, "Here I am again."], tokensPerSecond=20) as word, Socket(api) as live:
        run_id = live.ask(word)
        shown = [live.receive() for _ in range(4)]
        killed_at = time.monotonic()
        queue = platform.stack["PersonalizationRunQueueUrl"]
        kill_workers(platform, queue)

        shown += live.until("error", within_seconds=_AT_MOST_SECONDS)
        assert time.monotonic() - killed_at < _AT_MOST_SECONDS
        assert [frame["seq"] for frame in shown] == sorted({frame["seq"] for frame in shown}), "nothing is repeated"
        missed = {seq for one, next_ in pairwise(shown) for seq in range(one["seq"] + 1, next_["seq"])}

        over_socket = live.resume(run_id)
        assert_gapless(over_socket)
        assert over_socket[-1]["type"] == "error"
        assert [frame for frame in over_socket if frame["seq"] not in missed] == shown
        assert len(missed) <= 1, "what was kept and not sent yet is one frame at most"
        assert STORY.startswith(text_of(over_socket))
        assert Events(follow_url(api, f"/agent/runs/{run_id}")).until_the_end() == over_socket
        kept = api.get(f"/agent/runs/{run_id}").json()
        assert (kept["status"], kept["text"], kept["detail"]) == (
            "failed",
            text_of(over_socket),
            over_socket[-1]["detail"],
        )

        again = live.ask(word)
        frames = live.frames(again)
        assert_gapless(frames)
        assert (frames[-1]["type"], text_of(frames)) == ("done", "Here I am again.")
    turns = [row for row in rows(platform, "Interactions", supporter.user_id) if word in row["input"]["S"]]
    assert [turn["content"]["S"] for turn in turns] == [text_of(over_socket), "Here I am again."]
    platform.aws("sqs").purge_queue(QueueUrl=queue)  # its message would be delivered again after 15 minutes


def kill_workers(platform: Platform, queue: str) -> None:
    """Kill every process of the function that reads the run queue."""
    arn = platform.aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    (mapping,) = platform.aws("lambda").list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
    name = mapping["FunctionArn"].split(":")[6]  # after it comes the alias
    assert kill(name)
