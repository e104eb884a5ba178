"""The failures that callers are informed of. Status codes are chosen in one place: `shared.http.statuses`.

AlmonerError
├── Malformed             the request cannot be read
├── Unauthenticated       no valid credentials
├── Forbidden             authenticated, but not allowed
├── NotFound              not there, or not yours: the answer is the same
├── Conflict              the state does not allow it (any more)
│   └── VersionConflict   somebody else changed it first
├── Invalid               readable, but its meaning is wrong
├── TooLarge              more than we read
├── UnsupportedMediaType  in a form that we do not read
└── TryLater              nothing was done; ask again in a while
    ├── TooManyRequests
    └── Unavailable
"""

from collections.abc import Sequence
from dataclasses import dataclass

MAX_ERRORS = 20
"""A body or a query can be wrong in as many places as it has bytes: so many are listed."""

INTERNAL_ERROR = "Something went wrong on our side; it has been logged."
"""What clients get in case of a bug."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: `field` is a path such as `items[0].quantity`."""

    field: str
    message: str


def see_errors(problem: str, listed: Sequence[FieldError], found: int) -> str:
    """`Some fields are not valid: see errors.`, and how many there are if not all are listed."""
    more = "" if len(listed) == found else f", the first {len(listed)} of {found:,}"
    return f"{problem}: see errors{more}."


class AlmonerError(Exception):
    """`detail` is written for the caller: it says what to correct, and holds no personal data."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Malformed(AlmonerError):
    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class Unauthenticated(AlmonerError): ...


class Forbidden(AlmonerError): ...


class NotFound(AlmonerError): ...


class Conflict(AlmonerError):
    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class VersionConflict(Conflict):
    """The version to be replaced is not the stored one: nothing was written."""

    def __init__(
        self, name: str = "record", seen_version: int | None = None, how_to_read: str = "read it again"
    ) -> None:
        since = "" if seen_version is None else f" since version {seen_version}"
        super().__init__(f"The {name} has changed{since}: {how_to_read}, then repeat your change.")


class Invalid(AlmonerError):
    def __init__(self, detail: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.errors = tuple(errors)


class TooLarge(AlmonerError): ...


class UnsupportedMediaType(AlmonerError): ...


class TryLater(AlmonerError):
    def __init__(self, detail: str, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class TooManyRequests(TryLater): ...


class Unavailable(TryLater): ...


class PublicError(Exception):
    """For whoever called a function, other than by HTTP: `observed` raises it as it is. Its text is constant."""
