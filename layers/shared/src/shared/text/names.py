"""Names of people: what may stand in one, whoever gives it."""

from shared.text.characters import is_line_end, is_reordering, is_surrogate, is_visible, normal_form

MAX_NAME = 100


def is_allowed(character: str) -> bool:
    """Names are shown to staff and to the model: neither markup nor what hides how a name is written."""
    return not (character in "<>" or is_line_end(character) or is_reordering(character) or is_surrogate(character))


def registered_name(given: object) -> str:
    """A name that every rule allows, made of whatever somebody has signed up with; empty where nothing is left."""
    if not isinstance(given, str):
        return ""
    name = normal_form("".join(character if is_allowed(character) else " " for character in given))
    return normal_form(name[:MAX_NAME]) if is_visible(name[:MAX_NAME]) else ""
