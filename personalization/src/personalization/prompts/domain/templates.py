"""A prompt's text as a template: variables, and other prompts of the project that it includes.

    {{audience}}      the value of a variable, which the prompt has to declare
    {{> promptId}}    the text of another prompt
    \\{{               two literal braces
    \\\\{{audience}}    a backslash, then the value

Any other two braces are refused; backslashes elsewhere are text. A value is inserted as it is, and never read as a
template.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from shared.errors import FieldError, Invalid

MAX_CHARACTERS = 20_000
MAX_INCLUDES = 20
MAX_VARIABLES = 50
VARIABLE, VARIABLE_IN_WORDS = r"[A-Za-z_][A-Za-z0-9_]{0,63}", "1 to 64 letters, digits and _, the first no digit"

_TAG = re.compile(
    r"(?<!\\)(?P<backslashes>(?:\\\\)*+)(?:"
    r"(?P<braces>\\\{\{)"
    rf"|\{{\{{[ \t]*(?P<variable>{VARIABLE})[ \t]*\}}\}}"
    r"|\{\{>[ \t]*(?P<include>[A-Za-z0-9-]{1,64})[ \t]*\}\}"
    r"|(?P<stray>\{\{))"
)


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Include:
    prompt_id: str


type Part = str | Variable | Include


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text."""

    parts: tuple[Part, ...]

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Variable))

    @property
    def includes(self) -> tuple[str, ...]:
        """Prompts, each as often as it is included."""
        return tuple(part.prompt_id for part in self.parts if isinstance(part, Include))

    def including(self, templates: Mapping[str, "Template"]) -> "Template":
        """The template with all that it includes inserted.

        Only for prompts that do not include each other: see `inclusion.require_valid_inclusion`.
        """
        expanded: list[Part] = []
        for part in self.parts:
            if isinstance(part, Include):
                expanded += templates[part.prompt_id].including(templates).parts
            else:
                expanded.append(part)
        return Template(_joined(expanded))

    def rendered_length(self, values: Mapping[str, str]) -> int:
        """In characters, without rendering the text."""
        return sum(len(part if isinstance(part, str) else values[_name(part)]) for part in self.parts)

    def rendered(self, values: Mapping[str, str]) -> str:
        """The text with the values inserted. Raises KeyError for a variable without value."""
        return "".join(part if isinstance(part, str) else values[_name(part)] for part in self.parts)


def parse(text: str) -> Template:
    """Raises Invalid for two braces that start neither a variable nor an include, and for too many includes."""
    parts: list[Part] = []
    position = 0
    for tag in _TAG.finditer(text):
        parts += text[position : tag.start()], "\\" * (len(tag["backslashes"]) // 2)
        position = tag.end()
        if tag["braces"]:
            parts.append("{{")
        elif tag["variable"]:
            parts.append(Variable(tag["variable"]))
        elif tag["include"]:
            parts.append(Include(tag["include"]))
        else:
            line = text.count("\n", 0, tag.start()) + 1
            message = f"has two braces in line {line} that start no {{{{variable}}}}: write \\{{{{ for literal braces"
            raise Invalid(f"The content {message}.", [FieldError("content", message)])
    parts.append(text[position:])
    template = Template(_joined(parts))
    if len(template.includes) > MAX_INCLUDES:
        message = f"must include at most {MAX_INCLUDES} prompts"
        raise Invalid(f"The content {message}.", [FieldError("content", message)])
    return template


def require_declared(template: Template, declared: Iterable[str]) -> None:
    """Raises Invalid, naming every variable of the text that is not declared."""
    if undeclared := sorted(template.variables - set(declared)):
        errors = [FieldError("variables", f"must declare {name}, which the content uses") for name in undeclared]
        raise Invalid(f"Declare these variables: {', '.join(undeclared)}.", errors)


def require_values(needed: frozenset[str], values: Mapping[str, str]) -> None:
    """Raises Invalid, naming every variable without value, and every value without variable."""
    errors = [FieldError(f"variables.{name}", "is required") for name in sorted(needed - values.keys())]
    errors += [
        FieldError(f"variables.{name}", "is no variable of these prompts: leave it out")
        for name in sorted(values.keys() - needed)
    ]
    if errors:
        raise Invalid("Send a value for each variable that the prompts declare, and no others: see errors.", errors)


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Adjacent texts joined, and none that is empty."""
    joined: list[Part] = []
    for is_text, group in groupby(parts, lambda part: isinstance(part, str)):
        if not is_text:
            joined += group
        elif text := "".join(part for part in group if isinstance(part, str)):
            joined.append(text)
    return tuple(joined)


def _name(part: Variable | Include) -> str:
    if isinstance(part, Include):
        raise ValueError("a template must be expanded before it is rendered")
    return part.name
