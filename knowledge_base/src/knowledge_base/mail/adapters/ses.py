"""SES sends replies as they are composed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from knowledge_base.mail.domain.outgoing import Outgoing, Refused, raw
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

_NEVER_ACCEPTED = {"BadRequestException"}


class SesSender:
    """`sender` is an address, with or without a name. SES runs in the function's region unless another is given."""

    def __init__(
        self, sender: str, region: str = "", clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._ses: SESV2Client = client("sesv2", attempts=1)
        self._sender, self._clock = sender, clock
        self._region = region or self._ses.meta.region_name

    def send(self, mail: Outgoing) -> str:
        """One SendEmail. SES replaces the Message-ID by its own."""
        try:
            with unavailable_where_out_of_reach():
                answer = self._ses.send_email(
                    FromEmailAddress=self._sender,
                    Destination={"ToAddresses": [mail.to]},
                    Content={"Raw": {"Data": raw(mail, self._sender, self._clock())}},
                )
        except ClientError as error:
            if code(error) in _NEVER_ACCEPTED:
                raise Refused(code(error)) from error
            raise
        host = "email" if self._region == "us-east-1" else self._region
        return f"<{answer['MessageId']}@{host}.amazonses.com>"
