"""Event source mappings: how many batches of a queue are processed concurrently."""

from ministack.services import lambda_svc

MAX_CONCURRENT_BATCHES = 50


def raise_queue_concurrency() -> None:
    """Without a MaximumConcurrency, process up to 50 batches concurrently instead of 5 (AWS: up to 1250)."""
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = MAX_CONCURRENT_BATCHES
