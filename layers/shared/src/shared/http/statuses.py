"""The status of every error: chosen here and nowhere else, by the type of the exception."""

from collections.abc import Mapping
from http import HTTPStatus

from shared.errors import (
    AlmonerError,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    TooManyRequests,
    TryLater,
    Unauthenticated,
    UnsupportedMediaType,
)

STATUS_BY_ERROR: Mapping[type[AlmonerError], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_CONTENT,
    TooLarge: HTTPStatus.CONTENT_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    TryLater: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: AlmonerError | None) -> HTTPStatus:
    """None is an error that is not the caller's."""
    return HTTPStatus.INTERNAL_SERVER_ERROR if error is None else status_of_type(type(error))


def status_of_type(type_: type[AlmonerError]) -> HTTPStatus:
    """The status of the nearest listed type that an error is one of."""
    listed = (STATUS_BY_ERROR[each] for each in type_.__mro__ if each in STATUS_BY_ERROR)
    return next(listed, HTTPStatus.INTERNAL_SERVER_ERROR)
