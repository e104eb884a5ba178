"""What may go wrong between the shop and its payment provider, on demand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from local.payments.errors import Json, Refusal

type Kind = Literal["", "cut-before", "cut-after", "error", "rate-limited"]
_KINDS = get_args(Kind.__value__)


@dataclass
class Fault:
    """For the next `times` requests whose method, path or parameters contain `match`.

    | kind | |
    |---|---|
    | `cut-before` | the connection breaks, and nothing was done |
    | `cut-after` | it was done, and the answer is lost |
    | `error` | 500, which is also what a repetition with the same key gets |
    | `rate-limited` | 429, and nothing was done |

    The work waits for `wait_seconds`, the answer for `late_seconds`.
    """

    match: str = ""
    kind: Kind = ""
    times: int = 1
    wait_seconds: float = 0
    late_seconds: float = 0


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, given: Mapping[str, Any]) -> None:
        """Raises Refusal for a fault that the stand-in does not have."""
        for name in given:
            if name not in Fault.__dataclass_fields__:
                raise Refusal(f"A fault has no {name}.", param=name)
        fault = Fault(**given)
        if fault.kind not in _KINDS:
            raise Refusal(f"A fault is one of {', '.join(filter(None, _KINDS))}.", param="kind")
        self._waiting.append(fault)

    def forget(self) -> None:
        self._waiting.clear()

    def all(self) -> list[Json]:
        return [vars(fault) for fault in self._waiting]

    def next(self, request: str) -> Fault:
        for fault in self._waiting:
            if fault.match in request:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return Fault()
