from tests.personalization.runs.fakes import stage

__all__ = ["stage"]
