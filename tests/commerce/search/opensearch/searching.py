"""A search: the query, then what comes with its answer: order, page, aggregations, highlights."""

import html
import re
from collections import Counter
from typing import Any

from tests.commerce.search.opensearch.analysis import Json, Unknown, allow_only
from tests.commerce.search.opensearch.fields import Postings
from tests.commerce.search.opensearch.matching import SearchWords, found, search_words

_MOST_HITS = 10_000


def searched(request: Json, postings: Postings, index: str) -> Json:
    """The answer. Raises Unknown."""
    allow_only(
        request,
        *("query", "post_filter", "aggs", "sort", "from", "size", "track_total_hits"),
        *("highlight", "_source", "search_after"),
    )
    if request.get("from", 0) + request["size"] > _MOST_HITS:
        raise Unknown("a page behind index.max_result_window")
    scores = found(request["query"], postings)
    shown = scores
    if "post_filter" in request:
        left = found(request["post_filter"], postings)
        shown = {id_: score for id_, score in scores.items() if id_ in left}
    keys = {id_: _sort_values(request["sort"], id_, score, postings) for id_, score in shown.items()}
    order = sorted(shown)
    for position, each in reversed(list(enumerate(request["sort"]))):
        ((_, direction),) = each.items()
        order.sort(key=lambda id_: keys[id_][position], reverse=_is_descending(direction))
    if "search_after" in request:
        [after] = request["search_after"]
        order = [id_ for id_ in order if keys[id_][0] > after]
    page = order[request.get("from", 0) :][: request["size"]]
    words = search_words(request["query"], postings)
    hits: Json = {"hits": [_hit(id_, keys[id_], request, postings, index, words) for id_ in page]}
    if request["track_total_hits"]:
        hits["total"] = {"value": len(shown), "relation": "eq"}
    answer: Json = {"took": 1, "timed_out": False, "hits": hits}
    if "aggs" in request:
        answer["aggregations"] = _aggregated(request["aggs"], set(scores), postings)
    return answer


def _is_descending(direction: str) -> bool:
    return {"asc": False, "desc": True}[direction]


def _sort_values(sort: list[Json], id_: str, score: float, postings: Postings) -> list[Any]:
    values = []
    for each in sort:
        ((field, _),) = each.items()
        if field != "_score" and postings.mappings.fields.get(field) not in {"keyword", "long", "date"}:
            raise Unknown(f"sort by {field}")
        values.append(score if field == "_score" else postings.documents[id_].get(field, ""))
    return values


def _hit(id_: str, sort: list[Any], request: Json, postings: Postings, index: str, words: SearchWords) -> Json:
    document = postings.documents[id_]
    hit: Json = {"_index": index, "_id": id_, "sort": sort}
    source = request.get("_source", True)
    if source:
        hit["_source"] = document if source is True else {name: document[name] for name in source if name in document}
    if "highlight" in request and (marked := _highlights(request["highlight"], document, postings, words)):
        hit["highlight"] = marked
    return hit


# --- Aggregations


def _aggregated(request: Json, ids: set[str], postings: Postings) -> Json:
    return {name: _aggregation(spec, ids, postings) for name, spec in request.items()}


def _aggregation(spec: Json, ids: set[str], postings: Postings) -> Json:
    match spec:
        case {"filter": filter_, **more}:
            allow_only(more, "aggs")
            left = ids & found(filter_, postings).keys()
            return {"doc_count": len(left)} | _aggregated(more.get("aggs", {}), left, postings)
        case {"terms": terms, **more}:
            allow_only(more)
            return {"buckets": _terms(terms, ids, postings)}
        case {"range": range_, **more}:
            allow_only(more)
            return {"buckets": _ranges(range_, ids, postings)}
    raise Unknown(f"aggregation {spec}")


def _terms(spec: Json, ids: set[str], postings: Postings) -> list[Json]:
    allow_only(spec, "field", "size", "include")
    if postings.mappings.fields.get(spec["field"]) != "keyword":
        raise Unknown(f"terms of {spec['field']}")
    wanted = re.compile(spec.get("include", ".*"), re.DOTALL)
    counts: Counter[str] = Counter()
    for id_ in ids:
        value = postings.documents[id_].get(spec["field"], [])
        counts.update(set(value if isinstance(value, list) else [value]))
    kept = [(term, count) for term, count in counts.items() if wanted.fullmatch(term)]
    kept.sort(key=lambda each: (-each[1], each[0]))
    return [{"key": term, "doc_count": count} for term, count in kept[: spec["size"]]]


def _ranges(spec: Json, ids: set[str], postings: Postings) -> list[Json]:
    allow_only(spec, "field", "ranges")
    buckets = []
    values = [postings.documents[id_][spec["field"]] for id_ in ids if spec["field"] in postings.documents[id_]]
    for each in spec["ranges"]:
        allow_only(each, "key", "from", "to")
        count = sum(each.get("from", 0) <= value < each.get("to", float("inf")) for value in values)
        buckets.append({"key": each["key"], "doc_count": count})
    return buckets


# --- Highlights


def _highlights(request: Json, document: Json, postings: Postings, words: SearchWords) -> Json:
    allow_only(request, "encoder", "pre_tags", "post_tags", "require_field_match", "fields")
    if request["encoder"] != "html" or request["require_field_match"]:
        raise Unknown(f"highlight {request}")
    marked = {}
    for field, spec in request["fields"].items():
        allow_only(spec, "number_of_fragments", "fragment_size")
        analyzer = postings.mappings.analyzers[field]
        text = str(document.get(field.partition(".")[0], ""))
        spans = [(token.start, token.end) for token in analyzer.tokens(text) if words.finds(token.term)]
        if spans:
            start, end = _fragment(text, spans[0][0], spec)
            tags = request["pre_tags"][0], request["post_tags"][0]
            marked[field] = [
                _marked(text, [each for each in spans if start <= each[0] < each[1] <= end], start, end, tags)
            ]
    return marked


def _fragment(text: str, first: int, spec: Json) -> tuple[int, int]:
    if not spec["number_of_fragments"] or len(text) <= spec["fragment_size"]:
        return 0, len(text)
    start = max(0, first - spec["fragment_size"] // 2)
    return start, min(len(text), start + spec["fragment_size"])


def _marked(text: str, spans: list[tuple[int, int]], start: int, end: int, tags: tuple[str, str]) -> str:
    parts, done = [], start
    for first, last in spans:
        parts += [html.escape(text[done:first]), tags[0], html.escape(text[first:last]), tags[1]]
        done = last
    return "".join([*parts, html.escape(text[done:end])])
