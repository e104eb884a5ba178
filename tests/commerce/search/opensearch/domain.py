"""What a domain of OpenSearch holds: indices, aliases, templates, and documents with external versions."""

from fnmatch import fnmatchcase
from typing import Any

from tests.commerce.search.opensearch.analysis import Json, Unknown, allow_only
from tests.commerce.search.opensearch.fields import Mappings, Postings, Refusal
from tests.commerce.search.opensearch.searching import searched

_MAX_ID_BYTES = 512


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, type_: str, reason: str = "") -> None:
        super().__init__(type_)
        self.status, self.body = status, {"error": {"type": type_, "reason": reason}, "status": status}


class Index:
    """`searchable` is what it was at the last refresh; reading by id sees what was written since."""

    def __init__(self, settings: Json, mappings: Json) -> None:
        self.settings = settings["index"]
        allow_only(
            self.settings,
            *("number_of_shards", "auto_expand_replicas", "refresh_interval", "analysis", "search", "indexing"),
        )
        self.mappings = Mappings(mappings, self.settings["analysis"])
        self.aliases: set[str] = set()
        self.documents: dict[str, tuple[int, Json]] = {}
        self.searchable = Postings(self.mappings, {})

    def refresh(self) -> None:
        self.searchable = Postings(self.mappings, {id_: document for id_, (_, document) in self.documents.items()})

    def write(self, id_: str, version: int, document: Json) -> int:
        """The status. Raises Refusal."""
        if id_ in self.documents and self.documents[id_][0] >= version:
            raise Refusal("version_conflict_engine_exception")
        self.mappings.check(document)
        status = 200 if id_ in self.documents else 201
        self.documents[id_] = version, document
        return status


class Domain:
    """`disturbed`: by id, the status and the type of the error that the next write of it meets."""

    def __init__(self) -> None:
        self.indices: dict[str, Index] = {}
        self.templates: dict[str, Json] = {}
        self.disturbed: dict[str, tuple[int, str]] = {}

    def refresh(self) -> None:
        """What each index does by itself every second."""
        for index in self.indices.values():
            if index.settings["refresh_interval"] != "-1":
                index.refresh()

    # --- What the API can do, each with the answer's body

    def put_template(self, name: str, body: Json) -> Json:
        allow_only(body, "index_patterns", "template")
        allow_only(body["template"], "settings", "mappings")
        self.templates[name] = body
        return {"acknowledged": True}

    def make(self, name: str, body: Json) -> Json:
        allow_only(body, "settings", "aliases")
        if name in self.indices:
            raise Refused(400, "resource_already_exists_exception")
        templates = [
            each for each in self.templates.values() if any(fnmatchcase(name, p) for p in each["index_patterns"])
        ]
        if not templates:
            raise Unknown(f"an index {name} that no template fits")
        [template] = templates
        own = body.get("settings", {}).get("index", {})
        settings = {"index": template["template"]["settings"]["index"] | own}
        self.indices[name] = Index(settings, template["template"]["mappings"])
        self.indices[name].aliases = set(body.get("aliases", {}))
        return {"acknowledged": True, "index": name}

    def delete(self, name: str) -> Json:
        if name not in self.indices:
            raise Refused(404, "index_not_found_exception")
        del self.indices[name]
        return {"acknowledged": True}

    def put_settings(self, name: str, body: Json) -> Json:
        allow_only(body, "index")
        allow_only(body["index"], "refresh_interval")
        self._named(name).settings = self._named(name).settings | body["index"]
        return {"acknowledged": True}

    def with_alias(self, alias: str) -> Json:
        found: Json = {name: {"aliases": {alias: {}}} for name, index in self.indices.items() if alias in index.aliases}
        if not found:
            refusal = Refused(404, "")
            refusal.body = {"error": f"alias [{alias}] missing", "status": 404}
            raise refusal
        return found

    def aliases(self) -> Json:
        """Of every index, those of OpenSearch's own too."""
        own: Json = {".opensearch-observability": {"aliases": {}}}
        return own | {name: {"aliases": {alias: {} for alias in index.aliases}} for name, index in self.indices.items()}

    def change_aliases(self, body: Json) -> Json:
        """All at once. To remove what is not there is an error only where nothing else is to be done."""
        allow_only(body, "actions")
        effective = []
        for action in body["actions"]:
            ((kind, change),) = action.items()
            allow_only({kind: change}, "add", "remove")
            allow_only(change, "index", "alias")
            if change["index"] not in self.indices:
                raise Refused(404, "index_not_found_exception")
            aliases = self.indices[change["index"]].aliases
            if kind == "add" or change["alias"] in aliases:
                effective.append((aliases.add if kind == "add" else aliases.remove, change["alias"]))
        if not effective:
            raise Refused(404, "aliases_not_found_exception")
        for apply, alias in effective:
            apply(alias)
        return {"acknowledged": True}

    def refresh_index(self, name: str) -> Json:
        self._named(name).refresh()
        return {"_shards": {"failed": 0}}

    def bulk(self, name: str, lines: list[Json], *, require_alias: bool) -> Json:
        items = [
            self._write(name, action, document, require_alias)
            for action, document in zip(*[iter(lines)] * 2, strict=True)
        ]
        return {"took": 1, "errors": any("error" in item["index"] for item in items), "items": items}

    def get_many(self, name: str, body: Json) -> Json:
        allow_only(body, "docs")
        docs = []
        for each in body["docs"]:
            allow_only(each, "_id", "_source")
            try:
                found = self._named(name).documents.get(each["_id"])
            except Refused as refused:
                docs.append({"_index": name, "_id": each["_id"], "error": refused.body["error"]})
                continue
            if found is None:
                docs.append({"_index": name, "_id": each["_id"], "found": False})
            else:
                version, document = found
                source = {field: document[field] for field in each["_source"] if field in document}
                docs.append({"_index": name, "_id": each["_id"], "_version": version, "found": True, "_source": source})
        return {"docs": docs}

    def search(self, name: str, body: Json) -> Json:
        return searched(body, self._named(name).searchable, name)

    def _write(self, name: str, action: Json, document: Json, require_alias: bool) -> Json:
        allow_only(action, "index")
        target = action["index"]
        allow_only(target, "_id", "version", "version_type")
        if target["version_type"] != "external":
            raise Unknown(f"version_type {target['version_type']}")
        if len(target["_id"].encode()) > _MAX_ID_BYTES:
            raise Refused(400, "action_request_validation_exception")
        result: Json = {"_index": name, "_id": target["_id"]}
        try:
            if target["_id"] in self.disturbed:
                status, type_ = self.disturbed.pop(target["_id"])
                return {"index": result | {"status": status, "error": {"type": type_}}}
            if require_alias and name in self.indices:
                raise Refused(404, "index_not_found_exception")
            status = self._named(name).write(target["_id"], target["version"], document)
        except Refused as refused:
            return {"index": result | {"status": refused.status, "error": refused.body["error"]}}
        except Refusal as refusal:
            status = 409 if "conflict" in str(refusal) else 400
            return {"index": result | {"status": status, "error": {"type": str(refusal)}}}
        return {"index": result | {"status": status, "_version": target["version"]}}

    def _named(self, name: str) -> Index:
        """An index by its name, or by an alias that it alone has."""
        if name in self.indices:
            return self.indices[name]
        having = [index for index in self.indices.values() if name in index.aliases]
        if not having:
            raise Refused(404, "index_not_found_exception")
        if len(having) > 1:
            raise Refused(400, "illegal_argument_exception", "more than one index behind an alias")
        return having[0]


def json_lines(body: bytes, read: Any) -> list[Json]:
    """NDJSON, which ends with a line break."""
    if not body.endswith(b"\n"):
        raise Refused(400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]")
    return [read(line) for line in body.splitlines()]
