"""DynamoDB tables: their time to live, and their streams after a restart."""

from copy import deepcopy

from ministack.services import dynamodb

from local.emulator.provisioning import Json, after_deploy, succeed


def apply_time_to_live() -> None:
    """Enable and disable expiry as the template says; MiniStack's CloudFormation ignores the property."""

    def switch_expiry(table: str, properties: Json, previous: Json) -> None:
        before = previous.get("TimeToLiveSpecification")
        after = properties.get("TimeToLiveSpecification")
        if after is None and before is not None:
            after = before | {"Enabled": False}
        if after is not None:
            succeed(dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": after}))

    after_deploy("AWS::DynamoDB::Table", switch_expiry)


def keep_streams_over_a_restart() -> None:
    """Save the records of tables' streams with the tables.

    MiniStack saves only how many records each consumer has read, but not the records. After a restart, consumers skip
    as many new records.
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
