"""DynamoDB tables: what CloudFormation ought to tell DynamoDB about them, and what a restart ought to keep."""

from copy import deepcopy

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


def keep_streams_over_a_restart() -> None:
    """Save the changes in tables' streams with the tables.

    MiniStack saves only how many of them each follower has read, and begins to count anew: after a restart, that many
    changes pass by unseen.
    """
    streams = {"stream_records": dynamodb._stream_records, "stream_trimmed": dynamodb._stream_trimmed}
    get_state, restore = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state_with_streams() -> Json:
        state: Json = get_state()
        return state | {name: deepcopy(kept) for name, kept in streams.items()}

    def restore_with_streams(state: Json) -> None:
        restore(state)
        for name, kept in streams.items():
            kept.update(state.get(name, {}))

    dynamodb.get_state, dynamodb.load_persisted_state = get_state_with_streams, restore_with_streams
