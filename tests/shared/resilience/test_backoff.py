from shared.resilience.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    ranges: list[tuple[float, float]] = []
    waited: list[float] = []

    def half(low: float, high: float) -> float:
        ranges.append((low, high))
        return high / 2

    backoff = Backoff(0.1, 0.5, sleep=waited.append, jitter=half)
    for _ in range(5):
        backoff.pause()

    assert ranges == [(0, 0.1), (0, 0.2), (0, 0.4), (0, 0.5), (0, 0.5)]
    assert waited == [0.05, 0.1, 0.2, 0.25, 0.25]


def test_wait_can_be_read_before_it_is_waited() -> None:
    waited: list[float] = []
    backoff = Backoff(1, sleep=waited.append, jitter=max)

    assert [backoff.next_seconds(), backoff.next_seconds()] == [1, 2]
    backoff.pause()
    assert waited == [4]
