"""Previews, and tests that staff send to themselves."""

import pytest

from communications.notifications.domain.previewing import Samples, preview, type_named
from communications.notifications.domain.types import TYPES, Channel
from communications.sending.domain.outbox import Mail
from shared.errors import Conflict, Invalid, NotFound
from tests.communications.notifications.world import NOON, World
from tests.shared.persistence.fake_transactions import FakeTransaction


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("language", ["en", "de", "xx"])
def test_every_type_can_be_previewed(type_: str, language: str) -> None:
    shown = preview(type_named(type_), language, {}, "Almoner")
    assert shown.title == shown.mail.subject


def test_own_values() -> None:
    assert preview(TYPES["stock-low"], "en", {"name": "Mug"}, "Almoner").title == "Low stock: Mug"
    with pytest.raises(Invalid):
        preview(TYPES["stock-low"], "en", {"nane": "Mug"}, "Almoner")


def test_no_such_type() -> None:
    with pytest.raises(NotFound):
        type_named("nothing")


def send(world: World, type_: str, channel: Channel) -> str:
    samples = Samples(world.users, world.outbox, "Almoner", FakeTransaction)
    return samples.send("ana", TYPES[type_], "en", channel, NOON)


def test_test_goes_to_oneself() -> None:
    world = World()
    row = world.outbox.by_id[send(world, "stock-low", Channel.EMAIL)]
    assert row.user_id == "ana"
    assert isinstance(row.content, Mail)
    assert row.content.subject == "Low stock: Tea towel"
    assert not world.notifications.by_id


def test_channel_that_the_type_does_not_use() -> None:
    with pytest.raises(Invalid):
        send(World(), "stock-low", Channel.SMS)


def test_staff_that_is_not_registered() -> None:
    world = World()
    world.users.by_id.clear()
    with pytest.raises(Conflict):
        send(world, "stock-low", Channel.EMAIL)
