"""Something happens before and after every call of a port, and every commit."""

from collections.abc import Callable
from typing import Any

from tests.shared.persistence.fake_transactions import FakeTransaction


class Around:
    def __init__(self, what: Any, around: Callable[[], None]) -> None:
        self._what, self._around = what, around

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            self._around()
            answer = getattr(self._what, name)(*args, **more)
            self._around()
            return answer

        return call


class Committing(FakeTransaction):
    def __init__(self, around: Callable[[], None]) -> None:
        super().__init__()
        self._around = around

    def commit(self) -> None:
        self._around()
        super().commit()
        self._around()
