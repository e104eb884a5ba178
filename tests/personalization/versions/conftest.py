from tests.personalization.prompts.conftest import desks

__all__ = ["desks"]
