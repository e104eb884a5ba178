"""What a query finds, with scores, and the words that it looks for, for the highlighter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.text.typos import typos_between
from tests.commerce.search.opensearch.analysis import Json, Unknown, allow_only
from tests.commerce.search.opensearch.fields import Postings

type Scores = dict[str, float]


def found(query: Json, postings: Postings) -> Scores:
    """Of each document that the query finds, by id. Raises Unknown."""
    ((kind, clause),) = query.items()
    if kind not in _QUERIES:
        raise Unknown(f"query {kind}")
    return _QUERIES[kind](clause, postings)


def _match_all(clause: Json, postings: Postings) -> Scores:
    allow_only(clause)
    return dict.fromkeys(postings.documents, 1.0)


def _bool(clause: Json, postings: Postings) -> Scores:
    allow_only(clause, "must", "filter", "should", "minimum_should_match")
    must = [found(each, postings) for each in clause.get("must", ())]
    filters = [found(each, postings) for each in clause.get("filter", ())]
    should = [found(each, postings) for each in clause.get("should", ())]
    least = clause.get("minimum_should_match", 1 if should and not must and not filters else 0)
    scores = {}
    for id_ in postings.documents:
        if all(id_ in each for each in (*must, *filters)) and sum(id_ in each for each in should) >= least:
            scores[id_] = sum(each.get(id_, 0.0) for each in (*must, *should))
    return scores


def _constant_score(clause: Json, postings: Postings) -> Scores:
    allow_only(clause, "filter", "boost")
    boost: float = clause["boost"]
    return dict.fromkeys(found(clause["filter"], postings), boost)


def _term(clause: Json, postings: Postings) -> Scores:
    field_, value = _field_and_value(clause)
    return dict.fromkeys(postings.having(field_, str(value)), 1.0)


def _prefix(clause: Json, postings: Postings) -> Scores:
    field_, value = _field_and_value(clause)
    return _any(postings, field_, lambda term: term.startswith(value))


def _fuzzy(clause: Json, postings: Postings) -> Scores:
    field_, value = _field_and_value(clause, "fuzziness", "rewrite")
    options = clause[field_]
    if options["rewrite"] != "constant_score" or options["fuzziness"] not in {1, 2}:
        raise Unknown(f"fuzzy {options}")
    return _any(postings, field_, lambda term: typos_between(value, term, 2) <= options["fuzziness"])


def _range(clause: Json, postings: Postings) -> Scores:
    ((field_, bounds),) = clause.items()
    allow_only(bounds, "gte", "lte")
    if postings.mappings.fields.get(field_) != "long" or any(abs(each) >= 2**63 for each in bounds.values()):
        raise Unknown(f"range {clause}")
    within = (id_ for id_, document in postings.documents.items() if field_ in document)
    return {id_: 1.0 for id_ in within if bounds["gte"] <= postings.documents[id_][field_] <= bounds["lte"]}


def _multi_match(clause: Json, postings: Postings) -> Scores:
    allow_only(clause, "query", "fields", "type", "operator", "tie_breaker")
    if (clause["type"], clause["operator"]) != ("best_fields", "and"):
        raise Unknown(f"multi_match {clause}")
    by_field = []
    for name in clause["fields"]:
        field_, _, boost = name.partition("^")
        terms = [postings.score(field_, term) for term in postings.mappings.analyzers[field_].terms(clause["query"])]
        have_all = set.intersection(*map(set, terms)) if terms else set()
        by_field.append({id_: float(boost or 1) * sum(each[id_] for each in terms) for id_ in have_all})
    scores = {}
    for id_ in set().union(*by_field):
        each = [scores_[id_] for scores_ in by_field if id_ in scores_]
        scores[id_] = max(each) + clause["tie_breaker"] * (sum(each) - max(each))
    return scores


_QUERIES: dict[str, Callable[[Json, Postings], Scores]] = {
    "match_all": _match_all,
    "bool": _bool,
    "constant_score": _constant_score,
    "term": _term,
    "prefix": _prefix,
    "fuzzy": _fuzzy,
    "range": _range,
    "multi_match": _multi_match,
}


@dataclass
class SearchWords:
    """What a highlighter marks that does not ask in which field a term was looked for."""

    terms: set[str] = field(default_factory=set)
    tests: list[Callable[[str], bool]] = field(default_factory=list)

    def finds(self, term: str) -> bool:
        return term in self.terms or any(test(term) for test in self.tests)


def search_words(query: Json, postings: Postings) -> SearchWords:
    words = SearchWords()
    _collect(query, postings, words)
    return words


def _collect(query: Json, postings: Postings, into: SearchWords) -> None:
    ((kind, clause),) = query.items()
    match kind:
        case "bool":
            for occurrence in ("must", "filter", "should"):
                for each in clause.get(occurrence, ()):
                    _collect(each, postings, into)
        case "constant_score":
            _collect(clause["filter"], postings, into)
        case "multi_match":
            for name in clause["fields"]:
                into.terms.update(postings.mappings.analyzers[name.partition("^")[0]].terms(clause["query"]))
        case "term":
            value = _field_and_value(clause)[1]
            into.terms.add({True: "T", False: "F"}[value] if isinstance(value, bool) else value)
        case "prefix":
            begins = _field_and_value(clause)[1]
            into.tests.append(lambda term: term.startswith(begins))
        case "fuzzy":
            field_, value = _field_and_value(clause, "fuzziness", "rewrite")
            most = clause[field_]["fuzziness"]
            into.tests.append(lambda term: typos_between(value, term, most) <= most)


def _field_and_value(clause: Json, *more: str) -> tuple[str, Any]:
    ((field_, value),) = clause.items()
    if isinstance(value, dict):
        allow_only(value, "value", *more)
        value = value["value"]
    return field_, value


def _any(postings: Postings, field_: str, test: Callable[[str], bool]) -> Scores:
    terms: Iterable[str] = filter(test, postings.terms(field_))
    return dict.fromkeys(set().union(*(postings.having(field_, term) for term in terms)), 1.0)
