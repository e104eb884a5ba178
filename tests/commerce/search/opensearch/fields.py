"""What an index keeps of documents: its mappings, and for searching, each field's terms."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from math import log

from tests.commerce.search.opensearch.analysis import Analyzer, Json, Unknown, allow_only

_MAX_TERM_BYTES = 32_766
_PROPERTIES = {
    "text": {"type", "analyzer", "fields", "copy_to", "index_options", "norms"},
    "keyword": {"type", "index", "doc_values"},
    "long": {"type", "index", "doc_values"},
    "boolean": {"type"},
    "date": {"type", "index", "doc_values"},
    "object": {"type", "enabled"},
}


class Refusal(Exception):
    """A document that OpenSearch does not take; its first argument is the error's type."""


class Mappings:
    """Checked when an index is made; `fields` are those that are indexed, subfields included, with their types."""

    def __init__(self, mappings: Json, analysis: Json) -> None:
        allow_only(mappings, "dynamic", "properties")
        if mappings["dynamic"] is not False:
            raise Unknown("dynamic mappings")
        self._properties: Json = mappings["properties"]
        self.fields: dict[str, str] = {}
        self.analyzers: dict[str, Analyzer] = {}
        self.has_norms: dict[str, bool] = {}
        for name, mapping in self._properties.items():
            self._add(name, mapping, analysis)
            for subname, submapping in mapping.get("fields", {}).items():
                self._add(f"{name}.{subname}", submapping, analysis)

    def check(self, document: Json) -> None:
        """Raises Refusal."""
        for name, mapping in self._properties.items():
            for value in _values(document.get(name)):
                _CHECKS.get(mapping["type"], _anything)(value)

    def texts(self, document: Json) -> dict[str, list[str]]:
        """By field, its own and what was copied to it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, mapping in self._properties.items():
            if mapping["type"] == "text":
                values = list(map(str, _values(document.get(name))))
                for field in (name, *(f"{name}.{sub}" for sub in mapping.get("fields", {})), mapping.get("copy_to")):
                    if field:
                        found[field] += values
        return found

    def _add(self, name: str, mapping: Json, analysis: Json) -> None:
        allow_only(mapping, *_PROPERTIES[mapping["type"]])
        if mapping.get("index", mapping.get("enabled", True)):
            self.fields[name] = mapping["type"]
        if mapping["type"] == "text":
            self.analyzers[name] = Analyzer(analysis, mapping["analyzer"])
            self.has_norms[name] = mapping.get("norms", True)


class Postings:
    """The documents of an index as a search sees them."""

    def __init__(self, mappings: Mappings, documents: Mapping[str, Json]) -> None:
        self.mappings, self.documents = mappings, documents
        self._frequencies: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self._lengths: dict[str, dict[str, int]] = defaultdict(dict)
        for id_, document in documents.items():
            for field, texts in mappings.texts(document).items():
                analyzer = mappings.analyzers[field]
                terms = [term for text in texts for term in analyzer.terms(text)]
                self._lengths[field][id_] = len(terms)
                for term in terms:
                    self._frequencies[field][term][id_] += 1
        for field, type_ in mappings.fields.items():
            if type_ in {"keyword", "boolean"}:
                for id_, document in documents.items():
                    for value in _values(document.get(field)):
                        self._frequencies[field][str(value)][id_] += 1

    def terms(self, field: str) -> list[str]:
        return list(self._frequencies[self._indexed(field)])

    def having(self, field: str, term: str) -> set[str]:
        return set(self._frequencies[self._indexed(field)].get(term, ()))

    def score(self, field: str, term: str) -> dict[str, float]:
        """BM25."""
        bearers = self._frequencies[self._indexed(field)].get(term, Counter())
        lengths = self._lengths[field]
        average = sum(lengths.values()) / max(len(lengths), 1)
        rarity = log(1 + (len(lengths) - len(bearers) + 0.5) / (len(bearers) + 0.5))
        scores = {}
        for id_, frequency in bearers.items():
            length = lengths[id_] / average if self.mappings.has_norms[field] else 1
            scores[id_] = rarity * 2.2 * frequency / (frequency + 1.2 * (0.25 + 0.75 * length))
        return scores

    def _indexed(self, field: str) -> str:
        if field not in self.mappings.fields:
            raise Unknown(f"field {field}")
        return field


def _values(value: object) -> list[object]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _anything(_: object) -> None:
    pass


def _keyword(value: object) -> None:
    if len(str(value).encode()) > _MAX_TERM_BYTES:
        raise Refusal("illegal_argument_exception")


def _long(value: object) -> None:
    if not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise Refusal("mapper_parsing_exception")


def _boolean(value: object) -> None:
    if not isinstance(value, bool):
        raise Refusal("mapper_parsing_exception")


def _date(value: object) -> None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Refusal("mapper_parsing_exception") from error


_CHECKS = {"keyword": _keyword, "long": _long, "boolean": _boolean, "date": _date}
