from tests.conformance import answers_are_as_declared

__all__ = ["answers_are_as_declared"]
