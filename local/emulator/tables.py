"""DynamoDB tables: what CloudFormation ought to tell DynamoDB about them."""

from ministack.services import dynamodb

from local.emulator.provisioning import Json, after_deploy, succeed


def apply_time_to_live() -> None:
    """Switch expiry on, and off again, as the template says; MiniStack's CloudFormation ignores the property."""

    def switch_expiry(table: str, properties: Json, previous: Json) -> None:
        before = previous.get("TimeToLiveSpecification")
        after = properties.get("TimeToLiveSpecification")
        if after is None and before is not None:
            after = before | {"Enabled": False}
        if after is not None:
            succeed(dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": after}))

    after_deploy("AWS::DynamoDB::Table", switch_expiry)
