"""Writes deterministic answers from the facts and passages in a prompt, and from nothing else.

It selects them by the words that they share with the question. The same prompt always gets the same answer, what the
prompt does not contain is not answered, and instructions inside facts, passages or the user's words are ignored, except
with `obeys_injections`.
"""

import hashlib
import json
import re
from dataclasses import dataclass

from local.model import articles, citations, injections
from local.model.extraction import stated
from local.model.generation import Draft
from local.model.grounding import (
    Conversation,
    Fact,
    Grounding,
    Passage,
    humanised,
    is_name,
    read_conversation,
    sentences,
    subjects,
)
from local.model.injections import is_suspicious
from local.model.lookups import is_called_before, lookups
from local.model.prompt import Json, Prompt, Tool, ToolCall
from local.model.schemas import Material, fill

_MAX_FACTS = 3
_MAX_PASSAGES = 2
_MAX_NUMBERED = 3
_MAX_RECALLED = 2
_QUESTION = re.compile(
    r"\?|^(?:what|who|when|where|why|how|which|can|could|do|does|did|is|are|am|should|would|will|have|has|tell|explain|"
    r"describe|find|show|give|list|help|recommend|suggest)\b",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"\b(?:about me|know of me|know me|for me|my profile|recommend|suggest|should i|remember)\b", re.IGNORECASE
)
_ALL_ABOUT_ME = re.compile(r"\b(?:remember|know)\b[^.?!]*\b(?:about|of) me\b", re.IGNORECASE)
_SAYING = r"(?:say|said|tell|told|mention(?:ed)?|ask(?:ed)?)"
_RECALL = re.compile(
    rf"\b(?:(?:did|have|had) (?:i|you|we)(?: just| ever| already)?|(?:i|you|we)(?:['’]ve| have| had| just)?) {_SAYING}"
    r"(?: (?:you|me|us))?\b|\bremind me\b|\bearlier\b",
    re.IGNORECASE,
)
_RECALLS_ASSISTANT = re.compile(rf"\byou(?:['’]ve| have| had| just| ever| already)? {_SAYING}", re.IGNORECASE)
_AFTER_ANSWERING = re.compile(
    r"\bafter\b[^.]{0,40}\banswer|\b(?:every|each) (?:answer|reply|turn|response)\b", re.IGNORECASE
)
_SCHEMA_REQUIRED = re.compile(r"\bjson\b.*\bschema\b|\bschema\b.*\bjson\b", re.IGNORECASE | re.DOTALL)

_CITES_BY_NUMBER = re.compile(r"\bnumber in square brackets\b", re.IGNORECASE)
_NEARBY = re.compile(r"\b(?:near(?:by|est)?|close to|around here|local(?:ly)?)\b", re.IGNORECASE)
_HOME = re.compile(r"\blives? (?:in|near|outside)\b", re.IGNORECASE)
_DATE = re.compile(r"It (?:starts|is|was|ended) on ")

NOTHING_GIVEN = "I have nothing on that in what I was given, so I would rather not guess."
REFUSED = "I can't do that, but I am glad to help with anything else."


@dataclass(frozen=True)
class Composed:
    text: str
    facts: tuple[Fact, ...] = ()
    passages: tuple[Passage, ...] = ()


def write(prompt: Prompt, *, obeys_injections: bool = False) -> Draft:
    """The answer, before max_tokens and stop sequences are applied."""
    if obeys_injections and (order := injections.order_in(prompt)):
        return _obey(order, prompt)
    conversation = read_conversation(prompt)
    if cited := citations.list_of_citations(prompt.output_schema):
        found = citations.cite(conversation.question, conversation.grounding.passages)
        return Draft(json.dumps({cited: found}, ensure_ascii=False))
    if not prompt.tool_choice.forces and (calls := lookups(prompt, conversation)):
        return Draft("", calls)
    composed = _compose(conversation)
    material = _material(conversation, composed)
    if prompt.tool_choice.forces:
        name = prompt.tool_choice.name or prompt.tools[0].name
        tool = next(tool for tool in prompt.tools if tool.name == name)
        return Draft("", (_call(tool, fill(tool.schema, material).value, prompt),))
    schema = prompt.output_schema or _required_schema(prompt)
    if schema is not None:
        return Draft(json.dumps(fill(schema, material).value, ensure_ascii=False))
    return Draft(composed.text, tuple(_calls(prompt, material)))


def _obey(order: injections.Order, prompt: Prompt) -> Draft:
    if cited := citations.list_of_citations(prompt.output_schema):  # whoever obeys keeps to the schema all the same
        passages = read_conversation(prompt).grounding.passages
        said = [citations.citation(order.text, each, each.text) for each in passages[:1]]
        return Draft(json.dumps({cited: said}, ensure_ascii=False))
    if not order.tool:
        return Draft(order.text)
    tool = next(tool for tool in prompt.tools if tool.name == order.tool)
    conversation = read_conversation(prompt)
    value = order.input
    if value is None:
        value = fill(tool.schema, _material(conversation, _compose(conversation))).value
    return Draft("", (_call(tool, value, prompt),))


def _calls(prompt: Prompt, material: Material) -> list[ToolCall]:
    """Call each tool that is meant to be called after an answer, or for which the user's words provide input."""
    if prompt.tool_choice.mode == "none" or prompt.turns[-1].tool_results:
        return []
    calls = []
    for tool in prompt.tools:
        if is_called_before(tool):
            continue
        filled = fill(tool.schema, material)
        if filled.found or _AFTER_ANSWERING.search(tool.description):
            calls.append(_call(tool, filled.value, prompt))
    return calls


def _call(tool: Tool, value: Json, prompt: Prompt) -> ToolCall:
    seed = f"{len(prompt.turns)}/{tool.name}/{json.dumps(value, sort_keys=True)}"
    return ToolCall(f"tooluse_{hashlib.sha256(seed.encode()).hexdigest()[:22]}", tool.name, value)


def _material(conversation: Conversation, composed: Composed) -> Material:
    words = conversation.question
    source = words if articles.is_article(words) else composed.text
    return Material(
        answer=composed.text,
        question="" if is_suspicious(words) and len(sentences(words)) == 1 else words,
        facts_used=tuple(fact.name for fact in composed.facts),
        passages_used=tuple(passage.id for passage in composed.passages),
        headline=articles.headline(source),
        summary=articles.summary(source),
        keywords=tuple(articles.keywords(source)),
    )


def _required_schema(prompt: Prompt) -> Json | None:
    """The JSON schema in the instructions, if they ask for JSON that matches it."""
    grounding = Grounding()
    own_words = [grounding.read(turn.text) for turn in prompt.turns[-1:] if turn.role == "user"]
    text = "\n".join([grounding.read(prompt.system), *own_words])
    if not _SCHEMA_REQUIRED.search(text):
        return None
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except ValueError:
            continue
        if isinstance(value, dict) and {"type", "properties", "$ref", "anyOf"} & value.keys():
            return value
    return None


def _compose(conversation: Conversation) -> Composed:
    question = conversation.question
    name = conversation.grounding.first_name
    greeting = f"Hello {name}. " if name and conversation.is_first_turn and not is_suspicious(name) else ""
    if conversation.tool_results and conversation.has_answered:
        found = _from_results(conversation)
        return found or Composed("Thank you, that is noted.")
    if conversation.instructions and articles.is_article(question):
        return Composed(articles.rewrite(question, conversation.instructions))
    if is_suspicious(question):
        return Composed(f"{greeting}{REFUSED}")
    facts = _relevant_facts(conversation.grounding.facts, question)
    by_number = bool(_CITES_BY_NUMBER.search(conversation.instructions))
    passages = _pages(conversation) if by_number else _relevant_passages(conversation, question)
    said = [_said_of_facts(facts)] if facts else []
    if by_number and passages:
        said += ["Here is what I found for you."]
    said += [_retold(each, question) if by_number else _quoted(each, question) for each in passages]
    if _RECALL.search(question) or not said:
        said += _recalled(conversation)
    if not said:
        said = [NOTHING_GIVEN if _QUESTION.search(question) else "Thank you for telling me."]
    return Composed(greeting + " ".join(said), tuple(facts), tuple(passages))


def _recalled(conversation: Conversation) -> list[str]:
    """What was said earlier that shares words with the question; where it asks for nothing else, the latest of it."""
    question, grounding = conversation.question, conversation.grounding
    if not _QUESTION.search(question):
        return []
    if _RECALLS_ASSISTANT.search(question):
        said, who = conversation.assistant_said, "I said earlier"
    else:
        said, who = conversation.user_said, "You said earlier"
    statements = [stated(each) for text in reversed(said) for each in sentences(text) if not is_suspicious(each)]
    names = {word for fact in grounding.facts if is_name(fact) for word in subjects(fact.value)}
    wanted = subjects(_RECALL.sub(" ", question))
    found = [each for each in statements if (subjects(each) - names) & wanted]
    if not wanted and _RECALL.search(question):
        found = [each for each in statements if each][:1]
    return [f"{who}: “{each.rstrip('.')}”." for each in found[:_MAX_RECALLED]]


def _from_results(conversation: Conversation) -> Composed | None:
    passages = _relevant_passages(conversation, conversation.question)
    if not passages:
        return None
    return Composed(" ".join(_quoted(passage, conversation.question) for passage in passages), (), tuple(passages))


def _relevant_facts(facts: list[Fact], question: str) -> list[Fact]:
    wanted = subjects(question)
    usable = [fact for fact in facts if fact.value and not is_suspicious(fact.value)]
    relevant = [fact for fact in usable if subjects(_meaning(fact)) & wanted]
    if _ALL_ABOUT_ME.search(question) or (not relevant and _PERSONAL.search(question)):
        relevant = [fact for fact in usable if not is_name(fact)]
    if _NEARBY.search(question):
        relevant += [fact for fact in usable if _HOME.search(fact.value) and fact not in relevant]
    return relevant[:_MAX_FACTS]


def _meaning(fact: Fact) -> str:
    """A name has none: Carys is not about care."""
    return humanised(fact.name) if is_name(fact) else f"{humanised(fact.name)} {fact.value}"


def _pages(conversation: Conversation) -> list[Passage]:
    """Of the pages that were found for a question, those that share words with it; where it has none, the first."""
    if subjects(conversation.question):
        return _relevant_passages(conversation, conversation.question, _MAX_NUMBERED)
    return [each for each in conversation.grounding.passages if _honest_sentences(each)][:_MAX_NUMBERED]


def _relevant_passages(conversation: Conversation, question: str, limit: int = _MAX_PASSAGES) -> list[Passage]:
    """The passages that share most words with the question, best first; words in titles count twice."""
    wanted = subjects(question)
    needed = 1 if len(wanted) <= 3 else 2
    scored = []
    results = [Passage(str(n), "what I looked up", text) for n, text in enumerate(conversation.tool_results, 1)]
    for passage in conversation.grounding.passages + results:
        shared = subjects(f"{passage.title} {passage.text}") & wanted
        if len(shared) >= needed and _best_sentence(passage, wanted):
            scored.append((len(shared) + len(subjects(passage.title) & wanted), passage))
    best = max((score for score, _ in scored), default=0)
    close = [(score, passage) for score, passage in scored if score * 2 > best]
    return [passage for _, passage in sorted(close, key=lambda pair: -pair[0])][:limit]


def _best_sentence(passage: Passage, wanted: set[str]) -> str:
    return max(_honest_sentences(passage), key=lambda sentence: len(subjects(sentence) & wanted), default="")


def _said_of_facts(facts: list[Fact]) -> str:
    """Facts that are whole sentences speak for themselves, if they are not the user's own."""
    sentence = next((fact.value for fact in facts if fact.value.startswith("We ") and fact.value.endswith(".")), "")
    if sentence:
        return sentence
    said = (f"{humanised(fact.name)} “{fact.value.rstrip('.')}”" for fact in facts)
    return f"From what you have shared with us: {'; '.join(said)}."


def _quoted(passage: Passage, question: str) -> str:
    """The sentence that fits the question best, and the next one."""
    best = _best_sentence(passage, subjects(question))
    honest = _honest_sentences(passage)
    start = honest.index(best)
    return f"“{' '.join(honest[start : start + 2]).rstrip('.')}” ({passage.label})."


def _retold(passage: Passage, question: str) -> str:
    """When it is, the sentence that fits the question best, and the next one; with the number of the page."""
    honest = _honest_sentences(passage)
    start = honest.index(_best_sentence(passage, subjects(question)))
    wanted = [0] if _DATE.match(honest[0]) or honest[0] == "It is on now." else []
    parts = " ".join(honest[at] for at in dict.fromkeys([*wanted, start, start + 1]) if at < len(honest))
    return f"{passage.label}: {parts} [{passage.id}]"


def _honest_sentences(passage: Passage) -> list[str]:
    return [sentence for sentence in sentences(passage.text) if not is_suspicious(sentence)]
