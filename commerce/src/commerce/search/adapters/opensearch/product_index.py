"""Writes the index in OpenSearch.

`products` is an alias of one index, which is named after the time of its creation. Versions are external: OpenSearch
rejects a document that is not newer than the one it would replace as a conflict.

Rebuilds run one after the other, so the later one's index has the later name. That is the fence against one that was
taken for dead: it neither takes the alias from a later index nor deletes one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import batched

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from commerce.search.adapters.opensearch.client import (
    IndexNotFound,
    Json,
    RequestRefused,
    is_temporary,
    unavailable,
)
from commerce.search.adapters.opensearch.documents import action_of
from commerce.search.adapters.opensearch.template import META, REFRESH_INTERVAL, index_template
from commerce.search.domain.following import Entry, Overtaken, Refused
from shared.errors import AlmonerError

ALIAS = "products"
FIRST = f"{ALIAS}-0"  # a fixed name: two writers that find no index cannot create two
_MAX_BYTES = 4 * 1024 * 1024  # of a request: small domains take 10 MB
_MAX_IDS = 1_000
_CONFLICT = 409


class OpenSearchProductIndex:
    """A ProductIndex in a domain. Only one process at a time may replace it: see `single_run`."""

    def __init__(self, client: OpenSearch, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._client, self._now = client, now

    def apply(self, entries: Sequence[Entry]) -> None:
        """A request per 4 MB; searchable within a second."""
        try:
            self._write(ALIAS, entries)
        except IndexNotFound:
            self._make_first()
            self._write_into_first(entries)

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        """A request per thousand ids; sees the latest writes."""
        found: dict[str, tuple[int, bool]] = {}
        for batch in batched(product_ids, _MAX_IDS, strict=False):
            documents = [{"_id": product_id, "_source": ["listed"]} for product_id in batch]
            try:
                answer = self._client.mget(index=ALIAS, body={"docs": documents})
            except IndexNotFound:
                return {}
            for document in answer["docs"]:
                if error := document.get("error"):
                    if error["type"] != "index_not_found_exception":
                        raise unavailable()
                elif document["found"]:
                    found[document["_id"]] = document["_version"], document["_source"]["listed"]
        return found

    def product_ids(self) -> Iterator[str]:
        """In order, a thousand per request. What is written meanwhile may be missed."""
        page: Json = {
            "query": {"match_all": {}},
            "sort": [{"productId": "asc"}],
            "size": _MAX_IDS,
            "_source": False,
            "track_total_hits": False,
        }
        try:
            self._client.indices.refresh(index=ALIAS)
            while hits := self._client.search(index=ALIAS, body=page)["hits"]["hits"]:
                for hit in hits:
                    yield hit["_id"]
                page["search_after"] = hits[-1]["sort"]
        except IndexNotFound:
            return

    def is_outdated(self) -> bool:
        """One request."""
        try:
            indices: Json = self._client.indices.get_mapping(index=ALIAS)
        except IndexNotFound:
            return False
        return any(index["mappings"].get("_meta") != META for index in indices.values())

    def replace(self, entries: Iterable[Entry]) -> None:
        """The alias is switched atomically. Leftovers of failed rebuilds are deleted with the old index."""
        self._put_template()
        self._make_first_if_none()
        new = f"{ALIAS}-{self._now().astimezone(UTC):%Y%m%dt%H%M%S%f}"
        self._make(new, {"settings": {"index": {"refresh_interval": "-1"}}})  # not searched yet
        refused: dict[str, str] = {}
        try:
            for batch in batched(entries, _MAX_IDS, strict=False):
                try:
                    self._write(new, batch)
                except Refused as some:
                    refused |= some.reasons
            self._client.indices.put_settings(index=new, body={"index": {"refresh_interval": REFRESH_INTERVAL}})
            self._client.indices.refresh(index=new)
        except IndexNotFound as error:  # a later rebuild has deleted it
            raise Overtaken from error
        except BaseException:
            with suppress(AlmonerError, RequestRefused):  # then the next rebuild deletes it
                self._delete(new)
            raise
        self._move_alias(new)
        if refused:
            raise Refused(refused)

    def _write(self, index: str, entries: Sequence[Entry]) -> None:
        """Raises Unavailable, IndexNotFound; Refused when all others are written."""
        # otherwise OpenSearch would create an index with the alias's name and dynamic mappings
        options = {"require_alias": True} if index == ALIAS else {}
        answered, refused = 0, {}
        for is_written, item in streaming_bulk(
            self._client,
            map(action_of, entries),
            chunk_size=_MAX_IDS,
            max_chunk_bytes=_MAX_BYTES,
            raise_on_error=False,
            index=index,
            headers={"Content-Type": "application/x-ndjson"},
            **options,
        ):
            answered += 1
            result = item["index"]
            if is_written or result["status"] == _CONFLICT:
                continue
            reason = result["error"]["type"]
            if reason == "index_not_found_exception":
                raise IndexNotFound
            if is_temporary(result["status"], reason):
                raise unavailable()
            refused[result["_id"]] = reason
        if answered != len(entries):
            raise unavailable()
        if refused:
            raise Refused(refused)

    def _write_into_first(self, entries: Sequence[Entry]) -> None:
        try:
            self._write(ALIAS, entries)
        except IndexNotFound as error:  # the alias was removed
            raise unavailable() from error

    def _make_first_if_none(self) -> None:
        try:
            self._client.indices.get_alias(name=ALIAS)
        except IndexNotFound:
            self._make_first()

    def _make_first(self) -> None:
        self._put_template()
        self._make(FIRST, {"aliases": {ALIAS: {}}})

    def _make(self, index: str, content: Json) -> None:
        try:
            self._client.indices.create(index=index, body=content)
        except RequestRefused as error:
            # created by somebody else, or by our first attempt, whose response was lost
            if error.type != "resource_already_exists_exception":
                raise

    def _put_template(self) -> None:
        self._client.indices.put_index_template(name=ALIAS, body=index_template())

    def _move_alias(self, new: str) -> None:
        """One request, which may be sent twice: removing a missing alias is no error next to an `add`.

        Raises Overtaken.
        """
        indices: Json = self._client.indices.get_alias()
        others = [name for name in indices if name.startswith(f"{ALIAS}-") and name < new]
        if any(name > new and ALIAS in indices[name]["aliases"] for name in indices if name.startswith(f"{ALIAS}-")):
            self._delete(new)
            raise Overtaken
        aliased = [name for name in others if ALIAS in indices[name]["aliases"]]
        removed = [{"remove": {"index": name, "alias": ALIAS}} for name in aliased]
        added = {"add": {"index": new, "alias": ALIAS}}
        self._client.indices.update_aliases(body={"actions": [*removed, added]})
        for name in others:
            self._delete(name)

    def _delete(self, index: str) -> None:
        self._client.indices.delete(index=index, ignore=404)  # deleted by an attempt whose response was lost
