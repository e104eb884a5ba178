"""Restarts, of a separate emulator with the settings of the given one."""

from pathlib import Path
from tempfile import TemporaryDirectory

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws, eventually
from tests.contracts.emulator.scenarios.registry import shows


@shows("table-streams", right=["OK - 1 records", "OK - 3 records"])
def stream_continues_after_a_restart(like: Aws) -> list[str]:
    results: list[str] = []
    with TemporaryDirectory() as folder:
        emulator = EmulatorProcess(Path(folder), free_port(), persist=True, environment=like.environment)
        aws = Aws(emulator.endpoint)
        tables, functions = aws.client("dynamodb"), aws.client("lambda")

        def change_and_read(*changed: str) -> None:
            """Nothing is read in between, so that the changes arrive as one batch."""
            for item in changed:
                tables.put_item(TableName="streamed", Item={"id": {"S": item}})
            before = functions.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
            functions.update_event_source_mapping(UUID=mapping, Enabled=True)

            def next_result() -> str:
                result: str = functions.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
                return "" if result == before else result

            results.append(eventually(next_result))
            functions.update_event_source_mapping(UUID=mapping, Enabled=False)

        with emulator:
            stream = tables.create_table(
                TableName="streamed",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            )["TableDescription"]["LatestStreamArn"]
            mapping = functions.create_event_source_mapping(
                EventSourceArn=stream, FunctionName=aws.function("silent"), StartingPosition="LATEST", Enabled=False
            )["UUID"]
            change_and_read("before")
        with emulator:
            change_and_read("after", "later", "at last")
    return results
