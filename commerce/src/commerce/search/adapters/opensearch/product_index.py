"""Keeps an index in OpenSearch as the catalogue is.

`products` is an alias. Behind it stands one index, named after the time at which it was begun. OpenSearch itself keeps
to the versions: what is not newer than the document that it would replace is refused as a conflict.
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
from commerce.search.adapters.opensearch.template import REFRESH_INTERVAL, TEMPLATE
from commerce.search.domain.following import Entry, Refused
from shared.errors import AlmonerError

ALIAS = "products"
FIRST = f"{ALIAS}-0"  # one name, so that two who find no index cannot make two
_MAX_BYTES = 4 * 1024 * 1024  # of a request: small domains take 10 MB
_MAX_IDS = 1_000
_CONFLICT = 409


class OpenSearchProductIndex:
    """A ProductIndex in a domain. Only one at a time may replace it."""

    def __init__(self, client: OpenSearch, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._client, self._now = client, now

    def apply(self, entries: Sequence[Entry]) -> None:
        """One request for each 4 MB; found by customers within a second."""
        try:
            self._write(ALIAS, entries)
        except IndexNotFound:
            self._make_first()
            self._write_into_first(entries)

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        """One request for each thousand; sees what was written a moment ago."""
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
        """In their order, a thousand a request. What is written meanwhile may be among them or not."""
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

    def replace(self, entries: Iterable[Entry]) -> None:
        """The alias moves in one step. What earlier attempts have left behind goes with the old index."""
        self._put_template()
        self._make_first_if_none()
        new = f"{ALIAS}-{self._now().astimezone(UTC):%Y%m%dt%H%M%S%f}"
        self._make(new, {"settings": {"index": {"refresh_interval": "-1"}}})  # nobody searches it yet
        refused: dict[str, str] = {}
        try:
            for batch in batched(entries, _MAX_IDS, strict=False):
                try:
                    self._write(new, batch)
                except Refused as some:
                    refused |= some.reasons
            self._client.indices.put_settings(index=new, body={"index": {"refresh_interval": REFRESH_INTERVAL}})
            self._client.indices.refresh(index=new)
        except BaseException:
            with suppress(AlmonerError, RequestRefused):  # then the next one deletes it
                self._delete(new)
            raise
        self._move_alias(new)
        if refused:
            raise Refused(refused)

    def _write(self, index: str, entries: Sequence[Entry]) -> None:
        """Raises Unavailable, IndexNotFound; Refused when all else is written."""
        # else OpenSearch would make an index of the alias's name, with mappings of its own guess
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
        except IndexNotFound as error:  # somebody has taken the alias away
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
            # another one was faster, or the answer to our first attempt was lost
            if error.type != "resource_already_exists_exception":
                raise

    def _put_template(self) -> None:
        self._client.indices.put_index_template(name=ALIAS, body=TEMPLATE)

    def _move_alias(self, new: str) -> None:
        """In one request, which may be sent twice: to remove an alias that is gone is no error beside an `add`."""
        indices: Json = self._client.indices.get_alias()
        others = [name for name in indices if name.startswith(f"{ALIAS}-") and name != new]
        bearers = [name for name in others if ALIAS in indices[name]["aliases"]]
        removed = [{"remove": {"index": name, "alias": ALIAS}} for name in bearers]
        added = {"add": {"index": new, "alias": ALIAS}}
        self._client.indices.update_aliases(body={"actions": [*removed, added]})
        for name in others:
            self._delete(name)

    def _delete(self, index: str) -> None:
        self._client.indices.delete(index=index, ignore=404)  # an attempt whose answer was lost may have done it
