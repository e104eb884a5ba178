from tests.shared.runs.contracts.conftest import tables

__all__ = ["tables"]
