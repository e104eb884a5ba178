"""What Bedrock Runtime refuses or fails with: ApiError and one subclass per exception of its service model."""


class ApiError(Exception):
    """`status` is the HTTP status that AWS's service model gives the exception."""

    status = 500

    @property
    def code(self) -> str:
        return type(self).__name__

    @property
    def event_type(self) -> str:
        """The exception's name as a member of an event stream."""
        return self.code[0].lower() + self.code[1:]


class ValidationException(ApiError):
    status = 400


class ModelRefusal(ValidationException):
    """Refused by the model, not by Bedrock: Converse wraps the message, InvokeModel passes it on."""

    @property
    def code(self) -> str:
        return "ValidationException"


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
    """The connection ends in the middle of an answer, without a word."""
