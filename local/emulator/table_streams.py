"""Event source mappings of tables' streams: which records of a failed batch are delivered again, and how often."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ministack.core.arn import ArnParseError, parse_arn
from ministack.services import dynamodb, lambda_svc

from local.emulator.provisioning import Json

_INFINITE = -1


@dataclass
class _Retry:
    """How often a mapping has retried its failed batch."""

    ends: list[int] = field(default_factory=list)
    """Where the batch ends in the stream, after the ends of the batches that it was split from."""
    retries: int = 0

    def leave_batches_before(self, position: int) -> None:
        """Go on with what was split off, or with new records."""
        while self.ends and self.ends[-1] <= position:
            self.ends.pop()
            self.retries = 0


_retry_of_mapping: dict[str, _Retry] = defaultdict(_Retry)


def retry_failed_records() -> None:
    """Deliver a batch again from its first failed record, until it succeeds or the mapping's limits are reached.

    MiniStack ignores which records a function reports as failed, how often a mapping may retry, and that it splits
    failed batches.
    """
    lambda_svc._poll_dynamodb_streams = _deliver_batches


def first_failed(answer: object, sequence_numbers: Sequence[str]) -> int | None:
    """Position of the first record that a function's answer reports as failed; None if there is none.

    If the answer names anything else, the whole batch has failed.
    """
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return None
    if not isinstance(failures, list):
        return 0
    reported = [failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures]
    if not all(identifier in sequence_numbers for identifier in reported):
        return 0
    return min(sequence_numbers.index(identifier) for identifier in reported)


def _deliver_batches() -> bool:
    """Deliver one batch of each mapping; returns whether any of them has advanced."""
    advanced = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        with _scope(account, region):
            function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
            table = _table(mapping)
            waits = lambda_svc._esm_backoff_until.get(mapping["UUID"], 0) > time.time()
            if function and table and mapping.get("Enabled", True) and not waits:
                advanced = _deliver(mapping, function, table) or advanced
    return advanced


@contextmanager
def _scope(account: str, region: str) -> Iterator[None]:
    account_token = lambda_svc._request_account_id.set(account)
    region_token = lambda_svc._request_region.set(region)
    try:
        yield
    finally:
        lambda_svc._request_account_id.reset(account_token)
        lambda_svc._request_region.reset(region_token)


def _table(mapping: Json) -> str | None:
    """Name of the table whose stream is the mapping's source."""
    try:
        source = parse_arn(mapping.get("EventSourceArn", ""))
    except ArnParseError:
        return None
    name, _ = lambda_svc._dynamodb_stream_table_from_arn_spec(source) or (None, None)
    table = dynamodb._tables.get(name) if name else None
    return name if table and table.get("LatestStreamArn") == mapping["EventSourceArn"] else None


def _deliver(mapping: Json, function: Json, table: str) -> bool:
    """Invoke the function with the next batch, or again with what is left of a failed one."""
    retry, start = _retry_of_mapping[mapping["UUID"]], _position(mapping, table)
    retry.leave_batches_before(start)
    size = retry.ends[-1] - start if retry.ends else int(mapping["BatchSize"])
    batch = dynamodb.stream_records_since(table, start, size)
    records = lambda_svc._apply_filter_criteria(batch, mapping)
    if not records:
        return bool(batch) and _advance(mapping, start + len(batch))

    result: Json = lambda_svc._execute_function(function, {"Records": records})
    first = _first_failed(mapping, records, result)
    mapping["LastProcessingResult"] = f"OK - {len(records)} records" if first is None else "FAILED"
    outcome, log = mapping["LastProcessingResult"], result.get("log", "")
    lambda_svc.logger.info("Stream of %s → Lambda %s: %s\n%s", table, mapping["FunctionName"], outcome, log)
    if first is None:
        return _advance(mapping, start + len(batch))

    failed = records[first:]
    positions = {_sequence_number(record): start + offset for offset, record in enumerate(batch)}
    if first > 0:
        _advance(mapping, positions[_sequence_number(failed[0])])
        retry.retries = 0
    if not retry.ends:
        retry.ends.append(start + len(batch))
    if _is_too_old(mapping, failed):
        return _discard(mapping, function, failed, result, "MaxRecordAgeExceeded")
    if result.get("throttle"):
        return _wait(mapping)
    if result.get("error") and mapping.get("BisectBatchOnFunctionError") and len(failed) > 1:
        retry.ends.append(positions[_sequence_number(failed[len(failed) // 2])])
        retry.retries = 0
        return True
    if retry.retries >= int(mapping.get("MaximumRetryAttempts", _INFINITE)) > _INFINITE:
        return _discard(mapping, function, failed, result, "RetryAttemptsExhausted")
    retry.retries += 1
    return _wait(mapping)


def _position(mapping: Json, table: str) -> int:
    """Position in the stream of the first record that is not done and has not expired."""
    lambda_svc._init_stream_position(mapping["UUID"], mapping["EventSourceArn"], mapping["StartingPosition"])
    position: int = lambda_svc._dynamodb_stream_positions[mapping["UUID"]]
    oldest: int = dynamodb.stream_start_position(table)
    return max(position, oldest)


def _first_failed(mapping: Json, records: Sequence[Json], result: Json) -> int | None:
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return None
    return first_failed(result.get("body"), [_sequence_number(record) for record in records])


def _sequence_number(record: Json) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def _is_too_old(mapping: Json, records: Sequence[Json]) -> bool:
    max_age_seconds = int(mapping.get("MaximumRecordAgeInSeconds", _INFINITE))
    oldest: float = records[0]["dynamodb"]["ApproximateCreationDateTime"]
    return max_age_seconds != _INFINITE and time.time() - oldest > max_age_seconds


def _advance(mapping: Json, position: int) -> bool:
    lambda_svc._esm_backoff_until.pop(mapping["UUID"], None)
    with lambda_svc._dynamodb_stream_positions_lock:
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position
    return True


def _discard(mapping: Json, function: Json, records: Sequence[Json], result: Json, condition: str) -> bool:
    """Send the positions of the records to the destination for failures, and go on behind the batch."""
    stream = mapping["EventSourceArn"]
    lambda_svc._send_ddb_stream_failure_record(mapping, function, records, stream, result, condition)
    return _advance(mapping, _retry_of_mapping[mapping["UUID"]].ends[-1])


def _wait(mapping: Json) -> bool:
    lambda_svc._esm_backoff_until[mapping["UUID"]] = time.time() + lambda_svc._ESM_BACKOFF_SECONDS
    return False
