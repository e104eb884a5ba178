"""Streams of tables: which records of a failed batch the function gets again, and when they are given up."""

import pytest

from tests.contracts.emulator.aws import Aws, eventually
from tests.contracts.emulator.changes import Changes

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-patches")]

REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
EXHAUSTED, TOO_OLD = "RetryAttemptsExhausted", "MaxRecordAgeExceeded"


def test_batch_is_delivered_again_from_its_first_failed_record(patched: Aws) -> None:
    changes = Changes.read(patched, **REPORTS)
    changes.write("a", "once-b", "c", "once-d", "e")
    changes.start()
    assert changes.deliveries(2) == [["a", "once-b", "c", "once-d", "e"], ["once-b", "c", "once-d", "e"]]


def test_what_a_function_reports_is_ignored_unless_the_mapping_expects_it(patched: Aws) -> None:
    changes = Changes.read(patched)
    changes.write("a", "report-b")
    changes.start()
    changes.deliveries(1)
    changes.write("c")
    assert changes.deliveries(2) == [["a", "report-b"], ["c"]]


def test_report_without_an_identifier_fails_the_whole_batch(patched: Aws) -> None:
    changes = Changes.read(patched, MaximumRetryAttempts=1, **REPORTS)
    changes.write("a", "nameless-b")
    changes.start()
    assert changes.deliveries(2)[:2] == [["a", "nameless-b"], ["a", "nameless-b"]]


def test_reported_record_is_given_up_after_its_retries_with_those_after_it(patched: Aws) -> None:
    changes = Changes.read(patched, BatchSize=3, MaximumRetryAttempts=2, BisectBatchOnFunctionError=True, **REPORTS)
    changes.write("a", "report-b", "c", "d")
    changes.start()
    failed = ["report-b", "c"]
    assert changes.deliveries(4) == [["a", "report-b", "c"], failed, failed, ["d"]]
    assert changes.discarded() == [(EXHAUSTED, 2)]


def test_batch_whose_function_raises_is_given_up_after_its_retries(patched: Aws) -> None:
    changes = Changes.read(patched, BatchSize=2, MaximumRetryAttempts=1)
    changes.write("a", "raise-b", "c")
    changes.start()
    assert changes.deliveries(3) == [["a", "raise-b"], ["a", "raise-b"], ["c"]]
    assert changes.discarded() == [(EXHAUSTED, 2)]


def test_batch_whose_function_raises_is_split_until_only_the_failing_record_is_given_up(patched: Aws) -> None:
    changes = Changes.read(patched, MaximumRetryAttempts=1, BisectBatchOnFunctionError=True)
    changes.write("a", "b", "raise-c", "d", "e")
    changes.start()
    assert changes.deliveries(6) == [
        ["a", "b", "raise-c", "d", "e"],
        ["a", "b"],
        ["raise-c", "d", "e"],
        ["raise-c"],
        ["raise-c"],
        ["d", "e"],
    ]
    assert changes.discarded() == [(EXHAUSTED, 1)]


def test_records_are_given_up_at_their_maximum_age(patched: Aws) -> None:
    changes = Changes.read(patched, BatchSize=2, MaximumRecordAgeInSeconds=1, **REPORTS)
    changes.write("a", "report-b", "c")
    changes.start()
    assert changes.deliveries(2)[-1] == ["c"]
    assert changes.discarded() == [(TOO_OLD, 1)]


def test_retried_batch_does_not_grow(patched: Aws) -> None:
    changes = Changes.read(patched, MaximumRetryAttempts=1)
    changes.write("raise-a")
    changes.start()
    assert eventually(lambda: changes.last_result == "FAILED")
    changes.write("b")
    assert changes.deliveries(3) == [["raise-a"], ["raise-a"], ["b"]]
