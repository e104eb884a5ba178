from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from local.payments.errors import Refusal
from local.payments.forms import Parameters, parse

_NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
_VALUES = st.recursive(
    _TEXTS,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_what_stripes_sdk_encodes_is_read_back(sent: dict[str, object]) -> None:
    assert parse(urlencode(list(_api_encode(sent)))) == sent


def test_brackets_without_a_name_are_a_list() -> None:
    assert parse("expand[]=latest_charge&expand[]=payment_intent") == {"expand": ["latest_charge", "payment_intent"]}


@pytest.mark.parametrize("encoded", ["[a]=1", "a[b=1", "a]=1", "a=1&a[b]=2"])
def test_what_nobody_can_read_is_refused(encoded: str) -> None:
    with pytest.raises(Refusal):
        parse(encoded)


def test_what_nobody_has_read_is_unknown() -> None:
    parameters = Parameters({"amount": "12", "colour": "red"})
    assert parameters.whole("amount") == 12
    with pytest.raises(Refusal, match="colour"):
        parameters.refuse_others()
