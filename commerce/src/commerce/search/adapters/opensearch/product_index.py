"""Keeps an index in OpenSearch as the catalogue is.

`products` is an alias. Behind it stands one index, named after the time at which it was begun. OpenSearch itself keeps
to the versions: what is not newer than the document that it would replace is refused as a conflict.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import batched

from commerce.search.adapters.opensearch.documents import portions
from commerce.search.adapters.opensearch.engine import Engine, Json, NoSuchIndex, may_pass, out_of_order
from commerce.search.adapters.opensearch.template import REFRESH_INTERVAL, TEMPLATE
from commerce.search.domain.following import Entry, Refused
from shared.aws.service import AwsError
from shared.errors import AlmonerError

ALIAS = "products"
FIRST = f"{ALIAS}-0"  # one name, so that two who find no index cannot make two
_MOST_BYTES = 4 * 1024 * 1024  # of a request: small domains take 10 MB
_MOST_IDS = 1_000
_CONFLICT = 409


class OpenSearchProductIndex:
    """A ProductIndex in a domain. Only one at a time may replace it."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._engine, self._now = engine, now

    def apply(self, entries: Sequence[Entry]) -> None:
        """One request for each 4 MB; found by customers within a second."""
        try:
            self._write(ALIAS, entries)
        except NoSuchIndex:
            self._make_first()
            self._write_into_first(entries)

    def versions(self, product_ids: Sequence[str]) -> Mapping[str, tuple[int, bool]]:
        """One request for each thousand; sees what was written a moment ago."""
        found: dict[str, tuple[int, bool]] = {}
        for batch in batched(product_ids, _MOST_IDS, strict=False):
            asked = {"docs": [{"_id": product_id, "_source": ["listed"]} for product_id in batch]}
            try:
                answer = self._engine.post(f"/{ALIAS}/_mget", asked)
            except NoSuchIndex:
                return {}
            for told in answer["docs"]:
                if error := told.get("error"):
                    if error["type"] != "index_not_found_exception":
                        raise out_of_order()
                elif told["found"]:
                    found[told["_id"]] = told["_version"], told["_source"]["listed"]
        return found

    def product_ids(self) -> Iterator[str]:
        """In their order, a thousand a request. What is written meanwhile may be among them or not."""
        asked: Json = {
            "query": {"match_all": {}},
            "sort": [{"productId": "asc"}],
            "size": _MOST_IDS,
            "_source": False,
            "track_total_hits": False,
        }
        try:
            self._engine.post(f"/{ALIAS}/_refresh")
            while hits := self._engine.post(f"/{ALIAS}/_search", asked)["hits"]["hits"]:
                for hit in hits:
                    yield hit["_id"]
                asked["search_after"] = hits[-1]["sort"]
        except NoSuchIndex:
            return

    def replace(self, entries: Iterable[Entry]) -> None:
        """The alias moves in one step. What earlier attempts have left behind goes with the old index."""
        self._engine.put(f"/_index_template/{ALIAS}", TEMPLATE)
        self._make_first_if_none()
        new = f"{ALIAS}-{self._now().astimezone(UTC):%Y%m%dt%H%M%S%f}"
        self._make(new, {"settings": {"index": {"refresh_interval": "-1"}}})  # nobody searches it yet
        refused: dict[str, str] = {}
        try:
            for batch in batched(entries, _MOST_IDS, strict=False):
                try:
                    self._write(new, batch)
                except Refused as some:
                    refused |= some.reasons
            self._engine.put(f"/{new}/_settings", {"index": {"refresh_interval": REFRESH_INTERVAL}})
            self._engine.post(f"/{new}/_refresh")
        except BaseException:
            with suppress(AlmonerError, AwsError, NoSuchIndex):  # then the next one deletes it
                self._engine.delete(f"/{new}")
            raise
        self._move_alias(new)
        if refused:
            raise Refused(refused)

    def _write(self, index: str, entries: Sequence[Entry]) -> None:
        """Raises Unavailable, NoSuchIndex; Refused when all else is written."""
        # else OpenSearch would make an index of the alias's name, with mappings of its own guess
        query = {"require_alias": "true"} if index == ALIAS else {}
        refused: dict[str, str] = {}
        for portion in portions(entries, _MOST_BYTES):
            results = self._engine.bulk(f"/{index}/_bulk", portion, query)
            failed = [result for result in results if result["status"] >= 300 and result["status"] != _CONFLICT]
            if any(result["error"]["type"] == "index_not_found_exception" for result in failed):
                raise NoSuchIndex
            if len(results) != len(portion) or any(map(may_pass, failed)):
                raise out_of_order()
            refused |= {result["_id"]: result["error"]["type"] for result in failed}
        if refused:
            raise Refused(refused)

    def _write_into_first(self, entries: Sequence[Entry]) -> None:
        try:
            self._write(ALIAS, entries)
        except NoSuchIndex as error:  # somebody has taken the alias away
            raise out_of_order() from error

    def _make_first_if_none(self) -> None:
        try:
            self._engine.get(f"/_alias/{ALIAS}")
        except NoSuchIndex:
            self._make_first()

    def _make_first(self) -> None:
        self._engine.put(f"/_index_template/{ALIAS}", TEMPLATE)
        self._make(FIRST, {"aliases": {ALIAS: {}}})

    def _make(self, index: str, content: Json) -> None:
        try:
            self._engine.put(f"/{index}", content)
        except AwsError as error:
            # another one was faster, or the answer to our first attempt was lost
            if error.code != "resource_already_exists_exception":
                raise

    def _move_alias(self, new: str) -> None:
        known = self._engine.get("/_alias")
        others = [name for name in known if name.startswith(f"{ALIAS}-") and name != new]
        bearers = [name for name in others if ALIAS in known[name]["aliases"]]
        removed = [{"remove": {"index": name, "alias": ALIAS}} for name in bearers]
        self._engine.post("/_aliases", {"actions": [*removed, {"add": {"index": new, "alias": ALIAS}}]})
        for name in others:
            self._engine.delete(f"/{name}")
