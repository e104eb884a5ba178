"""A deployment, or somebody by hand → the newest schema"""

from collections.abc import Mapping
from typing import Any

from knowledge_base.customers.domain.migrating import CannotMigrate, Unfinished
from knowledge_base.records import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.resilience.deadline import Deadline

_MARGIN_SECONDS = 10

prime(wiring.schema)


@observed()
def handler(event: Mapping[str, Any], context: Any) -> dict[str, object]:
    """Apply what is new, and let the functions' user in; what breaks off raises, and may be repeated.

    CloudFormation waits for an answer, and Lambda tries a second and a third time to come to one.
    """
    deployment = wiring.deployment(event)
    if deployment.is_a_removal:
        return deployment.succeed({})
    deadline = Deadline(context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS)
    try:
        migrated = wiring.schema().migrate(deadline)
    except CannotMigrate as error:
        deployment.fail(str(error))
        raise
    if not migrated.is_complete:
        raise Unfinished
    return deployment.succeed({"applied": list(migrated.applied)})
