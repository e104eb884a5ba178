"""Event source mappings: how many batches of a queue are worked on at once."""

from ministack.services import lambda_svc

AT_ONCE = 50


def let_mappings_grow() -> None:
    """Without a MaximumConcurrency, work on up to 50 batches at once instead of 5; AWS goes up to 1250."""
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = AT_ONCE
