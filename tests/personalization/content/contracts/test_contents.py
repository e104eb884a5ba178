"""What whoever keeps and looks up content must do, in memory and in DynamoDB."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta, timezone

import boto3
import pytest
from samcli.yamlhelper import yaml_parse

from personalization.content.adapters.content import DynamoContents
from personalization.content.domain.content import Collection, Contents, Kind
from personalization.content.domain.listing import NO_REVISION
from personalization.memory.adapters.context import ContextRecord
from personalization.memory.domain.context import SupporterContext
from personalization.search.adapters.library import DynamoLibrary
from personalization.search.domain.search import Library
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.domain.supporter import Supporter
from shared.errors import Unavailable, VersionConflict
from tests.personalization.content.content_examples import NOW, FakeContents, FakeLibrary, page
from tests.personalization.examples import a_context, a_supporter
from tests.personalization.stores import TEMPLATE, DynamoStore
from tests.shared.dynamodb.dynamodb_calls import cost_of


@dataclass
class Shelf:
    """Adapters over the same data, and a way to put a supporter there."""

    contents: Contents
    library: Library
    keep: Callable[[Supporter, SupporterContext], None]

    @property
    def collection(self) -> Collection:
        found = self.library.look_up("nobody", NO_REVISION).collection
        assert found is not None
        return found


class ContentsContract:
    def test_nothing_is_a_collection_too(self, shelf: Shelf) -> None:
        assert shelf.collection.items == ()

    def test_content_is_kept_as_it_is(self, shelf: Shelf) -> None:
        event = page(
            "event_1-A",
            "Läufe 👟 & more",
            kind=Kind.EVENT,
            summary="s" * 500,
            body="Line\n\ttwo ‮",
            tags=("running", "in memory"),
            url="https://almoner.example/run",
            starts_at=NOW,
            ends_at=NOW + timedelta(days=1),
        )

        shelf.contents.put(event)
        shelf.contents.put(page("bare"))

        assert sorted(shelf.collection.items, key=lambda item: item.content_id) == [page("bare"), event]

    def test_times_keep_the_zone_in_which_they_were_given(self, shelf: Shelf) -> None:
        local = NOW.astimezone(timezone(timedelta(hours=-5)))
        shelf.contents.put(page("e", kind=Kind.EVENT, starts_at=local, ends_at=local))

        [event] = shelf.collection.items
        assert event.starts_at
        assert event.ends_at
        assert event.starts_at.utcoffset() == event.ends_at.utcoffset() == timedelta(hours=-5)

    def test_every_change_is_another_revision(self, shelf: Shelf) -> None:
        revisions = [shelf.collection.revision]
        shelf.contents.put(page("a"))
        revisions.append(shelf.collection.revision)
        shelf.contents.put(replace(page("a"), title="Another", version=2))
        revisions.append(shelf.collection.revision)
        shelf.contents.remove("a")
        revisions.append(shelf.collection.revision)

        assert len(set(revisions)) == 4
        assert NO_REVISION not in revisions

    def test_same_revision_is_not_read_again(self, shelf: Shelf) -> None:
        shelf.contents.put(page("a"))

        assert shelf.library.look_up("nobody", shelf.collection.revision).collection is None
        assert shelf.library.look_up("nobody", None).collection is None

    def test_new_version_replaces_the_one_before(self, shelf: Shelf) -> None:
        shelf.contents.put(page("a"))
        second = replace(page("a", "Second"), version=2)

        shelf.contents.put(second)

        assert shelf.collection.items == (second,)

    @pytest.mark.parametrize("version", [1, 2, 4])
    def test_any_other_version_is_stale_and_changes_nothing(self, shelf: Shelf, version: int) -> None:
        shelf.contents.put(page("a"))
        shelf.contents.put(replace(page("a", "Second"), version=2))
        before = shelf.collection

        with pytest.raises(VersionConflict):
            shelf.contents.put(replace(page("a", "Stale"), version=version))

        assert shelf.collection == before

    def test_version_of_what_is_not_there_is_stale(self, shelf: Shelf) -> None:
        with pytest.raises(VersionConflict):
            shelf.contents.put(replace(page("a"), version=2))

        assert shelf.collection.items == ()

    def test_removed_content_is_gone_and_can_be_created_anew(self, shelf: Shelf) -> None:
        shelf.contents.put(page("a"))
        shelf.contents.put(page("b"))

        shelf.contents.remove("a")
        assert [item.content_id for item in shelf.collection.items] == ["b"]

        assert shelf.contents.put(page("a")) == replace(page("a"), version=2)
        assert [item.content_id for item in shelf.collection.items] == ["a", "b"]

    def test_what_was_read_before_a_removal_stays_stale(self, shelf: Shelf) -> None:
        for _ in range(2):
            created = shelf.contents.put(page("a"))
            shelf.contents.put(replace(created, title="Second", version=created.version + 1))
            shelf.contents.remove("a")
        anew = shelf.contents.put(page("a"))

        assert anew.version == 5
        for version in range(1, 6):
            with pytest.raises(VersionConflict):
                shelf.contents.put(replace(page("a", "Stale"), version=version))
        assert shelf.collection.items == (anew,)

    def test_removing_what_is_not_there_changes_nothing(self, shelf: Shelf) -> None:
        shelf.contents.put(page("a"))
        before = shelf.collection

        shelf.contents.remove("b")

        assert shelf.collection == before

    def test_supporter_and_context_come_with_it(self, shelf: Shelf) -> None:
        shelf.keep(a_supporter("ada"), a_context(2))

        found = shelf.library.look_up("ada", None)

        assert (found.supporter, found.context) == (a_supporter("ada"), a_context(2))

    def test_nobody_is_found_as_nobody(self, shelf: Shelf) -> None:
        found = shelf.library.look_up("nobody", None)

        assert (found.supporter, found.context) == (None, SupporterContext())


class TestFakeContents(ContentsContract):
    @pytest.fixture
    def shelf(self) -> Shelf:
        contents = FakeContents()
        library = FakeLibrary(contents)

        def keep(supporter: Supporter, context: SupporterContext) -> None:
            library.profiles._supporters.by_id[supporter.user_id] = supporter
            library.profiles.contexts[supporter.user_id].append(context)

        return Shelf(contents, library, keep)


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoContents(ContentsContract):
    @pytest.fixture
    def shelf(self, emulator: str, dynamo: DynamoStore) -> Iterator[Shelf]:
        client = boto3.client("dynamodb", endpoint_url=emulator)
        properties = yaml_parse(TEMPLATE.read_text())["Resources"]["ContentTable"]["Properties"]
        shape = {name: properties[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")}
        name = f"content-{id(self)}"
        client.create_table(TableName=name, **shape)
        users, _, contexts = dynamo.tables

        def keep(supporter: Supporter, context: SupporterContext) -> None:
            SupporterRecord.at(users).of(supporter).put()
            ContextRecord.at(contexts).of(supporter.user_id, context).put()

        try:
            yield Shelf(DynamoContents(name), DynamoLibrary(users, contexts, name), keep)
        finally:
            client.delete_table(TableName=name)
            client.close()

    def test_looking_up_costs_one_round_of_reads(self, shelf: Shelf) -> None:
        shelf.contents.put(page("a"))
        revision = shelf.collection.revision

        assert sorted(cost_of(lambda: shelf.library.look_up("ada", None)).calls) == ["GetItem", "Query"]
        assert sorted(cost_of(lambda: shelf.library.look_up("ada", revision)).calls) == ["GetItem", "GetItem", "Query"]
        changed = cost_of(lambda: shelf.library.look_up("ada", NO_REVISION))
        assert sorted(changed.calls) == ["GetItem", "GetItem", "Query", "Query"]

    def test_every_change_is_one_transaction(self, shelf: Shelf) -> None:
        assert cost_of(lambda: shelf.contents.put(page("a"))).calls == ["TransactWriteItems"]
        assert cost_of(lambda: shelf.contents.remove("a")).calls == ["GetItem", "TransactWriteItems"]
        assert cost_of(lambda: shelf.contents.remove("a")).calls == ["GetItem"]

    def test_collection_of_several_megabytes_is_read_whole(self, shelf: Shelf) -> None:
        for number in range(30):
            shelf.contents.put(page(f"page-{number:02}", body="é" * 20_000))

        assert len(shelf.collection.items) == 30

    def test_only_one_of_several_writers_at_once_gets_a_version(self, shelf: Shelf) -> None:
        def write(number: int) -> bool:
            try:
                shelf.contents.put(page("a", f"By {number}"))
            except VersionConflict:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            written = list(pool.map(write, range(6)))

        assert written.count(True) == 1
        assert [item.title for item in shelf.collection.items] == [f"By {written.index(True)}"]


@pytest.mark.usefixtures("out_of_reach")
def test_content_out_of_reach_is_unavailable() -> None:
    contents, library = (
        DynamoContents("unreachable-n"),
        DynamoLibrary("unreachable-u", "unreachable-c", "unreachable-n"),
    )
    with pytest.raises(Unavailable):
        contents.put(page("a"))
    with pytest.raises(Unavailable):
        contents.remove("a")
    with pytest.raises(Unavailable):
        library.look_up("ada", NO_REVISION)
