"""Links by which somebody turns a category off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.sending.domain.outbox import Channel
from communications.sending.domain.unsubscribing import UnsubscribeLinks, read_token
from shared.auth.seals import BrokenSeal, Seals
from tests.communications.sending.examples import a_row

SEALS = Seals("key")
LINKS = UnsubscribeLinks(SEALS, "https://api.example.org/v1")


@given(
    st.text(min_size=1, max_size=40).filter(lambda text: " " not in text and text.isprintable()),
    st.sampled_from(["news", "a category"]),
)
def test_link_names_one_channel_user_and_category(user_id: str, category: str) -> None:
    link = LINKS.of(a_row(user_id=user_id, category=category))
    assert link is not None
    assert read_token(SEALS, link.rpartition("/")[2]) == (Channel.EMAIL, user_id, category)


@pytest.mark.parametrize(
    "token",
    ["", "abc", Seals("key").make("cursor", "email ada news"), Seals("another").make("unsubscribe", "email ada news")],
)
def test_nobody_else_makes_a_token(token: str) -> None:
    with pytest.raises(BrokenSeal):
        read_token(SEALS, token)


def test_what_is_always_sent_cannot_be_turned_off() -> None:
    assert LINKS.of(a_row(category=None)) is None
