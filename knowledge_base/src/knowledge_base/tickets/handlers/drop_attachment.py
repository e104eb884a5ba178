"""The Attachments table's stream, what was deleted or has expired → its file is deleted"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.tickets import wiring
from shared.events.changes import Change
from shared.events.streams import process_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.files)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Delete all versions of files that nothing names. May be repeated."""
    return process_changes(event, _drop)


def _drop(change: Change) -> None:
    if change.old and change.new is None:
        wiring.files().delete(wiring.attachment_id_of_image(change.old))
