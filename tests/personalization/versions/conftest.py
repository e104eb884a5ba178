from tests.personalization.prompts.conftest import api

__all__ = ["api"]
