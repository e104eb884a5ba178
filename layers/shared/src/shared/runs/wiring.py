"""What every context's runs are made of: its wiring hands these on."""

from functools import cache

from shared.runs.dynamo_log import DynamoRunLog
from shared.runs.queue import SqsRunQueue
from shared.runs.run import RunLog, RunQueue
from shared.settings import Settings


class RunTables(Settings):
    runs_table: str
    frames_table: str


class RunQueueSettings(Settings):
    run_queue_url: str


@cache
def log() -> RunLog:
    tables = RunTables()
    return DynamoRunLog(tables.runs_table, tables.frames_table)


@cache
def queue() -> RunQueue:
    return SqsRunQueue(RunQueueSettings().run_queue_url)
