"""What a function's answer says about the records of a stream's batch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.table_streams import first_failed

BATCH = [f"{number:030d}" for number in range(8)]


def report(*identifiers: object) -> dict[str, object]:
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": None}, report(), "done"])
def test_answer_without_failures_reports_none(answer: object) -> None:
    assert first_failed(answer, BATCH) is None


@pytest.mark.parametrize("failures", [3, BATCH[3], {"itemIdentifier": BATCH[3]}])
def test_anything_but_a_list_fails_the_whole_batch(failures: object) -> None:
    assert first_failed({"batchItemFailures": failures}, BATCH) == 0


@given(st.lists(st.sampled_from(BATCH), min_size=1))
def test_first_of_the_reported_records_counts_in_whatever_order_they_are_named(reported: list[str]) -> None:
    assert first_failed(report(*reported), BATCH) == BATCH.index(min(reported))


@given(
    st.lists(st.sampled_from(BATCH)),
    st.sampled_from(
        [{"itemIdentifier": ""}, {"itemIdentifier": None}, {"itemIdentifier": "9"}, {"id": BATCH[3]}, {}, "3"]
    ),
    st.data(),
)
def test_anything_but_a_record_of_the_batch_fails_the_whole_batch(
    reported: list[str], wrong: object, data: st.DataObject
) -> None:
    answer = report(*reported)
    failures = answer["batchItemFailures"]
    assert isinstance(failures, list)
    failures.insert(data.draw(st.integers(0, len(failures))), wrong)
    assert first_failed(answer, BATCH) == 0
