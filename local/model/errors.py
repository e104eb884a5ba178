"""Bedrock Runtime's errors: ApiError and a subclass for each exception of its service model."""


class ApiError(Exception):
    """`status` is the exception's HTTP status in AWS's service model."""

    status = 500

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def event_type(self) -> str:
        """The exception's name in an event stream."""
        return self.code[0].lower() + self.code[1:]


class ValidationException(ApiError):
    status = 400


class ModelRefusal(ValidationException):
    """Refused by the model, not by Bedrock: Converse wraps its message, InvokeModel returns it as it is."""

    @property
    def code(self) -> str:
        return "ValidationException"


class AccessDeniedException(ApiError):
    status = 403


class ResourceNotFoundException(ApiError):
    status = 404


class UnknownOperationException(ApiError):
    status = 404


class ModelTimeoutException(ApiError):
    status = 408


class ModelErrorException(ApiError):
    status = 424


class ModelStreamErrorException(ApiError):
    status = 424


class ThrottlingException(ApiError):
    status = 429


class InternalServerException(ApiError):
    status = 500


class ServiceUnavailableException(ApiError):
    status = 503


class ConnectionCut(ApiError):
    """The connection is cut in the middle of an answer."""
