"""Which Answerer runs of a kind have, or which Ender where they are not answered."""

from collections.abc import Callable, Mapping

from shared.runs.run import Answerer, Ender


class Answerers[T: Ender = Answerer]:
    """Makes each when the first run of its kind needs it: a function pays only for the kinds that it meets."""

    def __init__(self, factories: Mapping[str, Callable[[], T]]) -> None:
        self._factories = factories
        self._made: dict[str, T] = {}

    def of(self, kind: str) -> T:
        """Raises KeyError for a kind that is not registered."""
        if kind not in self._made:
            self._made[kind] = self._factories[kind]()
        return self._made[kind]
