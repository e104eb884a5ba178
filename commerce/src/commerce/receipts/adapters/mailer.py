"""Mail by SES."""

from email.utils import parseaddr
from typing import TYPE_CHECKING

from commerce.receipts.domain.texts import Mail
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageTypeDef

_UTF8 = "UTF-8"


def name_of(sender: str) -> str:
    """Who a mail is from, as it stands above it."""
    name, address = parseaddr(sender)
    return name or address.rpartition("@")[2]


class SesMailer:
    """`sender` is an address with a name, such as Almoner <hello@example.org>."""

    def __init__(self, sender: str) -> None:
        # one attempt: of two, both might be sent
        self._ses: SESV2Client = client("sesv2", attempts=1)
        self._sender = sender

    def send(self, to: str, mail: Mail) -> None:
        """One SendEmail."""
        message: MessageTypeDef = {
            "Subject": {"Data": mail.subject, "Charset": _UTF8},
            "Body": {"Text": {"Data": mail.text, "Charset": _UTF8}, "Html": {"Data": mail.html, "Charset": _UTF8}},
            "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
        }
        with unavailable_where_out_of_reach():
            self._ses.send_email(
                FromEmailAddress=self._sender, Destination={"ToAddresses": [to]}, Content={"Simple": message}
            )
