"""Once a day, or by hand with {"from": "2026-11-01", "to": "2026-11-30"}: compares the ledger with Stripe"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.logging import correlation_paths

from commerce.payments import wiring
from commerce.payments.domain.provider import NoAccount
from commerce.payments.domain.reconciliation import days_of
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.observability.metrics import RECONCILIATION
from shared.resilience.deadline import Deadline

prime(wiring.reconciliation)

_WORK_SECONDS = 840  # of the function's 900


@observed(correlation_paths.EVENT_BRIDGE)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Book fees and payouts, and name in the log what does not agree, what is owed to customers, and what is due."""
    first, last = days_of(event.get("from"), event.get("to"), datetime.now(UTC).date())
    try:
        report = wiring.reconciliation().run(first, last, Deadline(_WORK_SECONDS))
    except NoAccount:  # there is nothing to compare with
        logger.info("no account yet", extra=RECONCILIATION.line(logger.service, completeReconciliations=1))
        return {"until": first.isoformat(), "isComplete": False}
    for message, fields in report.findings:
        logger.error(message, extra=fields)
    complete = int(report.is_complete and "from" not in event)
    metrics = RECONCILIATION.line(logger.service, completeReconciliations=complete, **report.counts)
    logger.info("money reconciled", extra={**report.shown(), **metrics})
    return {**report.shown(), **report.counts}
