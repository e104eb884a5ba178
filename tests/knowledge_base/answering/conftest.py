from tests.knowledge_base.answering.fakes import stage

__all__ = ["stage"]
