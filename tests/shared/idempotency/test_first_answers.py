import pytest

from shared.idempotency.claims import RECORD, KeyInUse, translated_refusals
from shared.persistence.unit_of_work import StillConflicting, WriteRefused


@pytest.mark.parametrize("refusal", [WriteRefused(frozenset({RECORD, "row"})), StillConflicting(frozenset({RECORD}))])
def test_a_record_that_another_request_holds_is_a_key_in_use(refusal: Exception) -> None:
    with pytest.raises(KeyInUse) as raised, translated_refusals():
        raise refusal
    assert raised.value.__cause__ is refusal


@pytest.mark.parametrize(
    "refusal", [WriteRefused(frozenset({"row"})), StillConflicting(frozenset({"row"})), ValueError()]
)
def test_any_other_refusal_is_left_to_who_can_tell_what_it_means(refusal: Exception) -> None:
    with pytest.raises(type(refusal)) as raised, translated_refusals():
        raise refusal
    assert raised.value is refusal
