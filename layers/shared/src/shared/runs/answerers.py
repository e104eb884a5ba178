"""Which Answerer runs of a kind have."""

from collections.abc import Callable, Mapping

from shared.runs.run import Answerer


class Answerers:
    """Makes each Answerer when the first run of its kind needs it: a function pays only for the kinds that it meets."""

    def __init__(self, factories: Mapping[str, Callable[[], Answerer]]) -> None:
        self._factories = factories
        self._made: dict[str, Answerer] = {}

    def of(self, kind: str) -> Answerer:
        """Raises KeyError for a kind that is not registered."""
        if kind not in self._made:
            self._made[kind] = self._factories[kind]()
        return self._made[kind]
