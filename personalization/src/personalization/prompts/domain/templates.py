"""A prompt's text as a template: variables, and other prompts of the project that it includes.

    {{audience}}      the value of a variable, which the prompt has to declare
    {{> promptId}}    the text of another prompt
    \\{{               two braces, and nothing more

Whatever else begins with two braces is refused. A value is put in as it is and never read as a template.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from shared.errors import FieldError, Invalid

MOST_CHARACTERS = 20_000
MOST_INCLUDES = 20
MOST_VARIABLES = 50
VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,63}"

_TAG = re.compile(
    r"(?P<braces>\\\{\{)"
    rf"|\{{\{{[ \t]*(?P<variable>{VARIABLE})[ \t]*\}}\}}"
    r"|\{\{>[ \t]*(?P<include>[A-Za-z0-9-]{1,64})[ \t]*\}\}"
    r"|(?P<stray>\{\{)"
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
    """A text taken apart."""

    parts: tuple[Part, ...]

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Variable))

    @property
    def includes(self) -> tuple[str, ...]:
        """A prompt for each time that it is included."""
        return tuple(part.prompt_id for part in self.parts if isinstance(part, Include))

    def including(self, templates: Mapping[str, "Template"]) -> "Template":
        """The template with the texts of all that it includes in their places.

        Only for prompts that do not include each other: see `inclusion.require_sound`.
        """
        expanded: list[Part] = []
        for part in self.parts:
            if isinstance(part, Include):
                expanded += templates[part.prompt_id].including(templates).parts
            else:
                expanded.append(part)
        return Template(_joined(expanded))

    def rendered_length(self, values: Mapping[str, str]) -> int:
        """In characters, without making the text."""
        return sum(len(part if isinstance(part, str) else values[_name(part)]) for part in self.parts)

    def rendered(self, values: Mapping[str, str]) -> str:
        """The text with the values in their places. Raises KeyError for a variable without value."""
        return "".join(part if isinstance(part, str) else values[_name(part)] for part in self.parts)


def parse(text: str) -> Template:
    """Raises Invalid for two braces that begin neither a variable nor an include, and for too many includes."""
    parts: list[Part] = []
    position = 0
    for tag in _TAG.finditer(text):
        parts.append(text[position : tag.start()])
        position = tag.end()
        if tag["braces"]:
            parts.append("{{")
        elif tag["variable"]:
            parts.append(Variable(tag["variable"]))
        elif tag["include"]:
            parts.append(Include(tag["include"]))
        else:
            line = text.count("\n", 0, tag.start()) + 1
            message = (
                f"has two braces in line {line} that begin no {{{{variable}}}}: write \\{{{{ for the braces themselves"
            )
            raise Invalid(f"The content {message}.", [FieldError("content", message)])
    parts.append(text[position:])
    template = Template(_joined(parts))
    if len(template.includes) > MOST_INCLUDES:
        message = f"includes more than {MOST_INCLUDES} prompts"
        raise Invalid(f"The content {message}.", [FieldError("content", message)])
    return template


def require_declared(template: Template, declared: Iterable[str]) -> None:
    """Raises Invalid, naming every variable of the text that is not declared."""
    if undeclared := sorted(template.variables - set(declared)):
        errors = [FieldError("variables", f"{name} is used in the content, and not declared") for name in undeclared]
        raise Invalid(f"Declare these variables: {', '.join(undeclared)}.", errors)


def require_values(needed: frozenset[str], values: Mapping[str, str]) -> None:
    """Raises Invalid, naming every variable without value, and every value that nothing asks for."""
    errors = [FieldError(f"variables.{name}", "is missing") for name in sorted(needed - values.keys())]
    errors += [FieldError(f"variables.{name}", "is not declared") for name in sorted(values.keys() - needed)]
    if errors:
        raise Invalid("The variables are not those that the prompts declare: see errors.", errors)


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Neighbouring texts in one, and none that is empty."""
    joined: list[Part] = []
    for is_text, group in groupby(parts, lambda part: isinstance(part, str)):
        if not is_text:
            joined += group
        elif text := "".join(part for part in group if isinstance(part, str)):
            joined.append(text)
    return tuple(joined)


def _name(part: Variable | Include) -> str:
    if isinstance(part, Include):
        raise ValueError("a template is rendered with all that it includes")
    return part.name
