"""Runs tasks at the same time in an order that can be repeated."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

type Pause = Callable[[], None]

_STUCK_SECONDS = 60


def interleaved[T](tasks: Sequence[Callable[[Pause], T]], order: Sequence[int]) -> list[T]:
    """Each task runs in a thread, and only one of them at a time: until it pauses or ends.

    Then the next number of `order`, modulo those that wait, says who goes on; at its end, the first goes on.
    """
    gates = [threading.Semaphore(0) for _ in tasks]
    arrivals: SimpleQueue[tuple[int, bool]] = SimpleQueue()

    def run(number: int) -> T:
        def pause() -> None:
            arrivals.put((number, False))
            gates[number].acquire()

        pause()
        try:
            return tasks[number](pause)
        finally:
            arrivals.put((number, True))

    choices = iter(order)
    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(run, number) for number in range(len(tasks))]
        waiting = sorted(arrivals.get(timeout=_STUCK_SECONDS)[0] for _ in tasks)
        while waiting:
            gates[waiting[next(choices, 0) % len(waiting)]].release()
            number, has_ended = arrivals.get(timeout=_STUCK_SECONDS)
            if has_ended:
                waiting.remove(number)
    return [each.result() for each in running]
