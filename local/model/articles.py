"""Texts made from an article as instructed: a headline, a summary, key points or a post."""

import re
from collections import Counter

from local.model.grounding import sentences, subjects
from local.model.injections import is_suspicious

_LEAST_WORDS = 40
_HEADLINE_WORDS = 10
_SECTIONS = (
    ("headline", r"headlines?|titles?"),
    ("summary", r"summar\w*|abstract|standfirst|shorten\w*"),
    ("points", r"bullets?|key points?|takeaways?"),
    ("post", r"tweet|social|post\b"),
)


def is_article(words: str) -> bool:
    return len(words.split()) >= _LEAST_WORDS and not words.rstrip().endswith("?") and len(sentences(words)) >= 2


def headline(article: str) -> str:
    """The article's first line if it is short, otherwise its first words."""
    first = next(iter(_trustworthy(article)), article)
    words = first.rstrip(" .!").split()
    return " ".join(words[:_HEADLINE_WORDS]) + ("…" if len(words) > _HEADLINE_WORDS else "")


def summary(article: str, max_sentences: int = 2) -> str:
    lines, title = _trustworthy(article), headline(article)
    body = [line for line in lines if line.rstrip(" .!") != title] or lines
    return " ".join(body[:max_sentences])


def keywords(text: str, max_words: int = 5) -> list[str]:
    """The words whose stems occur most often, as they first appear."""
    forms: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for word in re.findall(r"[^\W\d_]{4,}", text):
        for stem in subjects(word):
            forms.setdefault(stem, word.lower())
            counts[stem] += 1
    return [forms[stem] for stem, _ in counts.most_common(max_words)]


def rewrite(article: str, instructions: str) -> str:
    """What the instructions ask for, in their order; by default a headline and a summary."""
    wanted = [
        (match.start(), kind) for kind, words in _SECTIONS if (match := re.search(words, instructions, re.IGNORECASE))
    ]
    kinds = [kind for _, kind in sorted(wanted)] or ["headline", "summary"]
    return "\n\n".join(_section(kind, article) for kind in kinds)


def _section(kind: str, article: str) -> str:
    match kind:
        case "headline":
            return f"# {headline(article)}"
        case "points":
            return "\n".join(f"- {sentence}" for sentence in _trustworthy(article)[1:4])
        case "post":
            tags = " ".join(f"#{word}" for word in keywords(article, 2))
            return f"{headline(article)} {tags}"
        case _:
            return summary(article)


def _trustworthy(article: str) -> list[str]:
    """The article's sentences without those that try to instruct the model."""
    return [sentence for sentence in sentences(article) if not is_suspicious(sentence)]
