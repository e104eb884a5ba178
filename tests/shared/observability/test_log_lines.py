"""The lines that come out of a function, under AWS's own runtime client with its JSON log format."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from tests.shared.observability.runtime import TRACE_ID, lines_of

EXAMPLE = """
import logging
from shared.observability.invocations import observed
from shared.observability.logs import logger

@observed("requestContext.requestId")
def handler(event, context):
    logger.info("request", extra={"route": event["route"]})
    if "userId" in event:
        logger.append_keys(userId=event["userId"])
        logger.info("keys appended")
"""


def test_each_line_is_written_once_as_it_is(tmp_path: Path) -> None:
    [line] = lines_of(tmp_path, EXAMPLE, {"route": "GET /profile", "requestContext": {"requestId": "c6af9ac6"}})

    fields = json.loads(line)
    assert datetime.fromisoformat(fields.pop("timestamp")).utcoffset() == timedelta(0)
    assert fields == {
        "level": "INFO",
        "location": "handler:8",
        "message": "request",
        "service": "personalization",
        "cold_start": True,
        "function_name": "ExampleFunction",
        "function_memory_size": "512",
        "function_arn": "arn:aws:lambda:us-west-2:1:function:Example",
        "function_request_id": "r0",
        "correlation_id": "c6af9ac6",
        "route": "GET /profile",
        "xray_trace_id": TRACE_ID,
    }


def test_invocation_keeps_nothing_of_the_one_before(tmp_path: Path) -> None:
    first = {"route": "GET /profile", "userId": "ada", "requestContext": {"requestId": "c6af9ac6"}}

    *_, earlier, later = map(json.loads, lines_of(tmp_path, EXAMPLE, first, {"route": "GET /search"}))

    assert (earlier["userId"], earlier["cold_start"], earlier["function_request_id"]) == ("ada", True, "r0")
    assert (later["cold_start"], later["function_request_id"]) == (False, "r1")
    assert later.keys().isdisjoint({"userId", "correlation_id"})


def test_loggers_of_the_service_are_written_alike(tmp_path: Path) -> None:
    code = EXAMPLE.replace("logger.info(", 'logging.getLogger("personalization.prompts.domain").info(')

    [line] = map(json.loads, lines_of(tmp_path, code, {"route": "x", "requestContext": {"requestId": "c6af9ac6"}}))

    assert (line["message"], line["correlation_id"]) == ("request", "c6af9ac6")


def test_level_is_lambdas_setting(tmp_path: Path) -> None:
    assert lines_of(tmp_path, EXAMPLE, {"route": "x"}, environment={"AWS_LAMBDA_LOG_LEVEL": "WARN"}) == []


def test_warnings_of_libraries_are_written_by_the_runtime(tmp_path: Path) -> None:
    code = EXAMPLE.replace(
        "logger.info(", 'logging.getLogger("botocore").info("noise"), logging.getLogger("botocore").warning('
    )

    [line] = map(json.loads, lines_of(tmp_path, code, {"route": "x"}))

    assert (line["level"], line["message"], line["logger"], line["requestId"]) == (
        "WARNING",
        "request",
        "botocore",
        "r0",
    )


def test_lines_of_threads_stay_whole(tmp_path: Path) -> None:
    code = """
from threading import Thread
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import RUNS

def write():
    for number in range(200):
        logger.info("run ended", extra=RUNS.line("agent", durationMs=number))

@observed()
def handler(event, context):
    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""
    lines = list(map(json.loads, lines_of(tmp_path, code, {})))

    assert sorted(line["durationMs"] for line in lines) == sorted([*range(200)] * 4)
    assert {line["function_request_id"] for line in lines} == {"r0"}
