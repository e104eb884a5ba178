"""What a note may be: it goes into later prompts and onto screens."""

from shared.text.characters import is_reordering, is_surrogate

MAX_CHARACTERS = 200


def readable(text: str) -> str:
    """Raises ValueError."""
    if any(is_surrogate(character) or is_reordering(character) for character in text):
        raise ValueError("has characters that cannot be shown, or not as they are written")
    return text
