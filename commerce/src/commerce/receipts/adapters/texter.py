"""SMS by SNS."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


class SnsTexter:
    def __init__(self) -> None:
        self._sns: SNSClient = client("sns", attempts=1)  # of two, both might be sent

    def send(self, to: str, text: str) -> None:
        """One Publish to the number, not to a topic: whoever subscribes to one gets everybody's messages."""
        kind: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
        }
        with unavailable_where_out_of_reach():
            self._sns.publish(PhoneNumber=to, Message=text, MessageAttributes=kind)
